"""A learning log as its writer sees it: entries, prompts, and who keeps it. For the writer alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from surveys.answers.asking_project import AskingProject, asking
from surveys.models.followup import Invitation
from surveys.models.log import LogBook, LogEntry
from surveys.models.programme import LocalText
from surveys.queries.logbook import OccasionName


class UnknownEntry(Exception):
    """The entry is not in this log, or not any more."""

    code = "unknown_entry"


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
class BookView:
    """A whole log, for its writer: entries newest first, prompts newest first."""

    public_id: str
    writer: str
    language: str
    work_group: str | None
    series_title: str
    project: AskingProject
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


def view_of(
    book: LogBook, entries: Sequence[LogEntry], asked: Sequence[Invitation], today: date, now: datetime
) -> BookView:
    """The view of a book with its entries and prompts, both newest first; ``today`` is the project's day."""
    answered = {entry.invitation_id for entry in entries}
    enrolment = book.enrolment
    return BookView(
        public_id=book.public_id,
        writer=enrolment.participant.name,
        language=enrolment.participant.language,
        work_group=enrolment.work_group,
        series_title=enrolment.series.title,
        project=asking(enrolment.series.project),
        today=today,
        now=now,
        entries=tuple(entry_view(entry) for entry in entries),
        prompts=tuple(_prompt_view(invitation, invitation.id in answered) for invitation in asked),
    )


def _prompt_view(invitation: Invitation, answered: bool) -> PromptView:
    return PromptView(
        invitation.public_id,
        invitation.rule.log_prompt or {},
        _occasion(invitation),
        invitation.mailing.closes_at,
        answered,
    )


def entry_view(entry: LogEntry) -> EntryView:
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
