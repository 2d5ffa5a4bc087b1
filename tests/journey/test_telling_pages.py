"""Choosing how a series' answers are told: what each way gives, who may choose, and what is closed then."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.models.response import Response
from surveys.results.breakdown import read_breakdown
from surveys.results.change import read_change
from surveys.results.telling import read_told
from tests.journey.test_results_pages import signed_in, text_of
from tests.support.answered import NOW, OVERALL, Answering
from tests.support.pages import forms_of

RESULTS = "/projekt/prov/insatser/kurs/resultat"
HERE = f"{RESULTS}/redovisning"


@pytest.fixture
def asked(sqlite_installation: Installation) -> Installation:
    """Before and after of 40 persons, whose gender and two more variables are known."""
    with sqlite_installation.database.transaction() as session:
        fill(Answering(session, sqlite_installation.keys))
    return sqlite_installation


def fill(it: Answering) -> None:
    chance = random.Random(1)
    for wave, anchor in (("pre", "series_start"), ("post", "series_end")):
        rule = it.rule(it.questionnaire(OVERALL, code=wave, wave=wave), wave, anchor)
        mailing = it.mailing(rule)
        it.ask(mailing, 40)
        many = 40 if wave == "pre" else 33
        background = [
            {"gender": "woman" if k % 3 else "man", "organisation": f"o{k % 4}", "age": f"a{k % 7}"}
            for k in range(many)
        ]
        it.answer(
            mailing, [{"overall": str(chance.randint(1, 4))} for _ in range(many)], background=background
        )


def chosen(client: FlaskClient, *variables: str, rows: bool = True, **more: str) -> TestResponse:
    """The form sent with a choice."""
    fields = forms_of(client.get(HERE))[HERE]
    data = MultiDict[str, str]({name: fields[name] for name in ("csrf_token", "seen")})
    data["telling"] = "rows" if rows else "groups"
    data.setlist("variables", list(variables))
    for name, value in more.items():
        data[name] = value
    return client.post(HERE, data=data)


def test_an_evaluator_finds_the_choice_from_every_page_it_changes(
    asked: Installation, sqlite_app: Flask
) -> None:
    evaluator, organiser = signed_in(sqlite_app, "evaluator"), signed_in(sqlite_app, "organiser")

    assert "No response rows are given out of this series" in text_of(evaluator, f"{RESULTS}/export")
    for page in ("export", "uppdelning"):
        assert HERE in evaluator.get(f"{RESULTS}/{page}").text
        assert HERE not in organiser.get(f"{RESULTS}/{page}").text
    assert organiser.get(HERE).status_code == 404


def test_no_file_of_rows_is_had_where_none_are_given(asked: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")
    export = f"{RESULTS}/export"
    form = forms_of(client.get(export))[export]

    for kind in ("csv-responses", "xlsx-responses", "sav-persons", "csv-answers"):
        refused = client.post(export, data=form | {"file": kind})
        assert refused.status_code == 422
        assert "No response rows are given out" in refused.text
    assert client.post(export, data=form | {"file": "results"}, buffered=True).data.startswith(b"PK")


def test_before_anybody_can_see_answers_the_evaluator_chooses(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    with sqlite_installation.database.transaction() as session:
        Answering(session, sqlite_installation.keys)
    client = signed_in(sqlite_app, "evaluator")

    first = chosen(client, "gender")
    assert "are not given out" in first.text
    assert "Save the choice" in first.text
    saved = chosen(client, "gender", sure="1")
    assert saved.location == HERE
    with sqlite_installation.database.reading() as session:
        series = session.scalars(select(Series)).one()
        assert (series.response_rows, series.told_by) == (True, ["gender"])
        deed = session.scalars(select(Deed).where(Deed.action == "telling_chosen")).one()
        assert deed.details["after"] == {"rows": True, "variables": ["gender"]}


def test_afterwards_only_an_administrator_does_and_says_why(asked: Installation, sqlite_app: Flask) -> None:
    evaluator, administrator = signed_in(sqlite_app, "evaluator"), signed_in(sqlite_app, "administrator")
    page = text_of(evaluator, HERE)

    assert "made by an administrator" in page
    assert HERE not in forms_of(evaluator.get(HERE))
    forced = {
        "csrf_token": token(evaluator),
        "telling": "rows",
        "variables": "gender",
        "why": "x",
        "sure": "1",
    }
    evaluator.post(HERE, data=forced | {"seen": seen(administrator)})
    with asked.database.reading() as session:
        assert not session.scalars(select(Series.response_rows)).one()

    without = chosen(administrator, "gender")
    assert without.status_code == 422
    assert "Write why" in without.text
    asked_twice = chosen(administrator, "gender", why="Analys i R")
    assert "of 33 persons" in asked_twice.text
    assert chosen(administrator, "gender", why="Analys i R", sure="1").status_code == 303
    assert "Response rows are given out" in text_of(evaluator, HERE)
    assert "responses 73" in text_of(evaluator, f"{RESULTS}/export")


def token(client: FlaskClient) -> str:
    return next(fields["csrf_token"] for fields in forms_of(client.get(f"{RESULTS}/export")).values())


def seen(client: FlaskClient) -> str:
    return forms_of(client.get(HERE))[HERE]["seen"]


def test_three_variables_in_rows_are_refused_and_nothing_is_lost(
    asked: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "administrator")

    refused = chosen(client, "gender", "organisation", "age", why="Alla behövs")

    assert refused.status_code == 422
    assert "two variables at most" in refused.text
    assert "Alla behövs" in refused.text
    strange = chosen(client, "shoe", why="Alla behövs", rows=False)
    assert "Choose among the variables in the list" in strange.text


def test_the_second_of_two_who_choose_is_told(asked: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "administrator")
    mark = seen(client)
    with asked.database.transaction() as session:
        session.execute(update(Series).values(told_by=["age"]))

    late = chosen(client, "gender", why="Först", seen=mark, sure="1")

    assert late.status_code == 409
    assert "Somebody else has chosen meanwhile" in late.text
    assert "Först" in late.text


def test_tables_stand_by_what_rows_carry(asked: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")
    every = {"gender", "organisation", "age"}
    with asked.database.transaction() as session:
        for rows, by, expected in (
            (False, None, every),
            (False, ["age"], {"age"}),
            (True, ["gender"], {"gender"}),
            (True, ["age"], set()),  # four or five in a class at the second
        ):
            session.execute(update(Series).values(response_rows=rows, told_by=by))
            session.flush()
            found = read_breakdown(session, 1, "pre", "", NOW, True)
            assert {each.name for each in found.variables} == expected, (rows, by)
    with asked.database.transaction() as session:
        session.execute(update(Series).values(response_rows=True, told_by=["age"]))
    assert "Answers are not told by background here" in text_of(client, f"{RESULTS}/uppdelning")


def test_nothing_told_beside_rows_hangs_on_what_they_do_not_carry(asked: Installation) -> None:
    """So no combination of pages and files tells more of it than the register does."""
    with asked.database.transaction() as session:
        session.execute(update(Series).values(response_rows=True, told_by=["gender"]))

    def looked() -> Iterator[Any]:
        with asked.database.reading() as session:
            yield read_told(session, 1, NOW).by
            for rule in ("pre", "post"):
                found = read_breakdown(session, 1, rule, "", NOW, True)
                yield [(each.together, each.groups) for each in found.questions]
            yield read_change(session, 1, NOW + timedelta(days=1)).questions

    before = list(looked())
    with asked.database.transaction() as session:
        chance = random.Random(2)
        for response in session.scalars(select(Response)):
            response.background = response.background | {
                "organisation": f"o{chance.randrange(4)}",
                "age": f"a{chance.randrange(7)}",
            }

    assert before == list(looked())
    assert before[0] is not None
    assert "gender" in before[0]
    assert before[3][0].paired.n > 20
