"""What a programme file says of sending: quiet hours, late enrolment, conditions, own dates, rounds."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.course import programme
from surveys.exporting import programme_file as writer
from surveys.importing.faults import ProgrammeFaults
from surveys.importing.programme_file import read_programme
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.people import Enrolment
from surveys.models.programme import Project, Series
from tests.service.test_programme import EARLY, change, folder, load, remove_lines

__all__ = ["folder"]  # the fixture

SENDING = """\
  emblem: eu_cofunded
  sending: {quiet_from: "20:00", quiet_to: "07:00", weekends: yes, holidays: ja, weekly_cap: 3}
organisations:
"""
FILTER = (
    "audience_filter: {any: [{is: theme, codes: [A]}, {not: {is: role, values: [chef]}},"
    " {is: answered, questionnaire: fore, yes: no},"
    " {is: answer, questionnaire: uppfoljning, question: knows, one_of: ['1', dk]}]}"
)
RULE = "audience: present, reminders: [3, 7], close_after_days: 14}"
KEPT: dict[str, Any] = {
    "any": [
        {"is": "theme", "codes": ["A"]},
        {"not": {"is": "role", "values": ["chef"]}},
        {"is": "answered", "questionnaire": "fore", "yes": False},
        {"is": "answer", "questionnaire": "uppfoljning", "question": "knows", "one_of": ["1", "dk"]},
    ]
}


def one(session: Session, code: str) -> FollowUpRule:
    return session.scalars(select(FollowUpRule).where(FollowUpRule.code == code)).one()


@pytest.fixture
def spoken(folder: Path) -> Path:
    """The small programme, with everything said that can be said of sending."""
    change(folder, "organisations:\n", SENDING)
    choices = "late: catch_up, attendance_wait_hours: 12, attendance_default: everyone"
    change(folder, RULE, f"{RULE.removesuffix('}')}, {choices}, {FILTER}}}")
    change(folder, "anchor: series_end, offset: {days: 7", "anchor: person_end, offset: {days: 7")
    rows = (folder / "people.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{rows[0]},starts,ends", f"{rows[1]},2027-02-01,2027-06-30", *(f"{row},," for row in rows[2:])]
    (folder / "people.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_what_a_file_says_of_sending_is_kept(installation: Installation, spoken: Path) -> None:
    assert load(installation, spoken).changed
    with installation.database.reading() as session:
        project = session.scalars(select(Project)).one()
        assert (project.quiet_from, project.quiet_to) == (time(20), time(7))
        assert (project.quiet_weekends, project.quiet_holidays, project.weekly_cap) == (True, True, 3)
        assert project.emblem == "eu_cofunded"
        rule = one(session, "efter")
        assert (rule.late, rule.attendance_wait_hours, rule.attendance_default) == (
            "catch_up",
            12,
            "everyone",
        )
        assert rule.audience_filter == KEPT
        own = session.scalars(select(Enrolment).where(Enrolment.starts_on.is_not(None))).one()
        assert (own.starts_on, own.ends_on) == (date(2027, 2, 1), date(2027, 6, 30))
        due = session.scalars(select(Mailing).join(FollowUpRule).where(FollowUpRule.code == "slut"))
        assert {each.target for each in due} == {f"enrolment:{own.id}"}, "only who has an end of their own"


def test_loading_and_dumping_it_change_nothing(
    installation: Installation, spoken: Path, tmp_path: Path
) -> None:
    load(installation, spoken)
    assert not load(installation, spoken).changed
    written = writer.write(programme.dump(installation.database, "liten"), tmp_path / "out")
    again = programme.load(installation.database, read_programme(written[0]), EARLY)
    assert not again.changed
    assert "quiet_from: '20:00'" in written[0].read_text(encoding="utf-8")


def test_what_a_file_does_not_speak_of_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    with installation.database.transaction() as session:
        project = session.scalars(select(Project)).one()
        project.quiet_from, project.quiet_to, project.emblem = time(21), time(6), "eu_funded"
        session.scalars(select(Enrolment).limit(1)).one().ends_on = date(2027, 5, 1)
    assert not load(installation, folder).changed
    with installation.database.reading() as session:
        assert session.scalars(select(Project)).one().quiet_from == time(21)


def test_a_series_that_is_not_active_sends_nothing(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    change(folder, "    completion_minimum: 2\n", "    completion_minimum: 2\n    active: no\n")
    load(installation, folder)
    with installation.database.reading() as session:
        assert not session.scalars(select(Series)).one().active
        assert {each.reason for each in session.scalars(select(Mailing))} == {"series_inactive"}
    remove_lines(folder, lambda line: line == "    active: no\n")
    load(installation, folder)
    with installation.database.reading() as session:
        assert {each.state for each in session.scalars(select(Mailing))} == {"planned"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("organisations:\n", "  sending: {quiet_from: '20:00'}\norganisations:\n", "quiet_hours_half"),
        (
            "organisations:\n",
            "  sending: {quiet_from: '08:00', quiet_to: '08:00'}\norganisations:\n",
            "quiet_hours_whole_day",
        ),
        ("organisations:\n", "  sending: {weekly_cap: 0}\norganisations:\n", "out_of_range"),
        (RULE, f"late: never, {RULE}", "not_among"),
        (RULE, f"attendance_wait_hours: 0, {RULE}", "out_of_range"),
        (RULE, f"audience_filter: {{all: []}}, {RULE}", "audience_empty"),
        (RULE, f"audience_filter: {{is: weather}}, {RULE}", "audience_not_a_tree"),
        (RULE, f"audience_filter: {{is: theme, codes: [Z]}}, {RULE}", "audience_unknown_code"),
        (
            RULE,
            "audience_filter: {is: answer, questionnaire: fore, question: q, one_of: ['1']}, " + RULE,
            "audience_answers_not_known",
        ),
    ],
)
def test_what_cannot_be_is_told_with_its_line(
    folder: Path,
    old: str,
    new: str,
    code: str,
) -> None:
    change(folder, old, new)
    with pytest.raises(ProgrammeFaults) as caught:
        read_programme(folder / "small.yaml")
    assert [fault.code for fault in caught.value.faults] == [code]
    assert all(fault.line > 1 for fault in caught.value.faults)


def test_own_dates_in_the_wrong_order(folder: Path) -> None:
    rows = (folder / "people.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{rows[0]},starts,ends", f"{rows[1]},2027-06-30,2027-02-01", *(f"{row},," for row in rows[2:])]
    (folder / "people.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(ProgrammeFaults) as caught:
        read_programme(folder / "small.yaml")
    assert [fault.code for fault in caught.value.faults] == ["ends_before_start"]
