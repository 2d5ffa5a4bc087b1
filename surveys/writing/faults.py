"""What can be wrong where questionnaires are written: exceptions with stable codes."""

from dataclasses import dataclass
from typing import Any

from surveys.domain.faults import Faulty

JsonObject = dict[str, Any]


class NoQuestionnaire(LookupError):
    """The project has no questionnaire with this code (any more)."""

    code = "no_questionnaire"


class NoDraft(LookupError):
    """The questionnaire has no draft (any more)."""

    code = "no_draft"


class Changed(Exception):
    """Somebody else has changed the questionnaire meanwhile; nothing was saved.

    ``document`` is what it says now and ``digest`` its mark.
    """

    code = "changed"

    def __init__(self, document: JsonObject, digest: str) -> None:
        super().__init__()
        self.document, self.digest = document, digest


class BadQuestionnaire(Faulty):
    """A code, measurement or privacy mode that cannot be; ``faults`` maps each to a stable code."""

    code = "bad_questionnaire"


class ThemesWithoutOccasion(Exception):
    """A draft that asks about themes, of a questionnaire that ``series`` sends by no occasion."""

    code = "themes_without_occasion"

    def __init__(self, series: tuple[str, ...]) -> None:
        super().__init__(", ".join(series))
        self.series = series


@dataclass(frozen=True)
class Uses:
    """What a questionnaire is used by: titles of series whose rules send it, of series whose rules have
    conditions about it, and how many have begun to answer.
    """

    sent_in: tuple[str, ...]
    conditions_in: tuple[str, ...]
    responses: int

    def __bool__(self) -> bool:
        return bool(self.sent_in or self.conditions_in or self.responses)


class InUse(Exception):
    """A questionnaire that cannot be removed; ``uses`` says by what it is used."""

    code = "in_use"

    def __init__(self, uses: Uses) -> None:
        super().__init__()
        self.uses = uses
