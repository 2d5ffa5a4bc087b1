"""The answers of several measurements by person: what pairs are counted from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.privacy import Limit, Verdict, shown
from surveys.queries import pairs as queries
from surveys.queries.results import Key

Given = tuple[int, Mapping[str, Any]]  # the version (id) a response was given on, and its answers


@dataclass(frozen=True)
class Column:
    """Where the answers to a question stand: a measurement (its place), a code, and what they measure.

    ``scale`` is the number of each class, empty for numbers. ``versions``: the ids of those that offered the
    same answers; None: any.
    """

    place: int
    code: str
    scale: Mapping[str, Fraction]
    versions: frozenset[int] | None = None

    def value(self, given: Given | None) -> Fraction | None:
        """What was answered; None for nothing, and for "don't know"."""
        if given is None or (self.versions is not None and given[0] not in self.versions):
            return None
        answer = given[1].get(self.code)
        if not isinstance(answer, str):
            return None
        return self.scale.get(answer) if self.scale else Fraction(Decimal(answer))


class Sheets:
    """The submitted responses of measurements (``places``), a row a person.

    ``joinable`` says of each place whether its answers may be joined to others. Those that are come first, by
    keys drawn by lot, so that the order of the rows tells nothing; then each response that nothing joins, as
    a row of its own.
    """

    def __init__(self, session: Session, places: Sequence[Key], joinable: Sequence[bool]) -> None:
        numbers = {each: place for place, each in enumerate(places)}
        known: dict[str, list[Given | None]] = {}
        self.rows: list[list[Given | None]] = []
        for sheet in queries.sheets(session, numbers):
            place = numbers[sheet.place]
            person = sheet.person if joinable[place] else None
            row = known.setdefault(person, [None] * len(places)) if person else None
            if row is None or row[place] is not None:
                row = [None] * len(places)
                self.rows.append(row)
            row[place] = (sheet.version_id, json.loads(sheet.answers))
        self.rows = [*(known[person] for person in sorted(known)), *self.rows]

    def both(self, one: int, other: int) -> int:
        """How many persons sent in a response at each of two places."""
        return sum(row[one] is not None and row[other] is not None for row in self.rows)

    def values(self, column: Column) -> list[Fraction | None]:
        """What each person answered, in the order of the rows."""
        place = column.place
        return [column.value(row[place]) for row in self.rows]


def may_be_shown(values: Sequence[Fraction | None], limit: Limit) -> bool:
    """Whether all who answered may be shown as one group."""
    counts: dict[Fraction, int] = {}
    for value in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    return shown(list(counts.values()), sum(counts.values()), limit) is Verdict.SHOWN
