"""Forms of what stands in several languages: texts, and rows of options or points, as typed and read back.

Fields of a text end in its language: ``text-sv``. Only the languages shown are sent; what the document says
in others stays. An option keeps its code whatever it is called: its row says which it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.choices import OTHER
from surveys.domain.drafting import MOST_OPTIONS, OPTION_CODE, code_from
from surveys.domain.point_questions import DONT_KNOW
from surveys.domain.questions import KINDS
from surveys.domain.texts import unfolded
from surveys.web.organise.kind_fields import Part, info

JsonObject = dict[str, Any]
MOST_ROWS = MOST_OPTIONS


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

    def rows(self, name: str, field: str = "code") -> list[int]:
        """The numbers of the rows of options, points or classes that there are."""
        return [number for number in range(MOST_ROWS) if f"{name}-{number}-{field}" in self.fields]

    def part(self, row: str, name: str) -> "QuestionForm":
        """The form of the texts of one row, called ``name``."""
        typed = {f"{name}-{language}": self.one(f"{row}-{language}") for language in self.languages}
        return QuestionForm(self.kind, self.languages, typed)


def rows_of(
    found: dict[str, str], name: str, points: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> None:
    """Put a row a point into the fields: its code, place and labels."""
    for number, point in enumerate(points):
        found[f"{name}-{number}-code"] = str(point["code"])
        found[f"{name}-{number}-place"] = str(number + 1)
        spread(found, f"{name}-{number}", point.get("label"), languages)


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
        put_text(point, "label", known.get(code), form.part(f"{name}-{number}", "label"))
        if not any(form.one(f"{name}-{number}-{language}").strip() for language in form.languages):
            continue
        if not (place.isascii() and place.isdigit()):
            faults[f"{name}-{number}-place"] = "not_a_place"
        rows.append((float(place) if place.isascii() and place.isdigit() else number + 1, point))
    points = [point for _place, point in sorted(rows, key=lambda row: row[0])]
    points += new_points(form, f"{name}-more", [each["code"] for each in points], faults, numbered)
    for language in form.languages:
        labels = [each["label"][language].casefold() for each in points if each["label"].get(language)]
        if len(set(labels)) < len(labels):
            faults.setdefault(f"{name}-more-{language}", "repeated_label")
    return points


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


def spread(
    found: dict[str, str], name: str, text: Mapping[str, str] | None, languages: Sequence[str]
) -> None:
    for language in languages:
        found[f"{name}-{language}"] = (text or {}).get(language, "")


def _lines(typed: str) -> list[str]:
    return [" ".join(line.split()) for line in unfolded(typed).split("\n") if line.strip()]
