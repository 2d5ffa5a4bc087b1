"""What the organiser's pages read, on both databases."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from surveys.answers import logbook
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.programme import Project, Series
from surveys.queries import mailings, mails, people, projects, send_calendar
from tests.support.small import load_small
from tests.support.staffed import LOADED, MOMENTS, NOW, answer, go, invitation

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def course(installation: Installation) -> Installation:
    """The small project after its first occasion; two have answered."""
    load_small(installation, LOADED)
    for moment in MOMENTS:
        go(installation, moment)
    for code in ("p01", "p02"):
        answer(installation, code, {"q-overall": ["4"]})
    return installation


def test_head_counts_and_order(course: Installation) -> None:
    with course.database.reading() as session:
        project = session.scalars(select(Project)).one()
        (series,) = projects.series_of(session, project.id)
        assert projects.head_counts(session, project.id)[series.id] == projects.SeriesCount(11, 1)
        assert [each.code for each in projects.occasions_of(session, series.id)] == ["t1", "t2", "t3"]
        assert [each.code for each in projects.rules_of(session, series.id)] == [
            "fore",
            "efter",
            "logg",
            "slut",
        ]
        found = projects.questionnaires_of(session, project.id)
        titles = projects.newest_titles(session, [each.id for each in found])
        assert [titles[each.id]["en"] for each in found] == [
            "Before the course",
            "After the occasion",
            "After the course",
        ]
        assert [rule.code for rule in projects.used_in(session, found[1].id)] == ["efter"]
        assert projects.logotype(session, project.id) is None
        assert list(projects.members(session, project.id)) == []


def test_people(course: Installation) -> None:
    with course.database.reading() as session:
        project = session.scalars(select(Project)).one()
        series = session.scalars(select(Series)).one()
        sheet = people.participants(session, project.id, "ås", "-organisation", 1)
        assert [each.code for each in sheet.rows] == ["p09"]
        assert people.series_by_participant(session, [sheet.rows[0].id]) == {sheet.rows[0].id: ["Kursen"]}
        enrolled = people.enrolled(session, series.id, "", "code", 1)
        assert [(each.code, each.state, each.present) for each in enrolled.rows[6:9]] == [
            ("p07", "completed", 2),
            ("p08", "started", 1),
            ("p09", "started", 1),
        ]
        assert people.states(session, series.id) == {
            "completed": 7,
            "started": 2,
            "registered": 2,
            "cancelled": 1,
        }
        assert people.recorded_occasions(session, series.id) == 2
        person = people.participant(session, project.id, "p08")
        assert person is not None
        enrolments = [each.id for each in people.enrolments_of(session, person.id)]
        attended = people.attended(session, enrolments)
        assert (attended[0].occasion.code, attended[0].present) == ("t1", True)
        asked = people.invitations_of(session, enrolments)
        assert [each.rule.code for each in asked] == ["efter", "logg", "fore"]
        mails = people.messages_of(session, [each.id for each in asked])
        assert [[mail.kind for mail in mails[each.id]] for each in asked] == [
            ["invitation"],
            ["log_prompt"],
            ["invitation", "reminder"],
        ]
        assert people.invitation_of(session, person.id, asked[0].id) is not None
        assert people.invitation_of(session, person.id + 1, asked[0].id) is None
        assert people.invitation_of(session, person.id, 10**30) is None


def test_who_has_answered_is_found_by_key(course: Installation) -> None:
    asked = {code: invitation(course, code).public_id for code in ("p01", "p02", "p03")}
    many = [f"{number:024}" for number in range(1_000)]
    with course.database.reading() as session:
        found = people.answered(session, course.keys, [*many, *asked.values()])
    assert found == {asked["p01"], asked["p02"]}


def test_the_calendar_and_how_mails_stand(course: Installation) -> None:
    with course.database.transaction() as session:
        first = session.scalars(
            select(Mailing)
            .join(Mailing.rule)
            .where(FollowUpRule.code == "efter", Mailing.state == "expanded")
        ).one()
        ids = session.scalars(
            select(Message.id).where(Message.mailing_id == first.id).order_by(Message.id)
        ).all()
        lost = {"state": "claimed", "reason": None, "next_attempt_at": NOW - timedelta(seconds=1)}
        under_way = {"state": "claimed", "reason": None, "next_attempt_at": NOW + timedelta(seconds=1)}
        session.execute(update(Message).where(Message.id == ids[0]).values(**lost))
        session.execute(update(Message).where(Message.id == ids[1]).values(**under_way))
        session.execute(update(Message).where(Message.id == ids[2]).values(state="refused", error="550"))
        first_id, project_id, series_id = first.id, first.rule.series.project_id, first.rule.series_id
    with course.database.reading() as session:
        counts = mails.counts(session, [first_id], NOW)[first_id]
        assert counts.states == {"uncertain": 1, "claimed": 1, "refused": 1, "sent": 6}
        assert counts.total == 9
        one = mailings.mailing(session, project_id, first_id)
        assert one is not None
        assert mailings.mailing(session, project_id + 1, first_id) is None
        assert mailings.mailing(session, project_id, 10**30) is None
        receivers = mails.receivers(session, one, NOW)
        assert sorted(each.state for each in receivers) == ["claimed", "refused", *["sent"] * 6, "uncertain"]
        assert [step.step for step in mailings.steps(session, one)] == [0, 1, 2]
        later = NOW + timedelta(days=365)
        for scope in (mailings.in_project(project_id), mailings.in_series(series_id)):
            coming = scope & mailings.coming(NOW, later)
            ahead = send_calendar.lines(session, coming, ZONE)
            sheet = send_calendar.sheet(ahead, 9)
            assert (sheet.number, sheet.pages, sheet.left) == (1, 1, 0)
            assert [each.first_at for each in ahead] == sorted(each.first_at for each in ahead)
            past = send_calendar.lines(session, scope & mailings.earlier(NOW), ZONE, newest_first=True)
            held = send_calendar.mailings(session, scope & mailings.earlier(NOW), past, 1)
            codes = [each.rule.code for line in past for each in held[line.mailing_id]]
            assert codes == ["efter", "logg", "fore", "fore"]
            assert mailings.next_ones(session, scope, 1)[0].id == ahead[0].mailing_id
            assert mailings.first_after(session, scope, NOW) == ahead[0].first_at
            week = send_calendar.lines(session, scope & mailings.between(NOW, NOW + timedelta(days=7)), ZONE)
            assert {each.mailing_id for each in week} < {each.mailing_id for each in ahead}
            by_rule = send_calendar.lines(session, coming, ZONE, order="rule")
            held = send_calendar.mailings(session, coming, by_rule, 1)
            codes = [each.rule.code for line in by_rule for each in held[line.mailing_id]]
            assert codes == sorted(codes, key=["fore", "efter", "logg", "slut"].index)
        assert len(mailings.of_occasions(session, series_id)) == 2


def test_reminders_about_the_log_tell_nothing_of_who_has_written(course: Installation) -> None:
    with course.database.transaction() as session:
        first = session.scalars(
            select(Mailing).join(Mailing.rule).where(FollowUpRule.code == "logg", Mailing.state == "expanded")
        ).one()
        due = NOW + timedelta(days=1)
        same = {name: getattr(first, name) for name in ("rule_id", "target", "occasion_id", "closes_at")}
        when = {"intended_at": due, "due_at": due, "due_wall": due.replace(tzinfo=None), "timezone": "UTC"}
        reminder = Mailing(**same, **when, step=1, state="planned")
        session.add(reminder)
        session.flush()
        reminder_id = reminder.id
        book = session.scalars(
            select(LogBook).where(LogBook.enrolment_id == invitation(course, "p01", "logg").enrolment_id)
        ).one()
        public_id = book.public_id
    logbook.write_entry(
        course.database,
        public_id,
        course.keys.link_token(public_id, 1),
        {"written_on": "2027-02-02", "text": "Mitt"},
        NOW,
        prompt=invitation(course, "p01", "logg").public_id,
    )
    go(course, due)
    with course.database.reading() as session:
        states = session.scalars(select(Message.state).where(Message.mailing_id == reminder_id)).all()
        assert sorted(states) == ["cancelled", *["sent"] * 8]
        assert mails.counts(session, [reminder_id], due)[reminder_id].states == {"seen_to": 9}
        one = session.get(Mailing, reminder_id)
        assert one is not None
        assert mails.receivers(session, one, due) == []
        ids = [invitation(course, code, "logg").id for code in ("p01", "p02")]
        shown = people.messages_of(session, ids)
        assert [[mail.kind for mail in shown[each]] for each in ids] == [["log_prompt"], ["log_prompt"]]
