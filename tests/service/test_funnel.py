"""From registered to submitted by groups, head counts of a project, and occasions beside each other."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from surveys.domain.comparison import Likeness
from surveys.installation import Installation
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Organisation, Project, Series
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response
from surveys.results.funnel import FunnelBy, Line, UnknownGrouping, read_funnel
from surveys.results.head_counts import HeadCounts, UnknownSeries, read_head_counts
from surveys.results.table import OccasionTable, occasion_table
from tests.service.test_results import results_of
from tests.support.answered import NOW, OVERALL, Answering, spread
from tests.support.forms import DEGREE, local

SCHOOL = {"gender": "man", "organisation": "skolan"}


@pytest.fixture
def built(installation: Installation) -> Installation:
    """Twelve persons: four men at the school, which is the city's; two more of the city; six of nowhere."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.series.completion_minimum = 2
        it.people(6, work_group="Norr")
        it.people(6)
        city = Organisation(project_id=it.project.id, code="staden", name="Staden", position=2)
        session.add(city)
        session.flush()
        school = Organisation(
            project_id=it.project.id, code="skolan", name="Skolan", position=1, parent_id=city.id
        )
        session.add(school)
        session.flush()
        for number, person in enumerate(it.persons[:6]):
            person.participant.organisation_id = school.id if number < 4 else city.id
            person.participant.gender = "man" if number < 4 else "woman"
        rule = it.rule(it.questionnaire())
        first = it.mailing(rule, it.occasion("t1", "Språk", "Hälsa", present=9))
        it.ask(first, 8)
        it.ask(first, 2, "refused")
        known = [SCHOOL | {"theme": "A"}] * 2 + [SCHOOL | {"theme": "B"}, {"gender": "woman"}]
        it.answer(
            first, [{"overall": "3"}] * 3 + [None], background=known, languages=["sv", "en", "sv", "sv"]
        )
        second = it.mailing(rule, it.occasion("t2", present=5), closes_in=timedelta(days=3))
        it.ask(second, 5)
        it.answer(second, [{"overall": "2"}], background=SCHOOL)
        it.occasion("t3", present=12, cancelled=True)
    return installation


def look(installation: Installation, by: str) -> FunnelBy:
    with installation.database.reading() as session:
        return read_funnel(session, session.scalars(select(Series.id)).first() or 0, by, NOW, False)


def told(line: Line) -> dict[str, Any]:
    assert line.heads is not None
    assert line.sent is not None
    persons = (line.heads.registered, line.heads.present, line.heads.completed, line.asked)
    return {
        "persons": persons,
        "sent": (line.sent.invited, line.sent.delivered, line.sent.bounced),
        "came": (line.started, line.submitted),
        "rate": line.response and (line.response.count, line.response.base),
    }


def test_persons_and_questionnaires_are_counted_apart_in_every_group(built: Installation) -> None:
    found = look(built, "gender")
    assert told(found.together) == {
        "persons": (12, 9, 5, 10),
        "sent": (15, 13, 2),
        "came": (5, 4),
        "rate": (4, 15),
    }
    assert found.together.heads is not None
    assert found.together.heads.attendances == 14  # not those of what was cancelled
    assert found.series.funnel.attendances == 14
    assert {each.group.code: told(each) for each in found.lines} == {
        "woman": {"persons": (8, 5, 1, 6), "sent": (7, 5, 2), "came": (1, 0), "rate": (0, 7)},
        "man": {"persons": (4, 4, 4, 4), "sent": (8, 8, 0), "came": (4, 4), "rate": (4, 8)},
    }


def test_an_organisation_holds_those_below_it(built: Installation) -> None:
    found = look(built, "organisation")
    lines = {each.group.code: (each.group.level, told(each)) for each in found.lines}
    assert list(lines) == ["staden", "skolan", ""]
    assert lines["staden"] == (
        0,
        {"persons": (6, 6, 5, 6), "sent": (11, 11, 0), "came": (4, 4), "rate": (4, 11)},
    )
    assert lines["skolan"][0] == 1
    assert lines["skolan"][1]["sent"] == (8, 8, 0)
    assert lines[""][1]["persons"] == (6, 3, 0, 4)
    assert found.overlapping
    assert [each.group.code for each in look(built, "work_group").lines] == ["Norr", ""]


