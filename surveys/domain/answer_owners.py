"""Whose the rows of somebody else's file are: matched by address or by code with those enrolled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NAMELESS = {"", "anonymous", "anonym"}  # what forms write for an address where they ask for none


@dataclass(frozen=True)
class Enrolled:
    """Somebody enrolled in a series, as far as a file can tell them."""

    enrolment_id: int
    code: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What a row says of whose it is."""

    line: int
    address: str = ""
    code: str = ""


@dataclass(frozen=True)
class Owners:
    """``by_line``: enrolment of each row that is somebody's. ``nobody``: lines that say who and match no one;
    ``unsaid``: those that say nothing. ``faults``: lines that cannot be told, with a stable code:
    ``two_people`` (address and code are of different people, or the address of several),
    ``person_twice`` (another row is the same person's).
    """

    by_line: Mapping[int, int]
    nobody: tuple[int, ...]
    unsaid: tuple[int, ...]
    faults: Mapping[int, str]


def named_twice(claims: Iterable[Claim]) -> frozenset[int]:
    """The lines whose address or code another line has too: what a file tells without any register."""
    lines: dict[str, list[int]] = defaultdict(list)
    for claim in claims:
        for name in _names(claim):
            lines[name.casefold()].append(claim.line)
    return frozenset(line for each in lines.values() if len(each) > 1 for line in each)


def owners(claims: Iterable[Claim], enrolled: Iterable[Enrolled]) -> Owners:
    """Match rows with people. Addresses and codes are compared without regard to case; where only one of the
    two is known here, that one tells.
    """
    known: dict[str, set[int]] = defaultdict(set)
    for each in enrolled:
        for name in (f"@{each.code}", *each.addresses):
            known[name.casefold()].add(each.enrolment_id)
    found: dict[int, int] = {}
    nobody, unsaid, faults = [], [], {}
    for claim in claims:
        names = _names(claim)
        those = [known[name.casefold()] for name in names if name.casefold() in known]
        if not names:
            unsaid.append(claim.line)
        elif not those:
            nobody.append(claim.line)
        elif len(same := set.intersection(*those)) != 1:
            faults[claim.line] = "two_people"
        else:
            found[claim.line] = next(iter(same))
    lines: dict[int, list[int]] = defaultdict(list)
    for line, enrolment in found.items():
        lines[enrolment].append(line)
    twice = {line for each in lines.values() if len(each) > 1 for line in each}
    return Owners(
        by_line={line: each for line, each in found.items() if line not in twice},
        nobody=tuple(nobody),
        unsaid=tuple(unsaid),
        faults=faults | dict.fromkeys(sorted(twice), "person_twice"),
    )


def _names(claim: Claim) -> list[str]:
    names = [f"@{claim.code}"] if claim.code else []
    return names + ([claim.address] if claim.address.casefold() not in _NAMELESS else [])
