"""Keeps answers counted, so that results open at once, and takes the dated snapshots of them; indexes texts
that were there before their index.
"""

from scheduler.rounds import Round, log
from surveys import clock
from surveys.answers import text_index
from surveys.results import aggregates


class _Stopped(Exception):
    pass


class Aggregator(Round):
    name = "aggregator"

    def go_round(self) -> None:
        try:
            if indexed := text_index.catch_up(self.installation.database, self._go_on):
                log.info("%s: the texts of %s answers are indexed", self.name, indexed)
        except _Stopped:
            return
        self._count()

    def _count(self) -> None:
        database = self.installation.database
        for task in aggregates.work(database, clock.now()):
            if self.stopping.is_set():
                break
            try:
                aggregates.count(database, task, clock.now(), self._go_on)
            except _Stopped:
                # Nothing of it is kept; it is counted anew after the start.
                log.info("%s: stopped while it counted", self.name)
                break
            self.beat()

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise _Stopped
        self.beat()  # many answers are no silence
