"""Figures from elsewhere, each with its source and with what the check of figures finds of it.

A table may be laid beside the results of a series of the project's own: then a printed figure is checked
against the answers themselves, as far as :mod:`surveys.results.series` shows them to whoever reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.domain.figure_finding import Finding, Verdict
from surveys.domain.figure_printed import Known, Place, Printed, Role
from surveys.domain.figure_table import Marks, check_table
from surveys.domain.outside_table import Content, Link, Source, content_of, same_name
from surveys.importing.pasted_table import Pasted, printed_table
from surveys.models.outside import OutsideTable, OutsideVersion
from surveys.queries import outside as queries
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import read_series

ORDER = (Verdict.FOLLOWS, Verdict.FEWER, Verdict.HABIT, Verdict.DIFFERS)


class NoTable(LookupError):
    """The project has no such table of figures from elsewhere (any more)."""

    code = "no_outside_table"


@dataclass(frozen=True)
class Checked:
    """A table and what was found of each figure, by (row, column). ``beside``: the same figures as the
    project's own answers have them."""

    printed: Printed
    marks: Marks
    beside: dict[Place, Known] = field(default_factory=dict)

    def verdict(self, row: int, column: int) -> Verdict | None:
        """The gravest that was found of a figure; None where it could not be tried."""
        found = self.marks.get((row, column), ())
        return max((each.verdict for each in found), key=ORDER.index, default=None)

    @property
    def counted(self) -> dict[Verdict, int]:
        """How many figures there are of each verdict."""
        verdicts = [self.verdict(*place) for place in self.marks]
        return {each: verdicts.count(each) for each in ORDER}

    @property
    def faults(self) -> list[tuple[Place, Finding]]:
        """What does not follow, or follows only under some condition, row by row."""
        return [
            (place, each)
            for place, findings in sorted(self.marks.items())
            for each in findings
            if each.verdict is not Verdict.FOLLOWS
        ]


@dataclass(frozen=True)
class Saved:
    """Who saved a version, and when; ``by`` is "" where the system did."""

    number: int
    at: datetime
    by: str
    content: Content


@dataclass(frozen=True)
class OutsideFigures:
    """A table of figures from elsewhere. Wherever one of them is shown, ``source`` is."""

    id: str
    content: Content
    saved: Saved
    series: str | None  # the code of the series whose results it is laid beside
    series_title: str
    checked: Checked
    history: tuple[Saved, ...]  # newest first

    @property
    def source(self) -> Source:
        return self.content.source


def check_pasted(
    pasted: Pasted,
    roles: tuple[Role, ...],
    totals: frozenset[int],
    base: int | None = None,
    scale: tuple[int, int] | None = None,
) -> Checked:
    """Check a table that nobody has saved."""
    printed = printed_table(pasted, roles, totals, base, scale)
    return Checked(printed, check_table(printed))


def read_tables(
    session: Session, project_id: int, entered_by: int | None = None
) -> tuple[OutsideFigures, ...]:
    """Return the tables of a project, each checked by itself: nothing of the project's own answers.

    ``entered_by``: the user who reads, where the role is that of a supplier, who sees what they entered.
    """
    return tuple(
        _figures(each, each.newest, _checked(content_of(each.newest.content), {}))
        for each in queries.tables(session, project_id, entered_by)
    )


def read_table(
    session: Session,
    project_id: int,
    public_id: str,
    now: datetime,
    as_evaluator: bool,
    number: int | None = None,
    entered_by: int | None = None,
) -> OutsideFigures:
    """Return one table, checked against the project's own answers where it is laid beside a series.

    ``as_evaluator`` as in :mod:`surveys.results.series`; ``number``: what an earlier version said;
    ``entered_by`` as in :func:`read_tables`: then it is checked by itself. Raises :class:`NoTable`.
    """
    found = queries.table(session, project_id, public_id, entered_by)
    if found is None:
        raise NoTable(public_id)
    wanted = found.newest.number if number is None else number
    version = next((each for each in found.versions if each.number == wanted), None)
    if version is None:
        raise NoTable(f"{public_id}, version {number}")
    content, known = content_of(version.content), {}
    if found.series_id is not None and entered_by is None:
        own = read_series(session, found.series_id, now, as_evaluator)
        known = dict(_known(content, own))
    return _figures(found, version, _checked(content, known))


