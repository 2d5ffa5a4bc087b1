"""Moving, cancelling and reinstating occasions: what moves, who is told, what they were told before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from surveys.course import programme, rescheduling
from surveys.course.rescheduling import By, When
from surveys.database import Database
from surveys.domain.timing import OutsideCalendar, UnknownZone, wall_time
from surveys.followups import planning
from surveys.followups.difference import Difference
from surveys.installation import Installation
from surveys.mail.outgoing import Outcome, Outgoing, Skipped
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, MailStop
from surveys.models.programme import Occasion, OccasionChange, Project
from surveys.outbox import sending
from tests.support import staffed
from tests.support.books import ZONE
from tests.support.builders import Course, messages
from tests.support.small import small_programme

HOUR, DAY, LEASE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=2)
STARTS = wall_time("2026-12-01 13:00")
ENDS = wall_time("2026-12-01 16:30")
# Asked a week ahead, Tuesday 24 November at 13:00 in Stockholm.
ASKED = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
LATER = When(wall_time("2026-12-03 13:00"), wall_time("2026-12-03 16:30"), ZONE, "Storgatan 1")
OFFICE = By(None, ASKED)


@pytest.fixture
def occasion_id(installation: Installation) -> int:
    """An occasion that three people are asked about a week ahead, by mail, and a fourth after it."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.people(3)
        occasion = course.occasion(ends=ENDS)
        course.occasion("t2", ends=ENDS + 7 * DAY)
        before = {"anchor": "occasion_start", "offset_days": -7, "offset_minutes": 0}
        course.rule("fore", audience="everyone", reminder_days=[2], occasions={"codes": ["t1"]}, **before)
        course.rule("efter", audience="everyone", reminder_days=[])
        course.refresh()
        return occasion.id


def send_all(installation: Installation, now: datetime) -> list[Outgoing]:
    done = []
    while planning.expand_next(installation.database, installation.keys, now):
        pass
    while claimed := sending.claim_next(installation.database, installation.keys, now, "w", LEASE):
        if isinstance(claimed, Outgoing):
            sending.settle(installation.database, claimed.message_id, Outcome("sent"), now)
            done.append(claimed)
    return done


def move(
    db: Database, occasion_id: int, wanted: When = LATER, now: datetime = ASKED, rehearse: bool = False
) -> Difference:
    return rescheduling.change_occasion(db, occasion_id, wanted, By(None, now), rehearse)


def notices(db: Database) -> list[tuple[str, int, str, str | None]]:
    with db.reading() as session:
        found = [each for each in messages(session) if each.occasion_id is not None]
        return [(each.kind, each.step, each.state, each.reason) for each in found]


def test_nobody_was_told_so_nobody_is_told(installation: Installation, occasion_id: int) -> None:
    difference = move(installation.database, occasion_id, now=ASKED - DAY)
    assert difference.notices == ()
    assert {each.before.rule_code for each in difference.moved} == {"fore", "efter"}
    assert all(each.after.due_at - each.before.due_at == 2 * DAY for each in difference.moved)


def test_those_who_had_a_mail_are_told_what_was_and_what_is(
    installation: Installation, occasion_id: int
) -> None:
    db = installation.database
    assert len(send_all(installation, ASKED)) == 3
    shown = move(db, occasion_id, rehearse=True)
    assert notices(db) == []
    done = move(db, occasion_id)
    assert done == shown
    assert [(each.kind, each.people) for each in done.notices] == [("moved", 3)]
    mails = send_all(installation, ASKED + HOUR)
    assert [each.kind for each in mails] == ["moved"] * 3
    mail = mails[0]
    assert mail.about is not None
    assert mail.told is not None
    assert (mail.told.starts, mail.about.starts) == (STARTS, LATER.starts_wall)
    assert (mail.about.sequence, mail.about.cancelled, mail.path) == (1, False, "")
    with db.reading() as session:
        assert session.scalars(select(Deed.action)).all() == ["move_occasion"]
        assert session.get_one(Occasion, occasion_id).sequence == 1


def test_moved_and_moved_back_before_anything_left_tells_nothing(
    installation: Installation, occasion_id: int
) -> None:
    db = installation.database
    send_all(installation, ASKED)
    move(db, occasion_id)
    move(db, occasion_id, When(STARTS, ENDS, ZONE, "Storgatan 1"))
    assert notices(db) == [("moved", 1, "cancelled", "overtaken")] * 3
    assert send_all(installation, ASKED + HOUR) == []


