"""Whose answers are laid beside each other, by what else is told: by background, or row by row."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from surveys.domain.pairing import Joined, Values, joined
from surveys.domain.pairing_beside import Table, joined_beside_tables
from surveys.domain.pairing_in_classes import Classes, Rows, joined_among, joined_rows
from surveys.domain.privacy import Limit
from surveys.domain.suppression import NOT_STATED, Pattern
from surveys.domain.telling import Told
from surveys.results.grouped import in_thirds
from surveys.results.sheets import Column, Sheets


class Joining:
    """The same for everything that is asked of one look at a series.

    ``patterns``: a place a measurement, what tables by background show of each question (code); ``asked``:
    the questions (codes) of each that rows hold."""

    def __init__(
        self,
        sheets: Sheets,
        limit: Limit,
        told: Told,
        patterns: Sequence[Mapping[str, Pattern]],
        asked: Sequence[Collection[str]],
    ) -> None:
        self.sheets, self.limit, self.told, self.patterns, self.asked = sheets, limit, told, patterns, asked
        self._found: dict[tuple[tuple[int, str], ...], Joined] = {}

    @property
    def beside_tables(self) -> bool:
        """Whether groups by background are told, some of which may be hidden."""
        return not self.told.rows and any(self.patterns)

    @cached_property
    def members(self) -> list[bool] | None:
        """Who may stay joined by any question at all, in the order of the sheets; None: everybody."""
        if not self.told.rows:
            return None
        places = range(len(self.asked))
        rows = [self.sheets.rows(place, sorted(self.asked[place])) for place in places]
        classes = [self._classes(place) for place in places]
        persons: list[Rows] = list(zip(*rows, strict=True))
        return joined_rows(persons, self.limit, list(zip(*classes, strict=True)))

    def _classes(self, place: int) -> list[Classes]:
        return [
            tuple((known or {}).get(name) or NOT_STATED for name in self.told.by or ())
            for known in self.sheets.backgrounds(place)
        ]

    def join(self, columns: Sequence[Column]) -> Joined:
        """Who stays joined by what stands in ``columns``."""
        place = tuple((each.place, each.code) for each in columns)
        if place not in self._found:
            self._found[place] = self._joined(columns)
        return self._found[place]

    def _joined(self, columns: Sequence[Column]) -> Joined:
        persons = self.persons(columns)
        if self.members is not None:
            return joined_among(persons, self.limit, self.members)
        if not any(self.patterns):
            return joined(persons, self.limit)
        tables = [
            Table(
                self.sheets.backgrounds(each.place),
                self.patterns[each.place].get(each.code, Pattern(frozenset())),
            )
            for each in columns
        ]
        classes = () if columns[0].scale else in_thirds(persons)
        return joined_beside_tables(persons, self.limit, tables, classes)

    def persons(self, columns: Sequence[Column]) -> list[Values]:
        """What each person answered, a place a column."""
        return list(zip(*map(self.sheets.values, columns), strict=True))
