"""Recording attendance: by a list that two people tick, by a file, and what follows from it."""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.exporting import hours
from surveys.importing.files import Refused
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.people import Attendance, Enrolment, Participant
from surveys.models.programme import Occasion, Theme
from surveys.queries import attendance as queries
from surveys.register import attendance, attendance_file
from surveys.register.attendance import NOTHING, Change, ChangedMeanwhile, Mark
from surveys.register.attendance_file import Judged
from surveys.register.enrolment import AttendanceNotKept, NotEnrolled, UnknownOccasion, UnknownTheme
from tests.support.builders import ENDED, Course

NOW = ENDED + timedelta(minutes=10)


@pytest.fixture
def course(db: Database) -> dict[str, int]:
    """An occasion with two themes and five participants; ids by name."""
    with db.transaction() as session:
        course = Course(session)
        people = course.people(5)
        occasion = course.occasion(
            themes=[Theme(code="A", title="Ansvar"), Theme(code="B", title="Bemötande")]
        )
        course.rule()
        course.refresh()
        return {"occasion": occasion.id, **{f"p{n}": each.id for n, each in enumerate(people)}}


def stored(db: Database, occasion: int) -> dict[int, tuple[bool, str | None, int | None, str]]:
    with db.reading() as session:
        rows = session.scalars(select(Attendance).where(Attendance.occasion_id == occasion))
        return {
            row.enrolment_id: (row.present, row.theme.code if row.theme else None, row.minutes, row.source)
            for row in rows
        }


def save(db: Database, course: Mapping[str, int], marks: Mapping[str, Mark], seen: Mark = NOTHING) -> int:
    changes = {course[name]: Change(seen, mark) for name, mark in marks.items()}
    return attendance.save_marks(db, course["occasion"], changes, NOW)


def test_ticking_records_corrects_and_takes_away(db: Database, course: dict[str, int]) -> None:
    assert save(db, course, {"p0": Mark(True, "A", 90), "p1": Mark(False), "p2": NOTHING}) == 2
    assert stored(db, course["occasion"]) == {
        course["p0"]: (True, "A", 90, "staff"),
        course["p1"]: (False, None, None, "staff"),
    }
    assert save(db, course, {"p0": Mark(True, "B")}, seen=Mark(True, "A", 90)) == 1
    assert save(db, course, {"p1": NOTHING}, seen=Mark(False)) == 1
    assert stored(db, course["occasion"]) == {course["p0"]: (True, "B", None, "staff")}


def test_the_same_again_changes_nothing(db: Database, course: dict[str, int]) -> None:
    assert save(db, course, {"p0": Mark(True)}) == 1
    assert save(db, course, {"p0": Mark(True)}) == 0  # sent twice, from the same page


def test_of_the_absent_no_theme_is_kept(db: Database, course: dict[str, int]) -> None:
    save(db, course, {"p0": Mark(False, "A", 30)})
    assert stored(db, course["occasion"])[course["p0"]] == (False, None, None, "staff")


def test_states_rise_and_mailings_follow(db: Database, course: dict[str, int]) -> None:
    save(db, course, {"p0": Mark(True), "p1": Mark(False)})
    with db.reading() as session:
        states = dict(tuple(row) for row in session.execute(select(Enrolment.id, Enrolment.state)))
    assert (states[course["p0"]], states[course["p1"]]) == ("started", "started")


def test_two_who_tick_the_same_list_lose_nothing(db: Database, course: dict[str, int]) -> None:
    save(db, course, {"p0": Mark(True), "p1": Mark(True)})
    with pytest.raises(ChangedMeanwhile) as caught:
        save(db, course, {"p0": Mark(False), "p2": Mark(True)})
    assert caught.value.stored == {course["p0"]: Mark(True)}
    assert stored(db, course["occasion"]).keys() == {course["p0"], course["p1"]}  # nothing half saved
    # other people on the same page do not disturb
    assert save(db, course, {"p2": Mark(True), "p1": Mark(True)}) == 1


