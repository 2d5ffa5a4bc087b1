"""Groups whose figures together tell of few: by cases, and against every combination of small tables."""

from itertools import product
from random import Random

import pytest

from surveys.domain.few_apart import tells_of_few

ALL = frozenset(range(20))


@pytest.mark.parametrize(
    ("bases", "told"),
    [
        ([ALL], False),
        ([ALL, ALL], False),
        ([ALL, ALL - {1}], True),
        ([ALL, ALL - {1, 2, 3, 4}], True),
        ([ALL, frozenset(range(15))], False),  # five are left, who may be counted by themselves
        ([frozenset(range(12)), frozenset(range(8, 20))], False),
        ([ALL - {1}, ALL - {2}], True),  # one of each: which of the two it was is told by 1, 0 or −1
        ([ALL, frozenset(range(9)), frozenset(range(9, 18))], True),  # a whole less its parts
        ([ALL, frozenset(range(10)), frozenset(range(10, 20))], False),
        ([frozenset(range(12)), frozenset(range(8, 20)), ALL], True),  # four are in both
        ([frozenset(range(10)), frozenset(range(10, 20))], False),
    ],
)
def test_what_figures_tell_together(bases: list[frozenset[int]], told: bool) -> None:
    assert tells_of_few(bases, 5) is told
    assert tells_of_few(bases[::-1], 5) is told


@pytest.mark.parametrize("seed", range(60))
def test_whatever_whole_factors_give_is_found(seed: int) -> None:
    """Every combination with factors from −2 to 2, of three or four bases, is tried."""
    random = Random(seed)
    people = range(random.randint(8, 16))
    bases = [
        frozenset(each for each in people if random.random() < random.choice((0.5, 0.8, 0.95)))
        for _ in range(random.randint(2, 4))
    ]
    found = False
    for factors in product(range(-2, 3), repeat=len(bases)):
        vector = [
            sum(one for one, base in zip(factors, bases, strict=True) if each in base) for each in people
        ]
        if set(vector) <= {-1, 0, 1} and 0 < sum(map(abs, vector)) < 5:
            found = True
    if found:
        assert tells_of_few(bases, 5)


def test_many_bases_that_are_few_apart_end_by_counting() -> None:
    chains = [frozenset(range(10 + each)) for each in range(40)]
    assert tells_of_few(chains, 10)
