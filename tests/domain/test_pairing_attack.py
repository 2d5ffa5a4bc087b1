"""An attacker with a solver against pairs, and against an index beside the questions it is made of.

He knows who answered when, who was let go, and of every question the answers of everyone at each measurement
and all pairs of every two, cell by cell (more than the page tells); of an index all its pairs too. A count is
*recovered* where only one number of persons agrees with that, and its group may not be shown; unless a group
that is shown and that it lies in answered alike as a whole.

``FOLJA_ATTACKS`` says how many, as for tables; how many were tried is printed (``pytest -s``).
"""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any

from surveys.domain.composite import View, index_value, joined_beside
from surveys.domain.pairing import Values, joined, pattern_of
from surveys.domain.privacy import Limit, Verdict, shown
from tests.support.solving_pairs import Attacker, Vector

ATTACKS = int(os.environ.get("FOLJA_ATTACKS", "40"))


def answers(
    chance: Random, people: int, places: int, points: int, leave: float = 0.6
) -> list[tuple[int | None, ...]]:
    """Most answer every time, a few at odd times; what one answers again is near what it was."""
    stays = [1 - chance.random() ** 2 * leave for _ in range(places)]
    found = []
    for _ in range(people):
        middle = chance.triangular(1, points, points * chance.random())
        values = [
            min(points, max(1, round(middle + chance.gauss(0, 0.7)))) if chance.random() < stay else None
            for stay in stays
        ]
        found.append(tuple(values))
    return found


def few(counts: Counter[Any], limit: Limit) -> bool:
    return shown(list(counts.values()), counts.total(), limit) is not Verdict.SHOWN


def at(held: Counter[Vector], place: int) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for vector, count in held.items():
        if vector[place] is not None:
            found[vector[place]] += count
    return found


def tell_question(attacker: Attacker, columns: Sequence[int], kept: Any, points: int, limit: Limit) -> None:
    """Everyone at each measurement, where that may be shown, and the pairs of every two."""
    classes = range(1, points + 1)
    for column in columns:
        everyone = sum((at(held, column) for held in attacker.true.values()), Counter())
        if everyone and not few(everyone, limit):
            for one in classes:
                attacker.tell(lambda _, v, c=column, one=one: v[c] == one)
    for (first, second), one, other in product(combinations(columns, 2), classes, classes):
        attacker.tell(lambda g, v, a=first, b=second, x=one, y=other: kept(g) and (v[a], v[b]) == (x, y))


def recovered(attacker: Attacker, hidden: Sequence[tuple[Any, int]]) -> tuple[int, list[Any]]:
    """Of (group, column): how many figures were tried, and those that were had: the sum of the answers (one
    person's is her answer), and how many gave the commonest.
    """
    tried, found = 0, []
    for group, column in hidden:
        held = at(attacker.true[group], column)
        ((most, count),) = held.most_common(1)
        total = sum(answer * times for answer, times in held.items())
        for true, weigh in (
            (total, lambda v, c=column: v[c] or 0),
            (count, lambda v, c=column, most=most: v[c] == most),
        ):
            tried += 1
            low, high = attacker.between(lambda g, v, w=weigh, own=group: w(v) if g == own else 0)
            assert low <= true <= high
            if low == high:
                found.append((group, column, held))
    return tried, found


def possible(places: Sequence[bool], points: int) -> list[Vector]:
    return list(product(*(range(1, points + 1) if there else (None,) for there in places)))


def test_nobody_under_the_limit_is_had_from_pairs_of_every_two_measurements() -> None:
    tried = hidden_groups = joined_at_all = 0
    for seed in range(ATTACKS):
        chance, points = Random(seed), 3
        places, limit = chance.choice((2, 2, 3)), Limit(chance.choice((5, 5, 5, 7)))
        persons: list[Values] = list(answers(chance, chance.randint(8, 70), places, points))
        members = joined(persons, limit).members(persons)
        true: dict[Any, Counter[Vector]] = defaultdict(Counter)
        for values, member in zip(persons, members, strict=True):
            true[pattern_of(values), member][values] += 1  # type: ignore[index]
        attacker = Attacker(true, lambda group, points=points: possible(group[0], points))
        tell_question(attacker, range(places), lambda group: group[1], points, limit)
        hidden = [
            (group, place)
            for group, place in product(true, range(places))
            if group[0][place] and few(at(true[group], place), limit) and not alike(true, group, place, limit)
        ]
        count, had = recovered(attacker, hidden)
        assert had == [], seed
        tried, hidden_groups = tried + count, hidden_groups + len(hidden)
        joined_at_all += any(members)

    assert joined_at_all > ATTACKS // 2
    assert tried > 2 * ATTACKS
    print(
        f"\n{ATTACKS} questions, {joined_at_all} joined: {hidden_groups} groups, {tried} figures, recovered 0"
    )


