"""What people do by hand with a mailing or a mail: each leaves a deed, and what makes no sense is named."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing, Skipped, StaffMail
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Participant
from surveys.models.programme import Project
from surveys.outbox import act_faults, mailing_acts, message_acts, sending
from surveys.running.access import add_user
from tests.support.builders import ENDED, Course, messages

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
DUE = ENDED + 2 * HOUR
EARLY = DUE - DAY


@pytest.fixture
def course(installation: Installation) -> Course:
    """Three people who were there, a mail after two hours and a reminder after three days."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(3))
        course.rule(reminder_days=[3])
        course.refresh(EARLY)
        return course


def mailings(db: Database) -> list[Mailing]:
    with db.reading() as session:
        found = session.scalars(select(Mailing).order_by(Mailing.step)).all()
        session.expunge_all()
        return list(found)


def expand(installation: Installation, now: datetime) -> None:
    while planning.expand_next(installation.database, installation.keys, now):
        pass


def send_all(installation: Installation, now: datetime) -> list[sending.Claimed]:
    done: list[sending.Claimed] = []
    while claimed := sending.claim_next(installation.database, installation.keys, now, "w", LEASE):
        if not isinstance(claimed, Skipped):
            sending.settle(installation.database, claimed.message_id, Outcome("sent"), now)
        done.append(claimed)
    return done


def deeds(db: Database) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        found = session.scalars(select(Deed).order_by(Deed.id))
        return [(each.action, each.subject, each.why) for each in found]


def rows(db: Database) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        return [(each.state, each.reason) for each in messages(session)]


def test_send_now_goes_now_and_its_reminder_counts_from_then(
    installation: Installation, course: Course
) -> None:
    db = installation.database
    first = mailings(db)[0]
    shown = mailing_acts.send_now(db, first.id, None, "Bråttom", EARLY, rehearse=True)
    assert mailings(db)[0].due_at == DUE
    assert deeds(db) == []
    done = mailing_acts.send_now(db, first.id, None, "Bråttom", EARLY)
    assert done == shown
    assert {(each.before.step, each.after.due_at) for each in done.moved} == {
        (0, EARLY),
        (1, EARLY + 3 * DAY),
    }
    expand(installation, EARLY)
    assert len(send_all(installation, EARLY)) == 3
    assert deeds(db) == [("send_now", f"mailing:{first.id}", "Bråttom")]


def test_send_now_goes_in_quiet_hours(installation: Installation, course: Course) -> None:
    db = installation.database
    with db.transaction() as session:
        session.execute(update(Project).values(quiet_from=time(8), quiet_to=time(7)))
        planning.refresh_mailings(session, course.series.id, EARLY)
    mailing_acts.send_now(db, mailings(db)[0].id, None, "", EARLY)
    expand(installation, EARLY)
    assert all(isinstance(each, Outgoing) for each in send_all(installation, EARLY))


def test_what_was_missed_and_is_still_open_can_be_sent(installation: Installation, course: Course) -> None:
    db, late = installation.database, DUE + 4 * DAY
    expand(installation, late)
    assert mailings(db)[0].state == "missed"
    mailing_acts.send_now(db, mailings(db)[0].id, None, "", late)
    expand(installation, late)
    assert len(send_all(installation, late)) == 3


def test_skipped_stays_skipped_until_somebody_says_otherwise(
    installation: Installation, course: Course
) -> None:
    db = installation.database
    first = mailings(db)[0]
    done = mailing_acts.skip(db, first.id, None, "Inställt", EARLY)
    assert [each.step for each in done.dropped][:1] == [0]
    with db.transaction() as session:
        planning.refresh_mailings(session, course.series.id, EARLY)
    expand(installation, DUE)
    assert (mailings(db)[0].state, mailings(db)[0].reason) == ("cancelled", "skipped")
    back = mailing_acts.unskip(db, first.id, None, "Ändå", DUE)
    assert [each.step for each in back.at_once] == [0]
    expand(installation, DUE)
    assert len(send_all(installation, DUE)) == 3


def test_skip_stops_what_lies_in_the_outbox(installation: Installation, course: Course) -> None:
    db = installation.database
    expand(installation, DUE)
    mailing_acts.skip(db, mailings(db)[0].id, None, "", DUE)
    assert rows(db) == [("cancelled", "skipped")] * 3
    assert send_all(installation, DUE) == []


def test_override_of_what_is_deferred(installation: Installation, course: Course) -> None:
    db = installation.database
    with db.transaction() as session:
        session.execute(update(Project).values(quiet_from=time(18), quiet_to=time(8)))
        planning.refresh_mailings(session, course.series.id, EARLY)
    first = mailings(db)[0]
    assert (first.deferral, first.due_at > DUE) == ("quiet_hours", True)
    mailing_acts.override_quiet(db, first.id, None, "Lovat", EARLY)
    assert mailings(db)[0].due_at == DUE
    expand(installation, DUE)
    assert all(isinstance(each, Outgoing) for each in send_all(installation, DUE))


def test_override_of_mails_that_became_quiet_in_the_outbox(
    installation: Installation, course: Course
) -> None:
    db = installation.database
    expand(installation, DUE)
    with db.transaction() as session:
        session.execute(update(Project).values(quiet_from=time(18), quiet_to=time(8)))
    send_all(installation, DUE)
    assert rows(db) == [("due", "quiet_hours")] * 3
    with db.reading() as session:
        one = messages(session)[0].id
    message_acts.send_message_now(db, one, None, "", DUE)
    assert len(send_all(installation, DUE)) == 1
    mailing_acts.override_quiet(db, mailings(db)[0].id, None, "", DUE)
    assert len(send_all(installation, DUE)) == 2


