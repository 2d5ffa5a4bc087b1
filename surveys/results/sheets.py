"""The answers of several measurements by person: what pairs are counted from."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import methodcaller
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.paired import Number
from surveys.queries import pairs as queries
from surveys.queries.results import Key, key

_NOTHING: dict[str, Any] = {}
Given = tuple[int, Mapping[str, Any], tuple[str, str, str]]
"""The version (id) a response was given on, its answers, and its background as JSON, language and source."""


@dataclass(frozen=True)
class Column:
    """Where the answers to a question stand: a measurement (its place), a code, and what they measure.

    ``scale`` is the number of each class, empty for numbers. ``versions``: the ids of those that offered the
    same answers.
    """

    place: int
    code: str
    scale: Mapping[str, Number]
    versions: frozenset[int]


class Sheets:
    """The submitted responses of measurements (``places``), a row a person.

    ``joinable`` says of each place whether its answers may be joined to others. Those that are come first, by
    keys drawn by lot, so that the order of the rows tells nothing; then each response that nothing joins, as
    a row of its own.
    """

    def __init__(self, session: Session, places: Sequence[Key], joinable: Sequence[bool]) -> None:
        numbers = {each: place for place, each in enumerate(places)}
        persons: dict[str, list[Given | None]] = {}
        seen: dict[tuple[int, str], int] = {}  # the many responses of a place have few targets
        rows: list[list[Given | None]] = []
        for rule_id, target, version, key_of_person, answers, *known in queries.sheets(session, numbers):
            place = seen.get((rule_id, target))
            if place is None:
                place = seen[rule_id, target] = numbers[key(rule_id, target)]
            person = key_of_person if joinable[place] else None
            row = persons.get(person) if person else None
            if row is None or row[place] is not None:
                row = [None] * len(places)
                if person and person not in persons:
                    persons[person] = row
                else:
                    rows.append(row)
            background, language, source = known
            row[place] = version, json.loads(answers), (background, language, source)
        ordered = [*(persons[person] for person in sorted(persons)), *rows]
        self._versions = [[None if one is None else one[0] for one in at] for at in _turned(ordered, places)]
        self._answers = [
            [_NOTHING if one is None else one[1] for one in at] for at in _turned(ordered, places)
        ]
        self._classes = [[None if one is None else one[2] for one in at] for at in _turned(ordered, places)]
        self._kinds = [set(versions) - {None} for versions in self._versions]

    def both(self, one: int, other: int) -> int:
        """How many persons sent in a response at each of two places."""
        pairs = zip(self._versions[one], self._versions[other], strict=True)
        return sum(first is not None and second is not None for first, second in pairs)

    def values(self, column: Column) -> list[Number | None]:
        """What each person answered, in the order of the rows; None for nothing, and for "don't know"."""
        answers = list(map(methodcaller("get", column.code), self._answers[column.place]))
        if not self._kinds[column.place] <= column.versions:
            versions = zip(answers, self._versions[column.place], strict=True)
            answers = [answer if version in column.versions else None for answer, version in versions]
        if not column.scale:
            return [None if answer is None else Fraction(Decimal(answer)) for answer in answers]
        number = column.scale.get
        try:
            return list(map(number, answers))
        except TypeError:  # one choice is kept with what was written beside it, as something that is no key
            return [None if answer is None else number(answer["code"]) for answer in answers]

    def rows(self, place: int, codes: Sequence[str]) -> list[tuple[Hashable, ...] | None]:
        """What each person answered at a place to the questions ``codes``, as it is kept, in the order of the
        rows; None of those who sent in nothing there.
        """
        return [
            None if version is None else tuple(_kept(answers.get(code)) for code in codes)
            for answers, version in zip(self._answers[place], self._versions[place], strict=True)
        ]

    def backgrounds(self, place: int) -> list[Mapping[str, str] | None]:
        """Of each person at a place, in the order of the rows: the classes as tables have them; None of those
        who sent in nothing there.
        """
        read: dict[tuple[str, str, str] | None, Mapping[str, str] | None] = {None: None}
        for each in self._classes[place]:
            if each is not None and each not in read:
                background, language, source = each
                known = json.loads(background) | {"language": language, "source": source}
                read[each] = {name: value for name, value in known.items() if value}
        return [read[each] for each in self._classes[place]]


def _kept(answer: Any) -> Hashable:
    return json.dumps(answer, sort_keys=True) if isinstance(answer, dict | list) else answer


def _turned(
    rows: Sequence[Sequence[Given | None]], places: Sequence[Key]
) -> Sequence[Sequence[Given | None]]:
    """A column a place."""
    return list(zip(*rows, strict=True)) if rows else [()] * len(places)
