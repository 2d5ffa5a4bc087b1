"""The door of an occasion: whoever scans its code asks there for the link to their own page, by mail.

Nobody learns from it who takes part: see :mod:`surveys.register.link_by_mail`.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy.orm import Session

from surveys.answers.asking_project import AskingProject, asking
from surveys.database import Database
from surveys.keys import Keyring, token_hash
from surveys.models.programme import Occasion
from surveys.queries import attendance as attendance_queries
from surveys.queries import own_page as queries
from surveys.register.attendance import is_on
from surveys.register.link_by_mail import brake, checked, mail
from surveys.register.own_page_view import OccasionLine, line_of

MOST_PAGES = 50  # links that one browser holds and that are looked up


class UnknownDoor(Exception):
    """No occasion has this door code, or not any more."""

    code = "unknown_door"


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

    Raises :class:`UnknownDoor`, and ``link_by_mail``'s BadAddress and AskedTooOften.
    """
    with db.transaction() as session:
        occasion = _occasion(session, door_id)
        wanted = checked(address)
        brake(session, wanted, network, now)
        known = queries.enrolments_by_address(session, occasion.series_id, wanted)
        mail(session, keys, known, queries.anyone_in(session, occasion.series_id), occasion.id, now)


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
