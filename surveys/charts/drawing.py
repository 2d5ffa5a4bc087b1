"""From what a chart shows to where everything stands, for a given width.

Wide charts have labels to the left of the bars and figures to the right; below :data:`NARROW` the label
stands on lines of its own above its bar, and the figures beside it. Heights follow from how the labels break.
"""

from dataclasses import dataclass

from surveys.charts.fills import fill_of
from surveys.charts.letters import width as width_of
from surveys.charts.letters import wrapped
from surveys.charts.manner import Manner, is_few
from surveys.charts.scene import LINE, TEXT, Line, Rect, Ring, Scene, Words
from surveys.charts.specs import AnyRow, Bar, Bars, Chart, Dot, Dots, Level, Levels, Row, Stacked, groups

NARROW = 520
BAR = 24.0
GAP = 12.0
AIR = 14.0  # between columns
SMALL = 12.0
MIDDLE = 4.5  # from the middle of a line of text to its base line


@dataclass(frozen=True)
class Columns:
    """Where the labels, the bars and the figures stand."""

    narrow: bool
    label: float
    left: float
    right: float
    end: float

    @property
    def room(self) -> float:
        return self.right - self.left


def drawn(chart: Chart, width: float, manner: Manner, framed: bool) -> Scene:
    """Return everything of ``chart`` at its place. ``framed``: with title, note, source and a margin, for
    standing alone; else a page says them around it.
    """
    margin = 16.0 if framed else 0.0
    scene = Scene(width, margin)
    if framed:
        scene.paragraph(chart.title, margin, width - 2 * margin, size=16, bold=True)
        if chart.note:
            scene.paragraph(chart.note, margin, width - 2 * margin, "muted", SMALL)
        scene.height += 10
    columns = _columns(chart, width, margin, manner)
    _legend(scene, chart, margin, width - 2 * margin, manner)
    _body(scene, chart, columns, manner)
    if framed and chart.source:
        scene.height += 6
        scene.paragraph(chart.source, margin, width - 2 * margin, "muted", SMALL)
    scene.height += margin
    return scene


def _columns(chart: Chart, width: float, margin: float, manner: Manner) -> Columns:
    figures = max((width_of(manner.beside(row, chart.decimals), TEXT) for row in chart.rows), default=0)
    longest = max((width_of(row.label, TEXT) for row in chart.rows), default=0)
    narrow, end = width < NARROW, width - margin
    if narrow:
        edge = 8.0 if isinstance(chart, Dots | Levels) else 0.0
        return Columns(True, end - margin - figures - AIR, margin + edge, end - edge, end)
    label = min(longest + 1, 0.36 * width)
    return Columns(False, label, margin + label + AIR, end - figures - AIR, end)


def _legend(scene: Scene, chart: Chart, left: float, room: float, manner: Manner) -> None:
    entries: list[tuple[str, str]] = []
    if isinstance(chart, Stacked):
        entries = [(fill_of(i, len(chart.classes)), name) for i, name in enumerate(chart.classes)]
    elif isinstance(chart, Dots):
        if any(is_few(row) and row.count is not None for row in chart.rows):
            entries.append(("few", manner.few()))
        if any(row.low is not None for row in chart.rows):
            entries.append(("interval", manner.interval()))
    elif isinstance(chart, Levels):
        if any(row.few for row in chart.rows):
            entries.append(("few", manner.few()))
        if chart.target is not None:
            entries.append(("target", chart.target_said))
    if not entries:
        return
    x = left
    scene.height += LINE
    for sign, name in entries:
        wide = 20 + width_of(name, SMALL)
        if x > left and x + wide > left + room:
            x = left
            scene.height += LINE + 2
        _sign(scene, sign, x, scene.height)
        first, *rest = wrapped(name, room - 20, SMALL)
        scene.add(Words(x + 20, scene.height, first, size=SMALL))
        for line in rest:
            scene.height += LINE
            scene.add(Words(x + 20, scene.height, line, size=SMALL))
        x += wide + AIR
    scene.height += GAP


