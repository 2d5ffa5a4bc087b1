"""Takes away what has had its time: failed sign-ins, ended sessions."""

from scheduler.rounds import Round
from surveys import access, clock


class Housekeeper(Round):
    name = "housekeeping"

    def go_round(self) -> None:
        access.forget_old(self.installation.database, clock.now())
