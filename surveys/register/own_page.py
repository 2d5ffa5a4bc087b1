"""A participant's own page: what is open for them in all their series, behind a link of its own.

Opening it changes nothing. During an occasion the page lets its owner say "I am here", but only to whoever
comes by the code on the door: by scanning it in the same browser, or by having asked for the link there.
"""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from sqlalchemy.orm import Session

from surveys.answers.asking_project import Logotype
from surveys.database import Database
from surveys.keys import Keyring, new_public_id, token_hash
from surveys.models.deeds import Deed
from surveys.models.followup import Invitation, RetiredLink
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Attendance, Enrolment, PersonalPage
from surveys.models.programme import Occasion
from surveys.queries import attendance as attendance_queries
from surveys.queries import own_page as queries
from surveys.queries import people as people_queries
from surveys.register.attendance import follow_up, held_occasion, is_on
from surveys.register.enrolment import NotEnrolled, Presence, put_attendance, theme_of
from surveys.register.own_page_view import PageView, view_of


class PageError(Exception):
    """A page that cannot be opened; nothing about its content is told."""

    code = "page"


class UnknownPage(PageError):
    """No page has this link, or the browser does not hold the link of this page."""

    code = "unknown_link"


class ReplacedPageLink(PageError):
    """The link has been replaced by a newer one."""

    code = "replaced_link"


class NoLogotype(Exception):
    """The project has no logotype."""

    code = "no_logotype"


class UnknownItem(Exception):
    """What the page is to open is not this person's, or not any more."""

    code = "unknown_item"


class NotOn(Exception):
    """The occasion is not going on, or the page was not come to by the code on its door."""

    code = "not_on"


class RecordedAbsent(Exception):
    """Staff have recorded that the person was not there; only they can change it."""

    code = "recorded_absent"


def open_link(db: Database, token: str) -> str:
    """Return the public id of the page that a link opens; raises a :class:`PageError`."""
    with db.reading() as session:
        page = queries.page_by_token(session, token)
        if page is None:
            raise ReplacedPageLink if queries.is_retired(session, token) else UnknownPage
        return page.public_id


def open_page(
    db: Database, keys: Keyring, public_id: str, token: str, now: datetime, door_id: str = ""
) -> PageView:
    """Return a page to the holder of its link; raises a :class:`PageError`.

    ``door_id`` is the code of the door that the person has just come by, "" where there was none.
    """
    with db.reading() as session:
        return view_of(session, keys, held_page(session, public_id, token), now, door_id)


def item_path(db: Database, keys: Keyring, public_id: str, token: str, item: str) -> str:
    """Return the path of the link behind an item of a page, by the public id of its invitation or log.

    Raises a :class:`PageError` or :class:`UnknownItem`.
    """
    with db.reading() as session:
        owner = held_page(session, public_id, token).participant_id
        for book in queries.books_of(session, owner):
            if book.public_id == item:
                return f"/l/{keys.link_token(book.public_id, book.generation)}"
        invitation = queries.invitation_of(session, owner, item)
        if invitation is None:
            raise UnknownItem
        if invitation.rule.questionnaire_id is not None:
            return f"/s/{keys.link_token(invitation.public_id, invitation.generation)}"
        for book in queries.books_of(session, owner):
            if book.enrolment_id == invitation.enrolment_id:
                return f"/l/{keys.link_token(book.public_id, book.generation)}?fraga={item}"
        raise UnknownItem


def say_here(
    db: Database, public_id: str, token: str, door_id: str, theme: str | None, now: datetime
) -> str | None:
    """Record that the page's owner is at the occasion whose door this is; return the theme recorded.

    Saying it twice is saying it once; the theme can be changed. Raises a :class:`PageError`,
    :class:`NotOn`, :class:`RecordedAbsent`, and ``enrolment``'s AttendanceNotKept, NotEnrolled, UnknownTheme.
    """
    with db.transaction() as session:
        owner = held_page(session, public_id, token).participant_id
        occasion = attendance_queries.occasion_by_door(session, door_id)
        if occasion is None or not is_on(occasion, now):
            raise NotOn
        held_occasion(session, occasion.id)
        enrolment = _standing(session, owner, occasion)
        row = attendance_queries.rows_of(session, occasion.id, [enrolment.id]).get(enrolment.id)
        if row is not None and not row.present:
            raise RecordedAbsent
        chosen = theme or (row.theme.code if row is not None and row.theme else None)
        if _tell(session, occasion, enrolment, row, chosen):
            follow_up(session, occasion, [enrolment.id], now)
        return chosen


