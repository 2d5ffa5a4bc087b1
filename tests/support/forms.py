"""A questionnaire to answer: one project, one occasion with themes, one invitation a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from surveys.answers.filled import FilledForm
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import digest
from surveys.domain.timing import to_wall
from surveys.installation import Installation
from surveys.keys import new_public_id, token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing, RetiredLink
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Organisation, Series, Theme
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import answer_keys
from tests.support.books import ZONE, a_project

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=14)


def local(text: str) -> dict[str, str]:
    """A text in both languages, the English one marked."""
    return {"sv": text, "en": f"{text} (en)"}


def _options(*labels: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": local(label)} for code, label in zip("abcdef", labels, strict=False)]


DEGREE = {
    "points": [
        {"code": str(number), "label": local(label)}
        for number, label in enumerate(
            ("I mycket liten grad", "I liten grad", "I hög grad", "I mycket hög grad"), 1
        )
    ],
    "merged": [],
    "top": 2,
}
EVERY_KIND: dict[str, Any] = {
    "title": local("Efter tillfället"),
    "intro": local("Tack för att du var med."),
    "minutes": 2,
    "questions": [
        {"code": "about", "kind": "information", "text": local("Svara för tillfället du nyss var på.")},
        {"code": "theme", "kind": "theme_choice", "text": local("Vilket pass var du på?")},
        {"code": "new", "kind": "scale", "each": "theme", "scale": DEGREE, "text": local("Nytt om {theme}?")},
        {
            "code": "overall",
            "kind": "scale",
            "scale": DEGREE,
            "dont_know": True,
            "required": True,
            "text": local("Hur nyttigt var det?"),
            "hint": local("Tänk på hela eftermiddagen."),
        },
        {
            "code": "role",
            "kind": "one_choice",
            "text": local("Vad arbetar du med?"),
            "options": _options("Handläggning", "Ledning"),
            "other": True,
        },
        {
            "code": "use",
            "kind": "several_choices",
            "text": local("Vad tänker du använda?"),
            "options": _options("Metoderna", "Kontakterna", "Texterna"),
            "other": True,
            "max": 2,
        },
        {
            "code": "hours",
            "kind": "number",
            "text": local("Hur många timmar förberedde du dig?"),
            "unit": local("timmar"),
            "minimum": "0",
            "maximum": "2000",
            "decimals": 1,
        },
        {"code": "missed", "kind": "short_text", "text": local("Vad saknade du?")},
        {"code": "more", "kind": "long_text", "text": local("Något mer?")},
        {"code": "words", "kind": "words", "text": local("Tre ord om tillfället")},
        {
            "code": "order",
            "kind": "ranking",
            "text": local("Vad är viktigast?"),
            "options": _options("Tid", "Stöd", "Lokaler"),
            "max": 2,
        },
        {"code": "began", "kind": "date", "text": local("När började du?"), "earliest": "2000-01-01"},
        {"code": "quoted", "kind": "consent", "text": local("Mina ord får återges utan namn.")},
    ],
}
EVERY_WAY: list[dict[str, Any]] = [
    {
        "theme": "B",
        "new-A": "2",
        "new-B": "4",
        "overall": "dk",
        "role": {"code": "other", "text": "=Kassör"},
        "use": {"codes": ["a", "other"], "text": "Allt"},
        "hours": "1.5",
        "missed": "Kaffe",
        "more": 'Rad ett\nrad två; med "citat" åäö',
        "words": ["Åtgärd", "ärlig"],
        "order": ["c", "a"],
        "began": "2026-11-22",
        "quoted": "yes",
    },
    *(
        {
            "theme": "AB"[number % 2],
            "new-A": "1",
            "new-B": "1",
            "overall": "4" if number % 2 else "3",
            "role": {"code": "ab"[number % 2]},
            "use": {"codes": ["b"]},
            "hours": str(number),
            "order": ["ab"[number % 2]],
            "began": f"2026-0{number % 2 + 1}-01",
            **({"quoted": "yes"} if number % 2 else {}),
        }
        for number in range(10)
    ),
    {},
]
"""Twelve responses to it: one that answers all, ten that differ enough to be shown, a blank one."""


def filled(fields: Mapping[str, list[str]] | None, *, submit: bool = True, **given: Any) -> FilledForm:
    """A form filled in, in Swedish, on a page where nothing was saved unless ``edition`` says otherwise."""
    return FilledForm(**({"fields": fields, "language": "sv", "submit": submit} | given))


@dataclass(frozen=True)
class Asked:
    """A person's invitation and its link."""

    public_id: str
    token: str
    rule_id: int
    target: str
    enrolment_id: int
    enrolment: str


