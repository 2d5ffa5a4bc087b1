"""Sending under faults: who should have a mail, who has one, and what is told of it at the end of the run."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from surveys.config import Settings
from surveys.installation import Installation, open_installation
from surveys.mail.deliver import transport_for
from surveys.mail.office import Office
from surveys.mail.outgoing import Outcome
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.outbox.dispatching import Dispatch
from tests.support.builders import due_mails
from tests.support.smtp import SmtpSink

LEASE = timedelta(seconds=120)
NEVER = timedelta(days=400)


def dispatch_all(settings: Settings, now: datetime) -> None:
    """Send everything that is due at ``now``, by the program's own way; for a process of its own too."""
    with closing(open_installation(settings)) as installation:
        office = Office(settings)
        way = transport_for(office)
        with Dispatch(installation, office, way, "w", lambda: now, lambda: 0.5) as dispatch:
            while (result := dispatch.one()) is not None:
                if isinstance(result, Outcome) and result.kind == "unreachable":
                    break


@dataclass
class Post:
    """Mails that are due at ``now``, released a few at a time, and the server they go to."""

    installation: Installation
    sink: SmtpSink
    now: datetime
    addresses: list[str] = field(default_factory=list)
    runs: int = 0
    allowed: int = 0
    kinds: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        return replace(self.installation.settings, mail=self.sink.settings(timeout_seconds=3))

    def write(self, count: int) -> None:
        """Put so many mails into the outbox, none of them due yet."""
        db = self.installation.database
        self.addresses = due_mails(db, count, self.now, self.installation.keys)
        with db.transaction() as session:
            session.execute(update(Message).values(next_attempt_at=self.now + NEVER))

    def release(self, addresses: Sequence[str]) -> None:
        """Let the mails to these addresses be due."""
        theirs = (
            select(Message.id)
            .join(Invitation, Invitation.id == Message.invitation_id)
            .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
            .join(Participant, Participant.id == Enrolment.participant_id)
            .where(Participant.email.in_(addresses))
        )
        with self.installation.database.transaction() as session:
            session.execute(update(Message).where(Message.id.in_(theirs)).values(next_attempt_at=self.now))

    def finish(self, passes: int = 12, step: timedelta = 4 * LEASE) -> None:
        """Go on sending as time passes: leases end, retries come."""
        for number in range(1, passes + 1):
            dispatch_all(self.settings, self.now + number * step)

    def states(self) -> dict[str, set[str]]:
        """Address → the states of its mails."""
        found: dict[str, set[str]] = {}
        with self.installation.database.reading() as session:
            rows = session.execute(
                select(Participant.email, Message.state)
                .join(Enrolment, Enrolment.participant_id == Participant.id)
                .join(Message, Message.enrolment_id == Enrolment.id)
            )
            for email, state in rows:
                found.setdefault(email, set()).add(state)
        return found

    def doubled(self) -> int:
        """How many more mails came than people; each of them the same mail, with the same link."""
        double = 0
        for address, count in Counter(each.recipients[0] for each in self.sink.messages).items():
            first, *again = self.sink.to(address)
            assert {each.message_id for each in again} <= {first.message_id}
            assert {each.text for each in again} <= {first.text}
            double += count - 1
        return double

    def lost(self, wanted: Sequence[str]) -> list[str]:
        """Who has no mail and of whom nothing says so: not refused, not missed."""
        states = self.states()
        return [
            address
            for address in wanted
            if not self.sink.to(address) and not states.get(address, set()) & {"refused", "missed"}
        ]


def fault_line(request: pytest.FixtureRequest, name: str, runs: int, mails: int, doubled: int) -> None:
    """Write a line of the table for a test that has seen for itself that nothing was lost."""
    request.node.user_properties.append(("fault", f"{name}|{runs}|{mails}|0|{doubled}"))


Told = Callable[[str, Post, Sequence[str]], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Told:
    """Return what checks a run and writes its line for the table: the fault, the post, who is owed a mail."""

    def tell(name: str, post: Post, wanted: Sequence[str]) -> None:
        lost, doubled = post.lost(wanted), post.doubled()
        numbers = f"{post.runs}|{len(post.sink.messages)}|{len(lost)}|{doubled}"
        request.node.user_properties.append(("fault", f"{name}|{numbers}"))
        assert not lost, f"{name}: lost {lost}"
        assert doubled <= post.allowed, f"{name}: {doubled} doubled, at most {post.allowed}"

    return tell
