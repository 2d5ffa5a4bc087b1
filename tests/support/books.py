"""A learning log to write in: one project, one trip, travellers with a log and a prompt each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from surveys.domain.timing import to_utc
from surveys.installation import Installation
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ZONE = "Europe/Stockholm"
PROMPT = {"sv": "Vad tog du med dig från resan?", "en": "What did you bring home from the trip?"}
PRIVACY_TEXT = {"sv": "Göteborgs stad", "en": "The City of Gothenburg"}
PRIVACY = dict.fromkeys(
    ("controller", "purpose", "legal_basis", "recipients", "retention", "rights", "contact"), PRIVACY_TEXT
)


@dataclass(frozen=True)
class Traveller:
    """A person's log: where it is, its link, and the prompt that is open in it."""

    book: str
    token: str
    prompt: str
    enrolment: int


def travellers(installation: Installation, *names: str, now: datetime = NOW) -> list[Traveller]:
    """Make the project *resor* with a trip that ended yesterday; return a traveller a name."""
    with installation.database.transaction() as session:
        project = a_project()
        series = Series(
            project=project,
            code="england",
            title="Studieresor England",
            audience="alla",
            attendance_kept=True,
            position=1,
        )
        ended = (now - timedelta(days=1)).replace(tzinfo=None)
        trip = Occasion(
            series=series,
            code="resa-1",
            number=1,
            position=1,
            kind="trip",
            title="Resa till Leeds",
            timezone=ZONE,
            starts_wall=ended - timedelta(days=3),
            ends_wall=ended,
            starts_at=to_utc(ended - timedelta(days=3), ZONE),
            ends_at=to_utc(ended, ZONE),
            measured=True,
        )
        rule = FollowUpRule(
            series=series,
            code="logg",
            position=1,
            log_prompt=PROMPT,
            anchor="occasion_end",
            offset_days=0,
            offset_minutes=30,
            audience="everyone",
            reminder_days=[],
            close_after_days=60,
            active=True,
        )
        session.add_all([project, series, trip, rule])
        session.flush()
        mailing = Mailing(
            rule=rule,
            target=f"occasion:{trip.id}",
            occasion=trip,
            step=0,
            intended_at=to_utc(ended + timedelta(minutes=30), ZONE),
            due_at=to_utc(ended + timedelta(minutes=30), ZONE),
            due_wall=ended + timedelta(minutes=30),
            timezone=ZONE,
            closes_at=now + timedelta(days=59),
            state="expanded",
        )
        session.add(mailing)
        return [
            _traveller(session, installation.keys, project, mailing, name, number, now)
            for number, name in enumerate(names, 1)
        ]


def a_project(code: str = "resor") -> Project:
    return Project(
        code=code,
        title="Lärande i praktiken",
        timezone=ZONE,
        languages=["sv", "en"],
        sender_name="Lärande i praktiken",
        reply_to="fragor@projekt.example",
        decimals=1,
        minimum_group=5,
        privacy=PRIVACY,
    )


def _traveller(
    session: Session, keys: Keyring, project: Project, mailing: Mailing, name: str, number: int, now: datetime
) -> Traveller:
    participant = Participant(
        project_id=project.id,
        code=f"p{number}",
        name=name,
        email=f"p{number}@resor.example",
        gender="not_stated",
        language="sv",
        attributes={},
    )
    enrolment = Enrolment(
        public_id=new_public_id(),
        series_id=mailing.rule.series.id,
        participant=participant,
        state="started",
        work_group="Grupp A" if number % 2 else "Grupp B",
        registered_at=now - timedelta(days=90),
        added_at=now - timedelta(days=90),
    )
    session.add(enrolment)
    session.flush()
    book_id, prompt_id = new_public_id(), new_public_id()
    token = keys.link_token(book_id, 1)
    session.add_all(
        [
            LogBook(public_id=book_id, enrolment_id=enrolment.id, token_hash=token_hash(token)),
            Invitation(
                public_id=prompt_id,
                rule_id=mailing.rule.id,
                target=mailing.target,
                mailing=mailing,
                enrolment_id=enrolment.id,
                token_hash=token_hash(keys.link_token(prompt_id, 1)),
                created_at=now,
            ),
        ]
    )
    return Traveller(book_id, token, prompt_id, enrolment.id)
