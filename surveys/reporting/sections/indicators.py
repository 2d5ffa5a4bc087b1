"""Indicators: baseline, target (the original first), outcome, and how the target stands and why."""

from collections.abc import Iterator

from surveys.reporting.document import Block, Bullets, Cell, Paragraph, Table
from surveys.reporting.indicator_told import Frozen, target_versions
from surveys.reporting.indicator_words import aim, base_name, groups, lacking, verdict_name
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.results.indicators import IndicatorResult


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
                    f"{each.definition.title}: {_told(material, each).sentence()}"
                    for each, _depth in every
                    if each.judgement.why != "no_target"
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


def _row(material: Material, one: IndicatorResult, depth: int) -> tuple[Cell, ...]:
    words, told = material.words, _told(material, one)
    outcome = told.outcome()
    return (
        Cell(f"{'– ' * depth}{one.definition.title}", _group(material, one)),
        Cell(told.baseline() or "–"),
        _targets(material, told, one),
        Cell(outcome, _of(material, one)) if outcome else Cell("–", lacking(words, one.read.figure.lacking)),
        _verdict(material, one),
    )


def _verdict(material: Material, one: IndicatorResult) -> Cell:
    words = material.words
    preliminary = words._("preliminary") if one.preliminary else ""
    if one.judgement.why == "no_target":
        return Cell("–", words._("no target of its own"))
    return Cell(verdict_name(words, one.judgement.verdict), preliminary)


def _group(material: Material, one: IndicatorResult) -> str:
    """Whom it counts, where that is not everyone."""
    words, definition = material.words, one.definition
    gender = groups(words)[definition.gender] if definition.gender else ""
    named = " + ".join(material.organisations.get(code, code) for code in definition.organisations)
    return said_of(gender, named, " + ".join(definition.work_groups))


def _told(material: Material, one: IndicatorResult) -> Frozen:
    return Frozen(material.words, material.ledger, one)


def _targets(material: Material, told: Frozen, one: IndicatorResult) -> Cell:
    """The last leads; the original and what came between stand beneath it."""
    words = material.words
    *before, last = [(each, aim(words, each.definition, told.target(each))) for each in target_versions(one)]
    version, printed = last
    if not before:
        return Cell(printed)
    earlier, since = " → ".join(text for _version, text in before), words.day(version.decided_on)
    return Cell(printed, words._("since %(day)s; before that %(targets)s", day=since, targets=earlier))


def _of(material: Material, one: IndicatorResult) -> str:
    """What the outcome is a share of, and the day it was read."""
    words, figure = material.words, one.read.figure
    several = len(one.definition.questions)
    base = base_name(words, figure.base, several) if figure.base and one.definition.in_percent else ""
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
        yield words.ngettext(
            "%(title)s: %(num)s measurement that too few answered is in no figure.",
            "%(title)s: %(num)s measurements that too few answered are in no figure.",
            figure.left_out,
            title=title,
            num=many,
        )
    if figure.waiting:
        label = said_of(words._("Indicator"), title, words._("measurements not closed"))
        many = ledger.number(f"indicator/{one.code}/waiting", label, figure.waiting)
        yield words.ngettext(
            "%(title)s: %(num)s measurement that has not closed is not in it yet.",
            "%(title)s: %(num)s measurements that have not closed are not in it yet.",
            figure.waiting,
            title=title,
            num=many,
        )