def _sign(scene: Scene, sign: str, x: float, base: float) -> None:
    if sign == "few":
        scene.add(Ring(x + 7, base - MIDDLE, 5, hollow=True))
    elif sign == "target":
        scene.add(Line(x + 7, base - 12, x + 7, base + 2, "ink", 2))
    elif sign == "interval":
        scene.add(Line(x, base - MIDDLE, x + 14, base - MIDDLE, "mark", 1.5))
    else:
        scene.add(Rect(x, base - 11, 14, 14, sign))


def _body(scene: Scene, chart: Chart, columns: Columns, manner: Manner) -> None:
    scale = _scale(chart, columns)
    before = len(scene.things)
    stretches: list[tuple[float, float]] = []  # where the thin lines of the axis stand: behind bars only
    margin = scene.width - columns.end
    for heading, rows in groups(chart.rows):
        if heading:
            scene.height += 4
            scene.paragraph(heading, margin, scene.width - 2 * margin, bold=True)
            scene.height += 6
        for row in rows:
            stretches.extend(_row(scene, chart, row, columns, scale, manner))
        if heading:
            scene.height += 4
    if not isinstance(chart, Bars) and stretches:
        _axis(scene, columns, scale, before, stretches, _ticks(chart, columns, scale, manner))
        if isinstance(chart, Levels) and chart.target is not None:
            x = scale.zero + chart.place(chart.target) * scale.unit
            scene.things[before:before] = [Line(x, top, x, end, "ink", 2) for top, end in stretches]


def _row(
    scene: Scene, chart: Chart, row: AnyRow, columns: Columns, scale: "Scale", manner: Manner
) -> list[tuple[float, float]]:
    """Return from where to where its bar goes downward, if it has one."""
    lines = wrapped(row.label, columns.label, TEXT)
    top, has = scene.height, has_bar(row)
    if columns.narrow:
        text, figures = top + LINE - MIDDLE + 1, top + LINE - MIDDLE + 1
        bar = top + LINE * max(len(lines), 1) + 2
        scene.height = bar + (BAR if has else LINE) + GAP
    else:
        height = max(BAR, LINE * len(lines))
        bar = top + (height - BAR) / 2
        text = top + (height - LINE * len(lines)) / 2 + LINE - MIDDLE
        figures = bar + BAR / 2 + MIDDLE
        scene.height = top + height + GAP - 2
    for number, line in enumerate(lines):
        scene.add(Words(scene.width - columns.end, text + number * LINE, line))
    beside = manner.beside(row, chart.decimals)
    if beside:
        scene.add(Words(columns.end, figures, beside, "muted" if is_few(row) else "ink", "end"))
    if row.note:
        _note(scene, row.note, columns, bar, has)
    if not has:
        return []
    _figure(scene, chart, row, bar, scale, manner)
    return [(bar - 2, bar + BAR + 2) if columns.narrow else (top - GAP / 2 + 1, scene.height - GAP / 2 + 1)]


def _note(scene: Scene, note: str, columns: Columns, bar: float, has: bool) -> None:
    """Why there is no bar, in its place; what is to be said of one that is there, under its label."""
    if has and columns.narrow:
        scene.paragraph(note, scene.width - columns.end, columns.room, "muted", SMALL)
        scene.height += GAP / 2
    elif has:
        scene.height -= 4
        scene.paragraph(note, columns.left, columns.end - columns.left, "muted", SMALL)
        scene.height += GAP / 2
    else:
        first = bar + (LINE if columns.narrow else BAR) / 2 + MIDDLE - 1
        left = scene.width - columns.end if columns.narrow else columns.left
        for number, line in enumerate(wrapped(note, columns.end - left, SMALL)):
            scene.add(Words(left, first + number * LINE, line, "muted", size=SMALL))
            scene.height += LINE if number else 0


def has_bar(row: AnyRow) -> bool:
    if isinstance(row, Level):
        return row.value is not None
    return row.counts is not None if isinstance(row, Row) else row.count is not None


@dataclass(frozen=True)
class Scale:
    """``zero`` is where nothing is, ``unit`` how wide the whole (a share of 1, or one of a count) is."""

    zero: float
    unit: float
    below: float = 0.0
    above: float = 1.0


