"""A Word file that somebody sends in, looked at part by part before a library reads it.

A .docx is a zip of XML. Refused is what unpacks to too much, carries a program or another file, fetches
something when it is opened (a template or a picture elsewhere), or declares anything of its own in its XML.
"""

import io
import zipfile
from xml.parsers import expat

from surveys.importing.files import Refused
from surveys.importing.workbook_parts import BROKEN, look_at_sizes

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ELEMENTS = 300_000
DEEPEST = 100
AT_ONCE = 64 * 1024
_MAIN = "word/document.xml"
_PROGRAMS = ("vbaproject.bin", "vbadata.xml")
_INSIDE = ("word/embeddings/", "word/activex/")
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HARMLESS = "/hyperlink"


def look(raw: bytes) -> None:
    """Refuse what is no plain Word file. Raises Refused: file_too_large, not_word, macros,
    other_files_inside, fetches, forbidden_xml, malformed_xml, unpacks_too_big.
    """
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_large", megabytes=LARGEST_BYTES // (1024 * 1024))
    try:
        look_at_sizes(raw, LARGEST_UNPACKED)
    except Refused as refused:
        code = "not_word" if refused.code == "not_workbook" else refused.code
        raise Refused(0, code, **refused.params) from refused
    counted = _Counted()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = [part.filename.lower() for part in packed.infolist()]
            if any(name.endswith(_PROGRAMS) for name in names):
                raise Refused(0, "macros")
            if any(name.startswith(_INSIDE) for name in names):
                raise Refused(0, "other_files_inside")
            if _MAIN not in names or "[content_types].xml" not in names:
                raise Refused(0, "not_word")
            for part in packed.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    counted.look(packed, part)
    except BROKEN as error:
        raise Refused(0, "not_word") from error
    if _DOCUMENT not in counted.kinds:
        raise Refused(0, "macros" if any("macroEnabled" in kind for kind in counted.kinds) else "not_word")


class _Counted:
    """Counts elements of all parts together, and remembers what kinds of parts there are."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self._elements = self._depth = 0

    def look(self, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._depth = 0
        try:
            with packed.open(part) as stream:
                while chunk := stream.read(AT_ONCE):
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError) as error:
            raise Refused(0, "malformed_xml") from error

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MOST_ELEMENTS or self._depth > DEEPEST:
            raise Refused(0, "unpacks_too_big", megabytes=LARGEST_UNPACKED // (1024 * 1024))
        plain = name.rpartition(":")[2]
        if plain == "Override":
            self.kinds.add(given.get("ContentType", ""))
        elif (
            plain == "Relationship"
            and given.get("TargetMode") == "External"
            and not given.get("Type", "").endswith(_HARMLESS)
        ):
            raise Refused(0, "fetches")

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _doctype(self, *_arguments: object) -> None:
        raise Refused(0, "forbidden_xml")
