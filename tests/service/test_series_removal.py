"""A series removed while nothing has come of it, and switched off where something has."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

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
from surveys.models.people import Attendance, Enrolment, Outcome, Participant
from surveys.models.programme import Occasion, OccasionChange, Series, Theme
from surveys.queries import series_removal as queries
from surveys.register import own_page
from surveys.running import access
from tests.support.builders import ENDED, Course

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
    tables = (
        Series,
        Occasion,
        Theme,
        OccasionChange,
        FollowUpRule,
        Mailing,
        Enrolment,
        Outcome,
        PeopleImport,
    )
    with db.reading() as session:
        return {
            each.__tablename__: session.scalar(select(func.count()).select_from(each)) or 0 for each in tables
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


def kept(db: Database, series_id: int) -> str:
    with pytest.raises(series_removal.SeriesKept) as caught:
        series_removal.remove_series(db, series_id, None, NOW)
    return caught.value.code
