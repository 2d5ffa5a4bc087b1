"""All that is known about one mail, in one row: whether it is still wanted, and what stands in it."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, MailStop, Participant, PersonalPage
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.texts import MailText

REMINDERS = ("reminder", "log_reminder")
_MAIL = (
    Message.public_id,
    Message.kind,
    Message.step,
    Message.attempts,
    Message.not_before,
    Message.quiet_override,
    Message.occasion_sequence,
)
_SERIES = (Series.id.label("series_id"), Series.title.label("series_title"))
_PROJECT = (
    Project.id.label("project_id"),
    Project.code.label("project_code"),
    Project.title.label("project_title"),
    Project.timezone.label("project_timezone"),
    Project.languages,
    Project.sender_name,
    Project.reply_to,
    Project.emblem,
    Project.quiet_from,
    Project.quiet_to,
    Project.quiet_weekends,
    Project.quiet_holidays,
    Project.weekly_cap,
)
_PERSON = (
    Enrolment.id.label("enrolment_id"),
    Enrolment.public_id.label("enrolment"),
    Enrolment.state.label("enrolment_state"),
    Participant.id.label("participant_id"),
    Participant.name,
    Participant.email,
    Participant.language,
    Participant.dead_address,
)
_OCCASION = (
    Occasion.id.label("occasion_id"),
    Occasion.title.label("occasion_title"),
    Occasion.place,
    Occasion.starts_wall,
    Occasion.ends_wall,
    Occasion.timezone.label("occasion_timezone"),
    Occasion.cancelled,
    Occasion.uid,
    Occasion.sequence,
    Occasion.starts_at,
    Occasion.ends_at,
)
_WORDING = (MailText.subject.label("own_subject"), MailText.body.label("own_body"))
_ASKED = (
    FollowUpRule.active,
    FollowUpRule.log_prompt,
    FollowUpRule.audience,
    Series.active.label("series_active"),
    Series.attendance_kept,
    QuestionnaireVersion.content["title"].label("questionnaire_title"),
    QuestionnaireVersion.content["minutes"].label("minutes"),
)


def asked(session: Session, message_id: int) -> Row[Any]:
    """All that decides whether a claimed asking mail is still wanted, and all that stands in it."""
    return session.connection().execute(_asked(), {"message_id": message_id}).one()


def specimen(session: Session, mailing_id: int, enrolment_id: int) -> Row[Any] | None:
    """What stands in a mailing's mail to an enrolment, whether or not there is one."""
    given = {"mailing_id": mailing_id, "enrolment_id": enrolment_id}
    return session.connection().execute(_specimen(), given).one_or_none()


def personal(session: Session, message_id: int) -> Row[Any]:
    """All about a claimed notice or mail with one's own page."""
    return session.connection().execute(_personal(), {"message_id": message_id}).one()


def staff(session: Session, message_id: int) -> Row[Any]:
    """All about a claimed mail to a user, but for where it comes from."""
    return session.connection().execute(_STAFF, {"message_id": message_id}).one()


def project(session: Session, project_id: int | None, mailing_id: int | None) -> Project | None:
    """The project a mail to staff comes from: the one named, else that of its mailing."""
    if project_id is not None:
        return session.get(Project, project_id)
    wanted = (
        select(Project)
        .join(Series, Series.project_id == Project.id)
        .join(FollowUpRule, FollowUpRule.series_id == Series.id)
        .join(Mailing, Mailing.rule_id == FollowUpRule.id)
    )
    return session.scalar(wanted.where(Mailing.id == mailing_id))


