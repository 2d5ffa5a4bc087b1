"""The first page of a series' results: before anybody is registered, and where a question has changed."""

from typing import Any

from flask import Flask

from surveys.installation import Installation
from tests.journey.test_results_pages import RESULTS, signed_in, text_of
from tests.support.answered import OVERALL, Answering, spread
from tests.support.forms import DEGREE, local


def test_where_nobody_is_registered_it_says_so_and_draws_no_noughts(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    with sqlite_installation.database.transaction() as session:
        Answering(session, sqlite_installation.keys).occasion("t1", measured=False)
    evaluator = signed_in(sqlite_app, "evaluator")
    page = text_of(evaluator, RESULTS)
    assert "Nobody is registered yet" in page
    assert "Sent out" not in page
    assert "<svg" not in evaluator.get(RESULTS).text.partition("<main")[2].partition("</main>")[0]


def test_a_changed_question_is_shown_in_both_wordings(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    points = [dict(each) for each in DEGREE["points"]]
    points[-1]["label"] = local("I högsta grad")
    reworded: dict[str, Any] = {
        **OVERALL["questions"][0],
        "text": local("Vad gav det <dig>?"),
        "scale": {**DEGREE, "points": points},
    }
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        it.people(20)
        it.measured(spread("overall", 2, 3, 8, 7))
        it.measured(spread("overall", 2, 3, 8, 7), {**OVERALL, "questions": [reworded]})
    evaluator = signed_in(sqlite_app, "evaluator")
    page = text_of(evaluator, RESULTS)
    was, now = OVERALL["questions"][0]["text"]["en"], "Vad gav det &lt;dig&gt;? (en)"
    assert "was worded differently at “2. Tillfälle 2” than at “1. Tillfälle 1”. Compare with care." in page
    for before, after in ((was, now), ("I mycket hög grad (en)", "I högsta grad (en)")):
        assert f"At “1. Tillfälle 1”: “{before}”. At “2. Tillfälle 2”: “{after}”." in page
    assert page.count("At “1. Tillfälle 1”:") == 2
