"""When a mail may go: quiet hours at the moment of sending, weekly cap, stops, throttle, pause, mute."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing, Skipped, StaffMail
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.people import Attendance, MailStop, Participant
from surveys.models.programme import Project, Series
from surveys.outbox import sending, sending_state
from surveys.running.access import add_user
from tests.support.builders import ENDED, Course, messages

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
DUE = ENDED + 2 * HOUR  # Tuesday 1 December 2026, 18:30 in Stockholm
MONDAY = DUE + timedelta(days=5, hours=5, minutes=30)  # midnight to Monday 7 December


def begin(installation: Installation, how_many: int = 3, kind: str = "rule", **rule: Any) -> None:
    """So many people whose first mail lies in the outbox."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.occasion(present=course.people(how_many))
        getattr(course, kind)(reminder_days=[3], **rule)
        course.refresh()
    assert planning.expand_next(installation.database, installation.keys, DUE)


def claim(installation: Installation, now: datetime = DUE, per_minute: int = 0) -> sending.Claimed:
    desk = sending.Desk("w", LEASE, per_minute=per_minute)
    return sending.settle_and_claim(installation.database, installation.keys, None, now, desk)


def send_all(installation: Installation, now: datetime) -> list[sending.Claimed]:
    done: list[sending.Claimed] = []
    while claimed := claim(installation, now):
        if not isinstance(claimed, Skipped):
            sending.settle(installation.database, claimed.message_id, Outcome("sent"), now)
        done.append(claimed)
    return done


def rows(db: Database) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        return [(each.state, each.reason) for each in messages(session)]


def change(db: Database, statement: Any) -> None:
    with db.transaction() as session:
        session.execute(statement)


# Quiet hours at the moment of sending


def test_what_becomes_quiet_while_it_waits_is_put_off_and_then_not_too_late(
    installation: Installation,
) -> None:
    begin(installation)
    db = installation.database
    change(db, update(Project).values(quiet_from=time(18), quiet_to=time(8), quiet_weekends=True))
    assert len(send_all(installation, DUE)) == 3
    assert rows(db) == [("due", "quiet_hours")] * 3
    morning = DUE + timedelta(hours=13, minutes=30)
    with db.reading() as session:
        assert {(each.not_before, each.next_attempt_at, each.attempts) for each in messages(session)} == {
            (morning, morning, 0)
        }
    assert claim(installation, morning - timedelta(seconds=1)) is None
    late = morning + 9 * HOUR
    assert all(isinstance(each, Outgoing) for each in send_all(installation, late))


def test_what_quiet_times_hold_is_not_late_for_it(installation: Installation) -> None:
    begin(installation)
    db = installation.database
    change(db, update(Message).values(state="due", not_before=DUE + 3 * DAY, next_attempt_at=DUE + 3 * DAY))
    assert all(isinstance(each, Outgoing) for each in send_all(installation, DUE + 4 * DAY))
    assert rows(db) == [("sent", None)] * 3


def test_an_override_goes_in_quiet_hours(installation: Installation) -> None:
    begin(installation)
    db = installation.database
    change(db, update(Project).values(quiet_from=time(18), quiet_to=time(8)))
    change(db, update(Message).values(quiet_override=True))
    assert all(isinstance(each, Outgoing) for each in send_all(installation, DUE))


# The weekly cap


def test_over_the_cap_mail_waits_for_monday(installation: Installation) -> None:
    begin(installation, 1)
    db = installation.database
    with db.transaction() as session:
        course_project = session.scalars(select(Project)).one()
        course_project.weekly_cap = 1
        (mail,) = messages(session)
        session.add(_copy(mail, kind="reminder", step=1, state="sent", sent_at=DUE - DAY))
    (skipped,) = send_all(installation, DUE)
    assert isinstance(skipped, Skipped)
    assert (skipped.state, skipped.reason) == ("due", "weekly_cap")
    with db.reading() as session:
        waiting = session.scalars(select(Message).where(Message.state == "due")).one()
        assert waiting.next_attempt_at == waiting.not_before == MONDAY
    assert isinstance(send_all(installation, MONDAY)[0], Outgoing)


