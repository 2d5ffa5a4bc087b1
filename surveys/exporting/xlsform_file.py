"""A questionnaire as an XLSForm (.xlsx), which other programs read, and which read in again says the same.

What XLSForm has no place for stands in columns that begin with ``folja::``; other programs pass them over.
Source: https://xlsform.org/en/ref-table/; accepted by pyxform 4.5.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveys.domain.choices import OTHER, OTHER_LABEL
from surveys.domain.point_questions import DONT_KNOW, DONT_KNOW_LABEL
from surveys.domain.texts import DEFAULT_LANGUAGE, LocalText, pick
from surveys.importing.foreign import Foreign, Names
from surveys.importing.xlsform_columns import OWN, hidden
from surveys.importing.xlsform_languages import written
from surveys.importing.xlsform_limits import constraint
from surveys.importing.xlsform_questions import CONSENTED

JsonObject = dict[str, Any]
Cells = dict[str, str]

_TYPES = {
    "scale": "select_one",
    "one_choice": "select_one",
    "several_choices": "select_multiple",
    "ranking": "rank",
    "date": "date",
    "consent": "acknowledge",
    "information": "note",
}
_APPEARANCES = {"scale": "likert", "long_text": "multiline"}
_TEXTS = frozenset({"title", "intro", "text", "hint", "label", "unit", "generated_note", "check_message"})
# What has a column of XLSForm's own; all else stands in columns of ours.
_NATIVE = frozenset(
    {"code", "kind", "text", "hint", "required", "relevant", "check_message", "group", "options", "other"}
    | {"scale", "dont_know", "title", "questions", "groups"}
)
_OWN_TEXTS = frozenset({"unit", "generated_note", "intro"})
_OWN_CELLS = frozenset(
    {"each", "minimum", "maximum", "earliest", "latest", "max", "max_length", "max_words", "decimals"}
    | {"check", "minutes", "layout"}
)
_ORDER = (
    *("type", "list_name", "name", "form_title", "form_id", "version", "default_language", "label", "hint"),
    *("required", "relevant", "constraint", "constraint_message", "appearance", OWN),
)
_RESERVED = frozenset({"meta", "data"})  # names that an XForm has for its own parts
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def workbook(document: JsonObject, code: str, wave: str, privacy_mode: str, version: int) -> bytes:
    """The questionnaire ``document`` as a workbook with the sheets survey, choices and settings."""
    form = _Form(document)
    survey = form.survey()
    settings = form.settings() | {
        "form_id": code,
        "version": str(version),
        f"{OWN}::wave": wave,
        f"{OWN}::privacy_mode": privacy_mode,
    }
    return _file({"survey": survey, "choices": form.choices, "settings": [settings]})


class _Form:
    def __init__(self, document: JsonObject) -> None:
        self.document = document
        self.languages = sorted(_languages(document), key=lambda tag: (tag != DEFAULT_LANGUAGE, tag))
        self.choices: list[Cells] = []
        self._lists: dict[str, str] = {}
        codes = {str(question["code"]) for question in document["questions"]}
        others = {f"{code}_{OTHER}" for code in codes}  # what or_other makes
        self.spelled_out = {code for code in codes if f"{code}_{OTHER}" in codes}
        taken = codes | others | _RESERVED
        self.names = {code: _free(code, taken) for code in codes & _RESERVED}
        taken |= set(self.names.values())
        self.consents = [each["code"] for each in document["questions"] if each["kind"] == "consent"]
        groups = [group["code"] for group in document.get("groups", ())]
        self.groups = {code: _free(code, taken) if code in taken else code for code in groups}

    def survey(self) -> list[Cells]:
        rows: list[Cells] = []
        groups = {group["code"]: group for group in self.document.get("groups", ())}
        standing = ""
        for question in self.document["questions"]:
            group = question.get("group", "")
            if group != standing:
                rows += [{"type": "end_group"}] * bool(standing)
                rows += [self._group(groups[group])] if group else []
                standing = group
            rows.append(self._question(question))
        return rows + [{"type": "end_group"}] * bool(standing)

    def settings(self) -> Cells:
        title = hidden(pick(self.document["title"], self.languages[0]))
        return (
            {"form_title": title, "default_language": written(self.languages[0])}
            | self._texts(f"{OWN}::title", self.document["title"])
            | self._own(self.document)
        )

    def _group(self, group: JsonObject) -> Cells:
        name = self.groups[group["code"]]
        more = {key: value for key, value in group.items() if key != "text"}
        return (
            {"type": "begin_group", "name": name, "relevant": self._said(group.get("relevant", ""))}
            | ({f"{OWN}::code": group["code"]} if name != group["code"] else {})
            | self._texts("label", group["title"])
            | self._texts(f"{OWN}::text", group.get("text", {}))
            | self._own(more)
        )

    def _question(self, question: JsonObject) -> Cells:
        code, kind = question["code"], question["kind"]
        name = self.names.get(code, code)
        return (
            {
                "type": self._type(question),
                "name": name,
                "required": "yes" if question.get("required") else "",
                "relevant": self._said(question.get("relevant", ""), code),
                "constraint": self._said(constraint(question), code),
                "appearance": _APPEARANCES.get(kind, ""),
                f"{OWN}::kind": kind,
                f"{OWN}::code": code if name != code else "",
                f"{OWN}::other": "yes" if question.get("other") else "",
            }
            | self._texts("label", question["text"])
            | self._texts("hint", question.get("hint", {}))
            | self._texts("constraint_message", question.get("check_message", {}))
            | self._scale(question)
            | self._own(question)
        )

    def _type(self, question: JsonObject) -> str:
        kind = question["kind"]
        if kind == "number":
            return "decimal" if question.get("decimals") else "integer"
        if kind not in _TYPES:
            return "text"
        if kind in ("scale", "one_choice", "several_choices", "ranking"):
            other = question.get("other") and question["code"] not in self.spelled_out
            return f"{_TYPES[kind]} {self._list(question)}" + (" or_other" if other else "")
        return _TYPES[kind]

    def _list(self, question: JsonObject) -> str:
        """The name of the list with the question's options; the same options are one list."""
        points = question["options"] if "options" in question else question["scale"]["points"]
        if question.get("dont_know"):
            points = [*points, {"code": DONT_KNOW, "label": self._in_all(DONT_KNOW_LABEL)}]
        if question.get("other") and question["code"] in self.spelled_out:
            points = [*points, {"code": OTHER, "label": self._in_all(OTHER_LABEL)}]
        # or_other adds an option to its list, so that others must not share it
        key = json.dumps([points, bool(question.get("other"))], sort_keys=True)
        if key not in self._lists:
            name = str(self.names.get(question["code"], question["code"]))
            self._lists[key] = name
            self.choices += [
                {"list_name": name, "name": point["code"]} | self._texts("label", point["label"])
                for point in points
            ]
        return self._lists[key]

    def _in_all(self, label: LocalText) -> LocalText:
        return {language: pick(label, language, "en") for language in self.languages}

    def _scale(self, question: JsonObject) -> Cells:
        own = {key: value for key, value in question.get("scale", {}).items() if key != "points"}
        return {f"{OWN}::scale": _json(own)} if own else {}

    def _own(self, part: JsonObject) -> Cells:
        """What XLSForm has no column for, in ours; what even those lack, as JSON."""
        cells: Cells = {}
        more = {}
        for key, value in part.items():
            if key in _OWN_TEXTS and isinstance(value, Mapping):
                cells |= self._texts(f"{OWN}::{key}", value)
            elif key in _OWN_CELLS:
                cells[f"{OWN}::{key}"] = self._said(value, part["code"]) if key == "check" else str(value)
            elif key not in _NATIVE:
                more[key] = value
        return cells | ({f"{OWN}::more": _json(more)} if more else {})

    def _texts(self, column: str, texts: Mapping[str, str]) -> Cells:
        return {f"{column}::{written(language)}": hidden(text) for language, text in texts.items() if text}

    def _said(self, expression: str, own: str = "") -> str:
        """An expression as other programs have it."""
        options = {self.names.get(code, code): CONSENTED for code in self.consents}
        made = Foreign(expression).translate(Names(self.names, options), self.names.get(own, own))
        return _QUOTED.sub(lambda found: hidden(found[0]), made)


