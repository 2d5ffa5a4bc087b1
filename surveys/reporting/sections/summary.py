"""The summary: the figures of a whole report, and what each series holds."""

from collections.abc import Iterator

from surveys.reporting.document import Block, Bullets, KeyFigure, KeyFigures
from surveys.reporting.material import Material
from surveys.reporting.names import said_of, series_key
from surveys.results.model import SeriesResults


def summary(material: Material) -> list[Block]:
    words = material.words
    if not material.series:
        return []
    blocks: list[Block] = [
        KeyFigures(tuple(each)) for each in (_key_figures(material, s) for s in material.series)
    ]
    told = [sentence for series in material.series for sentence in _told(material, series)]
    return [
        *blocks,
        Bullets(
            (*told, words._("What the figures bear, and what they do not, is said under the limitations."))
        ),
    ]


def _key_figures(material: Material, series: SeriesResults) -> Iterator[KeyFigure]:
    words, ledger, funnel = material.words, material.ledger, series.funnel
    key, of = series_key(series), material.of(series)
    yield KeyFigure(
        ledger.number(f"{key}/registered", said_of(series.title, words._("Registered")), funnel.registered),
        words._("Registered"),
        said_of(of, words._("persons, cancellations left out")),
    )
    if funnel.present is not None:
        yield KeyFigure(
            ledger.number(
                f"{key}/present", said_of(series.title, words._("Present at least once")), funnel.present
            ),
            words._("Present at least once"),
            said_of(of, words._("persons")),
        )
    yield KeyFigure(
        ledger.number(f"{key}/submitted", said_of(series.title, words._("Submitted")), funnel.sent.submitted),
        words._("Submitted"),
        said_of(of, words._("questionnaires")),
    )
    if funnel.response is not None:
        rate = ledger.share(
            f"{key}/rate",
            said_of(series.title, words._("Response rate")),
            funnel.response,
            words._("of questionnaires sent out"),
        )
        yield KeyFigure(
            rate.text, words._("Response rate"), said_of(of, f"{rate.quiet} " + words._("questionnaires"))
        )


def _told(material: Material, series: SeriesResults) -> Iterator[str]:
    words, ledger, key = material.words, material.ledger, series_key(series)
    made = [each for each in series.measurements if each.asked]
    shown = [each for each in made if each.shown]
    name = said_of(series.title, words._("Measurements"))
    yield words._(
        "%(series)s: %(made)s measurements have been made, and the answers of %(shown)s are shown in"
        " this report.",
        series=series.title,
        made=ledger.number(f"{key}/measurements", name, len(made)),
        shown=ledger.number(f"{key}/measurements/shown", said_of(name, words._("shown")), len(shown)),
    )
    missed = [each for each in series.measurements if each.state == "not_measured"]
    if missed:
        yield words._(
            "%(series)s: occasions that were not measured: %(count)s.",
            series=series.title,
            count=ledger.number(
                f"{key}/not_measured", said_of(series.title, words._("not measured")), len(missed)
            ),
        )
