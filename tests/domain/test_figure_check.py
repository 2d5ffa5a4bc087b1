"""Check of figures: every printed figure of the fixture is reproduced, or flagged with its cause."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from surveys.domain.figure_check import (
    check_answered,
    check_classes,
    check_hundred,
    check_share,
    check_sum,
    check_two_shares,
    check_whole,
    possible_counts,
)
from surveys.domain.figure_finding import Cause, Finding, Verdict
from surveys.domain.figure_habits import habits, is_adjusted, splits
from surveys.domain.figure_means import check_mean, check_mean_of
from surveys.domain.figure_printed import Role
from surveys.domain.figure_table import Marks, check_table
from surveys.importing.pasted_table import printed_table, read_pasted, roles_of, total_rows

HERE = Path(__file__).parent
SERIES: dict[str, Any] = {
    each["title"]: each
    for each in json.loads((HERE.parent / "service" / "gothenburg.json").read_text("utf-8"))["series"]
}
VECTORS = json.loads((HERE / "percent_vectors.json").read_text("utf-8"), parse_float=Decimal)
D = Decimal


def causes(finding: Finding) -> set[str]:
    return {each.cause.value for each in finding.reasons}


def counts(finding: Finding, cause: Cause) -> list[tuple[int, int]]:
    return [(fit.k, fit.n) for each in finding.reasons if each.cause is cause for fit in each.fits]


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{v['numerator']}/{v['denominator']}" for v in VECTORS])
def test_every_vector_follows_and_its_neighbour_does_not(vector: dict[str, Any]) -> None:
    k, n, decimals = vector["numerator"], vector["denominator"], vector["decimals"]
    printed = D(vector["expected"]).quantize(D(1).scaleb(-decimals))

    assert check_share(printed, n, k).verdict is Verdict.FOLLOWS
    assert k in possible_counts(printed, n)
    off = printed + D(1).scaleb(-decimals)
    found = check_share(off, n, k)
    assert found.verdict is not Verdict.FOLLOWS
    assert (found.fits[0].k, found.fits[0].n, found.fits[0].value) == (k, n, printed)


def _printed(series: str) -> list[dict[str, Any]]:
    return [each for each in SERIES[series]["occasions"] if each["printed"]]


def _half_days() -> dict[tuple[int, str], Finding]:
    """Every figure printed of the half-days, by its occasion and question, checked from the counts given."""
    found: dict[tuple[int, str], Finding] = {}
    for each in _printed("Offensivt rehabiliteringsarbete"):
        printed, top = each["printed"], each["top_two"]
        found[each["no"], "rate"] = check_share(
            D(printed["response_rate_pct"]), each["surveyed"], each["answered"]
        )
        shares = {f"theme_{code}": [text] for code, text in printed["themes_topbox_pct"].items()}
        shares["expectation"] = printed["expectation_topbox_pct"]
        shares["overall"] = [printed["overall_topbox_pct"]]
        for name, texts in shares.items():
            k, n = top[name]["k"], top[name]["n"]
            if len(texts) == 2:
                finding = check_two_shares((D(texts[0]), D(texts[1])), n, k)
            else:
                finding = check_share(D(texts[0]), n, k, summed=True)
            found[each["no"], name] = finding
    return found


def test_every_figure_printed_of_the_half_days_is_reproduced_or_flagged() -> None:
    found = _half_days()

    assert len(found) == 7 * 3 + 2 * 7 + 4  # rate, expectation, overall; A and B, C where there was one
    flagged = {place for place, each in found.items() if each.verdict is not Verdict.FOLLOWS}
    assert flagged == {
        (3, "rate"), (3, "theme_C"), (3, "expectation"), (5, "theme_A"), (5, "overall"), (5, "expectation"),
    }  # fmt: skip
    values = {
        place: (found[place].fits[0].k, found[place].fits[0].n, str(found[place].fits[0].value))
        for place in flagged
    }
    assert values == {
        (3, "rate"): (54, 94, "57.4"),
        (3, "theme_C"): (26, 54, "48.1"),
        (3, "expectation"): (51, 54, "94.4"),
        (5, "theme_A"): (16, 24, "66.7"),
        (5, "overall"): (21, 24, "87.5"),
        (5, "expectation"): (20, 24, "83.3"),
    }
    assert causes(found[3, "rate"]) == {"nearest_half", "rounded_twice"}
    added = next(each for each in found[3, "expectation"].reasons if each.cause is Cause.ADDED)
    assert (44, 7) in added.splits  # 81.5 and 13.0, as the evaluators had them
    assert counts(found[5, "expectation"], Cause.TWO_SHARES) == [(16, 24), (4, 24)]
    for unexplained in ((3, "theme_C"), (5, "theme_A"), (5, "overall")):
        assert found[unexplained].verdict is Verdict.DIFFERS
        assert not found[unexplained].reasons


def test_the_same_faults_are_found_where_the_counts_were_never_printed() -> None:
    """Of the table alone: how many were asked and answered, and the shares."""
    table = ["no\tsurveyed\tanswered\tresponse rate\tA\tB\tC\texpectation\toverall"]
    for each in _printed("Offensivt rehabiliteringsarbete"):
        printed = each["printed"]
        themes = [printed["themes_topbox_pct"].get(code, "") for code in "ABC"]
        cells = [each["no"], each["surveyed"], each["answered"], printed["response_rate_pct"], *themes]
        cells += [" / ".join(printed["expectation_topbox_pct"]), printed["overall_topbox_pct"]]
        table.append("\t".join(map(str, cells)))
    pasted = read_pasted("\n".join(table))
    roles = roles_of(pasted)
    assert roles == (Role.LABEL, Role.ASKED, Role.BASE, Role.RATE, *[Role.SHARE] * 5)

    marks = check_table(printed_table(pasted, roles, total_rows(pasted)))

    verdicts = {
        (row + 1, pasted.head[column]): found.verdict.value
        for (row, column), (found,) in marks.items()
        if found.verdict is not Verdict.FOLLOWS
    }
    assert verdicts == {
        (2, "A"): "fewer", (2, "expectation"): "fewer", (3, "A"): "fewer", (6, "expectation"): "fewer",
        (7, "overall"): "fewer",  # shares of those who answered the question, fewer than the questionnaire
        (3, "response rate"): "habit", (3, "expectation"): "habit",
        (3, "C"): "differs", (5, "A"): "differs", (5, "expectation"): "differs", (5, "overall"): "differs",
    }  # fmt: skip
    assert (32, 35) in counts(marks[5, 7][0], Cause.FEWER_ANSWERED)  # as it was: 35 of the 40
    assert (51, 59) in counts(marks[6, 8][0], Cause.FEWER_ANSWERED)


def _courses(stated_total: int) -> Marks:
    table = ["no;attended;answered;response rate;low;%;middle;%;high;%"]
    for each in _printed("Bredd"):
        cells = [each["no"], each["attended"], each["answered"], each["printed"]["response_rate_pct"]]
        for count, share in zip(
            each["counts"].values(), each["printed"]["category_pct"].values(), strict=True
        ):
            cells += [count, share]
        table.append(";".join(map(str, cells)))
    pasted = read_pasted("\n".join([*table, f"total;{stated_total}"]))
    return check_table(printed_table(pasted, roles_of(pasted), total_rows(pasted)))


def test_every_figure_printed_of_the_courses_is_reproduced_or_flagged() -> None:
    whole = sum(each["attended"] for each in _printed("Bredd"))
    marks = _courses(whole)

    assert len(marks) == 5 * 5 + 1  # rate, answered, three shares; the total
    flagged = {place: found[-1] for place, found in marks.items() if found[-1].verdict is not Verdict.FOLLOWS}
    assert set(flagged) == {(0, 2), (0, 7), (1, 3)}
    answered, middle, rate = flagged[0, 2], flagged[0, 7], flagged[1, 3]
    assert (answered.verdict, answered.fits[0].k) == (Verdict.FEWER, 53)
    assert (str(middle.fits[0].value), middle.fits[0].n) == ("25", 53)
    assert middle.reasons[0].cause is Cause.ADJUSTED
    assert counts(middle, Cause.OTHER_NUMBER) == [(13, 55)]
    assert str(check_share(D("69"), 55, 38).fits[0].value) == "69"  # with base 55, not 72
    assert (str(rate.fits[0].value), counts(rate, Cause.OTHER_NUMBER)) == ("82", [(28, 33), (29, 34)])


def test_a_count_that_also_makes_the_total_right_is_said_so() -> None:
    """The ten courses add to 437 where 436 is printed, with 34 where the rate reveals 33."""
    whole = sum(each["attended"] for each in _printed("Bredd"))
    marks = _courses(whole - 1)

    assert marks[5, 1][0].verdict is Verdict.DIFFERS
    assert counts(marks[1, 3][0], Cause.ALSO_SUM) == [(28, 33)]
    total = check_sum(436, [403, 34])
    assert (total.verdict, total.fits[0].k) == (Verdict.DIFFERS, 437)


@pytest.mark.parametrize(
    ("printed", "k", "n", "other"),
    [
        ("92", 111, 122, (111, 121)),
        ("49", 59, 122, (59, 121)),
        ("83", 25, 29, (25, 30)),
        ("85", 28, 34, (28, 33)),
    ],
)
def test_a_rate_reveals_the_number_that_was_used(
    printed: str, k: int, n: int, other: tuple[int, int]
) -> None:
    found = check_share(D(printed), n, k)

    assert found.verdict is Verdict.DIFFERS
    assert counts(found, Cause.OTHER_NUMBER)[0] == other


@pytest.mark.parametrize(
    ("printed", "k", "n", "cause"),
    [
        ("66.6", 2, 3, "cut_off"),
        ("12", 1, 8, "half_even"),
        ("37", 3, 8, "half_down"),
        ("57.5", 54, 94, "nearest_half"),
        ("57.5", 54, 94, "rounded_twice"),
        ("67.0", 2, 3, "fewer_decimals"),
    ],
)
def test_each_other_rounding_is_known_by_its_name(printed: str, k: int, n: int, cause: str) -> None:
    found = check_share(D(printed), n, k)

    assert found.verdict is Verdict.HABIT
    assert cause in causes(found)


def test_no_habit_is_looked_for_in_what_follows() -> None:
    for n in range(1, 60):
        for k in range(n + 1):
            found = check_share(half_up(k, n), n, k)
            assert found.verdict is Verdict.FOLLOWS
            assert not found.reasons


def half_up(k: int, n: int) -> Decimal:
    """The share half up to one decimal, worked out in whole numbers."""
    return D((2000 * k + n) // (2 * n)).scaleb(-1)


def test_all_counts_that_give_a_share_are_found_and_no_other() -> None:
    for n in range(1, 130):
        for text in ("0", "12.5", "33", "66.7", "94.5", "99.9", "100"):
            printed = D(text)
            steps = 10 ** -int(printed.as_tuple().exponent)
            by_trying = [k for k in range(n + 1) if D((200 * steps * k + n) // (2 * n)) / steps == printed]
            assert list(possible_counts(printed, n)) == by_trying, (text, n)


def test_what_cannot_be_a_share_is_said_to_be_none() -> None:
    assert causes(check_share(D("104"), 50)) == {"over_whole"}
    assert causes(check_share(D("50"), 8, 9)) == {"over_whole"}
    assert causes(check_answered(53, [40, 20])) == {"over_whole"}
    assert check_share(D("50"), 0).verdict is Verdict.DIFFERS
    with pytest.raises(ValueError, match="counts"):
        check_share(D("50"), -1)


def test_shares_of_all_classes() -> None:
    assert is_adjusted([D(4), D(24), D(72)], [2, 13, 38])
    assert not is_adjusted([D(4), D(25), D(72)], [2, 13, 38])  # half up, as it should be
    assert is_adjusted([D(34), D(33), D(33)], [1, 1, 1])
    assert is_adjusted([D(33), D(34), D(33)], [1, 1, 1])  # of equal remainders either
    assert check_hundred([D(33), D(33), D(33)]).verdict is Verdict.FOLLOWS
    assert check_hundred([D(33), D(33), D(31)]).verdict is Verdict.DIFFERS
    assert [each.verdict.value for each in check_classes([D(4), D(24), D(69)], [2, 13, 38], 55)] == [
        "follows", "habit", "differs",
    ]  # fmt: skip
    assert splits(D("94.5"), 51, 54)
    assert not splits(D("94.4"), 51, 54)
    assert habits(Fraction(5100, 54), D("94.4")) == ()


def test_a_mean_that_so_many_answers_cannot_have() -> None:
    # Brown & Heathers 2017: of 28 whole numbers none has the mean 5.19; 5.18 and 5.21 are next to it
    found = check_mean(D("5.19"), 28, 1, 7)
    assert (found.verdict, sorted(str(fit.value) for fit in found.fits)) == (Verdict.FEWER, ["5.18", "5.21"])
    assert check_mean(D("5.18"), 28, 1, 7).verdict is Verdict.FOLLOWS
    assert check_mean(D("5.19"), 28, 1, 7, items=4).verdict is Verdict.FOLLOWS  # 112 answers
    assert causes(check_mean(D("7.2"), 28, 1, 7)) == {"off_scale"}
    assert check_mean_of(D("3.2"), range(1, 5), [2, 3, 10, 5]).fits[0].value == D("2.9")
    assert check_mean_of(D("2.9"), range(1, 5), [2, 3, 10, 5]).verdict is Verdict.FOLLOWS


def test_the_whole_lies_where_its_parts_put_it() -> None:
    parts = [(D("78.6"), 98), (D("65.0"), 103)]  # 77 and 67

    assert (found := check_whole(D("71.6"), parts)) is not None
    assert (found.verdict, found.fits[0].k) == (Verdict.FOLLOWS, 144)
    assert (wrong := check_whole(D("71.8"), parts)) is not None  # the mean of the two shares
    assert (wrong.verdict, str(wrong.fits[0].value)) == (Verdict.DIFFERS, "71.6")
    assert check_whole(D("50"), [(D("66.3"), 24)]) is None
