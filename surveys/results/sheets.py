"""The answers of several measurements by person: what pairs are counted from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.paired import Number
from surveys.queries import pairs as queries
from surveys.queries.results import Key

Given = tuple[int, Mapping[str, Any]]  # the version (id) a response was given on, and its answers


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

    def values(self, column: Column) -> list[Number | None]:
        """What each person answered, in the order of the rows; None for nothing, and for "don't know"."""
        place, code, versions = column.place, column.code, column.versions
        answers = [
            given[1].get(code) if (given := row[place]) is not None and given[0] in versions else None
            for row in self.rows
        ]
        if column.scale:
            number = column.scale.get
            return [
                # one choice is kept with what was written beside it
                None if answer is None else number(answer["code"] if isinstance(answer, dict) else answer)
                for answer in answers
            ]
        return [None if answer is None else Fraction(Decimal(answer)) for answer in answers]
