"""What is wrong with a file: where, and which rule it breaks. The entrance makes the words for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One fault. ``line`` counts from 1, 0 where the whole file is meant; ``code`` is stable."""

    file: str
    line: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)


class ProgrammeFaults(Exception):
    """A programme cannot be loaded; ``faults`` holds everything that was found, in the order of the files."""

    code = "programme_faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=_place))
        super().__init__("; ".join(f"{f.file}:{f.line} {f.code} {f.params}" for f in self.faults))


def _place(fault: Fault) -> tuple[str, int]:
    return (fault.file, fault.line)
