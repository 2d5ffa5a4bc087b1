"""Reads what has come back to the return address."""

from collections import Counter

from scheduler.rounds import Round, log
from surveys import clock
from surveys.mail.return_box import BoxAway, return_box
from surveys.outbox import returns


class Collector(Round):
    name = "returns"

    def go_round(self) -> None:
        try:
            with return_box(self.installation.settings.returns) as box:
                if box is None:
                    return
                tally: Counter[str] = Counter()
                for handle, content in box.unread():
                    verdict = returns.take_in(
                        self.installation.database, self.installation.keys, content, clock.now()
                    )
                    # Marked only when it has been taken in: killed in between, it is read again and known.
                    box.done(handle)
                    tally[verdict.kind if verdict.ignored is None else f"{verdict.kind} ignored"] += 1
                    if self.stopping.is_set():
                        break
            self.note = None
        except BoxAway as away:
            self.note = f"return_box_away: {away}"
            log.warning("%s: %s", self.name, self.note)
            return
        if tally:
            log.info("%s: %s", self.name, ", ".join(f"{n} {what}" for what, n in sorted(tally.items())))