def alike(true: Any, group: Any, place: int, limit: Limit) -> bool:
    """Whether a group that is shown, and that it lies in, answered alike as a whole: then it is no secret."""
    everyone = sum((at(held, place) for held in true.values()), Counter())
    left = sum((at(held, place) for other, held in true.items() if not other[1]), Counter())
    return any(len(each) == 1 and each.total() >= 2 * limit for each in (everyone, left) if not group[1])


def index_attack(seed: int, protected: bool) -> tuple[int, list[Any], int]:
    """Two questions before and after and their index: figures tried, those had, and how many are in it.

    Of an odd ``seed`` all have answered all but one to three, who left one question out both times.
    """
    chance, points, limit = Random(seed), 3, Limit(5)
    people = chance.randint(20, 60)
    odd = chance.sample(range(people), chance.randint(1, 3)) if seed % 2 else []
    questions: list[list[Values]] = []
    for question in range(2):
        missing = 0 if odd else chance.random() ** 3 * 0.4
        whole = answers(chance, people, 2, points, 0 if odd else 0.6)
        questions.append(
            [
                tuple(
                    None
                    if each is None or chance.random() < missing or (person in odd and question)
                    else each
                    for each in values
                )
                for person, values in enumerate(whole)
            ]
        )
    views = [View(each, joined(each, limit).members(each)) for each in questions]
    minimum = chance.choice((1, 2))
    values: list[Values] = [
        tuple(index_value([each[person][place] for each in questions], minimum) for place in range(2))
        for person in range(people)
    ]
    _, own = joined_beside(values, limit, views if protected else ())
    true: dict[Any, Counter[Vector]] = defaultdict(Counter)
    for person in range(people):
        group = (
            *((pattern_of(view.values[person]), view.members[person]) for view in views),
            own.members[person],
        )
        true[group][(*questions[0][person], *questions[1][person])] += 1  # type: ignore[index, arg-type]
    attacker = Attacker(true, lambda group: possible((*group[0][0], *group[1][0]), points))
    for question in range(2):
        columns = (2 * question, 2 * question + 1)
        tell_question(attacker, columns, lambda group, q=question: group[q][1], points, limit)

    def index_of(vector: Vector, place: int) -> Fraction | None:
        return index_value([vector[place], vector[place + 2]], minimum)

    ends = [Fraction(each, 2) for each in range(2, 2 * points + 1)]
    for place, one in product(range(2), ends):
        attacker.tell(lambda g, v, p=place, one=one: g[2] and index_of(v, p) == one)
    for way in (-1, 1):
        attacker.tell(
            lambda g, v, way=way: (
                g[2] and way * (index_of(v, 1) or Fraction(0)) > way * (index_of(v, 0) or Fraction(0))
            )
        )
    hidden = [
        (group, column)
        for group, column in product(true, range(4))
        if at(true[group], column) and few(at(true[group], column), limit) and true[group].total() < limit
    ]
    tried, had = recovered(attacker, hidden)
    return tried, had, sum(own.members)


def test_nor_from_an_index_beside_its_questions() -> None:
    tried = shown_at_all = 0
    for seed in range(5000, 5000 + ATTACKS // 8):
        count, had, members = index_attack(seed, protected=True)
        assert had == [], seed
        tried += count
        shown_at_all += members > 0
    assert shown_at_all > 0
    assert tried > ATTACKS
    print(f"\n{ATTACKS // 8} indexes, {shown_at_all} shown: {tried} figures, recovered 0")


def test_protected_apart_they_tell_of_each_other() -> None:
    hit = [seed for seed in range(5001, 5015, 2) if index_attack(seed, protected=False)[1]]

    assert len(hit) > 1
