"""Loading and dumping a programme, on both databases; what is sent or answered is never undone by a file."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.answers import responses
from surveys.course import programme
from surveys.course.series import create_series
from surveys.domain.series import Description
from surveys.exporting import programme_file as writer
from surveys.followups import planning
from surveys.importing.faults import ProgrammeFaults
from surveys.importing.programme_file import read_programme
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.register import enrolment
from surveys.register.attendance import NOTHING, Change, Mark, save_marks
from surveys.register.enrolment import risen
from tests.support.forms import filled
from tests.support.small import FOLDER, load_small, small_programme

EARLY = datetime(2027, 1, 12, 8, tzinfo=UTC)
AFTER_FIRST = datetime(2027, 2, 2, 18, tzinfo=UTC)  # 19:00 in Stockholm; the questionnaire was due at 18:30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small programme, to be changed."""
    shutil.copytree(FOLDER, tmp_path / "small")
    return tmp_path / "small"


def load(installation: Installation, folder: Path, now: datetime = EARLY) -> programme.LoadReport:
    return programme.load(installation.database, read_programme(folder / "small.yaml"), now)


def change(folder: Path, old: str, new: str, name: str = "small.yaml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, old
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def remove_lines(folder: Path, wanted: Callable[[str], bool], name: str = "small.yaml") -> None:
    lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not wanted(line)]
    assert len(kept) < len(lines)
    (folder / name).write_text("".join(kept), encoding="utf-8")


