"""Each question kind: what it takes, what it refuses, how it is shown, counted and exported."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.document import Node
from surveys.domain.numbers import BadNumber, canonical, read_number
from surveys.domain.questions import KINDS, Question, Unacceptable
from surveys.domain.texts import has_bad_characters, pick, printable

LABELS = {"a": "Ja", "b": "Nej", "c": "Kanske"}


def local(text: str) -> dict[str, str]:
    return {"sv": text, "en": f"{text} (en)"}


def options(codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": local(LABELS.get(code, code))} for code in codes]


def make(kind: str, **content: Any) -> Question:
    node = Node(content)
    made = KINDS[kind].read(node, {"code": "x", "text": local("Frågan?")})
    node.done()
    assert not node.faults
    return made


SCALE = make("scale", scale={"points": options("1234")}, dont_know=True)
ONE = make("one_choice", options=options("ab"), other=True)
SEVERAL = make("several_choices", options=options("abc"), other=True, max=2)
NUMBER = make("number", unit=local("timmar"), minimum="0", maximum="2000", decimals=1)
WHOLE = make("number")
SHORT = make("short_text")
LONG = make("long_text", max_length=20)
WORDS = make("words")
ORDER = make("ranking", options=options("abc"))
FOREMOST = make("ranking", options=options("abc"), max=2)
DAY = make("date", earliest="2000-01-01", latest="2027-12-31")
CONSENT = make("consent")
EVERY = [SCALE, ONE, SEVERAL, NUMBER, SHORT, LONG, WORDS, ORDER, FOREMOST, DAY, CONSENT]
EMOJI = "👩‍👩‍👧"

ACCEPTED: list[tuple[Question, dict[str, list[str]], Any]] = [
    (SCALE, {}, None),
    (SCALE, {"q-x": [""]}, None),
    (SCALE, {"q-x": ["3"]}, "3"),
    (SCALE, {"q-x": ["dk"]}, "dk"),
    (ONE, {"q-x": ["b"]}, {"code": "b"}),
    (ONE, {"q-x": ["b"], "q-x.text": [" "]}, {"code": "b"}),
    (ONE, {"q-x": ["other"], "q-x.text": [" Städ "]}, {"code": "other", "text": "Städ"}),
    (ONE, {"q-x": ["other"]}, {"code": "other"}),
    (ONE, {"q-x.text": ["Städ"]}, {"code": "other", "text": "Städ"}),
    (ONE, {"q-x": [""], "q-x.text": [""]}, None),
    (SEVERAL, {"q-x": ["c", "a"]}, {"codes": ["a", "c"]}),
    (SEVERAL, {"q-x": ["a", "a"]}, {"codes": ["a"]}),
    (SEVERAL, {"q-x": ["a"], "q-x.text": ["Annat"]}, {"codes": ["a", "other"], "text": "Annat"}),
    (SEVERAL, {"q-x": []}, None),
    (NUMBER, {"q-x": ["1,5"]}, "1.5"),
    (NUMBER, {"q-x": ["1.5"]}, "1.5"),
    (NUMBER, {"q-x": ["1 000"]}, "1000"),
    (NUMBER, {"q-x": ["1\u00a0000,5"]}, "1000.5"),
    (NUMBER, {"q-x": ["1\u2009000"]}, "1000"),
    (NUMBER, {"q-x": ["1\u202f000"]}, "1000"),
    (NUMBER, {"q-x": [" 007,50 "]}, "7.5"),
    (NUMBER, {"q-x": [""]}, None),
    (WHOLE, {"q-x": ["2,0"]}, "2"),
    (WHOLE, {"q-x": ["\u22123"]}, "-3"),
    (WHOLE, {"q-x": ["-0"]}, "0"),
    (WHOLE, {"q-x": ["1000000"]}, "1000000"),
    (SHORT, {"q-x": ["=HYPERLINK(1)"]}, "=HYPERLINK(1)"),
    (SHORT, {"q-x": ["en\r\nrad"]}, "en rad"),
    (SHORT, {"q-x": [EMOJI * 20]}, EMOJI * 20),
    (LONG, {"q-x": ["två\r\nrader\t."]}, "två\nrader\t."),
    (LONG, {"q-x": ["a" * 18 + "\r\n" + "b"]}, "a" * 18 + "\nb"),
    (LONG, {"q-x": [" \n "]}, None),
    (WORDS, {"q-x.1": ["Nyttig"], "q-x.3": [" Rolig "]}, ["Nyttig", "Rolig"]),
    (WORDS, {"q-x.1": ["Nyttig"], "q-x.2": ["Nyttig"]}, ["Nyttig"]),
    (WORDS, {"q-x.1": [""]}, None),
    (ORDER, {"q-x.a": ["2"], "q-x.b": ["3"], "q-x.c": ["1"]}, ["c", "a", "b"]),
    (ORDER, {"q-x.a": [""], "q-x.b": ["1"]}, ["b"]),
    (ORDER, {"q-x.a": [""]}, None),
    (FOREMOST, {"q-x.c": ["1"], "q-x.a": ["2"]}, ["c", "a"]),
    (DAY, {"q-x": ["2026-11-22"]}, "2026-11-22"),
    (DAY, {"q-x": ["22/11 2026"]}, "2026-11-22"),
    (DAY, {"q-x": ["sön den 22 november 2026"]}, "2026-11-22"),
    (DAY, {"q-x": ["2000-01-01"]}, "2000-01-01"),  # the first there may be, and the last
    (DAY, {"q-x": ["2027-12-31"]}, "2027-12-31"),
    (DAY, {"q-x": [""]}, None),
    (CONSENT, {"q-x": ["yes"]}, "yes"),
    (CONSENT, {}, None),
    (make("information"), {"q-x": ["hej"]}, None),
]


@pytest.mark.parametrize(("question", "raw", "value"), ACCEPTED)
def test_an_answer_is_taken(question: Question, raw: dict[str, list[str]], value: Any) -> None:
    assert question.accept(raw) == value


@pytest.mark.parametrize(
    ("question", "value"), [(question, value) for question, _, value in ACCEPTED if value is not None]
)
def test_what_is_kept_leads_back_to_the_same_form(question: Question, value: Any) -> None:
    assert question.accept(question.fields(value)) == value


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (SCALE, {"q-x": ["5"]}, "not_an_option"),
        (make("scale", scale={"points": options("12")}), {"q-x": ["dk"]}, "not_an_option"),
        (ONE, {"q-x": ["z"]}, "not_an_option"),
        (make("one_choice", options=options("ab")), {"q-x": ["other"]}, "not_an_option"),
        (ONE, {"q-x": ["a"], "q-x.text": ["Städ"]}, "other_and_option"),
        (ONE, {"q-x.text": ["x" * 201]}, "too_long"),
        (SEVERAL, {"q-x": ["a", "b", "c"]}, "too_many"),
        (SEVERAL, {"q-x": ["a", "b"], "q-x.text": ["Annat"]}, "too_many"),
        (SEVERAL, {"q-x": ["a", "z"]}, "not_an_option"),
        (NUMBER, {"q-x": ["1.000"]}, "ambiguous_number"),
        (NUMBER, {"q-x": ["1,55"]}, "too_many_decimals"),
        (NUMBER, {"q-x": ["-1"]}, "too_small"),
        (NUMBER, {"q-x": ["2000,1"]}, "too_large"),
        (WHOLE, {"q-x": ["1.000"]}, "ambiguous_number"),
        (WHOLE, {"q-x": ["1,000"]}, "ambiguous_number"),
        (WHOLE, {"q-x": ["1.000.000"]}, "ambiguous_number"),
        (WHOLE, {"q-x": ["1,5"]}, "too_many_decimals"),
        (WHOLE, {"q-x": ["1 0"]}, "not_a_number"),
        (WHOLE, {"q-x": ["1e5"]}, "not_a_number"),
        (WHOLE, {"q-x": ["fem"]}, "not_a_number"),
        (WHOLE, {"q-x": ["5 timmar"]}, "not_a_number"),
        (WHOLE, {"q-x": ["9" * 16]}, "number_too_long"),
        (SHORT, {"q-x": ["x" * 201]}, "too_long"),
        (SHORT, {"q-x": [f"{EMOJI} " * 200]}, "too_long"),
        (SHORT, {"q-x": ["a\0b"]}, "bad_characters"),
        (SHORT, {"q-x": ["a\ud800"]}, "bad_characters"),
        (LONG, {"q-x": ["x" * 21]}, "too_long"),
        (WORDS, {"q-x.2": ["x" * 41]}, "too_long"),
        (ORDER, {"q-x.a": ["1"], "q-x.b": ["1"]}, "place_twice"),
        (ORDER, {"q-x.a": ["1"], "q-x.b": ["3"]}, "place_skipped"),
        (ORDER, {"q-x.a": ["4"]}, "no_such_place"),
        (ORDER, {"q-x.a": ["01"]}, "no_such_place"),
        (FOREMOST, {"q-x.a": ["3"]}, "no_such_place"),
        (DAY, {"q-x": ["1999-12-31"]}, "too_early"),
        (DAY, {"q-x": ["2028-01-01"]}, "too_late"),
        (DAY, {"q-x": ["2026-02-30"]}, "no_such_day"),
        (DAY, {"q-x": ["1/1 1066"]}, "year_out_of_range"),
        (DAY, {"q-x": ["i höstas"]}, "not_a_date"),
        (CONSENT, {"q-x": ["no"]}, "not_an_option"),
        (WORDS, {"q-x.2": ["a\x07"]}, "bad_characters"),
    ],
)
def test_an_answer_is_refused_with_a_reason(question: Question, raw: dict[str, list[str]], code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        question.accept(raw)
    assert refused.value.code == code


def test_limits_come_with_the_reason() -> None:
    with pytest.raises(Unacceptable) as refused:
        LONG.accept({"q-x": ["x" * 30]})
    assert refused.value.params == {"limit": 20, "length": 30}


@pytest.mark.parametrize(
    ("question", "value", "swedish", "english"),
    [
        (SCALE, "3", "3", "3 (en)"),
        (SCALE, "dk", "Vet ej", "Don’t know"),
        (ONE, {"code": "a"}, "Ja", "Ja (en)"),
        (ONE, {"code": "other", "text": "Städ"}, "Annat: Städ", "Other: Städ"),
        (SEVERAL, {"codes": ["a", "c"]}, "Ja, Kanske", "Ja (en), Kanske (en)"),
        (NUMBER, "1.5", "1,5 timmar", "1.5 timmar (en)"),
        (SHORT, "=1+1", "=1+1", "=1+1"),
        (WORDS, ["Nyttig", "Rolig"], "Nyttig, Rolig", "Nyttig, Rolig"),
        (ORDER, ["c", "a"], "1. Kanske, 2. Ja", "1. Kanske (en), 2. Ja (en)"),
        (DAY, "2026-11-22", "sön\u00a022\u00a0nov\u00a02026", "Sun\u00a022\u00a0Nov\u00a02026"),
        (CONSENT, "yes", "Samtycker", "Consents"),
    ],
)
def test_an_answer_in_words(question: Question, value: Any, swedish: str, english: str) -> None:
    assert (question.shown(value, "sv"), question.shown(value, "en")) == (swedish, english)


@pytest.mark.parametrize(
    ("question", "value", "cells"),
    [
        (SCALE, "3", {"x": "3", "x.label": "3"}),
        (SCALE, "dk", {"x": "dk", "x.label": "Vet ej"}),
        (SCALE, None, {"x": None, "x.label": None}),
        (ONE, {"code": "other", "text": "Städ"}, {"x": "other", "x.label": "Annat", "x.text": "Städ"}),
        (ONE, None, {"x": None, "x.label": None, "x.text": None}),
        (
            SEVERAL,
            {"codes": ["a", "c"]},
            {"x.a": "1", "x.b": "0", "x.c": "1", "x.other": "0", "x.text": None},
        ),
        (SEVERAL, None, dict.fromkeys(("x.a", "x.b", "x.c", "x.other", "x.text"))),
        (NUMBER, "1.5", {"x": "1.5"}),
        (LONG, "a\nb", {"x": "a\nb"}),
        (WORDS, ["Nyttig"], {"x.1": "Nyttig", "x.2": None, "x.3": None}),
        (WORDS, None, {"x.1": None, "x.2": None, "x.3": None}),
        (ORDER, ["c", "a"], {"x.a": "2", "x.b": None, "x.c": "1"}),
        (ORDER, None, {"x.a": None, "x.b": None, "x.c": None}),
        (DAY, "2026-11-22", {"x": "2026-11-22"}),
        (CONSENT, "yes", {"x": "yes", "x.label": "Samtycker"}),
    ],
)
def test_an_answer_in_columns(question: Question, value: Any, cells: dict[str, str | None]) -> None:
    names = [column.name for column in question.columns("sv")]
    assert dict(zip(names, question.cells(value), strict=True)) == cells


def test_only_numbers_are_said_to_be_numbers() -> None:
    assert [column.holds for column in NUMBER.columns("sv")] == ["number"]
    assert [column.holds for column in SCALE.columns("sv")] == ["code", "label"]
    assert {column.holds for column in SHORT.columns("sv") + WORDS.columns("sv")} == {"text"}


def test_a_scale_is_counted_with_missing_and_dont_know_apart() -> None:
    summary = SCALE.summarise(["1", "3", "3", "dk", None, None])
    assert (summary.n, summary.missing, summary.dont_know) == (3, 2, 1)
    assert summary.distribution is not None
    assert summary.distribution.counts == (1, 0, 2, 0)
    assert summary.distribution.top(2).numerator == 2


def test_several_choices_are_counted_by_person() -> None:
    summary = SEVERAL.summarise([{"codes": ["a", "b"]}, {"codes": ["a", "other"], "text": "Annat"}, None])
    assert (summary.n, summary.missing) == (2, 1)
    assert summary.chosen == (("a", 2), ("b", 1), ("c", 0), ("other", 1))
    assert summary.texts == ("Annat",)


def test_one_choice_is_counted_and_keeps_the_texts() -> None:
    summary = ONE.summarise([{"code": "a"}, {"code": "other", "text": "Städ"}, {"code": "other"}, None])
    assert summary.distribution is not None
    assert summary.distribution.counts == (1, 0, 2)
    assert (summary.n, summary.missing, summary.texts) == (3, 1, ("Städ",))


def test_places_are_counted_by_option() -> None:
    summary = FOREMOST.summarise([["c", "a"], ["c"], ["a", "c"], None])
    assert (summary.n, summary.missing) == (3, 1)
    assert summary.placed == (("a", (1, 1)), ("b", (0, 0)), ("c", (2, 1)))


def test_dates_are_counted_by_month_and_by_year_where_they_lie_far_apart() -> None:
    near = DAY.summarise(["2026-11-22", "2026-12-01", "2026-11-01", None]).distribution
    assert near is not None
    assert (near.codes, near.counts, near.missing) == (("2026-11", "2026-12"), (2, 1), 1)
    far = DAY.summarise(
        [f"20{year}-0{month}-01" for year in range(10, 20) for month in (1, 2, 3)]
    ).distribution
    assert far is not None
    assert (far.codes[0], far.counts[0], far.n) == ("2010", 3, 30)


def test_what_is_not_ticked_is_no_consent_and_nobody_is_missing() -> None:
    summary = CONSENT.summarise(["yes", None, "yes"])
    assert (summary.n, summary.missing) == (3, 0)
    assert summary.distribution is not None
    assert summary.distribution.counts == (2, 1)


def test_numbers_words_and_texts_are_summarised() -> None:
    numbers = NUMBER.summarise(["1.5", "3", None]).numbers
    assert numbers is not None
    assert (numbers.n, numbers.min, numbers.max) == (2, Decimal("1.5"), Decimal(3))
    assert NUMBER.summarise([None]).numbers is None
    words = WORDS.summarise([["Nyttig", "Rolig"], ["nyttig"], None])
    assert [(each.word, each.count) for each in words.words] == [("nyttig", 2), ("Rolig", 1)]
    assert SHORT.summarise(["b", None, "a"]).texts == ("b", "a")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_written_in_swedish_is_read_back_exactly(number: Decimal) -> None:
    written = f"{number:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert read_number(written, 2) == number
    assert Decimal(canonical(read_number(written, 2))) == number


@given(st.text())
def test_reading_a_number_never_fails_but_by_name(typed: str) -> None:
    try:
        number = read_number(typed, 2)
    except BadNumber:
        return
    assert number.is_finite()


@given(st.text(st.characters()), st.sampled_from(EVERY))
def test_whatever_is_typed_is_taken_or_refused_by_name(typed: str, question: Question) -> None:
    try:
        value = question.accept({name: [typed] for name in question.names()})
    except Unacceptable:
        return
    assert value is None or question.accept(question.fields(value)) == value


@given(st.text(st.characters()))
def test_what_is_shown_again_holds_no_bad_characters(typed: str) -> None:
    assert not has_bad_characters(printable(typed))
    assert printable(printable(typed)) == printable(typed)


@pytest.mark.parametrize(
    ("text", "language", "picked"),
    [
        ({"sv": "Hej", "en": "Hello"}, "en", "Hello"),
        ({"sv": "Hej"}, "en", "Hej"),
        ({"de": "Hallo"}, "en", "Hallo"),
        ({"sv": "Hej", "en": ""}, "en", "Hej"),
        ({}, "sv", ""),
    ],
)
def test_a_text_in_the_best_language_there_is(text: dict[str, str], language: str, picked: str) -> None:
    assert pick(text, language) == picked
