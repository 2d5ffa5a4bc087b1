"""Whatever is done in whatever order, nobody gets a mail twice or one that is not meant for them any more.

Random sequences of what people do (dates, people, answers, acts by hand) and of time, with planning and
sending as the scheduler does them, mail servers that say "later" and processes that die. What is handed over
is judged in :mod:`tests.support.post_office`.
"""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.answers import logbook, responses
from surveys.course import rescheduling, sending_settings
from surveys.course.rescheduling import By, ReschedulingError, When
from surveys.database import Database
from surveys.followups import planning, rules
from surveys.keys import Keyring
from surveys.models.access import Membership, User
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import NOTICE_KINDS, Message, SendingState
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, Project
from surveys.outbox import mailing_acts, message_acts, sending, sending_state, stops
from surveys.outbox.act_faults import ActError
from surveys.queries.attendance import rows_of
from surveys.register import attendance, people, people_enrolment
from tests.support.builders import Course
from tests.support.forms import filled
from tests.support.post_office import (
    ALL_WELL,
    FATES,
    MAY_HAVE_LEFT,
    HandedOver,
    PostOffice,
    midnight_quiet,
    said_of,
)

START = datetime(2027, 3, 22, 8, tzinfo=UTC)  # the week before Easter, when the clocks change
ZONES = ("Europe/Stockholm", "Europe/Lisbon")
WHICH = st.integers(0, 11)
STATES = st.sampled_from(["registered", "cancelled", "started", "dropped_out"])
SCOPES = st.sampled_from(stops.SCOPES)
FATE = st.lists(st.sampled_from(FATES), min_size=1, max_size=5)
ENDED = ("cancelled", "dropped_out")
UNDER_WAY = ("planned", "waiting", "expanding")


