"""Indicators as pages and reports read them: definition, versions, figure, judgement, parts and readings.

What counts as the outcome: once the reading date has passed, the latest reading taken of the present version
for that date or later, which is never changed; until then what the figure is now, and that is preliminary.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from surveys.domain.indicator_definition import restored
from surveys.domain.indicators import (
    Definition,
    Figure,
    Judgement,
    Kind,
    PartResult,
    Sum,
    Verdict,
    checked_sum,
    judged,
)
from surveys.domain.readings_apart import Read as Reading
from surveys.domain.readings_apart import tells_of_between, told_readings
from surveys.models.indicator import Indicator, IndicatorReading, IndicatorVersion
from surveys.models.programme import Project
from surveys.queries import indicators as queries
from surveys.results.indicator_behind import Read
from surveys.results.indicator_figures import Look, figure_of

TOO_CLOSE = "too_close"


@dataclass(frozen=True)
class Version:
    """A version of a definition as it was decided; ``by`` is who wrote it down."""

    id: int
    number: int
    definition: Definition
    decided_on: date
    reason: str
    approved_by: str
    by: str
    made_at: datetime


@dataclass(frozen=True)
class StoredReading:
    """A reading as it was taken, judged by the definition it was taken with."""

    id: int
    on: date
    taken_at: datetime
    origin: str
    read: Read
    version: Version
    judgement: Judgement
    preliminary: bool
    source: str
    by: str


@dataclass(frozen=True)
class IndicatorResult:
    """An indicator on a day. ``version`` is the one in force then, ``original`` the first; ``read`` is the
    outcome, ``reading`` the stored one it comes from, None where it was worked out now.
    """

    id: int
    code: str
    kind: Kind
    ended_on: date | None
    generated_note: Mapping[str, str] | None
    on: date
    today: date
    versions: tuple[Version, ...]
    version: Version
    read: Read
    reading: StoredReading | None
    judgement: Judgement
    preliminary: bool
    parts: tuple["IndicatorResult", ...]
    sum: Sum | None
    readings: tuple[StoredReading, ...]
    whole: str | None = None

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def original(self) -> Definition:
        return self.versions[0].definition


class NoIndicator(LookupError):
    """The project has no indicator with this code (any more)."""

    code = "no_indicator"


class Ended(NoIndicator):
    """The indicator is not followed any more: it can be read about, and nothing more is written of it."""

    code = "ended"


def read_indicators(
    session: Session,
    project: Project,
    now: datetime,
    as_evaluator: bool = False,
    day: date | None = None,
) -> list[IndicatorResult]:
    """The indicators of a project in order, each with its parts, today or as of an earlier ``day``."""
    reader = _Reader(session, project, now, as_evaluator, day)
    return [reader.result(each) for each in reader.rows if each.whole_id is None]


def read_indicator(
    session: Session,
    project: Project,
    code: str,
    now: datetime,
    as_evaluator: bool = False,
    day: date | None = None,
) -> IndicatorResult:
    """One indicator or part. Raises NoIndicator."""
    reader = _Reader(session, project, now, as_evaluator, day)
    found = next((each for each in reader.rows if each.code == code), None)
    if found is None:
        raise NoIndicator(code)
    return reader.result(found)


def version_of(row: IndicatorVersion, kind: str) -> Version:
    return Version(
        row.id,
        row.number,
        restored(kind, row.definition),
        row.decided_on,
        row.reason,
        row.approved_by,
        row.user.name if row.user else "",
        row.made_at,
    )


def part_of(result: IndicatorResult) -> PartResult:
    return PartResult(
        result.definition.title,
        result.read.figure,
        result.judgement.verdict,
        result.definition.target is not None,
    )


class _Reader:
    def __init__(
        self, session: Session, project: Project, now: datetime, as_evaluator: bool, day: date | None
    ) -> None:
        self.look = Look(session, project, now, as_evaluator)
        self.day = min(day or self.look.today, self.look.today)
        self.rows: Sequence[Indicator] = queries.of_project(session, project.id)
        self._codes = {row.id: row.code for row in self.rows}

    def result(self, row: Indicator) -> IndicatorResult:
        versions = tuple(version_of(each, row.kind) for each in row.versions)
        version = self._in_force(versions)
        parts = tuple(self.result(each) for each in self.rows if each.whole_id == row.id)
        readings = tuple(self._stored(each, row) for each in self.look.readings.get(row.id, ()))
        reading = self._decisive(readings, version)
        definition = version.definition
        read = reading.read if reading else self._figure(row, definition)
        told = [part_of(each) for each in parts]
        return IndicatorResult(
            id=row.id,
            code=row.code,
            kind=Kind(row.kind),
            ended_on=row.ended_on,
            generated_note=row.generated_note,
            on=self.day,
            today=self.look.today,
            versions=versions,
            version=version,
            read=read,
            reading=reading,
            judgement=judged(definition, read.figure, told, self.look.project.decimals),
            preliminary=reading is None and not (Kind(row.kind).typed and _has_come(definition, self.day)),
            parts=parts,
            sum=checked_sum(definition, read.figure, [(each.definition, each.read.figure) for each in parts]),
            readings=readings,
            whole=self._codes.get(row.whole_id or 0),
        )

    def _in_force(self, versions: Sequence[Version]) -> Version:
        """The newest that had been decided; before the first, the first."""
        by_then = [each for each in versions if each.decided_on <= self.day]
        return by_then[-1] if by_then else versions[0]

    def _decisive(self, readings: Iterable[StoredReading], version: Version) -> StoredReading | None:
        """The latest reading of a version on or after its reading date."""
        final = [
            each
            for each in readings
            if each.origin != "typed"
            and each.version.id == version.id
            and each.on <= self.day
            and _has_come(version.definition, each.on)
            and each.read.figure.lacking != TOO_CLOSE
        ]
        return max(final, key=lambda each: (each.taken_at, each.id), default=None)

    def _figure(self, row: Indicator, definition: Definition) -> Read:
        """As it is now; of what is typed in, what was typed for the reading date where that has come."""
        if definition.kind.typed and definition.reads_on is not None and definition.reads_on < self.day:
            then = self.look.read(row.id, definition, definition.reads_on)
            if not then.figure.lacking:
                return then
        read = self.look.read(row.id, definition, self.day)
        return replace(read, figure=self._told(definition, read.figure))

    def _told(self, definition: Definition, figure: Figure) -> Figure:
        """A figure of an earlier day, unless it and that of today tell what a few have answered.

        Answers that were taken back, or typed in from paper later, could else be had by subtracting.
        """
        if not definition.kind.from_answers:
            return figure
        now, limit = self.look.now_answered(definition).figure, self.look.project.minimum_group
        return Figure(lacking=TOO_CLOSE) if tells_of_between(figure, now, limit, True) else figure

    @cached_property
    def _readings_told(self) -> set[int]:
        """The readings (ids) of answers that are told beside today's figures and each other: those of all
        indicators together, since several may count the same answers.
        """
        kinds = {row.id: row.kind for row in self.rows}
        found = [
            (row.taken_at, Reading(row.id, restored(kinds[number], row.version.definition), figure_of(row)))
            for number, rows in self.look.readings.items()
            for row in rows
            if Kind(kinds[number]).from_answers
        ]
        newest_first = sorted(found, key=lambda each: (each[0], each[1].id), reverse=True)
        read = [each for _, each in newest_first]
        today = [(each.definition, self.look.now_answered(each.definition).figure) for each in read]
        return told_readings(read, today, self.look.project.minimum_group)

    def _stored(self, row: IndicatorReading, of: Indicator) -> StoredReading:
        version = version_of(row.version, of.kind)
        figure = figure_of(row)
        if version.definition.kind.from_answers and row.id not in self._readings_told:
            figure = Figure(lacking=TOO_CLOSE)
        found = judged(version.definition, figure, (), self.look.project.decimals)
        # the parts had their say when it was taken
        why = found.why if found.verdict == row.verdict or figure.lacking else "part_missed"
        verdict = found.verdict if figure.lacking else Verdict(row.verdict)
        return StoredReading(
            id=row.id,
            on=row.on_date,
            taken_at=row.taken_at,
            origin=row.origin,
            read=Read(figure),
            version=version,
            judgement=Judgement(verdict, why, found.gap, found.decimals),
            preliminary=not _has_come(version.definition, row.on_date),
            source=row.source,
            by=row.user.name if row.user else "",
        )


def _has_come(definition: Definition, day: date) -> bool:
    """Whether the reading date is there."""
    return definition.reads_on is not None and definition.reads_on <= day
