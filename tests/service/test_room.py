"""The door of an occasion and a participant's own page, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from surveys.followups import planning
from surveys.installation import Installation
from surveys.keys import token_hash
from surveys.models.access import SignInAttempt, User
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, Participant, PersonalPage
from surveys.models.programme import Occasion, Theme
from surveys.register import link_by_mail, own_page, room
from surveys.register.enrolment import NotEnrolled, UnknownTheme
from surveys.register.own_page_view import PageView
from tests.support.builders import ENDED, Course, answer, write_to_prompt

BEFORE = ENDED - timedelta(hours=2)  # in the middle of the occasion
AFTER = ENDED + timedelta(hours=3)


@dataclass(frozen=True)
class Place:
    """An occasion and its door; p0 and p1 take part, p2 and p3 share an address, p4 has left."""

    door: str
    occasion: int
    enrolments: tuple[int, ...]


@pytest.fixture
def place(installation: Installation) -> Place:
    with installation.database.transaction() as session:
        course = Course(session)
        people = course.people(5)
        for each in people[2:4]:
            each.participant.email = "Delad@prov.example"
        people[4].state = "dropped_out"
        occasion = course.occasion(
            themes=[Theme(code="A", title="Ansvar"), Theme(code="B", title="Bemötande")]
        )
        course.rule(audience="everyone", offset_minutes=-150)
        course.log_rule(audience="everyone", offset_minutes=-140)
        course.refresh()
        return Place(occasion.door_id, occasion.id, tuple(each.id for each in people))


def ask(installation: Installation, place: Place, address: str, network: str = "192.0.2.1") -> None:
    room.ask_for_page(installation.database, installation.keys, place.door, address, network, BEFORE)


def mails(installation: Installation) -> list[Message]:
    with installation.database.reading() as session:
        found = list(session.scalars(select(Message).where(Message.kind == "own_page").order_by(Message.id)))
        session.expunge_all()
        return found


def page_of(installation: Installation, place: Place, person: int = 0) -> tuple[str, str]:
    """Public id and token of a person's page, asked for at the door unless there is one."""
    with installation.database.reading() as session:
        owner = session.get_one(Enrolment, place.enrolments[person]).participant
        asked = select(PersonalPage).where(PersonalPage.participant_id == owner.id)
        page, address = session.scalars(asked).one_or_none(), owner.email
        if page is not None:
            return page.public_id, installation.keys.link_token(page.public_id, page.generation)
    ask(installation, place, address)
    return page_of(installation, place, person)


def test_a_known_address_is_mailed_its_link(installation: Installation, place: Place) -> None:
    ask(installation, place, " P0@prov.example ")
    (mail,) = mails(installation)
    assert (mail.enrolment_id, mail.occasion_id, mail.step) == (place.enrolments[0], place.occasion, 1)
    assert (mail.state, mail.next_attempt_at, mail.quiet_override) == ("due", BEFORE, True)
    public_id, token = page_of(installation, place)
    assert own_page.open_link(installation.database, token) == public_id
    ask(installation, place, "p0@prov.example")
    assert [mail.step for mail in mails(installation)] == [1, 2]  # asked again: another mail, the same link
    with installation.database.reading() as session:
        assert session.scalars(select(PersonalPage.token_hash)).one() == token_hash(token)


def test_two_with_one_address_get_a_link_each(installation: Installation, place: Place) -> None:
    ask(installation, place, "delad@prov.example")
    assert [mail.enrolment_id for mail in mails(installation)] == list(place.enrolments[2:4])


