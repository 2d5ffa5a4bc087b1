"""An indicator's definition: as its form says it, as it is stored, and read back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from surveys.domain.indicators import (
    AT_LEAST,
    AT_MOST,
    BASES,
    INDEX_HIGHER,
    INDEX_MEAN,
    INDEX_SHARE,
    MEASURES,
    NO,
    YES,
    Definition,
    Kind,
)
from surveys.domain.numbers import BadNumber, canonical, read_number
from surveys.domain.participation import STAGES
from surveys.domain.series import BadFields, Fields

GROUPS = ("gender", "organisations", "work_groups")
GENDERS = ("woman", "man", "other", "not_stated")
LONGEST_TITLE, LONGEST_UNIT, LONGEST_NOTE = 200, 60, 2_000
MOST_DECIMALS = 4
MOST_ANSWERS = 100_000


@dataclass(frozen=True)
class Known:
    """What a definition may name: codes of series and organisations, questions with their classes, lowest
    first, indexes, declared outcomes, work groups; and the project's limit for small groups.
    """

    series: Collection[str]
    organisations: Collection[str]
    questions: Mapping[str, Sequence[str]]
    limit: int
    indexes: Collection[str] = ()
    outcomes: Collection[str] = ()
    work_groups: Collection[str] = ()


def defined(
    kind: Kind, raw: Mapping[str, str], many: Mapping[str, Sequence[str]], known: Known
) -> Definition:
    """The definition that a form says; ``many`` are its fields of several values (series, questions).

    Raises :class:`BadFields` with all faults at once.
    """
    form = _Form(raw, many, known)
    found: dict[str, Any] = {
        "kind": kind,
        "title": form.fields.line("title", LONGEST_TITLE, needed=True),
        "note": form.fields.line("note", LONGEST_NOTE),
        "reads_on": form.fields.day("reads_on", needed=True),
        "direction": form.choice("direction", (AT_LEAST, AT_MOST)) or AT_LEAST,
    }
    found |= form.bounds(kind) | form.of_kind(kind)
    if form.faults:
        raise BadFields(form.faults)
    return Definition(**found)


class _Form:
    def __init__(self, raw: Mapping[str, str], many: Mapping[str, Sequence[str]], known: Known) -> None:
        self.raw, self.many, self.known = raw, many, known
        self.faults: dict[str, str] = {}
        self.fields = Fields(raw, self.faults)

    def choice(self, name: str, allowed: Collection[str], *, needed: bool = False) -> str:
        text = self.raw.get(name, "").strip()
        if not text and needed:
            self.faults[name] = "blank"
        elif text and text not in allowed:
            self.faults[name] = "not_a_choice"
        return text

    def several(self, name: str, allowed: Collection[str], *, needed: bool = False) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(each for each in self.many.get(name, ()) if each))
        if needed and not chosen:
            self.faults[name] = "blank"
        elif any(each not in allowed for each in chosen):
            self.faults[name] = "not_a_choice"
        return chosen

    def number(self, name: str) -> Decimal | None:
        text = self.raw.get(name, "").strip().removesuffix("%").strip()
        if not text:
            return None
        try:
            return read_number(text, MOST_DECIMALS)
        except BadNumber as bad:
            self.faults[name] = bad.code
            return None

    def bounds(self, kind: Kind) -> dict[str, Any]:
        if kind is Kind.YES_NO:
            return {"target": YES}
        found = {"baseline": self.number("baseline"), "target": self.number("target")}
        percent = (
            kind in (Kind.SHARE, Kind.PAIRS)
            or (kind is Kind.OUTCOMES and bool(self.raw.get("as_share")))
            or (kind is Kind.INDEX and self.raw.get("measure") in (INDEX_SHARE, INDEX_HIGHER))
        )
        for name, value in found.items():
            if value is None or name in self.faults:
                continue
            if (percent and not 0 <= value <= 100) or (
                kind.adds_up and kind is not Kind.OUTSIDE and value < 0
            ):
                self.faults[name] = "out_of_range"
            elif kind.adds_up and not percent and kind is not Kind.OUTSIDE and value % 1:
                self.faults[name] = "not_a_number"
        return found

    def of_kind(self, kind: Kind) -> dict[str, Any]:
        if kind.from_register:
            return self._from_register(kind)
        if kind in (Kind.PAIRS, Kind.INDEX):
            # no page shows pairs or an index by group, so there is no figure of one to tell
            for name in GROUPS:
                if self.raw.get(name) or any(self.many.get(name, ())):
                    self.faults[name] = "of_all_only"
        if kind is Kind.INDEX:
            return self._of_index() | self._least()
        if kind.from_answers:
            return self._from_answers(kind)
        if kind is Kind.OUTSIDE:
            return {"unit": self.fields.line("unit", LONGEST_UNIT, needed=True)}
        return {"unit": self.fields.line("unit", LONGEST_UNIT)} if kind is Kind.PRODUCTS else {}

    def _from_register(self, kind: Kind) -> dict[str, Any]:
        found: dict[str, Any] = {
            "series": self.several("series", self.known.series),
            **self._group(),
        }
        if kind is not Kind.ATTENDANCES:
            found["stage"] = self.choice("stage", STAGES, needed=True)
        if kind is Kind.OUTCOMES:
            found["as_share"] = bool(self.raw.get("as_share"))
            found["outcomes"] = self.several("outcomes", self.known.outcomes, needed=True)
        return found

    def _from_answers(self, kind: Kind) -> dict[str, Any]:
        questions = self.several("questions", self.known.questions, needed=True)
        found: dict[str, Any] = {"questions": questions} | self._least()
        if kind is not Kind.PAIRS:
            found |= self._group()
            if all(found[name] for name in GROUPS):
                self.faults["work_groups"] = "two_at_most"  # answers are not broken down by three
        if kind is Kind.SHARE:
            found["base"] = self.choice("base", BASES) or "answered"
            if found["base"] == "invited" and any(found[name] for name in GROUPS):
                self.faults["base"] = "answered_only"  # of a group nobody counts how many were sent
            found["threshold"] = self._threshold(questions)
        return found

    def _group(self) -> dict[str, Any]:
        return {
            "gender": self.choice("gender", GENDERS),
            "organisations": self.several("organisations", self.known.organisations),
            "work_groups": self.several("work_groups", self.known.work_groups),
        }

    def _least(self) -> dict[str, Any]:
        least = self.known.limit
        return {"minimum_answers": self.fields.whole("minimum_answers", least, MOST_ANSWERS) or least}

    def _of_index(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "indexes": self.several("indexes", self.known.indexes, needed=True),
            "measure": self.choice("measure", MEASURES) or INDEX_MEAN,
        }
        if found["measure"] == INDEX_SHARE:
            value = self.number("threshold")
            if value is None:
                self.faults.setdefault("threshold", "blank")
            else:
                found["threshold"] = canonical(value)
        return found

    def _threshold(self, questions: Sequence[str]) -> str:
        threshold = self.raw.get("threshold", "").strip()
        offered = [self.known.questions[each] for each in questions if each in self.known.questions]
        if not threshold:
            self.faults["threshold"] = "blank"
        elif offered and any(threshold not in classes for classes in offered):
            self.faults["threshold"] = "no_such_class"
        return threshold


def stored(definition: Definition) -> dict[str, Any]:
    """As JSON, without its kind and without what is as usual: numbers as text, days as ISO."""
    usual = Definition(definition.kind, "")
    return {
        each.name: _plain(value)
        for each in fields(definition)
        if each.name != "kind" and (value := getattr(definition, each.name)) != getattr(usual, each.name)
    }


def restored(kind: str, content: Mapping[str, Any]) -> Definition:
    """The definition that :func:`stored` made; what a newer version has added is left out."""
    names = {each.name for each in fields(Definition)} - {"kind"}
    found = {name: value for name, value in content.items() if name in names}
    if content.get("organisation"):  # as it was written while there could be but one
        found["organisations"] = [content["organisation"]]
    for name in ("series", "outcomes", "questions", "indexes", "organisations", "work_groups"):
        if name in found:
            found[name] = tuple(found[name])
    for name in ("baseline", "target"):
        if found.get(name) is not None:
            found[name] = Decimal(found[name])
    if found.get("reads_on") is not None:
        found["reads_on"] = date.fromisoformat(found["reads_on"])
    return Definition(Kind(kind), **{"title": "", **found})


def typed_value(kind: Kind, text: str) -> Decimal:
    """A figure typed in: yes or no, or a number. Raises BadNumber (``not_a_number`` and others)."""
    if kind is Kind.YES_NO:
        if text not in ("yes", "no"):
            raise BadNumber("not_a_number")
        return YES if text == "yes" else NO
    return read_number(text.strip().removesuffix("%").strip(), MOST_DECIMALS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