def _scale(chart: Chart, columns: Columns) -> Scale:
    if isinstance(chart, Bars):
        longest = chart.longest or max((row.count or 0 for row in chart.rows), default=0) or 1
        return Scale(columns.left, columns.room / longest)
    if isinstance(chart, Stacked) and chart.diverging:
        counted = [row for row in chart.rows if row.counts and row.n]
        below = max([0.1, *(_below(row) for row in counted)])
        above = max([0.1, *(1 - _below(row) for row in counted)])
        unit = columns.room / (below + above)
        return Scale(columns.left + below * unit, unit, below, above)
    return Scale(columns.left, columns.room)


def _below(row: Row) -> float:
    """The share of a row below the middle of the scale; of an odd scale half the middle class is there."""
    counts = row.counts or ()
    half = len(counts) // 2
    return (sum(counts[:half]) + (counts[half] / 2 if len(counts) % 2 else 0)) / (row.n or 1)


def _figure(scene: Scene, chart: Chart, row: AnyRow, y: float, scale: Scale, manner: Manner) -> None:
    if isinstance(row, Row):
        _classes(scene, row, y, scale, isinstance(chart, Stacked) and chart.diverging, manner)
    elif isinstance(row, Bar):
        scene.add(Rect(scale.zero, y + 2, max((row.count or 0) * scale.unit, 0.5), BAR - 4, "bar"))
    elif isinstance(row, Dot):
        _dot(scene, row, y + BAR / 2, scale)
    elif isinstance(chart, Levels) and row.value is not None:
        place = scale.zero + chart.place(row.value) * scale.unit
        scene.add(Ring(place, y + BAR / 2, 5.5, hollow=row.few))


def _classes(scene: Scene, row: Row, y: float, scale: Scale, diverging: bool, manner: Manner) -> None:
    counts = row.counts or ()
    if not row.n:
        return
    unit = scale.unit / row.n
    x = scale.zero - (_below(row) * scale.unit if diverging else 0)
    for index, count in enumerate(counts):
        if not count:
            continue
        fill, wide, text = fill_of(index, len(counts)), count * unit, manner.number(count)
        scene.add(Rect(x, y, wide, BAR, fill))
        needed = width_of(text, SMALL, bold=True) + 6
        if wide >= needed + 2:
            middle = x + wide / 2
            scene.add(Rect(middle - needed / 2, y + 4, needed, BAR - 8, fill, plain=True))
            ink = "on-dark" if fill in ("low-3", "high-3") else "on-light"
            scene.add(Words(middle, y + BAR / 2 + MIDDLE, text, ink, "middle", bold=True, size=SMALL))
        x += wide


def _dot(scene: Scene, row: Dot, y: float, scale: Scale) -> None:
    if row.share is None:
        return
    if row.low is not None and row.high is not None:
        scene.add(
            Line(scale.zero + row.low * scale.unit, y, scale.zero + row.high * scale.unit, y, "mark", 1.5)
        )
    scene.add(Ring(scale.zero + row.share * scale.unit, y, 5.5, hollow=is_few(row)))


def _ticks(chart: Chart, columns: Columns, scale: Scale, manner: Manner) -> list[tuple[float, str]]:
    """What stands on the axis, and where from its zero: the shares of a hundred, or a chart's own figures."""
    if isinstance(chart, Levels):
        kept = chart.ticks if columns.room >= 300 else (chart.ticks[0], chart.ticks[-1])
        return [(chart.place(value), said) for value, said in kept]
    step = 25 if columns.room >= 300 else 50
    first = -int(scale.below * 100 // step)
    ticks = range(first, int(scale.above * 100 // step) + 1)
    return [
        (tick * step / 100, manner.percent(abs(tick) * step) if tick else manner.number(0)) for tick in ticks
    ]


def _axis(
    scene: Scene,
    columns: Columns,
    scale: Scale,
    before: int,
    stretches: list[tuple[float, float]],
    ticks: list[tuple[float, str]],
) -> None:
    """Thin lines behind the bars, and figures under them."""
    bottom = scene.height - GAP / 2
    behind: list[Line] = []
    for place_on, text in ticks:
        x = scale.zero + place_on * scale.unit
        behind += [Line(x, top, x, end, "line" if place_on else "edge") for top, end in stretches]
        half, margin = width_of(text, SMALL) / 2, scene.width - columns.end
        place = min(max(x, margin + half), columns.end - half)
        scene.add(Words(place, bottom + SMALL, text, "muted", "middle", size=SMALL))
    scene.things[before:before] = behind
    scene.height = bottom + SMALL + 6
