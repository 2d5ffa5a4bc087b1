"""A form as one person sees it: who asks, what is asked, what that person has answered so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from surveys.answers.asking_project import AskingProject, asking_row
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form
from surveys.domain.questions import Answer
from surveys.queries.answering import AskedRow
from surveys.queries.sheets import SheetKey

GRACE = timedelta(minutes=15)

Answers = dict[str, Answer]


@dataclass(frozen=True, slots=True)
class AskedOccasion:
    """The occasion that is asked about."""

    number: int | None
    title: str
    ends_wall: datetime | None


@dataclass(frozen=True, slots=True)
class FormView:
    """A form and what one person has answered so far, for that person alone."""

    public_id: str
    person: str
    language: str
    project: AskingProject
    series_title: str
    occasion: AskedOccasion | None
    privacy_mode: PrivacyMode
    key_closed: bool  # what led from the person to the answer is destroyed: there is nothing to find
    wording: Mapping[str, Any]  # the project's own of its privacy mode: language → title, text
    timezone: str
    today: str  # as an ISO date, in ``timezone``: what today() means in the form's conditions
    closes_at: datetime
    closed: bool
    grace_over: bool
    sheet: SheetKey
    form: Form
    response: UUID | None
    revision: int  # 0: nothing saved yet
    answers: Answers | None  # as sent in
    draft: Answers | None  # saved after that
    saved_at: datetime | None
    submitted_at: datetime | None

    @property
    def can_be_found(self) -> bool:
        """Whether the person's answer can be found, by the link of the person if by nothing else."""
        return not self.key_closed

    @property
    def accepts_until(self) -> datetime:
        """Until when what is sent is taken: somebody may be writing when it closes."""
        return self.closes_at + GRACE

    @property
    def is_over(self) -> bool:
        """Whether its pages are closed: who has begun may finish within the grace."""
        return self.grace_over or (self.closed and self.draft is None)

    @property
    def current(self) -> Answers:
        """What was saved last, sent in or not."""
        return self.answers or {} if self.draft is None else self.draft

    @property
    def stage(self) -> Literal["fresh", "draft", "sent", "changed"]:
        """How far the person has come; *changed*: saved since it was sent in."""
        if self.submitted_at is None:
            return "fresh" if self.draft is None else "draft"
        return "sent" if self.draft is None else "changed"

    @property
    def edition(self) -> str:
        """Names what is saved, "" where nothing is; goes with the form and comes back with it."""
        return edition_of(self.response, self.revision) if self.response else ""

    @property
    def version(self) -> str:
        """Names the questions on the page; goes with the form and comes back with it."""
        return self.sheet.version


def edition_of(response: UUID, revision: int) -> str:
    """Names one revision of one response: who has taken an answer back and answers anew begins another."""
    return f"{revision}-{response.hex[:12]}"


def view_of(row: AskedRow, sheet: SheetKey, form: Form, now: datetime) -> FormView:
    """The view of a row of :func:`surveys.queries.answering.asked` and its form."""
    return FormView(
        public_id=row.public_id,
        person=row.name,
        language=row.language,
        project=asking_row(row, row.project_title, row.project_timezone, row.project_code),
        series_title=row.series_title,
        occasion=_occasion(row),
        privacy_mode=PrivacyMode(row.privacy_mode),
        key_closed=row.key_closed_at is not None,
        wording=(row.privacy_wording or {}).get(row.privacy_mode) or {},
        timezone=row.timezone,
        today=now.astimezone(ZoneInfo(row.timezone)).date().isoformat(),
        closes_at=row.closes_at,
        closed=now >= row.closes_at or row.key_closed_at is not None,
        grace_over=now >= row.closes_at + GRACE or row.key_closed_at is not None,
        sheet=sheet,
        form=form,
        response=row.response_id,
        revision=row.revision or 0,
        answers=row.answers,
        draft=row.draft,
        saved_at=row.saved_at,
        submitted_at=row.submitted_at,
    )


def _occasion(row: AskedRow) -> AskedOccasion | None:
    if row.occasion_title is None:
        return None
    return AskedOccasion(row.occasion_number, row.occasion_title, row.occasion_ends)
