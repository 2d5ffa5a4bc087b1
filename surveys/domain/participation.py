"""How far a person had come in a series on a given day: from dated rows, never from what came later.

Registered is never counted as having taken part. Attendance is dated by its occasion, registration by its
own moment, and what staff have said of a person by the day they said it. A state that came with a file has
no date: it counts as if it had always been so, and attendance then tells what it can.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

STAGES = ("registered", "present", "started", "completed", "dropped_out")
_ATTENDED = ("registered", "started", "completed")  # the states that follow from attendance
_NEVER_TOOK_PART = "cancelled"


@dataclass(frozen=True, slots=True)
class Participation:
    """One enrolment, or ``many`` that are alike. ``days`` are those of the occasions the person was at,
    ``said`` (day, state) what staff have said, oldest first; ``state`` is what it is today.

    ``person`` None: as many persons as enrolments, of whom none is in any other that is counted with these.
    """

    person: int | None
    series: int
    gender: str
    organisation: int | None
    registered_on: date
    state: str
    minimum: int | None = None  # occasions that make it completed
    days: Sequence[date] = ()
    said: Sequence[tuple[date, str]] = ()
    work_group: str = ""
    many: int = 1

    def attended(self, day: date) -> int:
        """How many occasions the person had been at."""
        return sum(each <= day for each in self.days)

    def stages(self, day: date) -> frozenset[str]:
        """All that could be said of the person at the end of ``day``; empty before registration, and of those
        who cancelled beforehand.
        """
        said = self._said(day)
        if day < self.registered_on or said == _NEVER_TOOK_PART:
            return frozenset()
        found, times = {"registered"}, self.attended(day)
        if times:
            found |= {"present", "started"}
        if said in ("started", "completed"):
            found.add("started")
        if said == "dropped_out":
            return frozenset(found | {"dropped_out"})
        if said == "completed" or self._enough(times):
            found.add("completed")
        return frozenset(found)

    def _said(self, day: date) -> str:
        """What staff had said by ``day``; "" where attendance alone tells."""
        by_then = [state for when, state in self.said if when <= day]
        if by_then:
            return by_then[-1]
        if self.said or self.state in self._earned():
            return ""
        return self.state

    def _earned(self) -> tuple[str, ...]:
        """The states that all attendance together explains, the highest and those below it."""
        times = len(self.days)
        return _ATTENDED[: 1 + bool(times) + self._enough(times)]

    def _enough(self, times: int) -> bool:
        return self.minimum is not None and times >= self.minimum


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """How far somebody had come in a series: ``times`` at an occasion. Those alike share one."""

    series: int
    stages: frozenset[str]
    times: int


class Standing(NamedTuple):
    """A participation as it stood at the end of a day."""

    taken: Participation
    reached: Reached


def standing(taken: Iterable[Participation], day: date) -> list[Standing]:
    """Where each stood at the end of ``day``, in their order; worked out once of those alike."""
    known: dict[Hashable, Reached] = {}
    found = []
    for each in taken:
        alike = (
            each.series,
            each.state,
            each.registered_on,
            each.minimum,
            tuple(each.days),
            tuple(each.said),
        )
        reached = known.get(alike)
        if reached is None:
            stages = each.stages(day)
            reached = known[alike] = Reached(each.series, stages, each.attended(day) if stages else 0)
        found.append(Standing(each, reached))
    return found


def head_count(taken: Iterable[Participation]) -> int:
    """How many persons these are, each once."""
    alone = 0
    named: set[int] = set()
    for each in taken:
        if each.person is None:
            alone += each.many
        else:
            named.add(each.person)
    return alone + len(named)


def having(taken: Iterable[Participation], stage: str, day: date) -> list[Participation]:
    """Those that had come to ``stage`` by the end of ``day``."""
    return [each.taken for each in standing(taken, day) if stage in each.reached.stages]


def persons(taken: Iterable[Participation], stage: str, day: date) -> frozenset[int]:
    """Those who had come to ``stage`` in at least one of the series, each once. Raises ValueError where they
    have no names.
    """
    found: set[int] = set()
    for each in having(taken, stage, day):
        if each.person is None:
            raise ValueError("persons are counted here, and not told apart")
        found.add(each.person)
    return frozenset(found)


def attendances(taken: Iterable[Participation], day: date) -> int:
    """How many times somebody was at an occasion; one person may count several times."""
    return sum(each.reached.times * each.taken.many for each in standing(taken, day))


@dataclass(frozen=True, slots=True)
class PersonOutcome:
    """What came of it for a person, noted at a day."""

    person: int
    on: date
    kind: str


def with_outcome(
    outcomes: Iterable[PersonOutcome], kinds: Sequence[str], among: frozenset[int], day: date
) -> frozenset[int]:
    """Those ``among`` whose latest outcome by ``day`` is of ``kinds``; of several on one day any counts."""
    latest: dict[int, tuple[date, set[str]]] = {}
    wanted = {kind.casefold() for kind in kinds}
    for each in outcomes:
        if each.on > day or each.person not in among:
            continue
        known = latest.get(each.person)
        if known is None or known[0] < each.on:
            latest[each.person] = (each.on, {each.kind.casefold()})
        elif known[0] == each.on:
            known[1].add(each.kind.casefold())
    return frozenset(person for person, (_, found) in latest.items() if found & wanted)
