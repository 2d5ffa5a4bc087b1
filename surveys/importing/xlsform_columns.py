"""The columns and sheets of an XLSForm. Source: https://xlsform.org and the aliases that pyxform knows.

Columns of our own, ``folja::…``, keep what XLSForm has no place for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveys.importing.spreadsheets import Sheet

OWN = "folja"
SHEETS = ("survey", "choices", "settings")
OUTSIDE = ("external_choices", "osm", "entities")
TRANSLATED = frozenset(
    {"label", "hint", "constraint_message", "required_message", "guidance_hint", "image", "audio", "video"}
    | {"big-image"}
)
MEDIA = frozenset({"image", "audio", "video", "big-image"})
# Whether a cell of these says something that is not carried over.
LEFT_OUT = frozenset(
    {"default", "calculation", "choice_filter", "guidance_hint", "required_message", "read_only", "trigger"}
    | {"parameters", "repeat_count", "save_to"}
)
READ = frozenset(
    {"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "disabled"}
    | {"appearance", "list_name"}
)
OF_OPTIONS = frozenset({"list_name", "name", "label"})
# What only tells a program how to draw or to talk to a telephone; nothing is lost to who reads or answers.
SILENT = frozenset({"compact_tag", "rows", "autoplay", "noapperrorstring", "note", "notes", "comment"})
# A sign that is not seen, between "$" and "{": what looks like an answer in a text is none then.
_JOINER = "\u2060"
_BRACE = re.compile(rf"\$({_JOINER}*)\{{")
_PREFIXES = frozenset({"bind", "control", "body", "media", "instance"})
_ALIASES = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "constraining_message": "constraint_message",
    "constraintmsg": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "calculate": "calculation",
    "readonly": "read_only",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "jr:noapperrorstring": "noapperrorstring",
    "no_app_error_string": "noapperrorstring",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
}


@dataclass(frozen=True)
class Column:
    """A column: what it is by its first name, and in which language as it is written, "" for none.

    A column of our own has a name that begins with ``folja::``.
    """

    name: str
    language: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its number, and its cells that are not blank, by column."""

    number: int
    cells: Mapping[Column, str]

    def get(self, name: str) -> str:
        """The cell of a column without a language."""
        return self.cells.get(Column(name), "")

    def own(self, name: str) -> str:
        """The cell of a column of ours."""
        return self.cells.get(Column(f"{OWN}::{name}"), "")

    def texts(self, name: str) -> Iterator[tuple[str, str]]:
        """(Language as the column has it, cell) for every language of a column."""
        return ((column.language, cell) for column, cell in self.cells.items() if column.name == name)


def hidden(text: str) -> str:
    """A text in which "${" says nothing to other programs, and reads as before."""
    return _BRACE.sub(rf"$\1{_JOINER}{{", text)


def unhidden(text: str) -> str:
    """The text of which :func:`hidden` made this one."""
    return _BRACE.sub(lambda found: f"${found[1][1:]}{{", text)


def column(heading: str) -> Column:
    """What a heading means, in any of the ways pyxform reads it."""
    parts = [part.strip() for part in heading.split("::")]
    if len(parts) == 1 and ":" in heading and heading.partition(":")[0].strip().lower() in TRANSLATED:
        parts = [part.strip() for part in heading.split(":", 1)]
    if parts[0].lower() == OWN and len(parts) > 1:
        return Column(f"{OWN}::{parts[1].lower()}", "::".join(parts[2:]))
    if len(parts) == 1 and heading.partition(":")[0].strip().lower() in _PREFIXES:
        parts = [part.strip() for part in heading.split(":", 1)]
    if parts[0].lower() in _PREFIXES and len(parts) > 1:
        parts = parts[1:]
    name = re.sub(r"\s+", "_", parts[0].lower())
    return Column(_ALIASES.get(name, name), "::".join(parts[1:]))


def table(sheet: Sheet) -> tuple[dict[Column, int], list[Row], list[str]]:
    """The columns with their positions, the rows below, and headings that stand there twice."""
    if not sheet.rows:
        return {}, [], []
    (_number, headings), *below = sheet.rows
    columns: dict[Column, int] = {}
    twice = []
    for position, heading in enumerate(headings):
        found = column(heading)
        if heading and found in columns:
            twice.append(heading)
        elif heading:
            columns[found] = position
    rows = [
        Row(number, {each: cells[at] for each, at in columns.items() if at < len(cells) and cells[at]})
        for number, cells in below
    ]
    return columns, [row for row in rows if row.cells], twice
