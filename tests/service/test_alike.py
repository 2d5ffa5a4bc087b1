"""Enrolments that are alike are counted in the database: the same persons as told apart one by one."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.domain.participation import Participation, head_count, persons, standing
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import Invitation
from surveys.models.people import ENROLMENT_STATES, GENDERS, Attendance, Enrolment
from surveys.models.programme import Occasion, Organisation, Project, Series
from surveys.results.funnel import read_funnel
from surveys.results.head_counts import read_head_counts
from surveys.results.persons import BY, Groups, by_class, heads, taken_part, telling
from tests.support.answered import NOW, Answering
from tests.support.books import ZONE

TODAY = NOW.astimezone(ZoneInfo(ZONE)).date()
DAYS = (TODAY, TODAY - timedelta(days=100), TODAY - timedelta(days=199))


@pytest.fixture
def mixed(installation: Installation) -> Installation:
    """Eighty persons drawn by lot, in one to three series; of every fourth staff have said something."""
    lot = Random(5)
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.series.completion_minimum = 2
        parents = [Organisation(project_id=it.project.id, code="stad", name="Stad", position=1)]
        session.add_all(parents)
        session.flush()
        places = [
            Organisation(
                project_id=it.project.id, code=f"o{n}", name=f"O{n}", position=n, parent_id=parents[0].id
            )
            for n in range(2)
        ]
        session.add_all(places)
        session.flush()
        for _ in range(80):
            # Stockholm's day ends at 23 in winter and at 22 in summer, in UTC
            hour = lot.choice((21, 22, 23))
            since = datetime(2026, lot.choice((2, 8, 11)), lot.choice((20, 21)), hour, tzinfo=UTC)
            it.people(
                1,
                state=lot.choice(ENROLMENT_STATES),
                work_group=lot.choice((None, "", "Norr", "Söder")),
            )
            it.persons[-1].registered_at = since
            one = it.persons[-1].participant
            one.gender = lot.choice(GENDERS)
            one.organisation_id = lot.choice((None, *(each.id for each in (*parents, *places))))
        others = [
            Series(
                project=it.project,
                code=f"s{n}",
                title=f"S{n}",
                audience="alla",
                attendance_kept=bool(n),
                completion_minimum=1 if n else None,
                position=2 + n,
            )
            for n in range(2)
        ]
        session.add_all(others)
        session.flush()
        enrolments = list(it.persons)
        for other in others:
            for one in lot.sample(it.persons, 30):
                enrolments.append(
                    Enrolment(
                        public_id=f"{other.code}-{one.id}",
                        series_id=other.id,
                        participant_id=one.participant_id,
                        state=lot.choice(ENROLMENT_STATES),
                        registered_at=one.registered_at,
                        added_at=one.added_at,
                    )
                )
                session.add(enrolments[-1])
        session.flush()
        for series in (it.series, *others):
            for number in range(4):
                _held(
                    session, series, number, [each for each in enrolments if each.series_id == series.id], lot
                )
        for one in lot.sample(enrolments, 35):
            for _ in range(lot.randint(1, 2)):
                state = lot.choice(ENROLMENT_STATES)
                when = NOW - timedelta(days=lot.choice((0, 99, 100, 101, 198)), hours=lot.choice((0, 12)))
                session.add(_deed(it.project, one, f"enrolment_{state}", when))
        session.add(_deed(it.project, enrolments[0], "enrolment_moved", NOW))  # which says nothing of it
    return installation


def _held(session: Session, series: Series, number: int, enrolled: list[Enrolment], lot: Random) -> None:
    ends = None if number == 0 else NOW.replace(tzinfo=None) - timedelta(days=(0, 0, 100, 198)[number])
    occasion = Occasion(
        series=series,
        code=f"{series.code}{number}",
        position=number,
        kind="session",
        title="T",
        timezone=ZONE,
        ends_wall=ends and ends.replace(hour=lot.choice((0, 23)), minute=lot.choice((0, 59))),
        measured=True,
        cancelled=number == 2 and series.code == "kurs",
    )
    session.add(occasion)
    session.flush()
    for one in enrolled:
        if lot.random() < 0.5:
            session.add(Attendance(occasion_id=occasion.id, enrolment_id=one.id, present=lot.random() < 0.8))


def _deed(project: Project, one: Enrolment, action: str, when: datetime) -> Deed:
    return Deed(project_id=project.id, done_at=when, action=action, subject=f"enrolment:{one.id}")


def one_by_one(session: Session) -> list[Participation]:
    """Every enrolment by itself, with its real dates."""
    zone = ZoneInfo(ZONE)
    found = []
    for one in session.scalars(select(Enrolment).order_by(Enrolment.id)):
        there = session.scalars(
            select(Occasion)
            .join(Attendance, Attendance.occasion_id == Occasion.id)
            .where(Attendance.enrolment_id == one.id, Attendance.present, Occasion.cancelled.is_(False))
        )
        said = session.scalars(
            select(Deed).where(Deed.subject == f"enrolment:{one.id}").order_by(Deed.done_at, Deed.id)
        )
        found.append(
            Participation(
                one.participant_id,
                one.series_id,
                one.participant.gender,
                one.participant.organisation_id,
                one.registered_at.astimezone(zone).date(),
                one.state,
                one.series.completion_minimum,
                [each.ends_wall.date() if each.ends_wall else date.min for each in there],
                [
                    (each.done_at.astimezone(zone).date(), state)
                    for each in said
                    if (state := each.action.partition("_")[2]) in ENROLMENT_STATES
                ],
                one.work_group or "",
            )
        )
    return found


def of_series(taken: Iterable[Participation], series_id: int | None) -> list[Participation]:
    return [each for each in taken if series_id in (None, each.series)]


def test_those_alike_are_as_many_as_told_one_by_one_on_every_day(mixed: Installation) -> None:
    with mixed.database.reading() as session:
        project = session.scalars(select(Project)).one()
        ids = [each.id for each in session.scalars(select(Series).order_by(Series.position))]
        groups = Groups(session, project.id)
        every = one_by_one(session)
        for day in DAYS:
            for series in (None, *ids):
                expected = of_series(every, series)
                for named in (False, True):
                    found = taken_part(session, project, day, series, named=named)
                    assert sum(each.many for each in found) == len(expected)
                    assert telling(found) == telling(expected)
                    for by in BY:
                        assert counted(groups, found, by, day, ids) == counted(groups, expected, by, day, ids)
        whole = heads(standing(every, TODAY), {ids[0], ids[2]}, telling(every))
        assert 0 < (whole.completed or 0) < whole.registered < len(every)  # the lot drew something of each


def counted(groups: Groups, taken: list[Participation], by: str, day: date, ids: list[int]) -> object:
    """The heads of all, and of each class in which somebody is registered."""
    stood = standing(taken, day)
    told = telling(taken)
    held = by_class(stood, lambda each: groups.of_person(by, each))
    lines = {code: heads(some, {ids[0], ids[2]}, told) for code, some in held.items()}
    return heads(stood, {ids[0], ids[2]}, told), lines


def test_the_page_counts_them_so_too(mixed: Installation) -> None:
    with mixed.database.reading() as session:
        project = session.scalars(select(Project)).one()
        every = one_by_one(session)
        found = read_head_counts(session, project, NOW, True)
        registered = persons(every, "registered", TODAY)
        assert found.whole.registered == len(registered)
        assert found.whole.registered < sum(each.heads.registered for each in found.series)
        assert [each.heads.registered for each in found.genders] == [
            len(persons([each for each in every if each.gender == code], "registered", TODAY))
            for code in GENDERS
        ]


def test_only_whom_the_count_needs_is_told_apart(mixed: Installation) -> None:
    """Persons of one series alone have no name."""
    with mixed.database.reading() as session:
        project = session.scalars(select(Project)).one()
        first = session.scalars(select(Series).order_by(Series.position)).first()
        assert first is not None
        (of_all, of_one) = (taken_part(session, project, TODAY, each) for each in (None, first.id))
        several = [one.participant_id for one in session.scalars(select(Enrolment))]
        assert {each.person for each in of_all if each.person} == {
            each for each in several if several.count(each) > 1
        }
        assert {each.person for each in of_one} == {None}
        assert head_count(of_one) == 80
        with pytest.raises(ValueError, match="not told apart"):
            persons(of_one, "registered", TODAY)


def test_many_alike_are_one_line(installation: Installation) -> None:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.people(30)
        for one in it.people(20):
            one.registered_at = NOW - timedelta(days=3)
        it.occasion("t1", present=12)
        (project, series) = (it.project.id, it.series.id)
    with installation.database.reading() as session:
        of = session.get_one(Project, project)
        assert sorted(each.many for each in taken_part(session, of, TODAY)) == [12, 38]
        before = taken_part(session, of, TODAY - timedelta(days=10), series)
        assert sorted(each.many for each in before) == [12, 18, 20]
        assert head_count(each.taken for each in standing(before, TODAY - timedelta(days=10))) == 50


def test_several_mails_of_one_questionnaire_are_one_sent(installation: Installation) -> None:
    """Refused and then taken is delivered; withdrawn is sent where a mail had been tried, and asked then."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.people(8)
        rule = it.rule(it.questionnaire())
        first = it.mailing(rule, it.occasion("t1", present=8))
        it.ask(first, 2, "refused")
        it.ask(first, 2)
        it.ask(first, 1, None)
        it.ask(first, 1, None, withdrawn_at=NOW)
        it.ask(first, 1, "sent", withdrawn_at=NOW)
        again = it.mailing(rule, it.occasion("t2"))
        it.ask(again, 2)  # the same two as first
        for number, state in enumerate(("sent", "refused", "sent", "sent")):
            one = session.scalars(select(Invitation).order_by(Invitation.id)).all()[number]
            session.add(it.mail(first, one, state, "reminder", 1))
        series = it.series.id
    with installation.database.reading() as session:
        found = read_funnel(session, series, "gender", NOW, True)
    (line,) = found.lines
    assert line.sent is not None
    assert (line.sent.invited, line.sent.delivered, line.sent.bounced) == (8, 6, 1)
    assert (line.asked, found.together.asked) == (6, 6)  # the two of both once, the withdrawn before never
    sent = found.together.sent
    assert sent is not None
    assert (sent.invited, sent.delivered, sent.bounced) == (8, 6, 1)