def _to_person() -> "Select[*tuple[Any, ...]]":
    """All that is known of a mail (``message_id``) to a participant, whatever it is for.

    Which Occasion it is about is for the caller to join.
    """
    return (
        select(*_MAIL, *_SERIES, *_PERSON, *_PROJECT, *_OCCASION, *_WORDING, _stopped().label("stopped"))
        .join(Enrolment, Enrolment.id == Message.enrolment_id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .join(Series, Series.id == Enrolment.series_id)
        .join(Project, Project.id == Series.project_id)
        .outerjoin(MailText, _own_wording())
        .where(Message.id == bindparam("message_id"))
    )


def _stopped() -> ColumnElement[bool]:
    """Whether the participant wants no mail of this kind any more."""
    reaches = or_(
        MailStop.scope == "everything",
        and_(MailStop.scope == "series", MailStop.series_id == Series.id),
        and_(MailStop.scope == "reminders", Message.kind.in_(REMINDERS)),
    )
    stops = exists().where(MailStop.participant_id == Participant.id, MailStop.lifted_at.is_(None), reaches)
    return stops.correlate(Participant, Series, Message)


def _own_wording() -> ColumnElement[bool]:
    """Which of the project's own wordings is meant; where the language is none of its, there is none."""
    return and_(
        MailText.project_id == Project.id,
        MailText.kind == Message.kind,
        MailText.language == Participant.language,
    )


def _newest() -> Any:
    return (
        select(func.max(QuestionnaireVersion.id))
        .where(
            QuestionnaireVersion.questionnaire_id == FollowUpRule.questionnaire_id,
            QuestionnaireVersion.draft.is_(False),
        )
        .correlate(FollowUpRule)
        .scalar_subquery()
    )


# Asked for every mail, so built once; and at the first one, since that sets up all tables' mapping.
@cache
def _asked() -> "Select[*tuple[Any, ...]]":
    first = aliased(Mailing)
    return (
        _to_person()
        .add_columns(
            Message.resend,
            Mailing.due_at,
            Mailing.expanded_at,
            first.closes_at,
            Invitation.id.label("invitation_id"),
            Invitation.public_id.label("invitation"),
            Invitation.key_name,
            Invitation.declined,
            Invitation.generation,
            Invitation.withdrawn_at,
            *_ASKED,
            LogBook.public_id.label("book"),
            LogBook.generation.label("book_generation"),
            LogBook.withdrawn_at.label("book_withdrawn_at"),
            Attendance.present,
        )
        .join(Mailing, Mailing.id == Message.mailing_id)
        .join(Invitation, Invitation.id == Message.invitation_id)
        .join(first, first.id == Invitation.mailing_id)
        .join(FollowUpRule, FollowUpRule.id == Invitation.rule_id)
        .outerjoin(Occasion, Occasion.id == first.occasion_id)
        .outerjoin(
            Attendance, and_(Attendance.occasion_id == Occasion.id, Attendance.enrolment_id == Enrolment.id)
        )
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == _newest())
        .outerjoin(LogBook, and_(LogBook.enrolment_id == Enrolment.id, FollowUpRule.log_prompt.is_not(None)))
    )


@cache
def _specimen() -> "Select[*tuple[Any, ...]]":
    return (
        select(Mailing.step, Mailing.closes_at, *_SERIES, *_PERSON, *_ASKED, *_PROJECT, *_OCCASION)
        .join(FollowUpRule, FollowUpRule.id == Mailing.rule_id)
        .join(Series, Series.id == FollowUpRule.series_id)
        .join(Project, Project.id == Series.project_id)
        .join(Enrolment, Enrolment.series_id == Series.id)
        .join(Participant, Participant.id == Enrolment.participant_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == _newest())
        .where(Mailing.id == bindparam("mailing_id"), Enrolment.id == bindparam("enrolment_id"))
    )


@cache
def _personal() -> "Select[*tuple[Any, ...]]":
    return (
        _to_person()
        .add_columns(PersonalPage.public_id.label("page"), PersonalPage.generation)
        .outerjoin(Occasion, Occasion.id == Message.occasion_id)
        .outerjoin(PersonalPage, PersonalPage.participant_id == Participant.id)
    )


_STAFF: "Select[*tuple[Any, ...]]" = (
    select(
        Message.public_id,
        Message.kind,
        Message.step,
        Message.attempts,
        Message.not_before,
        Message.params,
        Message.mailing_id,
        User.name,
        User.email,
        User.language,
        User.active,
    )
    .join(User, User.id == Message.user_id)
    .where(Message.id == bindparam("message_id"))
)
