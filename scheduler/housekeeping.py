"""Takes away what has had its time, failed sign-ins and ended sessions; tells of what has closed."""

from scheduler.rounds import Round
from surveys import clock
from surveys.outbox import closing_summaries, sending_state
from surveys.running import access


class Housekeeper(Round):
    name = "housekeeping"

    def go_round(self) -> None:
        database, now = self.installation.database, clock.now()
        access.forget_old(database, now)
        if not sending_state.state(database).is_muted:
            closing_summaries.write_summaries(database, now)
