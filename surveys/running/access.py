"""Who may come in: users, their roles, their sessions, and the brake on guessing."""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.keys import token_hash
from surveys.models.access import ROLES, Membership, SignInAttempt, StaffSession, User
from surveys.queries import staff
from surveys.running import passwords

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_ADDRESS = 5
ATTEMPTS_PER_NETWORK = 30


class AccessError(Exception):
    code = "access"


class Refused(AccessError):
    """Address and password do not belong together; which of the two is wrong is not said."""

    code = "refused"


class Throttled(AccessError):
    """Too many failed sign-ins; ``until`` is the earliest moment of the next."""

    code = "throttled"

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class BadAddress(AccessError):
    code = "bad_address"


class NameMissing(AccessError):
    code = "name_missing"


class AddressTaken(AccessError):
    code = "address_taken"


class UnknownUser(AccessError):
    code = "unknown_user"


class UnknownProject(AccessError):
    code = "unknown_project"


class UnknownRole(AccessError):
    code = "unknown_role"


@dataclass(frozen=True)
class SignedIn:
    """A user with a living session."""

    user_id: int
    name: str
    email: str
    language: str
    token: str


@dataclass(frozen=True)
class Listed:
    """A user as ``folja user list`` prints it; ``roles`` by project code."""

    name: str
    email: str
    active: bool
    roles: dict[str, str]


def sign_in(db: Database, email: str, password: str, network: str, now: datetime) -> str:
    """Return the token of a new session; raises :class:`Refused` or :class:`Throttled`.

    ``network`` is the caller's IP address. The attempt is written down before the password is looked at,
    so that guesses sent at once count each other, and the slow hash holds no database connection:
    two short transactions instead of one long.
    """
    address, source = _attempt_keys(email, network)
    with db.transaction() as session:
        _brake(session, address, source, now)
        session.add(SignInAttempt(key_hash=address, tried_at=now))
        session.add(of_network := SignInAttempt(key_hash=source, tried_at=now))
        user = staff.user_by_address(session, normal_address(email))
        user_id, kept = (user.id, user.password_hash) if user and user.active else (None, None)
    if not passwords.matches(kept, password) or user_id is None:
        raise Refused
    with db.transaction() as session:
        _forget_attempts(session, address, of_network.id)
        return _open_session(session, user_id, now)


def sign_out(db: Database, token: str, now: datetime) -> None:
    """End the session of ``token`` for good, so that a copied cookie is dead."""
    with db.transaction() as session:
        session.execute(
            update(StaffSession).where(StaffSession.token_hash == token_hash(token)).values(ended_at=now)
        )


def user_of(db: Database, token: str, now: datetime) -> SignedIn | None:
    """The user of a living session: signed in less than 24 hours ago, seen less than 8 hours ago.

    That the session was seen is written down once a minute at most.
    """
    with db.reading() as session:
        found = staff.staff_session(session, token_hash(token))
        if found is None or not _lives(found, now):
            return None
        user = SignedIn(found.user_id, found.user.name, found.user.email, found.user.language, token)
        stale = now - found.seen_at >= SEEN_EVERY
    if stale:
        _mark_seen(db, token, now)
    return user


def lapsed_user(db: Database, token: str) -> int | None:
    """Whose session this was that ran out by itself; None where it was ended by signing out."""
    with db.reading() as session:
        found = staff.staff_session(session, token_hash(token))
        return found.user_id if found is not None and found.ended_at is None and found.user.active else None


def add_user(
    db: Database,
    email: str,
    name: str,
    password: str,
    language: str = "sv",
    *,
    roles: Mapping[str, str] | None = None,
) -> int:
    """Add a user with ``roles`` (project code → role) and return its id.

    Raises ``BadAddress``, ``NameMissing``, ``AddressTaken``, ``UnknownProject``, ``UnknownRole`` and
    ``passwords.WeakPassword``.
    """
    address = _checked_address(email)
    if not name.strip():
        raise NameMissing
    passwords.check_new(password, about=(name, address))
    kept = passwords.hashed(password)
    user = User(email=address, name=name.strip(), password_hash=kept, language=language, active=True)
    with db.transaction() as session:
        if staff.user_by_address(session, address) is not None:
            raise AddressTaken
        session.add(user)
        session.flush()
        for project_code, role in (roles or {}).items():
            _give(session, user, project_code, role)
        return user.id


def set_role(db: Database, email: str, project_code: str, role: str) -> None:
    """Give a user a role in a project, instead of any other there."""
    with db.transaction() as session:
        user = staff.user_by_address(session, normal_address(email))
        if user is None:
            raise UnknownUser
        _give(session, user, project_code, role)


def list_users(db: Database) -> list[Listed]:
    with db.reading() as session:
        return [
            Listed(user.name, user.email, user.active, {m.project.code: m.role for m in user.memberships})
            for user in staff.users(session)
        ]


def forget_old(db: Database, now: datetime) -> int:
    """Remove failed sign-ins and sessions that no longer matter; returns how many rows went."""
    with db.transaction() as session:
        attempts = session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at < now - ATTEMPT_WINDOW))
        sessions = session.execute(
            delete(StaffSession).where(StaffSession.created_at < now - 2 * ABSOLUTE_LIMIT)
        )
        return _rows(attempts) + _rows(sessions)


def normal_address(email: str) -> str:
    return email.strip().lower()


def _give(session: Session, user: User, project_code: str, role: str) -> None:
    if role not in ROLES:
        raise UnknownRole
    project = staff.project_by_code(session, project_code)
    if project is None:
        raise UnknownProject
    held = staff.membership(session, user.id, project_code)
    if held is None:
        session.add(Membership(user_id=user.id, project_id=project.id, role=role))
    else:
        held.role = role


def _rows(result: object) -> int:
    return int(getattr(result, "rowcount", 0))


def _checked_address(email: str) -> str:
    try:
        checked = validate_email(
            email.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise BadAddress from error
    return normal_address(checked.normalized)


def _attempt_keys(email: str, network: str) -> tuple[str, str]:
    return _digest("address", normal_address(email)), _digest("network", network_of(network))


def _digest(kind: str, text: str) -> str:
    return sha256(f"{kind}:{text}".encode("utf-8", "replace")).hexdigest()


def network_of(address: str) -> str:
    """An IPv4 address as it is; of IPv6 the half that a household or an office is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    prefix = 32 if found.version == 4 else 64
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))


def _brake(session: Session, address: str, source: str, now: datetime) -> None:
    since = now - ATTEMPT_WINDOW
    for key, limit in ((address, ATTEMPTS_PER_ADDRESS), (source, ATTEMPTS_PER_NETWORK)):
        count, oldest = staff.attempts_since(session, key, since)
        if count >= limit:
            raise Throttled((oldest or now) + ATTEMPT_WINDOW)


def _forget_attempts(session: Session, address: str, of_network: int) -> None:
    session.execute(delete(SignInAttempt).where(SignInAttempt.key_hash == address))
    # Of the network only this attempt: one good sign-in does not clear others' guesses.
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == of_network))


def _open_session(session: Session, user_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=token_hash(token), user_id=user_id, created_at=now, seen_at=now))
    return token


def _lives(found: StaffSession, now: datetime) -> bool:
    return (
        found.ended_at is None
        and found.user.active
        and now - found.seen_at < IDLE_LIMIT
        and now - found.created_at < ABSOLUTE_LIMIT
    )


def _mark_seen(db: Database, token: str, now: datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(StaffSession)
            .where(StaffSession.token_hash == token_hash(token), StaffSession.seen_at < now)
            .values(seen_at=now)
        )