def test_sent_again_with_the_same_link(installation: Installation, course: Course) -> None:
    db = installation.database
    expand(installation, DUE)
    first = send_all(installation, DUE)[0]
    assert isinstance(first, Outgoing)
    with db.reading() as session:
        wanted = select(Message.invitation_id).where(Message.id == first.message_id)
        invitation_id = session.scalars(wanted).one() or 0
    message_id = message_acts.send_again(db, invitation_id, None, "Ringde", DUE + DAY)
    with pytest.raises(act_faults.AlreadyWaiting):
        message_acts.send_again(db, invitation_id, None, "Ringde", DUE + DAY)
    (again,) = send_all(installation, DUE + DAY)
    assert isinstance(again, Outgoing)
    assert (again.path, again.message_id) == (first.path, message_id)
    assert again.public_id != first.public_id
    assert deeds(db) == [("send_again", f"message:{message_id}", "Ringde")]


def test_one_mail_is_skipped_and_one_that_may_have_left_is_not_tried_again(
    installation: Installation, course: Course
) -> None:
    db = installation.database
    expand(installation, DUE)
    claimed = sending.claim_next(db, installation.keys, DUE, "w", LEASE)
    assert isinstance(claimed, Outgoing)
    with pytest.raises(act_faults.AlreadySent):
        message_acts.skip_message(db, claimed.message_id, None, "", DUE)
    with db.reading() as session:
        due = [each.id for each in messages(session) if each.state == "due"]
    message_acts.skip_message(db, due[0], None, "", DUE)
    message_acts.skip_message(db, claimed.message_id, None, "", DUE + LEASE)
    assert sorted(rows(db), key=str) == [("cancelled", "skipped"), ("due", None), ("missed", "uncertain")]


def test_a_test_mail_is_the_real_one_with_a_dead_link(installation: Installation, course: Course) -> None:
    db = installation.database
    me = add_user(db, "org@prov.example", "Ola", "tre små gröna ekar", roles={"prov": "organiser"})
    first = mailings(db)[0]
    for language in ("sv", "en"):
        mailing_acts.test_send(db, first.id, "p1", language, me, EARLY)
    mails = send_all(installation, EARLY)
    assert sorted(each.language for each in mails if isinstance(each, StaffMail)) == ["en", "sv"]
    mail = mails[0]
    assert isinstance(mail, StaffMail)
    assert mail.original is not None
    assert (mail.address, mail.kind) == ("org@prov.example", "test")
    assert (mail.original.receiver, mail.original.path) == ("Person 1", "/")
    with pytest.raises(act_faults.UnknownPerson):
        mailing_acts.test_send(db, first.id, "nobody", "sv", me, EARLY)
    with db.transaction() as session:
        session.get_one(User, me).active = False
    mailing_acts.test_send(db, first.id, "p1", "sv", me, EARLY)
    send_all(installation, EARLY)
    assert rows(db)[-1] == ("cancelled", "user_inactive")


ACTS: list[tuple[Callable[..., Any], datetime, bool, type[Exception]]] = [
    (mailing_acts.send_now, DUE + 15 * DAY, False, act_faults.Closed),
    (mailing_acts.send_now, DUE, True, act_faults.AlreadySent),
    (mailing_acts.skip, DUE, True, act_faults.AlreadySent),
    (mailing_acts.unskip, EARLY, False, act_faults.NotSkipped),
    (mailing_acts.override_quiet, EARLY, False, act_faults.NotDeferred),
]


@pytest.mark.parametrize(("act", "now", "sent", "error"), ACTS)
def test_what_makes_no_sense_is_named_and_leaves_no_deed(
    installation: Installation,
    course: Course,
    act: Callable[..., Any],
    now: datetime,
    sent: bool,
    error: type[Exception],
) -> None:
    db = installation.database
    if sent:
        expand(installation, DUE)
        send_all(installation, DUE)
    with pytest.raises(error):
        act(db, mailings(db)[0].id, None, "", now)
    assert deeds(db) == []


@pytest.mark.parametrize("unknown", [999_999, 10**12, -1])
def test_what_is_not_there_is_unknown(installation: Installation, course: Course, unknown: int) -> None:
    db = installation.database
    for act in (mailing_acts.send_now, mailing_acts.skip, mailing_acts.unskip, mailing_acts.override_quiet):
        with pytest.raises(act_faults.UnknownMailing):
            act(db, unknown, None, "", DUE)
    for one in (message_acts.skip_message, message_acts.send_message_now, message_acts.send_again):
        with pytest.raises(act_faults.UnknownMessage):
            one(db, unknown, None, "", DUE)


def end(invitation: Invitation) -> None:
    invitation.enrolment.state = "dropped_out"


def withdraw(invitation: Invitation) -> None:
    invitation.withdrawn_at = DUE


def kill(invitation: Invitation) -> None:
    person: Participant = invitation.enrolment.participant
    person.dead_address = person.email


@pytest.mark.parametrize(
    ("change", "now", "error"),
    [
        (end, DUE, act_faults.EnrolmentEnded),
        (withdraw, DUE, act_faults.LinkWithdrawn),
        (kill, DUE, act_faults.AddressDead),
        (lambda _each: None, DUE + 15 * DAY, act_faults.Closed),
    ],
)
def test_sending_again_what_would_not_arrive_is_refused(
    installation: Installation,
    course: Course,
    change: Callable[[Invitation], None],
    now: datetime,
    error: type[Exception],
) -> None:
    db = installation.database
    expand(installation, DUE)
    send_all(installation, DUE)
    with db.transaction() as session:
        invitation = session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert invitation
        change(invitation)
    with pytest.raises(error):
        message_acts.send_again(db, invitation.id, None, "", now)
    with db.reading() as session:
        assert session.scalars(select(Message.resend)).all() == [0, 0, 0]
