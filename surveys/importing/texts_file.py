"""A file of translated texts (XLSX or CSV): what it would change in a questionnaire, row by row.

Its columns are found by their names: ``key``, and each language by its tag. Others are passed over. A blank
cell changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.catalogues import is_known
from surveys.domain.drafting import LONGEST_TEXT
from surveys.domain.texts import LocalText, has_bad_characters, language_tag, unfolded
from surveys.domain.translating import Document, changed, worded
from surveys.importing import sheets
from surveys.importing.files import Refused

KEY = "key"


@dataclass(frozen=True)
class TextFault:
    """Why a row, or one cell of it, is not taken; ``code`` is stable."""

    line: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TextsRead:
    """What would change (key → language → text), and the rows that are not taken."""

    changes: dict[str, LocalText]
    faults: tuple[TextFault, ...]
    languages: tuple[str, ...]


def read_texts(raw: bytes, document: Document) -> TextsRead:
    """Read a file of texts for ``document``. Raises :class:`Refused`: what :func:`sheets.read` says, and
    ``no_key_column``, ``no_language_column``, ``language_twice`` (``language``).
    """
    columns, rows = sheets.read(raw)
    key_at, languages = _columns(columns)
    known = {each.key for each in worded(document)}
    found: dict[str, LocalText] = {}
    faults: list[TextFault] = []
    for row in rows:
        key = row.cells[key_at].strip()
        if fault := _key_fault(key, known, found):
            faults.append(TextFault(row.line, fault, {"key": key[:80]}))
            continue
        found[key] = {}
        for at, language in languages.items():
            text = unfolded(row.cells[at]).strip()
            if code := _text_fault(text):
                faults.append(TextFault(row.line, code, {"language": language, "most": LONGEST_TEXT}))
            elif text:
                found[key][language] = text
    return TextsRead(changed(document, found), tuple(faults), tuple(languages.values()))


def _columns(names: tuple[str, ...]) -> tuple[int, dict[int, str]]:
    lower = [name.lower() for name in names]
    if KEY not in lower:
        raise Refused(0, "no_key_column")
    languages: dict[int, str] = {}
    for at, name in enumerate(names):
        tag = language_tag(name)
        if tag is None or at == lower.index(KEY) or not is_known(tag):
            continue
        if tag in languages.values():
            raise Refused(0, "language_twice", language=tag)
        languages[at] = tag
    if not languages:
        raise Refused(0, "no_language_column")
    return lower.index(KEY), languages


def _key_fault(key: str, known: set[str], found: Mapping[str, LocalText]) -> str:
    if key in found:
        return "key_twice"
    return "" if key in known else "unknown_text"


def _text_fault(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        return "too_long"
    return "bad_characters" if has_bad_characters(text) else ""