class Sending(RuleBasedStateMachine):
    """One series of three occasions and four rules; the project's quiet times and cap are drawn."""

    database: Database
    keys: Keyring

    @initialize(
        late=st.sampled_from(["from_now", "catch_up", "nothing"]),
        default=st.sampled_from(["nobody", "everyone"]),
        quiet=st.booleans(),
        cap=st.sampled_from([None, None, 1, 3]),
        per_minute=st.sampled_from([0, 0, 0, 2]),
    )
    def begin(self, late: str, default: str, quiet: bool, cap: int | None, per_minute: int) -> None:
        self.now = START
        self.added = 3
        # Whose notices have been held back for a time: when that is over they are not told afterwards.
        self.held_back: set[int] = set()
        self.office = PostOffice(self.database, self.keys, per_minute)
        with self.database.transaction() as session:
            _empty(session)
            course = Course(session)
            self.project_id, self.series_id = course.project.id, course.series.id
            midnight_quiet(course.project, quiet)
            course.project.weekly_cap = cap
            user = User(email="a@prov.example", name="Anna", password_hash="")
            session.add(user)
            session.flush()
            self.user_id = user.id
            session.add(Membership(user_id=user.id, project_id=self.project_id, role="organiser"))
            persons = course.people(3)
            for number in range(3):
                ends = (START + timedelta(days=1 + 4 * number, hours=8)).replace(tzinfo=None)
                course.occasion(f"t{number}", ends=ends, present=persons[: number % 2 + 1])
            known: dict[str, Any] = {"late": late, "attendance_default": default}
            ahead = {"anchor": "occasion_start", "offset_days": -2, "offset_minutes": 0}
            course.rule("efter", reminder_days=[1, 3], close_after_days=6, **known)
            course.rule("fore", audience="everyone", reminder_days=[1], close_after_days=9, **ahead, **known)
            course.rule("anmalan", anchor="registration", audience="everyone", reminder_days=[1], **known)
            course.log_rule(reminder_days=[2], close_after_days=5, **known)
            course.refresh(self.now)

    # What is done to the programme

    @rule(which=WHICH, days=st.integers(-3, 12), hours=st.integers(0, 12), place=st.booleans())
    def move(self, which: int, days: int, hours: int, place: bool) -> None:
        with suppress(ReschedulingError):
            starts = (self.now + timedelta(days=days, hours=hours)).replace(tzinfo=None)
            ends = starts + timedelta(hours=3)
            wanted = When(starts, ends, ZONES[which % 2], "Storgatan 1" if place else "Lillgatan 2")
            occasion_id = self._id(Occasion, which)
            rescheduling.change_occasion(self.database, occasion_id, wanted, By(self.user_id, self.now))

    @rule(which=WHICH, days=st.integers(-6, 6))
    def move_rest(self, which: int, days: int) -> None:
        with suppress(ReschedulingError):
            first = self._id(Occasion, which)
            rescheduling.move_rest(self.database, first, days, By(self.user_id, self.now))

    @rule(which=WHICH, override=st.booleans())
    def cancel_or_reinstate(self, which: int, override: bool) -> None:
        occasion_id = self._id(Occasion, which)
        by = By(self.user_id, self.now, quiet_override=override)
        for act in (rescheduling.cancel_occasion, rescheduling.reinstate_occasion):
            with suppress(ReschedulingError):
                act(self.database, occasion_id, by)
                return

    @rule(which=WHICH, active=st.booleans())
    def switch_rule(self, which: int, active: bool) -> None:
        code = self._one(FollowUpRule, which).code
        rules.switch_rule(self.database, self.series_id, code, active, self.user_id, self.now)

    @rule(quiet=st.booleans(), cap=st.sampled_from([None, 1, 2]))
    def change_settings(self, quiet: bool, cap: int | None) -> None:
        seen = sending_settings.settings_of(self._one(Project, 0))
        hours = (time(18), time(8)) if quiet else (None, None)
        wanted = sending_settings.SendingSettings(*hours, quiet, quiet, cap)
        sending_settings.change_sending(
            self.database, self.project_id, wanted, seen.mark, self.user_id, self.now
        )

    # What is done with people

    @rule()
    def enrol(self) -> None:
        fields = {
            "code": f"ny{self.added}",
            "name": f"Ny {self.added}",
            "email": f"ny{self.added}@prov.example",
        }
        people.add(self.database, self.series_id, fields, self.now, self.user_id)
        self.added += 1

    @rule(which=WHICH, state=STATES)
    def withdraw_or_restore(self, which: int, state: str) -> None:
        enrolled = self._one(Enrolment, which)
        stored = people_enrolment.participation_of(enrolled)
        wanted = replace(stored, state=state)
        people_enrolment.change_enrolment(
            self.database, enrolled.id, wanted, stored.mark, self.now, self.user_id
        )

    @rule(which=WHICH, whom=WHICH, present=st.booleans())
    def attend(self, which: int, whom: int, present: bool) -> None:
        occasion, enrolled = self._id(Occasion, which), self._id(Enrolment, whom)
        with self.database.reading() as session:
            seen = attendance.mark_of(rows_of(session, occasion, [enrolled]).get(enrolled))
        change = attendance.Change(seen, attendance.Mark(present))
        with suppress(attendance.OccasionCancelled):
            attendance.save_marks(self.database, occasion, {enrolled: change}, self.now)

    @rule(which=WHICH, scope=SCOPES, lifted=st.booleans())
    def stop_or_lift(self, which: int, scope: str, lifted: bool) -> None:
        one = self._letter(which)
        if one is None or one.mail.stop is None:
            return
        token = one.mail.stop.removeprefix("/avsluta/")
        (stops.lift if lifted else stops.stop)(self.database, self.keys, token, scope, self.now)
        self.held_back.add(one.enrolment_id)

    @rule(which=WHICH)
    def answer(self, which: int) -> None:
        """Somebody uses the link of a mail that reached them."""
        one = self._letter(which)
        if one is None:
            return
        token = one.mail.path[3:].partition("?")[0]
        if one.mail.is_log:
            with suppress(logbook.BookError):
                book = logbook.resolve_link(self.database, token)
                fields = {"written_on": self.now.date().isoformat(), "text": "Mycket"}
                prompt = one.mail.path.partition("=")[2]
                logbook.write_entry(self.database, book, token, fields, self.now, prompt=prompt)
        else:
            with suppress(responses.LinkError, responses.Closed, responses.Conflict):
                asked = responses.open_link(self.database, token)
                given = {"q-more": [f"Svar {len(self.office.handed)}"]}
                responses.save(self.database, self.keys, asked, token, filled(given), self.now)

    # What is done by hand

    @rule(which=WHICH, act=st.sampled_from(["send_now", "skip", "unskip", "override_quiet"]))
    def act_on_mailing(self, which: int, act: str) -> None:
        with suppress(ActError):
            todo: Callable[..., object] = getattr(mailing_acts, act)
            todo(self.database, self._id(Mailing, which), self.user_id, "så", self.now)

    @rule(which=WHICH, act=st.sampled_from(["skip_message", "send_message_now"]))
    def act_on_mail(self, which: int, act: str) -> None:
        waiting = self._ids(select(Message.id).where(Message.state.in_(("due", "claimed"))))
        if not waiting:
            return
        with suppress(ActError):
            todo: Callable[..., object] = getattr(message_acts, act)
            todo(self.database, waiting[which % len(waiting)], self.user_id, "så", self.now)

    @rule(which=WHICH, act=st.sampled_from(["again", "relink", "withdraw"]))
    def act_on_invitation(self, which: int, act: str) -> None:
        there = self._ids(select(Invitation.id).order_by(Invitation.id))
        if not there:
            return
        chosen = there[which % len(there)]
        if act == "again":
            with suppress(ActError):
                message_acts.send_again(self.database, chosen, self.user_id, "så", self.now)
        elif act == "relink":
            self.office.relinked |= set(there)  # of a log it is every prompt's link
            sending.replace_link(self.database, self.keys, chosen, self.now)
        else:
            sending.withdraw_invitation(self.database, chosen, self.now)

    @rule()
    def mute(self) -> None:
        sending_state.mute(self.database, "by_hand", self.now, self.user_id)

    @rule(choice=st.sampled_from(["skip", "send"]))
    def unmute(self, choice: Any) -> None:
        sending_state.unmute(self.database, self.user_id, choice, self.now)

    @rule(on=st.booleans())
    def pause_or_resume(self, on: bool) -> None:
        if on:
            sending_state.pause(self.database, "repeated_errors", "451", self.now)
        else:
            sending_state.resume(self.database, self.user_id, self.now)

    # Time

    @rule(minutes=st.sampled_from([1, 15, 60, 180, 600, 1500, 4000]), fates=FATE)
    def tick(self, minutes: int, fates: list[str]) -> None:
        """The scheduler stood still for a while, or did not."""
        self.now += timedelta(minutes=minutes)
        self.office.go_round(self.now, fates)

    @rule(steps=st.integers(4, 12), fates=FATE)
    def go_on(self, steps: int, fates: list[str]) -> None:
        for _ in range(steps):
            self.now += timedelta(hours=4)
            self.office.go_round(self.now, fates)

    @rule(minutes=st.sampled_from([60, 600, 1500]))
    def plan_only(self, minutes: int) -> None:
        """The dispatchers stand still: mails lie in the outbox, and things happen before they go."""
        self.now += timedelta(minutes=minutes)
        self.office.plan(self.now)

    # What always holds

    @invariant()
    def nobody_is_asked_twice(self) -> None:
        with self.database.reading() as session:
            rows = session.execute(
                select(Message.invitation_id, Message.kind, Message.step, Message.resend).where(
                    Message.invitation_id.is_not(None)
                )
            )
            assert not [each for each, times in Counter(tuple(row) for row in rows).items() if times > 1]

    @invariant()
    def planning_twice_changes_nothing(self) -> None:
        with self.database.transaction() as session:
            before = _all(session)
            planning.refresh_mailings(session, self.series_id, self.now)
            assert _all(session) == before

    @invariant()
    def whoever_was_told_a_date_is_told_the_new_one(self) -> None:
        """Or it is over; or nobody can tell them, and that is to be seen."""
        known: dict[tuple[int, int], list[HandedOver]] = {}
        for each in self.office.handed:
            if each.fate in MAY_HAVE_LEFT and each.said and each.occasion_id is not None:
                before = known.setdefault((each.enrolment_id, each.occasion_id), [])
                if each.fate == "sent":
                    before.clear()
                before.append(each)
        with self.database.reading() as session:
            for (enrolment_id, occasion_id), mails in known.items():
                occasion = session.get_one(Occasion, occasion_id)
                over = occasion.ends_at is None or occasion.ends_at <= self.now
                ended = session.get_one(Enrolment, enrolment_id).state in ENDED
                if over or ended or enrolment_id in self.held_back:
                    continue
                if any(each.said and each.said.differs(said_of(occasion)) for each in mails):
                    assert _notice_is_on_its_way(session, enrolment_id, occasion), "keeps an old date"

    def teardown(self) -> None:
        if sys.exc_info()[0] is None and hasattr(self, "office"):
            self._end()

    def _end(self) -> None:
        """Time goes on until nothing is ahead: all has been sent, or it is seen why not."""
        sending_state.unmute(self.database, self.user_id, "send", self.now)
        for _ in range(500):
            self.office.go_round(self.now, ALL_WELL)
            self.planning_twice_changes_nothing()
            self.whoever_was_told_a_date_is_told_the_new_one()
            ahead = self._next_moment()
            if ahead is None:
                break
            self.now = max(ahead, self.now + timedelta(minutes=1))
        else:
            raise AssertionError("it never ends")
        with self.database.reading() as session:
            _look_at_the_end(session, self.office)

    def _next_moment(self) -> datetime | None:
        with self.database.reading() as session:
            ahead = [session.scalar(select(func.min(Mailing.due_at)).where(Mailing.state == "planned"))]
            for each in session.scalars(select(Mailing).where(Mailing.state == "waiting")):
                limit = each.due_at + timedelta(hours=each.rule.attendance_wait_hours)
                ahead.append(min(limit, each.closes_at))
            open_mails = Message.state.in_(("due", "claimed"))
            ahead.append(session.scalar(select(func.min(Message.next_attempt_at)).where(open_mails)))
            ahead = [each for each in ahead if each is not None]
            paused = session.scalar(select(SendingState.paused_until))
            found = min((each for each in ahead if each is not None), default=None)
            return max(found, paused) if found and paused and paused > self.now else found

    # Choosing

    def _ids(self, wanted: Any) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(wanted))

    def _id(self, model: Any, which: int) -> int:
        found = self._ids(select(model.id).order_by(model.id))
        return found[which % len(found)]

    def _one(self, model: Any, which: int) -> Any:
        with self.database.reading() as session:
            found = session.get_one(model, self._id(model, which))
            if model is Enrolment:
                assert found.series.project
            session.expunge_all()
            return found

    def _letter(self, which: int) -> HandedOver | None:
        newest = list(islice(reversed(list(self.office.letters())), 12))
        return newest[which % len(newest)] if newest else None


