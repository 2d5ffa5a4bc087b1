"""(m) The report of a series whose one measurement asked 60 questions: made, and written in each format."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks import data
from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.printing import content
from surveys.queries import reports as queries
from surveys.reporting import headings, reading, reports
from surveys.reporting.pdf import pdf
from surveys.reporting.pictures import drawing, picture_of_chart
from surveys.reporting.slides import slides
from surveys.reporting.word import Looks, word
from surveys.reporting.words import Words

ANSWERS = 1_000
QUESTIONS = [f"q{number}" for number in range(1, 61)]
CLOSED = data.NOW - timedelta(days=1)


def measure(folder: Path, answers: int = ANSWERS) -> list[tuple[str, float]]:
    """Return (name, milliseconds), each step once, with its libraries loaded before."""
    house = data.installation(folder / "report")
    with house.database.transaction() as session:
        ids = data.plan(session)
        _measurement(session, ids, answers)
        maker = User(email="m@bench.example", name="M", password_hash="x")
        session.add(maker)
        session.flush()
        code, user = session.get_one(Series, ids["series"]).code, maker.id
    order = reports.Order("final", "sv", "Rapport", (code,), headings.default_set("final", Words("sv")))
    looks = Looks("Slutrapport", lambda chart: picture_of_chart(chart, "sv", 1))
    head = content.project("Projekt", "sv", None, None)
    made = reports.make(house.database, ids["project"], order, user, data.NOW)
    seconds = [_timed(lambda: reports.make(house.database, ids["project"], order, user, data.NOW))]
    with house.database.reading() as session:
        row = queries.report(session, ids["project"], made)
        assert row is not None
        document = reading.read_document(session, queries.whole(session, row.id))
    writers: tuple[Callable[[], bytes], ...] = (
        lambda: word(document, looks),
        lambda: pdf(document, head, "Slutrapport", lambda chart: drawing(chart, "sv", 1)),
        lambda: slides(document, "Slutrapport"),
    )
    for write in writers:
        write()
        seconds.append(_timed(write))
    house.close()
    names = ("made and kept", "as Word", "as PDF", "as slides")
    return [
        (f"m  a report of 60 questions, {name}", each * 1000)
        for name, each in zip(names, seconds, strict=True)
    ]


def _timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def _measurement(session: Session, ids: dict[str, int], answers: int) -> None:
    chance = random.Random(1)
    form = Questionnaire(
        project_id=ids["project"], code="whole", wave="post", privacy_mode="pseudonymous", position=1
    )
    version = QuestionnaireVersion(
        questionnaire=form, number=1, content=data.content(QUESTIONS), digest="0" * 64
    )
    rule = FollowUpRule(
        series=session.get_one(Series, ids["series"]),
        code="whole",
        position=1,
        questionnaire=form,
        anchor="series_end",
        offset_days=0,
        offset_minutes=0,
        audience="everyone",
        reminder_days=[],
        close_after_days=14,
        active=True,
    )
    mailing = Mailing(
        rule=rule,
        target="series",
        step=0,
        intended_at=CLOSED,
        due_at=CLOSED,
        due_wall=CLOSED.replace(tzinfo=None),
        timezone="UTC",
        closes_at=CLOSED,
        state="expanded",
        expanded_at=CLOSED,
    )
    session.add_all([version, mailing])
    session.flush()
    rows = [
        {
            "id": UUID(int=chance.getrandbits(128)),
            "rule_id": rule.id,
            "target": "series",
            "version_id": version.id,
            "privacy_mode": "pseudonymous",
            "response_key": f"whole{n}",
            "language": "sv",
            "background": {},
            "answers": {code: chance.choice("1234") for code in QUESTIONS},
            "revision": 1,
            "started_at": CLOSED,
            "saved_at": CLOSED,
            "submitted_at": CLOSED,
        }
        for n in range(answers)
    ]
    session.execute(insert(Response), rows)
