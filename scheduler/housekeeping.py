"""Takes away what has had its time: failed sign-ins, ended sessions, keys, answers taken back that a backup
brought again, spellings that nobody has written any more; tells of what has closed, reads the indicators
whose date has passed.
"""

from datetime import date, datetime
from random import SystemRandom

from scheduler.rounds import Round, log
from surveys import clock
from surveys.answers import closing, text_index, withdrawing
from surveys.keys import KeysUnreadable
from surveys.outbox import closing_summaries, sending_state
from surveys.results import readings, word_spellings
from surveys.running import access


class Housekeeper(Round):
    name = "housekeeping"
    _looked_on: date | None = None

    def go_round(self) -> None:
        database, now = self.installation.database, clock.now()
        access.forget_old(database, now)
        if not sending_state.state(database).is_muted:
            closing_summaries.write_summaries(database, now)
        if taken := readings.take_due(database, now):
            log.info("%s: %s readings of indicators taken", self.name, taken)
        self._forget_unwritten(now)
        self._close(now)

    def _forget_unwritten(self, now: datetime) -> None:
        """Once a day: it reads the answers wherever words are counted together, and all that is indexed."""
        if self._looked_on != now.date():
            word_spellings.forget_unwritten(self.installation.database)
            text_index.wipe_all(self.installation.database)
            self._looked_on = now.date()

    def _close(self, now: datetime) -> None:
        """Destroy the keys whose time is over; sending may be stopped meanwhile, this is promised."""
        database, keys = self.installation.database, self.installation.keys
        self.note = None
        try:
            if again := withdrawing.withdraw_again(database, keys):
                log.info("%s: %s answers taken back again", self.name, again)
            for name in closing.due(database, keys, now):
                if self.stopping.is_set():
                    break
                closing.close(database, keys, name, now, SystemRandom())
                log.info("%s: a key is destroyed", self.name)
                self.beat()
        except KeysUnreadable as error:
            # Said on the pages and by the doctor; tried again in a minute.
            self.note = f"keys_unreadable: {error}"
            log.error("%s: %s", self.name, self.note)
