"""Fill an installation with people, mailings and answers, row by row: only for measuring."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from surveys.config import MailSettings, Settings
from surveys.database import migrate
from surveys.installation import Installation, open_installation
from surveys.keys import token_hash
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
QUESTIONS = [f"q{number}" for number in range(1, 13)]
LONG = [f"q{number}" for number in range(1, 61)]
POINTS = [
    {"code": str(code), "label": {"sv": f"Svar {code}", "en": f"Answer {code}"}} for code in range(1, 5)
]
PRIVACY = {
    name: {"sv": "Projektet", "en": "The project"}
    for name in (
        "controller",
        "purpose",
        "legal_basis",
        "recipients",
        "retention",
        "rights",
        "contact",
    )
}


def installation(folder: Path, mail: MailSettings | None = None) -> Installation:
    """Return a new, migrated installation in ``folder`` on SQLite."""
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'folja.sqlite'}",
        mail=mail or MailSettings(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    return open_installation(settings)


def content(questions: Sequence[str] = QUESTIONS) -> dict[str, Any]:
    """Return a questionnaire of scale questions with these codes."""
    scale = {"points": POINTS, "merged": [], "top": 2}
    return {
        "title": {"sv": "Efter tillfället", "en": "After the occasion"},
        "intro": {"sv": "Tolv frågor.", "en": "Twelve questions."},
        "minutes": 3,
        "questions": [
            {
                "code": code,
                "kind": "scale",
                "text": {"sv": f"Fråga {code}", "en": f"Question {code}"},
                "scale": scale,
            }
            for code in questions
        ],
    }


def plan(
    session: Session,
    ends_at: datetime = NOW - timedelta(hours=1),
    questions: Sequence[str] = QUESTIONS,
    response_rows: bool = False,
) -> dict[str, int]:
    """Add a project with one series, one occasion and one rule; return their ids by name."""
    project = Project(
        code="bench",
        title="Bench",
        timezone="Europe/Stockholm",
        languages=["sv", "en"],
        sender_name="Bench",
        reply_to="bench@bench.example",
        decimals=1,
        minimum_group=5,
        privacy=PRIVACY,
    )
    series = Series(
        project=project,
        code="s",
        title="S",
        audience="alla",
        attendance_kept=True,
        position=0,
        response_rows=response_rows,
    )
    wall = ends_at.replace(tzinfo=None)
    occasion = Occasion(
        series=series,
        code="t1",
        position=0,
        kind="session",
        title="T1",
        timezone="UTC",
        starts_wall=wall - timedelta(hours=3),
        ends_wall=wall,
        starts_at=ends_at - timedelta(hours=3),
        ends_at=ends_at,
        measured=True,
        cancelled=False,
    )
    form = Questionnaire(project=project, code="f", wave="occasion", privacy_mode="pseudonymous", position=0)
    version = QuestionnaireVersion(questionnaire=form, number=1, content=content(questions), digest="0" * 64)
    session.add_all([occasion, version])
    session.flush()
    rule = FollowUpRule(
        series_id=series.id,
        code="r",
        position=0,
        questionnaire_id=form.id,
        anchor="occasion_end",
        offset_days=0,
        offset_minutes=30,
        audience="present",
        reminder_days=[],
        close_after_days=14,
        active=True,
    )
    session.add(rule)
    session.flush()
    return {
        "project": project.id,
        "series": series.id,
        "occasion": occasion.id,
        "questionnaire": form.id,
        "version": version.id,
        "rule": rule.id,
    }


def mailing(session: Session, ids: dict[str, int], state: str, due_at: datetime = NOW) -> int:
    """Add the mailing of the rule at its occasion, due at ``due_at`` and open for a fortnight."""
    row = Mailing(
        rule_id=ids["rule"],
        target=f"occasion:{ids['occasion']}",
        occasion_id=ids["occasion"],
        step=0,
        intended_at=due_at,
        due_at=due_at,
        due_wall=due_at.replace(tzinfo=None),
        timezone="UTC",
        closes_at=due_at + timedelta(days=14),
        state=state,
        expanded_at=due_at if state == "expanded" else None,
    )
    session.add(row)
    session.flush()
    return row.id


def people(session: Session, ids: dict[str, int], count: int, present: int) -> None:
    """Add ``count`` participants enrolled in the series, the first ``present`` of them present."""
    numbers = range(1, count + 1)
    session.execute(
        insert(Participant),
        [
            {
                "id": n,
                "project_id": ids["project"],
                "code": f"p{n}",
                "name": f"Person {n}",
                "email": f"p{n}@bench.example",
                "gender": "woman",
                "language": "sv",
                "attributes": {},
            }
            for n in numbers
        ],
    )
    session.execute(
        insert(Enrolment),
        [
            {
                "id": n,
                "public_id": f"e{n:08d}",
                "series_id": ids["series"],
                "participant_id": n,
                "state": "started",
                "registered_at": NOW,
                "added_at": NOW,
            }
            for n in numbers
        ],
    )
    if present:
        session.execute(
            insert(Attendance),
            [
                {"occasion_id": ids["occasion"], "enrolment_id": n, "present": True}
                for n in range(1, present + 1)
            ],
        )


def invitations(
    house: Installation, session: Session, ids: dict[str, int], count: int, sent_at: datetime = NOW
) -> list[str]:
    """Add an open invitation and a sent mail for each of the first ``count``; return the links' tokens."""
    mailing_id = mailing(session, ids, "expanded", sent_at)
    rows, tokens = [], []
    for n in range(1, count + 1):
        token = house.keys.link_token(f"i{n:08d}", 1)
        tokens.append(token)
        rows.append(
            {
                "id": n,
                "public_id": f"i{n:08d}",
                "rule_id": ids["rule"],
                "target": f"occasion:{ids['occasion']}",
                "mailing_id": mailing_id,
                "enrolment_id": n,
                "generation": 1,
                "token_hash": token_hash(token),
                "created_at": sent_at,
            }
        )
    session.execute(insert(Invitation), rows)
    return tokens


def messages(session: Session, count: int, due_at: datetime) -> None:
    """Add a due mail for each of the first ``count`` invitations."""
    session.execute(
        insert(Message),
        [
            {
                "public_id": f"m{n:08d}",
                "invitation_id": n,
                "enrolment_id": n,
                "mailing_id": 1,
                "kind": "invitation",
                "step": 0,
                "resend": 0,
                "state": "due",
                "next_attempt_at": due_at,
                "attempts": 0,
                "quiet_override": False,
            }
            for n in range(1, count + 1)
        ],
    )


def responses(
    session: Session, ids: dict[str, int], count: int, questions: Sequence[str] = QUESTIONS
) -> None:
    """Add ``count`` submitted responses with an answer to each of ``questions``."""
    for start in range(0, count, 5000):
        session.execute(
            insert(Response),
            [
                {
                    "id": UUID(int=n + 1),
                    "rule_id": ids["rule"],
                    "target": f"occasion:{ids['occasion']}",
                    "version_id": ids["version"],
                    "privacy_mode": "pseudonymous",
                    "response_key": f"{n:064x}",
                    "pairing_key": f"{n:064x}",
                    "language": "sv",
                    "background": {},
                    "answers": answers(n, questions),
                    "revision": 1,
                    "started_at": NOW,
                    "saved_at": NOW,
                    "submitted_at": NOW,
                }
                for n in range(start, min(start + 5000, count))
            ],
        )


def answers(number: int, questions: Sequence[str] = QUESTIONS) -> dict[str, str]:
    """Return answers that differ from one response to the next."""
    return {code: str((number * 7 + place * 3) % 4 + 1) for place, code in enumerate(questions)}
