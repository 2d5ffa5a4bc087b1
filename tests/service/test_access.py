"""Users, roles, sessions and the brake on guessing, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from surveys.database import Database
from surveys.installation import Installation
from surveys.models.access import SignInAttempt, StaffSession
from surveys.running import access, passwords
from tests.support.small import load_small

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
EMAIL = "anna.ek@folja.example"
PASSWORD = "tre små gröna ekar"
NETWORK = "192.0.2.17"


@pytest.fixture
def anna(db: Database) -> int:
    return access.add_user(db, EMAIL, "Anna Ek", PASSWORD)


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def fail(db: Database, at: datetime, email: str = EMAIL, network: str = NETWORK) -> None:
    with pytest.raises(access.Refused):
        access.sign_in(db, email, "fel lösenord igen", network, at)


def rows(db: Database, model: type[SignInAttempt] | type[StaffSession]) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_right_password_opens_a_session(db: Database, anna: int) -> None:
    token = access.sign_in(db, " Anna.Ek@Folja.Example ", PASSWORD, NETWORK, NOW)
    who = access.user_of(db, token, NOW)
    assert who is not None
    assert (who.user_id, who.name, who.email) == (anna, "Anna Ek", EMAIL)
    assert rows(db, SignInAttempt) == 0


def test_no_token_is_kept_as_it_is(db: Database, anna: int) -> None:
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    with db.reading() as session:
        assert token not in session.scalars(select(StaffSession.token_hash)).all()


def test_wrong_password_unknown_address_and_closed_user_are_refused_alike(db: Database, anna: int) -> None:
    with db.transaction() as session:
        closed = access.User(
            email="bo@folja.example", name="Bo", password_hash=passwords.hashed(PASSWORD), active=False
        )
        session.add(closed)
    for email, password in (
        (EMAIL, "fel"),
        ("ingen@folja.example", PASSWORD),
        ("bo@folja.example", PASSWORD),
        (EMAIL, "\0"),
        (EMAIL, "\ud800"),
    ):
        with pytest.raises(access.Refused):
            access.sign_in(db, email, password, NETWORK, NOW)


def test_an_unknown_address_costs_one_password_hash_as_well(
    monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    verified: list[str] = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept)
            return verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    fail(db, NOW, "ingen@folja.example")
    assert len(verified) == 1
    assert "$m=19456,t=2,p=1$" in verified[0]


@pytest.mark.parametrize("email", [EMAIL, "ingen@folja.example"])
def test_the_sixth_attempt_at_an_address_has_to_wait(db: Database, anna: int, email: str) -> None:
    for attempt in range(5):
        fail(db, minutes(attempt), email, f"192.0.2.{attempt}")
    with pytest.raises(access.Throttled) as stopped:
        access.sign_in(db, email, PASSWORD, "198.51.100.1", minutes(5))
    assert stopped.value.until == minutes(15)


def test_after_the_wait_the_right_password_opens_again(db: Database, anna: int) -> None:
    for attempt in range(5):
        fail(db, minutes(attempt))
    assert access.sign_in(db, EMAIL, PASSWORD, NETWORK, minutes(15))


def test_a_good_sign_in_forgets_the_address_but_not_what_the_network_tried_at_others(
    db: Database, anna: int
) -> None:
    for attempt in range(3):
        fail(db, minutes(attempt))
    access.sign_in(db, EMAIL, PASSWORD, NETWORK, minutes(3))
    assert rows(db, SignInAttempt) == 3
    for attempt in range(4, 9):
        fail(db, minutes(attempt))


@pytest.mark.parametrize(
    ("network", "same", "other"),
    [("192.0.2.17", "192.0.2.17", "192.0.2.18"), ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")],
)
def test_thirty_attempts_stop_a_network(
    db: Database, anna: int, monkeypatch: pytest.MonkeyPatch, network: str, same: str, other: str
) -> None:
    monkeypatch.setattr(access, "ATTEMPTS_PER_NETWORK", 4)  # as thirty, without thirty slow hashes
    for attempt in range(4):
        fail(db, NOW, f"{attempt}@folja.example", network)
    with pytest.raises(access.Throttled):
        access.sign_in(db, EMAIL, PASSWORD, same, NOW)
    assert access.sign_in(db, EMAIL, PASSWORD, other, NOW)


def test_a_signed_out_session_is_dead(db: Database, anna: int) -> None:
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    access.sign_out(db, token, minutes(1))
    assert access.user_of(db, token, minutes(1)) is None
    assert access.lapsed_user(db, token) is None


def test_an_idle_session_ends_after_eight_hours(db: Database, anna: int) -> None:
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    assert access.user_of(db, token, minutes(8 * 60 - 1)) is not None
    assert access.user_of(db, token, minutes(16 * 60 - 2)) is not None
    assert access.user_of(db, token, minutes(24 * 60 - 2)) is None
    assert access.lapsed_user(db, token) == anna


def test_no_session_lives_longer_than_a_day(db: Database, anna: int) -> None:
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    for hour in range(7, 24, 7):
        assert access.user_of(db, token, minutes(hour * 60)) is not None
    assert access.user_of(db, token, minutes(24 * 60 - 1)) is not None
    assert access.user_of(db, token, minutes(24 * 60)) is None


def test_a_closed_user_is_out_at_once(db: Database, anna: int) -> None:
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    with db.transaction() as session:
        user = session.get(access.User, anna)
        assert user is not None
        user.active = False
    assert access.user_of(db, token, NOW) is None


def test_an_unknown_token_is_nobody(db: Database) -> None:
    assert access.user_of(db, "x" * 43, NOW) is None


def test_what_is_old_is_forgotten(db: Database, anna: int) -> None:
    fail(db, NOW)
    token = access.sign_in(db, EMAIL, PASSWORD, NETWORK, NOW)
    assert access.forget_old(db, minutes(14)) == 0
    assert access.forget_old(db, minutes(49 * 60)) == 2
    assert access.user_of(db, token, NOW) is None


@pytest.mark.parametrize(
    ("email", "name", "password", "code"),
    [
        ("anna", "Anna", PASSWORD, "bad_address"),
        ("anna@ek@folja.example", "Anna", PASSWORD, "bad_address"),
        ("", "Anna", PASSWORD, "bad_address"),
        ("ny@folja.example", "  ", PASSWORD, "name_missing"),
        (EMAIL.upper(), "Anna igen", PASSWORD, "address_taken"),
        ("ny@folja.example", "Anna", "kort", "too_short"),
        ("ny@folja.example", "Anna", "elva tecken", "too_short"),
        ("ny@folja.example", "Anna", "x1y" * 400, "too_long"),
        ("ny@folja.example", "Anna", "abababababab", "too_simple"),
        ("ny@folja.example", "Anna", "qwertyuiopåas", "too_simple"),
        ("ny@folja.example", "Anna", "123456789012345", "too_simple"),
        ("ny@folja.example", "Anna", "L0s3n0rd20262026", "common"),
        ("ny@folja.example", "Anna", "Password1234!", "common"),
        ("ny@folja.example", "Anna Katarina Ek", "annakatarinaek1", "personal"),
        ("nysidan@folja.example", "Anna", "folja.example", "personal"),
    ],
)
def test_a_user_that_cannot_be_added(
    db: Database, anna: int, email: str, name: str, password: str, code: str
) -> None:
    with pytest.raises((access.AccessError, passwords.WeakPassword)) as refused:
        access.add_user(db, email, name, password)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["tolv tecken.", "a b c d " * 8, "räksmörgås åt älgen", "🦌🌲🌧🌙⭐🌊🍂🐟🦉🐝🌾🫐"]
)
def test_a_password_is_taken_whole_and_as_typed(db: Database, password: str) -> None:
    access.add_user(db, EMAIL, "Anna Ek", password)
    assert access.sign_in(db, EMAIL, password, NETWORK, NOW)
    with pytest.raises(access.Refused):
        access.sign_in(db, EMAIL, password[:-1], NETWORK, NOW)


def test_the_same_keys_are_the_same_password_on_every_keyboard(db: Database) -> None:
    access.add_user(db, EMAIL, "Anna Ek", "rävar i a\u030adalen")
    assert access.sign_in(db, EMAIL, "rävar i ådalen", NETWORK, NOW)


def test_a_role_replaces_the_one_before(installation: Installation) -> None:
    db = installation.database
    load_small(installation, NOW)
    access.add_user(db, EMAIL, "Anna Ek", PASSWORD)
    access.set_role(db, EMAIL, "liten", "reader")
    access.set_role(db, EMAIL.upper(), "liten", "organiser")
    (listed,) = access.list_users(db)
    assert listed.roles == {"liten": "organiser"}


@pytest.mark.parametrize(
    ("email", "project", "role", "code"),
    [
        ("ingen@folja.example", "liten", "reader", "unknown_user"),
        (EMAIL, "finns-inte", "reader", "unknown_project"),
        (EMAIL, "liten", "chef", "unknown_role"),
    ],
)
def test_a_role_that_cannot_be_given(
    installation: Installation, email: str, project: str, role: str, code: str
) -> None:
    load_small(installation, NOW)
    access.add_user(installation.database, EMAIL, "Anna Ek", PASSWORD)
    with pytest.raises(access.AccessError) as refused:
        access.set_role(installation.database, email, project, role)
    assert refused.value.code == code
