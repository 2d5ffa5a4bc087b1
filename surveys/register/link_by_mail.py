"""Asking for one's own link by mail: at the door of an occasion, or where a link leads nowhere any more.

The page says the same, and takes as long, whether or not the address is known: nobody learns from it who
takes part. Asking is braked by address and by network; what is kept of that are hashes, for a quarter of
an hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.texts import has_bad_characters
from surveys.keys import Keyring
from surveys.models.access import SignInAttempt
from surveys.models.followup import Invitation
from surveys.models.log import LogBook
from surveys.models.people import Enrolment
from surveys.queries import own_page as queries
from surveys.queries import people as people_queries
from surveys.queries import staff as staff_queries
from surveys.queries.attendance import ENDED
from surveys.register.enrolment import NotEnrolled
from surveys.register.own_page import held_page, page_of, post_link, renew
from surveys.running.access import ATTEMPT_WINDOW, network_of, normal_address

ASKED_PER_ADDRESS = 4
# A whole course sits behind one address of a network.
ASKED_PER_NETWORK = 300
# Of mails that anybody can have sent to somebody else's address.
MAILS_A_DAY = 8
DAY = timedelta(days=1)
LONGEST_ADDRESS = 254


class BadAddress(Exception):
    """What was typed is no e-mail address."""

    code = "bad_address"


class AskedTooOften(Exception):
    """So many have asked from this address or network that nothing is sent until ``until``."""

    code = "asked_too_often"

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def ask_for_link(db: Database, keys: Keyring, address: str, network: str, now: datetime) -> None:
    """Mail everybody with this address the link to their own page, where all that is open for them stands,
    no more than MAILS_A_DAY a day.

    ``network`` is the caller's IP address. Raises :class:`BadAddress` and :class:`AskedTooOften`.
    """
    with db.transaction() as session:
        wanted = checked(address)
        brake(session, wanted, network, now)
        mail(session, keys, queries.people_by_address(session, wanted), queries.anyone(session), None, now)


def renew_links(db: Database, keys: Keyring, public_id: str, token: str, network: str, now: datetime) -> str:
    """Let a page's owner end all their links, should they have come to others; returns the new one's token.

    Those to the page, to what is open to answer and to learning logs. The new link to the page is mailed.

    Raises an ``own_page.PageError``, NotEnrolled where the person takes part in nothing any more, and
    :class:`AskedTooOften`.
    """
    with db.transaction() as session:
        owner = held_page(session, public_id, token).participant_id
        standing = [each for each in people_queries.enrolments_of(session, owner) if each.state not in ENDED]
        if not standing:
            raise NotEnrolled(0)
        brake(session, normal_address(standing[0].participant.email), network, now)
        asked = queries.open_invitations(session, owner, now)
        holders: list[Invitation | LogBook] = [
            each for each in asked if each.rule.questionnaire_id is not None
        ]
        for holder in [*holders, *queries.books_of(session, owner)]:
            renew(session, keys, holder, now)
        renewed = renew(session, keys, page_of(session, keys, owner), now)
        post_link(session, standing[0].id, None, now)
        return renewed


def mail(
    session: Session,
    keys: Keyring,
    known: Sequence[Enrolment],
    somebody: Enrolment | None,
    occasion_id: int | None,
    now: datetime,
) -> None:
    """Mail the ``known`` their links; or do it for ``somebody`` and undo it: the time tells nothing."""
    for enrolment in known:
        _post(session, keys, enrolment, occasion_id, now)
    session.flush()
    if not known and somebody is not None:
        undone = session.begin_nested()
        _post(session, keys, somebody, occasion_id, now)
        undone.rollback()


def _post(
    session: Session, keys: Keyring, enrolment: Enrolment, occasion_id: int | None, now: datetime
) -> None:
    page_of(session, keys, enrolment.participant_id)
    # Not said: that would tell whether the address is known, and whoever needs the link has it by now.
    if queries.links_mailed_since(session, enrolment.participant_id, now - DAY) < MAILS_A_DAY:
        post_link(session, enrolment.id, occasion_id, now)


def checked(address: str) -> str:
    """What was typed, as addresses are compared; raises :class:`BadAddress`."""
    if len(address.strip()) > LONGEST_ADDRESS or has_bad_characters(address):
        raise BadAddress
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadAddress from error
    return normal_address(checked.normalized)


def brake(session: Session, address: str, network: str, now: datetime) -> None:
    """Count one asking; raises :class:`AskedTooOften`."""
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
