"""Consent: a statement that one agrees to, or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from surveys.domain.counted import Counted, canonical, weighed
from surveys.domain.point_questions import PointQuestion, summary_of_classes
from surveys.domain.question import Answer, Fields, Unacceptable, typed_in
from surveys.domain.scales import Point
from surveys.domain.summaries import Summary

YES, NO = "yes", "no"
POINTS = (
    Point(YES, {"sv": "Samtycker", "en": "Consents"}),
    Point(NO, {"sv": "Har inte samtyckt", "en": "Has not consented"}),
)


@dataclass(frozen=True, kw_only=True)
class Consent(PointQuestion):
    """Kept as "yes"; what is not ticked is no consent."""

    kind: ClassVar[str] = "consent"

    @property
    def choices(self) -> tuple[Point, ...]:
        return POINTS[:1]

    @property
    def counted(self) -> tuple[str, ...]:
        """Both sides: what is not ticked is counted too."""
        return YES, NO

    def accept(self, raw: Fields) -> str | None:
        typed = typed_in(raw, self.field)
        if typed not in ("", YES):
            raise Unacceptable("not_an_option")
        return typed or None

    def summarise(self, values: Iterable[Answer | None] | Counted) -> Summary:
        """Everyone who was asked has said one or the other: nobody is missing."""
        answers, missing = weighed(values)
        said = Counted()
        for value, many in [*answers, (NO, missing)]:
            said += Counted({canonical(value): many})
        return summary_of_classes(self.counted, said)
