"""Several questions as one figure: the mean of a person's answers to them.

An index is shown beside its questions and other indexes. Each is one more view of the same persons, so
whoever is in the one and not in the other could be had by subtracting, were they few. So those who stay
joined by an index are sorted by what they stand for in each of the others: every such group, and those of it
without an index, is one that may be shown by itself, or is left out of the index. What is shown of a question
never hangs on which indexes are declared.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveys.domain.paired import Number
from surveys.domain.pairing import Joined, Values, joined, pattern_of
from surveys.domain.privacy import Limit, Verdict, shown

Answers = Sequence[Number | None]
"""A person's answers to the questions of an index at one measurement."""

ROUNDS = 100
"""After so many the last who could be told apart have not been found: then nobody is joined."""


@dataclass(frozen=True)
class View:
    """What is shown of persons besides: of each what is shown, and whether it is joined."""

    values: Sequence[Values]
    members: Sequence[bool]


def index_value(answers: Answers, minimum: int) -> Fraction | None:
    """The exact mean of what was answered; None where fewer than ``minimum`` were."""
    given = [each for each in answers if each is not None]
    return Fraction(sum(given)) / len(given) if given and len(given) >= minimum else None


def joined_beside(persons: Sequence[Values], limit: Limit, beside: Sequence[View]) -> tuple[Joined, View]:
    """Who stays joined by an index (``persons``: its values) with ``beside`` shown of the same persons, in
    the same order, which is chance: those first in it are left out first.
    """

    def look(values: Sequence[Values]) -> View:
        return View(values, joined(values, limit).members(values))

    own = _settled(persons, look, limit, beside)
    return joined(own.values, limit), own


def shown_beside(values: Sequence[Number | None], limit: Limit, beside: Sequence[View]) -> View:
    """The same of an index at one measurement, of all who have one there: ``values``, a person each. Those
    whose value may be shown are the members; nobody where all of them are too few.
    """

    def look(each: Sequence[Values]) -> View:
        return View(each, [value is not None for (value,) in each])

    own = _settled([(each,) for each in values], look, limit, beside)
    if _few(own, range(len(values)), limit):
        return look([(None,)] * len(values))
    return own


def _settled(
    persons: Sequence[Values], look: Callable[[Sequence[Values]], View], limit: Limit, beside: Sequence[View]
) -> View:
    """What ``look`` shows of them when all who could be told apart have been left out of the index."""
    nobody: Values = (None,) * len(persons[0]) if persons else ()
    values = list(persons)
    for _ in range(ROUNDS):
        own = look(values)
        too_few = {place for other in beside for place in _told_apart(own, other, limit)}
        if not too_few:
            return own
        for place in too_few:
            values[place] = nobody
    return look([nobody for _ in persons])


def _told_apart(own: View, other: View, limit: Limit) -> Iterator[int]:
    """Who has to be left out of the index, so that the two beside each other leave no few."""
    inside: dict[tuple[bool, ...], dict[tuple[bool, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    whole: Counter[tuple[bool, ...]] = Counter()  # members of the index by their measurements
    outside: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for place, values in enumerate(other.values):
        there = (other.members[place], *pattern_of(values))
        if own.members[place]:
            pattern = pattern_of(own.values[place])
            inside[there][pattern].append(place)
            whole[pattern] += 1
        else:
            outside[there].append(place)
    for there, groups in inside.items():
        # of those who are not joined only all together are seen, as what is left of a measurement
        same = [each for each in outside if each == there or not (each[0] or there[0])]
        left = [place for each in same for place in outside[each]]
        for pattern, group in groups.items():
            apart = len(group) < whole[pattern] and _few(own, group, limit)
            split = bool(left) or len(groups) > 1
            if apart or (split and _few(other, group, limit)):
                yield from group
        answered = [place for place, is_there in enumerate(there[1:]) if is_there]
        if left and _few(other, left, limit, answered):
            everybody = [place for group in groups.values() for place in group]
            yield from everybody[: max(1, limit - len(left))]


def _few(view: View, group: Iterable[int], limit: Limit, at: Sequence[int] | None = None) -> bool:
    """Whether what the group answered at some measurement (of those ``at``) may not be shown."""
    columns = list(zip(*(view.values[place] for place in group), strict=True))
    for answers in columns if at is None else [columns[each] for each in at]:
        counts = Counter(each for each in answers if each is not None)
        if counts and shown(list(counts.values()), counts.total(), limit) is not Verdict.SHOWN:
            return True
    return False
