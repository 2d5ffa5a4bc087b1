"""Use-cases: spellings of association words declared to count as one word, and taken apart again.

Answers stay as they were written: what is declared is used where results are read. A deed tells the word and
how many spellings, never which: those are people's answers, which may be taken back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.faults import Faulty
from surveys.domain.statistics import swedish_order
from surveys.domain.texts import LocalText, has_bad_characters
from surveys.domain.word_spellings import spelling_key
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.models.word_spelling import WordSpelling
from surveys.queries import word_spellings as queries
from surveys.results.model import QuestionResult, SeriesResults
from surveys.results.series import read_series

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Offered:
    """A word as results show it, with the spellings counted together in it; of those that nobody declared,
    only itself.
    """

    word: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """Spellings counted as ``word``: by whom ("" where they are gone) and when the last was declared."""

    word: str
    spellings: tuple[str, ...]
    by: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class Spellings:
    """The words given to one question wherever they are shown, in alphabetical order: without counts, since
    none is shown over several measurements. ``declared`` are those of them that are counted together.
    """

    question: str
    text: LocalText
    series_title: str
    offered: tuple[Offered, ...]
    declared: tuple[Declared, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """``words`` as they are offered, to count as one."""

    question: str
    words: tuple[str, ...]
    counted_as: str


class BadSpellings(Faulty):
    """What cannot be declared; ``faults`` maps a field to a stable code."""

    code = "bad_spellings"


class NoWords(LookupError):
    """The series asks for no words by that code."""

    code = "no_words"


class NotTogether(LookupError):
    """Nothing is counted as that word (any more)."""

    code = "not_together"


def read_spellings(
    session: Session, series_id: int, question: str, now: datetime, as_evaluator: bool = True
) -> Spellings:
    """The words given to a question (its code without the theme). Raises NoWords."""
    results = read_series(session, series_id, now, as_evaluator, texts=False)
    asked = list(_asked(results, question))
    if not asked:
        raise NoWords(question)
    offered = _offered(asked)
    rows = queries.of_question(session, series_id, question)
    return Spellings(question, asked[0].text, results.title, offered, _declared(offered, rows))


def count_together(
    db: Database, series_id: int, wanted: Wanted, known: Spellings, user_id: int | None, now: datetime
) -> None:
    """Declare that words in ``known`` count as one. Raises BadSpellings."""
    target = " ".join(wanted.counted_as.split())
    with db.transaction() as session:
        session.get_one(Series, series_id, with_for_update=True)
        rows = queries.of_question(session, series_id, wanted.question)
        faults = _faults(wanted, target, known, rows)
        if faults:
            raise BadSpellings(faults)
        _write(session, series_id, wanted, target, known, rows, user_id, now)


def take_apart(
    db: Database, series_id: int, question: str, word: str, user_id: int | None, now: datetime
) -> None:
    """Let every spelling counted as ``word`` be a word of its own again. Raises NotTogether."""
    with db.transaction() as session:
        session.get_one(Series, series_id, with_for_update=True)
        rows = queries.of_question(session, series_id, question)
        mine = [each for each in rows if spelling_key(each.word) == spelling_key(word)]
        if not mine:
            raise NotTogether(word)
        for each in mine:
            session.delete(each)
        _note(session, series_id, "spellings_taken_apart", question, mine[0].word, len(mine), user_id, now)


def forget_unwritten(db: Database) -> int:
    """Forget the spellings that stand in nobody's answer any more, since answers have been taken back or
    changed; returns how many.
    """
    with db.reading() as session:
        gone = [
            (series_id, spelling)
            for series_id in queries.series_with_any(session)
            for spelling in _unwritten(session, series_id)
        ]
    if gone:
        with db.transaction() as session:
            for series_id, spelling in gone:
                session.execute(
                    delete(WordSpelling).where(
                        WordSpelling.series_id == series_id, WordSpelling.spelling == spelling
                    )
                )
    return len(gone)


def _unwritten(session: Session, series_id: int) -> set[str]:
    kept = {spelling for each in queries.alike(session, series_id).values() for spelling in each}
    return kept - queries.written(session, series_id, kept)


def _asked(results: SeriesResults, question: str) -> Iterator[QuestionResult]:
    for measurement in results.measurements:
        for each in measurement.questions:
            if each.kind == "words" and each.base_code == question:
                yield each


def _offered(asked: Sequence[QuestionResult]) -> tuple[Offered, ...]:
    words: dict[str, str] = {}
    spellings: dict[str, dict[str, str]] = {}
    for result in asked:
        for each in result.words:
            key = spelling_key(each.word)
            words.setdefault(key, each.word)
            for spelling in [name for name, _ in each.spellings] or [each.word]:
                spellings.setdefault(key, {}).setdefault(spelling_key(spelling), spelling)
    return tuple(
        Offered(words[key], tuple(sorted(spellings[key].values(), key=swedish_order)))
        for key in sorted(words, key=swedish_order)
    )


def _declared(offered: Sequence[Offered], rows: Sequence[WordSpelling]) -> tuple[Declared, ...]:
    found = []
    for each in offered:
        mine = [row for row in rows if spelling_key(row.word) == spelling_key(each.word)]
        if mine:
            last = max(mine, key=lambda row: row.declared_at)
            by = last.user.name if last.user else ""
            found.append(Declared(each.word, each.spellings, by, last.declared_at))
    return tuple(found)


def _faults(wanted: Wanted, target: str, known: Spellings, rows: Sequence[WordSpelling]) -> dict[str, str]:
    faults: dict[str, str] = {}
    offered = {each.word for each in known.offered}
    chosen = {spelling_key(word) for word in wanted.words}
    if not chosen or any(word not in offered for word in wanted.words):
        faults["words"] = "none_chosen"
    elif chosen == {spelling_key(target)}:
        faults["words"] = "only_itself"
    if not target:
        faults["counted_as"] = "blank"
    elif len(target) > LONGEST:
        faults["counted_as"] = "too_long"
    elif has_bad_characters(target):
        faults["counted_as"] = "bad_characters"
    elif any(row.spelling == spelling_key(target) and spelling_key(row.word) not in chosen for row in rows):
        faults["counted_as"] = "counted_otherwise"
    return faults


def _write(
    session: Session,
    series_id: int,
    wanted: Wanted,
    target: str,
    known: Spellings,
    rows: Sequence[WordSpelling],
    user_id: int | None,
    now: datetime,
) -> None:
    """The chosen words, all that counts as one of them, and what counts as ``target`` already: all as it."""
    goal = spelling_key(target)
    chosen = {spelling_key(word) for word in wanted.words} | {goal}
    mine = [each for each in rows if spelling_key(each.word) in chosen]
    offered = [each for each in known.offered if spelling_key(each.word) in chosen]
    spelled = {spelling_key(spelling) for each in offered for spelling in each.spellings}
    spelled |= {each.spelling for each in mine}
    spelled.discard(goal)
    for each in mine:
        session.delete(each)
    session.flush()
    for spelling in sorted(spelled):
        session.add(
            WordSpelling(
                series_id=series_id,
                question=wanted.question,
                spelling=spelling,
                word=target,
                declared_by=user_id,
                declared_at=now,
            )
        )
    _note(
        session, series_id, "spellings_counted_together", wanted.question, target, len(spelled), user_id, now
    )


def _note(
    session: Session,
    series_id: int,
    action: str,
    question: str,
    word: str,
    spellings: int,
    user_id: int | None,
    now: datetime,
) -> None:
    series = session.get_one(Series, series_id)
    session.add(
        Deed(
            project_id=series.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=f"series:{series_id}",
            details={"question": question, "word": word, "spellings": spellings},
        )
    )