def _file(sheets: Mapping[str, Sequence[Cells]]) -> bytes:
    import openpyxl  # noqa: PLC0415 - heavy
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - heavy

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = _columns(rows)
        for cells in ({column: column for column in columns}, *rows):
            line = []
            for column in columns:
                cell = WriteOnlyCell(sheet, cells.get(column, ""))
                cell.data_type = "s"  # what begins with = is no formula
                line.append(cell)
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _columns(rows: Sequence[Cells]) -> list[str]:
    """The columns that say anything, XLSForm's own first and translations beside each other."""
    found = dict.fromkeys(column for row in rows for column, cell in row.items() if cell)
    places = {name: place for place, name in enumerate(_ORDER)}

    def place(column: str) -> tuple[int, str]:
        first, _sign, rest = column.partition("::")
        return places.get(first, len(places)), rest.partition("::")[0] if first == OWN else ""

    return sorted(found, key=place) or ["list_name", "name"]


def _languages(part: object) -> set[str]:
    """The languages that any text of the document is in."""
    if isinstance(part, list):
        return {language for each in part for language in _languages(each)}
    if not isinstance(part, Mapping):
        return set()
    return {
        language
        for key, value in part.items()
        for language in (value if key in _TEXTS and isinstance(value, Mapping) else _languages(value))
    }


def _free(code: str, taken: Iterable[str]) -> str:
    name, number, known = f"{code}_", 2, set(taken)
    while name in known:
        name, number = f"{code}_{number}", number + 1
    return name


def _json(value: object) -> str:
    """As JSON in which "${" is no answer to other programs."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.replace("${", "\\u0024{")