def test_themes_languages_and_ways_have_only_the_rates_that_can_be_known(built: Installation) -> None:
    before = look(built, "theme")
    assert [(each.group.label, each.submitted, each.sent, each.response) for each in before.lines] == [
        ("Tillfälle 1: Språk", 2, None, None),
        ("Tillfälle 1: Hälsa", 1, None, None),
        ("Tillfälle 1", 0, None, None),
    ]
    with built.database.transaction() as session:
        first = session.scalars(select(Attendance.occasion_id).order_by(Attendance.id)).first()
        themes = {each.code: each for each in session.scalars(select(Series)).one().occasions[0].themes}
        everyone = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
        session.execute(
            update(Attendance).where(Attendance.occasion_id == first).values(theme_id=themes["A"].id)
        )
        session.add(
            Attendance(occasion_id=first, enrolment_id=everyone[9].id, present=False, theme_id=themes["B"].id)
        )
    lines = look(built, "theme").lines
    assert [(each.present, each.sent and each.sent.invited) for each in lines[:2]] == [(9, 9), (None, 1)]
    assert [(each.response and (each.response.count, each.response.base)) for each in lines[:2]] == [
        (2, 9),
        (1, 1),
    ]
    by_language = look(built, "language").lines
    assert [
        (each.group.code, each.of_all and (each.of_all.count, each.of_all.base)) for each in by_language
    ] == [
        ("sv", (3, 4)),
        ("en", (1, 4)),
    ]
    assert [each.group.code for each in look(built, "source").lines] == ["web"]
    with pytest.raises(UnknownGrouping):
        look(built, "name")


def test_no_group_has_a_rate_where_answers_have_lost_their_classes(built: Installation) -> None:
    """Of three answers two say where they are from; a rate of the school would show who had not answered."""
    with built.database.transaction() as session:
        session.execute(update(Questionnaire).values(privacy_mode="sealed"))
        one = session.scalars(select(Response).where(Response.submitted_at.is_not(None))).first()
        assert one is not None
        one.background = {}
    found = look(built, "gender")
    assert found.lost
    assert found.unplaced == 1
    assert [(each.response, each.submitted) for each in found.lines] == [(None, None)] * 3
    assert found.together.response is not None


def test_a_small_group_of_a_sealed_measurement_does_not_tell_who_stayed_away(built: Installation) -> None:
    """Of the four men none has answered; until the key is destroyed the register says it anyway."""
    assert look(built, "gender").lines[1].response is not None
    with built.database.transaction() as session:
        session.execute(update(Questionnaire).values(privacy_mode="sealed"))
        for one in session.scalars(select(Response).where(Response.submitted_at.is_not(None))):
            one.background = {"gender": "woman", "organisation": "staden"}
    found = look(built, "gender")
    assert (found.lost, found.few) == (False, True)
    assert [(each.response, each.started, each.submitted) for each in found.lines] == [(None, None, None)] * 2
    assert [each.sent and each.sent.invited for each in found.lines] == [7, 8]  # of the register, untouched


def read(installation: Installation, only: str = "") -> HeadCounts:
    with installation.database.reading() as session:
        return read_head_counts(session, session.scalars(select(Project)).one(), NOW, True, only)


