"""The index of what people wrote in their own words, kept in step with the answers in their transactions.

Whoever sends in writes it, whoever sends in anew replaces it, and a response that is deleted takes its own
with it (the database sees to that). Drafts are never in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.own_words import own_words
from surveys.domain.questionnaire import Form, parse
from surveys.domain.searching import indexed
from surveys.domain.statistics import alphabetical
from surveys.models.answer_text import FOUND, AnswerText, TextBacklog
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries.results import Key, key

AT_ONCE = 500  # responses in a transaction: whoever answers meanwhile waits that long


def write(
    connection: Connection,
    response_id: UUID,
    place: Key,
    version_id: int,
    form: Form,
    answers: Mapping[str, Any],
    *,
    anew: bool = False,
) -> None:
    """Index what was sent in, in the caller's transaction; ``anew``: in place of what the response held.

    ``form`` may be expanded or not.
    """
    if anew:
        connection.execute(delete(AnswerText).where(AnswerText.response_id == response_id))
    if rows := _rows(response_id, place, version_id, form, answers):
        connection.execute(insert(AnswerText), rows)


def forget(connection: Connection, response_id: UUID) -> None:
    """Take the texts of a response out, which itself stays."""
    connection.execute(delete(AnswerText).where(AnswerText.response_id == response_id))
    wipe(connection)


def wipe(connection: Connection) -> None:
    """Clear away what SQLite's index still holds of texts that are gone: it only notes that they are.

    It takes longer the more there is (a second for some hundred thousand texts), so after an answer was
    changed it is left to the scheduler.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {FOUND} ({FOUND}) VALUES ('optimize')")  # noqa: S608 (ours)


def wipe_all(db: Database) -> None:
    """As :func:`wipe`, in a transaction of its own."""
    with db.writing() as connection:
        wipe(connection)


def catch_up(db: Database, go_on: Callable[[], None] = lambda: None) -> int:
    """Index the answers that were there before the index was; returns of how many responses.

    ``go_on`` is called between transactions; what it raises ends it, and the rule is begun anew another time.
    """
    with db.reading() as session:
        rules = session.scalars(select(TextBacklog.rule_id)).all()
    return sum(_index_rule(db, rule_id, go_on) for rule_id in rules)


def _index_rule(db: Database, rule_id: int, go_on: Callable[[], None]) -> int:
    with db.reading() as session:
        sent = select(Response.id).where(Response.rule_id == rule_id, Response.submitted_at.is_not(None))
        # In an order that tells nothing of when they came.
        responses = session.scalars(sent.order_by(Response.id)).all()
        forms = _forms(session, rule_id)
    for start in range(0, len(responses), AT_ONCE):
        go_on()
        _index(db, responses[start : start + AT_ONCE], forms)
    with db.transaction() as session:
        session.execute(delete(TextBacklog).where(TextBacklog.rule_id == rule_id))
    return len(responses)


def _index(db: Database, responses: Sequence[UUID], forms: Mapping[int, Form]) -> None:
    with db.transaction() as session:
        # Held, so that none is sent in anew or taken back while its text is being written.
        wanted = select(Response).where(Response.id.in_(responses), Response.answers.is_not(None))
        found = session.scalars(wanted.order_by(Response.id).with_for_update()).all()
        connection = session.connection()
        connection.execute(delete(AnswerText).where(AnswerText.response_id.in_([each.id for each in found])))
        rows = [
            row
            for each in found
            for row in _rows(
                each.id,
                key(each.rule_id, each.target),
                each.version_id,
                forms[each.version_id],
                each.answers or {},
            )
        ]
        if rows:
            connection.execute(insert(AnswerText), rows)


def _forms(session: Session, rule_id: int) -> dict[int, Form]:
    used = select(Response.version_id).where(Response.rule_id == rule_id).distinct()
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used)))
    return {each.id: parse(each.content) for each in versions}


def _rows(
    response_id: UUID, place: Key, version_id: int, form: Form, answers: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {
            "response_id": response_id,
            "rule_id": place.rule_id,
            "target": place.target,
            "version_id": version_id,
            "code": code,
            "text": text,
            "place": alphabetical(text),
            **_words(text),
        }
        for code, text in own_words(form, answers)
    ]


def _words(text: str) -> dict[str, str]:
    found = indexed(text, stem)
    return {"words": _joined(found.words), "stems": _joined(found.stems)}


def _joined(words: Iterable[str]) -> str:
    return " ".join(words)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a Swedish word in small letters.

    Until nothing more is taken away: else "kursen" became "kurs", and "kurs" itself "kur".
    """
    stemmed: str = _stemmer().stemWord(word)
    return stemmed if stemmed == word else stem(stemmed)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # noqa: PLC0415 - heavy

    return stemmer("swedish")
