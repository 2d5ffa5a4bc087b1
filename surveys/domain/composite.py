"""Several questions as one figure: the mean of a person's answers to them.

An index is shown beside its questions. So whoever answered one of them, and too few for the index, could be
had by subtracting, were they few among those who answered that question at the same measurements. Then some
of these are left out of the index as well, until those without one are enough.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from surveys.domain.paired import Number
from surveys.domain.privacy import Limit, Verdict, shown

Answers = Sequence[Number | None]
"""A person's answers to the questions of an index at one measurement."""

Spot = tuple[int, int, tuple[bool, ...]]
"""A measurement, a question, and at which measurements it was answered."""


def index_value(answers: Answers, minimum: int) -> Fraction | None:
    """The exact mean of what was answered; None where fewer than ``minimum`` were."""
    given = [each for each in answers if each is not None]
    return Fraction(sum(given)) / len(given) if given and len(given) >= minimum else None


def index_values(
    persons: Sequence[Sequence[Answers]], minimum: int, limit: Limit
) -> list[tuple[Fraction | None, ...]]:
    """The index of each person at each measurement (``persons``: person → measurement → answers).

    ``persons`` stand in an order that is chance: those last in it are left out first. Where even all of them
    do not hide those without an index, nobody has one.
    """
    found = [tuple(index_value(answers, minimum) for answers in person) for person in persons]
    without: dict[Spot, Counter[Number]] = {}
    for person, values in zip(persons, found, strict=True):
        for spot, answer in _answered(person):
            if values[spot[0]] is None:
                without.setdefault(spot, Counter())[answer] += 1
    few = {spot for spot, counts in without.items() if _few(counts, limit)}
    left_out = True
    while few and left_out:
        left_out = False
        for place in reversed(range(len(persons))):
            values = found[place]
            answered = list(_answered(persons[place]))
            if any(spot in few and values[spot[0]] is not None for spot, _ in answered):
                left_out = True
                found[place] = (None,) * len(values)
                for spot, answer in answered:
                    if values[spot[0]] is not None:
                        counts = without.setdefault(spot, Counter())
                        counts[answer] += 1
                        (few.add if _few(counts, limit) else few.discard)(spot)
            if not few:
                break
    return [(None,) * len(values) for values in found] if few else found


def _answered(person: Sequence[Answers]) -> Iterator[tuple[Spot, Number]]:
    for question, at in enumerate(zip(*person, strict=True)):
        pattern = tuple(answer is not None for answer in at)
        for place, answer in enumerate(at):
            if answer is not None:
                yield (place, question, pattern), answer


def _few(counts: Counter[Number], limit: Limit) -> bool:
    return shown(list(counts.values()), counts.total(), limit) is not Verdict.SHOWN
