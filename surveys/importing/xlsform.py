"""A questionnaire from an XLSForm (.xlsx): what Följa has comes in, the rest is noted row by row.

Source: https://xlsform.org/en/ref-table/ and pyxform 4.5, whose spellings of columns and types are read.
"""

from dataclasses import dataclass

from surveys.domain.texts import LocalText
from surveys.importing import spreadsheets
from surveys.importing.exchanged import Builder, JsonObject, slug
from surveys.importing.files import Refused
from surveys.importing.foreign import Foreign
from surveys.importing.losses import Place, ReadQuestionnaire
from surveys.importing.spreadsheets import Sheet
from surveys.importing.workbook_parts import Limits, has_macros
from surveys.importing.xlsform_columns import (
    LEFT_OUT,
    MEDIA,
    OF_OPTIONS,
    OUTSIDE,
    OWN,
    READ,
    SHEETS,
    SILENT,
    Row,
    table,
    unhidden,
)
from surveys.importing.xlsform_languages import tag_of
from surveys.importing.xlsform_questions import (
    CHOICES,
    SETTINGS,
    SURVEY,
    Questions,
    Translations,
    ours,
    read_options,
)
from surveys.importing.xlsform_types import (
    BEGIN,
    COMPUTED,
    END,
    KINDS,
    PLACES,
    REPEAT,
    TOLD_BY_DEVICE,
    Type,
    read_type,
)
from surveys.importing.xlsform_types import MEDIA as MEDIA_TYPES
from surveys.importing.xlsform_types import OUTSIDE as OUTSIDE_TYPES

LIMITS = Limits(unpacked=24 * 1024 * 1024, cells=150_000, filled=60_000, rows=4_000, columns=300)
DEEPEST = 20
_CODES = ("wave", "privacy_mode")
_WITHOUT_LOSS = frozenset({"form_title", "form_id", "version", "default_language", "style", "name"})


@dataclass
class _Group:
    """An open group. Only one with a title becomes a group of ours; of others the condition alone is kept."""

    name: str
    row: Row
    place: Place
    title: LocalText
    condition: str
    code: str = ""  # known when it gets its first question


def read(raw: bytes, default_language: str) -> ReadQuestionnaire:
    """Read an XLSForm. Texts in columns without a language are in the form's own default or else this one.

    Raises :class:`Refused` where nothing can be made of it: no workbook, too big, no sheet "survey", nothing
    to ask.
    """
    found = spreadsheets.sheets_of(raw, _wanted, LIMITS)
    sheets = {sheet.name.strip().lower(): sheet for sheet in found}
    if len(found) == 1 and not sheets.keys() & set(SHEETS):
        sheets = {SURVEY: found[0]}
    if SURVEY not in sheets:
        raise Refused(0, "survey_missing")
    form = _Form(sheets, default_language)
    if has_macros(raw):
        form.builder.lose(Place(SURVEY, 0), "vbaProject.bin", "macros_left_out")
    return form.read()


def _wanted(names: list[str]) -> list[str]:
    """The sheets of an XLSForm; the only sheet of a workbook whatever it is called."""
    known = [name for name in names if name.strip().lower() in SHEETS + OUTSIDE]
    return known or names if len(names) == 1 else known


