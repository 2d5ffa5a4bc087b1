"""One person at a time: enrolled, corrected, withdrawn, taken back, removed."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from surveys.database import Database
from surveys.followups import planning
from surveys.keys import Keyring
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.outcome import OutcomeKind
from surveys.models.people import Enrolment, Outcome, Participant
from surveys.models.programme import Project
from surveys.register import outcomes, people, people_enrolment
from surveys.register.people_enrolment import Participation
from surveys.running import access
from tests.support.builders import ENDED, Course

NOW = ENDED - timedelta(days=3)
AFTER = ENDED + timedelta(hours=3)
NEW = {"name": "Åsa Öberg", "email": "asa@prov.example"}


@dataclass
class Place:
    db: Database
    series: int
    user: int

    def add(self, rehearse: bool = False, **fields: str) -> people.Added:
        return people.add(self.db, self.series, NEW | fields, NOW, self.user, rehearse)

    def person(self, name: str) -> Participant:
        with self.db.reading() as session:
            found = session.scalars(select(Participant).where(Participant.name == name)).one()
            session.expunge_all()
            return found

    def enrolment(self, name: str) -> Enrolment:
        with self.db.reading() as session:
            found = session.scalars(
                select(Enrolment).join(Enrolment.participant).where(Participant.name == name)
            ).one()
            session.expunge_all()
            return found

    def names(self) -> set[str]:
        with self.db.reading() as session:
            return set(session.scalars(select(Participant.name)))

    def deeds(self) -> list[str]:
        with self.db.reading() as session:
            return list(session.scalars(select(Deed.action).order_by(Deed.id)))

    def note(self, enrolment_id: int, **fields: str) -> None:
        with self.db.transaction() as session:
            project = session.scalars(select(Project.id)).one()
            if not session.scalars(select(OutcomeKind)).all():
                session.add(outcomes.declared(project, "I arbete", 1))
        outcomes.add_outcome(self.db, enrolment_id, fields, self.user, NOW)

    def change(self, name: str, rehearse: bool = False, **changes: str) -> people_enrolment.Consequence:
        row = self.enrolment(name)
        stored = people_enrolment.participation_of(row)
        wanted = Participation(**({**stored.__dict__} | changes))
        return people_enrolment.change_enrolment(
            self.db, row.id, wanted, stored.mark, NOW, self.user, rehearse
        )


@pytest.fixture
def place(db: Database) -> Place:
    access.add_user(db, "o@prov.example", "O", "tre små gröna ekar")
    with db.transaction() as session:
        course = Course(session)
        course.people(3)
        course.occasion()
        course.rule("alla", audience="everyone")
        course.rule("start", anchor="person_start", audience="everyone", reminder_days=[])
        course.refresh(NOW)
        return Place(db, course.series.id, session.scalars(select(User.id)).one())


def test_somebody_new_is_enrolled_and_told_what_comes(place: Place) -> None:
    shown = place.add(rehearse=True, starts="2027-01-07")
    assert "Åsa Öberg" not in place.names()
    assert shown.consequence["ahead_count"] == 4  # three mailings reach one more, and one is the person's own
    added = place.add(starts="2027-01-07")
    assert (added.code, added.is_known) == ("p0004", False)
    assert place.enrolment("Åsa Öberg").starts_on == date(2027, 1, 7)
    assert place.deeds() == ["person_enrolled"]


def test_the_same_again_is_the_same_person(place: Place) -> None:
    place.add()
    again = place.add(role="chef")
    assert (again.is_known, again.was_enrolled) == (True, True)
    assert place.person("Åsa Öberg").role == "chef"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, {"name": "missing_name"}),
        ({"email": " "}, {"email": "missing_address"}),
        ({"email": "åsa@"}, {"email": "bad_address"}),
        ({"name": "\ud800"}, {"name": "bad_characters"}),
        ({"name": "x" * 201}, {"name": "too_long"}),
        ({"organisation": "finns-inte"}, {"organisation": "unknown_organisation"}),
        ({"starts": "2027-02-30"}, {"starts": "impossible_date"}),
        ({"starts": "2027-02-03", "ends": "2027-02-01"}, {"ends": "ends_before_start"}),
        ({"code": "å"}, {"code": "bad_participant_code"}),
        ({"language": "xx"}, {"language": "unknown_language"}),
    ],
)
def test_what_cannot_be(place: Place, changes: dict[str, str], fields: dict[str, str]) -> None:
    with pytest.raises(people.BadPerson) as bad:
        place.add(**changes)
    assert {name: code for name, (code, _) in bad.value.faults.items()} == fields
    assert len(place.names()) == 3


def test_an_address_is_corrected(place: Place) -> None:
    person = place.person("Person 0")
    fields = {"name": "Person 0", "email": "ny@prov.example", "gender": "woman", "language": "en"}
    people.change(place.db, person.id, fields, people.mark_of(person), NOW, place.user)
    assert place.person("Person 0").email == "ny@prov.example"
    assert place.deeds() == ["address_corrected"]
    with pytest.raises(people.PersonConflict):
        people.change(place.db, person.id, fields | {"role": "x"}, people.mark_of(person), NOW, place.user)
    # what is saved already harms nobody
    people.change(place.db, person.id, fields, people.mark_of(person), NOW, place.user)


def test_withdrawal_stops_mails_and_can_be_taken_back(place: Place) -> None:
    shown = place.change("Person 0", rehearse=True, state="cancelled")
    assert shown.stopped == 3
    assert place.enrolment("Person 0").state == "started"
    assert place.change("Person 0", state="cancelled").stopped == 3
    assert place.enrolment("Person 0").state == "cancelled"
    back = place.change("Person 0", state="registered")
    assert (back.stopped, back.told["ahead_count"]) == (0, 3)
    assert place.deeds() == ["enrolment_cancelled", "enrolment_registered"]


def test_own_dates_move_one_s_own_mails(place: Place) -> None:
    led = place.change("Person 1", starts="2027-01-07")
    assert led.told["ahead_count"] == 1
    place.change("Person 1", starts="")
    with place.db.reading() as session:
        own = session.scalars(select(Mailing.state).where(Mailing.enrolment_id.is_not(None))).all()
    assert set(own) <= {"cancelled"}


def test_two_at_once_are_told(place: Place) -> None:
    row = place.enrolment("Person 0")
    seen = people_enrolment.participation_of(row).mark
    place.change("Person 0", work_group="Grupp 2")
    wanted = Participation("dropped_out", "", "", "")
    with pytest.raises(people.PersonConflict):
        people_enrolment.change_enrolment(place.db, row.id, wanted, seen, NOW, place.user)


def test_removed_as_if_never_been(place: Place) -> None:
    place.add(starts="2027-01-07")
    row = place.enrolment("Åsa Öberg")
    place.note(row.id, on="2026-11-01", kind="i arbete")
    people.remove_person(place.db, row.participant_id, NOW, place.user)
    assert "Åsa Öberg" not in place.names()
    with place.db.reading() as session:
        assert not session.scalars(select(Mailing.id).where(Mailing.enrolment_id == row.id)).all()
    with pytest.raises(people.PersonGone):
        people.remove_person(place.db, row.participant_id, NOW, place.user)


def test_whoever_has_been_asked_stays(place: Place, tmp_path) -> None:
    while planning.expand_next(place.db, Keyring(tmp_path / "keys"), AFTER):
        pass
    row = place.enrolment("Person 0")
    with pytest.raises(people.CannotRemove):
        people_enrolment.remove_enrolment(place.db, row.id, AFTER, place.user)
    with pytest.raises(people.CannotRemove):
        people.remove_person(place.db, row.participant_id, AFTER, place.user)
    assert "Person 0" in place.names()


def test_outcomes(place: Place) -> None:
    row = place.enrolment("Person 0")
    place.note(row.id, on="2026-11-01", kind="i arbete", note="deltid")
    place.note(row.id, on="2026-11-01", kind="I  ARBETE", note="heltid")
    with place.db.reading() as session:
        found = session.scalars(select(Outcome)).one()
        assert (found.kind, found.note) == ("I arbete", "heltid")
        number = found.id
    other = {"on": "2026-11-01", "kind": "pensionär"}
    for fields in ({}, {"on": "igår", "kind": "i arbete"}, other, {"on": "2099-01-01", "kind": "i arbete"}):
        with pytest.raises(people.BadPerson):
            place.note(row.id, **fields)
    outcomes.remove_outcome(place.db, place.enrolment("Person 1").id, number, place.user, NOW)
    outcomes.remove_outcome(place.db, row.id, number, place.user, NOW)
    assert place.deeds() == ["outcome_noted", "outcome_noted", "outcome_removed"]
    with place.db.reading() as session:
        assert not session.scalars(select(Outcome)).all()


@pytest.mark.parametrize(("late", "gets"), [("catch_up", True), ("from_now", False), ("nothing", False)])
def test_who_comes_late_gets_what_the_rule_says(place: Place, tmp_path, late: str, gets: bool) -> None:
    keys = Keyring(tmp_path / "keys")
    with place.db.transaction() as session:
        session.scalars(select(FollowUpRule).where(FollowUpRule.code == "alla")).one().late = late
    while planning.expand_next(place.db, keys, AFTER):
        pass
    later = AFTER + timedelta(hours=1)
    led = people.add(place.db, place.series, NEW, later, place.user).consequence
    assert [each["late"] for each in led["open"]] == [late]
    while planning.expand_next(place.db, keys, later):
        pass
    number = place.enrolment("Åsa Öberg").id
    with place.db.reading() as session:
        asked = session.scalars(select(Invitation.id).where(Invitation.enrolment_id == number)).all()
    assert bool(asked) == gets