@pytest.mark.parametrize("address", ["okand@prov.example", "p4@prov.example"])
def test_nobody_else_is_mailed(installation: Installation, place: Place, address: str) -> None:
    ask(installation, place, address)
    assert mails(installation) == []
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonalPage)) == 0
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@contextmanager
def statements(installation: Installation) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(" ".join(statement.split()[:3]))

    event.listen(installation.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(installation.database.engine, "before_cursor_execute", note)


def test_the_same_is_done_for_a_known_and_an_unknown_address(
    installation: Installation, place: Place
) -> None:
    with statements(installation) as known:
        ask(installation, place, "p1@prov.example")
    with statements(installation) as unknown:
        ask(installation, place, "okand@prov.example")
    without_savepoints = [each for each in unknown if "SAVEPOINT" not in each.upper()]
    # one statement more finds the stand-in whose mail is undone
    assert sorted(set(known)) == sorted(set(without_savepoints))
    assert abs(len(known) - len(without_savepoints)) <= 1


@pytest.mark.parametrize(
    "address",
    ["", "anna", "a@b@c", "a\0b@prov.example", "\ud800@prov.example", "a" * 300 + "@x.se", "a b@x.se"],
)
def test_what_is_no_address_is_said(installation: Installation, place: Place, address: str) -> None:
    with pytest.raises(link_by_mail.BadAddress):
        ask(installation, place, address)


def test_the_brake_is_the_same_for_all_addresses(installation: Installation, place: Place) -> None:
    for address in ("p0@prov.example", "okand@prov.example"):
        for _ in range(link_by_mail.ASKED_PER_ADDRESS):
            ask(installation, place, address)
        with pytest.raises(link_by_mail.AskedTooOften):
            ask(installation, place, address)
    assert len(mails(installation)) == link_by_mail.ASKED_PER_ADDRESS
    ask(installation, place, "p1@prov.example")  # others are not stopped
    later = BEFORE + timedelta(minutes=16)
    room.ask_for_page(
        installation.database, installation.keys, place.door, "p0@prov.example", "192.0.2.1", later
    )


def test_a_network_that_tries_many_addresses_is_stopped(installation: Installation, place: Place) -> None:
    with installation.database.transaction() as session:
        ask_key = link_by_mail._digest("room-network", "192.0.2.1/32")
        session.add_all(
            SignInAttempt(key_hash=ask_key, tried_at=BEFORE) for _ in range(link_by_mail.ASKED_PER_NETWORK)
        )
    with pytest.raises(link_by_mail.AskedTooOften):
        ask(installation, place, "p0@prov.example")
    ask(installation, place, "p0@prov.example", network="192.0.2.2")


@pytest.mark.parametrize("door", ["", "okand", "\0", "ä" * 40])
def test_an_unknown_door(installation: Installation, place: Place, door: str) -> None:
    with pytest.raises(room.UnknownDoor):
        room.open_door(installation.database, door, {}, BEFORE)


def test_the_door_names_only_those_whose_link_the_browser_holds(
    installation: Installation, place: Place
) -> None:
    public_id, token = page_of(installation, place)
    other, _ = page_of(installation, place, 1)
    view = room.open_door(
        installation.database,
        place.door,
        {public_id: token, other: token, "language": "sv", "å\0": "x"},
        BEFORE,
    )
    assert view.owners == ((public_id, "Person 0"),)
    assert view.is_on


def expand(installation: Installation) -> None:
    while planning.expand_next(installation.database, installation.keys, BEFORE):
        pass


def opened(installation: Installation, place: Place, person: int = 0, door: str = "") -> PageView:
    public_id, token = page_of(installation, place, person)
    return own_page.open_page(installation.database, installation.keys, public_id, token, BEFORE, door)


def test_the_page_lists_what_is_open_and_leads_there(installation: Installation, place: Place) -> None:
    expand(installation)
    view = opened(installation, place)
    assert [(item.kind, item.done) for item in view.items] == [("form", False), ("log", False)]
    assert [each.line.title for each in view.here] == ["Tillfälle t1"]
    assert view.coming == ()  # it stands there already
    assert [series for _, series in view.books] == ["Kursen"]
    public_id, token = page_of(installation, place)
    house = installation
    paths = [
        own_page.item_path(house.database, house.keys, public_id, token, item.public_id)
        for item in view.items
    ]
    assert paths[0].startswith("/s/")
    assert paths[1].startswith("/l/")
    assert paths[1].endswith(f"?fraga={view.items[1].public_id}")
    book = own_page.item_path(house.database, house.keys, public_id, token, view.books[0][0])
    assert book.startswith("/l/")
    with house.database.reading() as session:
        hashes = set(session.scalars(select(Invitation.token_hash)))
    assert token_hash(paths[0].removeprefix("/s/")) in hashes


def test_what_is_answered_is_shown_as_such(installation: Installation, place: Place) -> None:
    expand(installation)
    with installation.database.transaction() as session:
        of_p0 = (
            select(Invitation).where(Invitation.enrolment_id == place.enrolments[0]).order_by(Invitation.id)
        )
        for invitation in session.scalars(of_p0):
            if invitation.rule.log_prompt:
                write_to_prompt(session, invitation, BEFORE, "Bara för mig.")
            else:
                course = Course.__new__(Course)
                course.version = invitation.rule.questionnaire.versions[0]  # type: ignore[union-attr]
                answer(session, installation.keys, course, invitation, BEFORE)
    assert [item.done for item in opened(installation, place).items] == [True, True]
    assert [item.done for item in opened(installation, place, 1).items] == [False, False]


def test_nobody_opens_what_is_another_s(installation: Installation, place: Place) -> None:
    expand(installation)
    theirs = opened(installation, place, 1)
    public_id, token = page_of(installation, place)
    other, _ = page_of(installation, place, 1)
    db, keys = installation.database, installation.keys
    for item in (theirs.items[0].public_id, theirs.books[0][0], "okand", "\0", ""):
        with pytest.raises(own_page.UnknownItem):
            own_page.item_path(db, keys, public_id, token, item)
    for page, key in (
        (other, token),
        (public_id, ""),
        ("okand", token),
        ("\0", token),
        (public_id, "\ud800"),
    ):
        with pytest.raises(own_page.UnknownPage):
            own_page.open_page(db, keys, page, key, BEFORE)


def test_withdrawn_closed_and_left_are_not_listed(installation: Installation, place: Place) -> None:
    expand(installation)
    with installation.database.transaction() as session:
        session.execute(update(Invitation).values(withdrawn_at=BEFORE))
    assert opened(installation, place).items == ()
    with installation.database.transaction() as session:
        session.execute(update(Invitation).values(withdrawn_at=None))
    public_id, token = page_of(installation, place)
    with installation.database.transaction() as session:
        session.execute(update(Enrolment).values(state="cancelled"))
    view = own_page.open_page(installation.database, installation.keys, public_id, token, BEFORE, place.door)
    assert (view.items, view.books, view.coming, view.here) == ((), (), (), ())


def here(
    installation: Installation, place: Place, theme: str | None, person: int = 0, **more: object
) -> str | None:
    public_id, token = page_of(installation, place, person)
    moment = more.get("now", BEFORE)
    door = str(more.get("door", place.door))
    return own_page.say_here(installation.database, public_id, token, door, theme, moment)  # type: ignore[arg-type]


def row(installation: Installation, place: Place, person: int = 0) -> tuple[bool, str | None, str] | None:
    with installation.database.reading() as session:
        found = session.scalars(
            select(Attendance).where(Attendance.enrolment_id == place.enrolments[person])
        ).one_or_none()
        return found and (found.present, found.theme.code if found.theme else None, found.source)


def test_saying_that_one_is_here(installation: Installation, place: Place) -> None:
    assert opened(installation, place).here[0].present is None
    assert here(installation, place, "A") == "A"
    assert row(installation, place) == (True, "A", "door")
    assert here(installation, place, None) == "A"  # twice is once, and the theme stays
    assert here(installation, place, "B") == "B"
    assert row(installation, place) == (True, "B", "door")
    assert opened(installation, place).here[0].theme == "B"


def test_only_during_the_occasion_by_its_own_door_and_by_those_who_take_part(
    installation: Installation, place: Place
) -> None:
    with pytest.raises(own_page.NotOn):
        here(installation, place, None, now=AFTER)
    with pytest.raises(own_page.NotOn):
        here(installation, place, None, door="okand")
    with pytest.raises(UnknownTheme):
        here(installation, place, "X")
    with installation.database.transaction() as session:
        session.execute(update(Occasion).values(cancelled=True))
    with pytest.raises(own_page.NotOn):
        here(installation, place, None)
    assert row(installation, place) is None
    public_id, token = page_of(installation, place)
    with installation.database.transaction() as session:
        session.execute(update(Occasion).values(cancelled=False))
        session.execute(update(Enrolment).values(state="dropped_out"))
    with pytest.raises(NotEnrolled):
        own_page.say_here(installation.database, public_id, token, place.door, None, BEFORE)


def test_what_staff_have_recorded_stays(installation: Installation, place: Place) -> None:
    with installation.database.transaction() as session:
        for number, present in ((0, False), (1, True)):
            session.add(
                Attendance(
                    occasion_id=place.occasion,
                    enrolment_id=place.enrolments[number],
                    present=present,
                    minutes=None,
                )
            )
    with pytest.raises(own_page.RecordedAbsent):
        here(installation, place, "A")
    assert row(installation, place) == (False, None, "staff")
    assert here(installation, place, "A", person=1) == "A"
    assert row(installation, place, 1) == (True, "A", "staff")  # only the theme is theirs


def test_the_button_is_for_those_who_came_by_the_door(installation: Installation, place: Place) -> None:
    public_id, token = page_of(installation, place)
    db, keys = installation.database, installation.keys
    with db.transaction() as session:
        session.execute(update(Message).values(occasion_id=None))  # as if another mail had led here
    assert own_page.open_page(db, keys, public_id, token, BEFORE).here == ()
    assert len(own_page.open_page(db, keys, public_id, token, BEFORE, place.door).here) == 1
    assert own_page.open_page(db, keys, public_id, token, AFTER, place.door).here == ()


def test_a_replaced_link_says_so(installation: Installation, place: Place) -> None:
    public_id, old = page_of(installation, place)
    with installation.database.reading() as session:
        owner = session.scalars(
            select(Participant.id).join(Enrolment).where(Enrolment.id == place.enrolments[0])
        ).one()
    with installation.database.transaction() as session:
        session.add(user := User(email="o@prov.example", name="O", password_hash="x"))
        session.flush()
        number = user.id
    own_page.send_link(installation.database, installation.keys, owner, number, BEFORE)
    assert own_page.open_link(installation.database, old) == public_id
    own_page.send_link(installation.database, installation.keys, owner, number, BEFORE, another=True)
    assert [(mail.occasion_id, mail.step) for mail in mails(installation)][1:] == [(None, 1), (None, 2)]
    with pytest.raises(own_page.ReplacedPageLink):
        own_page.open_link(installation.database, old)
    with pytest.raises(own_page.ReplacedPageLink):
        own_page.open_page(installation.database, installation.keys, public_id, old, BEFORE)
    new = installation.keys.link_token(public_id, 2)
    assert own_page.open_link(installation.database, new) == public_id


def test_nobody_is_sent_a_page_without_a_series(installation: Installation, place: Place) -> None:
    with installation.database.transaction() as session:
        session.execute(update(Enrolment).values(state="cancelled"))
        owner = session.get_one(Enrolment, place.enrolments[0]).participant_id
    with pytest.raises(NotEnrolled):
        own_page.send_link(installation.database, installation.keys, owner, 0, BEFORE)


def test_asking_at_the_same_moment_is_asking_several_times(installation: Installation, place: Place) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(ask, installation, place, "p0@prov.example") for _ in range(4)]:
            done.result()
    assert [mail.step for mail in mails(installation)] == [1, 2, 3, 4]
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonalPage)) == 1
