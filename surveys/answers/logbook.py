"""Learning logs (lärandelogg): what a participant does with the personal log, through its link.

Everything is private to the writer until shared, entry by entry. Exceptions of this module carry
what was written in attributes at most, never in their messages: messages end up in log files.
"""

from collections.abc import Mapping
from datetime import date, datetime
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from surveys.answers.asking_project import Logotype
from surveys.answers.log_view import BookView, EntryView, UnknownEntry, entry_view, view_of
from surveys.database import Database
from surveys.domain.entry import Draft, check
from surveys.domain.timing import to_wall
from surveys.keys import token_hash
from surveys.models.log import LogBook, LogEntry
from surveys.queries import logbook as queries


class BookError(Exception):
    """A log that cannot be opened; nothing about its content is told."""

    code = "book"


class UnknownBook(BookError):
    """No log has this link, or the browser does not hold the link of this log."""

    code = "unknown_link"


class ReplacedBookLink(BookError):
    """The link has been replaced by a newer one."""

    code = "replaced_link"


class WithdrawnBook(BookError):
    """The log's link has been withdrawn."""

    code = "withdrawn_link"


class NoLogotype(Exception):
    """The project has no logotype."""

    code = "no_logotype"


class EntryConflict(Exception):
    """The entry has been changed since the page was opened; ``stored`` is what is kept now."""

    code = "entry_conflict"

    def __init__(self, stored: EntryView) -> None:
        super().__init__()
        self.stored = stored


def resolve_link(db: Database, token: str) -> str:
    """Return the public id of the log that a link opens; raises a :class:`BookError`."""
    with db.reading() as session:
        book = queries.book_by_token(session, token)
        if book is not None and book.withdrawn_at is not None:
            raise WithdrawnBook
        if book is None:
            raise ReplacedBookLink if queries.is_retired(session, token) else UnknownBook
        return book.public_id


def open_book(db: Database, public_id: str, token: str, now: datetime) -> BookView:
    """Return a log to the holder of its link; changes nothing; raises a :class:`BookError`."""
    with db.reading() as session:
        book = _book(session, public_id, token)
        entries = queries.entries_of(session, book.id)
        asked = queries.prompts_of(session, book.enrolment_id)
        return view_of(book, entries, asked, _today(book, now), now)


def logotype(db: Database, public_id: str, token: str) -> Logotype:
    """Return the logotype of a log's project; raises a :class:`BookError` or :class:`NoLogotype`."""
    with db.reading() as session:
        project = _book(session, public_id, token).enrolment.series.project
        if project.logotype is None or project.logotype_type is None:
            raise NoLogotype
        return Logotype(project.logotype, project.logotype_type)


def write_entry(
    db: Database,
    public_id: str,
    token: str,
    raw: Mapping[str, str],
    now: datetime,
    *,
    entry_id: UUID | None = None,
    prompt: str | None = None,
) -> UUID:
    """Keep a new, private entry and return its id.

    ``raw`` holds ``written_on`` (YYYY-MM-DD), ``text`` and ``plan``; ``prompt`` is the public id of
    the invitation it answers. ``entry_id`` is chosen when the form is made, so that a form sent twice
    is one entry. Raises a :class:`BookError`, ``BadEntry``, or :class:`EntryConflict` when the form
    comes back with another content.
    """
    with db.transaction() as session:
        book = _book(session, public_id, token)
        draft = check(raw, _today(book, now))
        # The same form sent twice at once: the second waits, then finds what the first wrote.
        queries.hold_book(session, book.id)
        stored = session.get(LogEntry, entry_id) if entry_id else None
        if stored is not None:
            return _again(book, stored, draft)
        asked = queries.prompts_of(session, book.enrolment_id, prompt) if prompt else ()
        entry = LogEntry(
            id=entry_id or uuid4(),
            book_id=book.id,
            invitation_id=asked[0].id if asked else None,
            created_at=now,
            updated_at=now,
            revision=1,
        )
        _fill(entry, draft)
        session.add(entry)
        return entry.id


