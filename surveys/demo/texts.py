"""What the demo's people write: all of it invented."""

from dataclasses import dataclass
from typing import Any

import yaml

from surveys.demo.figures import FOLDER


@dataclass(frozen=True)
class Written:
    """A log entry: by which traveller (code), how long after the prompt, and what."""

    writer: str
    hours: int
    shared: bool
    prompted: bool
    text: str
    plan: str


def _read() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "texts.yaml").read_text(encoding="utf-8")))


_texts = _read()
OTHER_WORDS: list[str] = _texts["words"]
WISHES: list[str] = _texts["wishes"]
CHANGES: list[str] = _texts["changes"]
BREDD_COMMENTS: list[str] = _texts["bredd_comments"]
BROUGHT_HOME: list[str] = _texts["brought_home"]
IMPROVEMENTS: list[str] = _texts["improvements"]
LOGS = {occasion: [Written(**each) for each in entries] for occasion, entries in _texts["logs"].items()}
