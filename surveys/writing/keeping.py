"""What is no part of a version: a questionnaire's code, measurement and privacy mode; and its removal."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.texts import DEFAULT_LANGUAGE, pick
from surveys.followups import gone
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import programme
from surveys.queries import writing as queries
from surveys.queries.projects import used_in
from surveys.writing.faults import BadQuestionnaire, InUse, Uses
from surveys.writing.held import check_settings, held, note


def change_settings(
    db: Database,
    project_id: int,
    questionnaire_code: str,
    code: str,
    wave: str,
    privacy_mode: str,
    user_id: int | None,
    now: datetime,
) -> None:
    """Change what is no part of a version. Raises :class:`NoQuestionnaire` and :class:`BadQuestionnaire`:
    ``code_in_use`` once a version has been in use, ``privacy_mode_in_use`` once somebody has answered.
    """
    with db.transaction() as session:
        queries.hold_project(session, project_id)
        row = held(session, project_id, questionnaire_code)
        taken, _last = queries.codes_and_last_position(session, project_id)
        check_settings(code, wave, privacy_mode, taken - {row.code})
        faults = {}
        if code != row.code and row.in_use is not None:
            faults["code"] = "code_in_use"
        if privacy_mode != row.privacy_mode and programme.has_been_asked(session, row):
            faults["privacy_mode"] = "privacy_mode_in_use"
        if faults:
            raise BadQuestionnaire(faults)
        if (row.code, row.wave, row.privacy_mode) == (code, wave, privacy_mode):
            return
        row.code, row.wave, row.privacy_mode = code, wave, privacy_mode
        note(session, row, "questionnaire_settings", user_id, now, wave=wave, privacy_mode=privacy_mode)


def remove_questionnaire(
    db: Database, project_id: int, questionnaire_code: str, user_id: int | None, now: datetime
) -> None:
    """Remove a questionnaire that nothing uses. Raises :class:`NoQuestionnaire`, :class:`InUse`."""
    with db.transaction() as session:
        row = held(session, project_id, questionnaire_code)
        uses = uses_of(session, row)
        if uses:
            raise InUse(uses)
        note(
            session,
            row,
            "questionnaire_removed",
            user_id,
            now,
            title=pick(row.written.content["title"], DEFAULT_LANGUAGE),
        )
        session.execute(delete(QuestionnaireVersion).where(QuestionnaireVersion.questionnaire_id == row.id))
        session.expunge(row)
        session.execute(delete(Questionnaire).where(Questionnaire.id == row.id))
        gone.let_go(session, "questionnaire")


def uses_of(session: Session, row: Questionnaire) -> Uses:
    """By what a questionnaire is used; false where it can be removed."""
    sent = used_in(session, row.id)
    held = queries.rules_with_conditions_on(session, row.project_id, row.code)
    return Uses(
        tuple(dict.fromkeys(rule.series.title for rule in sent)),
        tuple(dict.fromkeys(rule.series.title for rule in held)),
        queries.response_count(session, row.id),
    )
