"""A series removed while nothing has come of it, and switched off where something has."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from surveys.course import series_removal, series_rounds
from surveys.database import Database
from surveys.followups import planning
from surveys.installation import Installation
from surveys.keys import new_public_id
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.imports import PeopleImport
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, MailStop, Outcome, Participant
from surveys.models.programme import Occasion, OccasionChange, Project, Series, Theme
from surveys.models.returned import ReturnedMail
from surveys.outbox import returns, sending
from surveys.outbox.sending import Skipped
from surveys.queries import series_removal as queries
from surveys.register import own_page
from surveys.running import access
from tests.support.builders import ENDED, Course
from tests.support.returned import complaint, out_of_office

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TABLES = (Series, Occasion, Theme, OccasionChange, FollowUpRule, Mailing, Enrolment, Outcome, PeopleImport)
AFTER = ENDED + timedelta(hours=3)


@pytest.fixture
def series_id(db: Database) -> int:
    """A series with all that can belong to one of which nothing has come yet."""
    access.add_user(db, "o@prov.example", "O", "tre små gröna ekar")
    with db.transaction() as session:
        course = Course(session)
        people = course.people(3)
        occasion = course.occasion(themes=[Theme(code=each, title=each) for each in "AB"])
        course.rule()
        user = session.scalars(select(User.id)).one()
        session.add_all(
            [
                OccasionChange(
                    occasion_id=occasion.id,
                    sequence=0,
                    timezone="Europe/Stockholm",
                    cancelled=False,
                    changed_at=NOW,
                ),
                Outcome(enrolment_id=people[0].id, on_date=NOW.date(), kind="work", note=""),
                PeopleImport(
                    public_id=new_public_id(),
                    series_id=course.series.id,
                    user_id=user,
                    created_at=NOW,
                    file_name="a.csv",
                    content=b"",
                    state="uploaded",
                ),
            ]
        )
        course.refresh(NOW)
        mailing = session.scalars(select(Mailing.id)).first()
        session.add(
            Message(
                public_id=new_public_id(),
                mailing_id=mailing,
                user_id=user,
                kind="test",
                step=0,
                state="sent",
                next_attempt_at=NOW,
            )
        )
        return course.series.id


def counts(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {
            each.__tablename__: session.scalar(select(func.count()).select_from(each)) or 0 for each in TABLES
        }


def test_all_of_it_goes_and_the_people_stay(db: Database, series_id: int) -> None:
    copy = series_rounds.copy_round(db, series_id, "Nästa omgång", None, NOW)
    with db.reading() as session:
        found = queries.belongings(session, series_id)
    assert (found.occasions, found.rules, found.enrolments, found.mailings) == (1, 1, 3, 1)
    series_removal.remove_series(db, series_id, None, NOW)
    left = counts(db)
    # only the copy and what is its own
    assert left == {
        "series": 1,
        "occasion": 1,
        "theme": 2,
        "occasion_change": 0,
        "follow_up_rule": 1,
        "mailing": 0,
        "enrolment": 0,
        "outcome": 0,
        "people_import": 0,
    }
    with db.reading() as session:
        assert session.scalars(select(Series.code)).all() == [copy]
        assert len(session.scalars(select(Participant.id)).all()) == 3
        deed = session.scalars(select(Deed)).one()
        assert (deed.action, deed.details) == ("series_removed", {"code": "kurs", "title": "Kursen"})


def test_what_has_been_sent_keeps_it(db: Database, series_id: int, installation: Installation) -> None:
    with db.transaction() as session:
        people = session.scalars(select(Enrolment)).all()
        occasion = session.scalars(select(Occasion.id)).one()
        session.add_all(
            Attendance(occasion_id=occasion, enrolment_id=each.id, present=True, source="staff")
            for each in people
        )
    assert kept(db, series_id) == "has_attendance"
    planning.expand_next(db, installation.keys, AFTER)
    assert kept(db, series_id) == "has_sent"
    assert counts(db)["enrolment"] == 3


def test_the_link_to_somebody_s_page_keeps_it(
    db: Database, series_id: int, installation: Installation
) -> None:
    with db.reading() as session:
        person, user = session.scalars(select(Participant.id)).first(), session.scalars(select(User.id)).one()
    assert person
    own_page.send_link(db, installation.keys, person, user, NOW)
    assert kept(db, series_id) == "has_sent"


def test_switched_off_and_on_again(db: Database, series_id: int) -> None:
    shown = series_removal.switch_off_series(db, series_id, None, NOW, rehearse=True)
    assert len(shown.dropped) == 3
    assert series_removal.switch_off_series(db, series_id, None, NOW) == shown
    assert series_removal.switch_off_series(db, series_id, None, NOW).is_empty  # pressed twice
    assert len(series_rounds.confirm_round(db, series_id, None, NOW).added) == 3


def test_what_comes_back_of_a_mail_tried_neither_keeps_it_nor_strikes_another(
    db: Database, series_id: int, installation: Installation
) -> None:
    with db.reading() as session:
        tried = session.scalars(select(Message.id)).one()
        person = session.scalars(select(Participant.id)).first()
    assert person
    to = f"studs+{installation.keys.return_token(tried)}@folja.example"
    assert returns.take_in(db, installation.keys, out_of_office(to), NOW).kind == "auto_reply"
    series_removal.remove_series(db, series_id, None, NOW)
    with db.reading() as session:
        mail = session.get_one(Message, tried)
        assert (mail.kind, mail.state, mail.mailing_id) == ("test", "sent", None)
        assert session.scalars(select(ReturnedMail.message_id)).all() == [tried]
    somebody_is_mailed(db, person, NOW)
    verdict = returns.take_in(db, installation.keys, complaint(to), NOW + timedelta(minutes=5))
    assert (verdict.kind, verdict.ignored) == ("complaint", "no_consequence")
    with db.reading() as session:
        assert session.scalars(select(MailStop)).all() == []


def somebody_is_mailed(db: Database, participant_id: int, now: datetime) -> None:
    """A new series, and a mail of it that has gone to a person who was in the old one."""
    with db.transaction() as session:
        project = session.scalars(select(Project.id)).one()
        again = Series(
            project_id=project, code="ny", title="Ny", audience="", attendance_kept=False, position=1
        )
        session.add(again)
        session.flush()
        enrolment = Enrolment(
            public_id=new_public_id(),
            series_id=again.id,
            participant_id=participant_id,
            state="started",
            registered_at=now,
            added_at=now,
        )
        session.add(enrolment)
        session.flush()
        session.add(
            Message(
                public_id=new_public_id(),
                enrolment_id=enrolment.id,
                kind="own_page",
                step=0,
                state="sent",
                next_attempt_at=now,
                sent_at=now,
            )
        )


def test_a_mail_to_be_tried_is_not_sent(db: Database, series_id: int, installation: Installation) -> None:
    with db.transaction() as session:
        session.scalars(select(Message)).one().state = "due"
    series_removal.remove_series(db, series_id, None, NOW)
    skipped = sending.claim_next(db, installation.keys, NOW, "w", timedelta(minutes=2))
    assert isinstance(skipped, Skipped)
    assert (skipped.state, skipped.reason) == ("cancelled", "not_needed")


def test_any_number_of_mailings_can_go(db: Database, series_id: int) -> None:
    """No statement names them one by one: databases take no more than so many values in one."""
    with db.transaction() as session:
        rule = session.scalars(select(FollowUpRule.id)).one()
        like = session.scalars(select(Mailing)).first()
        assert like is not None
        times = {"intended_at": NOW, "due_at": NOW, "due_wall": like.due_wall, "closes_at": NOW}
        rest = {"rule_id": rule, "timezone": "Europe/Stockholm", "state": "planned", "step": 0}
        session.execute(insert(Mailing), [{**times, **rest, "target": f"enrolment:{n}"} for n in range(200)])
    most = 0

    def count_values(*call: Any) -> None:
        nonlocal most
        many, values = call[5], call[3]
        most = max(most, 0 if many else len(values))

    event.listen(db.engine, "before_cursor_execute", count_values)
    series_removal.remove_series(db, series_id, None, NOW)
    event.remove(db.engine, "before_cursor_execute", count_values)
    assert 0 < most < 50
    assert counts(db)["mailing"] == 0


def kept(db: Database, series_id: int) -> str:
    with pytest.raises(series_removal.SeriesKept) as caught:
        series_removal.remove_series(db, series_id, None, NOW)
    return caught.value.code
