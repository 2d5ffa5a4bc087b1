"""The form of a follow-up rule: from a rule to fields, and from what was typed to a rule."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from surveys.domain import condition_tree, rule_spec
from surveys.domain.rule_spec import RuleSpec
from surveys.web.organise import conditions
from surveys.web.organise.conditions import Row
from surveys.web.organise.rule_texts import PLACES, fault_text, label_of, place

_WHOLE = re.compile(r"[+-]?\d{1,6}", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?", re.ASCII)
_ROW = re.compile(r"c(\d{1,3})-is", re.ASCII)
_LONGEST_DAYS_TEXT = 80


@dataclass
class RuleForm:
    """What stands in the fields, each a list of texts, and what is wrong, by field, in words."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return next(iter(self.fields.get(name, ())), default)

    def many(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    @property
    def rows(self) -> list[Row]:
        """The conditions, in order."""
        return [
            Row(
                key=self.one(f"c{number}-is"),
                values=self.many(f"c{number}-value"),
                unlike=self.one(f"c{number}-not") == "not",
                error=self.errors.get(f"c{number}", ""),
            )
            for number in self._numbers()
        ]

    @property
    def tree(self) -> str:
        """A tree of conditions that rows cannot say, as JSON; "" where there is none."""
        return self.one("tree")

    def faults(self) -> list[tuple[str, str]]:
        """What is wrong, by field, in the order of the form."""
        return sorted(self.errors.items(), key=lambda item: place(item[0]))

    def labels(self) -> dict[str, str]:
        """What the fields with something wrong are called."""
        return {name: label_of(name) for name in self.errors}

    def put_rows(self, rows: Sequence[Row]) -> None:
        """Let these be the conditions."""
        for name in [name for name in self.fields if re.match(r"c\d", name)]:
            del self.fields[name]
        for number, row in enumerate(rows):
            self.fields[f"c{number}-is"] = [row.key]
            self.fields[f"c{number}-value"] = list(row.values)
            self.fields[f"c{number}-not"] = ["not" if row.unlike else ""]

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Show the faults of a rule at their fields."""
        for part, code in faults.items():
            self.errors.setdefault(PLACES.get(part, part), fault_text(code))

    def _numbers(self) -> list[int]:
        found = {int(match[1]) for name in self.fields if (match := _ROW.fullmatch(name))}
        return sorted(found)[: conditions.MOST]


def typed(fields: Mapping[str, list[str]]) -> RuleForm:
    """A form as it was sent."""
    return RuleForm({name: list(values) for name, values in fields.items()})


def filled(spec: RuleSpec) -> RuleForm:
    """A form that says what ``spec`` says."""
    way, days, minutes = _distance(spec)
    which = spec.occasions or {}
    form = RuleForm(
        {
            "asks": [f"q:{spec.questionnaire}" if spec.questionnaire else "log" if spec.log_prompt else ""],
            "anchor": [spec.anchor],
            "way": [way],
            "days": [str(days)],
            "hours": [str(abs(minutes) // 60 * (1 if minutes >= 0 else -1))],
            "minutes": [str(abs(minutes) % 60 * (1 if minutes >= 0 else -1))],
            "at": [f"{spec.at_time:%H:%M}" if spec.at_time else ""],
            "which": ["named" if "codes" in which else which.get("kind", "measured")],
            "occasion": list(which.get("codes", ())),
            "audience": [spec.audience],
            "wait": [str(spec.attendance_wait_hours)],
            "default": [spec.attendance_default],
            "reminders": [", ".join(map(str, spec.reminder_days))],
            "close": [str(spec.close_after_days)],
            "late": [spec.late],
            "active": ["y"] if spec.active else [],
            "seen": [spec.mark],
        }
    )
    for language, text in (spec.log_prompt or {}).items():
        form.fields[f"prompt-{language}"] = [text]
    _fill_conditions(form, spec)
    return form


def _fill_conditions(form: RuleForm, spec: RuleSpec) -> None:
    said = conditions.rows_of(spec.audience_filter)
    if said is None:
        form.fields["tree"] = [json.dumps(spec.audience_filter, ensure_ascii=False)]
        return
    form.fields["join"] = [said[0]]
    form.put_rows(said[1])


def _distance(spec: RuleSpec) -> tuple[str, int, int]:
    """("before" or "after", days, minutes) so that both are positive; if need be one is not."""
    if (spec.offset_days or spec.offset_minutes) < 0:
        return "before", -spec.offset_days, -spec.offset_minutes
    return "after", spec.offset_days, spec.offset_minutes


class _Reader:
    """Reads values out of a form, noting each that cannot be read."""

    def __init__(self, form: RuleForm) -> None:
        self.form = form
        self.faults: dict[str, str] = {}

    def whole(self, name: str, default: int = 0) -> int:
        text = self.form.one(name).strip().replace("\u2212", "-")
        if not text:
            return default
        if not _WHOLE.fullmatch(text):
            self.faults[name] = "not_a_number"
            return default
        return int(text)

    def clock(self, name: str) -> time | None:
        text = self.form.one(name).strip()
        if not text:
            return None
        match = _CLOCK.fullmatch(text)
        if match is None:
            self.faults[name] = "not_a_time"
            return None
        return time(int(match[1]), int(match[2]))

    def days(self, name: str) -> list[int]:
        text = self.form.one(name)
        parts = [part for part in re.split(r"[\s,;]+|\boch\b|\band\b", text) if part]
        if len(text) > _LONGEST_DAYS_TEXT or not all(_WHOLE.fullmatch(part) for part in parts):
            self.faults[name] = "not_days"
            return []
        return [int(part) for part in parts]

    def tree(self) -> rule_spec.Tree | None:
        if self.form.tree:
            tree = kept_tree(self.form)
            if tree is None:
                self.faults["conditions"] = "audience_not_a_tree"
            return tree
        for number, row in enumerate(self.form.rows):
            if not row.values and not row.key.startswith("answered:"):
                self.faults[f"c{number}"] = "none_chosen"
        return conditions.tree_of(self.form.one("join", "all"), self.form.rows)


def kept_tree(form: RuleForm) -> rule_spec.Tree | None:
    """The tree of conditions that rows cannot say; None where there is none, or none that can be read."""
    try:
        tree = json.loads(form.tree)
        condition_tree.parse(tree)
        return dict(tree)
    except (ValueError, RecursionError):  # AudienceError is one
        return None


def read(form: RuleForm, languages: Sequence[str]) -> tuple[RuleSpec, dict[str, str]]:
    """The rule that a form says, and the faults of what could not be read, by field."""
    reader = _Reader(form)
    asks = form.one("asks")
    sign = -1 if form.one("way") == "before" else 1
    spec = RuleSpec(
        questionnaire=asks[2:] if asks.startswith("q:") else None,
        log_prompt={each: form.one(f"prompt-{each}") for each in languages} if asks == "log" else None,
        anchor=form.one("anchor"),
        offset_days=sign * reader.whole("days"),
        offset_minutes=sign * (60 * reader.whole("hours") + reader.whole("minutes")),
        at_time=reader.clock("at"),
        occasions=_occasions(form),
        audience=form.one("audience"),
        audience_filter=reader.tree(),
        attendance_wait_hours=reader.whole("wait", 48),
        attendance_default=form.one("default", "nobody"),
        reminder_days=reader.days("reminders"),
        close_after_days=reader.whole("close"),
        late=form.one("late", "from_now"),
        active=form.one("active") == "y",
    )
    return spec, reader.faults


def _occasions(form: RuleForm) -> dict[str, object] | None:
    which = form.one("which", "measured")
    if which == "measured":
        return None
    return {"codes": form.many("occasion")} if which == "named" else {"kind": which}
