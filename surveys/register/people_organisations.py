"""Organisations that a file names and nobody knows yet: put together by name, with what they may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveys.models.programme import Organisation
from surveys.register.people_register import plain


@dataclass(frozen=True)
class UnknownOrganisation:
    """A name, the other ways in which the file writes it, and how many rows have any of them.

    ``likely`` is the code of an organisation of the project whose name differs by accents alone.
    """

    name: str
    others: tuple[str, ...]
    rows: int
    likely: str | None


def gathered(unknown: Mapping[str, int], known: Iterable[Organisation]) -> list[UnknownOrganisation]:
    """Put together the names of a file (each with its number of rows) that are the same but for accents."""
    codes: dict[str, str] = {}
    for each in known:
        codes.setdefault(plain(each.name), each.code)
    found: dict[str, list[str]] = {}
    for name in unknown:
        found.setdefault(plain(name), []).append(name)
    return [
        UnknownOrganisation(
            first, tuple(others), sum(unknown[each] for each in (first, *others)), codes.get(key)
        )
        for key, (first, *others) in found.items()
    ]
