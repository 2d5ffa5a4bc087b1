"""Which readings of what people answered are told beside others of the same questions.

A reading holds those who had answered by then. Two of them, or one and the figure of today, are a group and
a larger one that holds it, so those in between can be had by subtracting.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from surveys.domain.indicators import INDEX_HIGHER, Definition, Figure, Kind


def tells_of_between(one: Figure, other: Figure, limit: int, counts_alike: bool) -> bool:
    """Whether two figures tell what a few have answered, or what some have who answered alike.

    Those in between must be nobody, or at least ``limit`` and, unless they are twice as many, not have
    answered alike as far as the figures say. ``counts_alike``: both count the same class, so that
    one's count can be taken from the other's. Where as many have answered and the figure is another, somebody
    has changed an answer.
    """
    if not one.n or not other.n:
        return False
    between = one.n - other.n
    if 0 < abs(between) < limit:
        return True
    if abs(between) >= 2 * limit or not counts_alike:
        return False
    if one.numerator is None or other.numerator is None:
        return bool(between) or one.value != other.value  # of a mean nothing says whether they are alike
    gave = one.numerator - other.numerator
    return not 0 < (gave if between > 0 else -gave) < abs(between) if between else gave != 0


@dataclass(frozen=True, slots=True)
class Read:
    """A reading that was kept, by the definition it was taken with."""

    id: int
    definition: Definition
    figure: Figure


def told_readings(
    readings: Sequence[Read], today: Iterable[tuple[Definition, Figure]], limit: int
) -> set[int]:
    """Return which ``readings``, the newest first, are told beside ``today``'s figures and each other.

    Figures of other questions or groups are not weighed against each other.
    """
    shown: dict[Hashable, list[tuple[Definition, Figure]]] = {}
    for definition, figure in today:
        shown.setdefault(_of(definition), []).append((definition, figure))
    found = set()
    for each in readings:
        beside = shown.setdefault(_of(each.definition), [])
        if not any(
            tells_of_between(each.figure, figure, limit, _class_of(each.definition) == _class_of(other))
            for other, figure in beside
        ):
            beside.append((each.definition, each.figure))
            found.add(each.id)
    return found


def _of(definition: Definition) -> Hashable:
    """Whose answers a definition counts."""
    kind = definition.kind
    return (
        kind is Kind.PAIRS or (kind is Kind.INDEX and definition.measure == INDEX_HIGHER),
        frozenset(definition.indexes if kind is Kind.INDEX else definition.questions),
        definition.gender,
        frozenset(definition.organisations),
        frozenset(definition.work_groups),
    )


def _class_of(definition: Definition) -> Hashable:
    """What of them it counts."""
    return definition.is_mean, definition.threshold
