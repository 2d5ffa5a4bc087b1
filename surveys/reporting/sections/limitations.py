"""What the figures do not bear, told from what was done."""

from collections.abc import Iterator
from datetime import date

from surveys.reporting.document import Block, Bullets
from surveys.reporting.material import Material
from surveys.reporting.names import measurement_name, occasion_name, said_of, series_key
from surveys.results.model import SeriesResults


def limitations(material: Material) -> list[Block]:
    said = [sentence for series in material.series for sentence in _of(material, series)]
    if material.as_of is not None:
        said += _as_of(material, material.as_of)
    return [Bullets((*said, *_always(material)))]


def _of(material: Material, series: SeriesResults) -> Iterator[str]:
    words, of = material.words, material.of(series)
    prefix = f"{of}: " if of else ""
    asked = [each for each in series.measurements if each.asked]
    if missed := [
        each.occasion for each in series.measurements if each.state == "not_measured" and each.occasion
    ]:
        names = words.listed([occasion_name(each) for each in missed])
        yield prefix + words._(
            "Not measured, which is not the same as nobody answering: %(occasions)s.", occasions=names
        )
    if few := [each for each in asked if each.withheld == "too_few"]:
        names = words.listed([measurement_name(words, each) for each in few])
        yield prefix + words._(
            "Too few answered for their answers to be shown: %(measurements)s.", measurements=names
        )
    if waiting := [each for each in asked if each.withheld == "until_closed"]:
        names = words.listed([measurement_name(words, each) for each in waiting])
        yield prefix + words._(
            "Still open when the figures were frozen: %(measurements)s.", measurements=names
        )
    yield from _dropped(material, series, prefix)
    if any(question.reworded for each in asked for question in each.questions):
        yield prefix + words._(
            "Some questions were worded differently in different versions of their questionnaire."
        )


def _as_of(material: Material, day: date) -> Iterator[str]:
    """What is not known of an earlier day."""
    words = material.words
    yield words._(
        "Figures of %(day)s are read from what was counted and kept at the closing of each questionnaire and"
        " at the end of each month. What was corrected afterwards is not in them.",
        day=words.day(day),
    )
    for series, missing in zip(material.series, material.not_kept, strict=True):
        of = material.of(series)
        if late := material.counted_late(series):
            yield (f"{of}: " if of else "") + words._(
                "Persons and attendances were not counted until %(day)s: what had come by then is"
                " among them.",
                day=words.day(late),
            )
        if missing:
            names = words.listed([measurement_name(words, each) for each in missing])
            yield (f"{of}: " if of else "") + words._(
                "Sent out by then, but no figures had been kept: %(measurements)s.", measurements=names
            )


def _dropped(material: Material, series: SeriesResults, prefix: str) -> Iterator[str]:
    words, response = material.words, series.funnel.response
    if response is None or response.percent is None or response.count == response.base:
        return
    rate = material.ledger.said(
        f"{series_key(series)}/rate",
        said_of(series.title, words._("Response rate")),
        response,
        words._("of questionnaires sent out"),
    )
    yield prefix + words._(
        "Of the questionnaires sent out %(rate)s were submitted. Nothing is known of what the others"
        " would have answered.",
        rate=rate,
    )


def _always(material: Material) -> Iterator[str]:
    words = material.words
    if material.compared():
        yield words._(
            "Not all of those who answered before answered after. A difference between the two can"
            " be a difference in who answered."
        )
        yield words._(
            "One group before and after, without a group to compare with: time passing, extreme"
            " values that come nearer the middle, and another understanding of the scale afterwards"
            " can all make a difference."
        )
    yield words._("The figures describe what was answered. They do not show what it comes from.")