def test_a_reminder_gives_way_to_the_first_mails_of_the_week(installation: Installation) -> None:
    begin(installation, 1)
    db = installation.database
    with db.transaction() as session:
        session.scalars(select(Project)).one().weekly_cap = 2
        (mail,) = messages(session)
        mail.state, mail.sent_at = "sent", DUE - 8 * DAY
        session.add(_copy(mail, kind="reminder", step=1, state="due", next_attempt_at=DUE))
        later = session.scalars(select(Mailing).where(Mailing.step == 0)).one()
        session.add(_planned(later, DUE + DAY))
        session.add(_planned(later, DUE + 2 * DAY, "occasion:8"))
    (skipped,) = send_all(installation, DUE)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "weekly_cap"


def test_without_first_mails_a_reminder_goes(installation: Installation) -> None:
    begin(installation, 1)
    with installation.database.transaction() as session:
        session.scalars(select(Project)).one().weekly_cap = 2
        (mail,) = messages(session)
        mail.state, mail.sent_at = "sent", DUE - DAY
        session.add(_copy(mail, kind="reminder", step=1, state="due", next_attempt_at=DUE))
    assert [type(each) for each in send_all(installation, DUE)] == [Outgoing]


def _copy(mail: Message, **changes: Any) -> Message:
    known = {
        "public_id": f"copy{changes}"[:32],
        "invitation_id": mail.invitation_id,
        "mailing_id": mail.mailing_id,
        "enrolment_id": mail.enrolment_id,
        "next_attempt_at": DUE,
    }
    return Message(**(known | changes))


def _planned(like: Mailing, due: datetime, target: str = "occasion:9") -> Mailing:
    return Mailing(
        rule_id=like.rule_id,
        target=target,
        step=0,
        intended_at=due,
        due_at=due,
        due_wall=due.replace(tzinfo=None),
        timezone=like.timezone,
        closes_at=due + 9 * DAY,
        state="planned",
    )


# Still wanted?


def kill_address(participant: Participant) -> None:
    participant.dead_address = participant.email


def correct_address(participant: Participant) -> None:
    participant.dead_address, participant.email = participant.email, "new@prov.example"


@pytest.mark.parametrize(
    ("act", "expected"),
    [(kill_address, ("refused", "address_dead")), (correct_address, ("sent", None))],
)
def test_a_dead_address_gets_nothing_until_it_is_another(
    installation: Installation, act: Callable[[Participant], None], expected: tuple[str, str | None]
) -> None:
    begin(installation, 2)
    with installation.database.transaction() as session:
        act(session.scalars(select(Participant).order_by(Participant.id)).first() or Participant())
    send_all(installation, DUE)
    assert sorted(rows(installation.database)) == sorted([expected, ("sent", None)])


@pytest.mark.parametrize(
    ("scope", "lifted", "first", "reminder"),
    [
        ("reminders", False, "sent", "cancelled"),
        ("series", False, "cancelled", None),
        ("everything", False, "cancelled", None),
        ("everything", True, "sent", "sent"),
    ],
)
def test_a_stop_stops_what_it_says_and_no_more(
    installation: Installation, scope: str, lifted: bool, first: str, reminder: str | None
) -> None:
    begin(installation, 1)
    db = installation.database
    with db.transaction() as session:
        session.add(
            MailStop(
                participant_id=session.scalars(select(Participant.id)).one(),
                scope=scope,
                series_id=session.scalars(select(Series.id)).one() if scope == "series" else None,
                source="unsubscribe",
                stopped_at=DUE,
                lifted_at=DUE if lifted else None,
            )
        )
    send_all(installation, DUE)
    assert rows(db)[0] == (first, "unsubscribed" if first == "cancelled" else None)
    if reminder is None:
        return
    assert planning.expand_next(db, installation.keys, DUE + 3 * DAY)
    send_all(installation, DUE + 3 * DAY)
    assert rows(db)[1] == (reminder, "unsubscribed" if reminder == "cancelled" else None)


def test_somebody_marked_absent_after_all_gets_nothing(installation: Installation) -> None:
    begin(installation, 2)
    with installation.database.transaction() as session:
        first = session.scalars(select(Attendance).order_by(Attendance.id)).first()
        assert first
        first.present = False
    send_all(installation, DUE)
    assert sorted(rows(installation.database)) == [("cancelled", "absent"), ("sent", None)]


def test_a_series_that_nobody_has_confirmed_sends_nothing(installation: Installation) -> None:
    begin(installation, 1)
    change(installation.database, update(Series).values(active=False))
    send_all(installation, DUE)
    assert rows(installation.database) == [("cancelled", "series_inactive")]


