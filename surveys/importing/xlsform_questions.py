"""A row of an XLSForm's sheet "survey" → a question of ours."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.choices import OTHER, OTHER_LABEL
from surveys.domain.consent import YES
from surveys.domain.drafting import MOST_OPTIONS
from surveys.domain.expressions import BadExpression, parse
from surveys.domain.point_questions import DONT_KNOW, DONT_KNOW_LABEL
from surveys.domain.texts import LocalText, pick
from surveys.importing import xlsform_limits as limits
from surveys.importing.exchanged import Builder, JsonObject, fitting_option
from surveys.importing.foreign import Foreign
from surveys.importing.losses import Place
from surveys.importing.xlsform_columns import MEDIA, OWN, Row, unhidden
from surveys.importing.xlsform_languages import tag_of
from surveys.importing.xlsform_types import AS_TEXT, KINDS, Type

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
# What an XForm keeps of an acknowledgement is "OK": conditions on it change with it, and back.
CONSENTED = {"OK": YES, YES: "OK"}
LONGEST_JSON = 20_000
WHOLE = ("max", "max_length", "max_words", "decimals", "minutes")
WRITTEN = ("minimum", "maximum", "earliest", "latest", "each", "layout")
TRANSLATED = ("unit", "generated_note")
_IN_COLUMNS = frozenset(
    {"code", "kind", "text", "hint", "title", "intro", "group", "groups", "questions", "options", "scale"}
    | {"relevant", "check", "check_message", "required", "dont_know", "other"}
)
_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})
_DECIMALS = 6  # XLSForm's decimal numbers have as many as one likes
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})
_DATE_CALL = re.compile(r"\bdate\(\s*(['\"]\d{4}-\d{2}-\d{2}['\"])\s*\)")
_PARAMETER = re.compile(r"\b(\w+)\s*=\s*(-?\d+(?:\.\d+)?)", re.ASCII)


@dataclass
class Options:
    """A list of the sheet "choices": its points by the names they have there."""

    points: dict[str, JsonObject] = field(default_factory=dict)

    @property
    def renamed(self) -> dict[str, str]:
        """The names that became other codes."""
        return {name: point["code"] for name, point in self.points.items() if name != point["code"]}


@dataclass
class Translations:
    """Which language a column is in. Columns without one are in ``default``."""

    builder: Builder
    default: str
    _known: dict[str, str] = field(default_factory=dict)

    def texts(self, row: Row, name: str, place: Place, subject: str) -> dict[str, str]:
        """The texts of a column in all languages, fit to be kept."""
        found: dict[str, str] = {}
        for written, text in row.texts(name):
            tag = self.tag(written, place.sheet)
            if found.get(tag, unhidden(text)) != unhidden(text):
                self.builder.lose(place, subject, "language_twice", text, language=tag)
            if "${" in text:
                self.builder.lose(place, subject, "answer_in_text", text)
            if tag:
                found.setdefault(tag, unhidden(text))
        return self.builder.text(place, subject, found)

    def tag(self, written: str, sheet: str) -> str:
        if not written or written == "default":
            return self.default
        if written not in self._known:
            self._known[written] = tag_of(written)
            if not self._known[written]:
                self.builder.lose(Place(sheet, 1), written, "language_unknown", written)
        return self._known[written]


def ours(text: str) -> str:
    """An expression as we write it: curly quotes made straight and dates made texts, where that is needed."""
    text = unhidden(text)
    try:
        parse(text)
    except BadExpression:
        return _DATE_CALL.sub(r"\1", text.translate(_STRAIGHT))
    return text


@dataclass
class Questions:
    """Makes questions of rows."""

    builder: Builder
    translations: Translations
    lists: Mapping[str, Options]

    def question(self, row: Row, kind: Type, name: str) -> JsonObject | None:
        """The content of a question, but for its code and group; None where it cannot be asked."""
        place = Place(SURVEY, row.number)
        content: JsonObject = {"kind": self._kind(row, kind, place, name)} | self._texts(row, place, name)
        if kind.word in AS_TEXT:
            self.builder.lose(place, name, "as_text", kind.word)
        if kind.list:
            options = self._options(row, kind, content["kind"], place, name)
            if options is None:
                return None
            content |= options
        content |= self._own(row, place, name)
        if content["kind"] == "number" and kind.word == "decimal":
            content.setdefault("decimals", _DECIMALS)
        if kind.word == "range":
            content |= self._range(row, place, name)
        return content | self._required(row, place, name) | self._conditions(row, content)

    def _kind(self, row: Row, kind: Type, place: Place, name: str) -> str:
        usual = KINDS[kind.word][0]
        appearance = row.get("appearance").split()
        if kind.word == "text" and "multiline" in appearance:
            usual = "long_text"
        if kind.word == "select_one" and "likert" in appearance and not kind.other:
            usual = "scale"
        wanted = row.own("kind")
        if wanted and wanted not in KINDS[kind.word]:
            self.builder.lose(place, name, "kind_not_of_type", wanted)
        return wanted if wanted in KINDS[kind.word] else usual

    def _texts(self, row: Row, place: Place, name: str) -> JsonObject:
        text = self.translations.texts(row, "label", place, name)
        hint = self.translations.texts(row, "hint", place, name)
        if not text and hint:
            text, hint = hint, {}
        if not text:
            self.builder.lose(place, name, "without_text")
            text = {self.translations.default: name or "?"}
        return {"text": text, "hint": hint}

    def _options(self, row: Row, kind: Type, made: str, place: Place, name: str) -> JsonObject | None:
        found = self.lists.get(kind.list)
        if found is None:
            self.builder.lose(place, name, "list_missing", kind.list)
            return None
        points = list(found.points.values())
        if made == "scale":
            rest = self._without(points, DONT_KNOW, DONT_KNOW_LABEL, place, name)
            own = self._scale(row, place, name)
            if not row.own("kind"):
                self.builder.lose(place, name, "scale_lowest_first", kind.list)
            return {"scale": {"points": rest} | own, "dont_know": len(rest) < len(points)}
        if made == "ranking":
            return {"options": [self._not_other(point, place, name) for point in points]}
        rest = self._without(points, OTHER, OTHER_LABEL, place, name)
        named = len(rest) < len(points)
        if named and not kind.other and row.own("other") != "yes":
            self.builder.lose(place, name, "other_asks_for_words", kind.list)
        return {"options": rest, "other": kind.other or named or row.own("other") == "yes"}

    def _without(
        self, points: list[JsonObject], code: str, ours: LocalText, place: Place, name: str
    ) -> list[JsonObject]:
        """The points but for one that Följa words itself; other words for it are noted."""
        for point in points:
            label = point["label"] if point["code"] == code else {}
            if any(text != pick(ours, language, "en") for language, text in label.items()):
                self.builder.lose(place, name, "label_of_ours", next(iter(label.values())), name=code)
        return [point for point in points if point["code"] != code]

    def renamed(self, kind: Type, content: JsonObject) -> dict[str, str]:
        """The names of options that conditions may hold, and what they are called in ``content``."""
        if content["kind"] == "consent":
            return CONSENTED
        found = self.lists[kind.list].renamed if kind.list else {}
        return found | ({OTHER: f"{OTHER}_"} if content["kind"] == "ranking" else {})

    def _not_other(self, point: JsonObject, place: Place, name: str) -> JsonObject:
        """An option to be ranked cannot be called "other"."""
        if point["code"] != OTHER:
            return point
        self.builder.lose(place, name, "option_renamed", OTHER, name=f"{OTHER}_")
        return point | {"code": f"{OTHER}_"}

    def _scale(self, row: Row, place: Place, name: str) -> JsonObject:
        content = self._json(row, "scale", place, name)
        return {key: value for key, value in content.items() if key != "points"}

    def _own(self, row: Row, place: Place, name: str) -> JsonObject:
        """What stands in columns of ours; limits are compared with the constraint later."""
        content = self.more(row, place)
        for key in WHOLE:
            text = row.own(key)
            if text.isascii() and text.isdigit() and len(text) < 9:
                content[key] = int(text)
        content |= {key: row.own(key) for key in WRITTEN if row.own(key)}
        for key in TRANSLATED:
            content[key] = self.translations.texts(row, f"{OWN}::{key}", place, name)
        return content

    def more(self, row: Row, place: Place) -> JsonObject:
        """What has no column, kept as JSON in one of ours."""
        content = self._json(row, "more", place, row.get("name"))
        return {key: value for key, value in content.items() if key not in _IN_COLUMNS}

    def _json(self, row: Row, key: str, place: Place, name: str) -> JsonObject:
        text = row.own(key)
        if not text:
            return {}
        try:
            found = json.loads(text) if len(text) <= LONGEST_JSON else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self.builder.lose(place, name, "own_column_unreadable", text, column=f"{OWN}::{key}")
            return {}
        return found

    def _range(self, row: Row, place: Place, name: str) -> JsonObject:
        self.builder.lose(place, name, "range_as_number", row.get("parameters"))
        given = dict(_PARAMETER.findall(row.get("parameters")))
        step = given.get("step", "1")
        decimals = len(step.partition(".")[2])
        return {
            "minimum": given.get("start", "1"),
            "maximum": given.get("end", "10"),
            "decimals": min(decimals, _DECIMALS),
        }

    def _required(self, row: Row, place: Place, name: str) -> JsonObject:
        written = row.get("required").strip().lower()
        if written not in _YES | _NO:
            self.builder.lose(place, name, "required_sometimes", row.get("required"))
        return {"required": written in _YES}

    def _conditions(self, row: Row, content: JsonObject) -> JsonObject:
        """``check`` with its message, or the limits that say the same."""
        found: dict[str, Any] = {}
        written, own_check = row.get("constraint"), row.own("check")
        message = self.translations.texts(row, "constraint_message", Place(SURVEY, row.number), "")
        if written == limits.constraint(content | {"check": own_check}):
            check = own_check
        else:
            for name in ("minimum", "maximum", "earliest", "latest", "max", "max_length"):
                content.pop(name, None)
            whole = not content.get("decimals")
            said = None if message else limits.limits_in(content["kind"], ours(written), whole)
            check, found = ("", found | said) if said else (written, found)
        if check:
            found["check"] = Foreign(check, ours)
        return found | ({"check_message": message} if message else {})


def read_options(builder: Builder, translations: Translations, rows: list[Row]) -> dict[str, Options]:
    """The lists of the sheet "choices"."""
    lists: dict[str, Options] = {}
    for row in rows:
        list_name, name = row.get("list_name"), row.get("name")
        place = Place(CHOICES, row.number)
        if not list_name or not name:
            builder.lose(place, list_name or name, "option_without_name", next(iter(row.cells.values())))
            continue
        found = lists.setdefault(list_name, Options())
        for column, cell in row.cells.items():
            if column.name in MEDIA:
                builder.lose(place, list_name, "media_left_out", cell)
        if name in found.points:
            builder.lose(place, list_name, "option_twice", name)
        elif len(found.points) >= MOST_OPTIONS:
            builder.lose(place, list_name, "option_too_many", name, most=MOST_OPTIONS)
        else:
            found.points[name] = _point(builder, translations, found, row)
    return lists


def _point(builder: Builder, translations: Translations, found: Options, row: Row) -> JsonObject:
    place, list_name, name = Place(CHOICES, row.number), row.get("list_name"), row.get("name")
    code = fitting_option(name, {point["code"] for point in found.points.values()})
    if code != name:
        builder.lose(place, list_name, "option_renamed", name, name=code)
    label = translations.texts(row, "label", place, list_name)
    if not label:
        builder.lose(place, list_name, "without_text", name)
    return {"code": code, "label": label or {translations.default: name}}
