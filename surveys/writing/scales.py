"""The library of scales of a project: made, changed, removed.

Every version has its own copy of the scales it uses. So a change of one in the library changes the drafts
that use it, and nothing that is or has been asked.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.drafting import QUESTIONNAIRE_CODE, code_from, draft_faults
from surveys.domain.questionnaire import BadForm, FormFault, digest
from surveys.domain.texts import DEFAULT_LANGUAGE, pick
from surveys.followups import gone
from surveys.models.deeds import Deed
from surveys.models.questionnaire import LibraryScale, Questionnaire
from surveys.queries import writing as queries
from surveys.writing.faults import Changed, JsonObject

RESERVED = frozenset({"as-is", "own", "ny"})


class NoScale(LookupError):
    """The library has no scale with this code (any more)."""

    code = "no_scale"


def scale_faults(content: JsonObject) -> tuple[FormFault, ...]:
    """What keeps a scale from being kept; paths begin at the scale."""
    title = {DEFAULT_LANGUAGE: "x"}
    question = {"code": "x", "kind": "scale", "text": title, "scale": content}
    found = draft_faults({"title": title, "questions": [question]})
    return tuple(FormFault(each.path[3:], each.code, each.params) for each in found)


def add_scale(db: Database, project_id: int, content: JsonObject, user_id: int | None, now: datetime) -> str:
    """Keep a new scale; returns the code it gets, made from its ends. Raises :class:`BadForm`."""
    _check(content)
    with db.transaction() as session:
        queries.hold_project(session, project_id)
        known = queries.scales(session, project_id)
        ends = " ".join(pick(content["points"][place]["label"], DEFAULT_LANGUAGE) for place in (0, -1))
        code = code_from(ends, QUESTIONNAIRE_CODE, {each.code for each in known} | RESERVED, "skala")
        position = max((each.position for each in known), default=-1) + 1
        coded = {**content, "code": code}
        row = LibraryScale(project_id=project_id, code=code, position=position, content=coded)
        session.add(row)
        session.flush()
        _note(session, row, "scale_added", user_id, now)
        return code


def change_scale(
    db: Database,
    project_id: int,
    code: str,
    content: JsonObject,
    seen_digest: str,
    user_id: int | None,
    now: datetime,
) -> tuple[str, ...]:
    """Let a scale say something else, in the library and in the drafts that use it.

    Returns the codes of the questionnaires whose drafts have changed. Raises :class:`NoScale`,
    :class:`BadForm`, :class:`Changed`.
    """
    _check(content)
    with db.transaction() as session:
        queries.hold_project(session, project_id)
        row = _found(session, project_id, code)
        if digest(row.content) != seen_digest:
            raise Changed(row.content, digest(row.content))
        row.content = {**content, "code": code}
        _note(session, row, "scale_changed", user_id, now)
        return tuple(_bring_to_drafts(session, row))


def remove_scale(db: Database, project_id: int, code: str, user_id: int | None, now: datetime) -> None:
    """Take a scale out of the library; questionnaires keep theirs. Raises :class:`NoScale`."""
    with db.transaction() as session:
        row = _found(session, project_id, code)
        _note(session, row, "scale_removed", user_id, now)
        session.delete(row)
        gone.let_go(session, "scale")


def users_of(questionnaire: Questionnaire, code: str) -> tuple[bool, bool]:
    """Whether a questionnaire uses a scale in what is asked now, and in its draft."""
    asked, draft = questionnaire.in_use, questionnaire.draft
    return bool(asked and _has(asked.content, code)), bool(draft and _has(draft.content, code))


def _has(document: Mapping[str, Any], code: str) -> bool:
    return any((each.get("scale") or {}).get("code") == code for each in document.get("questions", ()))


def _bring_to_drafts(session: Session, row: LibraryScale) -> Iterator[str]:
    for each in queries.held_with_drafts(session, row.project_id):
        draft = each.draft
        if draft is None or not _has(draft.content, row.code):
            continue
        questions = [
            {**question, "scale": row.content}
            if (question.get("scale") or {}).get("code") == row.code
            else question
            for question in draft.content["questions"]
        ]
        draft.previous, draft.content = draft.content, {**draft.content, "questions": questions}
        draft.digest = digest(draft.content)
        yield each.code


def _check(content: JsonObject) -> None:
    faults = scale_faults(content)
    if faults:
        raise BadForm(faults)


def _found(session: Session, project_id: int, code: str) -> LibraryScale:
    row = next((each for each in queries.scales(session, project_id) if each.code == code), None)
    if row is None:
        raise NoScale(code)
    return row


def _note(session: Session, row: LibraryScale, action: str, user_id: int | None, now: datetime) -> None:
    subject, details = f"scale:{row.id}", {"scale": row.code}
    session.add(
        Deed(
            project_id=row.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=subject,
            details=details,
        )
    )
    session.flush()
