"""(p) Looking for words in the texts of a series, against stemming all of them at each search, as before."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select, text, update

from benchmarks import data
from benchmarks.results import postgresql, sqlite
from surveys import clock
from surveys.answers import text_index
from surveys.config import Settings
from surveys.domain import searching
from surveys.installation import Installation, open_installation
from surveys.models.answer_text import TextBacklog
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from surveys.results import aggregates
from surveys.results.free_text import Wanted, read_texts

TEXTS = 100_000
WORDS = 12  # of a text
QUESTION: dict[str, Any] = {
    "code": "more",
    "kind": "long_text",
    "text": {"sv": "Något mer?", "en": "Anything else?"},
    "max_length": 2000,
}
SEARCHES = ("", "ansvarade", "ansvarade lokalerna", '"bra lokal"', "samarb*")
_COMMON = ("och", "att", "det", "var", "en", "i", "som", "på", "för", "med", "inte", "mycket", "vi", "den")
_RARE = (
    *("ansvar", "ansvarade", "ansvaret", "lokal", "lokalen", "lokalerna", "bra", "kursen", "kurserna"),
    *("samarbete", "samarbetade", "tid", "metoder", "verktyg", "chef", "stöd", "möte", "roller", "rutiner"),
)


def measure(folder: Path, count: int = TEXTS) -> Iterator[tuple[str, float, float]]:
    """Yield (name, seconds of stemming all texts, of the page's texts by the index)."""
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        home = folder / f"texts-{name}"
        home.mkdir()
        with database(home) as url:
            house = open_installation(Settings(instance=home, database_url=url))
            seconds = _fill(house, count)
            bare = _seconds(lambda house=house: _through_all(house, "ansvarade"))
            yield f"p  {count} texts, {name}, indexed in {seconds:.1f} s", bare, _look(house, "")
            for wanted in SEARCHES[1:]:
                yield f"p  … {wanted}", bare, _look(house, wanted)
            house.close()


def _fill(house: Installation, count: int) -> float:
    chance = Random(1)
    with house.database.transaction() as session:
        ids = data.plan(session, clock.now() - timedelta(days=2), data.QUESTIONS[:1])
        content = data.content(data.QUESTIONS[:1])
        content["questions"].append(QUESTION)
        session.execute(update(QuestionnaireVersion).values(content=content))
        data.people(session, ids, count, count)
        data.invitations(house, session, ids, count, clock.now() - timedelta(days=1))
        data.responses(session, ids, count, data.QUESTIONS[:1])
        session.flush()
        rows = session.execute(select(Response.id, Response.answers)).all()
        session.execute(
            update(Response),
            [{"id": each.id, "answers": {**(each.answers or {}), "more": _said(chance)}} for each in rows],
        )
        session.execute(insert(TextBacklog).values(rule_id=ids["rule"]))
    for task in aggregates.work(house.database, clock.now()):
        aggregates.count(house.database, task, clock.now())
    seconds = _seconds(lambda: text_index.catch_up(house.database))
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if house.database.is_sqlite else "VACUUM ANALYZE"))
    return seconds


def _said(chance: Random) -> str:
    words = chance.choices(_COMMON, k=WORDS - 3) + chance.choices(_RARE, k=2)
    # Most words of a language are rare: one in a thousand texts.
    words.append(f"ord{chance.randrange(1000)}")
    chance.shuffle(words)
    return " ".join(words).capitalize()


def _look(house: Installation, wanted: str) -> float:
    def look() -> None:
        with house.database.reading() as session:
            read_texts(session, 1, clock.now(), Wanted(search=wanted))

    look()
    return min(_seconds(look) for _ in range(3))


def _through_all(house: Installation, wanted: str) -> int:
    """Every text read and stemmed, as each search did before there was an index."""
    search = searching.search(wanted, text_index.stem)
    with house.database.reading() as session:
        said = session.scalars(select(Response.answers["more"].as_string())).all()
    return sum(set(search.stems) <= set(searching.indexed(each, text_index.stem).stems) for each in said)


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