def test_what_cannot_be_is_refused_whole(db: Database, course: dict[str, int]) -> None:
    good = Mark(True)
    with pytest.raises(UnknownTheme):
        save(db, course, {"p0": good, "p1": Mark(True, "X")})
    with pytest.raises(attendance.BadMinutes):
        save(db, course, {"p0": good, "p1": Mark(True, None, 0)})
    with pytest.raises(attendance.BadMinutes):
        save(db, course, {"p1": Mark(True, None, attendance.LONGEST_MINUTES + 1)})
    with pytest.raises(NotEnrolled):
        save(db, course | {"x": 999_999}, {"p0": good, "x": good})
    with pytest.raises(UnknownOccasion):
        save(db, course | {"occasion": 0}, {"p0": good})
    assert stored(db, course["occasion"]) == {}


def test_a_cancelled_occasion_and_a_series_without_attendance_take_none(
    db: Database, course: dict[str, int]
) -> None:
    with db.transaction() as session:
        occasion = session.get_one(Occasion, course["occasion"])
        occasion.cancelled = True
    with pytest.raises(attendance.OccasionCancelled):
        save(db, course, {"p0": Mark(True)})
    with db.transaction() as session:
        session.get_one(Occasion, course["occasion"]).series.attendance_kept = False
    with pytest.raises(AttendanceNotKept):
        save(db, course, {"p0": Mark(True)})


def test_a_new_door_code_ends_the_old_one(db: Database, course: dict[str, int]) -> None:
    with db.transaction() as session:
        user = User(email="o@prov.example", name="O", password_hash="x")
        session.add(user)
        session.flush()
        number, old = user.id, session.get_one(Occasion, course["occasion"]).door_id
    attendance.renew_door(db, course["occasion"], number, NOW)
    with db.reading() as session:
        assert queries.occasion_by_door(session, old) is None
        new = session.get_one(Occasion, course["occasion"]).door_id
        assert queries.occasion_by_door(session, new) is not None
        (deed,) = session.scalars(select(Deed))
        assert (deed.action, deed.subject) == ("door_code_renewed", f"occasion:{course['occasion']}")


@pytest.mark.parametrize(
    ("minutes_before_start", "on"), [(61, False), (60, True), (0, True), (-329, True), (-330, False)]
)
def test_when_one_can_say_that_one_is_here(
    db: Database, course: dict[str, int], minutes_before_start: int, on: bool
) -> None:
    with db.reading() as session:
        occasion = session.get_one(Occasion, course["occasion"])
        assert occasion.starts_at is not None
        moment = occasion.starts_at - timedelta(minutes=minutes_before_start)
        assert attendance.is_on(occasion, moment) is on


def judge(db: Database, course: Mapping[str, int], text: str | bytes) -> Judged:
    with db.reading() as session:
        occasion = session.get_one(Occasion, course["occasion"])
        raw = text if isinstance(text, bytes) else text.encode()
        return attendance_file.judge(session, occasion, raw)


def verdicts(judged: Judged) -> list[tuple[int, str, str]]:
    return [(row.line, row.verdict, row.fault) for row in judged.rows]


def test_every_row_of_a_file_gets_its_verdict(db: Database, course: dict[str, int]) -> None:
    with db.transaction() as session:
        for code in ("p3", "p4"):
            person = session.scalars(select(Participant).where(Participant.code == code)).one()
            person.email = "delad@prov.example"
    save(db, course, {"p0": Mark(True, "A"), "p1": Mark(True)})
    judged = judge(
        db,
        course,
        "E-post;Närvarande;Tema;Minuter;Anteckning\n"
        "p0@prov.example;ja;a;;\n"
        "P1@PROV.example;nej;;;\n"
        "p2@prov.example;x;Bemötande;45;\n"
        "p2@prov.example;ja;;;\n"
        "delad@prov.example;ja;;;\n"
        "okänd@prov.example;ja;;;\n"
        "p4@prov.example;kanske;;;\n"
        ";ja;;;\n",
    )
    assert verdicts(judged) == [
        (2, "same", ""),
        (3, "changed", ""),
        (4, "new", ""),
        (5, "faulty", "twice"),
        (6, "faulty", "shared_address"),
        (7, "faulty", "unknown_person"),
        (8, "faulty", "unknown_person"),
        (9, "faulty", "nobody"),
    ]
    assert judged.changes == {
        course["p1"]: Change(Mark(True), Mark(False)),
        course["p2"]: Change(NOTHING, Mark(True, "B", 45)),
    }
    assert stored(db, course["occasion"])[course["p1"]][0]  # judging saves nothing
    assert attendance.save_marks(db, course["occasion"], judged.changes, NOW, "import") == 2
    assert stored(db, course["occasion"])[course["p2"]] == (True, "B", 45, "import")
    again = judge(db, course, "e-post;närvarande;tema;minuter\np2@prov.example;ja;B;45\n")
    assert verdicts(again) == [(2, "same", "")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("p0;kanske;;;", "not_yes_or_no"),
        ("p0;ja;X;;", "unknown_theme"),
        ("p0;ja;;-1;", "bad_minutes"),
        ("p0;ja;;1,5;", "bad_minutes"),
        ("p0;ja;;99999;", "bad_minutes"),
        ("p0;ja;;;t2", "other_occasion"),
        ("p9;ja;;;", "unknown_person"),
        ("😀;ja;;;", "unknown_person"),
        ("p0;ja", "ragged_row"),
    ],
)
def test_faulty_rows(db: Database, course: dict[str, int], row: str, fault: str) -> None:
    judged = judge(db, course, f"kod;närvarande;tema;minuter;tillfälle\n{row}\n")
    assert [each.fault for each in judged.rows] == [fault]
    assert judged.changes == {}


