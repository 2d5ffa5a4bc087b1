"""Results as of a date: from the snapshots that the scheduler takes at closing and at a month's end."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from surveys.answers.form_view import GRACE
from surveys.domain.counted import Counted
from surveys.domain.privacy import Limit
from surveys.domain.questionnaire import ThemeRef, expand, parse
from surveys.domain.snapshots import shown_of
from surveys.domain.tally import Tally
from surveys.domain.telling import Told
from surveys.models.tally import Snapshot
from surveys.queries import results as result_queries
from surveys.queries import tallies as queries
from surveys.queries import word_spellings
from surveys.queries.results import Key
from surveys.queries.tallies import Stand
from surveys.results.cells import Cell, by_version, read_document
from surveys.results.grouped import read_patterns
from surveys.results.model import QuestionResult, SeriesResults
from surveys.results.questions import Tallied, tallied_results
from surveys.results.series import read_rates
from surveys.results.telling import read_told


@dataclass(frozen=True, slots=True)
class AtDate:
    """A measurement at the end of ``day``; ``taken_at`` is when that was seen.

    ``counts`` are those of ``queries.results_counts.Counts`` by name, and of the series ``registered``,
    ``present``, ``attendances``, ``series_invited`` and ``series_answered`` (None: not known). ``gone``: the
    answers were deleted because one of them was taken back; ``questions`` is empty then, and where too few
    had answered.
    """

    key: Key
    day: date
    taken_at: datetime
    why: str
    counts: Mapping[str, int | None]
    gone: bool
    questions: tuple[QuestionResult, ...] = ()


def read_series_at(
    session: Session, series_id: int, day: date, now: datetime, as_evaluator: bool = True
) -> dict[Key, AtDate]:
    """What may be shown of each measurement of a series as it was at the end of ``day`` (of the project's
    calendar); one that there is no snapshot of by then has no entry.

    Not ``as_evaluator`` only of measurements that have closed by ``now``. What several snapshots together
    would tell is not shown of the earlier ones (:mod:`surveys.domain.snapshots`), nor what an earlier one and
    the tables by background would.
    """
    series = result_queries.series_by_id(session, series_id)
    limit, decimals = Limit(series.project.minimum_group), series.project.decimals
    asking, beside = queries.asking(session), _Beside(session, series_id, now)
    forms = _Forms(session, series_id)
    alike = word_spellings.alike(session, series_id)
    found = {}
    for key, taken in queries.snapshots(session, series_id).items():
        closed = key in asking and now >= asking[key].closes_at + GRACE
        upto = [each for each in taken if each.day > day]
        wanted = next((each for each in taken if each.day <= day), None)
        if wanted is not None and (closed or as_evaluator):
            tallies = [_tallies(each) for each in (*upto, wanted)]
            questions: tuple[QuestionResult, ...] = ()
            if wanted.responses >= limit:
                tallied = forms.tallied(key, tallies[-1])
                untold = _untold(tallies, limit) | beside.untold(
                    key, tallies, Stand(wanted.responses, wanted.revisions)
                )
                questions = tallied_results(tallied, limit, decimals, untold, alike)
            found[key] = AtDate(
                key, wanted.day, wanted.taken_at, wanted.why, wanted.counts, wanted.cells is None, questions
            )
    return found


class _Beside:
    """What is told of the measurements of a series now, by background."""

    def __init__(self, session: Session, series_id: int, now: datetime) -> None:
        self.session, self.series_id, self.now = session, series_id, now
        self._stands = queries.stands(session)

    @cached_property
    def _outline(self) -> SeriesResults:
        return read_rates(self.session, self.series_id, self.now, as_evaluator=True)

    @cached_property
    def _told(self) -> Told:
        return read_told(self.session, self.series_id, self.now)

    def untold(self, key: Key, tallies: Sequence[Mapping[int, Tally]], stand: Stand) -> AbstractSet[str]:
        """The questions answered by others after the last of ``tallies`` that are told by background: who
        came when, and of which group, would be a cross whose cells are few.
        """
        then = tallies[-1]
        as_now = self._stands.get(key, stand) == stand
        changed = {
            code
            for version, tally in then.items()
            for code, counted in tally.questions.items()
            if not as_now or any(_answers(each, version, code) != counted for each in tallies[:-1])
        }
        measurement = next((each for each in self._outline.measurements if each.key == key), None)
        if not changed or measurement is None:
            return frozenset()
        shown = read_patterns(self.session, self._outline, measurement, self._told)
        return changed & shown.keys()


class _Forms:
    """The versions of the questionnaires of a series, as expanded for the occasions."""

    def __init__(self, session: Session, series_id: int) -> None:
        series = result_queries.series_by_id(session, series_id)
        self._themes = {
            f"occasion:{each.id}": [ThemeRef(theme.code, theme.title) for theme in each.themes]
            for each in series.occasions
        }
        self._versions = {
            version.id: version
            for versions in result_queries.versions(session, series_id).values()
            for version in versions
        }

    def tallied(self, key: Key, tallies: Mapping[int, Tally]) -> list[Tallied]:
        themes = self._themes.get(key.target, [])
        found = []
        for id_, tally in tallies.items():
            version = self._versions[id_]
            form = expand(parse(version.content), themes)
            if all(each.code in tally.questions for each in form.questions if each.asks):
                found.append(Tallied(version.number, form, tally))
        return found


def _cells(snapshot: Snapshot) -> list[Cell]:
    return [read_document(each) for each in snapshot.cells or ()]


def _tallies(snapshot: Snapshot) -> dict[int, Tally]:
    return by_version(_cells(snapshot))


def _untold(tallies: Sequence[Mapping[int, Tally]], limit: Limit) -> frozenset[str]:
    """The questions of the last of ``tallies`` that the others, the newest first, forbid to show."""
    return frozenset(
        code
        for version, tally in tallies[-1].items()
        for code in tally.questions
        if not shown_of([_answers(each, version, code) for each in tallies], limit)[-1]
    )


def _answers(tallies: Mapping[int, Any], version: int, code: str) -> Counted | None:
    return tallies[version].questions.get(code) if version in tallies else None
