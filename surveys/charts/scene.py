"""A drawing as what it consists of, each thing at its place: what the template writes down as SVG."""

from dataclasses import dataclass, field
from typing import ClassVar

from surveys.charts.letters import wrapped

TEXT = 13.0
LINE = 17.0


@dataclass(frozen=True, slots=True)
class Rect:
    """``fill`` is a name in :data:`surveys.charts.fills.FILLS`; ``plain`` leaves its pattern out."""

    kind: ClassVar[str] = "rect"
    x: float
    y: float
    width: float
    height: float
    fill: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """``y`` is the base line. ``ink`` is a name in :data:`surveys.charts.fills.INKS`."""

    kind: ClassVar[str] = "words"
    x: float
    y: float
    text: str
    ink: str = "ink"
    anchor: str = "start"
    bold: bool = False
    size: float = TEXT


@dataclass(frozen=True, slots=True)
class Line:
    kind: ClassVar[str] = "line"
    x1: float
    y1: float
    x2: float
    y2: float
    ink: str
    width: float = 1


@dataclass(frozen=True, slots=True)
class Ring:
    """A round mark; ``hollow`` where there are few behind it."""

    kind: ClassVar[str] = "ring"
    x: float
    y: float
    r: float
    hollow: bool = False


Thing = Rect | Words | Line | Ring


@dataclass
class Scene:
    """Grows downward: ``height`` is how far it has come."""

    width: float
    height: float = 0
    things: list[Thing] = field(default_factory=list)

    def add(self, *things: Thing) -> None:
        self.things.extend(things)

    def paragraph(
        self, text: str, x: float, room: float, ink: str = "ink", size: float = TEXT, bold: bool = False
    ) -> None:
        """A text in as many lines as it takes, at the present height."""
        for line in wrapped(text, room, size, bold):
            self.height += round(size * 1.3)
            self.add(Words(x, self.height - round(size * 0.3), line, ink, bold=bold, size=size))

    @property
    def fills(self) -> list[str]:
        """The patterned fills that are used, each once."""
        return list(
            dict.fromkeys(each.fill for each in self.things if isinstance(each, Rect) and not each.plain)
        )
