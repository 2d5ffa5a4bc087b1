"""The sections of a report as a funder asks for them: an order, a heading each, and a text of one's own
before what Följa fills in. Sections of the key ``own`` hold nothing but that text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from surveys.domain.texts import has_bad_characters
from surveys.reporting.words import Words

OWN = "own"
KINDS = ("interim", "midterm", "final", "one_page")
KEYS = (
    "summary",
    "method",
    "participation",
    "occasions",
    "questions",
    "breakdown",
    "before_after",
    "indicators",
    "outside",
    "limitations",
    "followed_up",
    "recommendations",
    "figures",
    OWN,
)
MOST_SECTIONS = 30
LONGEST_HEADING = 200
LONGEST_TEXT = 10_000
LONGEST_NAME = 100

_INTERIM = ("summary", "background", "method", "participation", "occasions", "questions")
_ENDS = ("limitations", "followed_up", "recommendations")
_SETS: Mapping[str, Sequence[str]] = {
    "interim": (*_INTERIM, "indicators", *_ENDS),
    "midterm": (*_INTERIM, "before_after", "indicators", *_ENDS),
    "final": (
        *_INTERIM, "breakdown", "before_after", "indicators", "outside", "horizontal", "limitations",
        "followed_up", "conclusions", "recommendations",
    ),
    "one_page": ("summary", "occasions", "limitations", "recommendations"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A section as it is asked for: ``key`` of KEYS, its heading, and a text that stands first in it."""

    key: str
    heading: str
    text: str = ""


class BadHeadings(ValueError):
    """Headings that cannot be; ``faults``: (number of the section from 0, None: as a whole; field; code)."""

    code = "bad_headings"

    def __init__(self, faults: Sequence[tuple[int | None, str, str]]) -> None:
        super().__init__(str(faults))
        self.faults = tuple(faults)


def names(words: Words) -> dict[str, str]:
    """What the sections are called where nobody says otherwise."""
    return {
        "summary": words._("Summary"),
        "background": words._("Background and purpose"),
        "method": words._("How the follow-up was done"),
        "participation": words._("Participation and response rates"),
        "occasions": words._("After the occasions"),
        "questions": words._("Question by question"),
        "breakdown": words._("By gender and organisation"),
        "before_after": words._("Before and after"),
        "indicators": words._("Indicators"),
        "outside": words._("Figures from elsewhere"),
        "horizontal": words._("Horizontal principles"),
        "limitations": words._("What the figures do not bear"),
        "followed_up": words._("Earlier recommendations"),
        "conclusions": words._("Conclusions"),
        "recommendations": words._("Recommendations"),
        "figures": words._("Appendix: the frozen figures"),
        OWN: words._("A section of your own"),
    }


def default_set(kind: str, words: Words) -> tuple[Heading, ...]:
    """The sections that a report of a kind has unless a project says otherwise."""
    called = names(words)
    return tuple(Heading(key if key in KEYS else OWN, called[key]) for key in _SETS[kind])


def checked(sections: Sequence[Heading]) -> tuple[Heading, ...]:
    """The same, tidied. Raises :class:`BadHeadings`."""
    faults: list[tuple[int | None, str, str]] = []
    if not sections:
        faults.append((None, "sections", "none_chosen"))
    if len(sections) > MOST_SECTIONS:
        faults.append((None, "sections", "too_many"))
    found = []
    for number, each in enumerate(sections):
        heading = " ".join(each.heading.split())
        text = each.text.strip()
        if each.key not in KEYS:
            faults.append((number, "key", "unknown"))
        faults += [(number, "heading", why) for why in _faults(heading, LONGEST_HEADING, needed=True)]
        faults += [(number, "text", why) for why in _faults(text, LONGEST_TEXT, needed=False)]
        found.append(Heading(each.key, heading, text))
    filled = [each.key for each in found if each.key != OWN]
    if len(set(filled)) < len(filled):
        faults.append((None, "sections", "twice"))
    if faults:
        raise BadHeadings(faults)
    return tuple(found)


def plain(sections: Sequence[Heading]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [asdict(each) for each in sections]


def read(kept: Sequence[Mapping[str, Any]]) -> tuple[Heading, ...]:
    return tuple(Heading(**each) for each in kept)


def _faults(text: str, longest: int, *, needed: bool) -> list[str]:
    if needed and not text:
        return ["blank"]
    if has_bad_characters(text):
        return ["bad_characters"]
    return ["too_long"] if len(text) > longest else []
