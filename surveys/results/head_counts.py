"""How many persons a project has reached, series by series and by group, beside what was to be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain.indicators import Kind
from surveys.domain.participation import standing
from surveys.models.programme import Project, Series
from surveys.queries import indicators as indicator_queries
from surveys.queries import results as queries
from surveys.results.indicators import IndicatorResult, read_indicators
from surveys.results.persons import Groups, HeadLine, Heads, head_lines, heads, taken_part, telling

_COUNTED = (Kind.HEAD_COUNT, Kind.ATTENDANCES)


class UnknownSeries(LookupError):
    """The project has no series of that code."""

    code = "unknown_series"


@dataclass(frozen=True, slots=True)
class SeriesHeads:
    code: str
    title: str
    heads: Heads


@dataclass(frozen=True, slots=True)
class HeadCounts:
    """``series`` is each by itself and ``whole`` all together, where a person of several counts once.
    ``of`` is the series that the groups are of, None of all. ``targets``: indicators with one, and parts
    of them, that count persons or attendances.
    """

    series: tuple[SeriesHeads, ...]
    whole: Heads
    of: SeriesHeads | None
    together: Heads
    genders: tuple[HeadLine, ...]
    organisations: tuple[HeadLine, ...]
    work_groups: tuple[HeadLine, ...]
    targets: tuple[IndicatorResult, ...]


def read_head_counts(
    session: Session, project: Project, now: datetime, as_evaluator: bool, only: str = ""
) -> HeadCounts:
    """Return the head counts of a project today; groups of the series ``only``. Raises UnknownSeries."""
    rows: Sequence[Series] = queries.series_of(session, project.id)
    if only and only not in {each.code for each in rows}:
        raise UnknownSeries(only)
    day = now.astimezone(ZoneInfo(project.timezone)).date()
    taken = taken_part(session, project, day)
    stood = standing(taken, day)
    keeping = indicator_queries.attendance_kept(session, project.id)
    told = telling(taken)
    found = {
        each.code: SeriesHeads(
            each.code,
            each.title,
            heads([one for one in stood if one.taken.series == each.id], keeping & {each.id}, told),
        )
        for each in rows
    }
    chosen = {each.id for each in rows if each.code == only or not only}
    within = [each for each in stood if each.taken.series in chosen]
    groups, kept = Groups(session, project.id), keeping & chosen
    return HeadCounts(
        series=tuple(found.values()),
        whole=heads(stood, keeping, told),
        of=found.get(only),
        together=heads(within, kept, told),
        genders=tuple(head_lines(groups, within, "gender", kept, told)),
        organisations=tuple(head_lines(groups, within, "organisation", kept, told)),
        work_groups=tuple(head_lines(groups, within, "work_group", kept, told)),
        targets=tuple(_counting(read_indicators(session, project, now, as_evaluator))),
    )


def _counting(found: Sequence[IndicatorResult]) -> Iterator[IndicatorResult]:
    """Those with a target that count persons or attendances and go on, each whole before its parts."""
    for each in found:
        if each.kind in _COUNTED and each.ended_on is None and each.definition.target is not None:
            yield each
        yield from _counting(each.parts)
