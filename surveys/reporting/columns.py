"""How wide the columns of a table are, from what stands in them: the same in Word and in the PDF.

Counted in letters of the size that tables are set in, of which about ``PAGE`` stand beside each other. A word
is not broken: a column is at least as wide as its longest.
"""

from collections.abc import Iterator, Sequence
from math import ceil

from surveys.reporting.document import Cell, Table

PAGE = 98
NARROW = 0.62  # of the page: figures a whole page from their words are hard to follow
PADDING = 3
TIGHT_PADDING = 2  # where words alone fill the page: no more than there is beside them
QUIET = 0.84  # the smaller size beneath a cell
HEAD = 0.95  # bold, and smaller
MOST_WANTED, MOST_IN_HEAD, LINES_OF_HEAD = 44, 14, 3
SHORT = 30  # lines: half a page, so that what a reader's letters make longer still has room on one


def widths(table: Table) -> list[float]:
    """The share of the page that each column has; together 1, or ``NARROW`` where there is little to say."""
    columns = [
        (head, [row[at] for row in table.rows], at >= table.numbers_from)
        for at, head in enumerate(table.head)
    ]
    words = [_longest(head, cells) for head, cells, _number in columns]
    least = [each + PADDING for each in words]
    natural = [_wanted(head, cells, number) + PADDING for head, cells, number in columns]
    wanted = [max(low, min(MOST_WANTED, each)) for low, each in zip(least, natural, strict=True)]
    whole = NARROW if sum(natural) <= NARROW * PAGE else 1.0
    room = whole * PAGE
    if sum(least) >= room:
        return _stretched([each + TIGHT_PADDING for each in words], whole)
    if sum(wanted) <= room:
        return _stretched(wanted, whole)
    spare = (room - sum(least)) / (sum(wanted) - sum(least))
    shared = [low + (more - low) * spare for low, more in zip(least, wanted, strict=True)]
    return _stretched(shared, whole)


def kept_whole(table: Table) -> bool:
    """Whether a table is so short that it stands on one page: none of its rows is left alone on the next."""
    letters = [max(1.0, share * PAGE - PADDING) for share in widths(table)]
    return sum(_height(row, letters) for row in table.rows) <= SHORT


def _height(row: Sequence[Cell], letters: Sequence[float]) -> int:
    """About how many lines a row takes."""
    return max(
        sum(max(1, ceil(len(text) * size / room)) for text, size in _lines([cell]) if text)
        for cell, room in zip(row, letters, strict=True)
    )


def _stretched(sizes: Sequence[float], whole: float) -> list[float]:
    together = sum(sizes)
    return [whole * each / together for each in sizes]


def _longest(head: str, cells: Sequence[Cell]) -> float:
    """The longest word; one in a heading may be hyphenated."""
    heads = [min(MOST_IN_HEAD, len(word)) * HEAD for word in head.split(" ")]
    return max([*heads, *(len(word) * size for text, size in _lines(cells) for word in text.split(" "))])


def _wanted(head: str, cells: Sequence[Cell], number: bool) -> float:
    """The longest line; of figures a heading may take a few."""
    heads = len(head) / LINES_OF_HEAD if number else len(head)
    return max([heads, *(len(text) * size for text, size in _lines(cells))])


def _lines(cells: Sequence[Cell]) -> Iterator[tuple[str, float]]:
    for cell in cells:
        yield from ((line, 1.0) for line in cell.text.split("\n"))
        yield from ((line, QUIET) for line in cell.quiet.split("\n"))
