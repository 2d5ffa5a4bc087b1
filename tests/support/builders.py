"""A series that is planned and sent, built row by row: people, occasions, rules. Add to it, then plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.questionnaire import digest
from surveys.domain.timing import to_utc, wall_time
from surveys.followups import planning
from surveys.keys import Keyring, new_public_id
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook, LogEntry
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from tests.support.books import PRIVACY, ZONE
from tests.support.forms import local

# Tuesday in winter; the occasion of most tests ends at 16:30 in Stockholm.
ENDS = wall_time("2026-12-01 16:30")
ENDED = to_utc(ENDS, ZONE)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FORM: dict[str, Any] = {
    "title": local("Efter halvdagen"),
    "minutes": 2,
    "questions": [{"code": "more", "kind": "long_text", "text": local("Något mer?")}],
}
PROMPT = {"sv": "Vad tar du med dig hem?", "en": "What do you take home?"}


@dataclass
class Course:
    """The project *prov* with the series *kurs*; ``session`` is the caller's."""

    session: Session
    attendance_kept: bool = True
    persons: list[Enrolment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.project = Project(
            code="prov",
            title="Provprojektet",
            timezone=ZONE,
            languages=["sv", "en"],
            sender_name="Provprojektet, Göteborg",
            reply_to="fragor@prov.example",
            decimals=1,
            minimum_group=5,
            privacy=PRIVACY,
        )
        self.series = Series(
            project=self.project,
            code="kurs",
            title="Kursen",
            audience="alla",
            attendance_kept=self.attendance_kept,
            position=1,
        )
        form = Questionnaire(
            project=self.project, code="efter", wave="occasion", privacy_mode="pseudonymous", position=1
        )
        self.version = QuestionnaireVersion(questionnaire=form, number=1, content=FORM, digest=digest(FORM))
        self.session.add_all([self.series, self.version])
        self.session.flush()
        self.form = form

    def people(self, how_many: int, state: str = "started", **changes: Any) -> list[Enrolment]:
        """Enrol more participants, p0@prov.example and so on."""
        added = [self._person(len(self.persons) + n, state, changes) for n in range(how_many)]
        self.session.add_all(added)
        self.session.flush()
        self.persons += added
        return added

    def _person(self, number: int, state: str, changes: dict[str, Any]) -> Enrolment:
        known = {
            "project_id": self.project.id,
            "code": f"p{number}",
            "name": f"Person {number}",
            "email": f"p{number}@prov.example",
            "gender": "not_stated",
            "language": "sv",
            "attributes": {},
        }
        return Enrolment(
            public_id=new_public_id(),
            series_id=self.series.id,
            participant=Participant(**(known | changes)),
            state=state,
            registered_at=LONG_AGO,
            added_at=LONG_AGO,
        )

    def occasion(
        self,
        code: str = "t1",
        ends: datetime | None = ENDS,
        zone: str = ZONE,
        present: Sequence[Enrolment] = (),
        **changes: Any,
    ) -> Occasion:
        """Hold an occasion of three and a half hours that ends at ``ends`` by the wall clock of ``zone``."""
        known = {"kind": "session", "title": f"Tillfälle {code}", "place": "Storgatan 1", "measured": True}
        occasion = Occasion(series_id=self.series.id, code=code, position=1, **(known | changes))
        place_in_time(occasion, ends, zone)
        self.session.add(occasion)
        self.session.flush()
        self.attend(occasion, present)
        return occasion

    def attend(self, occasion: Occasion, persons: Sequence[Enrolment], present: bool = True) -> None:
        self.session.add_all(
            Attendance(occasion_id=occasion.id, enrolment_id=each.id, present=present) for each in persons
        )
        self.session.flush()

    def rule(self, code: str = "efter", **changes: Any) -> FollowUpRule:
        """Two hours after each occasion, to those present, with two reminders, open for a fortnight."""
        known: dict[str, Any] = {
            "questionnaire_id": self.form.id,
            "anchor": "occasion_end",
            "offset_days": 0,
            "offset_minutes": 120,
            "audience": "present",
            "reminder_days": [3, 7],
            "close_after_days": 14,
            "active": True,
        }
        rule = FollowUpRule(series_id=self.series.id, code=code, position=1, **(known | changes))
        self.session.add(rule)
        self.session.flush()
        return rule

    def log_rule(self, **changes: Any) -> FollowUpRule:
        known: dict[str, Any] = {"questionnaire_id": None, "log_prompt": PROMPT, "reminder_days": [3]}
        return self.rule("logg", **(known | changes))

    def refresh(self, now: datetime = LONG_AGO) -> None:
        planning.refresh_mailings(self.session, self.series.id, now)

    def mailings(self) -> list[Mailing]:
        found = select(Mailing).order_by(Mailing.rule_id, Mailing.target, Mailing.step)
        return list(self.session.scalars(found.execution_options(populate_existing=True)))


def place_in_time(occasion: Occasion, ends: datetime | None, zone: str = ZONE) -> None:
    """Let an occasion end at ``ends``; None takes its date away."""
    starts = ends and ends - timedelta(hours=3, minutes=30)
    occasion.timezone, occasion.starts_wall, occasion.ends_wall = zone, starts, ends
    occasion.starts_at = starts and to_utc(starts, zone)
    occasion.ends_at = ends and to_utc(ends, zone)


def due_mailing(db: Database, how_many: int, now: datetime) -> list[str]:
    """Let a questionnaire be due at ``now`` for so many people, not yet planned; return their addresses."""
    with db.transaction() as session:
        course = Course(session)
        people = course.people(how_many)
        ends = now.astimezone(UTC).replace(tzinfo=None) - timedelta(hours=2)
        course.occasion(ends=ends, zone="UTC", present=people)
        course.rule()
        course.refresh()
    return [f"p{number}@prov.example" for number in range(how_many)]


def due_mails(db: Database, how_many: int, now: datetime, keys: Keyring) -> list[str]:
    """The same, planned already: a mail each lies in the outbox."""
    addresses = due_mailing(db, how_many, now)
    assert planning.expand_next(db, keys, now)
    return addresses


def answer(session: Session, keys: Keyring, course: Course, invitation: Invitation, now: datetime) -> None:
    """Let somebody send in an answer, as far as planning and sending can see."""
    session.add(
        Response(
            rule_id=invitation.rule_id,
            target=invitation.target,
            version_id=course.version.id,
            privacy_mode="pseudonymous",
            response_key=keys.response_key(invitation.public_id),
            language="sv",
            background={},
            answers={"more": "Nej"},
            started_at=now,
            saved_at=now,
            submitted_at=now,
        )
    )
    session.flush()


def write_to_prompt(session: Session, invitation: Invitation, now: datetime, text: str) -> None:
    """Let somebody write a private entry to a prompt."""
    book = session.scalars(select(LogBook).where(LogBook.enrolment_id == invitation.enrolment_id)).one()
    session.add(
        LogEntry(
            book_id=book.id,
            invitation_id=invitation.id,
            written_on=now.date(),
            text=text,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()


def messages(session: Session) -> list[Message]:
    found = select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return list(session.scalars(found))


NINE = time(9, 0)
