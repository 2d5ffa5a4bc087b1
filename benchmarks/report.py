"""(m) The report of a series whose one measurement asked 60 questions: made, and written in each format."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks import data, whole
from surveys.models.access import User
from surveys.models.programme import Series
from surveys.printing import content
from surveys.queries import reports as queries
from surveys.reporting import headings, reading, reports
from surveys.reporting.pdf import pdf
from surveys.reporting.pictures import drawing, picture_of_chart
from surveys.reporting.slides import slides
from surveys.reporting.word import Looks, word
from surveys.reporting.words import Words

ANSWERS = 1_000
QUESTIONS = [f"q{number}" for number in range(1, 61)]
CLOSED = data.NOW - timedelta(days=1)


def measure(folder: Path, answers: int = ANSWERS) -> list[tuple[str, float]]:
    """Return (name, milliseconds), each step once, with its libraries loaded before."""
    house = data.installation(folder / "report")
    with house.database.transaction() as session:
        ids = data.plan(session)
        asked = whole.whole_series(session, ids, "post", 1, QUESTIONS, CLOSED)
        keys = [f"{n:064x}" for n in range(answers)]
        whole.answer_whole(session, asked, keys, QUESTIONS, random.Random(1), groups=True)
        maker = User(email="m@bench.example", name="M", password_hash="x")
        session.add(maker)
        session.flush()
        code, user = session.get_one(Series, ids["series"]).code, maker.id
    order = reports.Order("final", "sv", "Rapport", (code,), headings.default_set("final", Words("sv")))
    looks = Looks("Slutrapport", lambda chart: picture_of_chart(chart, "sv", 1))
    head = content.project("Projekt", "sv", None, None)
    made = reports.make(house.database, ids["project"], order, user, data.NOW)
    seconds = [_timed(lambda: reports.make(house.database, ids["project"], order, user, data.NOW))]
    with house.database.reading() as session:
        row = queries.report(session, ids["project"], made)
        assert row is not None
        document = reading.read_document(session, queries.whole(session, row.id))
    writers: tuple[Callable[[], bytes], ...] = (
        lambda: word(document, looks),
        lambda: pdf(document, head, "Slutrapport", lambda chart: drawing(chart, "sv", 1)),
        lambda: slides(document, "Slutrapport"),
    )
    for write in writers:
        write()
        seconds.append(_timed(write))
    house.close()
    names = ("made and kept", "as Word", "as PDF", "as slides")
    return [
        (f"m  a report of 60 questions, {name}", each * 1000)
        for name, each in zip(names, seconds, strict=True)
    ]


def _timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started
