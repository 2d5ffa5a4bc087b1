"""Calls the planning use-case until nothing is due."""

from scheduler.rounds import Round
from surveys import clock
from surveys.followups import planning
from surveys.outbox import sending_state


class Planner(Round):
    name = "planner"

    def go_round(self) -> None:
        if sending_state.state(self.installation.database).is_muted:
            return  # what falls due meanwhile is looked at first
        while not self.stopping.is_set():
            if not planning.expand_next(self.installation.database, self.installation.keys, clock.now()):
                break
