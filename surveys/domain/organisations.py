"""Organisations in levels: what counts as part of one, and what may stand above what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """An organisation, the one above it, and the one it was found to be another spelling of."""

    id: int
    code: str
    parent: int | None = None
    merged_into: int | None = None


class Levels:
    """The organisations of a project as a tree; those merged count as the one they were merged into."""

    def __init__(self, placed: Iterable[Placed]) -> None:
        self._by_id = {each.id: each for each in placed}

    def standing_for(self, number: int) -> int:
        """The organisation that counts: the one this was merged into, through all mergers."""
        seen = {number}
        while (into := self._by_id[number].merged_into) is not None and into not in seen:
            number = into
            seen.add(number)
        return number

    def within(self, code: str) -> frozenset[int]:
        """The organisation of that code with all below it and all merged into any of them; empty if none."""
        top = next((self.standing_for(each.id) for each in self._by_id.values() if each.code == code), None)
        if top is None:
            return frozenset()
        return frozenset(each for each in self._by_id if top in self.way_up(each))

    def way_up(self, number: int) -> Iterator[int]:
        """The organisation that counts, then those above it, the nearest first."""
        found: list[int] = []
        place: int | None = self.standing_for(number)
        while place is not None and place not in found:
            found.append(place)
            above = self._by_id[place].parent
            place = self.standing_for(above) if above is not None else None
        yield from found

    def may_stand_below(self, number: int, parent: int) -> bool:
        """Whether ``parent`` can be above ``number`` without a circle."""
        return self.standing_for(number) not in self.way_up(parent)
