"""The form of one question in the editor: from the document to fields, and from what was typed back.

Fields of a text end in its language: ``text-sv``. Only the languages shown are sent; what the document says
in others stays. An option keeps its code whatever it is called: its row says which it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.choices import DONT_KNOW, OTHER
from surveys.domain.drafting import OPTION_CODE, QUESTION_CODE, code_from
from surveys.domain.questions import KINDS
from surveys.domain.texts import unfolded
from surveys.web.organise.kind_fields import Part, info

JsonObject = dict[str, Any]
TEXTS = ("text", "hint", "check_message")
MOST_ROWS = 60
_EXPRESSIONS = ("relevant", "check")


@dataclass
class QuestionForm:
    """``fields`` as typed; ``faults`` by field, in words."""

    kind: str
    languages: Sequence[str]
    fields: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def parts(self) -> tuple[Part, ...]:
        return info(self.kind).parts

    @property
    def asks(self) -> bool:
        return KINDS[self.kind].asks

    def rows(self, name: str) -> list[int]:
        """The numbers of the rows of options or points that there are."""
        return [number for number in range(MOST_ROWS) if f"{name}-{number}-code" in self.fields]


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
        _spread(found, name, question.get(name), languages)
    form = QuestionForm(str(question.get("kind", "")), languages, found)
    for part in form.parts:
        value = question.get(part.name)
        match part.how:
            case "text":
                _spread(found, part.name, value, languages)
            case "flag":
                found[part.name] = "y" if value else ""
            case "options":
                rows_of(found, part.name, value or [], languages)
            case "scale":
                _fill_scale(found, value, languages, scales)
            case _:
                found[part.name] = "" if value is None else str(value)
    return form


def rows_of(
    found: dict[str, str], name: str, points: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> None:
    """Put a row a point into the fields: its code, place and labels."""
    for number, point in enumerate(points):
        found[f"{name}-{number}-code"] = str(point["code"])
        found[f"{name}-{number}-place"] = str(number + 1)
        _spread(found, f"{name}-{number}", point.get("label"), languages)


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


def put_text(made: JsonObject, name: str, stored: Mapping[str, str] | None, form: QuestionForm) -> None:
    """A text in the languages of the form as typed, in others as stored; nothing where there is none."""
    text = {language: value for language, value in (stored or {}).items() if language not in form.languages}
    for language in form.languages:
        typed = unfolded(form.one(f"{name}-{language}")).strip()
        if typed:
            text[language] = typed
    if text:
        made[name] = text


def points_of(
    form: QuestionForm,
    name: str,
    stored: Sequence[Mapping[str, Any]],
    faults: dict[str, str],
    numbered: bool = False,
) -> list[JsonObject]:
    """The rows in the order of their places, without those that have no label, then the new lines.

    ``numbered``: new ones are called 1, 2, 3 …, as the points of a scale are, so that means can be told.
    """
    known = {str(each["code"]): each.get("label") for each in stored}
    rows: list[tuple[float, JsonObject]] = []
    for number in form.rows(name):
        code, place = form.one(f"{name}-{number}-code"), form.one(f"{name}-{number}-place").strip()
        point: JsonObject = {"code": code}
        put_text(point, "label", known.get(code), _labels_of(form, f"{name}-{number}"))
        if not any(form.one(f"{name}-{number}-{language}").strip() for language in form.languages):
            continue
        if not (place.isascii() and place.isdigit()):
            faults[f"{name}-{number}-place"] = "not_a_place"
        rows.append((float(place) if place.isascii() and place.isdigit() else number + 1, point))
    points = [point for _place, point in sorted(rows, key=lambda row: row[0])]
    return points + new_points(form, f"{name}-more", [each["code"] for each in points], faults, numbered)


def new_points(
    form: QuestionForm, name: str, taken: Sequence[str], faults: dict[str, str], numbered: bool = False
) -> list[JsonObject]:
    """A point a line; the lines of each language belong together in order."""
    lines = {language: _lines(form.one(f"{name}-{language}")) for language in form.languages}
    counts = {len(each) for each in lines.values() if each}
    if len(counts) > 1:
        first = len(lines[form.languages[0]])
        wrong = next(language for language in form.languages[1:] if len(lines[language]) != first)
        faults[f"{name}-{wrong}"] = "lines_differ"
    used, made = [*taken, OTHER, DONT_KNOW], []
    for number in range(max(counts, default=0)):
        label = {language: each[number] for language, each in lines.items() if number < len(each)}
        said = next(iter(label.values()))
        place = str(len(taken) + number + 1)
        code = place if numbered and place not in used else code_from(said, OPTION_CODE, used, "option", 16)
        used.append(code)
        made.append({"code": code, "label": label})
    return made


def _labels_of(form: QuestionForm, row: str) -> QuestionForm:
    typed = {f"label-{language}": form.one(f"{row}-{language}") for language in form.languages}
    return QuestionForm(form.kind, form.languages, typed)


def _scale(
    form: QuestionForm, stored: Mapping[str, Any] | None, scales: Scales, faults: dict[str, str]
) -> JsonObject:
    """The scale chosen from the library, kept as it stands, or written here."""
    chosen = form.one("scale")
    if chosen == "as-is" and stored:
        return dict(stored)
    if chosen != "own":
        found = scales.of(chosen)
        if found is None:
            faults["scale"] = "no_scale"
        return dict(found or {"points": []})
    points = new_points(form, "own", [], faults, numbered=True)
    if len(points) < 2:
        faults.setdefault(f"own-{form.languages[0]}", "too_few_points")
    return {"points": points, "top": min(2, len(points))}


def _fill_scale(
    found: dict[str, str], value: Mapping[str, Any] | None, languages: Sequence[str], scales: Scales
) -> None:
    if not value:
        found["scale"] = ""
        return
    code = str(value.get("code", ""))
    found["scale"] = code if code and scales.of(code) == value else "as-is"


def _spread(
    found: dict[str, str], name: str, text: Mapping[str, str] | None, languages: Sequence[str]
) -> None:
    for language in languages:
        found[f"{name}-{language}"] = (text or {}).get(language, "")


def _lines(typed: str) -> list[str]:
    return [" ".join(line.split()) for line in unfolded(typed).split("\n") if line.strip()]
