"""What the sections of a report are made from, read once; what no section asks for is not read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.models.programme import Project
from surveys.queries import indicators as indicator_queries
from surveys.queries import register
from surveys.reporting.figures import Ledger
from surveys.reporting.material import Material
from surveys.reporting.words import Words
from surveys.results import change, outside
from surveys.results import series as results
from surveys.results.breakdown import Breakdown, read_breakdowns
from surveys.results.indicators import IndicatorResult, read_indicators
from surveys.results.model import Measurement, SeriesResults
from surveys.results.outside import OutsideFigures
from surveys.results.series_then import read_series_then
from surveys.results.telling import read_told

BROKEN_DOWN_BY = ("gender", "organisation")
NOT_KEPT = frozenset({"breakdown", "before_after", "outside"})  # of an earlier day


class NothingKept(LookupError):
    """No snapshot had been taken of any of the series by that day."""

    code = "nothing_kept"


def gathered(
    session: Session,
    project: Project,
    series: Mapping[str, int],
    sections: set[str],
    words: Words,
    brief: bool,
    now: datetime,
    as_of: date | None = None,
) -> Material:
    """``series``: code → id, in order; ``sections``: the keys that are to be filled; ``as_of``: an earlier
    day. Of that neither groups nor pairs are kept, and figures from elsewhere are not asked for.
    """
    if as_of is not None:
        sections = sections - NOT_KEPT
    not_kept: tuple[tuple[Measurement, ...], ...] = ()
    counted_on: tuple[date | None, ...] = ()
    if as_of is None:
        found = [results.read_series(session, each, now, as_evaluator=False) for each in series.values()]
    else:
        then = [read_series_then(session, each, as_of, now) for each in series.values()]
        if not any(each.counted_on for each in then):
            raise NothingKept(as_of)
        found, not_kept = [each.results for each in then], tuple(each.not_kept for each in then)
        counted_on = tuple(each.counted_on for each in then)
    compared = series.values() if "before_after" in sections else ()
    indicators = _indicators(session, project, set(series), now, as_of) if "indicators" in sections else ()
    return Material(
        words=words,
        ledger=Ledger(words),
        series=tuple(found),
        limit=project.minimum_group,
        decimals=project.decimals,
        now=now.astimezone(ZoneInfo(project.timezone)),
        brief=brief,
        changes=tuple(change.read_change(session, each, now, as_evaluator=False) for each in compared),
        breakdowns=tuple(_breakdowns(session, found, now)) if "breakdown" in sections else (),
        indicators=tuple(indicators),
        grounds=_grounds(session, indicators),
        organisations={each.code: each.name for each in register.organisations(session, project.id)},
        outside=tuple(_outside(session, project.id, set(series), now)) if "outside" in sections else (),
        as_of=as_of,
        not_kept=not_kept,
        counted_on=counted_on,
    )


def _breakdowns(session: Session, found: Sequence[SeriesResults], now: datetime) -> Iterator[Breakdown]:
    for series in found:
        told = read_told(session, series.id, now)
        for each in series.measurements:
            yield from read_breakdowns(session, series, each, BROKEN_DOWN_BY, told, as_evaluator=False)


def _indicators(
    session: Session, project: Project, series: set[str], now: datetime, as_of: date | None
) -> list[IndicatorResult]:
    """Those that are about one of the series, or about the project as a whole."""
    return [each for each in read_indicators(session, project, now, day=as_of) if _concerns(each, series)]


def _concerns(one: IndicatorResult, series: set[str]) -> bool:
    definition = one.definition
    named = set(definition.series) | {path.partition("/")[0] for path in definition.questions}
    return not named or bool(named & series) or any(_concerns(part, series) for part in one.parts)


def _grounds(session: Session, found: Sequence[IndicatorResult]) -> dict[int, str]:
    """What was last said beside the figures of each indicator and its parts."""
    grounds: dict[int, str] = {}
    for each in found:
        notes = indicator_queries.notes(session, each.id)
        if notes:
            grounds[each.id] = notes[0].text
        grounds |= _grounds(session, each.parts)
    return grounds


def _outside(session: Session, project_id: int, series: set[str], now: datetime) -> Iterator[OutsideFigures]:
    """The tables of the series, checked against their answers too, and those of the project as a whole."""
    for each in outside.read_tables(session, project_id):
        if each.series is None:
            yield each
        elif each.series in series:
            yield outside.read_table(session, project_id, each.id, now, as_evaluator=False)
