"""Indicators in words: what one counts, what it came to, and the sentence that says how the target stands."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import AT_MOST, Definition, Figure, Judgement, Kind
from surveys.domain.statistics import rounded
from surveys.reporting.indicator_words import IndicatorWords, targets_of
from surveys.reporting.words import Words
from surveys.results.indicator_choices import Choices
from surveys.results.indicators import IndicatorResult, StoredReading, Version
from surveys.web import language
from surveys.web.evaluate.indicator_terms import (
    BASES,
    FAULTS,
    GENDERS,
    KINDS,
    LACKING,
    MEASURES,
    ORIGINS,
    SHORT,
    STAGES,
    VERDICT_TAGS,
    VERDICTS,
)
from surveys.web.filters import local, number, project_decimals, short_date
from surveys.web.phrases import _

__all__ = ["BASES", "GENDERS", "KINDS", "LACKING", "MEASURES", "ORIGINS", "SHORT", "STAGES"]


def verdict(judgement: Judgement) -> tuple[str, str]:
    return VERDICTS[judgement.verdict], VERDICT_TAGS[judgement.verdict]


def value(definition: Definition, amount: Fraction | Decimal, decimals: int | None = None) -> str:
    """A figure or a target with its unit; a figure half up to the decimals, a target at least as written."""
    return _in_words().value(definition, amount, decimals)


def bare(definition: Definition, amount: Fraction | Decimal, decimals: int | None = None) -> str:
    """The same without what it counts: 326."""
    return _in_words().bare(definition, amount, decimals)


def outcome(definition: Definition, figure: Figure, decimals: int) -> str:
    """What it came to: "52 av 77 (67,5 %)", "326 personer"."""
    return _in_words().outcome(definition, figure, decimals)


def percent_of(figure: Figure) -> Decimal:
    """A share as it is printed beside its counts."""
    return rounded(figure.value or Fraction(0), project_decimals())


def sentence(result: IndicatorResult | StoredReading) -> str:
    """How the target stands and why, from the numbers."""
    return _in_words().sentence(result.version, result.read.figure, result.judgement)


def targets(result: IndicatorResult) -> list[tuple[str, str]]:
    """Each target there has been, the original first, with the day from which it held ("" for the first).

    What is counted is said of the last alone: 500, then 330 persons.
    """
    *earlier, last = targets_of(result)
    said = [_target(each.definition, whole=False) for each in earlier]
    days = [short_date(each.decided_on) for each in (*earlier, last)][1:]
    return list(zip([*said, _target(last.definition, whole=True)], ["", *days], strict=True))


def _target(definition: Definition, whole: bool) -> str:
    if definition.target is None:
        return "–"
    return (value if whole else bare)(definition, definition.target)


def _in_words() -> IndicatorWords:
    return IndicatorWords(Words(language.of_page().code), project_decimals())


def told(definition: Definition, choices: Choices) -> list[tuple[str, str]]:
    """A definition as rows of what and how, in the order of its form."""
    return [(name, text) for name, text in _rows(definition, choices) if text]


def _rows(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    series = dict(choices.series)
    yield _("Name"), definition.title
    yield _("Kind"), str(KINDS[definition.kind][0])
    if definition.kind.from_register:
        if definition.kind is not Kind.ATTENDANCES:
            yield _("Counted"), str(STAGES[definition.stage])
        yield _("Outcomes"), ", ".join(definition.outcomes)
        named = ", ".join(series.get(code, code) for code in definition.series)
        yield _("Series counted"), named or _("all series")
        yield from _group(definition, choices)
    if definition.kind is Kind.INDEX:
        yield from _of_index(definition, choices)
    elif definition.kind.from_answers:
        yield from _of_answers(definition, choices)
        yield from _group(definition, choices)
    if definition.kind.from_answers:
        yield _("Least number of answers"), number(definition.minimum_answers)
    yield _("Unit"), definition.unit
    if definition.kind is not Kind.YES_NO:
        yield _("Baseline"), value(definition, definition.baseline) if definition.baseline is not None else ""
        target = value(definition, definition.target) if definition.target is not None else _("none")
        at_most = definition.direction == AT_MOST and definition.target is not None
        yield _("Target"), _("at most %(target)s", target=target) if at_most else target
    yield _("Reading date"), short_date(definition.reads_on) if definition.reads_on else ""
    yield _("Note"), definition.note


def _of_answers(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    asked = [choices.question(path) for path in definition.questions]
    texts = [
        f"{local(each.text)} ({each.series}, {local(each.questionnaire)})" if each else path
        for each, path in zip(asked, definition.questions, strict=True)
    ]
    yield _("Questions"), "; ".join(texts)
    if definition.kind is Kind.SHARE:
        first = next((each for each in asked if each), None)
        labels = {code: local(label) for code, label in first.classes} if first else {}
        label = labels.get(definition.threshold, definition.threshold)
        yield _("Threshold"), _("“%(label)s” or above", label=label)
        yield _("Base"), str(BASES[definition.base])


def _of_index(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    known = {path: f"{name} ({series})" for path, name, series in choices.indexes}
    yield _("Index"), "; ".join(known.get(path, path) for path in definition.indexes)
    yield _("Counted"), str(MEASURES[definition.measure])
    yield _("At least the value"), number(Decimal(definition.threshold)) if definition.threshold else ""


def _group(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    organisations = dict(choices.organisations)
    yield _("Organisation"), organisations.get(definition.organisation, definition.organisation)
    yield _("Gender"), str(GENDERS[definition.gender]) if definition.gender else ""


def what_changed(
    before: Version, after: Version, choices: Choices
) -> list[tuple[str, str | None, str | None]]:
    """The rows that differ between two versions: what, before, after."""
    old, new = dict(told(before.definition, choices)), dict(told(after.definition, choices))
    names = list(dict.fromkeys([*old, *new]))
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def fault(code: str) -> str | None:
    return str(FAULTS[code]) if code in FAULTS else None
