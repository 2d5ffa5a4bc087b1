"""Files of participants beside the register: what each row would do; done whole or not at all."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.followups import planning
from surveys.models.access import User
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.imports import PeopleImport
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Organisation
from surveys.models.questionnaire import Questionnaire
from surveys.register import people_import
from surveys.register import people_import_work as work
from surveys.running import access
from tests.support.builders import Course

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ADDRESSES = "Code;Name;E-mail"


@dataclass
class Place:
    db: Database
    series: int
    user: int

    def checked(self, text: str, answers: dict[str, str] | None = None) -> str:
        public_id = self.uploaded(text)
        work.check(self.db, public_id, NOW)
        if answers:
            people_import.answer_organisations(self.db, public_id, answers, NOW)
            work.check(self.db, public_id, NOW)
        return public_id

    def uploaded(self, text: str) -> str:
        public_id = people_import.upload(self.db, self.series, self.user, "p.csv", text.encode(), NOW)
        chosen = people_import.matching(self.db, public_id).chosen
        people_import.choose_columns(self.db, public_id, chosen, NOW)
        return public_id

    def saved(self, text: str) -> dict[str, int]:
        public_id = self.checked(text)
        people_import.begin_saving(self.db, public_id, True, NOW)
        work.save(self.db, public_id, NOW)
        return self.report(public_id)["counts"]

    def report(self, public_id: str) -> Any:
        with self.db.reading() as session:
            row = session.scalars(select(PeopleImport).where(PeopleImport.public_id == public_id)).one()
            return row.report

    def state(self, public_id: str) -> str:
        with self.db.reading() as session:
            return session.scalars(
                select(PeopleImport.state).where(PeopleImport.public_id == public_id)
            ).one()

    def rows(self, text: str) -> list[Any]:
        return self.report(self.checked(text))["rows"]

    def people(self) -> dict[str, Participant]:
        with self.db.reading() as session:
            found = {each.code: each for each in session.scalars(select(Participant))}
            session.expunge_all()
            return found


@pytest.fixture
def place(db: Database) -> Place:
    access.add_user(db, "o@prov.example", "O", "tre små gröna ekar")
    with db.transaction() as session:
        course = Course(session)
        course.people(2)
        session.add(
            Organisation(project_id=course.project.id, code="fk", name="Försäkringskassan", position=1)
        )
        course.rule(
            "vid-anmalan", anchor="registration", offset_minutes=0, audience="everyone", reminder_days=[3]
        )
        course.refresh(NOW)
        series = course.series.id
        user = session.scalars(select(User.id)).one()
    return Place(db, series, user)


def kinds(rows: list[Any]) -> list[str]:
    return [row["kind"] for row in rows]


def faults(rows: list[Any]) -> list[str]:
    return [code for row in rows for code, _ in row["faults"]]


def test_a_row_of_each_kind(place: Place) -> None:
    rows = place.rows(
        f"{ADDRESSES}\np0;Person 0;p0@prov.example\np1;Person Ett;p1@prov.example\n"
        "ny;Ny Person;ny@prov.example\nfel;Fel Person;fel\n"
    )
    assert kinds(rows) == ["same", "changed", "new", "faulty"]
    assert rows[1]["changes"] == [["name", "Person 1", "Person Ett"]]


def test_saved_and_read_again(place: Place) -> None:
    text = "Namn;E-post;Organisation\nÅsa Öberg;asa@prov.example;försäkringskassan\nBo;bo@prov.example;FK\n"
    assert place.saved(text)["new"] == 2
    people = {each.name: each for each in place.people().values()}
    assert people["Åsa Öberg"].organisation_id == people["Bo"].organisation_id is not None
    assert people["Åsa Öberg"].code == "p0003"
    assert kinds(place.rows(text)) == ["same", "same"]
    # and the mailings that count from registration are planned for each
    with place.db.reading() as session:
        assert len(session.scalars(select(Mailing.id)).all()) == 4 * 2


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Name;E-mail\nBo;\n", ["missing_address"]),
        ("Name;E-mail\n;bo@a.se\n", ["missing_name"]),
        ("Name;E-mail\nBo;bo@\n", ["bad_address"]),
        (f"Name;E-mail\n{'x' * 201};bo@a.se\n", ["too_long"]),
        ("Name;E-mail\nB\x07o;bo@a.se\n", ["bad_characters"]),
        ("Code;Name;E-mail\nå ä;Bo;bo@a.se\n", ["bad_participant_code"]),
        ("Name;E-mail;Gender\nBo;bo@a.se;katt\n", ["unknown_gender"]),
        ("Name;E-mail;Language\nBo;bo@a.se;finska\n", ["unknown_language"]),
        ("Name;E-mail;State\nBo;bo@a.se;borta\n", ["unknown_state"]),
        ("Name;E-mail;Starts\nBo;bo@a.se;2027-02-30\n", ["impossible_date"]),
        ("Name;E-mail;Starts\nBo;bo@a.se;9999-01-01\n", ["year_out_of_range"]),
        ("Name;E-mail;Starts;Ends\nBo;bo@a.se;2027-02-03;2027-02-02\n", ["ends_before_start"]),
        ("Name;E-mail;Organisation\nBo;bo@a.se;Okänd\n", ["unknown_organisation"]),
        ("Name;E-mail\nBo;bo@a.se\nBO;BO@a.se\n", ["duplicate_row"]),
        ("Code;Name;E-mail\nx1;Person 0;p0@prov.example\n", ["has_other_code"]),
        ("Name;E-mail\nBo;bo@a.se;x\n", ["ragged_row"]),
    ],
)
def test_faulty_rows(place: Place, text: str, codes: list[str]) -> None:
    before = len(place.people())
    public_id = place.checked(text)
    assert faults(place.report(public_id)["rows"]) == codes
    if "duplicate_row" not in codes:
        with pytest.raises(people_import.NothingToSave):
            people_import.begin_saving(place.db, public_id, True, NOW)
    assert len(place.people()) == before


def test_faulty_rows_are_left_out_only_when_said(place: Place) -> None:
    public_id = place.checked("Name;E-mail\nBo;bo@a.se\nCia;cia\n")
    with pytest.raises(people_import.FaultyRows):
        people_import.begin_saving(place.db, public_id, False, NOW)
    people_import.begin_saving(place.db, public_id, True, NOW)
    work.save(place.db, public_id, NOW)
    assert "Bo" in {each.name for each in place.people().values()}


@pytest.mark.parametrize(("answer", "known"), [("new", "Okänd"), ("none", None), ("fk", "Försäkringskassan")])
def test_an_unknown_organisation(place: Place, answer: str, known: str | None) -> None:
    public_id = place.checked(
        "Name;E-mail;Organisation\nBo;bo@a.se;Okänd\nEva;e@a.se;okänd\n", {"Okänd": answer}
    )
    assert kinds(place.report(public_id)["rows"]) == ["new", "new"]
    people_import.begin_saving(place.db, public_id, False, NOW)
    work.save(place.db, public_id, NOW)
    with place.db.reading() as session:
        names = [
            person.organisation.name if person.organisation else None
            for person in session.scalars(select(Participant).where(Participant.email.like("%@a.se")))
        ]
    assert names == [known, known]


def test_two_persons_may_share_an_address(place: Place) -> None:
    rows = place.rows("Name;E-mail\nNågon Annan;p0@prov.example\n")
    assert kinds(rows) == ["new"]
    assert rows[0]["notes"][0][0] == "shares_address"


def test_a_blank_cell_changes_nothing(place: Place) -> None:
    place.saved("Code;Name;E-mail;Role;Group\np0;Person 0;p0@prov.example;chef;Ett\n")
    rows = place.rows("Code;Role;Group\np0;;\n")
    assert kinds(rows) == ["same"]


def test_attendance_raises_and_an_older_file_does_not_lower(place: Place) -> None:
    assert kinds(place.rows("Code;State\np0;registered\n")) == ["same"]
    rows = place.rows("Code;State\np0;avhopp\n")
    assert rows[0]["changes"] == [["state", "started", "dropped_out"]]


def test_own_dates_and_registration(place: Place) -> None:
    place.saved("Name;E-mail;Registered;Starts;Ends\nBo;bo@a.se;2026-10-01 13:00;2027-01-07;2027-06-04\n")
    with place.db.reading() as session:
        row = session.scalars(
            select(Enrolment).join(Enrolment.participant).where(Participant.name == "Bo")
        ).one()
        assert row.registered_at == datetime(2026, 10, 1, 11, 0, tzinfo=UTC)
        assert (row.starts_on, row.ends_on) == (date(2027, 1, 7), date(2027, 6, 4))
        assert row.added_at == NOW


def test_nothing_is_saved_where_the_register_has_changed(place: Place) -> None:
    public_id = place.checked("Code;Name\np0;Person Noll\n")
    with place.db.transaction() as session:
        session.scalars(select(Participant).where(Participant.code == "p0")).one().name = "Person Nolla"
    people_import.begin_saving(place.db, public_id, False, NOW)
    with pytest.raises(work.RegisterChanged):
        work.save(place.db, public_id, NOW)
    assert place.people()["p0"].name == "Person Nolla"
    assert place.state(public_id) == "checking"


def test_rehearsing_leaves_nothing_behind(place: Place) -> None:
    place.checked("Name;E-mail\nBo;bo@a.se\n")
    assert "Bo" not in {each.name for each in place.people().values()}
    with place.db.reading() as session:
        assert len(session.scalars(select(Enrolment.id)).all()) == 2


def test_what_it_leads_to(place: Place) -> None:
    led = place.report(place.checked("Name;E-mail\nBo;bo@a.se\nEva;eva@a.se\n"))["consequence"]
    assert led["newcomers"] == 2
    assert led["at_once_count"] == 2  # two registrations, whose first mail is due now
    assert led["ahead_count"] == 2  # and a reminder each


# The scheduler's part


@pytest.fixture
def long_file() -> str:
    return "Name;E-mail\n" + "".join(f"Person {n};n{n}@lang.example\n" for n in range(2_001))


def test_a_long_file_waits_for_the_scheduler(place: Place, long_file: str) -> None:
    public_id = place.uploaded(long_file)
    claimed = work.claim(place.db, "w1", NOW)
    assert claimed is not None
    assert (claimed.public_id, claimed.state) == (public_id, "checking")
    assert work.claim(place.db, "w2", NOW) is None
    told: list[int] = []
    work.check(place.db, public_id, NOW, told.append)
    assert told == [1000, 2000, 2001]
    assert place.report(public_id)["counts"]["new"] == 2_001
    assert people_import.begin_saving(place.db, public_id, False, NOW) > people_import.AT_ONCE
    claimed = work.claim(place.db, "w1", NOW)
    assert claimed is not None
    assert claimed.state == "saving"
    work.save(place.db, public_id, NOW)
    assert place.state(public_id) == "saved"
    assert len(place.people()) == 2_003


def test_a_worker_that_died_is_followed_by_another(place: Place, long_file: str) -> None:
    place.uploaded(long_file)
    assert work.claim(place.db, "w1", NOW) is not None
    later = NOW + people_import.LEASE + timedelta(seconds=1)
    again = work.claim(place.db, "w2", later)
    assert again is not None
    with pytest.raises(work.Stopped):
        work.go_on(place.db, again, "w1", 1000, later)
    work.go_on(place.db, again, "w2", 1000, later)


def test_stopped_while_it_is_checked(place: Place, long_file: str) -> None:
    public_id = place.uploaded(long_file)
    claimed = work.claim(place.db, "w1", NOW)
    assert claimed is not None
    people_import.stop(place.db, public_id)
    with pytest.raises(work.Stopped):
        work.go_on(place.db, claimed, "w1", 1000, NOW)
    with pytest.raises(people_import.UnknownImport):
        work.check(place.db, public_id, NOW)
    assert place.state(public_id) == "stopped"


def test_old_files_are_forgotten(place: Place) -> None:
    place.checked("Name;E-mail\nBo;bo@a.se\n")
    people_import.forget_old(place.db, NOW + timedelta(days=6))
    with place.db.reading() as session:
        assert session.scalars(select(PeopleImport.id)).all()
    people_import.forget_old(place.db, NOW + timedelta(days=8))
    with place.db.reading() as session:
        assert not session.scalars(select(PeopleImport.id)).all()


def test_a_file_that_breaks_off_late_is_failed(place: Place, long_file: str) -> None:
    public_id = place.uploaded(long_file + 'Bo;"bo@a.se\n')
    work.check(place.db, public_id, NOW)
    assert place.state(public_id) == "failed"
    assert place.report(public_id)["refused"][:2] == ["bad_quotes", 2003]


def test_a_file_leaves_the_mailings_of_everybody_else_alone(place: Place) -> None:
    """With very many people in the register, planning them all anew takes long."""
    with place.db.transaction() as session:
        rule = FollowUpRule(
            series_id=place.series,
            code="anmalan",
            position=9,
            questionnaire_id=session.scalars(select(Questionnaire.id)).first(),
            anchor="registration",
            offset_days=0,
            offset_minutes=60,
            audience="everyone",
            reminder_days=[],
            close_after_days=14,
            active=True,
            late="catch_up",
        )
        session.add(rule)
        planning.refresh_mailings(session, place.series, NOW)
        # As nobody leaves it behind; planning all anew would mend it.
        for each in session.scalars(select(Mailing).where(Mailing.enrolment_id.is_not(None))):
            each.due_at = NOW + timedelta(days=300)
    shown = place.report(place.checked(f"{ADDRESSES}\n;Ny;ny@prov.example"))["consequence"]
    assert shown["ahead_count"] == 2, "the own one, and that to everybody"
    place.saved(f"{ADDRESSES}\n;Ny;ny@prov.example")
    with place.db.reading() as session:
        due = [each.due_at for each in session.scalars(select(Mailing).where(Mailing.rule_id == rule.id))]
    assert sorted(due) == [NOW + timedelta(hours=1), *[NOW + timedelta(days=300)] * 2]