def codes(installation: Installation, folder: Path, now: datetime = EARLY) -> list[str]:
    with pytest.raises(ProgrammeFaults) as caught:
        load(installation, folder, now)
    assert all(fault.file == "small.yaml" and fault.line > 0 for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


def changes(report: programme.LoadReport) -> dict[str, tuple[int, int, int]]:
    return {
        noun: (counts.created, counts.changed, counts.removed)
        for noun, counts in report.counts.items()
        if counts.changes
    }


def expand_all(installation: Installation, now: datetime) -> None:
    while planning.expand_next(installation.database, installation.keys, now):
        pass


def mailings(session: Session, rule: str) -> list[Mailing]:
    found = select(Mailing).join(FollowUpRule).where(FollowUpRule.code == rule)
    return list(session.scalars(found.order_by(Mailing.target, Mailing.step)))


def test_loading_makes_everything(installation: Installation) -> None:
    report = load_small(installation, EARLY)
    assert changes(report) == {
        "projects": (1, 0, 0),
        "organisations": (2, 0, 0),
        "subprojects": (1, 0, 0),
        "questionnaires": (3, 0, 0),
        "series": (1, 0, 0),
        "occasions": (3, 0, 0),
        "rules": (4, 0, 0),
        "participants": (12, 0, 0),
        "enrolments": (12, 0, 0),
        "attendance": (18, 0, 0),
    }
    with installation.database.reading() as session:
        second = session.scalars(select(Occasion).where(Occasion.code == "t2")).one()
        assert second.starts_at == datetime(2027, 3, 2, 12, tzinfo=UTC)
        assert second.continues is not None
        assert second.continues.code == "t1"
        assert [theme.code for theme in second.themes] == ["A", "B", "C"]
        found = session.execute(select(Participant.code, Enrolment.state).join(Enrolment))
        states = {code: state for code, state in found}  # noqa: C416 - a row is not quite a pair
        assert states["p01"] == "completed"  # at two of two
        assert states["p09"] == "started"
        assert states["p10"] == "registered"
        assert states["p11"] == "cancelled"
        first, *reminders = mailings(session, "fore")
        assert first.due_wall == datetime(2027, 1, 19, 9)  # noqa: DTZ001 - a wall time
        assert len(reminders) == 1


def test_loading_twice_changes_nothing(installation: Installation) -> None:
    load_small(installation, EARLY)
    with installation.database.reading() as session:
        before = {row.id: row.registered_at for row in session.scalars(select(Enrolment))}
    report = load_small(installation, EARLY + timedelta(days=1))
    assert not report.changed
    assert sum(counts.unchanged for counts in report.counts.values()) == 57
    with installation.database.reading() as session:
        assert {row.id: row.registered_at for row in session.scalars(select(Enrolment))} == before


def test_a_moved_occasion_moves_what_is_unsent(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    with installation.database.reading() as session:
        sent = [(m.due_at, m.state) for m in mailings(session, "efter") if m.state == "expanded"]
        assert len(sent) == 1
    change(folder, "2027-03-02T", "2027-03-09T")
    report = load(installation, folder, AFTER_FIRST)
    assert changes(report) == {"occasions": (0, 1, 0)}
    with installation.database.reading() as session:
        rows = mailings(session, "efter")
        assert [(m.due_at, m.state) for m in rows if m.state == "expanded"] == sent
        second = session.scalars(select(Occasion.id).where(Occasion.code == "t2")).one()
        due = [m.due_at for m in rows if m.target == f"occasion:{second}" and m.step == 0]
        assert due == [datetime(2027, 3, 9, 17, 30, tzinfo=UTC)]


def test_an_occasion_not_asked_about_is_removed_with_its_mailings(
    installation: Installation, folder: Path
) -> None:
    load(installation, folder)
    remove_lines(folder, lambda line: "{code: t3," in line)
    assert changes(load(installation, folder)) == {"occasions": (0, 0, 1)}
    with installation.database.reading() as session:
        assert session.scalars(select(Occasion.code).order_by(Occasion.position)).all() == ["t1", "t2"]


def without_first(folder: Path) -> None:
    text = (folder / "small.yaml").read_text(encoding="utf-8")
    begins, ends = text.index("      - code: t1"), text.index("      - code: t2")
    text = (text[:begins] + text[ends:]).replace("        continues: t1\n", "")
    (folder / "small.yaml").write_text(text, encoding="utf-8")
    remove_lines(folder, lambda line: ",t1," in line, "attendance.csv")


def test_an_occasion_with_attendance_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    without_first(folder)
    assert codes(installation, folder) == ["occasion_has_attendance"]


def test_an_occasion_that_was_asked_about_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    without_first(folder)
    assert codes(installation, folder, AFTER_FIRST) == ["occasion_has_sent"]
    with installation.database.reading() as session:
        assert session.scalar(select(func.count(Occasion.id))) == 3


def test_a_cancelled_occasion_sends_nothing_more(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    change(folder, "        place: Storgatan 1\n", "        place: Storgatan 1\n        cancelled: true\n")
    load(installation, folder, AFTER_FIRST)
    with installation.database.reading() as session:
        first = session.scalars(select(Occasion.id).where(Occasion.code == "t1")).one()
        states = [m.state for m in mailings(session, "efter") if m.target == f"occasion:{first}"]
        assert states == ["expanded", "cancelled", "cancelled"]


def test_a_rule_that_has_sent_nothing_is_removed(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    remove_lines(folder, lambda line: "{code: logg," in line)
    assert changes(load(installation, folder)) == {"rules": (0, 1, 1)}  # the last one moves up
    with installation.database.reading() as session:
        assert mailings(session, "logg") == []


def test_a_rule_that_has_sent_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    remove_lines(folder, lambda line: "{code: efter," in line)
    assert codes(installation, folder, AFTER_FIRST) == ["rule_has_sent"]


def test_a_rule_that_has_sent_cannot_ask_something_else(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    change(folder, "code: efter, questionnaire: efter-tillfalle", "code: efter, questionnaire: uppfoljning")
    assert codes(installation, folder, AFTER_FIRST) == ["rule_asks_other"]


def test_a_theme_that_was_chosen_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    change(folder, ", {code: B, title: Bemötande}", "")
    change(folder, "t1,yes,B", "t1,yes,A", "attendance.csv")
    assert codes(installation, folder) == ["theme_in_use"]


def versions(installation: Installation, questionnaire: str) -> list[tuple[int, bool]]:
    with installation.database.reading() as session:
        found = select(QuestionnaireVersion).join(Questionnaire).where(Questionnaire.code == questionnaire)
        rows = session.scalars(found.order_by(QuestionnaireVersion.number))
        return [(row.number, row.locked_at is not None) for row in rows]


def answer_first(installation: Installation, rule: str, raw: dict[str, list[str]], now: datetime) -> None:
    with installation.database.reading() as session:
        found = select(Invitation).join(FollowUpRule).where(FollowUpRule.code == rule)
        invitation = session.scalars(found.order_by(Invitation.id)).first()
        assert invitation is not None
        public_id, token = invitation.public_id, installation.keys.link_token(invitation.public_id, 1)
    responses.save(installation.database, installation.keys, public_id, token, filled(raw), now)


def test_a_draft_is_replaced_and_an_answered_version_is_followed_by_a_new_one(
    installation: Installation, folder: Path
) -> None:
    load(installation, folder)
    change(folder, "Hur nyttigt var det?", "Hur nyttigt var tillfället?")
    assert changes(load(installation, folder)) == {"questionnaires": (0, 1, 0)}
    assert versions(installation, "efter-tillfalle") == [(1, False)]
    expand_all(installation, AFTER_FIRST)
    answer_first(installation, "efter", {"q-overall": ["3"]}, AFTER_FIRST)
    change(folder, "Hur nyttigt var tillfället?", "Vad var det värt?")
    assert changes(load(installation, folder, AFTER_FIRST)) == {"questionnaires": (0, 1, 0)}
    assert versions(installation, "efter-tillfalle") == [(1, True), (2, False)]
    assert not load(installation, folder, AFTER_FIRST).changed


def test_the_privacy_mode_of_answers_stays(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    expand_all(installation, AFTER_FIRST)
    answer_first(installation, "efter", {"q-overall": ["3"]}, AFTER_FIRST)
    change(folder, "    wave: occasion\n", "    wave: occasion\n    privacy_mode: named\n")
    assert codes(installation, folder, AFTER_FIRST) == ["privacy_mode_in_use"]


def test_participants_left_out_are_kept_and_listed(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    remove_lines(folder, lambda line: line.startswith(("p03,", "p05,")), "people.csv")
    remove_lines(folder, lambda line: line.startswith(("p03,", "p05,")), "attendance.csv")
    report = load(installation, folder)
    assert not report.changed
    assert report.absent == ("p03", "p05")
    with installation.database.reading() as session:
        assert session.scalar(select(func.count(Enrolment.id))) == 12


def test_a_fault_leaves_nothing_half_loaded(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    change(folder, "title: Lilla projektet", "title: Stora projektet")
    change(folder, "Anna Alm", "Anna Björk", "people.csv")
    without_first(folder)
    assert codes(installation, folder) == ["occasion_has_attendance"]
    with installation.database.reading() as session:
        assert session.scalar(select(Project.title)) == "Lilla projektet"
        assert session.scalar(select(Participant.name).where(Participant.code == "p01")) == "Anna Alm"


def test_what_somebody_says_of_a_state_wins(installation: Installation, folder: Path) -> None:
    load(installation, folder)
    change(folder, "Grupp 1,,2027-01-10\np02", "Grupp 1,dropped_out,2027-01-10\np02", "people.csv")
    load(installation, folder)
    with installation.database.reading() as session:
        state = select(Enrolment.state).join(Participant).where(Participant.code == "p01")
        assert session.scalar(state) == "dropped_out"


@pytest.mark.parametrize(
    ("state", "attended", "minimum", "expected"),
    [
        ("registered", 0, 6, "registered"),
        ("registered", 0, None, "registered"),
        ("registered", 1, 6, "started"),
        ("registered", 1, None, "started"),
        ("registered", 6, 6, "completed"),
        ("started", 5, 6, "started"),
        ("completed", 1, 6, "completed"),  # never down again
        ("completed", 0, 6, "completed"),
        ("cancelled", 8, 6, "cancelled"),
        ("dropped_out", 8, 6, "dropped_out"),
    ],
)
def test_states_only_rise(state: str, attended: int, minimum: int | None, expected: str) -> None:
    assert risen(state, attended, minimum) == expected


def test_recording_attendance(installation: Installation) -> None:
    load_small(installation, EARLY)
    db = installation.database
    with db.reading() as session:
        occasion = session.scalars(select(Occasion.id).where(Occasion.code == "t2")).one()
        found = select(Participant.code, Enrolment.id).join(Enrolment)
        people = {code: enrolment_id for code, enrolment_id in session.execute(found)}  # noqa: C416
    changes = {
        people["p10"]: Change(NOTHING, Mark(True, "C")),
        people["p01"]: Change(NOTHING, Mark(True, "B")),
        people["p12"]: Change(NOTHING, Mark(False)),
    }
    assert save_marks(db, occasion, changes, EARLY) == 2  # p01 had chosen B already
    assert save_marks(db, occasion, changes, EARLY) == 0
    with db.reading() as session:
        assert session.scalar(select(Enrolment.state).where(Enrolment.id == people["p10"])) == "started"
        assert session.scalar(select(func.count(Attendance.id))) == 20
    with pytest.raises(enrolment.UnknownTheme):
        save_marks(db, occasion, {people["p10"]: Change(Mark(True, "C"), Mark(True, "X"))}, EARLY)
    with pytest.raises(enrolment.NotEnrolled):
        save_marks(db, occasion, {0: Change(NOTHING, Mark(True))}, EARLY)
    with pytest.raises(enrolment.UnknownOccasion):
        save_marks(db, 0, {}, EARLY)


def test_attendance_that_is_not_kept_cannot_be_recorded(installation: Installation, folder: Path) -> None:
    change(folder, "    attendance: kept\n", "    attendance: not_kept\n")
    change(folder, "    attendance_list: attendance.csv\n", "")
    change(folder, "audience: present", "audience: everyone")
    load(installation, folder)
    with installation.database.reading() as session:
        occasion = session.scalars(select(Occasion.id).where(Occasion.code == "t1")).one()
    with pytest.raises(enrolment.AttendanceNotKept):
        save_marks(installation.database, occasion, {}, EARLY)


def test_what_is_dumped_is_what_was_loaded(installation: Installation, tmp_path: Path) -> None:
    load_small(installation, EARLY)
    dumped = writer.write(programme.dump(installation.database, "liten"), tmp_path / "dump")
    assert [path.name for path in dumped] == ["liten.yaml", "kurs-participants.csv", "kurs-attendance.csv"]
    report = programme.load(installation.database, read_programme(dumped[0]), EARLY + timedelta(days=3))
    assert not report.changed, changes(report)
    assert report.absent == ()


def test_what_is_dumped_makes_the_same_again(
    installation: Installation, tmp_path: Path, folder: Path
) -> None:
    change(folder, "  decimals: 1\n", "  decimals: 1\n  logotype: logo.png\n  logotype_text: En bild\n")
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    change(folder, "code,name", "attribute:Skonummer,code,name", "people.csv")
    change(folder, "\np", "\n,p", "people.csv")
    change(folder, "\n,p01", "\n=40,p01", "people.csv")
    load(installation, folder)
    dumped = writer.write(programme.dump(installation.database, "liten"), tmp_path / "dump")
    text = dumped[0].read_text(encoding="utf-8").replace("code: liten", "code: kopia", 1)
    dumped[0].write_text(text, encoding="utf-8")
    programme.load(installation.database, read_programme(dumped[0]), EARLY)
    copies = [programme.dump(installation.database, code) for code in ("liten", "kopia")]
    first, second = (copy.programme.model_dump() for copy in copies)
    assert first["project"].pop("code") != second["project"].pop("code")
    assert first == second
    assert copies[0].people == copies[1].people
    assert copies[0].people["p01"].attributes == {"skonummer": "=40"}
    assert copies[0].enrolments == copies[1].enrolments
    assert copies[0].attendance == copies[1].attendance
    assert copies[0].logotype == copies[1].logotype
    with installation.database.reading() as session:
        assert session.scalar(select(func.count(Series.id))) == 2


def test_a_minimum_beyond_the_occasions_goes_both_ways(
    installation: Installation, folder: Path, tmp_path: Path
) -> None:
    """As it is in the browser: how many are needed is said before the occasions are there."""
    change(folder, "completion_minimum: 2", "completion_minimum: 9")
    load(installation, folder)
    dumped = writer.write(programme.dump(installation.database, "liten"), tmp_path / "dump")
    assert not programme.load(installation.database, read_programme(dumped[0]), EARLY).changed
    with installation.database.reading() as session:
        assert session.scalars(select(Series.completion_minimum)).all() == [9]


def test_a_new_series_without_occasions_goes_both_ways(installation: Installation, tmp_path: Path) -> None:
    load_small(installation, EARLY)
    with installation.database.reading() as session:
        project = session.scalars(select(Project.id)).one()
    create_series(installation.database, project, Description("Nästa", completion_minimum=200))
    dumped = writer.write(programme.dump(installation.database, "liten"), tmp_path / "dump")
    assert not programme.load(installation.database, read_programme(dumped[0]), EARLY).changed


def test_an_unknown_project_cannot_be_dumped(installation: Installation) -> None:
    with pytest.raises(programme.UnknownProject):
        programme.dump(installation.database, "liten")


def test_a_folder_that_is_not_empty_is_left_alone(installation: Installation, tmp_path: Path) -> None:
    load_small(installation, EARLY)
    (tmp_path / "brev.txt").write_text("mitt", encoding="utf-8")
    document = programme.dump(installation.database, "liten")
    with pytest.raises(writer.FolderTaken):
        writer.write(document, tmp_path)
    writer.write(document, tmp_path, force=True)
    assert (tmp_path / "brev.txt").read_text(encoding="utf-8") == "mitt"


def test_the_small_fixture_names_what_it_says() -> None:
    document = small_programme()
    assert document.people["p10"].given["language"] == "en"
    assert document.people["p11"].given["email"] == document.people["p12"].given["email"]
