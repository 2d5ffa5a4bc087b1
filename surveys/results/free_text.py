"""What people wrote in their own words, over all measurements of a series: chosen, searched, page by page.

Only texts that a page of results shows, by the same verdict; never beside a background class.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.searching import found
from surveys.domain.texts import LocalText
from surveys.results.model import Measurement, QuestionResult, SeriesResults
from surveys.results.series import read_series

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class FreeText:
    """One answer: the question it was given to, and where."""

    text: str
    question: QuestionResult
    measurement: Measurement


@dataclass(frozen=True, slots=True)
class Wanted:
    """``question`` is a question's ``base_code``, ``place`` a measurement as ``rule/place``; empty: all."""

    question: str = ""
    place: str = ""
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class FreeTexts:
    """A page of ``texts`` out of ``count`` that fit (``total`` there are), and what can be chosen among.

    ``questions`` is base code → text, ``places`` the measurements that have any. ``hidden`` measurements have
    questions of which texts are not shown.
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


def read_texts(
    session: Session, series_id: int, now: datetime, wanted: Wanted, as_evaluator: bool = True
) -> FreeTexts:
    """The texts of a series that fit ``wanted``: the best first where something is searched for, else in
    alphabetical order, since that in which they came would join one person's texts.
    """
    results = read_series(session, series_id, now, as_evaluator)
    every = list(_every(results))
    chosen = [each for each in every if _fits(each, wanted)]
    by_text: dict[str, list[FreeText]] = {}
    for each in chosen:
        by_text.setdefault(each.text, []).append(each)
    ordered = [each for _, text in found(by_text, wanted.search, _stem) for each in by_text[text]]
    pages = max(1, -(-len(ordered) // A_PAGE))
    page = min(max(1, wanted.page), pages)
    return FreeTexts(
        series=results,
        texts=tuple(ordered[(page - 1) * A_PAGE : page * A_PAGE]),
        count=len(ordered),
        total=len(every),
        page=page,
        pages=pages,
        questions={each.question.base_code: each.question.text for each in every},
        places={place_of(each.measurement): each.measurement for each in every},
        hidden=sum(_hides(each) for each in results.measurements),
    )


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Until nothing more is taken away: else "kursen" became "kurs", and "kurs" itself "kur"."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed if stemmed == word else _stem(stemmed)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # noqa: PLC0415 - heavy

    return stemmer("swedish")


def place_of(measurement: Measurement) -> str:
    """How a measurement is named in ``Wanted``."""
    return f"{measurement.rule_code}/{measurement.place}"


def _every(results: SeriesResults) -> Iterator[FreeText]:
    for measurement in results.measurements:
        for question in measurement.questions:
            for text in question.texts:
                yield FreeText(text, question, measurement)


def _fits(each: FreeText, wanted: Wanted) -> bool:
    return wanted.question in ("", each.question.base_code) and wanted.place in (
        "",
        place_of(each.measurement),
    )


def _hides(measurement: Measurement) -> bool:
    if measurement.asked and not measurement.shown:
        return bool(measurement.counts.answers)
    return any(each.kind.endswith("_text") and not each.shown for each in measurement.questions)
