"""A scheduler without a network: it plans and dispatches as the program does, and writes down each mail.

Every mail is looked at as it is handed over: whether it may go at this moment, to this person, about this.
Every check asks the tables what is so, not the code that is tested.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.calendar_days import is_quiet_day
from surveys.database import Database
from surveys.domain.quiet import next_allowed
from surveys.followups import planning
from surveys.keys import Keyring
from surveys.mail.outgoing import Outcome, Outgoing, Skipped, StaffMail
from surveys.models.followup import Invitation, Mailing
from surveys.models.log import LogEntry
from surveys.models.message import ASKING_KINDS, NOTICE_KINDS, Message
from surveys.models.people import Attendance, Enrolment, MailStop
from surveys.models.programme import Occasion, OccasionChange, Project
from surveys.models.response import Response
from surveys.outbox import sending, sending_state
from surveys.outbox.sending import Delivered, Desk

LEASE = timedelta(minutes=10)
MOST_ROUNDS = 600
REMINDERS = ("reminder", "log_reminder")
# What may come of a mail. "killed": handed over, then the process died; "dropped": it died just before.
ALL_WELL = ("sent",)
FATES = ("sent", "sent", "sent", "sent", "later", "uncertain", "killed", "dropped")
ENDED = ("cancelled", "dropped_out")
MAY_HAVE_LEFT = frozenset({"sent", "uncertain", "killed"})


@dataclass(frozen=True)
class Said:
    """What a mail tells of an occasion."""

    starts: datetime | None
    ends: datetime | None
    timezone: str
    place: str | None
    cancelled: bool

    def differs(self, now: "Said") -> bool:
        """Whether somebody who was told this has to be told of ``now``."""
        return self != now and not (self.cancelled and now.cancelled)


@dataclass(frozen=True)
class HandedOver:
    """One mail that went to the server, and what came of it."""

    at: datetime
    mail: Outgoing
    fate: str
    enrolment_id: int
    invitation_id: int | None
    occasion_id: int | None
    resend: int

    @property
    def said(self) -> Said | None:
        about = self.mail.about
        if about is None:
            return None
        return Said(about.starts, about.ends, about.timezone, about.place, about.cancelled)


@dataclass
class PostOffice:
    """Who hands mail over, and all that was handed over; ``fates`` are used up in turn."""

    db: Database
    keys: Keyring
    per_minute: int = 0
    fates: Iterator[str] = field(default_factory=lambda: cycle(ALL_WELL))
    handed: list[HandedOver] = field(default_factory=list)
    relinked: set[int] = field(default_factory=set)
    # (enrolment, occasion) of mails that were claimed and never handed over; nobody else knows that.
    dropped: set[tuple[int, int | None]] = field(default_factory=set)
    to_staff: int = 0

    def go_round(self, now: datetime, fates: Sequence[str] = ALL_WELL) -> None:
        """A round of the planner and one of each of two dispatchers."""
        self.fates = cycle(fates)
        state = sending_state.state(self.db)
        self.plan(now)
        for worker in ("one", "two"):
            self._dispatch(now, worker)
        shut = state.is_muted or sending_state.pauses_at(state.paused_until, now)
        if not shut and not self.per_minute:
            self._nothing_is_left(now)

    def plan(self, now: datetime) -> None:
        """A round of the planner alone."""
        if sending_state.state(self.db).is_muted:
            return
        for _ in range(MOST_ROUNDS):
            if not planning.expand_next(self.db, self.keys, now):
                return
        raise AssertionError("the planner goes round in circles")

    def _dispatch(self, now: datetime, worker: str) -> None:
        desk = Desk(worker, LEASE, per_minute=self.per_minute)
        delivered: Delivered | None = None
        for _ in range(MOST_ROUNDS):
            claimed = sending.settle_and_claim(self.db, self.keys, delivered, now, desk)
            delivered = None
            if claimed is None:
                return
            if not isinstance(claimed, Skipped):
                delivered = self._hand_over(claimed, now)
        raise AssertionError("the dispatcher goes round in circles")

    def _hand_over(self, claimed: Outgoing | StaffMail, now: datetime) -> Delivered | None:
        assert not sending_state.state(self.db).is_muted
        fate = next(self.fates)
        if isinstance(claimed, StaffMail):
            self.to_staff += 1
        else:
            with self.db.reading() as session:
                (self._drop if fate == "dropped" else self._take)(session, claimed, fate, now)
        if fate in {"killed", "dropped"}:
            return None
        outcome = Outcome(fate, "said so") if fate != "sent" else Outcome("sent", "")
        about = claimed.about if isinstance(claimed, Outgoing) else None
        return Delivered(claimed.message_id, outcome, now, told=about.sequence if about else None)

    def _take(self, session: Session, mail: Outgoing, fate: str, now: datetime) -> None:
        message = session.get_one(Message, mail.message_id)
        enrolment_id, occasion_id = _whom_and_what(message)
        one = HandedOver(now, mail, fate, enrolment_id, message.invitation_id, occasion_id, message.resend)
        _look(session, one, message, self.keys)
        self._is_no_double(one)
        self._keeps_the_cap(session, one, message)
        if mail.kind in NOTICE_KINDS:
            self._has_something_to_tell(one)
        self.handed.append(one)

    def _drop(self, session: Session, mail: Outgoing, _fate: str, _now: datetime) -> None:
        self.dropped.add(_whom_and_what(session.get_one(Message, mail.message_id)))

    def _has_something_to_tell(self, one: HandedOver) -> None:
        before = self.about(one.enrolment_id, one.occasion_id)
        if (one.enrolment_id, one.occasion_id) in self.dropped:
            return
        assert any(each.fate in MAY_HAVE_LEFT for each in before), "told of what they had no mail about"
        # Whether a reminder about the log has told something must not show.
        if one.said and not any(each.mail.is_log for each in before):
            assert before[-1].said != one.said or len(before) > 1, "told of nothing new"

    # What was handed over

    def about(self, enrolment_id: int, occasion_id: int | None) -> list[HandedOver]:
        """Mails to one person about one occasion, in order."""
        return [
            each
            for each in self.handed
            if each.enrolment_id == enrolment_id
            and each.occasion_id == occasion_id
            and each.mail.kind in (*ASKING_KINDS, *NOTICE_KINDS)
        ]

    def letters(self) -> Iterable[HandedOver]:
        """The mails that may have reached somebody and have something to do in them."""
        return [each for each in self.handed if each.fate in MAY_HAVE_LEFT and each.mail.path]

    def _is_no_double(self, one: HandedOver) -> None:
        same = [each for each in self.handed if _key(each) == _key(one)]
        assert all(each.fate != "sent" for each in same), f"sent twice: {_key(one)}"
        assert {each.mail.public_id for each in same} <= {one.mail.public_id}, "another Message-ID"
        if one.invitation_id not in self.relinked:
            assert {each.mail.path for each in same} <= {one.mail.path}, "another link"

    def _keeps_the_cap(self, session: Session, one: HandedOver, message: Message) -> None:
        project = session.scalars(select(Project)).one()
        if project.weekly_cap is None or one.resend or one.mail.kind not in ASKING_KINDS:
            return
        week = one.at.astimezone(ZoneInfo(project.timezone)).isocalendar()[:2]
        had = {
            each.mail.message_id
            for each in self.handed
            if each.enrolment_id == one.enrolment_id
            and each.mail.message_id != one.mail.message_id
            and each.fate == "sent"
            and each.at.astimezone(ZoneInfo(project.timezone)).isocalendar()[:2] == week
        }
        assert len(had) < project.weekly_cap, "more than the cap"

    def _nothing_is_left(self, now: datetime) -> None:
        with self.db.reading() as session:
            left = select(Message).where(Message.next_attempt_at <= now)
            for each in session.scalars(left.where(Message.state.in_(("due", "claimed")))):
                raise AssertionError(f"left in the outbox: {each.kind} {each.state} {each.reason}")
            gone = select(Mailing).where(
                Mailing.state == "expanded", Mailing.step == 0, Mailing.closes_at > now
            )
            for mailing in session.scalars(gone):
                _nobody_is_forgotten(session, mailing)


def _nobody_is_forgotten(session: Session, mailing: Mailing) -> None:
    """Whoever was at an occasion has been asked about it."""
    held = mailing.rule.active and mailing.occasion is not None and not mailing.occasion.cancelled
    if not held or mailing.rule.audience != "present" or mailing.reason is not None:
        return
    asked = select(Invitation.enrolment_id).where(
        Invitation.rule_id == mailing.rule_id, Invitation.target == mailing.target
    )
    there = select(Enrolment.id).join(Attendance, Attendance.enrolment_id == Enrolment.id)
    there = there.where(Attendance.occasion_id == mailing.occasion_id, Attendance.present)
    left_out = there.where(Enrolment.state.not_in(ENDED), Enrolment.id.not_in(asked))
    assert not session.scalars(left_out).all(), "was there and was not asked"


def _whom_and_what(message: Message) -> tuple[int, int | None]:
    """The enrolment that a mail is to, and the occasion it is about."""
    assert message.enrolment_id is not None
    occasion_id = message.occasion_id or (message.mailing.occasion_id if message.mailing else None)
    return message.enrolment_id, occasion_id


def _key(one: HandedOver) -> tuple[object, ...]:
    target = one.invitation_id if one.invitation_id is not None else (one.enrolment_id, one.occasion_id)
    return (target, one.mail.kind, one.mail.step, one.resend)


def said_of(occasion: Occasion | OccasionChange) -> Said:
    return Said(
        occasion.starts_wall,
        occasion.ends_wall,
        occasion.timezone,
        occasion.place,
        occasion.cancelled,
    )


def stops_of(session: Session, enrolment: Enrolment) -> set[str]:
    """The scopes of what a person has ended that reach a series."""
    rows = session.scalars(
        select(MailStop).where(
            MailStop.participant_id == enrolment.participant_id, MailStop.lifted_at.is_(None)
        )
    )
    return {each.scope for each in rows if each.series_id in {None, enrolment.series_id}}


# Whether a mail may go


def _look(session: Session, one: HandedOver, message: Message, keys: Keyring) -> None:
    enrolment = session.get_one(Enrolment, one.enrolment_id)
    participant, stops = enrolment.participant, stops_of(session, enrolment)
    assert enrolment.state not in ENDED, "after withdrawal"
    assert participant.dead_address != one.mail.address == participant.email
    if one.mail.kind == "own_page":
        return
    assert not stops & {"series", "everything"}, "after a stop"
    assert not (one.mail.kind in REMINDERS and "reminders" in stops), "reminded after a stop"
    if one.mail.kind in ASKING_KINDS:
        _look_at_asking(session, one, message, keys)
    else:
        _look_at_notice(session, one)
    if not message.quiet_override:
        _look_at_hour(session, one)


def _look_at_asking(session: Session, one: HandedOver, message: Message, keys: Keyring) -> None:
    invitation = message.invitation
    assert invitation is not None
    first = invitation.mailing
    rule = first.rule
    assert one.at < first.closes_at, "after closing"
    assert one.mail.closes_at == first.closes_at
    assert invitation.withdrawn_at is None, "after withdrawal of the link"
    assert rule.active
    assert rule.series.active
    assert first.occasion is None or not first.occasion.cancelled, "of an occasion that was called off"
    if rule.log_prompt is None and not one.resend:
        key = keys.response_key(invitation.public_id, invitation.key_name)
        there = select(Response).where(Response.response_key == key, Response.submitted_at.is_not(None))
        assert session.scalar(there) is None, "after answering"
    if one.mail.kind == "log_reminder":
        written = select(LogEntry).where(LogEntry.invitation_id == invitation.id)
        assert session.scalars(written).first() is None, "after writing"
    _is_the_only_one(session, invitation)


def _is_the_only_one(session: Session, invitation: Invitation) -> None:
    same = select(Invitation).where(
        Invitation.rule_id == invitation.rule_id,
        Invitation.target == invitation.target,
        Invitation.enrolment_id == invitation.enrolment_id,
    )
    assert len(session.scalars(same).all()) == 1


def _look_at_notice(session: Session, one: HandedOver) -> None:
    occasion = session.get_one(Occasion, one.occasion_id)
    assert one.mail.step == occasion.sequence, "overtaken"
    assert one.said == said_of(occasion)
    told = one.mail.told
    assert told is not None
    before = Said(told.starts, told.ends, told.timezone, told.place, told.cancelled)
    assert before.differs(said_of(occasion)), "there is nothing to tell"


def _look_at_hour(session: Session, one: HandedOver) -> None:
    project = session.scalars(select(Project)).one()
    allowed = planning.allowed_in(project)
    at, why = next_allowed(one.at, allowed.zone, allowed.quiet, is_quiet_day)
    if why is None:
        return
    assert one.mail.kind in NOTICE_KINDS, f"in quiet time: {why}"
    about, told = one.mail.about, one.mail.told
    assert about is not None
    assert told is not None
    starts = [(about.starts, about.timezone), (told.starts, told.timezone)]
    soonest = min(_utc(wall, zone) for wall, zone in starts if wall is not None)
    assert at >= soonest, "a notice in quiet time that could have waited"


def _utc(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def midnight_quiet(project: Project, on: bool = True) -> None:
    """Quiet from six in the evening to eight in the morning, weekends and holidays; or never."""
    project.quiet_from, project.quiet_to = (time(18), time(8)) if on else (None, None)
    project.quiet_weekends = project.quiet_holidays = on