def test_a_stopped_log_reminder_says_no_more_than_others(installation: Installation) -> None:
    begin(installation, 1, "log_rule")
    db = installation.database
    with db.transaction() as session:
        person = session.scalars(select(Participant.id)).one()
        session.add(MailStop(participant_id=person, scope="everything", source="complaint", stopped_at=DUE))
    send_all(installation, DUE)
    assert rows(db) == [("cancelled", "not_needed")]


# The throttle


def test_no_more_than_so_many_a_minute_over_all_dispatchers(installation: Installation) -> None:
    begin(installation, 6)
    second = timedelta(seconds=1)
    assert claim(installation, DUE, 4) is not None, "the first one makes the row"
    claimed = [claim(installation, DUE + each * second, 4) for each in range(1, 6)]
    assert [each is not None for each in claimed] == [True, True, True, False, False]
    assert claim(installation, DUE + 60 * second, 4) is not None
    assert claim(installation, DUE - HOUR, 4) is None, "a clock set back opens a new minute; nothing is due"


# Paused


def test_a_pause_holds_every_dispatcher_and_grows(installation: Installation) -> None:
    begin(installation)
    db = installation.database
    until = sending_state.pause(db, "unreachable", "refused", DUE, 0.0)
    assert until == DUE + timedelta(seconds=30)
    assert sending_state.pause(db, "unreachable", "again", DUE, 0.5) == until, "somebody else has paused it"
    assert claim(installation, DUE) is None
    assert claim(installation, until) is not None
    assert sending_state.pause(db, "unreachable", "refused", until, 0.0) == until + timedelta(minutes=1)
    state = sending_state.state(db)
    assert (state.pauses, state.paused_since, state.pause_text) == (2, DUE, "refused")
    sending_state.recovered(db)
    assert sending_state.state(db) == sending_state.Sending()


def test_a_clock_set_back_does_not_leave_it_paused(installation: Installation) -> None:
    begin(installation)
    sending_state.pause(installation.database, "unreachable", "", DUE + DAY)
    assert claim(installation, DUE) is not None


def test_a_pause_is_told_once_to_those_who_organise(installation: Installation) -> None:
    begin(installation, 0)
    db = installation.database
    for number, role in enumerate(("organiser", "reader")):
        add_user(db, f"u{number}@prov.example", f"U {number}", "tre små gröna ekar", roles={"prov": role})
    sending_state.pause(db, "sign_in_refused", "535 no" + "x" * 2000, DUE, 0.0)
    sending_state.resume(db, None, DUE)
    sending_state.pause(db, "sign_in_refused", "535 no", DUE + timedelta(minutes=5), 0.0)
    sending_state.resume(db, None, DUE + timedelta(minutes=6))
    (mail,) = send_all(installation, DUE + timedelta(minutes=6))
    assert isinstance(mail, StaffMail)
    assert (mail.address, mail.kind, mail.project.code) == ("u0@prov.example", "sending_paused", "prov")
    assert mail.params["code"] == "sign_in_refused"
    with db.reading() as session:
        assert session.scalars(select(Deed.action)).all() == ["resume_sending"] * 2


# Muted


@pytest.mark.parametrize("choice", ["skip", "send"])
def test_muted_nothing_goes_and_what_fell_due_is_skipped_or_sent(
    installation: Installation, choice: str
) -> None:
    begin(installation)
    db, later = installation.database, DUE + 5 * DAY
    sending_state.mute(db, "restored", DUE)
    sending_state.mute(db, "by_hand", DUE + DAY)
    assert sending_state.state(db).muted_reason == "restored"
    assert claim(installation, later) is None
    with db.reading() as session:
        found = sending_state.fallen_due(session, later)
        assert (found.mails, len(found.mailings)) == (3, 1)
    sending_state.unmute(db, None, choice, later)  # type: ignore[arg-type]
    send_all(installation, later)
    if choice == "skip":
        assert rows(db) == [("missed", "muted")] * 3
        assert not planning.expand_next(db, installation.keys, later)
    else:
        assert rows(db) == [("sent", None)] * 3, "five days late, and not for any fault of its own"
        assert not planning.expand_next(db, installation.keys, later), "no reminder beside its mail"


def test_unmuting_what_is_not_muted_changes_nothing(installation: Installation) -> None:
    begin(installation)
    sending_state.unmute(installation.database, None, "skip", DUE)
    assert rows(installation.database) == [("due", None)] * 3