def choices_of(results: SeriesResults) -> dict[str, QuestionResult]:
    """The questions after occasions that a column can be laid beside, by "question/theme"."""
    found: dict[str, QuestionResult] = {}
    for measurement in results.measurements:
        for question in measurement.questions if measurement.occasion else ():
            if question.kind == "scale":
                known = found.get(f"{question.base_code}/{question.theme}")
                if known is None or not known.shown:
                    found[f"{question.base_code}/{question.theme}"] = question
    return found


def _figures(table: OutsideTable, version: OutsideVersion, checked: Checked) -> OutsideFigures:
    history = tuple(_saved(each) for each in reversed(table.versions))
    return OutsideFigures(
        id=table.public_id,
        content=content_of(version.content),
        saved=_saved(version),
        series=table.series.code if table.series else None,
        series_title=table.series.title if table.series else "",
        checked=checked,
        history=history,
    )


def _saved(version: OutsideVersion) -> Saved:
    name = version.user.name if version.user else ""
    return Saved(version.number, version.saved_at, name, content_of(version.content))


def _checked(content: Content, known: dict[Place, Known]) -> Checked:
    pasted = Pasted(content.head, content.rows)
    printed = printed_table(
        pasted, content.roles, frozenset(content.totals), content.base, content.scale, known
    )
    return Checked(printed, check_table(printed), known)


def _known(content: Content, own: SeriesResults) -> Iterator[tuple[Place, Known]]:
    """The figures of a table as the series' own answers have them, where row and column say which."""
    for number, row in enumerate(content.rows):
        measurement = _measurement(row[0], own, content)
        if measurement is None:
            continue
        for column, role in enumerate(content.roles):
            known = _counted(measurement, role) or _answered(measurement, role, content.links.get(column))
            if known is not None:
                yield (number, column), known


def _measurement(text: str, own: SeriesResults, content: Content) -> Measurement | None:
    """What a row is about: of several questionnaires after one occasion, the one that asked the questions."""
    named = [each for each in own.measurements if _names(text, each)]
    wanted = {link.question for link in content.links.values()}
    asking = (each for each in named if wanted & {question.base_code for question in each.questions})
    return next(asking, named[0] if named else None)


def _names(text: str, measurement: Measurement) -> bool:
    held = measurement.occasion
    if held is None or not measurement.asked:
        return False
    number = str(held.number) if held.number is not None else ""
    return same_name(
        text, (number, held.code, held.title, f"{number} {held.title}", f"{number}. {held.title}")
    )


def _counted(measurement: Measurement, role: Role) -> Known | None:
    counts = measurement.counts
    if role is Role.ASKED:
        return Known(counts.invited)
    if role is Role.BASE:
        return Known(counts.submitted)
    return Known(counts.submitted, counts.invited) if role is Role.RATE else None


def _answered(measurement: Measurement, role: Role, link: Link | None) -> Known | None:
    """What may be shown of the answers, and no more: a question that is not shown gives nothing."""
    question = next(
        (
            each
            for each in measurement.questions
            if link is not None and (each.base_code, each.theme) == (link.question, link.theme)
        ),
        None,
    )
    if link is None or question is None or not question.shown:
        return None
    if not link.class_code:
        share = question.top.share if question.top else None
    else:
        share = next((bar.share for bar in question.merged if bar.code == link.class_code), None)
    if share is None:
        return None
    return Known(share.count, share.base if role in (Role.SHARE, Role.CLASS_SHARE) else None)
