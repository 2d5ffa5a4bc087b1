"""Persons and attendances of a project, by series, gender, organisation and work group: counted in one way,
that of :mod:`surveys.domain.participation`, and never mixed with each other.

Head counts are no answers: they are shown however few they are.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain.organisations import Levels
from surveys.domain.participation import Participation, Reached, Standing, head_count
from surveys.domain.statistics import swedish_order
from surveys.domain.suppression import NOT_STATED
from surveys.models.people import GENDERS
from surveys.models.programme import Organisation, Project
from surveys.queries import indicators as queries
from surveys.queries import organisations

BY = ("gender", "organisation", "work_group")


@dataclass(frozen=True, slots=True)
class Heads:
    """Persons, each once, and ``attendances``. None: attendance is not kept, or nothing says when a series
    is completed. ``present_of`` and ``completed_of`` are the registered of the series that tell: the base.
    """

    registered: int
    present: int | None
    completed: int | None
    dropped_out: int
    attendances: int | None
    present_of: int = 0
    completed_of: int = 0


@dataclass(frozen=True, slots=True)
class Class:
    """One class of a variable: its name where the register has one, and how far down it stands."""

    code: str
    label: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class HeadLine:
    group: Class
    heads: Heads


def taken_part(
    session: Session, project: Project, day: date, series_id: int | None = None, named: bool = False
) -> list[Participation]:
    """The enrolments of a project, or of one series, as they are seen from the end of ``day``: what was by
    then has that day for its date, what came later the last there is. Those alike are one; only persons of
    several of the series have their names (ids), or all have (``named``).
    """
    zone = ZoneInfo(project.timezone)
    said = queries.states_said(session, project.id)
    ends_at = datetime.combine(day + timedelta(days=1), time.min, zone)
    rows = queries.alike(session, project.id, series_id, ends_at, named=named, said=bool(said))

    @cache  # much is said at one moment
    def on_day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return [
        Participation(
            row.person,
            row.series,
            row.gender,
            row.organisation,
            day if row.registered else date.max,
            row.state,
            row.minimum,
            (day,) * row.times + (date.max,) * (row.times_in_all - row.times),
            tuple((on_day(moment), state) for moment, state in said.get(row.enrolment or 0, ())),
            row.work_group or "",
            row.many,
        )
        for row in rows
    ]


def telling(taken: Iterable[Participation]) -> set[int]:
    """The series (ids) that say when they are completed, or of which staff have said it of somebody."""
    return {each.series for each in taken if each.minimum or each.state == "completed"}


def heads(stood: Iterable[Standing], keeping: Collection[int], completing: Collection[int]) -> Heads:
    """Count those who ``stood`` where they did; ``keeping`` are the series (ids) that keep attendance,
    ``completing`` those that :func:`telling` names.
    """
    alike: dict[Reached, list[Participation]] = {}
    for each in stood:
        alike.setdefault(each.reached, []).append(each.taken)

    def persons(stage: str, series: Collection[int] | None = None) -> int:
        return head_count(
            each
            for reached, some in alike.items()
            if stage in reached.stages and (series is None or reached.series in series)
            for each in some
        )

    return Heads(
        registered=persons("registered"),
        present=persons("present", keeping) if keeping else None,
        completed=persons("completed", completing)
        if any(reached.series in completing for reached in alike)
        else None,
        dropped_out=persons("dropped_out"),
        attendances=sum(
            reached.times * each.many
            for reached, some in alike.items()
            if reached.series in keeping
            for each in some
        )
        if keeping
        else None,
        present_of=persons("registered", keeping),
        completed_of=persons("registered", completing),
    )


class Registered(Protocol):
    """What the register says of somebody, or of several alike."""

    @property
    def gender(self) -> str: ...
    @property
    def organisation(self) -> int | None: ...
    @property
    def work_group(self) -> str | None: ...


class Groups:
    """The classes of a variable that the register knows, and in which of them somebody counts.

    An organisation counts in those above it too: what belongs to a level is in its figures.
    """

    def __init__(self, session: Session, project_id: int) -> None:
        self._rows: Mapping[int, Organisation] = {
            each.id: each for each in organisations.everyone(session, project_id)
        }
        self._levels: Levels = organisations.levels(session, project_id)
        self._by_code = {each.code: each.id for each in self._rows.values()}
        self._ways: dict[int, tuple[str, ...]] = {}

    def of_organisation(self, number: int | None) -> tuple[str, ...]:
        """The codes of an organisation and of those above it."""
        if number is None:
            return (NOT_STATED,)
        if number not in self._ways:
            self._ways[number] = tuple(self._rows[each].code for each in self._levels.way_up(number))
        return self._ways[number]

    def of_code(self, code: str) -> tuple[str, ...]:
        """The same, of an organisation that answers name by its code; one that is gone is by itself."""
        return self.of_organisation(self._by_code[code]) if code in self._by_code else (code,)

    def of_person(self, by: str, each: Registered) -> tuple[str, ...]:
        if by == "organisation":
            return self.of_organisation(each.organisation)
        return ((each.gender if by == "gender" else each.work_group) or NOT_STATED,)

    def ordered(self, by: str, present: Iterable[str]) -> list[Class]:
        """Those ``present`` in the order shown; those of whom it is not known last."""
        found = set(present)
        unknown = [Class(NOT_STATED)] if NOT_STATED in found else []
        known = found - {NOT_STATED}
        if by == "organisation":
            return [*self._tree(known), *unknown]
        if by == "gender":
            # "not stated" is an answer that a person has given, and stands with the others
            return [*(Class(code) for code in GENDERS if code in known), *unknown]
        return [*(Class(code, code) for code in sorted(known, key=swedish_order)), *unknown]

    def _tree(self, codes: set[str]) -> list[Class]:
        """Each below the one it belongs to."""

        def rank(number: int) -> list[tuple[int, int]]:
            way = list(self._levels.way_up(number))[::-1]
            return [(self._rows[each].position, each) for each in way]

        numbers = sorted((self._by_code[code] for code in codes if code in self._by_code), key=rank)
        found = []
        for number in numbers:
            depth = len(list(self._levels.way_up(number))) - 1
            found.append(Class(self._rows[number].code, self._rows[number].name, depth))
        return [*found, *(Class(code, code) for code in sorted(codes - self._by_code.keys()))]


def by_class(
    stood: Iterable[Standing], classes_of: Callable[[Participation], Sequence[str]]
) -> dict[str, list[Standing]]:
    """The enrolments of each class; one may be in several."""
    found: dict[str, list[Standing]] = {}
    for each in stood:
        for code in classes_of(each.taken):
            found.setdefault(code, []).append(each)
    return found


def head_lines(
    groups: Groups,
    stood: Iterable[Standing],
    by: str,
    keeping: Collection[int],
    completing: Collection[int],
) -> list[HeadLine]:
    """A line for each class in which somebody is registered."""
    held = by_class(stood, lambda each: groups.of_person(by, each))
    lines = [HeadLine(each, heads(held[each.code], keeping, completing)) for each in groups.ordered(by, held)]
    return [each for each in lines if each.heads.registered]
