"""What pages of different days and kinds tell when they are laid beside each other: nothing of a few."""

from datetime import timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import select

from surveys.domain.indicators import Kind
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule
from surveys.models.response import Response
from surveys.results import readings
from tests.service.test_indicators import add, look, project
from tests.support.answered import NOW, Answering, spread


@pytest.fixture
def built(installation: Installation) -> Installation:
    """A closed measurement of 77 answers."""
    with installation.database.transaction() as session:
        Answering(session, installation.keys).measured(spread("overall", 2, 17, 29, 29))
    return installation


def more_papers(installation: Installation, *points: str) -> None:
    """Typed in after closing, beside the 77 of the measurement ``efter1``."""
    with installation.database.transaction() as session:
        wanted = select(Response).join(Response.rule).where(FollowUpRule.code == "efter1")
        known = session.scalars(wanted.limit(1)).one()
        values = {each.name: getattr(known, each.name) for each in Response.__table__.columns}
        for point in points:
            paper = {"id": uuid4(), "response_key": uuid4().hex, "answers": {"overall": point}}
            session.add(Response(**{**values, **paper}))


def test_two_readings_are_not_two_papers_apart(built: Installation) -> None:
    """Each is far enough from today's figure: of the two the later one stays."""
    question = {"questions": ["kurs/efter1/overall"]}
    code = add(built, Kind.SHARE, question, threshold="3", target="75")
    other = add(built, Kind.SHARE, question, threshold="4", target="30")
    number = project(built).id
    readings.read_now(built.database, number, code, None, NOW)
    more_papers(built, "1", "4")
    readings.read_now(built.database, number, other, None, NOW + timedelta(hours=1))
    readings.read_now(built.database, number, code, None, NOW + timedelta(hours=2))
    more_papers(built, "1", "2", "3", "4", "4", "1")

    def told(code: str) -> list[int | None]:
        found = look(built, code, now=NOW + timedelta(hours=3))
        assert found.read.figure.n == 85
        return [each.read.figure.n for each in sorted(found.readings, key=lambda each: each.taken_at)]

    assert told(code) == [None, 79]
    assert told(other) == [79]


def test_nor_five_papers_that_are_all_alike(built: Installation) -> None:
    question = {"questions": ["kurs/efter1/overall"]}
    share, mean = (add(built, kind, question, threshold="4", target="30") for kind in (Kind.SHARE, Kind.MEAN))
    for code in (share, mean):
        readings.read_now(built.database, project(built).id, code, None, NOW)
    more_papers(built, *"44444")
    for code in (share, mean):
        (reading,) = look(built, code, now=NOW + timedelta(hours=1)).readings
        assert reading.read.figure.lacking == "too_close"
    more_papers(built, *"44444")
    (reading,) = look(built, share, now=NOW + timedelta(hours=1)).readings
    assert reading.read.figure.value == Fraction(100 * 29, 77)
