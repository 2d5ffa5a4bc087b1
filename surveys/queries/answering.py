"""Reading for those who answer: what a link leads to, in one select.

Also the only way others ask whether somebody has answered: by a key that they compute.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    lambda_stmt,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from surveys.domain.privacy import common_target
from surveys.keys import Keyring, token_hash
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import FollowUpRule, Invitation, Mailing, RetiredLink
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Organisation, Project, Series, Theme
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response

AskedRow = Row[*tuple[Any, ...]]

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
FIELD, RECORD = "\x1f", "\x1e"  # in what is selected as one text: control characters, in no title


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a link leads to."""

    public_id: str
    withdrawn: bool


def link_target(connection: Connection, token: str) -> LinkTarget | None:
    """Return what the link of an invitation to answer leads to, None where it leads nowhere."""
    row = connection.execute(_TARGET, {"token_hash": token_hash(token)}).one_or_none()
    return row and LinkTarget(row.public_id, row.withdrawn_at is not None)


def is_retired(connection: Connection, token: str) -> bool:
    """Say whether the link has been replaced by a newer one."""
    retired = select(RetiredLink.token_hash).where(RetiredLink.token_hash == token_hash(token))
    return connection.scalar(retired) is not None


def hold_invitation(connection: Connection, public_id: str) -> None:
    """Let no other transaction save an answer to the invitation until this one ends."""
    # On SQLite a writing transaction has the whole database to itself from its first moment.
    if connection.dialect.name != "sqlite" and _PUBLIC_ID.fullmatch(public_id):
        connection.execute(select(Invitation.id).where(Invitation.public_id == public_id).with_for_update())


def decline(connection: Connection, public_id: str, declined: bool) -> None:
    """Write down that a person has taken the answer back, or has answered anew."""
    values = update(Invitation).where(Invitation.public_id == public_id).values(declined=declined)
    connection.execute(values)


def asked(connection: Connection, keys: Keyring, public_id: str) -> AskedRow | None:
    """Return all that a page needs about an invitation to answer; None where there is none.

    One select, and another where the answer stands under a key of its own.
    """
    # Addresses are typed by anyone: PostgreSQL refuses a NUL, and says so with an error.
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    found = connection.execute(_ASKED, {"public_id": public_id, "response_key": keys.response_key(public_id)})
    row = found.one_or_none()
    if row is None or row.key_name is None:
        return row
    own = {"public_id": public_id, "response_key": keys.response_key(public_id, row.key_name)}
    return connection.execute(_ASKED, own).one_or_none()


def answered_keys(session: Session, rule_id: int, target: str) -> set[str]:
    """The keys of all that is sent in for a rule at a target. Compare with ``keys.response_key(…)``."""
    return set(
        session.scalars(
            select(Response.response_key).where(
                Response.rule_id == rule_id,
                Response.target.in_((target, common_target(target))),
                Response.submitted_at.is_not(None),
            )
        )
    )


def is_answered(session: Session, response_key: str) -> bool:
    """Whether something is sent in under this key."""
    return session.connection().scalar(_ANSWERED, {"response_key": response_key}) is not None


def logotype_of(connection: Connection, public_id: str) -> AskedRow | None:
    """The token hash of an invitation, and the logotype of its project with its type."""
    if not _PUBLIC_ID.fullmatch(public_id):
        return None
    return connection.execute(
        select(Invitation.token_hash, Project.logotype, Project.logotype_type)
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Series, Series.id == Enrolment.series_id)
        .join(Project, Project.id == Series.project_id)
        .where(Invitation.public_id == public_id)
    ).one_or_none()


