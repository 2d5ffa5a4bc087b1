"""What a follow-up rule says, as one value, and what no rule may say."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Any

from surveys.domain import timing
from surveys.domain.marks import mark_of_text
from surveys.domain.texts import has_bad_characters

OCCASION_ANCHORS = ("occasion_end", "occasion_start")
SERIES_ANCHORS = ("series_start", "series_end")
PERSON_ANCHORS = ("registration", "person_start", "person_end")
ANCHORS = (*OCCASION_ANCHORS, *SERIES_ANCHORS, *PERSON_ANCHORS)
AUDIENCES = ("present", "everyone")
LATE = ("from_now", "catch_up", "nothing")
ATTENDANCE_DEFAULTS = ("nobody", "everyone")
OCCASION_KINDS = ("session", "trip", "meeting", "seminar")
Tree = Mapping[str, Any]

FURTHEST_DAYS = 3650
FURTHEST_MINUTES = 60 * 24 * 365
LONGEST_OPEN_DAYS = 3650
LONGEST_WAIT_HOURS = 24 * 60
MOST_REMINDERS = 9
LONGEST_PROMPT = 2000


@dataclass(frozen=True)
class RuleSpec:
    """A follow-up rule: a questionnaire (its code) or a question for the log, when, and to whom.

    ``offset_days`` keep the wall clock, then ``at_time`` sets it, then ``offset_minutes`` elapse.
    ``occasions`` is None (all that are measured), {"kind": …} or {"codes": […]}; ``audience_filter`` a tree
    of conditions, see :mod:`surveys.domain.condition_tree`.
    """

    questionnaire: str | None
    log_prompt: Mapping[str, str] | None
    anchor: str
    offset_days: int = 0
    offset_minutes: int = 0
    at_time: time | None = None
    occasions: Mapping[str, Any] | None = None
    audience: str = "everyone"
    audience_filter: Tree | None = None
    attendance_wait_hours: int = 48
    attendance_default: str = "nobody"
    reminder_days: Sequence[int] = ()
    close_after_days: int = 14
    late: str = "from_now"
    active: bool = True

    @property
    def about_occasions(self) -> bool:
        return self.anchor in OCCASION_ANCHORS

    @property
    def offset(self) -> timing.Offset:
        return timing.Offset(self.offset_days, self.offset_minutes, self.at_time)

    @property
    def mark(self) -> str:
        return mark_of_text(json.dumps(asdict(self), sort_keys=True, default=str))


def tidied(spec: RuleSpec) -> RuleSpec:
    """The same without what has no meaning in it, so that equal rules are equal."""
    prompt = spec.log_prompt
    return replace(
        spec,
        log_prompt=None if prompt is None else {code: text.strip() for code, text in prompt.items()},
        occasions=spec.occasions if spec.about_occasions else None,
        audience_filter=spec.audience_filter or None,
        reminder_days=list(spec.reminder_days),
    )


def faults(spec: RuleSpec, languages: Sequence[str]) -> dict[str, str]:
    """What cannot be about the rule taken by itself: the part of it → a stable code.

    A question for the log must be there in all ``languages``; its parts are ``prompt-sv`` and so on.
    """
    found: dict[str, str] = {}
    for part, code in (*_asks(spec, languages), *_when(spec), *_whom(spec)):
        found.setdefault(part, code)
    return found


def _asks(spec: RuleSpec, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    if (spec.questionnaire is None) == (spec.log_prompt is None):
        yield "asks", "asks_one_thing"
    for language in languages if spec.log_prompt is not None else ():
        if code := _text_fault((spec.log_prompt or {}).get(language, "")):
            yield f"prompt-{language}", code


def _text_fault(text: str) -> str | None:
    if not text.strip():
        return "blank"
    if has_bad_characters(text):
        return "bad_characters"
    return "too_long" if len(text) > LONGEST_PROMPT else None


def _when(spec: RuleSpec) -> Iterator[tuple[str, str]]:
    if spec.anchor not in ANCHORS:
        yield "anchor", "unknown"
    if abs(spec.offset_days) > FURTHEST_DAYS or abs(spec.offset_minutes) > FURTHEST_MINUTES:
        yield "offset", "too_far"
    if not 0 < spec.close_after_days <= LONGEST_OPEN_DAYS:
        yield "close", "out_of_range"
    yield from _reminders(spec)
    if spec.about_occasions:
        yield from _occasions(spec.occasions)


def _reminders(spec: RuleSpec) -> Iterator[tuple[str, str]]:
    if len(spec.reminder_days) > MOST_REMINDERS:
        yield "reminders", "too_many"
        return
    try:
        timing.check_days(spec.reminder_days, spec.close_after_days)
    except timing.ClosesTooSoon as error:
        yield "close", error.code
    except timing.TimingError as error:
        yield "reminders", error.code


def _occasions(which: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if which is None:
        return
    if "codes" in which:
        if not which["codes"]:
            yield "occasions", "none_chosen"
    elif which.get("kind") not in OCCASION_KINDS:
        yield "occasions", "unknown"


def _whom(spec: RuleSpec) -> Iterator[tuple[str, str]]:
    if spec.audience not in AUDIENCES:
        yield "audience", "unknown"
    elif spec.audience == "present" and not spec.about_occasions:
        yield "audience", "present_without_occasion"
    if not 0 < spec.attendance_wait_hours <= LONGEST_WAIT_HOURS:
        yield "wait", "out_of_range"
    if spec.attendance_default not in ATTENDANCE_DEFAULTS:
        yield "default", "unknown"
    if spec.late not in LATE:
        yield "late", "unknown"
