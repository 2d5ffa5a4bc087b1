"""A question of LimeSurvey → none, one or several of ours."""

import re
from collections.abc import Callable, Iterator, Mapping

from surveys.domain.choices import DONT_KNOW, OTHER
from surveys.domain.drafting import MOST_OPTIONS
from surveys.importing.exchanged import Builder, JsonObject, fitting_option
from surveys.importing.losses import Place
from surveys.importing.lss_expressions import Variable
from surveys.importing.lss_survey import Item, LssQuestion
from surveys.importing.lss_texts import EXPRESSION, plain

Texts = Mapping[str, str]

# What LimeSurvey itself writes beside the boxes, in the languages we know it in.
_WORDS = {
    "Y": {"sv": "Ja", "en": "Yes"},
    "N": {"sv": "Nej", "en": "No"},
    "U": {"sv": "Osäker", "en": "Uncertain"},
    "I": {"sv": "Ökar", "en": "Increase"},
    "S": {"sv": "Oförändrat", "en": "Same"},
    "D": {"sv": "Minskar", "en": "Decrease"},
    "F": {"sv": "Kvinna", "en": "Female"},
    "M": {"sv": "Man", "en": "Male"},
}
_WORDED = {"Y": "YN", "G": "FM", "C": "YUN", "E": "DSI"}
_POINTS = {"5": 5, "A": 5, "B": 10}
_TEXT = {"S": "short_text", "T": "long_text", "U": "long_text"}
_NOT_CARRIED = {
    "|": "type_media",
    "*": "type_computed",
    "I": "type_language",
    "1": "type_two_scales",
    ":": "type_table",
    ";": "type_table",
}
# Attributes that change what is asked, with the values that say nothing.
_NOTED = {
    "random_order": ("0",),
    "answer_order": ("normal",),
    "array_filter": (),
    "array_filter_exclude": (),
    "exclude_all_others": (),
    "em_validation_q": (),
    "em_validation_sq": (),
    "equals_num_value": (),
    "min_answers": ("0",),
    "prefix": (),
    "time_limit": (),
    "other_replace_text": (),
    "random_group": (),
    "location_mapservice": ("0",),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_DECIMALS = 6


class Questions:
    """Makes questions; ``variables`` says what their names mean in expressions."""

    def __init__(self, builder: Builder, languages: list[str]) -> None:
        self.builder, self.languages = builder, languages
        self.variables: dict[str, Variable] = {}

    def asked(self, question: LssQuestion, group: str) -> Iterator[JsonObject]:
        """The contents of the questions that this one becomes."""
        place = Place(question.row.table, question.row.line)
        kind = question.kind
        if question.attribute("hidden") == "1":
            self.builder.lose(
                place, question.code, "question_hidden", next(iter(question.texts.values()), "")
            )
            return
        make = self._maker(kind)
        if make is None:
            code = _NOT_CARRIED.get(kind, "type_unknown")
            self.builder.lose(place, question.code, code, kind, type=kind)
            return
        self._note(question, place)
        for content in make(question, place):
            yield content | {"group": group}

    def plain(self, place: Place, subject: str, texts: Texts) -> dict[str, str]:
        """Texts without HTML, fit to be kept; what is lost is noted."""
        found, lost, expression = {}, set[str](), ""
        for language, text in texts.items():
            found[language or self.languages[0]], gone = plain(text)
            lost |= set(gone)
            expression = expression or "".join(EXPRESSION.findall(text)[:1])
        if lost:
            self.builder.lose(place, subject, "html_left_out", ", ".join(sorted(lost)))
        if expression:
            self.builder.lose(place, subject, "answer_in_text", expression)
        return self.builder.text(place, subject, found)

    def _maker(self, kind: str) -> Callable[[LssQuestion, Place], Iterator[JsonObject]] | None:
        if kind in ("L", "!", "O") or kind in ("Y", "G"):
            return self._one
        if kind in ("M", "P"):
            return self._several
        if kind in ("F", "H", "A", "B", "C", "E"):
            return self._rows
        if kind in ("K", "Q"):
            return self._fields
        if kind in ("5", "N", "D", "R", "X", *_TEXT):
            return self._single
        return None

    def _common(self, question: LssQuestion, place: Place, kind: str, code: str = "") -> JsonObject:
        code = code or self._code(question, question.code, place)
        texts = self.plain(place, question.code, question.texts)
        if not texts:
            self.builder.lose(place, question.code, "without_text")
        return {
            "code": code,
            "kind": kind,
            "text": texts or {self.languages[0]: question.code or code},
            "hint": self.plain(place, question.code, question.help),
            "required": kind != "information" and question.row.get("mandatory") == "Y",
        }

    def _code(self, question: LssQuestion, name: str, place: Place, part: str = "") -> str:
        """A code; from now on LimeSurvey's names mean that question in expressions."""
        code = self.builder.code(name, place)
        for known in self._names(question, part):
            self.variables.setdefault(known, Variable(code))
        return code

    def _names(self, question: LssQuestion, part: str) -> tuple[str, str]:
        row = question.row
        address = "X".join(row.get(name) for name in ("sid", "gid", "qid")) + part
        return f"{question.code}_{part}" if part else question.code, address

    def _one(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        content = self._common(question, place, "one_choice")
        if question.kind in _WORDED:
            options = self._worded(question.kind, place, question.code)
        else:
            options = self._points(question.options, place, question.code)
        if question.kind == "O":
            self.builder.lose(place, question.code, "comment_left_out")
        yield content | {"options": options, "other": question.row.get("other") == "Y"}

    def _several(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        content = self._common(question, place, "several_choices")
        options = self._points(question.parts, place, question.code)
        for part, option in zip(question.parts, options, strict=False):
            for known in self._names(question, part.code):
                self.variables.setdefault(known, Variable(content["code"], option["code"]))
        if question.kind == "P":
            self.builder.lose(place, question.code, "comment_left_out")
        yield content | {
            "options": options,
            "other": question.row.get("other") == "Y",
            "max": _whole(question.attribute("max_answers")),
        }

    def _rows(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        """An array: one scale a row, each a question that stands by itself."""
        kind = question.kind
        if kind in _WORDED:
            points = self._worded(kind, place, question.code)
        elif kind in _POINTS:
            points = self._numbered(_POINTS[kind])
        else:
            points = self._points([each for each in question.options if not each.scale], place, question.code)
        rest = [point for point in points if point["code"] != DONT_KNOW]
        answers: JsonObject = {"scale": {"points": rest}, "dont_know": len(rest) < len(points)}
        self.builder.lose(place, question.code, "array_split", rows=len(question.parts))
        yield from (
            self._part(question, part, place, "scale") | answers for part in question.parts if not part.scale
        )

    def _fields(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        self.builder.lose(place, question.code, "fields_split", rows=len(question.parts))
        for part in question.parts:
            if question.kind == "K":
                yield self._part(question, part, place, "number") | self._limits(question, place)
            else:
                yield self._part(question, part, place, "short_text") | self._length(question, "short_text")

    def _part(self, question: LssQuestion, part: Item, place: Place, kind: str) -> JsonObject:
        """One row of several: what all share goes before what it says itself."""
        code = self._code(
            question, f"{question.code}_{part.code}", Place(part.row.table, part.row.line), part.code
        )
        content = self._common(question, place, kind, code)
        own = self.plain(Place(part.row.table, part.row.line), part.code, part.texts)
        shared = content["text"] if question.texts else {}
        both = {
            language: " – ".join(filter(None, (shared.get(language), own.get(language))))
            for language in dict.fromkeys((*shared, *own))
        }
        return content | {"text": both or content["text"]}

    def _single(self, question: LssQuestion, place: Place) -> Iterator[JsonObject]:
        kind = question.kind
        if kind in _TEXT:
            yield self._common(question, place, _TEXT[kind]) | self._length(question, _TEXT[kind])
        elif kind == "5":
            yield self._common(question, place, "scale") | {"scale": {"points": self._numbered(5)}}
        elif kind == "N":
            yield self._common(question, place, "number") | self._limits(question, place)
        elif kind == "D":
            yield self._common(question, place, "date") | self._days(question, place)
        elif kind == "R":
            options = self._points(question.options or question.parts, place, question.code)
            most = _whole(question.attribute("max_subquestions") or question.attribute("max_answers"))
            yield self._common(question, place, "ranking") | {
                "options": options,
                "max": most if most <= len(options) else 0,
            }
        else:
            yield self._common(question, place, "information")

    def _points(self, items: list[Item], place: Place, subject: str) -> list[JsonObject]:
        points: list[JsonObject] = []
        taken: set[str] = {OTHER}
        for item in items[:MOST_OPTIONS]:
            where = Place(item.row.table, item.row.line)
            if any(item.code == point["was"] for point in points):
                self.builder.lose(where, subject, "option_twice", item.code)
                continue
            code = fitting_option(item.code, taken)
            taken.add(code)
            if code != item.code:
                self.builder.options_renamed[item.code] = code
                self.builder.lose(where, subject, "option_renamed", item.code, name=code)
            label = self.plain(where, subject, item.texts)
            if not label:
                self.builder.lose(where, subject, "without_text", item.code)
            points.append({"was": item.code, "code": code, "label": label or {self.languages[0]: code}})
        if len(items) > MOST_OPTIONS:
            self.builder.lose(place, subject, "option_too_many", most=MOST_OPTIONS)
        return [{"code": point["code"], "label": point["label"]} for point in points]

    def _worded(self, kind: str, place: Place, subject: str) -> list[JsonObject]:
        known = [language for language in self.languages if language in _WORDS["Y"]]
        if len(known) < len(self.languages):
            self.builder.lose(place, subject, "labels_in_english", kind)
        return [
            {"code": code, "label": {each: _WORDS[code][each] for each in known or ["en"]}}
            for code in _WORDED[kind]
        ]

    def _numbered(self, most: int) -> list[JsonObject]:
        return [
            {"code": str(number), "label": dict.fromkeys(self.languages, str(number))}
            for number in range(1, most + 1)
        ]

    def _limits(self, question: LssQuestion, place: Place) -> JsonObject:
        found: JsonObject = {}
        for ours, names in (
            ("minimum", ("min_num_value_n", "min_num_value")),
            ("maximum", ("max_num_value_n", "max_num_value")),
        ):
            text = next((value for name in names if (value := question.attribute(name))), "")
            if _NUMBER.fullmatch(text):
                found[ours] = text
            elif text:
                self.builder.lose(place, question.code, "attribute_left_out", text, attribute=ours)
        if question.attribute("num_value_int_only") != "1":
            found["decimals"] = _DECIMALS
        if suffix := question.attributes.get("suffix"):
            found["unit"] = self.plain(place, question.code, suffix)
        return found

    def _length(self, question: LssQuestion, kind: str) -> JsonObject:
        most = _whole(question.attribute("maximum_chars"))
        longest = 1000 if kind == "short_text" else 20_000
        return {"max_length": most} if 0 < most <= longest else {}

    def _days(self, question: LssQuestion, place: Place) -> JsonObject:
        found: JsonObject = {}
        for ours, name in (("earliest", "date_min"), ("latest", "date_max")):
            text = question.attribute(name)
            if _DAY.fullmatch(text):
                found[ours] = text
            elif text:
                self.builder.lose(place, question.code, "attribute_left_out", text, attribute=name)
        return found

    def _note(self, question: LssQuestion, place: Place) -> None:
        for name, nothing in _NOTED.items():
            value = next((each for each in question.attributes.get(name, {}).values() if each), "")
            if value and value not in nothing:
                self.builder.lose(place, question.code, "attribute_left_out", value, attribute=name)
        if question.row.get("preg"):
            self.builder.lose(
                place, question.code, "attribute_left_out", question.row.get("preg"), attribute="preg"
            )
        if question.row.get("mandatory") == "S":
            self.builder.lose(place, question.code, "required_softly")


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else 0