def _notice_is_on_its_way(session: Session, enrolment_id: int, occasion: Occasion) -> bool:
    """Or somebody has stopped it, or the server will not have it, and that is to be seen."""
    notices = session.scalars(
        select(Message).where(
            Message.enrolment_id == enrolment_id,
            Message.occasion_id == occasion.id,
            Message.kind.in_(NOTICE_KINDS),
            Message.step == occasion.sequence,
        )
    )
    seen = {"muted", "skipped", "uncertain", "unsubscribed", "refused", "address_dead", "enrolment_ended"}
    return any(each.state in {"due", "claimed"} or each.reason in seen for each in notices)


def _look_at_the_end(session: Session, office: PostOffice) -> None:
    left = {each.mail.message_id for each in office.handed if each.fate == "sent"}
    for mail in session.scalars(select(Message).where(Message.user_id.is_(None))):
        assert mail.state in {"sent", "cancelled", "refused", "missed"}, mail.state
        assert mail.state == "sent" or mail.reason, "not sent, and nothing says why"
        assert (mail.id in left) == (mail.state == "sent"), "what is written down is not what happened"
    for mailing in session.scalars(select(Mailing)):
        assert mailing.state in {"expanded", "missed", "cancelled"}, mailing.state
        assert mailing.state == "expanded" or mailing.reason
        assert not mailing.recheck
    for invitation in session.scalars(select(Invitation)):
        first = select(Message).where(Message.invitation_id == invitation.id, Message.step == 0)
        assert session.scalars(first).first() is not None, "asked without a mail"


