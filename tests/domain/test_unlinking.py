"""After its key is destroyed a response is one of five or more that nothing but its answers tells apart."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from surveys.domain.privacy import Limit
from surveys.domain.unlinking import Freed, Held, freed

FIVE = Limit(5)
VARIABLES = ("theme", "gender", "organisation")


def asked(person: str, *measurements: str, compared: bool = True, **classes: str) -> list[Held]:
    return [Held(each, person, compared, classes) for each in measurements]


def of(rows: list[Held]) -> list[Freed]:
    return freed(rows, VARIABLES, FIVE, Random(1))


def alike(rows: list[Held], left: list[Freed]) -> Counter[tuple[object, ...]]:
    """How many units look the same: measurements and classes of all rows that stay joined."""
    units: dict[object, list[object]] = {}
    for number, (row, each) in enumerate(zip(rows, left, strict=True)):
        name = each.unit if each.unit is not None else f"alone {number}"
        units.setdefault(name, []).append((row.measurement, tuple(sorted(each.classes.items()))))
    return Counter(tuple(sorted(unit, key=str)) for unit in units.values())


def test_before_and_after_stay_joined_where_enough_answered_both() -> None:
    rows = [row for n in range(6) for row in asked(f"p{n}", "pre", "post", gender="woman")]
    left = of(rows)
    assert len({each.unit for each in left}) == 6
    assert all(each.unit is not None and each.classes == {"gender": "woman"} for each in left)


def test_whoever_answered_at_odd_times_is_let_go_and_not_alone() -> None:
    rows = [row for n in range(12) for row in asked(f"p{n}", "pre", "post")]
    rows += [row for n in range(2) for row in asked(f"odd{n}", "pre")]
    left = of(rows)
    alone = [row.measurement for row, each in zip(rows, left, strict=True) if each.unit is None]
    # three of the twelve are let go, so that the two are among five; then two more, so that the three are
    assert Counter(alone) == {"pre": 7, "post": 5}
    assert min(alike(rows, left).values()) >= 5


def test_a_small_measurement_that_is_not_compared_keeps_nobody_elsewhere_alone() -> None:
    rows = [row for n in range(3) for row in asked(f"few{n}", "a", compared=False)]
    rows += [row for n in range(12) for row in asked(f"p{n}", "pre", "post")]
    rows += [row for n in range(2) for row in asked(f"odd{n}", "pre")]
    left = of(rows)
    alone = Counter(row.measurement for row, each in zip(rows, left, strict=True) if each.unit is None)
    assert alone == {"a": 3, "pre": 7, "post": 5}


def test_what_is_not_compared_is_never_joined() -> None:
    rows = [row for n in range(9) for row in asked(f"p{n}", "t1", "t2", compared=False)]
    assert {each.unit for each in of(rows)} == {None}


def test_small_classes_lose_their_name_with_the_next_smallest() -> None:
    rows = [
        row
        for theme, many in (("A", 12), ("B", 8), ("C", 3))
        for n in range(many)
        for row in asked(f"{theme}{n}", "t1", compared=False, theme=theme)
    ]
    assert Counter(each.classes.get("theme", "") for each in of(rows)) == {"A": 12, "": 11}
    one_alone = asked("x", "t1", compared=False, theme="A", gender="man")
    rows = [row for n in range(7) for row in asked(f"p{n}", "t1", compared=False, theme="A", gender="woman")]
    assert {tuple(each.classes.items()) for each in of(rows + one_alone)} == {(("theme", "A"),)}


def test_fewer_than_five_keep_nothing() -> None:
    rows = [row for n in range(4) for row in asked(f"p{n}", "pre", "post", gender="woman")]
    assert {(each.unit, *each.classes) for each in of(rows)} == {(None,)}


persons = st.tuples(
    st.sets(st.sampled_from(["pre", "post", "follow", "t1", "t2"]), min_size=1),
    st.sampled_from(["woman", "man", ""]),
    st.sampled_from(["fk", "af", "gbg"]),
    st.sampled_from(["A", "B", "C", ""]),
)


@given(st.lists(persons, max_size=60), st.integers(0, 99))
def test_whatever_was_answered_each_is_one_of_five(
    drawn: list[tuple[set[str], str, str, str]], seed: int
) -> None:
    rows = [
        Held(
            name, f"p{n}", not name.startswith("t"), {"gender": gender, "organisation": place, "theme": theme}
        )
        for n, (names, gender, place, theme) in enumerate(drawn)
        for name in sorted(names)
    ]
    left = freed(rows, VARIABLES, FIVE, Random(seed))
    answered = Counter(row.measurement for row in rows)
    for unit, many in alike(rows, left).items():
        # where a measurement has fewer than five answers at all, they are as many as there are, and bare
        few = min(answered[name] for name, _ in unit)
        assert many >= min(5, few)
        if few < 5:
            assert len(unit) == 1
            assert not unit[0][1]
    for row, each in zip(rows, left, strict=True):
        assert all(row.classes[name] == value for name, value in each.classes.items())
