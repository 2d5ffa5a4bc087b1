"""The frozen figures of a report as a file of their own: sheets for a workbook."""

from collections.abc import Iterator

from surveys.reporting.figures import Figure
from surveys.reporting.reading import Contents
from surveys.reporting.words import Words

Sheet = tuple[str, tuple[str, ...], list[tuple[str | int, ...]]]


def sheets(words: Words, contents: Contents) -> Iterator[Sheet]:
    """Every figure, and where there is a version before, those that are not the same in it."""
    yield (
        words._("Figures"),
        (
            words._("What"),
            words._("As it is printed"),
            words._("Count"),
            words._("Base"),
            words._("What the base is"),
            words._("Name of the figure"),
        ),
        [_row(each) for each in contents.figures],
    )
    if contents.before is not None:
        yield (
            words._("Changed since version %(number)s", number=contents.before.version),
            (words._("What"), words._("Before"), words._("Now"), words._("Name of the figure")),
            [
                (each.label, _printed(each.before), _printed(each.after), _name(each.after or each.before))
                for each in contents.differences
            ],
        )


def _row(figure: Figure) -> tuple[str | int, ...]:
    count, base = ("" if number is None else number for number in (figure.count, figure.base))
    return figure.label, figure.printed, count, base, figure.base_name, figure.id


def _printed(figure: Figure | None) -> str:
    return figure.printed if figure else "–"


def _name(figure: Figure | None) -> str:
    return figure.id if figure else ""
