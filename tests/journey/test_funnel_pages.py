"""The pages of persons and questionnaires by group: every rate with its base, what is not known said."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.installation import Installation
from tests.journey.test_results_pages import PROJECT, RESULTS, fill, signed_in, text_of
from tests.support.answered import Answering
from tests.support.forms import DEGREE, local

WAY = f"{RESULTS}/vagen"


@pytest.fixture
def reader(sqlite_installation: Installation, sqlite_app: Flask) -> FlaskClient:
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        fill(it)
        for person in it.persons[:40]:
            person.participant.gender = "man"
    return signed_in(sqlite_app, "reader")


def test_the_way_from_registered_to_answered(reader: FlaskClient) -> None:
    overview = text_of(reader, RESULTS)
    assert "The same by occasion, gender, organisation and other groups" in overview

    by_occasion = text_of(reader, WAY)
    assert (
        "98 98 of 98 (100.0%) not known 98 of 98 (100.0%)" in by_occasion
    )  # nothing says when it is completed
    assert "The series does not say how many occasions make it completed." in by_occasion
    assert "Beside the persons: 118 attendances." in by_occasion
    assert "Tillfälle 1 After the occasion 98 98 0 of 98 (0.0%) 98 77 77 of 98 (78.6%)" in by_occasion
    assert "4. Tillfälle 4 0 not measured" in by_occasion

    by_gender = text_of(reader, f"{WAY}?efter=gender")
    assert "man 40 40 of 40 (100.0%) not known 40 of 40 (100.0%)" in by_gender
    by_language = text_of(reader, f"{WAY}?efter=language")
    assert "svenska" in by_language.lower() or "swedish" in by_language.lower()
    assert "there is no response rate by it" in by_language
    assert "Nobody’s theme is known" in text_of(reader, f"{WAY}?efter=theme")
    assert reader.get(f"{WAY}?efter=name").status_code == 404


def test_head_counts_of_the_project_and_of_one_series(reader: FlaskClient) -> None:
    page = text_of(reader, f"{PROJECT}/resultat/personer?insats=kurs")
    assert "The whole project 98 98 of 98 (100.0%) not known 0 of 98 (0.0%) 118" in page
    assert "man 40 40 of 40 (100.0%) not known 0 of 40 (0.0%) 60" in page
    assert reader.get(f"{PROJECT}/resultat/personer?insats=annan").status_code == 404


def test_occasions_are_compared_as_far_as_they_can_be(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    merged = [{"label": local("Låg"), "codes": ["1", "2"]}, {"label": local("Hög"), "codes": ["3", "4"]}]
    scale = {**DEGREE, "merged": merged}
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        for counts in ((1, 4, 20, 15), (8, 14, 10, 8)):
            answers = [{"q": str(code)} for code, many in enumerate(counts, 1) for _ in range(many)]
            question = {"code": "q", "kind": "scale", "scale": scale, "text": local("Nytta?")}
            content = {
                "title": local("Efter"),
                "minutes": 1,
                "questions": [question],
            }
            it.measured(answers, content)
    page = text_of(signed_in(sqlite_app, "evaluator"), RESULTS)
    assert "35 of 40 (87.5%) 1. Tillfälle 1 18 of 40 (45.0%) 2. Tillfälle 2 −42.5 (−" in page
    assert "this is no measure of what the series led to" in page
    assert "12.5% 5 of 40 87.5% 35 of 40 40" in page  # merged, beside the four as answered
