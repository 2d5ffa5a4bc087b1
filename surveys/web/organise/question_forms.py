"""The form of one question in the editor: from the document to fields, and from what was typed back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.domain.drafting import QUESTION_CODE, code_from
from surveys.web.organise import scale_forms
from surveys.web.organise.kind_fields import Part
from surveys.web.organise.writing_forms import (
    JsonObject,
    QuestionForm,
    points_of,
    put_text,
    rows_of,
    spread,
)

TEXTS = ("text", "hint", "check_message")
_EXPRESSIONS = ("relevant", "check")


@dataclass(frozen=True)
class Scales:
    """The scales to choose from, by code, as a version has them: the project's, then ready-made ones."""

    library: Mapping[str, JsonObject]
    ready: Mapping[str, JsonObject]

    def of(self, chosen: str) -> JsonObject | None:
        return self.library.get(chosen) or self.ready.get(chosen)


def filled(question: Mapping[str, Any], languages: Sequence[str], scales: Scales) -> QuestionForm:
    """The form of a question as it is stored."""
    found: dict[str, str] = {}
    for name in ("code", "group", "each", *_EXPRESSIONS):
        found[name] = str(question.get(name, ""))
    found["required"] = "y" if question.get("required") else ""
    for name in TEXTS:
        spread(found, name, question.get(name), languages)
    form = QuestionForm(str(question.get("kind", "")), languages, found)
    for part in form.parts:
        value = question.get(part.name)
        match part.how:
            case "text":
                spread(found, part.name, value, languages)
            case "flag":
                found[part.name] = "y" if value else ""
            case "options":
                rows_of(found, part.name, value or [], languages)
            case "scale":
                _fill_scale(found, value, languages, scales)
            case _:
                found[part.name] = "" if value is None else str(value)
    return form


def read(
    form: QuestionForm, stored: Mapping[str, Any], taken: Sequence[str], scales: Scales
) -> tuple[JsonObject, dict[str, str]]:
    """The question that a form says, and stable codes of what could not be read, by field.

    ``stored`` is what the question was ({} for a new one); ``taken`` are the codes of the others.
    """
    faults: dict[str, str] = {}
    made: JsonObject = {"code": "", "kind": form.kind}
    for name in TEXTS:
        put_text(made, name, stored.get(name), form)
    typed = form.one("code").strip()
    main = str(made.get("text", {}).get(form.languages[0], "")) if form.languages else ""
    made["code"] = typed or code_from(main, QUESTION_CODE, taken, "question")
    for name in ("group", "each", *_EXPRESSIONS):
        if form.one(name).strip():
            made[name] = form.one(name).strip()
    if form.one("required"):
        made["required"] = True
    if "generated_note" in stored:
        made["generated_note"] = stored["generated_note"]
    for part in form.parts:
        _read_part(made, part, form, stored, scales, faults)
    return made, faults


def _read_part(
    made: JsonObject,
    part: Part,
    form: QuestionForm,
    stored: Mapping[str, Any],
    scales: Scales,
    faults: dict[str, str],
) -> None:
    typed = form.one(part.name).strip()
    match part.how:
        case "text":
            put_text(made, part.name, stored.get(part.name), form)
        case "flag":
            if typed:
                made[part.name] = True
        case "options":
            made[part.name] = points_of(form, part.name, stored.get(part.name) or [], faults)
        case "scale":
            made[part.name] = _scale(form, stored.get(part.name), scales, faults)
        case "whole":
            if typed:
                made[part.name] = int(typed) if typed.isascii() and typed.isdigit() else typed
        case "decimal":
            if typed:
                made[part.name] = typed.replace(",", ".")
        case _:
            if typed:
                made[part.name] = typed


def _scale(
    form: QuestionForm, stored: Mapping[str, Any] | None, scales: Scales, faults: dict[str, str]
) -> JsonObject:
    """The scale chosen from the library, kept as it stands, or written here."""
    chosen, before = form.one("scale"), stored or {}
    if chosen == "own":
        return scale_forms.read(form, before, scale_forms.OWN, faults)
    written = scale_forms.read(form, before, scale_forms.OWN, {})
    if written["points"] and not scale_forms.says_the_same(written, before):
        faults["scale"] = "own_not_chosen"
    if chosen == "as-is" and stored:
        return dict(stored)
    found = scales.of(chosen)
    if found is None:
        faults["scale"] = "no_scale"
    return dict(found or {"points": []})


def _fill_scale(
    found: dict[str, str], value: Mapping[str, Any] | None, languages: Sequence[str], scales: Scales
) -> None:
    scale_forms.fill(found, value or {}, scale_forms.OWN, languages)
    code = str((value or {}).get("code", ""))
    if code:
        found["scale"] = code if scales.of(code) == value else "as-is"
    else:
        found["scale"] = "own" if value else ""
