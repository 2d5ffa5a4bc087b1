"""Follow-up rules added, changed, switched and removed, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from surveys.database import Database
from surveys.domain.rule_spec import RuleSpec
from surveys.domain.timing import wall_time
from surveys.followups import planning, rules, rules_ahead
from surveys.followups.rules import BadRule, RuleConflict, RuleGone, RuleHasSent
from surveys.installation import Installation
from surveys.keys import new_public_id
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.models.programme import Organisation, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from tests.support.builders import ENDED, FORM, Course

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
AFTER = RuleSpec(
    "efter",
    None,
    "occasion_end",
    offset_minutes=120,
    audience="present",
    reminder_days=[3, 7],
    close_after_days=14,
)
LOG = RuleSpec(None, {"sv": "Vad?", "en": "What?"}, "occasion_end", offset_minutes=15, close_after_days=30)


@pytest.fixture
def series_id(installation: Installation) -> int:
    """A series of two occasions, Tuesday 1 and 15 December 2026, with four people of two organisations."""
    with installation.database.transaction() as session:
        course = Course(session)
        firms = [
            Organisation(project_id=course.project.id, code=code, name=code, position=0) for code in "ab"
        ]
        session.add_all(firms)
        session.flush()
        course.people(3, organisation_id=firms[0].id)
        course.people(1, organisation_id=firms[1].id)
        course.occasion("t1")
        course.occasion("t2", wall_time("2026-12-15 16:30"), kind="trip")
        return course.series.id


def add(db: Database, series_id: int, spec: RuleSpec = AFTER, **options: Any) -> rules.Changed:
    return rules.add_rule(db, series_id, spec, None, NOW, **options)


def stored(db: Database, series_id: int, code: str = "efter") -> RuleSpec:
    with db.reading() as session:
        wanted = select(FollowUpRule).where(FollowUpRule.series_id == series_id, FollowUpRule.code == code)
        return rules.spec_of(session.scalars(wanted).one())


def planned(db: Database) -> list[tuple[int, datetime]]:
    with db.reading() as session:
        found = session.scalars(select(Mailing).where(Mailing.state == "planned").order_by(Mailing.due_at))
        return [(each.step, each.due_at) for each in found]


def count(db: Database, table: type[Any]) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def expand(installation: Installation, now: datetime) -> None:
    while planning.expand_next(installation.database, installation.keys, now):
        pass


def test_a_rule_is_added_with_what_it_leads_to(db: Database, series_id: int) -> None:
    changed = add(db, series_id)
    assert changed.rule_code == "efter"
    assert len(changed.difference.added) == 6
    assert stored(db, series_id) == AFTER
    assert planned(db)[0] == (0, ENDED + timedelta(hours=2))
    assert add(db, series_id).rule_code == "efter-2"
    assert add(db, series_id, LOG).rule_code == "logg"


def test_a_rehearsal_shows_the_same_and_keeps_nothing(db: Database, series_id: int) -> None:
    shown = add(db, series_id, rehearse=True)
    assert (count(db, FollowUpRule), count(db, Mailing), count(db, Deed)) == (0, 0, 0)
    assert add(db, series_id).difference == shown.difference


def test_a_change_moves_what_has_not_gone(db: Database, series_id: int) -> None:
    add(db, series_id)
    wanted = replace(AFTER, offset_minutes=0, offset_days=1, at_time=time(9), reminder_days=[3])
    changed = rules.change_rule(db, series_id, "efter", wanted, AFTER.mark, None, NOW)
    assert (len(changed.difference.moved), len(changed.difference.dropped)) == (4, 2)
    assert stored(db, series_id) == wanted
    assert planned(db)[0] == (0, datetime(2026, 12, 2, 8, 0, tzinfo=UTC))


def test_two_organisers_do_not_overwrite_each_other(db: Database, series_id: int) -> None:
    add(db, series_id)
    first = replace(AFTER, close_after_days=20)
    rules.change_rule(db, series_id, "efter", first, AFTER.mark, None, NOW)
    with pytest.raises(RuleConflict) as caught:
        rules.change_rule(db, series_id, "efter", replace(AFTER, late="catch_up"), AFTER.mark, None, NOW)
    assert caught.value.stored == first == stored(db, series_id)
    # The same again, such as a button pressed twice, is no conflict.
    rules.change_rule(db, series_id, "efter", first, AFTER.mark, None, NOW)


def test_a_rule_is_switched_off_and_on(db: Database, series_id: int) -> None:
    add(db, series_id)
    for _ in range(2):
        rules.switch_rule(db, series_id, "efter", False, None, NOW)
        assert planned(db) == []
    changed = rules.switch_rule(db, series_id, "efter", True, None, NOW)
    assert len(changed.difference.added) == 6 == len(planned(db))


def test_a_rule_that_has_asked_nobody_is_removed(db: Database, series_id: int) -> None:
    add(db, series_id)
    with db.transaction() as session:
        user = User(email="o@prov.example", name="O", active=True, language="sv", password_hash="")
        session.add(user)
        session.flush()
        mailing = session.scalars(select(Mailing)).first()
        assert mailing is not None
        session.add(
            Message(
                public_id=new_public_id(),
                user_id=user.id,
                mailing_id=mailing.id,
                kind="test",
                step=0,
                state="sent",
                next_attempt_at=NOW,
            )
        )
    changed = rules.remove_rule(db, series_id, "efter", None, NOW)
    assert len(changed.difference.dropped) == 6
    assert (count(db, FollowUpRule), count(db, Mailing), count(db, Message)) == (0, 0, 1)
    with pytest.raises(RuleGone):
        rules.remove_rule(db, series_id, "efter", None, NOW)
    with pytest.raises(RuleGone):
        rules.switch_rule(db, series_id, "efter", False, None, NOW)


def test_a_rule_that_has_asked_somebody_stays(
    installation: Installation, db: Database, series_id: int
) -> None:
    to_all = replace(AFTER, audience="everyone")
    add(db, series_id, to_all)
    expand(installation, ENDED + timedelta(hours=3))
    assert count(db, Invitation) == 4
    with pytest.raises(RuleHasSent):
        rules.remove_rule(db, series_id, "efter", None, NOW)
    assert count(db, FollowUpRule) == 1
    with pytest.raises(BadRule) as caught:
        rules.change_rule(db, series_id, "efter", LOG, to_all.mark, None, NOW)
    assert caught.value.faults == {"asks": "asks_other"}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"questionnaire": "finns-inte"}, {"asks": "unknown_questionnaire"}),
        ({"occasions": {"codes": ["t1", "t9"]}}, {"occasions": "unknown_occasion"}),
        (
            {"offset_days": 3650, "close_after_days": 3650, "reminder_days": [3, 3]},
            {"reminders": "reminders_unordered"},
        ),
        ({"audience_filter": {"all": []}}, {"conditions": "audience_empty"}),
        (
            {"audience_filter": {"is": "organisation", "codes": ["z"]}},
            {"conditions": "audience_unknown_code"},
        ),
        (
            {
                "audience_filter": {
                    "is": "answer",
                    "questionnaire": "efter",
                    "question": "more",
                    "one_of": ["a"],
                }
            },
            {"conditions": "audience_answers_not_known"},
        ),
    ],
)
def test_what_cannot_be_changes_nothing(
    db: Database, series_id: int, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    with pytest.raises(BadRule) as caught:
        add(db, series_id, replace(AFTER, **changes))
    assert caught.value.faults == faults
    assert (count(db, FollowUpRule), count(db, Mailing)) == (0, 0)


def test_what_the_series_does_not_allow(db: Database, series_id: int) -> None:
    with db.transaction() as session:
        series = session.get_one(Series, series_id)
        series.attendance_kept = False
        series.project.privacy = {}
        asks_themes = Questionnaire(
            project_id=series.project_id,
            code="pass",
            wave="occasion",
            privacy_mode="pseudonymous",
            position=2,
        )
        content = FORM | {
            "questions": [{"code": "t", "kind": "theme_choice", "text": {"sv": "?", "en": "?"}}]
        }
        session.add(QuestionnaireVersion(questionnaire=asks_themes, number=1, content=content, digest="x"))
    with pytest.raises(BadRule) as caught:
        add(db, series_id)
    assert caught.value.faults == {"asks": "privacy_blank", "audience": "present_not_kept"}
    with pytest.raises(BadRule) as caught:
        add(db, series_id, RuleSpec("pass", None, "series_end", active=False))
    assert caught.value.faults == {"asks": "themes_without_occasion"}
    # Switched off it may stand there, until somebody switches it on.
    add(db, series_id, replace(AFTER, audience="everyone", active=False))
    with pytest.raises(BadRule):
        rules.switch_rule(db, series_id, "efter", True, None, NOW)
    assert not stored(db, series_id).active


def test_a_series_without_dates_has_nothing_to_count_from(db: Database, series_id: int) -> None:
    with db.transaction() as session:
        course = session.get_one(Series, series_id)
        empty = Series(
            project_id=course.project_id,
            code="tom",
            title="Tom",
            audience="",
            attendance_kept=True,
            position=2,
        )
        session.add(empty)
        session.flush()
        empty_id = empty.id
    with pytest.raises(BadRule) as caught:
        add(db, empty_id, RuleSpec("efter", None, "series_end"))
    assert caught.value.faults == {"anchor": "series_without_dates"}
    add(db, empty_id, RuleSpec("efter", None, "series_end", active=False))


def test_every_change_is_written_down(db: Database, series_id: int) -> None:
    add(db, series_id)
    rules.change_rule(db, series_id, "efter", replace(AFTER, close_after_days=20), AFTER.mark, None, NOW)
    rules.switch_rule(db, series_id, "efter", False, None, NOW)
    rules.remove_rule(db, series_id, "efter", None, NOW)
    with db.reading() as session:
        found = session.scalars(select(Deed).order_by(Deed.id)).all()
        assert [each.action for each in found] == ["rule_added", "rule_changed", "rule_off", "rule_removed"]
        assert len({each.subject for each in found}) == 1


# What lies ahead, before anything is saved


def outlook(
    installation: Installation, series_id: int, spec: RuleSpec, **options: Any
) -> rules_ahead.Outlook:
    known = {"code": None, "now": NOW, "most": 5} | options
    return rules_ahead.outlook(installation.database, installation.keys, series_id, spec=spec, **known)


def test_the_next_five_moments_are_those_that_saving_leads_to(
    installation: Installation, db: Database, series_id: int
) -> None:
    found = outlook(installation, series_id, AFTER)
    assert count(db, Mailing) == 0
    add(db, series_id)
    assert [(each.step, each.due_at) for each in found.moments] == planned(db)[:5]
    assert found.moments[0].occasion == "Tillfälle t1"
    assert found.audience is not None
    assert (len(found.audience.receivers), found.audience.settled) == (4, False)
    # Of a rule there is, those that have not gone.
    expand(installation, ENDED + timedelta(days=3))
    later = outlook(installation, series_id, AFTER, code="efter", now=ENDED + timedelta(days=4))
    assert [each.occasion for each in later.moments[-3:]] == ["Tillfälle t2"] * 3


def test_moments_give_way_to_quiet_hours(installation: Installation, db: Database, series_id: int) -> None:
    with db.transaction() as session:
        project = session.scalars(select(Project)).one()
        project.quiet_from, project.quiet_to = time(17), time(8)
    first = outlook(installation, series_id, AFTER).moments[0]
    assert (first.due_wall, first.deferral) == (datetime(2026, 12, 2, 8, 0), "quiet_hours")  # noqa: DTZ001


def test_a_round_that_nobody_has_confirmed_shows_what_would_be(
    installation: Installation, db: Database, series_id: int
) -> None:
    with db.transaction() as session:
        session.get_one(Series, series_id).active = False
    assert len(outlook(installation, series_id, replace(AFTER, active=False)).moments) == 5
    with db.reading() as session:
        assert not session.get_one(Series, series_id).active


def test_what_is_due_already_goes_at_once_and_what_is_too_late_is_left_out(
    installation: Installation, series_id: int
) -> None:
    now = ENDED + timedelta(hours=5)
    found = outlook(installation, series_id, AFTER, now=now)
    assert [each.at_once for each in found.moments] == [True, False, False, False, False]
    assert outlook(installation, series_id, AFTER, now=ENDED + timedelta(days=90)).moments == ()


def test_conditions_decide_who_is_counted(installation: Installation, db: Database, series_id: int) -> None:
    of_b = replace(
        AFTER, audience="everyone", audience_filter={"all": [{"is": "organisation", "codes": ["b"]}]}
    )
    found = outlook(installation, series_id, of_b)
    assert found.audience is not None
    assert len(found.audience.receivers) == 1
    assert {each.reason for each in found.audience.left_out} == {"organisation"}
    add(db, series_id, of_b)
    expand(installation, ENDED + timedelta(hours=3))
    assert count(db, Invitation) == 1


@pytest.mark.parametrize("anchor", ["registration", "person_start", "person_end"])
def test_a_rule_that_counts_from_a_person_names_the_person(
    installation: Installation, db: Database, series_id: int, anchor: str
) -> None:
    with db.transaction() as session:
        wanted = select(Enrolment).where(Enrolment.series_id == series_id).order_by(Enrolment.id)
        enrolment = session.scalars(wanted).first()
        assert enrolment is not None
        enrolment.registered_at = enrolment.added_at = NOW
        enrolment.starts_on = enrolment.ends_on = NOW.date()
    spec = RuleSpec("efter", None, anchor, offset_days=1, at_time=time(9), reminder_days=[3])
    found = outlook(installation, series_id, spec)
    assert [(each.person, each.step) for each in found.moments] == [("Person 0", 0), ("Person 0", 1)]


def test_nothing_ahead_for_what_cannot_be(installation: Installation, series_id: int) -> None:
    with pytest.raises(BadRule):
        outlook(installation, series_id, replace(AFTER, close_after_days=0))
