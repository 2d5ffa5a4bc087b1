"""Scales: points in order, lowest first, and the classes that may be shown merged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from surveys.domain.document import Node
from surveys.domain.texts import LocalText, pick


@dataclass(frozen=True)
class Point:
    """A point of a scale, or an option: what is kept, and what is read."""

    code: str
    label: LocalText

    def shown(self, language: str) -> str:
        return pick(self.label, language)


@dataclass(frozen=True)
class Merged:
    """Several points declared as one class in results."""

    label: LocalText
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """``top`` is how many of the upper points are printed together (i hög eller mycket hög grad)."""

    points: tuple[Point, ...]
    merged: tuple[Merged, ...] = ()
    top: int = 2

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(point.code for point in self.points)

    @classmethod
    def read(cls, node: Node) -> Self:
        """Build the scale from its node; faults are noted in the node."""
        points = read_points(node, "points")
        if len(points) < 2:
            node.fault("too_few_points", "points")
        for position in repeated(points):
            node.fault("repeated_code", "points", position, value=points[position].code)
        merged = tuple(_merged(each) for each in node.nodes("merged"))
        if merged and sorted(code for each in merged for code in each.codes) != sorted(
            p.code for p in points
        ):
            node.fault("merged_classes_not_whole", "merged")
        scale = cls(points, merged, node.whole("top", min(2, len(points)), 0, max(len(points), 2)))
        node.skip("code")  # the name under which questionnaires refer to it
        node.done()
        return scale


def read_points(node: Node, name: str) -> tuple[Point, ...]:
    """The points or options listed under ``name``."""
    return tuple(_point(each) for each in node.nodes(name))


def repeated(points: Sequence[Point]) -> Iterator[int]:
    """Positions of points whose code stood before."""
    codes = [point.code for point in points]
    return (position for position, code in enumerate(codes) if code in codes[:position])


def _point(node: Node) -> Point:
    point = Point(node.code(), node.text("label"))
    node.done()
    return point


def _merged(node: Node) -> Merged:
    merged = Merged(node.text("label"), node.codes("codes"))
    node.done()
    return merged