def ask(
    installation: Installation,
    *names: str,
    content: dict[str, Any] = EVERY_KIND,
    now: datetime = NOW,
    privacy_mode: str = "pseudonymous",
    theme_known: bool = False,
    language: str = "sv",
) -> list[Asked]:
    """Ask ``names`` about an occasion that ended yesterday, closing in 14 days; return an invitation each."""
    keys = installation.keys
    with installation.database.transaction() as session:
        project = a_project("kurser")
        series = Series(
            project=project, code="kurs", title="Kursen", audience="alla", attendance_kept=True, position=1
        )
        ends = to_wall(now - timedelta(days=1), ZONE)
        occasion = Occasion(
            series=series,
            code="t1",
            number=1,
            position=1,
            kind="session",
            title="Ansvar och roller",
            timezone=ZONE,
            starts_wall=ends - timedelta(hours=3),
            ends_wall=ends,
            starts_at=now - timedelta(days=1, hours=3),
            ends_at=now - timedelta(days=1),
            measured=True,
            themes=[Theme(code="A", title="Ansvar"), Theme(code="B", title="Bemötande")],
        )
        questionnaire = Questionnaire(
            project=project, code="efter", wave="occasion", privacy_mode=privacy_mode, position=1
        )
        version = QuestionnaireVersion(
            questionnaire=questionnaire, number=1, content=content, digest=digest(content)
        )
        rule = FollowUpRule(
            series=series,
            code="efter",
            position=1,
            questionnaire=questionnaire,
            anchor="occasion_end",
            offset_days=0,
            offset_minutes=120,
            audience="everyone",
            reminder_days=[],
            close_after_days=14,
            active=True,
        )
        organisation = Organisation(code="fk", name="Försäkringskassan", position=1)
        project.organisations.append(organisation)
        session.add_all([project, series, occasion, questionnaire, version, rule])
        session.flush()
        mailing = Mailing(
            rule=rule,
            target=f"occasion:{occasion.id}",
            occasion=occasion,
            step=0,
            intended_at=now - timedelta(hours=22),
            due_at=now - timedelta(hours=22),
            due_wall=ends + timedelta(hours=2),
            timezone=ZONE,
            closes_at=now + timedelta(days=14),
            state="expanded",
        )
        session.add(mailing)
        session.flush()
        mode = PrivacyMode(privacy_mode)
        key_name = None if mode.traceable else answer_keys.key_of(session, mailing, mode, now).name
        asked = []
        for number, name in enumerate(names, 1):
            participant = Participant(
                project_id=project.id,
                code=f"p{number}",
                name=name,
                email=f"p{number}@kurser.example",
                gender="woman" if number % 2 else "man",
                language=language,
                organisation=organisation,
                attributes={},
            )
            enrolment = Enrolment(
                public_id=new_public_id(),
                series_id=series.id,
                participant=participant,
                state="started",
                work_group="Grupp A",
                registered_at=now - timedelta(days=90),
                added_at=now - timedelta(days=90),
            )
            session.add(enrolment)
            session.flush()
            session.add(
                Attendance(
                    occasion_id=occasion.id,
                    enrolment_id=enrolment.id,
                    present=True,
                    theme_id=occasion.themes[1].id if theme_known else None,
                )
            )
            public_id = new_public_id()
            token = keys.link_token(public_id, 1)
            session.add(
                Invitation(
                    public_id=public_id,
                    rule_id=rule.id,
                    target=mailing.target,
                    mailing=mailing,
                    enrolment_id=enrolment.id,
                    token_hash=token_hash(token),
                    created_at=now,
                    key_name=key_name,
                )
            )
            asked.append(Asked(public_id, token, rule.id, mailing.target, enrolment.id, enrolment.public_id))
        return asked


def withdraw(installation: Installation, asked: Asked, now: datetime = NOW) -> None:
    with installation.database.transaction() as session:
        session.execute(
            update(Invitation).where(Invitation.public_id == asked.public_id).values(withdrawn_at=now)
        )


def replace(installation: Installation, asked: Asked, now: datetime = NOW) -> str:
    """Give the invitation a new link; returns its token."""
    token = installation.keys.link_token(asked.public_id, 2)
    with installation.database.transaction() as session:
        session.add(RetiredLink(token_hash=token_hash(asked.token), retired_at=now))
        session.execute(
            update(Invitation)
            .where(Invitation.public_id == asked.public_id)
            .values(token_hash=token_hash(token), generation=2)
        )
    return token


def reopen(installation: Installation, due_at: datetime, closes_at: datetime) -> None:
    """Move when every questionnaire opens and closes."""
    with installation.database.transaction() as session:
        session.execute(update(Mailing).values(due_at=due_at, closes_at=closes_at))


def revise(installation: Installation, content: dict[str, Any]) -> None:
    """Change the questionnaire as loading a changed file does: a new version, or the draft replaced."""
    with installation.database.transaction() as session:
        last = session.query(QuestionnaireVersion).order_by(QuestionnaireVersion.number.desc()).first()
        assert last is not None
        if last.locked_at is None:
            last.content, last.digest = content, digest(content)
        else:
            session.add(
                QuestionnaireVersion(
                    questionnaire_id=last.questionnaire_id,
                    number=last.number + 1,
                    content=content,
                    digest=digest(content),
                )
            )