def change_entry(
    db: Database,
    public_id: str,
    token: str,
    entry_id: UUID,
    raw: Mapping[str, str],
    revision: int,
    now: datetime,
) -> EntryView:
    """Change an entry; what is shared stays shared.

    ``revision`` is the one the form was made from. Raises a :class:`BookError`, ``BadEntry``,
    :class:`UnknownEntry`, or :class:`EntryConflict` when another page has changed it meanwhile.
    """
    with db.transaction() as session:
        book = _book(session, public_id, token)
        entry = _entry(session, book, entry_id)
        draft = check(raw, _today(book, now))
        if _holds(entry, draft):
            return entry_view(entry)
        _expect(entry, revision)
        _fill(entry, draft)
        entry.updated_at = now
        entry.revision += 1
        return entry_view(entry)


def share_entry(
    db: Database, public_id: str, token: str, entry_id: UUID, revision: int, now: datetime
) -> EntryView:
    """Let the project read an entry, as it was when ``revision`` was shown; sharing twice is sharing once.

    Raises a :class:`BookError`, :class:`UnknownEntry`, or :class:`EntryConflict` when the text is no
    longer the one that was seen: nobody shares what they have not read.
    """
    with db.transaction() as session:
        entry = _entry(session, _book(session, public_id, token), entry_id)
        if entry.shared_at is None:
            _expect(entry, revision)
            entry.shared_at = now
            # A form opened while it was private must not save private words into a shared entry.
            entry.revision += 1
        return entry_view(entry)


def unshare_entry(db: Database, public_id: str, token: str, entry_id: UUID) -> EntryView:
    """Make an entry private again, whatever state it is in; raises as :func:`share_entry`, no conflict."""
    with db.transaction() as session:
        entry = _entry(session, _book(session, public_id, token), entry_id)
        if entry.shared_at is not None:
            entry.shared_at = None
            entry.revision += 1
        return entry_view(entry)


def remove_entry(db: Database, public_id: str, token: str, entry_id: UUID) -> None:
    """Remove an entry for good; removing it twice is no fault. Raises a :class:`BookError`."""
    with db.transaction() as session:
        book = _book(session, public_id, token)
        entry = session.get(LogEntry, entry_id)
        if entry is not None and entry.book_id == book.id:
            session.delete(entry)


def _book(session: Session, public_id: str, token: str) -> LogBook:
    book = queries.book_by_public_id(session, public_id)
    if book is None:
        raise UnknownBook
    if not compare_digest(book.token_hash, token_hash(token)):
        raise ReplacedBookLink if queries.is_retired(session, token) else UnknownBook
    if book.withdrawn_at is not None:
        raise WithdrawnBook
    return book


def _entry(session: Session, book: LogBook, entry_id: UUID) -> LogEntry:
    entry = session.get(LogEntry, entry_id, with_for_update=True)
    if entry is None or entry.book_id != book.id:
        raise UnknownEntry
    return entry


def _again(book: LogBook, stored: LogEntry, draft: Draft) -> UUID:
    if stored.book_id != book.id:
        raise UnknownEntry
    if not _holds(stored, draft):
        raise EntryConflict(entry_view(stored))
    return stored.id


def _expect(entry: LogEntry, revision: int) -> None:
    if entry.revision != revision:
        raise EntryConflict(entry_view(entry))


def _holds(entry: LogEntry, draft: Draft) -> bool:
    return Draft(entry.written_on, entry.text, entry.plan) == draft


def _fill(entry: LogEntry, draft: Draft) -> None:
    entry.written_on, entry.text, entry.plan = draft.written_on, draft.text, draft.plan


def _today(book: LogBook, now: datetime) -> date:
    return to_wall(now, book.enrolment.series.project.timezone).date()
