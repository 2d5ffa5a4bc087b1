"""Indicators: baseline, target (the original first), outcome, and how the target stands and why."""

from collections.abc import Iterator

from surveys.reporting.document import Block, Bullets, Cell, Paragraph, Table
from surveys.reporting.indicator_words import (
    IndicatorWords,
    bases,
    groups,
    lacking,
    targets_of,
    verdicts,
)
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.results.indicators import IndicatorResult
from surveys.results.model import Share


def indicators(material: Material) -> list[Block]:
    if not material.indicators:
        return []
    words = material.words
    every = [(each, depth) for one in material.indicators for each, depth in _with_parts(one)]
    blocks: list[Block] = [
        Table(
            caption=words._("Indicators and how their targets stand"),
            head=(
                words._("Indicator"),
                words._("Baseline"),
                words._("Target"),
                words._("Outcome"),
                words._("Judgement"),
            ),
            rows=tuple(_row(material, each, depth) for each, depth in every),
            notes=tuple(note for each, _depth in every for note in _notes(material, each)),
        )
    ]
    if not material.brief:
        blocks.append(
            Bullets(
                tuple(
                    _sentence(material, each) for each, _depth in every if each.judgement.why != "no_target"
                )
            )
        )
        grounds = [(each, material.grounds[each.id]) for each, _depth in every if each.id in material.grounds]
        if grounds:
            blocks.append(Paragraph(words._("Said beside the figures, and no part of the judgement:")))
            blocks.append(Bullets(tuple(f"{each.definition.title}: {text}" for each, text in grounds)))
    return blocks


def _with_parts(one: IndicatorResult, depth: int = 0) -> Iterator[tuple[IndicatorResult, int]]:
    yield one, depth
    for part in one.parts:
        yield from _with_parts(part, depth + 1)


def _in_words(material: Material, one: IndicatorResult) -> IndicatorWords:
    """What is said of an indicator, every number of it written down."""
    words = material.words

    def keep(part: str, what: str, printed: str, share: Share | None, base: str) -> str:
        label = said_of(words._("Indicator"), one.definition.title, what)
        return material.ledger.written(f"indicator/{one.code}/{part}", label, printed, share, base)

    return IndicatorWords(words, material.decimals, keep)


def _sentence(material: Material, one: IndicatorResult) -> str:
    said = _in_words(material, one).sentence(one.version, one.read.figure, one.judgement)
    return f"{one.definition.title}: {said}"


def _row(material: Material, one: IndicatorResult, depth: int) -> tuple[Cell, ...]:
    words, told = material.words, _in_words(material, one)
    outcome = told.outcome(one.definition, one.read.figure, one.judgement.decimals)
    why = lacking(words).get(one.judgement.why, words._("there is no figure"))
    return (
        Cell(f"{'– ' * depth}{one.definition.title}", _group(material, one)),
        Cell(told.baseline(one.definition) or "–"),
        _targets(material, one, told),
        Cell(outcome, _of(material, one)) if outcome else Cell("–", why),
        _verdict(material, one),
    )


def _verdict(material: Material, one: IndicatorResult) -> Cell:
    words = material.words
    preliminary = words._("preliminary") if one.preliminary else ""
    if one.judgement.why == "no_target":
        return Cell("–", words._("no target of its own"))
    return Cell(verdicts(words)[one.judgement.verdict], preliminary)


def _group(material: Material, one: IndicatorResult) -> str:
    """Whom it counts, where that is not everyone."""
    words, definition = material.words, one.definition
    gender = groups(words)[definition.gender] if definition.gender else ""
    return said_of(gender, material.organisations.get(definition.organisation, definition.organisation))


def _targets(material: Material, one: IndicatorResult, told: IndicatorWords) -> Cell:
    """The last leads; the original and what came between stand beneath it."""
    words = material.words
    *earlier, last = targets_of(one)
    if not earlier:
        return Cell(told.target(last))
    before = " → ".join(told.target(each) for each in earlier)
    since = words.day(last.decided_on)
    return Cell(
        told.target(last), words._("since %(day)s; before that %(targets)s", day=since, targets=before)
    )


def _of(material: Material, one: IndicatorResult) -> str:
    """What the outcome is a share of, and the day it was read."""
    words, figure = material.words, one.read.figure
    base = bases(words).get(figure.base, figure.base) if one.definition.in_percent else ""
    read = words._("read %(day)s", day=words.day(one.reading.on)) if one.reading else ""
    return said_of(base, read)


def _notes(material: Material, one: IndicatorResult) -> Iterator[str]:
    words, ledger, title = material.words, material.ledger, one.definition.title
    figure = one.read.figure
    if one.sum is not None and not one.sum.agrees:
        label = said_of(words._("Indicator"), title, words._("the parts together"))
        parts = ledger.number(f"indicator/{one.code}/parts", label, int(one.sum.parts))
        yield words._(
            "%(title)s: the parts come to %(parts)s together, which is not the whole.",
            title=title,
            parts=parts,
        )
    if figure.left_out:
        label = said_of(words._("Indicator"), title, words._("measurements left out"))
        many = ledger.number(f"indicator/{one.code}/left_out", label, figure.left_out)
        yield words._(
            "%(title)s: %(num)s measurements that too few answered are in no figure.", title=title, num=many
        )
    if figure.waiting:
        label = said_of(words._("Indicator"), title, words._("measurements not closed"))
        many = ledger.number(f"indicator/{one.code}/waiting", label, figure.waiting)
        yield words._(
            "%(title)s: %(num)s measurements that have not closed are not in it yet.", title=title, num=many
        )
