"""The shared learning logs, chosen by series, occasion and work group, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from surveys.domain.statistics import swedish_order
from surveys.queries.logbook import SharedEntry

A_PAGE = 50
FILTERS = ("insats", "tillfalle", "grupp")

Entry = tuple[str, SharedEntry]  # the title of the series, and what was shared


class Shelf:
    """``entries`` newest first, filtered by what ``asked`` says; what is not known there is left aside."""

    def __init__(self, entries: Sequence[Entry], asked: Mapping[str, str]) -> None:
        self.options = {name: _names(_value(entry, name) for entry in entries) for name in FILTERS}
        self.chosen = {name: asked[name] for name in FILTERS if asked.get(name) in self.options[name]}
        fitting = [entry for entry in entries if self._fits(entry)]
        fitting.sort(key=lambda entry: (entry[1].written_on, entry[1].shared_at), reverse=True)
        self.total, self.count = len(entries), len(fitting)
        self.pages = max(1, -(-self.count // A_PAGE))
        self.page = min(_number(asked.get("s", "")), self.pages)
        self.entries = fitting[(self.page - 1) * A_PAGE : self.page * A_PAGE]

    @property
    def address(self) -> str:
        """The address of a page of the same choice, up to its number."""
        return f"?{urlencode([*self.chosen.items(), ('s', '')])}"

    def _fits(self, entry: Entry) -> bool:
        return all(_value(entry, name) == value for name, value in self.chosen.items())


def occasion_name(entry: SharedEntry) -> str:
    if entry.occasion is None:
        return ""
    number = f"{entry.occasion.number}. " if entry.occasion.number is not None else ""
    return f"{number}{entry.occasion.title}"


def _value(entry: Entry, name: str) -> str:
    series, shared = entry
    return {"insats": series, "tillfalle": occasion_name(shared), "grupp": shared.work_group or ""}[name]


def _names(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value}, key=swedish_order)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
