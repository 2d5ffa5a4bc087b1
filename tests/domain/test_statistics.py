"""Figures: every share that was ever printed wrong, and what must hold for all of them."""

import json
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.statistics import (
    ANSWERED_QUESTION,
    BadMerge,
    Distribution,
    EmptyBase,
    NotNumeric,
    NumberSummary,
    Rate,
    UnknownClass,
    WordCount,
    adds_to_hundred,
    alphabetical,
    number_summary,
    percent,
    rounded,
    shares,
    swedish_order,
    word_frequencies,
)

# read as decimals: an expected 6.3 is not to pass through a float
VECTORS = json.loads(
    Path(__file__).with_name("percent_vectors.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
    parse_int=int,
)


def test_the_vectors_are_all_there() -> None:
    assert len(VECTORS) == 46


@pytest.mark.parametrize(
    "vector", VECTORS, ids=[f"{v['numerator']} of {v['denominator']} to {v['decimals']}" for v in VECTORS]
)
def test_percent_vectors(vector: dict[str, Decimal]) -> None:
    found = percent(int(vector["numerator"]), int(vector["denominator"]), int(vector["decimals"]))

    assert found == Decimal(vector["expected"])
    assert len(str(found).partition(".")[2]) == vector["decimals"]


@pytest.mark.parametrize(
    ("k", "n", "decimals", "text"),
    [
        (1, 8, 0, "13"),  # 12.5
        (5, 8, 0, "63"),  # 62.5: half even would give 62
        (1, 16, 1, "6.3"),  # 6.25: half even would give 6.2
        (1, 200, 0, "1"),  # 0.5
        (201, 20000, 2, "1.01"),  # 1.005: the float is below the tie
        (1, 3, 4, "33.3333"),
        (2, 3, 0, "67"),
        (0, 7, 1, "0.0"),
        (7, 7, 1, "100.0"),
        (67, 103, 1, "65.0"),
        (1, 3, 40, "33." + "3" * 40),
    ],
)
def test_percent_is_printed_with_its_decimals(k: int, n: int, decimals: int, text: str) -> None:
    assert str(percent(k, n, decimals)) == text


def test_a_share_of_nobody_is_named() -> None:
    with pytest.raises(EmptyBase) as refused:
        percent(0, 0, 1)

    assert refused.value.code == "empty_base"


@pytest.mark.parametrize(("k", "n", "decimals"), [(-1, 5, 0), (6, 5, 0), (0, -1, 0), (1, 5, -1)])
def test_what_is_no_share_is_refused(k: int, n: int, decimals: int) -> None:
    with pytest.raises(ValueError, match=r"no share|decimals"):
        percent(k, n, decimals)


parts = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(parts, st.integers(0, 6))
def test_percent_is_the_nearest_and_ties_go_up(part: tuple[int, int], decimals: int) -> None:
    k, n = part
    error = Fraction(percent(k, n, decimals)) - Fraction(100 * k, n)

    assert -Fraction(1, 2) < error * 10**decimals <= Fraction(1, 2)


@given(parts, st.integers(0, 6), st.integers(1, 6))
def test_percent_does_not_depend_on_the_decimal_context(
    part: tuple[int, int], decimals: int, precision: int
) -> None:
    expected = percent(*part, decimals)
    with localcontext(Context(prec=precision)):
        assert percent(*part, decimals).as_tuple() == expected.as_tuple()


@given(st.decimals(-1000, 1000, places=5), st.integers(0, 4))
def test_rounding_is_that_of_decimal(value: Decimal, decimals: int) -> None:
    assert rounded(value, decimals) == value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def test_nothing_is_minus_zero() -> None:
    assert str(rounded(Fraction(-1, 100), 1)) == "0.0"
    assert str(rounded(Fraction(-1, 20), 1)) == "-0.1"


def test_shares_are_never_nudged() -> None:
    printed = shares([2, 13, 38], 0)

    assert list(map(str, printed)) == ["4", "25", "72"]
    assert not adds_to_hundred(printed)


def test_shares_that_add() -> None:
    assert list(map(str, shares([6, 15], 0))) == ["29", "71"]
    assert adds_to_hundred(shares([6, 15], 0))
    assert not adds_to_hundred(shares([1, 1, 1], 1))


def test_shares_of_nobody() -> None:
    assert shares([0, 0], 1) == (None, None)
    assert adds_to_hundred(shares([0, 0], 1))
    assert shares([], 1) == ()


@given(st.lists(st.integers(0, 500), max_size=8), st.integers(0, 3))
def test_shares_are_out_by_no_more_than_their_rounding(counts: list[int], decimals: int) -> None:
    printed = [share for share in shares(counts, decimals) if share is not None]

    if printed:
        off = abs(sum(map(Fraction, printed)) - 100) * 10**decimals
        assert off <= Fraction(len(counts), 2)
        assert adds_to_hundred(printed) is (off == 0)


def test_a_rate_names_its_base() -> None:
    rate = Rate(77, 98, "invited")

    assert (rate.percent(1), rate.base) == (Decimal("78.6"), "invited")
    with pytest.raises(ValueError, match="base"):
        Rate(77, 98, " ")
    with pytest.raises(ValueError, match="no rate"):
        Rate(99, 98, "invited")
    with pytest.raises(EmptyBase):
        Rate(0, 0, "invited").percent(1)


GRADE = Distribution(("1", "2", "3", "4"), (6, 13, 38, 20), missing=2, dont_know=3)
BREDD = Distribution(("Dålig", "Mindre bra", "Godkänt", "Bra", "Mycket bra"), (0, 2, 13, 24, 14), missing=2)
THREE = {
    "Dålig/Mindre bra": ["Dålig", "Mindre bra"],
    "Godkänt": ["Godkänt"],
    "Bra/Mycket bra": ["Bra", "Mycket bra"],
}


def test_missing_and_dont_know_are_in_no_base() -> None:
    assert GRADE.n == 77
    assert GRADE.share("4") == Rate(20, 77, ANSWERED_QUESTION)
    assert GRADE.top(2) == Rate(58, 77, ANSWERED_QUESTION)
    assert GRADE.top(2).percent(0) == 75
    assert GRADE.top(4).percent(0) == 100


def test_a_top_box_is_added_as_counts() -> None:
    # printed as 66.7 and 16.7 once; the rounded shares would make 83.4
    assert Distribution(("1", "2", "3", "4"), (2, 2, 16, 4)).top(2).percent(1) == Decimal("83.3")


@pytest.mark.parametrize("k", [0, -1, 5])
def test_no_such_top_box(k: int) -> None:
    with pytest.raises(ValueError, match="upper classes"):
        GRADE.top(k)


def test_an_unknown_class_is_named() -> None:
    with pytest.raises(UnknownClass) as refused:
        GRADE.share("5")

    assert (refused.value.code, refused.value.name) == ("unknown_class", "5")


def test_mean_and_median_are_exact() -> None:
    assert GRADE.mean() == Fraction(6 + 26 + 114 + 80, 77)
    assert GRADE.median() == 3
    assert Distribution(("1", "2"), (2, 2)).median() == Fraction(3, 2)
    assert Distribution(("-1", "0.5"), (1, 1)).mean() == Fraction(-1, 4)
    assert Distribution(("4", "1", "2"), (1, 1, 1)).median() == 2  # by value, not by place


@pytest.mark.parametrize(
    "codes", [("a", "b"), ("1", "b"), ("1/2", "2"), ("1_0", "2"), ("", "2"), ("nan", "2")]
)
def test_no_mean_of_what_is_no_number(codes: tuple[str, str]) -> None:
    with pytest.raises(NotNumeric) as refused:
        Distribution(codes, (1, 2)).mean()

    assert refused.value.codes == codes


def test_no_mean_of_merged_classes() -> None:
    merged = GRADE.merged({"1": ["1", "2"], "2": ["3", "4"]})

    with pytest.raises(NotNumeric):
        merged.median()


def test_no_mean_of_nobody() -> None:
    with pytest.raises(EmptyBase):
        Distribution(("1", "2"), (0, 0)).mean()
    with pytest.raises(EmptyBase):
        Distribution(("1", "2"), (0, 0)).median()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_mean_and_median_are_those_of_the_answers(answers: list[int]) -> None:
    codes = tuple(map(str, range(10)))
    found = Distribution(codes, tuple(answers.count(int(code)) for code in codes))

    assert found.n == len(answers)
    assert found.mean() == mean(map(Fraction, answers))
    assert found.median() == median(map(Fraction, answers))


def test_merged_classes_are_declared() -> None:
    merged = BREDD.merged(THREE)

    assert merged.codes == ("Dålig/Mindre bra", "Godkänt", "Bra/Mycket bra")
    assert merged.counts == (2, 13, 38)
    assert (merged.n, merged.missing) == (53, 2)
    assert merged.merged_classes == (
        ("Dålig/Mindre bra", ("Dålig", "Mindre bra")),
        ("Bra/Mycket bra", ("Bra", "Mycket bra")),
    )
    assert list(map(str, shares(merged.counts, 0))) == ["4", "25", "72"]


def test_merging_again_declares_the_first_classes() -> None:
    twice = BREDD.merged(THREE).merged(
        {"Mindre bra": ["Dålig/Mindre bra"], "Godkänt eller bättre": ["Godkänt", "Bra/Mycket bra"]}
    )

    assert twice.counts == (2, 51)
    assert twice.merged_classes == (
        ("Mindre bra", ("Dålig", "Mindre bra")),
        ("Godkänt eller bättre", ("Godkänt", "Bra", "Mycket bra")),
    )


def test_a_renamed_class_is_declared() -> None:
    assert Distribution(("a", "b"), (1, 2)).merged({"x": ["a"], "b": ["b"]}).merged_classes == (
        ("x", ("a",)),
    )


@pytest.mark.parametrize(
    ("groups", "left_out", "twice"),
    [
        ({"low": ["1", "2"], "high": ["4"]}, ("3",), ()),
        ({"low": ["1", "2", "3"], "high": ["3", "4"]}, (), ("3",)),
        ({"low": ["1", "1", "2"], "high": ["4"]}, ("3",), ("1",)),
    ],
)
def test_a_merge_takes_every_class_once(
    groups: dict[str, list[str]], left_out: tuple[str, ...], twice: tuple[str, ...]
) -> None:
    with pytest.raises(BadMerge) as refused:
        GRADE.merged(groups)

    assert (refused.value.left_out, refused.value.twice) == (left_out, twice)


def test_a_merge_of_an_unknown_class_is_refused() -> None:
    with pytest.raises(UnknownClass):
        GRADE.merged({"low": ["1", "2", "3", "4", "5"]})


@pytest.mark.parametrize(
    ("codes", "counts", "missing"),
    [(("1",), (1, 2), 0), (("1", "1"), (1, 2), 0), (("1", "2"), (1, -1), 0), (("1", "2"), (1, 1), -1)],
)
def test_a_distribution_that_cannot_be(codes: tuple[str, ...], counts: tuple[int, ...], missing: int) -> None:
    with pytest.raises(ValueError, match="count"):
        Distribution(codes, counts, missing)


def test_number_summary_is_exact() -> None:
    assert number_summary(map(Decimal, ["0.1", "0.2", "12", "0.3"])) == NumberSummary(
        n=4, min=Decimal("0.1"), median=Fraction(1, 4), mean=Fraction(126, 40), max=Decimal(12)
    )
    assert number_summary([Decimal("1.5")]).median == Fraction(3, 2)


def test_number_summary_keeps_long_numbers_exact() -> None:
    long = Decimal("1" * 40 + ".5")

    assert number_summary([long, long]).mean == Fraction(long)
    assert number_summary([long, long]).max == long


def test_number_summary_of_nothing() -> None:
    with pytest.raises(EmptyBase):
        number_summary([])


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_number_summary_refuses_what_is_no_number(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        number_summary([Decimal(1), Decimal(value)])


def test_words_by_frequency_then_alphabet() -> None:
    words = ["Nyttig", "nyttig ", "NYTTIG", "öppen", "ärlig", "åtråvärd", "zen", "Intressant", "intressant"]

    assert word_frequencies(words) == [
        WordCount("nyttig", 3),
        WordCount("intressant", 2),
        WordCount("zen", 1),
        WordCount("åtråvärd", 1),
        WordCount("ärlig", 1),
        WordCount("öppen", 1),
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["Matnyttig", "Matnyttig", "matnyttig"], [("Matnyttig", 3)]),
        (["bra", " bra\u00a0", "\tbra\n"], [("bra", 3)]),
        (["mycket  bra", "mycket bra"], [("mycket bra", 2)]),
        (["", "  ", "\n"], []),
        (["o\u0308ppen", "\u00f6ppen"], [("\u00f6ppen", 2)]),
        (["A\u030angest", "\u00e5ngest", "\u212bngest"], [("\u00c5ngest", 3)]),
        (["Straße", "STRASSE", "Straße"], [("Straße", 3)]),
        (["👩‍🏫", "👩‍🏫", "bra"], [("👩‍🏫", 2), ("bra", 1)]),
        (["ide", "idé"], [("ide", 1), ("idé", 1)]),
    ],
)
def test_words_that_are_one(words: list[str], expected: list[tuple[str, int]]) -> None:
    assert [(found.word, found.count) for found in word_frequencies(words)] == expected


def test_swedish_order() -> None:
    ordered = [
        "1:a",
        "ack",
        "and",
        "ande",
        "idé",
        "ideal",
        "w",
        "über",
        "yla",
        "z",
        "zon",
        "å",
        "åka",
        "ä",
        "æ",
        "ö",
    ]

    backwards = ordered[::-1]
    assert sorted(backwards, key=swedish_order) == ordered
    assert sorted(backwards, key=alphabetical) == ordered


spelled = st.text(alphabet="aAåÅäÄöÖeéE \u0308\u030aßﬁİ👍", max_size=4)


@given(st.lists(spelled, max_size=30).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_word_frequencies_do_not_tell_the_order_of_answers(pair: tuple[list[str], list[str]]) -> None:
    words, shuffled = pair
    found = word_frequencies(words)

    assert found == word_frequencies(shuffled)
    assert sum(word.count for word in found) == sum(1 for word in words if word.strip())
    assert [word.count for word in found] == sorted((word.count for word in found), reverse=True)
    assert all(unicodedata.is_normalized("NFC", word.word) for word in found)
    spelled_so = {unicodedata.normalize("NFC", " ".join(word.split())) for word in words}
    assert {word.word for word in found} <= spelled_so