def _asked() -> Select[*tuple[Any, ...]]:
    """A response in progress stays on its version; a new one is on the newest in use."""
    newer = aliased(QuestionnaireVersion)
    newest = (
        select(newer.id)
        .where(newer.questionnaire_id == Questionnaire.id, newer.draft.is_(False))
        .order_by(newer.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    # In the same row, so that a page costs one select; a parameter here would be written into it each time.
    record: Any = literal_column(f"'{RECORD}'", String())
    themes = (
        select(func.aggregate_strings(Theme.code + FIELD + Theme.title, record))
        .where(Theme.occasion_id == Mailing.occasion_id)
        .correlate(Mailing)
        .scalar_subquery()
    )
    return (
        select(
            themes.label("themes"),
            Invitation.public_id,
            Invitation.token_hash,
            Invitation.withdrawn_at,
            Invitation.rule_id,
            Invitation.target,
            Invitation.key_name,
            Invitation.declined,
            _key_closed_at().label("key_closed_at"),
            Mailing.due_at,
            Mailing.closes_at,
            Mailing.occasion_id,
            Mailing.timezone,
            Questionnaire.id.label("questionnaire_id"),
            Questionnaire.privacy_mode,
            Enrolment.id.label("enrolment_id"),
            Enrolment.public_id.label("enrolment"),
            Enrolment.work_group,
            Participant.name,
            Participant.language,
            Participant.gender,
            Organisation.code.label("organisation"),
            Series.title.label("series_title"),
            Project.code.label("project_code"),
            Project.title.label("project_title"),
            Project.languages,
            Project.sender_name,
            Project.reply_to,
            Project.privacy,
            Project.privacy_wording,
            Project.logotype_type,
            Project.logotype_text,
            Project.emblem,
            Project.timezone.label("project_timezone"),
            Occasion.number.label("occasion_number"),
            Occasion.title.label("occasion_title"),
            Occasion.ends_wall.label("occasion_ends"),
            Theme.code.label("theme_code"),
            QuestionnaireVersion.id.label("version_id"),
            QuestionnaireVersion.digest.label("version_digest"),
            QuestionnaireVersion.locked_at,
            Response.id.label("response_id"),
            Response.revision,
            Response.answers,
            Response.draft,
            Response.saved_at,
            Response.submitted_at,
            Response.source,
        )
        .join(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
        .join(Questionnaire, Questionnaire.id == FollowUpRule.questionnaire_id)
        .join(Mailing, Mailing.id == Invitation.mailing_id)
        .join(Enrolment, Enrolment.id == Invitation.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Series, Series.id == Enrolment.series_id)
        .join(Project, Project.id == Series.project_id)
        .outerjoin(AnswerKey, AnswerKey.name == Invitation.key_name)
        .outerjoin(Organisation, Organisation.id == Participant.organisation_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .outerjoin(
            Attendance,
            and_(Attendance.occasion_id == Mailing.occasion_id, Attendance.enrolment_id == Enrolment.id),
        )
        .outerjoin(Theme, Theme.id == Attendance.theme_id)
        .outerjoin(Response, Response.response_key == bindparam("response_key"))
        .join(QuestionnaireVersion, QuestionnaireVersion.id == func.coalesce(Response.version_id, newest))
        .where(Invitation.public_id == bindparam("public_id"))
    )


def _key_closed_at() -> ColumnElement[Any]:
    """When the key was closed; of one whose file is gone while the database, restored, has not heard of it,
    some moment: what would stand under it stands under "", and so would everybody else's.
    """
    gone = bindparam("response_key", type_=String()) == ""
    return func.coalesce(AnswerKey.closed_at, case((gone, Mailing.due_at)))


# SQLAlchemy looks up what it has compiled by all that a statement is made of, which takes longer for one of
# this size than to run it. Given as a function it is looked up by that alone.
_ASKED = lambda_stmt(_asked, enable_tracking=False, track_closure_variables=False)
# Asked for every mail before it goes, so put together once.
_ANSWERED = select(Response.id).where(
    Response.response_key == bindparam("response_key"), Response.submitted_at.is_not(None)
)
_TARGET = (
    select(Invitation.public_id, Invitation.withdrawn_at)
    .join(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
    .where(Invitation.token_hash == bindparam("token_hash"), FollowUpRule.questionnaire_id.is_not(None))
)