def logotype(db: Database, public_id: str, token: str) -> Logotype:
    """Return the logotype of a page's project; raises a :class:`PageError` or :class:`NoLogotype`."""
    with db.reading() as session:
        project = queries.project_of(session, held_page(session, public_id, token).participant_id)
        if project.logotype is None or project.logotype_type is None:
            raise NoLogotype
        return Logotype(project.logotype, project.logotype_type)


def send_link(
    db: Database, keys: Keyring, participant_id: int, user_id: int, now: datetime, *, another: bool = False
) -> None:
    """Mail a person the link to their page; ``another``: a new one, and the old one ends.

    Raises ``enrolment``'s NotEnrolled where the person takes part in nothing.
    """
    with db.transaction() as session:
        enrolments = people_queries.enrolments_of(session, participant_id)
        standing = [each for each in enrolments if each.state not in attendance_queries.ENDED]
        if not standing:
            raise NotEnrolled(0)
        page = page_of(session, keys, participant_id)
        if another:
            renew(session, keys, page, now)
        post_link(session, standing[0].id, None, now)
        session.add(
            Deed(
                project_id=standing[0].series.project_id,
                user_id=user_id,
                done_at=now,
                action="own_page_renewed" if another else "own_page_sent",
                subject=f"participant:{participant_id}",
            )
        )


def make_codes(db: Database, keys: Keyring, series_id: int) -> int:
    """Make the page, and with it the personal code, of all in a series who have none; returns how many.

    Nothing is sent.
    """
    with db.transaction() as session:
        missing = attendance_queries.without_code(session, series_id)
        for participant_id in missing:
            page_of(session, keys, participant_id)
        return len(missing)


def renew(session: Session, keys: Keyring, holder: PersonalPage | Invitation | LogBook, now: datetime) -> str:
    """Give what has a link another one, and end the old; returns the new link's token."""
    session.add(RetiredLink(token_hash=holder.token_hash, retired_at=now))
    holder.generation += 1
    token = keys.link_token(holder.public_id, holder.generation)
    holder.token_hash = token_hash(token)
    return token


def post_link(session: Session, enrolment_id: int, occasion_id: int | None, now: datetime) -> None:
    """Put a mail with the link of a person's page in the outbox; the page has to be held."""
    session.add(
        Message(
            public_id=new_public_id(),
            enrolment_id=enrolment_id,
            occasion_id=occasion_id,
            kind="own_page",
            step=queries.last_step(session, enrolment_id, occasion_id) + 1,
            state="due",
            next_attempt_at=now,
            quiet_override=True,  # somebody has just asked for it
        )
    )
    session.flush()


def page_of(session: Session, keys: Keyring, participant_id: int) -> PersonalPage:
    """A person's page, made where there is none, held until the transaction ends."""
    if page := queries.hold_page(session, participant_id):
        return page
    public_id = new_public_id()
    queries.add_page(session, participant_id, public_id, token_hash(keys.link_token(public_id, 1)))
    return queries.hold_page(session, participant_id) or page_of(session, keys, participant_id)


def held_page(session: Session, public_id: str, token: str) -> PersonalPage:
    """The page for whoever holds its link; raises a :class:`PageError`."""
    page = queries.page_by_public_id(session, public_id)
    if page is None:
        raise UnknownPage
    if not compare_digest(page.token_hash, token_hash(token)):
        raise ReplacedPageLink if queries.is_retired(session, token) else UnknownPage
    return page


def _standing(session: Session, participant_id: int, occasion: Occasion) -> Enrolment:
    found: Sequence[Enrolment] = people_queries.enrolments_of(session, participant_id)
    for enrolment in found:
        if enrolment.series_id == occasion.series_id and enrolment.state not in attendance_queries.ENDED:
            return enrolment
    raise NotEnrolled(0)


def _tell(
    session: Session, occasion: Occasion, enrolment: Enrolment, row: Attendance | None, theme: str | None
) -> bool:
    """What staff have recorded stays theirs but for the theme, which they did not know."""
    source = row.source if row is not None else "door"
    presence = Presence(True, theme, row.minutes if row is not None else None)
    themes = {each.code: each for each in occasion.themes}
    return put_attendance(session, occasion, enrolment.id, row, presence, theme_of(themes, presence), source)
