"""The door of an occasion: whoever scans its code asks there for the link to their own page, by mail.

The page says the same, and takes as long, whether or not the address is known: nobody learns from it who
takes part. Asking is braked by address and by network; what is kept of that are hashes, for a quarter of
an hour.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from surveys.answers.asking_project import AskingProject, asking
from surveys.database import Database
from surveys.domain.texts import has_bad_characters
from surveys.keys import Keyring, token_hash
from surveys.models.access import SignInAttempt
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion
from surveys.queries import attendance as attendance_queries
from surveys.queries import own_page as queries
from surveys.queries import staff as staff_queries
from surveys.register.attendance import is_on
from surveys.register.own_page import page_of, post_link
from surveys.register.own_page_view import OccasionLine, line_of
from surveys.running.access import ATTEMPT_WINDOW, network_of, normal_address

ASKED_PER_ADDRESS = 4
# A whole course sits behind one address of a network.
ASKED_PER_NETWORK = 300
LONGEST_ADDRESS = 254
MOST_PAGES = 50  # links that one browser holds and that are looked up


class UnknownDoor(Exception):
    """No occasion has this door code, or not any more."""

    code = "unknown_door"


class BadAddress(Exception):
    """What was typed is no e-mail address."""

    code = "bad_address"


class AskedTooOften(Exception):
    """So many have asked from this address or network that nothing is sent until ``until``."""

    code = "asked_too_often"

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True, slots=True)
class DoorView:
    """An occasion as anybody at its door may see it; nobody's name is in it."""

    door_id: str
    line: OccasionLine
    cancelled: bool
    is_on: bool
    project: AskingProject
    owners: tuple[tuple[str, str], ...]  # the pages this very browser holds: public id, name


def open_door(db: Database, door_id: str, held: dict[str, str], now: datetime) -> DoorView:
    """Return the page of a door code; raises :class:`UnknownDoor`.

    ``held``: links that the browser holds, by the public id they open; the owners of those among them that
    are pages of the series' participants are named, and nobody else.
    """
    with db.reading() as session:
        occasion = _occasion(session, door_id)
        return DoorView(
            door_id=occasion.door_id,
            line=line_of(occasion),
            cancelled=occasion.cancelled,
            is_on=is_on(occasion, now),
            project=asking(occasion.series.project),
            owners=_owners(session, occasion, held),
        )


def ask_for_page(
    db: Database, keys: Keyring, door_id: str, address: str, network: str, now: datetime
) -> None:
    """Mail the link of their page to everybody in the occasion's series with this address.

    Raises :class:`UnknownDoor`, :class:`BadAddress` and :class:`AskedTooOften`.
    """
    with db.transaction() as session:
        occasion = _occasion(session, door_id)
        wanted = _checked(address)
        _brake(session, wanted, network, now)
        known = queries.enrolments_by_address(session, occasion.series_id, wanted)
        for enrolment in known:
            _post(session, keys, enrolment, occasion, now)
        session.flush()
        if not known:
            _pretend(session, keys, occasion, now)


def _post(session: Session, keys: Keyring, enrolment: Enrolment, occasion: Occasion, now: datetime) -> None:
    page_of(session, keys, enrolment.participant_id)
    post_link(session, enrolment.id, occasion.id, now)


def _pretend(session: Session, keys: Keyring, occasion: Occasion, now: datetime) -> None:
    """Do for somebody what is done for a known address, and undo it: the time taken tells nothing."""
    somebody = queries.anyone_in(session, occasion.series_id)
    if somebody is not None:
        undone = session.begin_nested()
        _post(session, keys, somebody, occasion, now)
        undone.rollback()


def _occasion(session: Session, door_id: str) -> Occasion:
    occasion = attendance_queries.occasion_by_door(session, door_id)
    if occasion is None:
        raise UnknownDoor
    return occasion


def _owners(session: Session, occasion: Occasion, held: dict[str, str]) -> tuple[tuple[str, str], ...]:
    asked = dict(list(held.items())[:MOST_PAGES])
    found = queries.pages_in_series(session, occasion.series_id, list(asked)) if asked else ()
    return tuple(
        (page.public_id, page.participant.name)
        for page in found
        if compare_digest(page.token_hash, token_hash(asked[page.public_id]))
    )


def _checked(address: str) -> str:
    if len(address.strip()) > LONGEST_ADDRESS or has_bad_characters(address):
        raise BadAddress
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress from error
    return normal_address(checked.normalized)


def _brake(session: Session, address: str, network: str, now: datetime) -> None:
    since = now - ATTEMPT_WINDOW
    keys = (
        (_digest("room-address", address), ASKED_PER_ADDRESS),
        (_digest("room-network", network_of(network)), ASKED_PER_NETWORK),
    )
    for key, limit in keys:
        count, oldest = staff_queries.attempts_since(session, key, since)
        if count >= limit:
            raise AskedTooOften((oldest or now) + ATTEMPT_WINDOW)
    session.add_all(SignInAttempt(key_hash=key, tried_at=now) for key, _limit in keys)


def _digest(kind: str, text: str) -> str:
    return sha256(f"{kind}:{text}".encode("utf-8", "replace")).hexdigest()