def test_without_a_column_for_it_everybody_in_the_file_was_there(
    db: Database, course: dict[str, int]
) -> None:
    judged = judge(db, course, "code,name\np0,Någon\np1,Någon\n")
    assert judged.changes == {course[name]: Change(NOTHING, Mark(True)) for name in ("p0", "p1")}
    # a blank cell says nothing, and takes away nothing that is unknown
    judged = judge(db, course, "code,present\np0,\n")
    assert verdicts(judged) == [(2, "same", "")]


@pytest.mark.parametrize(
    "raw", [b"", b"namn;present\nAnna;ja\n", b"kod;tema\np0;\x00\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_files_that_cannot_be_used(db: Database, course: dict[str, int], raw: bytes) -> None:
    with pytest.raises(Refused):
        judge(db, course, raw)


def test_too_many_rows(db: Database, course: dict[str, int]) -> None:
    with pytest.raises(Refused) as caught:
        judge(db, course, "kod;närvarande\n" + "x;ja\n" * (attendance_file.MOST_ROWS + 1))
    assert caught.value.code == "too_many_rows"


def test_hours_per_person_and_month(db: Database) -> None:
    with db.transaction() as session:
        course = Course(session)
        course.people(1, name="=Åsa Öman", code="aa")
        course.people(1, name="Bo Ek", code="bb")
        a, b = course.persons
        project = course.project.id
        course.occasion("t1", present=[a, b])  # 1 December, 210 minutes
        course.occasion("t2", ends=datetime(2026, 12, 8, 16, 30), present=[a])  # noqa: DTZ001
        gone = course.occasion("t3", ends=datetime(2026, 12, 9, 16, 30), present=[a])  # noqa: DTZ001
        gone.cancelled = True
        course.occasion("t4", ends=None, present=[a])
        course.attend(course.occasion("t5", ends=datetime(2027, 1, 12, 16, 30)), [a], present=False)  # noqa: DTZ001
        late = course.occasion("t6", ends=datetime(2027, 1, 13, 16, 30), present=[b])  # noqa: DTZ001
        session.scalars(select(Attendance).where(Attendance.occasion_id == late.id)).one().minutes = 50
    with db.reading() as session:
        rows = hours.hours(queries.stays(session, project, None))
    assert [(row.code, row.month, row.occasions, row.minutes) for row in rows] == [
        ("aa", (2026, 12), 2, 420),
        ("bb", (2026, 12), 1, 210),
        ("bb", (2027, 1), 1, 50),
    ]
    file = io.StringIO(newline="")
    hours.write(rows, hours.COLUMNS, file)
    lines = file.getvalue().split("\r\n")
    assert lines[0] == "code;name;organisation;series;month;occasions;hours"
    assert lines[1] == "aa;'=Åsa Öman;;Kursen;2026-12;2;7,00"
    assert lines[3] == "bb;Bo Ek;;Kursen;2027-01;1;0,83"
