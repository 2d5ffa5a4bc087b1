"""The parts of an Excel workbook (.xlsx), looked at one by one before a library reads them.

A workbook is a zip of XML. Sizes are looked at before anything is unpacked; then each part goes through a
parser that only counts and stops at the first thing too many, whatever the part is called and however it is
encoded. What is handed on is the workbook without what only costs: cells that hold nothing but a format, and
what stands below the cells of a sheet (merged cells, formats by condition, checks of what is typed).
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import defusedxml

from surveys.importing.files import Refused

LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 2_000
MOST_COLUMNS = 200
DEEPEST = 40
AT_ONCE = 64 * 1024
MOST_DEAR = 15_000  # elements that become an object each: formats, names, links
MOST_CHEAP = 250_000

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    defusedxml.DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,  # an encrypted part
    OverflowError,
)
# How an XML part begins, in any encoding that a parser would take.
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_BY_BYTES = (b"<", b"\xef\xbb\xbf")
_UNREAD = (".vml", ".bin")  # drawings, which need not be XML as it should be; programs
_IN_CELLS = frozenset({"v", "f", "is", "t", "si", "r", "rPr"})
_BLANK_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]+="[^"<>]*")*\s*(?:/>|></c>)')
_CELL = re.compile(rb"<c[ >/]")
_PLACED_CELL = re.compile(rb'<c r="[A-Z]')


@dataclass(frozen=True)
class Limits:
    """How much of a workbook is looked at: bytes unpacked, cells in all and those that hold something; rows
    and columns of each sheet.
    """

    unpacked: int = LARGEST_UNPACKED
    cells: int = 0  # 0 here and for rows: whoever reads counts
    filled: int = 0
    rows: int = 0
    columns: int = MOST_COLUMNS


def look_at_sizes(raw: bytes, largest: int = LARGEST_UNPACKED) -> None:
    """Refuse what is no zip, has a part twice, or says that it unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = packed.infolist()
    except BROKEN as error:
        raise Refused(0, "not_workbook") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > largest:
        raise Refused(0, "unpacks_too_big", megabytes=largest // (1024 * 1024))
    if max(Counter(part.filename for part in parts).values(), default=0) > 1:
        raise Refused(0, "not_workbook")  # one program reads the first, another the last


def lean(raw: bytes, limits: Limits) -> bytes:
    """The workbook with its XML alone, and of its sheets the cells that hold something. Raises Refused."""
    look_at_sizes(raw, limits.unpacked)
    file, counted = io.BytesIO(), _Counted(limits)
    try:
        with (
            zipfile.ZipFile(io.BytesIO(raw)) as packed,
            zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as out,
        ):
            for part in packed.infolist():
                if part.filename.lower().endswith(_UNREAD):
                    continue
                with packed.open(part) as stream:
                    content, below = counted.look(stream)
                if content:
                    out.writestr(part.filename, _cells(content, *below) if below else content)
    except BROKEN as error:
        raise Refused(0, "not_workbook") from error
    return file.getvalue()


def has_macros(raw: bytes) -> bool:
    """Whether a workbook carries a program. Nothing here runs it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return any(name.lower().endswith("vbaproject.bin") for name in packed.namelist())


class _Counted:
    """Counts elements of all parts together, and rows of each."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cells = self._filled = self._dear = self._cheap = self._rows = 0
        self._path: list[str] = []
        self._below: tuple[int, str] | None = None

    def look(self, stream: IO[bytes]) -> tuple[bytes, tuple[int, str] | None]:
        """Look through a part and return it, b"" where it is no XML; refuse it at the first thing too many.

        Of a sheet also where the end tag of its cells stands, and how the element around is called.
        """
        chunk = stream.read(AT_ONCE)
        if not chunk.lstrip()[:3].startswith(_XML):
            return b"", None
        parser = self._parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._rows, self._path, self._below = 0, [], None
        self._cuttable = chunk.startswith(_BY_BYTES)
        chunks = []
        try:
            while chunk:
                parser.Parse(chunk, False)
                chunks.append(chunk)
                chunk = stream.read(AT_ONCE)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as error:
            raise Refused(parser.CurrentLineNumber, "malformed_xml") from error
        return b"".join(chunks), self._below

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise Refused(0, "xml_too_deep", most=DEEPEST)
        match name.rpartition(":")[2]:
            case "row":
                self._rows += 1
            case "c":
                self._cells += 1
            case "v" | "is" | "si":
                self._filled += 1
            case other if other in _IN_CELLS or self._below:
                self._cheap += 1
            case _:
                self._dear += 1
        limits = self._limits
        if (
            self._rows > limits.rows
            or self._cells > limits.cells
            or self._filled > limits.filled
            or self._dear > MOST_DEAR
            or self._cheap > MOST_CHEAP
        ):
            raise Refused(0, "workbook_too_long", rows=limits.rows, cells=limits.cells)

    def _end(self, name: str) -> None:
        self._path.pop()
        if self._cuttable and len(self._path) == 1 and name.rpartition(":")[2] == "sheetData":
            self._below = self._parser.CurrentByteIndex, self._path[0]

    def _doctype(self, *_arguments: object) -> None:
        """Whatever is declared there can make a small file large, or fetch another one."""
        raise Refused(0, "forbidden_xml")


def _cells(content: bytes, end: int, around: str) -> bytes:
    """A sheet without what stands below its cells, and without blank ones where each says its place."""
    content = content[: content.index(b">", end) + 1] + f"</{around}>".encode()
    if len(_CELL.findall(content)) == len(_PLACED_CELL.findall(content)):
        content = _BLANK_CELL.sub(b"", content)
    if b"<dimension" not in content:  # without it the library reads the sheet twice
        content = content.replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>', 1)
    return content
