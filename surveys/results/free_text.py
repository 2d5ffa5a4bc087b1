"""What people wrote in their own words in a series: chosen, searched, page by page, by the index of it.

Only texts that a page of results shows, by the same verdict; never beside a background class.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.answers.text_index import stem
from surveys.domain import searching
from surveys.domain.texts import LocalText
from surveys.queries import answer_texts as queries
from surveys.queries.answer_texts import Place
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import read_series

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class FreeText:
    """One answer, in pieces with whether each was searched for; the question it was given to, and where."""

    pieces: tuple[tuple[str, bool], ...]
    question: QuestionResult
    measurement: Measurement

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``question`` is a question's ``base_code``, ``place`` a measurement as ``rule/place``; empty: all.
    ``search`` as of :func:`surveys.domain.searching.search`.
    """

    question: str = ""
    place: str = ""
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class FreeTexts:
    """A page of ``texts`` out of ``count`` that fit (``total`` there are), and what can be chosen among.

    ``questions`` is base code → text, ``places`` the measurements that have any. ``hidden`` measurements have
    questions of which texts are not shown. ``is_behind``: some are not indexed yet, and not here.
    ``searched``: there was anything to look for.
    """

    series: SeriesResults
    texts: tuple[FreeText, ...]
    count: int
    total: int
    page: int
    pages: int
    questions: dict[str, LocalText]
    places: dict[str, Measurement]
    hidden: int
    is_behind: bool
    searched: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """Texts of one question, on one version of the questionnaire, that may be shown: how many there are."""

    question: QuestionResult
    measurement: Measurement
    count: int


def read_texts(
    session: Session, series_id: int, now: datetime, wanted: Wanted, as_evaluator: bool = True
) -> FreeTexts:
    """The texts of a series that fit ``wanted``, in alphabetical order: that in which they came would join
    one person's texts.
    """
    results = read_series(session, series_id, now, as_evaluator, texts=False)
    sources = _sources(session, results)
    chosen = {place: each for place, each in sources.items() if _fits(each, wanted)}
    search = searching.search(wanted.search, stem)
    count = queries.how_many(session, chosen, search) if search else _total(chosen.values())
    pages = max(1, -(-count // A_PAGE))
    page = min(max(1, wanted.page), pages)
    found = queries.texts(session, chosen, search, (page - 1) * A_PAGE, A_PAGE)
    return FreeTexts(
        series=results,
        texts=tuple(_text(chosen[place], text, search) for place, text in found),
        count=count,
        total=_total(sources.values()),
        page=page,
        pages=pages,
        questions={each.question.base_code: each.question.text for each in sources.values()},
        places={place_of(each.measurement): each.measurement for each in sources.values()},
        hidden=sum(_hides(each) for each in results.measurements),
        is_behind=queries.is_behind(session, series_id),
        searched=bool(search),
    )


def place_of(measurement: Measurement) -> str:
    """How a measurement is named in ``Wanted``."""
    return f"{measurement.rule_code}/{measurement.place}"


def _sources(session: Session, results: SeriesResults) -> dict[Place, _Source]:
    counted = queries.counted(session, results.id)
    ids = queries.version_ids(session, {each.questionnaire_id for each in results.measurements})
    return {
        place: _Source(question, measurement, counted[place])
        for measurement in results.measurements
        for question in measurement.questions
        for place in _places(question, measurement, ids)
        if question.shown and place in counted
    }


def _places(
    question: QuestionResult, measurement: Measurement, ids: dict[tuple[int, int], int]
) -> Iterator[Place]:
    if key := measurement.key:
        for number in question.versions:
            version = ids[measurement.questionnaire_id, number]
            yield Place(key.rule_id, key.target, version, question.code)


def _total(sources: Iterable[_Source]) -> int:
    return sum(each.count for each in sources)


def _text(source: _Source, text: str, search: searching.Search) -> FreeText:
    return FreeText(searching.marked(text, search, stem), source.question, source.measurement)


def _fits(each: _Source, wanted: Wanted) -> bool:
    return wanted.question in ("", each.question.base_code) and wanted.place in (
        "",
        place_of(each.measurement),
    )


def _hides(measurement: Measurement) -> bool:
    if measurement.asked and not measurement.shown:
        return bool(measurement.counts.answers)
    return any(each.kind.endswith("_text") and not each.shown for each in measurement.questions)