def _all(session: Session) -> list[tuple[Any, ...]]:
    found = select(Mailing).order_by(Mailing.id).execution_options(populate_existing=True)
    mailings = [
        (each.id, each.due_at, each.closes_at, each.state, each.reason, each.deferral, each.recheck)
        for each in session.scalars(found)
    ]
    outbox = select(Message.id, Message.state, Message.next_attempt_at).order_by(Message.id)
    return [*mailings, *(tuple(row) for row in session.execute(outbox))]


def _empty(session: Session) -> None:
    for table in reversed(Mailing.metadata.sorted_tables):
        if table.name != "alembic_version":
            session.execute(table.delete())
    session.flush()


def check(database: Database, folder: Path, examples: int, steps: int, derandomize: bool) -> None:
    Sending.database, Sending.keys = database, Keyring(folder / "keys")
    run_state_machine_as_test(
        Sending,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=(Phase.generate,),  # to shrink a sequence would take longer than to read it
            print_blob=True,
        ),
    )


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_sending_keeps_its_promises(db: Database, tmp_path: Path) -> None:
    check(db, tmp_path, examples=3, steps=12, derandomize=True)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("database_kind", "examples"), [("sqlite", 12), ("postgresql", 4)], indirect=["database_kind"]
)
def test_sending_keeps_its_promises_in_the_long_run(db: Database, tmp_path: Path, examples: int) -> None:
    check(db, tmp_path, examples=examples, steps=30, derandomize=False)
