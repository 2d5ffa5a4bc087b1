"""``python -m scheduler [--once]``: the clock of an installation, in a process of its own."""

import argparse
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from scheduler.aggregator import Aggregator
from scheduler.collector import Collector
from scheduler.dispatcher import Dispatcher
from scheduler.exporter import Exporter
from scheduler.housekeeping import Housekeeper
from scheduler.importer import Importer
from scheduler.planner import Planner
from scheduler.rounds import Round, log
from surveys import clock
from surveys.config import BadSetting, load
from surveys.installation import Installation, open_installation
from surveys.keys import KeysUnreadable

SECONDS = 5
SECONDS_HOUSEKEEPING = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description=__doc__)
    parser.add_argument("--once", action="store_true", help="plan and send what is due now, then end")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    try:
        installation = open_installation(load())
    except (BadSetting, KeysUnreadable) as error:
        log.error("cannot start: %s", error)
        return 2
    try:
        return run(installation, once=options.once)
    finally:
        installation.close()


def run(installation: Installation, once: bool) -> int:
    """Go round until SIGTERM or SIGINT, or once. Returns the exit code."""
    stopping = threading.Event()
    kinds: tuple[type[Round], ...] = (
        Planner,
        Dispatcher,
        Housekeeper,
        Importer,
        Exporter,
        Collector,
        Aggregator,
    )
    parts = [kind(installation, stopping) for kind in kinds]
    if once:
        _stop_by_signal(stopping.set)
        went = [part.run() for part in parts]
        return 0 if all(went) else 1
    scheduler = _scheduler(parts)

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            # Not in the signal handler itself: it waits for the mail that is just being sent.
            threading.Thread(target=_shut_down, args=(scheduler,), name="shutdown").start()

    _stop_by_signal(stop)
    log.info("started")
    scheduler.start()
    log.info("stopped")
    return 0


def _scheduler(parts: list[Round]) -> BlockingScheduler:
    # Jobs live in memory: all that must survive is in rows. A round that comes late is not dropped, and
    # several late ones are one.
    scheduler = BlockingScheduler(
        executors={"default": ThreadPoolExecutor(len(parts))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    for part in parts:
        seconds = SECONDS_HOUSEKEEPING if isinstance(part, Housekeeper | Aggregator) else SECONDS
        scheduler.add_job(part.run, "interval", seconds=seconds, id=part.name, next_run_time=clock.now())
    return scheduler


def _shut_down(scheduler: BlockingScheduler) -> None:
    while not scheduler.running:  # the signal came before it had begun
        time.sleep(0.05)
    scheduler.shutdown()


def _stop_by_signal(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


if __name__ == "__main__":
    sys.exit(main())