def test_a_person_of_two_series_is_one_person_of_the_project(built: Installation) -> None:
    with built.database.transaction() as session:
        first = session.scalars(select(Series)).one()
        other = Series(
            project_id=first.project_id,
            code="resa",
            title="Resan",
            audience="alla",
            attendance_kept=False,
            position=2,
        )
        session.add(other)
        session.flush()
        for number, one in enumerate(session.scalars(select(Enrolment).order_by(Enrolment.id)).all()[:5]):
            session.add(
                Enrolment(
                    public_id=f"resa{number}",
                    series_id=other.id,
                    participant_id=one.participant_id,
                    state="cancelled" if number == 4 else "started",
                    registered_at=one.registered_at,
                    added_at=one.added_at,
                )
            )
    found = read(built)
    assert [(each.code, each.heads.registered, each.heads.present) for each in found.series] == [
        ("kurs", 12, 9),
        ("resa", 4, None),
    ]
    assert (found.whole.registered, found.whole.attendances) == (12, 14)
    assert (found.whole.completed, found.whole.completed_of, found.whole.present_of) == (5, 12, 12)
    assert [(each.group.code, each.heads.registered) for each in found.genders] == [("woman", 8), ("man", 4)]
    with built.database.transaction() as session:  # two who are in the second series alone
        for one in session.scalars(
            select(Enrolment)
            .join(Series, Series.id == Enrolment.series_id)
            .where(Series.code == "kurs")
            .order_by(Enrolment.id)
            .limit(2)
        ).all():
            one.state = "cancelled"
    later = read(built).whole
    assert (later.registered, later.present_of, later.completed_of) == (12, 10, 10)  # of the first alone
    assert (later.present, later.completed) == (7, 3)
    assert [each.heads.completed for each in read(built, "kurs").work_groups] == [3, 0]
    trip = read(built, "resa")
    assert [(each.group.code, each.heads.registered) for each in trip.organisations] == [
        ("staden", 4),
        ("skolan", 4),
    ]
    assert trip.together.attendances is None
    with pytest.raises(UnknownSeries):
        read(built, "annan")


def table_of(installation: Installation, *measured: tuple[tuple[int, ...], dict[str, Any]]) -> OccasionTable:
    def build(it: Answering) -> None:
        for counts, content in measured:
            it.measured(spread("overall", *counts), content)

    return occasion_table(results_of(installation, build))


def changed(**question: Any) -> dict[str, Any]:
    return {**OVERALL, "questions": [{**OVERALL["questions"][0], **question}]}


MUCH, LITTLE, BETWEEN = (1, 4, 20, 15), (8, 14, 10, 8), (2, 8, 18, 12)


def test_a_difference_is_told_only_where_its_interval_leaves_out_none(
    sqlite_installation: Installation,
) -> None:
    table = table_of(sqlite_installation, (MUCH, OVERALL), (BETWEEN, OVERALL), (LITTLE, OVERALL))
    (found,) = table.differences
    assert (found.before.share.count, found.before.share.base) == (35, 40)
    assert (found.after.share.count, found.after.share.base) == (18, 40)
    assert str(found.apart) == "-42.5"
    assert found.low < found.apart < found.high < 0
    assert (found.first.code, found.last.code) == ("t1", "t3")
    assert not table.changes


def test_no_word_of_a_difference_within_its_interval(sqlite_installation: Installation) -> None:
    assert not table_of(sqlite_installation, (MUCH, OVERALL), (BETWEEN, OVERALL)).differences


def test_a_question_that_changed_is_warned_of_and_not_compared(sqlite_installation: Installation) -> None:
    other = changed(text=local("Vad gav det dig?"))
    three = changed(scale={**DEGREE, "points": DEGREE["points"][:3]})  # type: ignore[index]
    table = table_of(
        sqlite_installation, (MUCH, OVERALL), (LITTLE, other), (LITTLE, other), ((5, 5, 10), three)
    )
    assert [(each.earlier.code, each.later.code, each.likeness) for each in table.changes] == [
        ("t1", "t2", Likeness.REWORDED),
        ("t3", "t4", Likeness.OTHER_ANSWERS),
    ]
    assert [each.wordings for each in table.changes] == [
        ((local("Hur nyttigt var det?"), local("Vad gav det dig?")),),
        ((local("Vad gav det dig?"), local("Hur nyttigt var det?")),),
    ]
    assert not table.differences


def test_merged_classes_stand_beside_those_that_were_answered(sqlite_installation: Installation) -> None:
    merged = [{"label": local("Låg"), "codes": ["1", "2"]}, {"label": local("Hög"), "codes": ["3", "4"]}]
    table = table_of(
        sqlite_installation, (MUCH, changed(scale={**DEGREE, "merged": merged})), (LITTLE, OVERALL)
    )
    (column,) = table.columns
    rows = [(result, alike) for _, result, alike in table.both(column)]
    assert [alike for _, alike in rows] == [True, False]
    assert [each.share.count for each in rows[0][0].points] == [1, 4, 20, 15]
    assert [each.share.count for each in rows[0][0].merged] == [5, 35]
