"""What a response is made of beside its answers, by the privacy mode: what ties it, when it was, what groups
it.
"""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import Connection, select, update

from surveys.answers.form_view import Answers
from surveys.domain import timing
from surveys.domain.privacy import PrivacyMode, common_target
from surveys.keys import Keyring
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries.answering import AskedRow
from surveys.queries.sheets import SheetKey


def identity(keys: Keyring, row: AskedRow, now: datetime) -> dict[str, object]:
    """What a response is from its first moment. Outside *named* nothing in it refers to the register:
    only keys, which are stored nowhere else.
    """
    mode = PrivacyMode(row.privacy_mode)
    return {
        "rule_id": row.rule_id,
        "target": row.target if mode.keeps_link else common_target(row.target),
        "version_id": row.version_id,
        "privacy_mode": mode.value,
        "response_key": keys.response_key(row.public_id, row.key_name),
        "pairing_key": keys.pairing_key(row.enrolment, row.key_name) if mode.pairable else None,
        "enrolment_id": row.enrolment_id if mode.keeps_link else None,
        "started_at": now,
    }


def kept_moment(row: AskedRow, now: datetime) -> datetime:
    """The moment as it is written down for whoever was asked."""
    return moment(PrivacyMode(row.privacy_mode), row.timezone, now)


def moment(mode: PrivacyMode, timezone: str, now: datetime) -> datetime:
    """A moment as it is written down: where it could lead to a person, the beginning of its day."""
    if mode.keeps_time:
        return now
    return timing.to_utc(datetime.combine(timing.to_wall(now, timezone), time()), timezone)


def lock(connection: Connection, asked: SheetKey, moment: datetime) -> bool:
    """Lock a version: it never changes once somebody has answered it, be it in a draft.

    False where its questions have been changed since they were read: then nothing may be kept.
    """
    same = QuestionnaireVersion.id == asked.version_id, QuestionnaireVersion.digest == asked.digest
    unlocked = QuestionnaireVersion.locked_at.is_(None)
    done = connection.execute(update(QuestionnaireVersion).where(*same, unlocked).values(locked_at=moment))
    return bool(done.rowcount) or connection.scalar(select(QuestionnaireVersion.id).where(*same)) is not None


def background(row: AskedRow, answers: Answers, theme_questions: Sequence[str]) -> dict[str, str]:
    """Coarse classes to break results down by; the theme chosen counts where the register knows none."""
    chosen = next((answers[code] for code in theme_questions if code in answers), None)
    classes = {
        "gender": row.gender,
        "organisation": row.organisation,
        "work_group": row.work_group,
        "theme": row.theme_code or chosen,
    }
    return {name: value for name, value in classes.items() if value}
