"""Names of variables that SPSS takes, and R and Stata with it.

Source: IBM SPSS Statistics, Command Syntax Reference, "Variable names": at most 64 bytes, a letter first, no
blank nor dash, not a reserved word, no full stop or underscore last, and no two alike but for capitals.
"""

import re
from collections.abc import Iterable

LONGEST = 64  # bytes
_RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
_FOREIGN = re.compile(r"[^A-Za-z0-9_]", re.ASCII)


def spss_names(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Return a name for each (name, end), in order: the same where it can be, the end kept whole."""
    taken: set[str] = set()
    found = []
    for name, end in wanted:
        chosen = _free(_sound(name), _FOREIGN.sub("_", end).rstrip("_"), taken)
        taken.add(chosen.upper())
        found.append(chosen)
    return found


def _sound(name: str) -> str:
    plain = _FOREIGN.sub("_", name).strip("_") or "q"
    return plain if plain[0].isalpha() and plain.upper() not in _RESERVED else f"q_{plain}"


def _free(name: str, end: str, taken: set[str]) -> str:
    number = 1
    while True:
        last = "".join(f"_{each}" for each in (end, str(number) if number > 1 else "") if each)
        chosen = name[: LONGEST - len(last)].rstrip("_") + last
        if chosen.upper() not in taken:
            return chosen
        number += 1
