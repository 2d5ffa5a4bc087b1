"""The summary: the figures of a whole report, what each series holds, and how the targets stand."""

from collections import Counter
from collections.abc import Iterator, Sequence

from surveys.domain.indicators import Verdict
from surveys.reporting.document import Block, Bullets, Cell, KeyFigure, KeyFigures, Table
from surveys.reporting.material import Material
from surveys.reporting.names import said_of, series_key
from surveys.results.indicators import IndicatorResult
from surveys.results.model import SeriesResults

MOST_PAIRED = 6  # questions told of the same persons; of more it is told in the section alone


def summary(material: Material) -> list[Block]:
    if not material.series:
        return []
    told = [sentence for series in material.series for sentence in _told(material, series)]
    told += [*_before_and_after(material), *_targets(material)]
    if len(material.series) > 1:
        return [_side_by_side(material), Bullets(tuple(told))]
    figures = _key_figures(material, material.series[0])
    return [KeyFigures(tuple(figure for figure in figures if figure)), Bullets(tuple(told))]


def _side_by_side(material: Material) -> Table:
    words = material.words
    rows = tuple(
        (
            Cell(series.title),
            *(Cell(each.value, each.counts) if each else Cell("–") for each in _figures(material, series)),
        )
        for series in material.series
    )
    return Table(
        caption=words._("The series in figures"),
        head=(
            words._("Series"),
            words._("Registered"),
            words._("Present at least once"),
            words._("Submitted"),
            words._("Response rate"),
        ),
        rows=rows,
        base=words._(
            "Registered and present: persons, cancellations left out. Response rate: submitted of"
            " questionnaires sent out."
        ),
    )


def _key_figures(material: Material, series: SeriesResults) -> Iterator[KeyFigure | None]:
    words = material.words
    bases = (
        words._("persons, cancellations left out"),
        words._("persons"),
        words._("questionnaires"),
        words._("of questionnaires sent out"),
    )
    for each, base in zip(_figures(material, series), bases, strict=True):
        said = f"{each.counts} {words._('questionnaires')}" if each and each.counts else base
        yield KeyFigure(each.value, each.label, said) if each else None


class _Printed:
    def __init__(self, value: str, label: str, counts: str = "") -> None:
        self.value, self.label, self.counts = value, label, counts


def _figures(material: Material, series: SeriesResults) -> Sequence[_Printed | None]:
    """Registered, present, submitted and the response rate; None where it is not known."""
    words, ledger, funnel, key = material.words, material.ledger, series.funnel, series_key(series)

    def count(name: str, label: str, value: int) -> _Printed:
        return _Printed(ledger.number(f"{key}/{name}", said_of(series.title, label), value), label)

    present = funnel.present
    rate = None
    if funnel.response is not None:
        label = words._("Response rate")
        cell = ledger.share(
            f"{key}/rate",
            said_of(series.title, label),
            funnel.response,
            words._("of questionnaires sent out"),
        )
        rate = _Printed(cell.text, label, cell.quiet)
    return (
        count("registered", words._("Registered"), funnel.registered),
        None if present is None else count("present", words._("Present at least once"), present),
        count("submitted", words._("Submitted"), funnel.sent.submitted),
        rate,
    )


def _told(material: Material, series: SeriesResults) -> Iterator[str]:
    words, ledger, key = material.words, material.ledger, series_key(series)
    made = [each for each in series.measurements if each.asked]
    shown = [each for each in made if each.shown]
    name = said_of(series.title, words._("Measurements"))
    total = ledger.number(f"{key}/measurements", name, len(made))
    seen = said_of(name, words._("shown here"))
    here = ledger.number(f"{key}/measurements/shown", seen, len(shown))
    yield words.ngettext(
        "%(series)s: %(made)s measurement has been made, and the answers of %(shown)s are shown in"
        " this report.",
        "%(series)s: %(made)s measurements have been made, and the answers of %(shown)s are shown in"
        " this report.",
        len(made),
        series=series.title,
        made=total,
        shown=here,
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


def _before_and_after(material: Material) -> Iterator[str]:
    """Which way the same persons answered, where the questions are few."""
    words, ledger = material.words, material.ledger
    for found in material.compared():
        pairs = [(each, each.paired) for each in found.questions if each.paired is not None]
        if not 0 < len(pairs) <= MOST_PAIRED:
            continue
        for question, paired in pairs:
            key, name = f"{found.series.code}/pairs/{question.code}", words.local(question.text)
            of = said_of(found.series.title, words._("Before and after"), name)
            base = words._("the pairs, who answered the question both times")
            ways = (
                ("higher", words._("Higher"), paired.higher),
                ("same", words._("The same"), paired.same),
                ("lower", words._("Lower"), paired.lower),
            )
            for part, label, share in ways:
                ledger.share(f"{key}/{part}", said_of(of, label), share, base)
            yield words._(
                "“%(question)s”: of %(n)s who answered both before and after, %(higher)s answered higher,"
                " %(same)s the same and %(lower)s lower.",
                question=name,
                n=ledger.number(f"{key}/n", said_of(of, words._("Pairs")), paired.n),
                **{part: words.number(share.count) for part, _label, share in ways},
            )


def _targets(material: Material) -> Iterator[str]:
    """How many of the targets are met; parts with a target of their own count too."""
    words, ledger = material.words, material.ledger
    judged = [each for one in material.indicators for each in _with_parts(one) if _has_target(each)]
    if not judged:
        return
    stands = Counter(each.judgement.verdict for each in judged)
    name = words._("Indicators")
    parts = {
        "met": (words._("met"), stands[Verdict.MET]),
        "partly": (words._("partly met"), stands[Verdict.PARTLY]),
        "missed": (words._("not met"), stands[Verdict.NOT_MET]),
        "open": (words._("cannot be judged"), stands[Verdict.UNKNOWN]),
    }
    counted = {
        part: ledger.number(f"indicators/{part}", said_of(name, label), many)
        for part, (label, many) in parts.items()
    }
    said = said_of(name, words._("with a target"))
    yield words._(
        "Targets of the indicators: %(all)s. Met: %(met)s. Partly met: %(partly)s. Not met: %(missed)s."
        " Cannot be judged: %(open)s.",
        all=ledger.number("indicators/targets", said, len(judged)),
        **counted,
    )
    if any(each.preliminary for each in judged):
        yield words._(
            "Some of the indicators have not been read after their reading date: their outcome is"
            " preliminary."
        )


def _with_parts(one: IndicatorResult) -> Iterator[IndicatorResult]:
    yield one
    for part in one.parts:
        yield from _with_parts(part)


def _has_target(one: IndicatorResult) -> bool:
    return one.definition.target is not None
