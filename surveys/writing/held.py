"""What all writing shares: a questionnaire held, its settings checked, what was done noted."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.domain.drafting import QUESTIONNAIRE_CODE, RESERVED_CODES
from surveys.domain.privacy import PrivacyMode
from surveys.models.deeds import Deed
from surveys.models.questionnaire import WAVES, Questionnaire
from surveys.queries import writing as queries
from surveys.writing.faults import BadQuestionnaire, NoQuestionnaire

# Somebody at work on a draft saves every minute; one line in the list of deeds says it.
_ONE_SITTING = timedelta(hours=1)


def held(session: Session, project_id: int, code: str) -> Questionnaire:
    row = queries.hold(session, project_id, code)
    if row is None:
        raise NoQuestionnaire(code)
    return row


def check_settings(code: str, wave: str, mode: str, taken: set[str]) -> None:
    faults = {}
    if not QUESTIONNAIRE_CODE.fullmatch(code):
        faults["code"] = "bad_code"
    elif code in RESERVED_CODES:
        faults["code"] = "reserved_code"
    elif code in taken:
        faults["code"] = "code_taken"
    if wave not in WAVES:
        faults["wave"] = "unknown_wave"
    if mode not in {each.value for each in PrivacyMode}:
        faults["privacy_mode"] = "mode_not_offered"
    if faults:
        raise BadQuestionnaire(faults)


def in_this_sitting(session: Session, row: Questionnaire, user_id: int | None, now: datetime) -> bool:
    last = queries.last_deed(session, row.project_id, subject_of(row))
    if last is None or last.user_id != user_id or now - last.done_at > _ONE_SITTING:
        return False
    return last.action in {"questionnaire_added", "version_begun", "questionnaire_changed"}


def subject_of(row: Questionnaire) -> str:
    return f"questionnaire:{row.id}"


def note(
    session: Session, row: Questionnaire, action: str, user_id: int | None, now: datetime, **details: object
) -> None:
    session.add(
        Deed(
            project_id=row.project_id,
            user_id=user_id,
            done_at=now,
            action=action,
            subject=subject_of(row),
            details={"questionnaire": row.code, **details},
        )
    )
    session.flush()
