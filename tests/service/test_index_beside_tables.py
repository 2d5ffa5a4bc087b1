"""An index of several questions where answers are told by background too: it would tell of hidden groups."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from surveys.domain.indicators import Kind
from surveys.exporting.change_tables import change_tables
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.models.access import User
from surveys.models.programme import Series
from surveys.results.change import read_change, read_changes
from surveys.results.change_model import IndexChange
from surveys.results.indexes import Wanted, declare_index
from surveys.results.telling import telling_of
from surveys.results.telling_acts import given_by
from surveys.running import access
from tests.journey.test_results_pages import signed_in, text_of
from tests.service.test_change import SEVERAL, change_of
from tests.service.test_indicators import add, look
from tests.support.answered import NOW, Answering
from tests.support.reported import Staff, contents, make, said

WANTED = Wanted("Läget", ("a", "b", "c"), 2)
HELD = {"indexes": ["kurs/2/a+b+c"]}
CHANGE = "/projekt/prov/insatser/kurs/resultat/fore-och-efter"


def by_gender(it: Answering) -> None:
    """Twelve who answered three questions both times, every other a woman."""
    for code, wave, points in (("fore", "pre", "222311242322"), ("slut", "post", "332331441433")):
        rule = it.rule(it.questionnaire(SEVERAL, code=code, wave=wave), code, "series_start")
        sent = it.mailing(rule)
        it.ask(sent, len(points))
        answers: list[dict[str, Any] | None] = [dict.fromkeys("abc", each) for each in points]
        genders = [{"gender": "woman" if number % 2 else "man"} for number in range(len(points))]
        it.answer(sent, answers, background=genders)


@pytest.fixture
def series_id(sqlite_installation: Installation) -> int:
    change = change_of(sqlite_installation, by_gender)
    declare_index(sqlite_installation.database, change.series.id, WANTED, change, None, NOW)
    return change.series.id


def evaluator(it: Installation) -> Staff:
    email = "eva@prov.example"
    access.add_user(it.database, email, "Eva", "tre små gröna ekar")
    access.set_role(it.database, email, "prov", "evaluator")
    with it.database.reading() as session:
        project = session.scalars(select(Series.project_id)).one()
        return Staff(project, session.scalars(select(User.id)).one())


def choose(it: Installation, **how: Any) -> None:
    with it.database.transaction() as session:
        session.execute(update(Series).values(**how))


def read(it: Installation, series_id: int) -> IndexChange:
    with it.database.reading() as session:
        change = read_change(session, series_id, NOW)
        (index,) = change.indexes
        given = given_by(session, series_id, telling_of(session.get_one(Series, series_id)), NOW)
    assert given.indexes is not change.beside_tables
    return index


def test_nothing_of_it_is_told_beside_tables(sqlite_installation: Installation, series_id: int) -> None:
    index = read(sqlite_installation, series_id)
    assert (index.name, index.why_not, len(index.texts)) == ("Läget", "beside_tables", 3)
    assert (index.paired, index.before, index.after, index.values) == (None, None, None, ())
    assert (index.alpha_before, index.alpha_after, index.whole_before) == (None, None, 0)

    for measure, more in (("mean", {}), ("share", {"threshold": "3"}), ("higher", {})):
        code = add(sqlite_installation, Kind.INDEX, HELD, measure=measure, target="2", **more)
        assert look(sqlite_installation, code).read.figure.lacking == "beside_tables"
    with sqlite_installation.database.reading() as session:
        tables = {
            each.code: each
            for each in change_tables(read_changes(session, series_id, NOW), Words("en"), "sv")
        }
    (row,) = [row for row in tables["before-after"].rows if "Läget" in row]
    assert not [each for each in row if isinstance(each, (int, Decimal)) and not isinstance(each, bool)]
    who = evaluator(sqlite_installation)
    report = contents(sqlite_installation, who, make(sqlite_installation, who))
    why = "Läget: redovisas inte bredvid tabeller efter bakgrund"
    assert any(why in each for each in said(report.document))


@pytest.mark.parametrize("how", [{"response_rows": True}, {"told_by": []}])
def test_it_is_told_where_rows_are_given_out_or_nothing_is_told_by_background(
    sqlite_installation: Installation, series_id: int, how: dict[str, Any]
) -> None:
    choose(sqlite_installation, **how)
    index = read(sqlite_installation, series_id)
    assert (index.why_not, index.whole_before, index.whole_after) == ("", 12, 12)
    assert index.paired is not None
    assert index.paired.n == 12
    code = add(sqlite_installation, Kind.INDEX, HELD, target="2")
    assert look(sqlite_installation, code).read.figure.n == 12


def test_pages_say_why_and_lead_to_the_choice(
    sqlite_installation: Installation, series_id: int, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "evaluator")
    assert "Not told beside tables by background" in text_of(client, CHANGE)
    for page in (CHANGE, f"{CHANGE}/index"):
        assert 'resultat/redovisning">Choose how answers are told' in client.get(page).text
    assert "An index ties questions together" in text_of(client, f"{CHANGE}/index")
    assert "Indexes of several questions are not told" in text_of(
        client, CHANGE.replace("fore-och-efter", "redovisning")
    )

    choose(sqlite_installation, told_by=[])
    assert "An index ties questions together" not in text_of(client, f"{CHANGE}/index")
    assert "Cronbach’s alpha" in text_of(client, CHANGE)


def test_how_many_are_left_out_of_it_is_told_of_all_who_had_it_both_times(
    sqlite_installation: Installation,
) -> None:
    """Three answered before alone: others are parted so that they are as many as the limit."""

    def build(it: Answering) -> None:
        it.series.response_rows = True
        for code, wave, points in (("fore", "pre", "222311242322132"), ("slut", "post", "332331441433")):
            rule = it.rule(it.questionnaire(SEVERAL, code=code, wave=wave), code, "series_start")
            sent = it.mailing(rule)
            it.ask(sent, len(points))
            it.answer(sent, [dict.fromkeys("abc", each) for each in points])

    change = change_of(sqlite_installation, build)
    declare_index(sqlite_installation.database, change.series.id, WANTED, change, None, NOW)
    with sqlite_installation.database.reading() as session:
        change = read_change(session, change.series.id, NOW)
    assert change.pairs == 12
    told = [each.paired for each in (*change.questions, *change.indexes) if each.paired]
    assert len(told) == 4
    assert {each.n + each.let_go for each in told} == {12}
    assert all(each.let_go >= 2 for each in told)  # which, is chance
