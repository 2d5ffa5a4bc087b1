"""The figures the demo project is built from: counts of a published evaluation, nothing generated."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "gothenburg"


@dataclass(frozen=True)
class Figures:
    """``data`` is figures.json; the methods look up what is asked about one occasion."""

    data: dict[str, Any]

    def of(self, series: str, occasion: str, part: str = "occasions") -> dict[str, Any]:
        found = [each for each in self.data[series][part] if each["occasion"] == occasion]
        return dict(found[0])

    def list(self, series: str, part: str = "occasions") -> list[dict[str, Any]]:
        return list(self.data[series][part])


def read_figures() -> Figures:
    return Figures(json.loads((FOLDER / "figures.json").read_text(encoding="utf-8")))
