"""What rows carry, and who stays joined beside them. The attack is in test_whole_attack."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from surveys.domain.pairing_in_classes import Rows, joined_among, joined_rows
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.suppression import Part
from surveys.domain.telling import Telling, Told, carried_by_rows

FIVE = Limit(5)
WIDE = ("gender", "organisation", "role")


def people(gender: str, organisation: str, role: str, *counts: int) -> Part:
    return Part({"gender": gender, "organisation": organisation, "role": role}, counts, sum(counts))


def carried(*questions: Sequence[Part], wanted: Sequence[str] = WIDE) -> tuple[str, ...]:
    return carried_by_rows(questions, questions, wanted, WIDE, FIVE)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([people("w", "A", "x", 2, 2)], WIDE, id="one group, nothing is told of anybody"),
        pytest.param(
            [people(g, o, "x", 4, 5) for g in "wm" for o in "AB"], WIDE, id="two, and what all have in common"
        ),
        pytest.param(
            [people(g, o, r, 9, 9) for g in "wm" for o in "AB" for r in "xy"],
            ("gender", "organisation"),
            id="never three that tell apart",
        ),
        pytest.param(
            [people(g, o, o.lower(), 4, 5) for g in "wm" for o in "AB"], WIDE, id="a third that follows"
        ),
        pytest.param(
            [people("m", "A", "x", 4, 4), people("w", "B", "x", 9, 9), people("m", "B", "x", 2, 2)],
            ("gender", "role"),
            id="the first alone where the two together are too few",
        ),
        pytest.param(
            [people("m", "A", "x", 2, 1), *(people(g, o, r, 9, 8) for g, o, r in ("wAx", "wBy", "wBx"))],
            (),
            id="never the second alone",
        ),
        pytest.param(
            [people("w", "A", "x", 9, 9), people("w", "B", "y", 0, 7)], ("gender",), id="alike is hidden"
        ),
    ],
)
def test_rows_carry_combinations_that_may_be_shown(parts: list[Part], expected: tuple[str, ...]) -> None:
    assert carried(parts) == expected


def test_rows_of_every_measurement_and_every_question_must_agree() -> None:
    parts = [people(g, "A", "x", 4, 5) for g in "wm"]
    few = [people("w", "A", "x", 9, 9), people("m", "A", "x", 1, 2)]
    alike = [people("w", "A", "x", 4, 5), people("m", "A", "x", 9, 0)]

    assert carried(parts, parts) == WIDE
    assert carried(parts, few) == carried(parts, alike) == ("organisation", "role")
    assert carried_by_rows([parts], [parts, alike], WIDE, WIDE, FIVE) == ("organisation", "role")
    assert carried_by_rows([few], [], WIDE, WIDE, FIVE) == ("organisation", "role")


def test_what_is_wanted_is_carried_and_nothing_else() -> None:
    parts = [people(g, o, r, 9, 9) for g in "wm" for o in "AB" for r in "xy"]

    assert carried(parts, wanted=("role",)) == ("role",)
    assert carried(parts, wanted=()) == ()
    assert carried(parts, wanted=("age", "role")) == ("role",)


def test_where_nobody_has_chosen_rows_carry_the_first_two_and_tables_stand_by_all() -> None:
    assert Telling(rows=True).wanted == ("gender", "organisation")
    assert Telling(rows=True, variables=()).wanted == ()
    assert Told().tells("anything")
    assert not Told(by=("gender",)).tells("organisation")


def series(
    chance: Random, people: int, places: int, points: int
) -> tuple[list[Rows], list[list[tuple[str]]]]:
    """Rows of three questions, and a class each that hardly ever changes."""
    persons: list[Rows] = []
    classes = []
    for _ in range(people):
        own = chance.choice("wwwm")
        rows = []
        for _place in range(places):
            answers = tuple(str(chance.randrange(points)) for _ in range(3))
            rows.append(answers if chance.random() < 0.85 else None)
        persons.append(tuple(rows))
        classes.append([(own if chance.random() < 0.98 else "?",) for _ in range(places)])
    return persons, classes


def test_those_joined_and_those_alone_are_as_many_as_rows_may_tell() -> None:
    """In each class at each measurement, by which measurements they answered at."""
    joined_ever = 0
    for seed in range(300):
        chance = Random(seed)
        persons, classes = series(
            chance, chance.randint(8, 90), chance.choice((2, 2, 3)), chance.choice((2, 4))
        )
        stay = joined_rows(persons, FIVE, classes)
        joined_ever += sum(stay)
        for place in range(len(persons[0])):
            groups: dict[object, list[tuple[str, ...]]] = {}
            for rows, own, member in zip(persons, classes, stay, strict=True):
                row = rows[place]
                if row is not None:
                    when = tuple(each is not None for each in rows) if member else ()
                    groups.setdefault((own[place], when), []).append(row)  # type: ignore[arg-type]
            with_joined = {own for own, when in groups if when}  # type: ignore[misc]
            for (own, when), rows_there in groups.items():  # type: ignore[misc]
                if not when and own not in with_joined:
                    continue  # nobody of the class is joined: this is all of it
                assert len(rows_there) >= FIVE, (seed, place, own, when)
                for answers in zip(*rows_there, strict=True):
                    counts = list(Counter(answers).values())
                    assert shown(counts, len(rows_there), FIVE) is Verdict.SHOWN, (seed, place, own, when)
    assert joined_ever > 1_000


def test_nobody_whose_class_has_changed_is_joined() -> None:
    persons: list[Rows] = [((str(n % 3),), (str(n % 4),)) for n in range(20)]
    classes = [[("a",), ("b",) if n == 3 else ("a",)] for n in range(20)]

    stay = joined_rows(persons, FIVE, classes)

    assert not stay[3]
    assert not any(stay) or sum(stay) <= 15  # the one alone takes others with it, until they are enough


def test_one_question_joins_none_but_those_who_stay() -> None:
    persons = [(n % 3, n % 4) for n in range(30)]
    stay = [n >= 6 for n in range(30)]

    found = joined_among(persons, FIVE, stay)

    assert found.pairs(0, 1).total() == 24
    assert found.let_go(0, 1) == 6
    assert found.members(persons) == stay
