"""The five ready patterns of follow-up rules."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import time

from surveys.domain.rule_spec import RuleSpec

_MORNING = time(9)
_HALF_A_YEAR = 182


@dataclass(frozen=True)
class Pattern:
    """``spec`` is the rule without what it asks; ``waves`` are the measurements it is meant for.

    Without ``waves`` it is a question for the learning log.
    """

    code: str
    waves: tuple[str, ...]
    spec: RuleSpec

    @property
    def is_log(self) -> bool:
        return not self.waves


@dataclass(frozen=True)
class Candidate:
    """A questionnaire that a rule could ask. ``used``: another rule of the series asks it already."""

    code: str
    wave: str
    needs_themes: bool
    used: bool


def _rule(anchor: str, **values: object) -> RuleSpec:
    bare = RuleSpec(questionnaire=None, log_prompt=None, anchor=anchor)
    return replace(bare, **values)  # type: ignore[arg-type]


PATTERNS = (
    # Whoever is registered later is asked then: without a first answer there is nothing to compare with.
    Pattern(
        "before",
        ("pre",),
        _rule("registration", reminder_days=[3, 7], close_after_days=14, late="catch_up"),
    ),
    Pattern(
        "after_occasion",
        ("occasion",),
        _rule(
            "occasion_end",
            offset_minutes=120,
            audience="present",
            reminder_days=[3, 7],
            close_after_days=14,
        ),
    ),
    Pattern(
        "log",
        (),
        _rule(
            "occasion_end",
            offset_days=1,
            at_time=_MORNING,
            audience="present",
            reminder_days=[7],
            close_after_days=30,
        ),
    ),
    Pattern(
        "after",
        ("post",),
        _rule("series_end", offset_days=1, at_time=_MORNING, reminder_days=[4, 9], close_after_days=21),
    ),
    Pattern(
        "six_months",
        ("follow_up", "post"),
        _rule(
            "series_end",
            offset_days=_HALF_A_YEAR,
            at_time=_MORNING,
            reminder_days=[7, 14],
            close_after_days=28,
        ),
    ),
)


def pattern(code: str) -> Pattern | None:
    return next((each for each in PATTERNS if each.code == code), None)


def fitted(chosen: Pattern, attendance_kept: bool) -> RuleSpec:
    """The rule of a pattern for a series; where attendance is not kept, it goes to everyone."""
    if chosen.spec.audience == "present" and not attendance_kept:
        return replace(chosen.spec, audience="everyone")
    return chosen.spec


def proposed(chosen: Pattern, candidates: Iterable[Candidate]) -> str | None:
    """The code of the questionnaire that suits a pattern best, None where none does.

    One that no other rule asks goes first, then one for the pattern's own measurement, then their order. What
    asks about themes suits only a rule that counts from an occasion.
    """
    suited = [
        each
        for each in candidates
        if each.wave in chosen.waves and (chosen.spec.about_occasions or not each.needs_themes)
    ]
    best = min(suited, key=lambda each: (each.used, chosen.waves.index(each.wave)), default=None)
    return best.code if best else None


def code_for(base: str, taken: Collection[str]) -> str:
    """A code for a rule: ``base``, or ``base-2``, ``base-3`` … where that is taken; at most 64 letters."""
    number = 1
    code = base[:64]
    while code in taken:
        number += 1
        end = f"-{number}"
        code = base[: 64 - len(end)] + end
    return code
