"""A table pasted from Word, Excel, a mail or a web page: its cells, and what its columns seem to hold.

Between cells: tabs (Word, Excel), bars, semicolons, commas (where every row has as many), or two spaces.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from surveys.domain.figure_printed import Cell, Known, Place, Printed, Role
from surveys.importing.pasted_cell import base_in, has_percent, is_ambiguous, plain_text, read_cell

MOST_CHARACTERS = 100_000
MOST_ROWS = 200
MOST_COLUMNS = 40
MOST_CELLS = 2_000  # checked anew at each look, in less than a second
NEARLY_ALL = 0.85  # of those who answered, when the counts of a row are taken for classes of one question

_TWO_SPACES = re.compile(r"[ \u00a0]{2,}")
_TOTAL = re.compile(r"(?:totalt?|total|summa|sum|samtliga|alla|tillsammans|all|together)\b.*", re.IGNORECASE)
_NAMES: tuple[tuple[Role, str], ...] = (
    (Role.RATE, "svarsfrekvens|svarsandel|response rate|deltagandegrad"),
    (Role.MEAN, "medel|medelvärde|genomsnitt|snitt|mean|average"),
    (Role.ASKED, "enkätutskick|utskick|utskickade|tillfrågade|inbjudna|skickade|närvarande|deltagare|deltog"),
    (Role.ASKED, "anmälda|surveyed|invited|present|attended|asked|sent"),
    (Role.SHARE, "%|andel|procent|share|per cent|percent"),
    (Role.BASE, "svar|svarande|besvarade|svarat|n|answered|responses|answers|respondents"),
    (Role.TOTAL, "totalt|summa|total|sum|samtliga"),
    (Role.COUNT, "antal|count|number|kvinnor|män|women|men"),
)


class BadPaste(ValueError):
    """What was pasted is no table that can be checked; ``code`` says why, ``params`` with which limits."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Pasted:
    """``head``: what the columns are called, "" for nothing; ``rows``: cells as they stood, as many each."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def unclear(self) -> tuple[str, ...]:
        """Cells that are a thousand to some and one and a bit to others."""
        return tuple(cell for row in self.rows for cell in row if is_ambiguous(cell))


def read_pasted(text: str) -> Pasted:
    """Raises :class:`BadPaste` with nothing_pasted, too_long, one_column, no_figures, too_many_rows,
    too_many_columns or too_many_cells.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadPaste("too_long", most=MOST_CHARACTERS)
    rows = [row for row in _rows(text.replace("\0", "")) if any(row)]
    if not rows:
        raise BadPaste("nothing_pasted")
    width = max(map(len, rows))
    if len(rows) > MOST_ROWS:
        raise BadPaste("too_many_rows", most=MOST_ROWS)
    if width > MOST_COLUMNS:
        raise BadPaste("too_many_columns", most=MOST_COLUMNS)
    if len(rows) * width > MOST_CELLS:
        raise BadPaste("too_many_cells", most=MOST_CELLS)
    if width == 1:
        raise BadPaste("one_column")
    full = [tuple(row + [""] * (width - len(row))) for row in rows]
    headed = not any(read_cell(cell).figures or read_cell(cell).k is not None for cell in full[0][1:])
    if headed and len(full) == 1:
        raise BadPaste("no_figures")
    if not any(read_cell(cell).figures for row in full for cell in row):
        raise BadPaste("no_figures")
    return Pasted(full[0], tuple(full[1:])) if headed else Pasted(("",) * width, tuple(full))


def as_text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as it would be copied from a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows([head, *rows] if any(head) else rows)
    return out.getvalue()


def printed_table(
    pasted: Pasted,
    roles: Sequence[Role],
    totals: frozenset[int],
    base: int | None = None,
    scale: tuple[int, int] | None = None,
    known: Mapping[Place, Known] | None = None,
) -> Printed:
    """The table with its cells read, to be checked."""
    bases = {number: base_in(text) for number, text in enumerate(pasted.head)}
    return Printed(
        roles=tuple(roles),
        rows=tuple(tuple(map(read_cell, row)) for row in pasted.rows),
        totals=totals,
        base=base,
        bases={number: each for number, each in bases.items() if each},
        scale=scale,
        known=known or {},
    )


def total_rows(pasted: Pasted) -> frozenset[int]:
    """The rows that say of themselves that they sum up those before them."""
    return frozenset(
        number for number, row in enumerate(pasted.rows) if number and _TOTAL.fullmatch(plain_text(row[0]))
    )


