"""A LimeSurvey structure file (.lss) as tables of rows, each with the line it stands on.

Read by expat, which checks as it goes: a document type is refused where it begins, so that nothing can be
declared; depth, rows and letters are counted. Source: files that LimeSurvey 1.9 to 6 wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from surveys.importing.files import Refused

LARGEST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 60_000
DEEPEST = 12
LONGEST_FIELD = 40_000
KIND = "Survey"
_FIELD_DEPTH = 5  # document, table, rows, row, field


@dataclass(frozen=True)
class LssRow:
    """A row of a table: the line where it begins, and its fields, without blanks around them."""

    table: str
    line: int
    fields: Mapping[str, str]

    def get(self, name: str, otherwise: str = "") -> str:
        return self.fields.get(name) or otherwise

    def whole(self, name: str) -> int:
        """A field as a whole number, 0 for anything else."""
        text = self.get(name)
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0


@dataclass
class _Reader:
    tables: dict[str, list[LssRow]] = field(default_factory=dict)
    kind: str = ""
    path: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    length: int = 0
    rows: int = 0
    row_line: int = 0

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._letters
        self.parser.buffer_text = True

    def _doctype(self, *_arguments: object) -> None:
        raise Refused(self.parser.CurrentLineNumber, "forbidden_xml")

    def _start(self, name: str, _attributes: object) -> None:
        if len(self.path) >= DEEPEST:
            raise Refused(self.parser.CurrentLineNumber, "xml_too_deep", most=DEEPEST)
        self.path.append(name[:80])
        self.text, self.length = [], 0
        if len(self.path) == _FIELD_DEPTH - 1:
            self.fields, self.row_line = {}, self.parser.CurrentLineNumber

    def _letters(self, letters: str) -> None:
        if len(self.path) in (2, _FIELD_DEPTH) and self.length < LONGEST_FIELD:
            self.text.append(letters)
            self.length += len(letters)

    def _end(self, name: str) -> None:
        depth = len(self.path)
        if depth == _FIELD_DEPTH and self.path[3] == "row":
            self.fields[name[:80]] = "".join(self.text).strip()
        elif depth == _FIELD_DEPTH - 1 and name == "row":
            self._row()
        elif depth == 2 and name == "LimeSurveyDocType":
            self.kind = "".join(self.text).strip()[:40]
        self.path.pop()

    def _row(self) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise Refused(self.parser.CurrentLineNumber, "too_many_rows", most=MOST_ROWS)
        table = self.path[1]
        self.tables.setdefault(table, []).append(LssRow(table, self.row_line, self.fields))


def tables_of(raw: bytes) -> dict[str, list[LssRow]]:
    """The tables of a file by name. Raises :class:`Refused`: too big, no XML, or no survey of LimeSurvey."""
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_big", megabytes=LARGEST_BYTES // (1024 * 1024))
    reader = _Reader()
    try:
        reader.parser.Parse(raw, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refused(reader.parser.CurrentLineNumber, "malformed_xml") from error
    if reader.kind != KIND:
        raise Refused(0, "not_a_survey", kind=reader.kind or "?")
    return reader.tables
