"""Questionnaires written: made, changed as drafts, taken into use, removed.

A questionnaire has at most one draft. Every change replaces the draft whole, and names the digest of what
it was made from, so that nobody overwrites what somebody else wrote. What is in use does not change while
somebody writes: a change of it is a draft, which nobody is asked before it is taken into use. Then it takes
the place of the version in use, number and all, as long as nobody has answered that; the first answer
locks it, and from then on the draft is a version of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.drafting import draft_faults, missing_texts
from surveys.domain.questionnaire import BadForm, Form, digest, parse
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import writing as queries
from surveys.queries.projects import used_in
from surveys.writing.faults import (
    BadQuestionnaire,
    Changed,
    JsonObject,
    NoDraft,
    NoQuestionnaire,
    ThemesWithoutOccasion,
)
from surveys.writing.held import check_settings, held, in_this_sitting, note

__all__ = [
    "BadForm",
    "BadQuestionnaire",
    "Changed",
    "NoDraft",
    "NoQuestionnaire",
    "ThemesWithoutOccasion",
    "Wanted",
    "create_questionnaire",
    "create_set",
    "discard_draft",
    "publish",
    "save_draft",
    "undo",
]


@dataclass(frozen=True)
class Wanted:
    """A questionnaire to be made: its code in the project, measurement, privacy mode and document."""

    code: str
    wave: str
    privacy_mode: str
    document: JsonObject


def create_questionnaire(
    db: Database, project_id: int, wanted: Wanted, user_id: int | None, now: datetime
) -> str:
    """Make a questionnaire with its first draft; returns its code. Raises as :func:`create_set`."""
    return create_set(db, project_id, [wanted], user_id, now)[0]


def create_set(
    db: Database, project_id: int, wanted: Sequence[Wanted], user_id: int | None, now: datetime
) -> list[str]:
    """Make several questionnaires, each as a draft, all or none; returns their codes.

    Raises :class:`BadQuestionnaire` (code_taken, bad_code, unknown_wave, mode_not_offered) and
    :class:`BadForm` for a document that cannot be kept; one that asks nothing yet can.
    """
    with db.transaction() as session:
        queries.hold_project(session, project_id)
        taken, last = queries.codes_and_last_position(session, project_id)
        for position, each in enumerate(wanted, last + 1):
            check_settings(each.code, each.wave, each.privacy_mode, taken)
            taken.add(each.code)
            _check_document(each.document)
            row = Questionnaire(
                project_id=project_id,
                code=each.code,
                wave=each.wave,
                privacy_mode=each.privacy_mode,
                position=position,
                versions=[_draft(1, each.document)],
            )
            session.add(row)
            session.flush()
            note(session, row, "questionnaire_added", user_id, now)
        return [each.code for each in wanted]


def save_draft(
    db: Database,
    project_id: int,
    questionnaire_code: str,
    document: JsonObject,
    seen_digest: str,
    user_id: int | None,
    now: datetime,
) -> int:
    """Let the draft say ``document``; returns the number of its version.

    ``seen_digest`` is the digest of the version that the change was made from: of the draft, or of what is
    in use where there is no draft yet, and then a draft with the next number is made. A document that says
    what is stored already changes nothing. Raises :class:`NoQuestionnaire`, :class:`BadForm`,
    :class:`Changed`.
    """
    _check_document(document)
    with db.transaction() as session:
        row = held(session, project_id, questionnaire_code)
        stored = row.written
        if stored.digest == digest(document):
            return stored.number
        _check_seen(stored, seen_digest)
        if not stored.draft:
            made = _draft(row.versions[-1].number + 1, document)
            made.previous = stored.content
            row.versions.append(made)
            note(session, row, "version_begun", user_id, now, version=made.number)
            return made.number
        stored.previous = stored.content
        stored.content, stored.digest = document, digest(document)
        _note_change(session, row, stored, user_id, now)
        return stored.number


def undo(
    db: Database,
    project_id: int,
    questionnaire_code: str,
    seen_digest: str,
    user_id: int | None,
    now: datetime,
) -> None:
    """Take back the last change of the draft; doing it again brings the change back.

    Raises :class:`NoQuestionnaire`, :class:`NoDraft` (also where there is nothing to take back),
    :class:`Changed`.
    """
    with db.transaction() as session:
        row = held(session, project_id, questionnaire_code)
        draft = _draft_of(row, seen_digest)
        if draft.previous is None:
            raise NoDraft
        draft.content, draft.previous = draft.previous, draft.content
        draft.digest = digest(draft.content)
        _note_change(session, row, draft, user_id, now)


def publish(
    db: Database,
    project_id: int,
    questionnaire_code: str,
    seen_digest: str,
    user_id: int | None,
    now: datetime,
) -> int:
    """Take the draft into use; from now on new answers are given to it. Returns its number: that of the
    version in use where nobody has answered that, since links that have been sent lead to the draft then.

    Answers in progress stay with the version they were begun on. Raises :class:`NoQuestionnaire`,
    :class:`NoDraft`, :class:`Changed`, :class:`ThemesWithoutOccasion`, and :class:`BadForm` where it asks
    nothing, is faulty, or lacks a text in a language of the project without saying so (missing_language).
    """
    with db.transaction() as session:
        project = queries.hold_project(session, project_id)
        row = held(session, project_id, questionnaire_code)
        draft = _draft_of(row, seen_digest)
        _check_rules(session, row, parse(draft.content))
        if untranslated := missing_texts(draft.content, project.languages):
            raise BadForm(untranslated)
        taken = _in_the_place_of(session, row, draft)
        taken.draft, taken.begun_at, taken.previous = False, now, None
        session.flush()
        note(session, row, "version_published", user_id, now, version=taken.number)
        return taken.number


def discard_draft(
    db: Database,
    project_id: int,
    questionnaire_code: str,
    seen_digest: str,
    user_id: int | None,
    now: datetime,
) -> None:
    """Throw the draft of a questionnaire in use away. Raises :class:`NoQuestionnaire`, :class:`NoDraft` (also
    where the draft is all there is: then :func:`remove_questionnaire` is meant), :class:`Changed`.
    """
    with db.transaction() as session:
        row = held(session, project_id, questionnaire_code)
        draft = _draft_of(row, seen_digest)
        if row.in_use is None:
            raise NoDraft
        session.delete(draft)
        note(session, row, "draft_discarded", user_id, now, version=draft.number)


def _in_the_place_of(
    session: Session, row: Questionnaire, draft: QuestionnaireVersion
) -> QuestionnaireVersion:
    """The version that the draft is asked as: the one in use that nobody has answered, else its own."""
    held, last = queries.hold_unanswered(session, row.id), row.versions[-1].number
    replaced = held and row.unanswered
    if replaced is None and draft.number == last:
        return draft
    session.delete(draft)
    session.flush()
    if replaced is not None:
        replaced.content, replaced.digest = draft.content, draft.digest
        return replaced
    # A programme file brought a version meanwhile: what is newest has the highest number, and id.
    made = _draft(last + 1, draft.content)
    made.questionnaire_id = row.id
    session.add(made)
    return made


def _note_change(
    session: Session, row: Questionnaire, draft: QuestionnaireVersion, user_id: int | None, now: datetime
) -> None:
    """One deed a sitting: whoever writes presses many buttons."""
    if not in_this_sitting(session, row, user_id, now):
        note(session, row, "questionnaire_changed", user_id, now, version=draft.number)


def _draft_of(row: Questionnaire, seen_digest: str) -> QuestionnaireVersion:
    if row.draft is None:
        raise NoDraft(row.code)
    _check_seen(row.draft, seen_digest)
    return row.draft


def _check_seen(stored: QuestionnaireVersion, seen_digest: str) -> None:
    if stored.digest != seen_digest:
        raise Changed(stored.content, stored.digest)


def _draft(number: int, document: JsonObject) -> QuestionnaireVersion:
    return QuestionnaireVersion(number=number, content=document, digest=digest(document), draft=True)


def _check_document(document: JsonObject) -> None:
    faults = draft_faults(document)
    if faults:
        raise BadForm(faults)


def _check_rules(session: Session, row: Questionnaire, form: Form) -> None:
    """Themes are those of an occasion: what is sent by anything else cannot ask about them."""
    if form.needs_themes:
        anchors = ("occasion_start", "occasion_end")
        sent = used_in(session, row.id)
        wrong = dict.fromkeys(rule.series.title for rule in sent if rule.anchor not in anchors)
        if wrong:
            raise ThemesWithoutOccasion(tuple(wrong))
