"""Which spellings of association words are counted as another, and which of them are written at all."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from surveys.domain.word_spellings import spelling_key
from surveys.models.followup import FollowUpRule
from surveys.models.response import Response
from surveys.models.word_spelling import WordSpelling


def alike(session: Session, series_id: int) -> dict[str, dict[str, str]]:
    """Of each question of a series, without its theme: spelling → the word it counts as."""
    found: dict[str, dict[str, str]] = {}
    rows = session.execute(
        select(WordSpelling.question, WordSpelling.spelling, WordSpelling.word).where(
            WordSpelling.series_id == series_id
        )
    )
    for question, spelling, word in rows:
        found.setdefault(question, {})[spelling] = word
    return found


def of_question(session: Session, series_id: int, question: str) -> Sequence[WordSpelling]:
    """The declared spellings with who declared them, in the order in which that was done."""
    return session.scalars(
        select(WordSpelling)
        .where(WordSpelling.series_id == series_id, WordSpelling.question == question)
        .options(joinedload(WordSpelling.user))
        .order_by(WordSpelling.id)
    ).all()


def series_with_any(session: Session) -> Sequence[int]:
    return session.scalars(select(WordSpelling.series_id).distinct()).all()


def written(session: Session, series_id: int, wanted: set[str]) -> set[str]:
    """Those of ``wanted`` (spellings) that stand in any answer of a series; stops when all are found."""
    found: set[str] = set()
    answers = session.scalars(
        select(Response.answers)
        .join(Response.rule)
        .where(FollowUpRule.series_id == series_id, Response.answers.is_not(None))
        .execution_options(yield_per=2000)
    )
    for given in answers:
        for value in (given or {}).values():
            if isinstance(value, list):
                found |= wanted & {spelling_key(each) for each in value if isinstance(each, str)}
        if found == wanted:
            break
    answers.close()
    return found
