"""Indicators: whether a target is met, partly, not, or cannot be judged; and how far people had come when."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from surveys.domain.indicator_definition import Known, defined, restored, stored
from surveys.domain.indicators import (
    AT_MOST,
    Definition,
    Figure,
    Kind,
    PartResult,
    Verdict,
    checked_sum,
    judged,
)
from surveys.domain.organisations import Levels, Placed
from surveys.domain.participation import Participation, PersonOutcome, attendances, persons, with_outcome
from surveys.domain.series import BadFields

HEADS = Definition(Kind.HEAD_COUNT, "Polisen", target=Decimal(330))
SHARE = Definition(Kind.SHARE, "Samverkan", target=Decimal(85), minimum_answers=10)


def heads(many: int) -> Figure:
    return Figure(Fraction(many), base="registered")


def share(k: int, n: int) -> Figure:
    return Figure(Fraction(100 * k, n), k, n, "answered", n)


def verdict(definition: Definition, figure: Figure) -> tuple[str, str]:
    found = judged(definition, figure, (), 1)
    return found.verdict.value, found.why


@pytest.mark.parametrize(
    ("definition", "figure", "expected"),
    [
        (HEADS, heads(326), ("not_met", "missed")),
        (HEADS, heads(330), ("met", "reached")),
        (replace(HEADS, target=Decimal(594)), heads(593), ("not_met", "missed")),
        # a count has left nought by itself: that is no part of the way
        (replace(HEADS, baseline=Decimal(0)), heads(326), ("not_met", "missed")),
        (replace(HEADS, direction=AT_MOST), heads(326), ("met", "reached")),
        (replace(HEADS, direction=AT_MOST), heads(331), ("not_met", "missed")),
        (replace(HEADS, target=None), heads(326), ("unknown", "no_target")),
        (HEADS, Figure(lacking="no_series"), ("unknown", "no_series")),
        (SHARE, share(85, 100), ("met", "reached")),
        # 84.96 is printed 85.0 and is less than 85 all the same
        (SHARE, share(2124, 2500), ("not_met", "missed")),
        (replace(SHARE, baseline=Decimal(60)), share(70, 100), ("partly", "on_the_way")),
        (replace(SHARE, baseline=Decimal(60)), share(60, 100), ("not_met", "missed")),
        (replace(SHARE, baseline=Decimal(60)), share(55, 100), ("not_met", "missed")),
        (replace(SHARE, baseline=Decimal(90)), share(70, 100), ("not_met", "missed")),
        (SHARE, share(9, 9), ("unknown", "under_minimum")),
        (SHARE, Figure(lacking="too_few"), ("unknown", "too_few")),
    ],
)
def test_the_judgement_follows_from_the_exact_figure(
    definition: Definition, figure: Figure, expected: tuple[str, str]
) -> None:
    assert verdict(definition, figure) == expected


def test_a_figure_is_printed_so_that_it_does_not_look_like_the_target_it_misses() -> None:
    found = judged(SHARE, share(2124, 2500), (), 1)
    assert (found.decimals, found.gap) == (2, Fraction(4, 100))
    assert judged(SHARE, share(70, 100), (), 1).decimals == 1


def part(name: str, verdict: Verdict, has_target: bool = True) -> PartResult:
    return PartResult(name, heads(1), verdict, has_target)


def test_a_whole_may_be_met_while_a_part_is_missed() -> None:
    parts = [part("kvinnor", Verdict.MET), part("män", Verdict.NOT_MET), part("övriga", Verdict.UNKNOWN)]
    found = judged(HEADS, heads(340), parts, 1)
    assert (found.verdict, found.why) == (Verdict.PARTLY, "part_missed")
    assert (found.missed, found.open) == (("män",), ("övriga",))
    # what cannot be judged does not pull the whole down, and a missed whole is not helped by its parts
    assert judged(HEADS, heads(340), [parts[0], parts[2]], 1).verdict is Verdict.MET
    assert judged(HEADS, heads(320), [parts[0]], 1).verdict is Verdict.NOT_MET


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("met met", "met"),
        ("met not_met", "partly"),
        ("not_met not_met", "not_met"),
        ("unknown", "unknown"),
        ("met unknown", "met"),
    ],
)
def test_parts_decide_where_the_whole_has_no_target(verdicts: str, expected: str) -> None:
    parts = [part(name, Verdict(name)) for name in verdicts.split()]
    assert judged(replace(HEADS, target=None), heads(300), parts, 1).verdict.value == expected


def test_the_whole_is_held_against_the_sum_of_its_parts() -> None:
    women, men = replace(HEADS, target=Decimal(130)), replace(HEADS, target=Decimal(190))
    found = checked_sum(HEADS, heads(326), [(women, heads(133)), (men, heads(192))])
    assert found is not None
    assert (found.whole, found.parts) == (Fraction(326), Fraction(325))
    assert not found.agrees
    assert found.targets == (Decimal(330), Decimal(320))
    assert not found.targets_agree
    assert checked_sum(SHARE, share(1, 2), [(SHARE, share(1, 2))]) is None


def taking(person: int, **changes: object) -> Participation:
    usual: dict[str, object] = {
        "series": 1,
        "gender": "woman",
        "organisation": None,
        "registered_on": date(2011, 1, 20),
        "state": "registered",
    }
    return Participation(person, **(usual | changes))  # type: ignore[arg-type]


FEB, MARCH, APRIL, MAY = (date(2011, month, 10) for month in (2, 3, 4, 5))


def test_registered_is_not_having_taken_part() -> None:
    assert taking(1).stages(MAY) == {"registered"}
    assert taking(1).stages(date(2011, 1, 19)) == frozenset()
    assert taking(1, state="cancelled").stages(MAY) == frozenset()


def test_attendance_tells_how_far_a_person_had_come_on_any_day() -> None:
    one = taking(1, state="completed", minimum=2, days=[MARCH, APRIL])
    assert one.stages(FEB) == {"registered"}
    assert one.stages(MARCH) == {"registered", "present", "started"}
    assert one.stages(APRIL) == {"registered", "present", "started", "completed"}


def test_what_staff_said_counts_from_the_day_they_said_it() -> None:
    gone = taking(1, state="dropped_out", minimum=2, days=[MARCH, APRIL], said=[(MAY, "dropped_out")])
    assert "completed" in gone.stages(APRIL)
    assert gone.stages(MAY) == {"registered", "present", "started", "dropped_out"}
    # without a day it has always been so: nothing tells when
    assert "completed" in taking(1, state="completed").stages(FEB)


def test_a_person_in_two_series_is_one_and_attends_as_often_as_they_came() -> None:
    both = [taking(1, days=[FEB, MARCH]), taking(1, series=2, days=[APRIL]), taking(2)]
    assert len(persons(both, "registered", MAY)) == 2
    assert len(persons(both, "present", MAY)) == 1
    assert attendances(both, MARCH) == 2
    assert attendances(both, MAY) == 3


def test_the_latest_outcome_by_a_day_counts() -> None:
    noted = [
        PersonOutcome(1, FEB, "i arbete"),
        PersonOutcome(1, APRIL, "arbetslös"),
        PersonOutcome(2, MAY, "I arbete"),
    ]
    among = frozenset({1, 2, 3})
    assert with_outcome(noted, ["I arbete"], among, MARCH) == {1}
    assert with_outcome(noted, ["I arbete"], among, MAY) == {2}
    assert with_outcome(noted, ["I arbete"], frozenset({1}), MAY) == frozenset()


KNOWN = Known(["bredd"], ["polisen"], {"bredd/efter/whole": ("1", "2", "3"), "bredd/fore/x": ("a", "b")}, 5)
FILLED = {"title": "Polisen", "reads_on": "2013-01-31", "target": "1 330", "stage": "present"}


def test_a_definition_is_read_stored_and_read_back() -> None:
    many = {"series": ["bredd"]}
    found = defined(Kind.HEAD_COUNT, FILLED | {"organisation": "polisen"}, many, KNOWN)
    assert (found.target, found.stage, found.series) == (Decimal(1330), "present", ("bredd",))
    assert restored("head_count", stored(found)) == found
    known = replace(KNOWN, indexes=["bredd/2/a+b"])
    raw = FILLED | {"measure": "share", "threshold": "2,50", "target": "80"}
    index = defined(Kind.INDEX, raw, {"indexes": ["bredd/2/a+b"]}, known)
    assert (index.threshold, index.in_percent, index.is_mean) == ("2.5", True, False)
    assert restored("index", stored(index)) == index


@pytest.mark.parametrize(
    ("kind", "changes", "many", "faults"),
    [
        (
            Kind.HEAD_COUNT,
            {"title": "", "reads_on": "31/1"},
            {},
            {"title": "blank", "reads_on": "not_a_date"},
        ),
        (Kind.HEAD_COUNT, {"target": "330,5"}, {}, {"target": "not_a_number"}),
        (Kind.HEAD_COUNT, {}, {"series": ["annan"]}, {"series": "not_a_choice"}),
        (Kind.OUTSIDE, {"target": "många"}, {}, {"target": "not_a_number", "unit": "blank"}),
        (
            Kind.SHARE,
            {"target": "101", "threshold": "9", "minimum_answers": "4"},
            {"questions": ["bredd/efter/whole"]},
            {"target": "out_of_range", "threshold": "no_such_class", "minimum_answers": "out_of_range"},
        ),
        (
            Kind.SHARE,
            {"target": "85", "threshold": "2"},
            {"questions": ["bredd/efter/whole", "bredd/fore/x"]},
            {"threshold": "no_such_class"},
        ),
        (Kind.OUTCOMES, {"target": "85"}, {}, {"outcomes": "blank"}),
        (
            Kind.INDEX,
            {"target": "120", "measure": "share"},
            {"indexes": ["bredd/2/a+b"]},
            {"indexes": "not_a_choice", "threshold": "blank", "target": "out_of_range"},
        ),
    ],
)
def test_all_faults_of_a_definition_at_once(
    kind: Kind, changes: dict[str, str], many: dict[str, list[str]], faults: dict[str, str]
) -> None:
    with pytest.raises(BadFields) as bad:
        defined(kind, FILLED | changes, many, KNOWN)
    assert bad.value.faults == faults


def test_organisations_stand_in_levels_and_two_spellings_are_one() -> None:
    levels = Levels(
        [
            Placed(1, "stad"),
            Placed(2, "angered", 1),
            Placed(3, "lundby", 1),
            Placed(4, "sdf-angered", None, 2),
        ]
    )
    assert levels.within("stad") == {1, 2, 3, 4}
    assert levels.within("sdf-angered") == levels.within("angered") == {2, 4}
    assert levels.within("ingen") == frozenset()
    assert not levels.may_stand_below(1, 4)
    assert levels.may_stand_below(3, 2)