class _Form:
    def __init__(self, sheets: dict[str, Sheet], default_language: str) -> None:
        self.builder = Builder(Place(SETTINGS, 0))
        self.builder.names.complete = True
        self.sheets = sheets
        self.settings = next(iter(self._rows(SETTINGS)), Row(0, {}))
        own_default = tag_of(self.settings.get("default_language"))
        self.translations = Translations(self.builder, own_default or default_language)
        self.open: list[_Group] = []
        self.standing = ""  # the code of the group that the last question stands in
        self.used: dict[str, int] = {}

    def read(self) -> ReadQuestionnaire:
        for name in OUTSIDE:
            if name in self.sheets and len(self.sheets[name].rows) > 1:
                self.builder.lose(Place(name, 0), name, "sheet_left_out", name)
        lists = read_options(self.builder, self.translations, self._rows(CHOICES))
        self.questions = Questions(self.builder, self.translations, lists)
        rows = self._rows(SURVEY)
        self._name_questions(rows)
        for row in rows:
            self._take(row)
        for group in self.open:
            self.builder.lose(group.place, group.name, "group_not_ended")
        self._settings()
        code = slug(self.settings.get("form_id"))
        wave, mode = (self.settings.own(name) for name in _CODES)
        return self.builder.finished(code, wave, mode)

    def _rows(self, name: str) -> list[Row]:
        """The rows of a sheet; what its columns hold that is not read is noted."""
        if name not in self.sheets:
            return []
        columns, rows, twice = table(self.sheets[name])
        for heading in twice:
            self.builder.lose(Place(name, 1), heading, "column_twice", heading)
        if name == SETTINGS:
            return rows
        read = OF_OPTIONS if name == CHOICES else READ | LEFT_OUT
        unread = {each for each in columns if each.name not in read | MEDIA | SILENT}
        for each in sorted(unread, key=lambda each: each.name):
            known = each.name.startswith(f"{OWN}::")
            if not known and not (name == CHOICES and self._filters()):
                self.builder.lose(Place(name, 1), each.name, "column_unknown", each.name)
        return rows

    def _filters(self) -> bool:
        """Whether further columns are there to choose options by: those conditions are noted as cells."""
        return any("choice_filter" in str(cell).lower() for cell in self.sheets[SURVEY].rows[0][1])

    def _name_questions(self, rows: list[Row]) -> None:
        """Give each question its code before conditions are read: they may name one further down."""
        for row in rows:
            name = row.get("name")
            if name and read_type(row.get("type")).word in KINDS and name not in self.builder.names.questions:
                self.builder.names.questions[name] = self._code(row, name)

    def _code(self, row: Row, name: str) -> str:
        return self.builder.code(name, Place(SURVEY, row.number), row.own("code"))

    def _take(self, row: Row) -> None:
        place, name = Place(SURVEY, row.number), row.get("name")
        if row.get("disabled").strip().lower() in ("yes", "true", "true()", "1"):
            return
        kind = read_type(row.get("type"))
        if kind.word == BEGIN:
            self._begin(row, kind, place, name)
        elif kind.word == END:
            if self.open:
                self.open.pop()
            else:
                self.builder.lose(place, name, "group_not_begun")
        elif kind.word in KINDS:
            self._ask(row, kind, place, name)
        elif kind.word:
            self.builder.lose(place, name, _why_not(kind), row.get("type"))
        elif name or any(True for _text in row.texts("label")):
            self.builder.lose(place, name, "row_without_type", name)

    def _begin(self, row: Row, kind: Type, place: Place, name: str) -> None:
        if len(self.open) >= DEEPEST:
            raise Refused(row.number, "groups_too_deep", most=DEEPEST)
        title = self.translations.texts(row, "label", place, name)
        if kind.what == REPEAT:
            self.builder.lose(place, name, "repeat_once", row.get("type"))
        elif title and any(group.title for group in self.open):
            self.builder.lose(place, name, "group_in_group", name)
        name = name or f"group_{row.number}"
        self.open.append(_Group(name, row, place, title, row.get("relevant")))
        self._cells(row, place, name)

    def _ask(self, row: Row, kind: Type, place: Place, name: str) -> None:
        self._cells(row, place, name)
        content = self.questions.question(row, kind, name)
        if content is None:
            return
        count = self.used[name] = self.used.get(name, 0) + 1
        code = (self.builder.names.questions.get(name, "") if count == 1 else "") or self._code(row, name)
        self.builder.names.options[code] = self.questions.renamed(kind, content)
        content |= {"code": code}
        titled = [number for number, group in enumerate(self.open, 1) if group.title]
        depth = titled[-1] if titled else 0
        around = (group.condition for group in self.open[depth:])
        if condition := _all_of([*around, row.get("relevant")]):
            content["relevant"] = Foreign(condition, ours)
        self.builder.question(place, name, content | {"group": self._group(depth)})

    def _group(self, depth: int) -> str:
        """The code of the innermost group with a title. One that was left and comes back is made anew."""
        if not depth:
            self.standing = ""
            return ""
        group = self.open[depth - 1]
        if group.code and group.code == self.standing:
            return group.code
        group.code = self.builder.group_code(group.name, "" if group.code else group.row.own("code"))
        self.standing = group.code
        content: JsonObject = {
            "code": group.code,
            "title": group.title,
            "text": self.translations.texts(group.row, f"{OWN}::text", group.place, group.name),
        }
        if condition := _all_of([each.condition for each in self.open[:depth]]):
            content["relevant"] = Foreign(condition, ours)
        self.builder.group(group.place, group.name, content | self.questions.more(group.row, group.place))
        return group.code

    def _cells(self, row: Row, place: Place, name: str) -> None:
        """Note what the row's cells say that is not carried over."""
        for column, cell in row.cells.items():
            if column.name in MEDIA:
                self.builder.lose(place, name, "media_left_out", cell)
            elif column.name in LEFT_OUT and not (column.name == "parameters" and "range" in row.get("type")):
                self.builder.lose(place, name, "cell_left_out", cell, column=column.name)

    def _settings(self) -> None:
        row, place, document = self.settings, Place(SETTINGS, self.settings.number), self.builder.document
        titles = self.translations.texts(row, f"{OWN}::title", place, "title")
        if not titles:
            title = unhidden(row.get("form_title") or row.get("form_id") or "?")
            titles = self.builder.text(place, "title", {self.translations.default: title})
        document["title"] = titles or {self.translations.default: "?"}
        if intro := self.translations.texts(row, f"{OWN}::intro", place, "intro"):
            document["intro"] = intro
        document |= {key: value for key, value in self.questions.more(row, place).items() if value}
        if row.own("minutes").isdigit():
            document["minutes"] = int(row.own("minutes")[:9])
        if row.own("layout"):
            document["layout"] = row.own("layout")
        for column, cell in row.cells.items():
            if column.name not in _WITHOUT_LOSS and not column.name.startswith(f"{OWN}::"):
                self.builder.lose(place, column.name, "setting_left_out", cell)


def _all_of(conditions: list[str]) -> str:
    """The condition that all of these hold."""
    found = [condition for condition in conditions if condition]
    return found[0] if len(found) == 1 else " and ".join(f"({condition})" for condition in found)


def _why_not(kind: Type) -> str:
    if kind.word in MEDIA_TYPES:
        return "type_media"
    if kind.word in PLACES:
        return "type_place"
    if kind.word in COMPUTED:
        return "type_computed"
    if kind.word in TOLD_BY_DEVICE:
        return "type_of_device"
    if kind.word in OUTSIDE_TYPES or kind.word == "file" or kind.list:
        return "list_outside"
    return "type_unknown"
