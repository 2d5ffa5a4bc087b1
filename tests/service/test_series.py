"""Series and occasions made, changed, copied and removed, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from surveys.course import occasions, series, series_rounds
from surveys.course.occasions import NewOccasion
from surveys.database import Database
from surveys.domain.occasion import Description, TimeAndPlace
from surveys.domain.series import BadFields
from surveys.domain.series import Description as SeriesDescription
from surveys.domain.timing import wall_time
from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Occasion, Series
from tests.support.books import ZONE
from tests.support.builders import ENDED, Course

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
AFTER = ENDED + timedelta(hours=3)


def new(title: str, starts: str | None, **changes: object) -> NewOccasion:
    begins = wall_time(starts) if starts else None
    ends = begins + timedelta(hours=3) if begins else None
    return NewOccasion(Description(title, **changes), TimeAndPlace(begins, ends, ZONE))  # type: ignore[arg-type]


@pytest.fixture
def series_id(db: Database) -> int:
    """A series with one occasion and one rule: a first mail and two reminders."""
    with db.transaction() as session:
        course = Course(session)
        people = course.people(3)
        course.occasion(present=people)
        course.rule()
        course.refresh(NOW)
        return course.series.id


def occasions_in(db: Database, series_id: int) -> list[Occasion]:
    with db.reading() as session:
        wanted = select(Occasion).where(Occasion.series_id == series_id).order_by(Occasion.position)
        found = list(session.scalars(wanted))
        session.expunge_all()
        return found


def mailings_in(db: Database, series_id: int) -> list[tuple[str, str]]:
    with db.reading() as session:
        found = select(Mailing.target, Mailing.state).join(Mailing.rule)
        wanted = found.where(FollowUpRule.series_id == series_id).order_by(Mailing.id)
        return [(target, state) for target, state in session.execute(wanted)]


def one(db: Database, series_id: int, code: str = "t1") -> Occasion:
    return next(each for each in occasions_in(db, series_id) if each.code == code)


def described(db: Database, occasion_id: int) -> Description:
    with db.reading() as session:
        return occasions.description_of(session.get_one(Occasion, occasion_id))


def test_a_series_is_made_with_a_code_of_its_own(db: Database, series_id: int) -> None:
    with db.reading() as session:
        project_id = session.get_one(Series, series_id).project_id
    codes = [
        series.create_series(db, project_id, SeriesDescription(title)) for title in ("Kursen!", "Kursen?")
    ]
    assert codes == ["kursen", "kursen-2"]
    with pytest.raises(BadFields) as caught:  # pressed twice
        series.create_series(db, project_id, SeriesDescription("Kursen!"))
    assert caught.value.faults == {"title": "title_taken"}
    with pytest.raises(BadFields) as caught:
        series.create_series(db, project_id, SeriesDescription("Ny", subproject="okänt"))
    assert caught.value.faults == {"subproject": "not_a_choice"}
    with db.reading() as session:
        assert [each.position for each in session.scalars(select(Series).order_by(Series.id))] == [1, 2, 3]


def test_a_series_is_changed_unless_somebody_else_did(db: Database, series_id: int) -> None:
    with db.reading() as session:
        stored = series.description_of(session.get_one(Series, series_id))
    wanted = replace(stored, title="Ny titel", completion_minimum=2)
    seen = series.mark(stored)
    assert series.change_series(db, series_id, wanted, seen, NOW, rehearse=True).is_empty
    series.change_series(db, series_id, wanted, seen, NOW)
    series.change_series(db, series_id, wanted, seen, NOW)  # pressed twice: nothing to disagree about
    with pytest.raises(series.SeriesConflict) as caught:
        series.change_series(db, series_id, replace(stored, title="En annans"), seen, NOW)
    assert caught.value.stored == wanted


def test_occasions_are_shown_before_they_are_added(db: Database, series_id: int) -> None:
    wanted = [new("Andra", "2026-12-08 13:00", number=2), new("Nollte", "2026-11-24 13:00")]
    shown = occasions.add_occasions(db, series_id, wanted, NOW, rehearse=True)
    assert len(shown.added) == 6
    assert len(occasions_in(db, series_id)) == 1
    assert occasions.add_occasions(db, series_id, wanted, NOW) == shown
    found = occasions_in(db, series_id)
    assert [each.title for each in found] == ["Nollte", "Tillfälle t1", "Andra"]
    assert [each.code for each in found] == ["t3", "t1", "t2"]
    assert len(mailings_in(db, series_id)) == 9


def test_a_button_pressed_twice_adds_once(db: Database, series_id: int) -> None:
    seen = occasions.mark_of_all(occasions_in(db, series_id))
    wanted = [new("Andra", "2026-12-08 13:00")]
    occasions.add_occasions(db, series_id, wanted, NOW, seen=seen, rehearse=True)
    occasions.add_occasions(db, series_id, wanted, NOW, seen=seen)
    with pytest.raises(occasions.OccasionsConflict):
        occasions.add_occasions(db, series_id, wanted, NOW, seen=seen)
    assert len(occasions_in(db, series_id)) == 2


def test_an_occasion_without_a_date_comes_last_and_sends_nothing(db: Database, series_id: int) -> None:
    shown = occasions.add_occasions(db, series_id, [new("Någon gång", None)], NOW)
    assert shown.is_empty
    assert [each.title for each in occasions_in(db, series_id)] == ["Tillfälle t1", "Någon gång"]


def test_a_series_has_an_end(db: Database, series_id: int) -> None:
    many = [new("Igen", "2026-12-08 13:00") for _ in range(200)]
    with pytest.raises(occasions.TooManyOccasions):
        occasions.add_occasions(db, series_id, many, NOW)
    assert len(occasions_in(db, series_id)) == 1


def test_what_is_not_measured_any_more_sends_nothing(db: Database, series_id: int) -> None:
    occasion = one(db, series_id)
    stored = described(db, occasion.id)
    wanted = replace(stored, measured=False, themes={"A": "Ansvar"})
    mark = occasions.mark(stored)
    assert len(occasions.change_description(db, occasion.id, wanted, mark, NOW, rehearse=True).dropped) == 3
    assert described(db, occasion.id) == stored
    occasions.change_description(db, occasion.id, wanted, mark, NOW)
    assert described(db, occasion.id) == wanted
    with pytest.raises(occasions.OccasionConflict):
        occasions.change_description(db, occasion.id, stored, mark + "x", NOW)


@pytest.mark.parametrize(
    ("continues", "code"), [("t1", "not_a_choice"), ("okänt", "not_a_choice"), ("t2", "continues_circle")]
)
def test_what_an_occasion_continues_must_be_before_it(
    db: Database, series_id: int, continues: str, code: str
) -> None:
    occasions.add_occasions(db, series_id, [new("Andra", "2026-12-08 13:00", continues="t1")], NOW)
    occasion = one(db, series_id)
    stored = described(db, occasion.id)
    with pytest.raises(BadFields) as caught:
        occasions.change_description(
            db, occasion.id, replace(stored, continues=continues), occasions.mark(stored), NOW
        )
    assert caught.value.faults == {"continues": code}


def test_a_theme_in_use_stays(db: Database, installation: Installation, series_id: int) -> None:
    occasion = one(db, series_id)
    stored = described(db, occasion.id)
    with_themes = replace(stored, themes={"A": "Ansvar", "B": "Bemötande"})
    occasions.change_description(db, occasion.id, with_themes, occasions.mark(stored), NOW)
    while planning.expand_next(db, installation.keys, AFTER):
        pass
    seen = occasions.mark(with_themes)
    with pytest.raises(BadFields) as caught:
        occasions.change_description(
            db, occasion.id, replace(with_themes, themes={"A": "Ansvar"}), seen, AFTER
        )
    assert caught.value.faults == {"themes": "theme_in_use"}
    renamed = replace(with_themes, themes={"A": "Ansvaret", "B": "Bemötande", "C": "Cirklar"})
    occasions.change_description(db, occasion.id, renamed, seen, AFTER)
    assert described(db, occasion.id) == renamed


def test_an_occasion_that_left_no_traces_is_removed(db: Database, series_id: int) -> None:
    occasions.add_occasions(db, series_id, [new("Andra", "2026-12-08 13:00")], NOW)
    occasion = one(db, series_id, "t2")
    shown = occasions.remove_occasion(db, occasion.id, None, NOW, rehearse=True)
    assert len(shown.dropped) == 3
    assert len(occasions_in(db, series_id)) == 2
    occasions.remove_occasion(db, occasion.id, None, NOW)
    assert len(occasions_in(db, series_id)) == 1
    assert len(mailings_in(db, series_id)) == 3
    with pytest.raises(occasions.OccasionGone):
        occasions.remove_occasion(db, occasion.id, None, NOW)
    with db.reading() as session:
        assert [deed.action for deed in session.scalars(select(Deed))] == ["occasion_removed"]


def test_traces_keep_an_occasion(db: Database, installation: Installation, series_id: int) -> None:
    with pytest.raises(occasions.CannotRemove) as caught:
        occasions.remove_occasion(db, one(db, series_id).id, None, NOW)
    assert caught.value.code == "has_attendance"
    while planning.expand_next(db, installation.keys, AFTER):
        pass
    with pytest.raises(occasions.CannotRemove) as caught:
        occasions.remove_occasion(db, one(db, series_id).id, None, AFTER)
    assert caught.value.code == "has_sent"


def test_a_rule_of_its_own_keeps_an_occasion_and_others_forget_it(db: Database, series_id: int) -> None:
    occasions.add_occasions(db, series_id, [new("Andra", "2026-12-08 13:00")], NOW)

    def name(codes: list[str]) -> None:
        with db.transaction() as session:
            session.scalars(select(FollowUpRule)).one().occasions = {"codes": codes}

    name(["t2"])
    with pytest.raises(occasions.CannotRemove, match="rule_needs_it"):
        occasions.remove_occasion(db, one(db, series_id, "t2").id, None, NOW)
    name(["t1", "t2"])
    occasions.remove_occasion(db, one(db, series_id, "t2").id, None, NOW)
    with db.reading() as session:
        assert session.scalars(select(FollowUpRule)).one().occasions == {"codes": ["t1"]}


@pytest.fixture
def round_id(db: Database, series_id: int) -> int:
    """The series held again eleven weeks later, with a second occasion that continues the first."""
    second = new("Andra", "2027-01-12 13:00", continues="t1", themes={"A": "Ansvar"})
    occasions.add_occasions(db, series_id, [second], NOW)
    code = series_rounds.copy_round(db, series_id, "Omgång 2", date(2027, 2, 16), NOW)
    with db.reading() as session:
        return session.scalars(select(Series.id).where(Series.code == code)).one()


def test_a_round_is_a_copy_that_sends_nothing(db: Database, series_id: int, round_id: int) -> None:
    first, second = occasions_in(db, round_id)
    # to summer time: the clock stays
    assert (first.ends_wall, second.starts_wall) == (
        wall_time("2027-02-16 16:30"),
        wall_time("2027-03-30 13:00"),
    )
    assert second.starts_at == datetime(2027, 3, 30, 11, 0, tzinfo=UTC)
    assert second.continues_id == first.id
    assert first.uid != one(db, series_id).uid
    assert described(db, second.id).themes == {"A": "Ansvar"}
    assert {state for _, state in mailings_in(db, round_id)} <= {"cancelled"}
    with db.reading() as session:
        copy = session.get_one(Series, round_id)
        assert (copy.active, copy.round_of_id) == (False, series_id)


def test_a_confirmed_round_sends_what_was_shown(db: Database, series_id: int, round_id: int) -> None:
    shown = series_rounds.confirm_round(db, round_id, None, NOW, rehearse=True)
    assert len(shown.added) == 6
    assert series_rounds.confirm_round(db, round_id, None, NOW) == shown
    assert [state for _, state in mailings_in(db, round_id)] == ["planned"] * 6
    with pytest.raises(series_rounds.AlreadyConfirmed):
        series_rounds.confirm_round(db, round_id, None, NOW)


def test_what_to_look_at_before_a_round_is_confirmed(db: Database, series_id: int, round_id: int) -> None:
    with db.transaction() as session:
        session.get_one(Occasion, one(db, series_id).id).cancelled = True
        first, second = (session.get_one(Occasion, each.id) for each in occasions_in(db, round_id))
        first.starts_wall = first.ends_wall = first.starts_at = first.ends_at = None
        second.starts_wall, second.ends_wall = wall_time("2027-06-25 13:00"), wall_time("2027-06-25 16:00")
    with db.reading() as session:
        copy = session.get_one(Series, round_id)
        found = [
            (check.code, [each.code for each in check.occasions])
            for check in series_rounds.checks(session, copy, NOW)
        ]
        later = [check.code for check in series_rounds.checks(session, copy, NOW + timedelta(days=900))]
    assert found == [
        ("no_people", []),
        ("undated", ["t1"]),
        ("quiet_day", ["t2"]),
        ("was_cancelled", ["t1"]),
    ]
    assert "past" in later


@pytest.mark.parametrize(
    ("starts_on", "code"),
    [(date(2199, 12, 30), "year_out_of_range"), (date(9999, 12, 31), "year_out_of_range")],
)
def test_a_round_at_the_end_of_time(db: Database, series_id: int, starts_on: date, code: str) -> None:
    occasions.add_occasions(db, series_id, [new("Andra", "2027-01-12 13:00")], NOW)
    with pytest.raises(BadFields) as caught:
        series_rounds.copy_round(db, series_id, "Omgång", starts_on, NOW)
    assert caught.value.faults == {"starts_on": code}
    with db.reading() as session:
        assert len(session.scalars(select(Series)).all()) == 1


def test_a_round_without_a_day_has_no_dates(db: Database, series_id: int) -> None:
    code = series_rounds.copy_round(db, series_id, "Omgång", None, NOW)
    with db.reading() as session:
        copied = session.scalars(select(Series.id).where(Series.code == code)).one()
    assert [each.starts_at for each in occasions_in(db, copied)] == [None]


@pytest.mark.parametrize(
    "act",
    [
        lambda db: series.change_series(db, 4711, SeriesDescription("x"), "", NOW),
        lambda db: occasions.add_occasions(db, 4711, [], NOW),
        lambda db: series_rounds.confirm_round(db, 4711, None, NOW),
        lambda db: series_rounds.copy_round(db, 4711, "x", None, NOW),
    ],
)
def test_a_series_that_is_gone(db: Database, act: Callable[[Database], object]) -> None:
    with pytest.raises(series.SeriesGone):
        act(db)
