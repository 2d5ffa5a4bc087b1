"""Where answers are from that nobody gave in Följa: said by whoever takes them in, shown with them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LONGEST = 200  # letters of each part
FIRST_YEAR = 1950
WAVES = ("pre", "post", "follow_up", "occasion")


@dataclass(frozen=True, slots=True)
class AnswerSource:
    """What the survey is called, who collected the answers, and when (of several days the last).
    ``handed_in_by``: the supplier's user who took them in; "" where staff did.
    """

    name: str
    collected_by: str
    collected_on: date
    handed_in_by: str = ""


def source_of(fields: Mapping[str, str], today: date) -> tuple[AnswerSource | None, dict[str, str]]:
    """Read a source out of ``name``, ``collected_by`` and ``collected_on`` (ISO); None where something is
    wrong: then a stable code for each such field. ``today`` is the day where the project is.
    """
    given = {part: " ".join(fields.get(part, "").split()) for part in ("name", "collected_by")}
    faults = {part: code for part, text in given.items() if (code := _text_fault(text))}
    day, code = _day(fields.get("collected_on", "").strip(), today)
    if code:
        faults["collected_on"] = code
    if faults or day is None:
        return None, faults
    return AnswerSource(given["name"], given["collected_by"], day), {}


def _text_fault(text: str) -> str:
    if not text:
        return "blank"
    if len(text) > LONGEST:
        return "too_long"
    unshowable = any(unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in text)
    return "bad_characters" if unshowable else ""


def _day(text: str, today: date) -> tuple[date | None, str]:
    if not text:
        return None, "blank"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, "not_date"
    if day > today:
        return None, "in_future"
    return (None, "too_early") if day.year < FIRST_YEAR else (day, "")
