"""Spellings of association words counted as one: in every reading of results, and undone."""

import pytest
from sqlalchemy import select

from surveys.exporting.result_tables import tables
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.response import Response
from surveys.models.word_spelling import WordSpelling
from surveys.results.change import read_change
from surveys.results.series import read_series, series_results
from surveys.results.word_spellings import (
    BadSpellings,
    NotTogether,
    Spellings,
    Wanted,
    count_together,
    forget_unwritten,
    read_spellings,
    take_apart,
)
from tests.support.answered import AFTER, NOW, Answering

GIVEN = [
    *[{"words": ["matnyttigt", "roligt"]}] * 3,
    *[{"words": ["mat-nyttigt"]}] * 2,
    {"words": ["mat nyttigt", "Matnyttigt"]},
]


def measured_words(it: Answering) -> None:
    """t1: six have written words · t2: too few have, with a spelling that nobody else has."""
    rule = it.rule(it.questionnaire(AFTER))
    first = it.mailing(rule, it.occasion("t1"))
    it.ask(first, 8)
    it.answer(first, GIVEN[:5])
    second = it.mailing(rule, it.occasion("t2"))
    it.ask(second, 8)
    it.answer(second, [{"words": ["matnytigt"]}])


def filled(installation: Installation) -> Installation:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        mailing = it.mailing(it.rule(it.questionnaire(AFTER)), it.occasion("t1"))
        it.ask(mailing, 8)
        it.answer(mailing, GIVEN)
    return installation


@pytest.fixture
def house(sqlite_installation: Installation) -> Installation:
    return filled(sqlite_installation)


def known(house: Installation) -> Spellings:
    with house.database.reading() as session:
        return read_spellings(session, 1, "words", NOW)


def together(house: Installation, counted_as: str, *words: str) -> None:
    count_together(house.database, 1, Wanted("words", words, counted_as), known(house), None, NOW)


def words(house: Installation) -> list[tuple[str, int]]:
    (measurement,) = series_results(house.database, 1, NOW).measurements
    (result,) = [each for each in measurement.questions if each.code == "words"]
    return [(each.word, each.count) for each in result.words]


def test_what_is_declared_holds_wherever_results_are_read_and_is_undone(house: Installation) -> None:
    before = words(house)
    together(house, " matnyttigt ", "matnyttigt", "mat-nyttigt", "mat nyttigt")

    assert before == [("matnyttigt", 4), ("roligt", 3), ("mat-nyttigt", 2), ("mat nyttigt", 1)]
    assert words(house) == [("matnyttigt", 7), ("roligt", 3)]
    (declared,) = known(house).declared
    assert set(declared.spellings) == {"mat nyttigt", "mat-nyttigt", "matnyttigt"}
    with house.database.reading() as session:
        found, change = read_series(session, 1, NOW), read_change(session, 1, NOW)
    own = next(each for each in tables(found, [change], Words("en"), "sv") if each.code == "words")
    assert own.rows[0][-3:] == ("matnyttigt", 7, "matnyttigt (4), mat-nyttigt (2), mat nyttigt (1)")

    take_apart(house.database, 1, "words", "Matnyttigt", None, NOW)

    assert words(house) == before
    with pytest.raises(NotTogether):
        take_apart(house.database, 1, "words", "matnyttigt", None, NOW)
    with house.database.reading() as session:
        deeds = [(each.action, each.details) for each in session.scalars(select(Deed).order_by(Deed.id))]
    told = {"question": "words", "word": "matnyttigt", "spellings": 2}
    assert deeds == [("spellings_counted_together", told), ("spellings_taken_apart", told)]


def test_what_is_counted_together_is_counted_on_with_more(house: Installation) -> None:
    together(house, "nyttig", "matnyttigt", "mat-nyttigt")
    together(house, "nyttig", "mat nyttigt")
    assert words(house) == [("nyttig", 7), ("roligt", 3)]

    together(house, "Mat-nyttigt", "nyttig")

    assert words(house) == [("Mat-nyttigt", 7), ("roligt", 3)]
    with house.database.reading() as session:
        rows = set(session.scalars(select(WordSpelling.spelling)))
    assert rows == {"matnyttigt", "mat nyttigt"}


@pytest.mark.parametrize(
    ("chosen", "counted_as", "faults"),
    [
        ((), "bra", {"words": "none_chosen"}),
        (("finns inte",), "bra", {"words": "none_chosen"}),
        (("roligt",), "Roligt", {"words": "only_itself"}),
        (("roligt",), " ", {"counted_as": "blank"}),
        (("roligt",), "x" * 101, {"counted_as": "too_long"}),
        (("roligt",), "Mat-nyttigt", {"counted_as": "counted_otherwise"}),
    ],
)
def test_what_cannot_be_counted_together(
    house: Installation, chosen: tuple[str, ...], counted_as: str, faults: dict[str, str]
) -> None:
    together(house, "matnyttigt", "matnyttigt", "mat-nyttigt")

    with pytest.raises(BadSpellings) as bad:
        together(house, counted_as, *chosen)

    assert bad.value.faults == faults
    assert words(house) == [("matnyttigt", 6), ("roligt", 3), ("mat nyttigt", 1)]


def test_a_spelling_that_nobody_has_written_any_more_is_forgotten(installation: Installation) -> None:
    house = filled(installation)
    together(house, "matnyttigt", "matnyttigt", "mat-nyttigt", "mat nyttigt")
    with house.database.transaction() as session:
        for each in session.scalars(select(Response)):
            if each.answers == {"words": ["mat nyttigt", "Matnyttigt"]}:
                session.delete(each)

    assert forget_unwritten(house.database) == 1
    assert forget_unwritten(house.database) == 0
    assert words(house) == [("matnyttigt", 5), ("roligt", 3)]
    with house.database.reading() as session:
        assert session.scalars(select(WordSpelling.spelling)).all() == ["mat-nyttigt"]
