"""Learning logs (lärandelogg): what a participant does with the personal log, through its link.

Everything is private to the writer until shared, entry by entry. Exceptions of this module carry
what was written in attributes at most, never in their messages: messages end up in log files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.entry import Draft, check
from surveys.domain.timing import to_wall
from surveys.keys import token_hash
from surveys.models.followup import Invitation
from surveys.models.log import LogBook, LogEntry
from surveys.models.programme import LocalText
from surveys.queries import logbook as queries
from surveys.queries.logbook import OccasionName


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


class UnknownEntry(Exception):
    """The entry is not in this log, or not any more."""

    code = "unknown_entry"


class EntryConflict(Exception):
    """The entry has been changed since the page was opened; ``stored`` is what is kept now."""

    code = "entry_conflict"

    def __init__(self, stored: "EntryView") -> None:
        super().__init__()
        self.stored = stored


@dataclass(frozen=True)
class PromptView:
    public_id: str
    text: LocalText
    occasion: OccasionName | None
    closes_at: datetime
    answered: bool  # at least one entry is written from it


@dataclass(frozen=True)
class EntryView:
    """An entry as its writer sees it."""

    id: UUID
    written_on: date
    text: str
    plan: str
    revision: int
    updated_at: datetime
    shared_at: datetime | None
    prompt: LocalText | None
    occasion: OccasionName | None

    @property
    def shared(self) -> bool:
        return self.shared_at is not None


@dataclass(frozen=True)
class Logotype:
    content: bytes
    media_type: str


@dataclass(frozen=True)
class BookProject:
    """What the pages of a log say about who keeps it."""

    id: int
    title: str
    timezone: str
    languages: tuple[str, ...]
    sender_name: str
    reply_to: str
    privacy: Mapping[str, LocalText]
    logotype_type: str | None
    logotype_text: str | None


@dataclass(frozen=True)
class BookView:
    """A whole log, for its writer: entries newest first, prompts newest first."""

    public_id: str
    writer: str
    language: str
    work_group: str | None
    series_title: str
    project: BookProject
    today: date
    now: datetime
    entries: tuple[EntryView, ...]
    prompts: tuple[PromptView, ...]

    @property
    def open_prompts(self) -> tuple[PromptView, ...]:
        """The prompts that wait for an entry."""
        return tuple(prompt for prompt in self.prompts if not prompt.answered and prompt.closes_at > self.now)

    def prompt(self, public_id: str) -> PromptView | None:
        return next((prompt for prompt in self.prompts if prompt.public_id == public_id), None)

    def entry(self, entry_id: UUID) -> EntryView:
        """Return an entry of this log; raises :class:`UnknownEntry`."""
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        raise UnknownEntry

    def plan_before(self, entry_id: UUID | None = None) -> EntryView | None:
        """Return the entry before ``entry_id`` (before a new one: the newest), if it holds a plan."""
        ids = [entry.id for entry in self.entries]
        place = ids.index(entry_id) + 1 if entry_id in ids else 0
        previous = self.entries[place] if place < len(self.entries) else None
        return previous if previous and previous.plan else None


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
        return _view(session, book, now)


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
            return _entry_view(entry)
        _expect(entry, revision)
        _fill(entry, draft)
        entry.updated_at = now
        entry.revision += 1
        return _entry_view(entry)


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
        return _entry_view(entry)


def unshare_entry(db: Database, public_id: str, token: str, entry_id: UUID) -> EntryView:
    """Make an entry private again, whatever state it is in; raises as :func:`share_entry`, no conflict."""
    with db.transaction() as session:
        entry = _entry(session, _book(session, public_id, token), entry_id)
        if entry.shared_at is not None:
            entry.shared_at = None
            entry.revision += 1
        return _entry_view(entry)


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
        raise EntryConflict(_entry_view(stored))
    return stored.id


def _expect(entry: LogEntry, revision: int) -> None:
    if entry.revision != revision:
        raise EntryConflict(_entry_view(entry))


def _holds(entry: LogEntry, draft: Draft) -> bool:
    return Draft(entry.written_on, entry.text, entry.plan) == draft


def _fill(entry: LogEntry, draft: Draft) -> None:
    entry.written_on, entry.text, entry.plan = draft.written_on, draft.text, draft.plan


def _today(book: LogBook, now: datetime) -> date:
    return to_wall(now, book.enrolment.series.project.timezone).date()


def _view(session: Session, book: LogBook, now: datetime) -> BookView:
    entries = queries.entries_of(session, book.id)
    answered = {entry.invitation_id for entry in entries}
    asked = queries.prompts_of(session, book.enrolment_id)
    enrolment = book.enrolment
    return BookView(
        public_id=book.public_id,
        writer=enrolment.participant.name,
        language=enrolment.participant.language,
        work_group=enrolment.work_group,
        series_title=enrolment.series.title,
        project=_project(book),
        today=_today(book, now),
        now=now,
        entries=tuple(_entry_view(entry) for entry in entries),
        prompts=tuple(_prompt_view(invitation, invitation.id in answered) for invitation in asked),
    )


def _project(book: LogBook) -> BookProject:
    project = book.enrolment.series.project
    return BookProject(
        id=project.id,
        title=project.title,
        timezone=project.timezone,
        languages=tuple(project.languages),
        sender_name=project.sender_name,
        reply_to=project.reply_to,
        privacy=project.privacy,
        logotype_type=project.logotype_type,
        logotype_text=project.logotype_text,
    )


def _prompt_view(invitation: Invitation, answered: bool) -> PromptView:
    return PromptView(
        invitation.public_id,
        invitation.rule.log_prompt or {},
        _occasion(invitation),
        invitation.mailing.closes_at,
        answered,
    )


def _entry_view(entry: LogEntry) -> EntryView:
    asked = entry.invitation
    return EntryView(
        id=entry.id,
        written_on=entry.written_on,
        text=entry.text,
        plan=entry.plan,
        revision=entry.revision,
        updated_at=entry.updated_at,
        shared_at=entry.shared_at,
        prompt=asked.rule.log_prompt if asked else None,
        occasion=_occasion(asked) if asked else None,
    )


def _occasion(invitation: Invitation) -> OccasionName | None:
    occasion = invitation.mailing.occasion
    if occasion is None:
        return None
    return OccasionName(
        occasion.number, occasion.title, occasion.ends_wall.date() if occasion.ends_wall else None
    )
