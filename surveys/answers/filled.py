"""A form as it was filled in: what is sent from a page, or typed in from paper."""

from collections.abc import Collection
from dataclasses import dataclass

from surveys.answers.source import Paper
from surveys.answers.steps import Step
from surveys.domain.questions import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """``fields`` None is what is saved already; with ``step`` they are those of that question alone.

    ``submit`` False keeps a draft. ``edition`` and ``version`` are those of the page that was sent: what was
    saved when it was opened ("": nothing), and its questions ("" does not ask about them). ``seen`` (None:
    all) are the questions with a condition that were in sight.
    """

    fields: Fields | None
    language: str
    submit: bool
    edition: str = ""
    version: str = ""
    step: Step | None = None
    seen: Collection[str] | None = None
    paper: Paper | None = None