def roles_of(pasted: Pasted) -> tuple[Role, ...]:
    """What each column seems to hold, by its heading and by what stands in it. A guess, to be put right."""
    columns = [tuple(map(read_cell, column)) for column in zip(*pasted.rows, strict=True)]
    found: list[Role] = []
    for number, column in enumerate(columns):
        role = _role(pasted.head[number], column) or (Role.LABEL if number == 0 else Role.COUNT)
        # a second column of the same kind is a count among others
        once = role in (Role.ASKED, Role.BASE, Role.TOTAL) and role in found
        found.append(Role.COUNT if once else role)
    base = columns[found.index(Role.BASE)] if Role.BASE in found else ()
    found = [
        Role.SHARE if role is Role.COUNT and _is_share(column, base) else role
        for role, column in zip(found, columns, strict=True)
    ]
    return tuple(_classes(found, columns, total_rows(pasted)))


def _rows(text: str) -> Iterator[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    for separator in ("\t", "|", ";"):
        if sum(separator in line for line in lines) * 2 > len(lines):
            kept = text if separator != "|" else "\n".join(line.strip().strip("|") for line in lines)
            reader = csv.reader(io.StringIO(kept), delimiter=separator)
            try:
                yield from ([" ".join(cell.split()) for cell in row] for row in reader)
            except csv.Error:
                raise BadPaste("one_column") from None
            return
    commas = {line.count(",") for line in lines}
    if len(lines) > 1 and len(commas) == 1 and commas != {0} and not re.search(r", ", text):
        yield from ([cell.strip() for cell in row] for row in csv.reader(lines))
        return
    yield from ([cell.strip() for cell in _TWO_SPACES.split(line.strip())] for line in lines)


def _by_name(heading: str) -> Role | None:
    words = plain_text(heading).lower()
    for role, names in _NAMES:
        if re.search(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", words):
            return role
    return None


def _role(heading: str, column: Sequence[Cell]) -> Role | None:
    if not any(cell.figures or cell.k is not None for cell in column):
        return Role.LABEL
    return _by_name(heading) or (Role.SHARE if any(has_percent(cell.text) for cell in column) else None)


def _is_share(column: Sequence[Cell], base: Sequence[Cell]) -> bool:
    """Whether figures are no counts: they have decimals, are several in a cell, or larger than the base."""
    if any(cell.k is not None for cell in column):
        return False
    if any(cell.figures and cell.count is None for cell in column):
        return True
    small = all(each <= 100 for cell in column for each in cell.figures)
    pairs = [(cell.count, of.count) for cell, of in zip(column, base, strict=False)]
    return small and any(one is not None and of is not None and one > of for one, of in pairs)


def _classes(
    roles: Sequence[Role], columns: Sequence[Sequence[Cell]], totals: frozenset[int]
) -> Iterator[Role]:
    """Shares of which each row's add to about 100 are of classes, and so are counts that add to the base."""
    base = columns[roles.index(Role.BASE)] if Role.BASE in roles else None
    counts = [column for role, column in zip(roles, columns, strict=True) if role is Role.COUNT]
    shares = [column for role, column in zip(roles, columns, strict=True) if role is Role.SHARE]
    shared = len(shares) > 1 and all(map(_is_hundred, _told(shares, totals)))
    counted = len(counts) > 1 and (
        (shared and len(counts) == len(shares))
        or (base is not None and all(map(_is_whole, _told([base, *counts], totals))))
    )
    for role in roles:
        if role is Role.COUNT and counted:
            yield Role.CLASS
        else:
            yield Role.CLASS_SHARE if role is Role.SHARE and shared else role


def _told(columns: Sequence[Sequence[Cell]], totals: frozenset[int]) -> list[tuple[Cell, ...]]:
    """The rows of these columns that hold a figure, without totals."""
    rows = enumerate(zip(*columns, strict=True))
    return [cells for row, cells in rows if row not in totals and any(cell.figures for cell in cells)]


def _is_hundred(cells: Sequence[Cell]) -> bool:
    figures = [cell.figures[0] for cell in cells if len(cell.figures) == 1]
    return len(figures) == len(cells) and abs(sum(figures, Decimal(0)) - 100) <= len(cells)


def _is_whole(cells: Sequence[Cell]) -> bool:
    """Whether counts are those of nearly all who answered: the first cell says how many those are."""
    found = [cell.count for cell in cells if cell.count is not None]
    base, total = sum(found[:1]), sum(found[1:])
    return len(found) == len(cells) and NEARLY_ALL * base <= total <= base
