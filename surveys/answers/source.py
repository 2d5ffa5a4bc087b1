"""Where an answer came from: the web, or a paper that staff have typed in."""

from dataclasses import dataclass

from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Checked
from surveys.domain.questions import Unacceptable


@dataclass(frozen=True, slots=True)
class Paper:
    """That staff type in what somebody answered on paper; ``user_id`` says who."""

    user_id: int


def without_gaps(checked: Checked) -> Checked:
    """Paper cannot insist: what it asked for and did not get is missing, and no fault. An empty one is."""
    faults = {code: fault for code, fault in checked.errors.items() if fault.code != "required"}
    if checked.errors and not faults and not checked.answers:
        faults = {next(iter(checked.errors)): Unacceptable("nothing_answered")}
    return Checked(checked.answers, faults)


def columns(paper: Paper | None, mode: PrivacyMode) -> dict[str, object]:
    """What a response keeps of it; who typed it in only where the answer can be traced anyway."""
    kept = paper is not None and mode.traceable
    return {"source": "paper" if paper else "web", "entered_by": paper.user_id if paper and kept else None}