def test_moved_twice_tells_once_of_both(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    move(db, occasion_id)
    move(db, occasion_id, replace(LATER, place="Hamngatan 2"))
    mails = send_all(installation, ASKED + HOUR)
    assert len(mails) == 3
    assert {(each.told.starts, each.told.place) for each in mails if each.told} == {(STARTS, "Storgatan 1")}


def test_moved_back_after_the_notice_tells_again_from_what_it_said(
    installation: Installation, occasion_id: int
) -> None:
    db = installation.database
    send_all(installation, ASKED)
    move(db, occasion_id)
    send_all(installation, ASKED + HOUR)
    move(db, occasion_id, When(STARTS, ENDS, ZONE, "Storgatan 1"))
    mails = send_all(installation, ASKED + 2 * HOUR)
    assert {each.told.starts for each in mails if each.told} == {LATER.starts_wall}
    assert {(each.kind, each.about.sequence) for each in mails if each.about} == {("moved", 2)}


def test_cancelled_sends_its_notice_and_nothing_else_and_comes_back(
    installation: Installation, occasion_id: int
) -> None:
    db = installation.database
    send_all(installation, ASKED)
    done = rescheduling.cancel_occasion(db, occasion_id, By(None, ASKED + HOUR))
    assert [(each.kind, each.people) for each in done.notices] == [("cancelled", 3)]
    assert done.dropped
    assert [each.kind for each in send_all(installation, ASKED + 3 * DAY)] == ["cancelled"] * 3
    back = rescheduling.reinstate_occasion(db, occasion_id, By(None, ASKED + 4 * DAY))
    assert [(each.kind, each.people) for each in back.notices] == [("reinstated", 3)]
    mails = send_all(installation, ASKED + 4 * DAY)
    # The reminders have fallen due meanwhile; to whom one goes first, it has told that the occasion is on.
    firsts = {each.address: each.kind for each in reversed(mails)}
    assert len(firsts) == 3
    told = sorted(each.address for each in mails if each.kind == "reinstated")
    assert told == sorted(address for address, kind in firsts.items() if kind == "reinstated")
    with db.reading() as session:
        sequences = session.scalars(select(OccasionChange.sequence).order_by(OccasionChange.id)).all()
        assert list(sequences) == [0, 1]


def test_who_never_had_the_mail_hears_nothing_of_it(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    with db.transaction() as session:
        first, second, _ = messages(session)
        first.state, first.reason = "refused", "refused"
        session.get_one(Enrolment, second.enrolment_id).state = "dropped_out"
    done = rescheduling.cancel_occasion(db, occasion_id, OFFICE)
    assert [each.people for each in done.notices] == [1]


def test_what_may_have_left_counts_as_told(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    while planning.expand_next(db, installation.keys, ASKED):
        pass
    claimed = sending.claim_next(db, installation.keys, ASKED, "w", LEASE)
    assert isinstance(claimed, Outgoing)
    assert sum(each.people for each in move(db, occasion_id).notices) == 1
    kinds = [each.kind for each in send_all(installation, ASKED + timedelta(minutes=1))]
    assert sorted(kinds) == ["invitation", "invitation", "moved"], "two are asked with the new date"


def test_of_what_is_over_nobody_is_told(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    after = ASKED + 8 * DAY
    earlier = When(STARTS - DAY, ENDS - DAY, ZONE, "Storgatan 1")
    assert move(db, occasion_id, earlier, after).notices == ()
    assert [each.people for each in move(db, occasion_id, LATER, after).notices] == [3]


def test_a_notice_that_came_too_late_is_missed(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    move(db, occasion_id)
    claimed = sending.claim_next(db, installation.keys, ASKED + 20 * DAY, "w", LEASE)
    assert isinstance(claimed, Skipped)
    assert (claimed.state, claimed.reason) == ("missed", "closed")


def test_notices_keep_quiet_hours_unless_that_is_too_late(
    installation: Installation, occasion_id: int
) -> None:
    db = installation.database
    send_all(installation, ASKED)
    saturday = datetime.fromisoformat("2026-11-28T12:00:00+00:00")
    with db.transaction() as session:
        session.execute(update(Project).values(quiet_weekends=True))
    move(db, occasion_id, now=saturday)
    assert send_all(installation, saturday) == []
    assert {each[2:] for each in notices(db)} == {("due", "weekend")}
    sunday = When(STARTS - 2 * DAY, ENDS - 2 * DAY, ZONE, "Storgatan 1")
    move(db, occasion_id, sunday, saturday)
    assert len(send_all(installation, saturday)) == 3, "Monday would be too late"


def test_who_has_stopped_everything_is_not_told(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    with db.transaction() as session:
        for each in session.scalars(select(Enrolment)).all():
            stop = {"scope": "everything", "source": "unsubscribe", "stopped_at": ASKED}
            session.add(MailStop(participant_id=each.participant_id, **stop))
    move(db, occasion_id)
    assert send_all(installation, ASKED + HOUR) == []
    assert {each[2:] for each in notices(db)} == {("cancelled", "unsubscribed")}


def test_the_rest_of_a_series_moves_with_its_clocks(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    done = rescheduling.move_rest(db, occasion_id, 7, OFFICE)
    assert [(each.occasion, each.people) for each in done.notices] == [("Tillfälle t1", 3)]
    with db.reading() as session:
        walls = session.scalars(select(Occasion.starts_wall).order_by(Occasion.id)).all()
        assert list(walls) == [STARTS + 7 * DAY, STARTS + 14 * DAY]
        details = session.scalars(select(Deed.details)).all()
        assert [each["days"] for each in details if each] == [7, 7]
        second = session.scalars(select(Occasion.id).where(Occasion.code == "t2")).one()
    rescheduling.move_rest(db, second, -7, OFFICE)
    with db.reading() as session:
        assert session.get_one(Occasion, occasion_id).starts_wall == STARTS + 7 * DAY


BAD: list[tuple[When, type[Exception]]] = [
    (replace(LATER, ends_wall=LATER.starts_wall), rescheduling.EndsBeforeStart),
    (replace(LATER, timezone="Mars/Olympus"), UnknownZone),
    (replace(LATER, timezone="../../etc/passwd"), UnknownZone),
    (replace(LATER, place="x" * 201), rescheduling.BadPlace),
    (replace(LATER, place="nul\0"), rescheduling.BadPlace),
    (replace(LATER, place="\ud800"), rescheduling.BadPlace),
    (When(STARTS, ENDS, ZONE, " Storgatan 1 "), rescheduling.NothingChanged),
    (
        When(wall_time("9999-12-31 20:00"), wall_time("9999-12-31 23:59"), "Etc/GMT+12", None),
        OutsideCalendar,
    ),
    # Both in the hour that the clocks leave out.
    (
        When(wall_time("2027-03-28 02:15"), wall_time("2027-03-28 02:45"), ZONE, None),
        rescheduling.EndsBeforeStart,
    ),
]


@pytest.mark.parametrize(("wanted", "error"), BAD)
def test_what_cannot_be_is_refused_and_nothing_changes(
    installation: Installation, occasion_id: int, wanted: When, error: type[Exception]
) -> None:
    db = installation.database
    with pytest.raises(error):
        move(db, occasion_id, wanted)
    with db.reading() as session:
        assert session.get_one(Occasion, occasion_id).sequence == 0
        assert session.scalars(select(OccasionChange)).all() == []


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda db, one: rescheduling.move_rest(db, one, 0, OFFICE), rescheduling.NothingChanged),
        (lambda db, one: rescheduling.move_rest(db, one, 9**9, OFFICE), rescheduling.TooManyDays),
        (lambda db, one: rescheduling.reinstate_occasion(db, one, OFFICE), rescheduling.NothingChanged),
        (lambda db, one: rescheduling.cancel_occasion(db, 10**12, OFFICE), rescheduling.UnknownOccasion),
        (lambda db, one: rescheduling.cancel_occasion(db, -1, OFFICE), rescheduling.UnknownOccasion),
        (
            lambda db, one: rescheduling.cancel_occasion(db, one, By(None, ASKED, seen=3)),
            rescheduling.OccasionConflict,
        ),
    ],
)
def test_what_makes_no_sense_is_named(
    installation: Installation,
    occasion_id: int,
    act: Callable[[Database, int], Difference],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        act(installation.database, occasion_id)


def test_the_reminder_of_a_moved_occasion_follows_it(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    move(db, occasion_id, now=ASKED - DAY)
    with db.reading() as session:
        due = session.scalars(
            select(Mailing.due_at).where(Mailing.target == f"occasion:{occasion_id}").order_by(Mailing.due_at)
        ).all()
    assert due[0] == ASKED + 2 * DAY


def test_a_killed_notice_comes_again_as_the_same(installation: Installation, occasion_id: int) -> None:
    db = installation.database
    send_all(installation, ASKED)
    move(db, occasion_id)
    now = ASKED + HOUR
    first = sending.claim_next(db, installation.keys, now, "killed", LEASE)
    assert isinstance(first, Outgoing)
    assert len(send_all(installation, now)) == 2
    (again,) = send_all(installation, now + LEASE)
    assert (again.public_id, again.kind, again.told) == (first.public_id, first.kind, first.told)
    with db.reading() as session:
        kinds = session.scalars(select(Message.kind).where(Message.kind == "moved")).all()
        assert len(kinds) == 3


def test_a_programme_file_with_another_date_tells_like_a_page(installation: Installation) -> None:
    db = installation.database
    staffed.run_small(installation)
    document = small_programme()
    series = document.programme.series[0]
    first = series.occasions[0]
    assert first.starts is not None
    assert first.ends is not None
    later = first.model_copy(update={"starts": first.starts + 7 * DAY, "ends": first.ends + 7 * DAY})
    changed = series.model_copy(update={"occasions": [later, *series.occasions[1:]]})
    moved = replace(document, programme=document.programme.model_copy(update={"series": [changed]}))
    for _ in range(2):
        programme.load(db, moved, staffed.NOW)
        with db.reading() as session:
            row = session.scalars(select(Occasion).where(Occasion.code == first.code)).one()
            assert row.sequence == 1
            changes = session.scalars(select(OccasionChange)).all()
            assert [(each.occasion_id, each.starts_wall) for each in changes] == [(row.id, first.starts)]
    # Nine were there and were asked about it.
    assert notices(db) == [("moved", 1, "due", None)] * 9
