"""All files of a series in one archive (zip), with the checksums of each.

Everything is read as of one moment, so that the counts are equal everywhere. Each file lies on the disk and
goes into the archive when it is whole; nothing is held in memory but what a format itself holds.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveys.exporting import codebook_pdf, formats, result_tables, table_file
from surveys.exporting.about import about
from surveys.exporting.codebook import codebook
from surveys.exporting.formats import ANSWERS, PERSONS, RESPONSES, Format
from surveys.exporting.limits import TooLarge
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.keys import Keyring
from surveys.results.change import read_changes
from surveys.results.series import read_series

EVERY = 1_000  # rows between two words about how far it has come
SUMS, README = "SHA256SUMS", "README.txt"
Told = Callable[[int, int], None]  # rows written so far, and in all; may raise

_FILES: tuple[tuple[Format, str, str], ...] = (
    (formats.CSV, RESPONSES, "responses"),
    (formats.PLAIN_CSV, RESPONSES, "responses-utf8"),
    (formats.CSV, ANSWERS, "answers"),
    (formats.XLSX, RESPONSES, "responses"),
    (formats.SAV, RESPONSES, "responses"),
    (formats.SAV, PERSONS, "persons"),
)


@dataclass
class _Archive:
    """The archive that is being written, what is in it and what is not."""

    file: zipfile.ZipFile
    folder: Path
    at: tuple[int, int, int, int, int, int]
    sums: list[tuple[str, str]]
    missing: list[tuple[str, str]]

    def add(self, name: str, make: Callable[[Path], object]) -> None:
        path = self.folder / name
        make(path)
        with path.open("rb") as file:
            self.sums.append((hashlib.file_digest(file, "sha256").hexdigest(), name))
        entry = zipfile.ZipInfo(name, self.at)
        entry.compress_type = zipfile.ZIP_STORED if name.endswith((".xlsx", ".pdf")) else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        with path.open("rb") as file, self.file.open(entry, "w", force_zip64=True) as into:
            while some := file.read(1024 * 1024):
                into.write(some)
        path.unlink()

    def add_text(self, name: str, text: str) -> None:
        self.add(name, lambda path: path.write_text(text, "utf-8"))


def make(
    session: Session,
    keys: Keyring,
    series_id: int,
    now: datetime,
    labels: str,
    words: Words,
    as_evaluator: bool,
    folder: Path,
    told: Told = lambda _done, _total: None,
) -> Path:
    """Write the archive into ``folder`` (empty, and for this alone) and return where it is.

    ``session`` is for reading at one moment. Raises CannotWrite, OSError and what ``told`` raises.
    """
    export = Export(session, keys, series_id, now, labels, as_evaluator)
    files = [each for each in _FILES if each[1] != PERSONS or as_evaluator] if export.rows_given else []
    counted = _Counted(told, export.count * len(files))
    target = folder / "bundle.zip"
    with zipfile.ZipFile(target, "w", allowZip64=True) as file:
        at = export.made_at_home
        moment = at.year, at.month, at.day, at.hour, at.minute, at.second
        archive = _Archive(file, folder, moment, [], [])
        for chosen, row, name in files:
            _add(archive, export, chosen, row, f"{export.series_code}-{name}.{chosen.ending}", words, counted)
        _add_results(archive, session, export, now, words)
        archive.add_text(README, _readme(export, archive, words))
        archive.add_text(SUMS, "".join(f"{digest}  {name}\n" for digest, name in archive.sums))
    return target


def _add(
    archive: _Archive,
    export: Export,
    chosen: Format,
    row: str,
    name: str,
    words: Words,
    counted: "_Counted",
) -> None:
    try:
        formats.check(export, chosen, row)
    except TooLarge as large:
        archive.missing.append((name, words.too_large(large)))
        return
    archive.add(name, lambda path: formats.save(export, path, chosen, row, words, progress=counted))


def _add_results(archive: _Archive, session: Session, export: Export, now: datetime, words: Words) -> None:
    found = read_series(session, export.series_id, now, export.as_evaluator)
    changes = read_changes(session, export.series_id, now, export.as_evaluator)
    tables = result_tables.tables(found, changes, words, export.language)
    start = export.series_code
    archive.add(f"{start}-results.xlsx", lambda path: table_file.save_xlsx(tables, path))
    for table in tables:
        archive.add(f"{start}-results-{table.code}.csv", partial(table_file.save_csv, table))
    book = codebook(export, found, words)
    content = codebook_pdf.pdf(export, book, words)
    archive.add(f"{start}-codebook.pdf", lambda path: path.write_bytes(content))


def _readme(export: Export, archive: _Archive, words: Words) -> str:
    _ = words.gettext
    what = {
        "responses": _("one response a row"),
        "responses-utf8": _("one response a row, without a byte order mark"),
        "answers": _("one answer a row"),
        "persons": _("one person a row, before and after beside each other"),
        "results": _("the tables of results, a sheet each"),
        "codebook": _("what every column and code means"),
    }
    lines = [f"{what_is}: {how}" for what_is, how in about(export, words)]
    lines += ["", _("Files:")]
    for _digest, name in archive.sums:
        stem = name.removeprefix(f"{export.series_code}-").rpartition(".")[0]
        lines.append(f"  {name}" + (f" – {what[stem]}" if stem in what else ""))
    left_out = _("left out")
    lines += [f"  {name} – {left_out}: {why}" for name, why in archive.missing]
    lines += ["", _('CSV: semicolons, decimal comma. In R: read.csv2(file, fileEncoding = "UTF-8-BOM").')]
    lines += [_("Check the files with: sha256sum -c %(name)s", name=SUMS)]
    if export.rows_given:
        lines.append(
            _("The answers are personal data, also without names. Delete the files when they are used.")
        )
    return "\n".join(lines) + "\n"


class _Counted:
    """Counts rows as they go by, over all files, and tells of it."""

    def __init__(self, told: Told, total: int) -> None:
        self._told, self._total, self._done = told, total, 0

    def __call__(self, rows: Iterable[Any]) -> Iterator[Any]:
        self._told(self._done, self._total)
        for row in rows:
            self._done += 1
            if self._done % EVERY == 0:
                self._told(self._done, self._total)
            yield row
