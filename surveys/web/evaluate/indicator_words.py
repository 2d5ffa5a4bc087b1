"""Indicators on pages, in their language: what one counts, came to, and how its target stands."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import Definition, Figure, Judgement, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.reporting import indicator_words as named
from surveys.reporting.indicator_told import Told, target_versions
from surveys.reporting.words import Words
from surveys.results.indicator_choices import Choices
from surveys.results.indicators import IndicatorResult, StoredReading, Version
from surveys.web import language
from surveys.web.evaluate.indicator_terms import FAULTS, KINDS, MEASURES, ORIGINS, STAGES, VERDICTS
from surveys.web.filters import local, number, project_decimals, short_date
from surveys.web.phrases import _

__all__ = ["KINDS", "MEASURES", "ORIGINS", "STAGES"]


def _words() -> Words:
    return Words(language.current())


def verdict(judgement: Judgement) -> tuple[str, str]:
    """What a judgement is called, and how it is coloured."""
    return named.verdict_name(_words(), judgement.verdict), VERDICTS[judgement.verdict]


def tally(verdicts: Sequence[Verdict]) -> str:
    """How many targets are met, partly met and not: "1 helt uppfylld, 2 delvis uppfyllda …"."""
    return named.tally(_words(), verdicts)


def base_name(base: str, questions: int = 1) -> str:
    return named.base_name(_words(), base, questions)


def genders() -> dict[str, str]:
    return named.groups(_words())


def lacking(why: str) -> str:
    """Why there is no figure."""
    return named.lacking(_words(), why)


def short(why: str) -> str:
    """The same in a cell of a table."""
    if why == "too_few":
        return _("not reported – too few answers")
    if why in ("too_few_persons", "few_persons_apart"):
        return _("not reported – too few persons")
    return _("not read then") if why == "no_reading_then" else "–"


def value(definition: Definition, amount: Fraction | Decimal, decimals: int | None = None) -> str:
    """A figure or a target with its unit; a figure half up to the decimals, a target as it was written."""
    places = project_decimals() if decimals is None and isinstance(amount, Fraction) else decimals
    return named.value(_words(), definition, amount, places)


def bare(definition: Definition, amount: Fraction | Decimal) -> str:
    """The same without what it counts: 326."""
    return named.bare(_words(), definition, amount)


def outcome(definition: Definition, figure: Figure, decimals: int) -> str:
    """What it came to: "52 av 77 (67,5 %)", "326 personer"."""
    return named.outcome(_words(), definition, figure, decimals)


def percent_of(figure: Figure, decimals: int) -> Decimal:
    """A share as it is printed beside its counts."""
    return rounded(figure.value or Fraction(0), decimals)


def sentence(result: IndicatorResult | StoredReading) -> str:
    """How the target stands and why, from the numbers."""
    return Told(_words(), result).sentence()


def targets(result: IndicatorResult) -> list[tuple[str, str]]:
    """Each target there has been, the original first, with the day from which it held ("" for the first).

    What is counted is said of the last alone: 500, then 330 persons.
    """
    *earlier, last = target_versions(result)
    found = [(_target(each.definition, whole=False), each) for each in earlier]
    found.append((_target(last.definition, whole=True), last))
    return [
        (text, short_date(each.decided_on) if position else "") for position, (text, each) in enumerate(found)
    ]


def _target(definition: Definition, whole: bool) -> str:
    if definition.target is None:
        return "–"
    if whole:
        return named.aim(_words(), definition, value(definition, definition.target))
    return bare(definition, definition.target)


def aim(definition: Definition) -> str:
    """The target as it stands alone, "" for none."""
    return "" if definition.target is None else _target(definition, whole=True)


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
        yield _("Target"), aim(definition) or _("none")
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
        yield _("Base"), base_name(definition.base, len(definition.questions))


def _of_index(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    known = {path: f"{name} ({series})" for path, name, series in choices.indexes}
    yield _("Index"), "; ".join(known.get(path, path) for path in definition.indexes)
    yield _("Counted"), str(MEASURES[definition.measure])
    yield _("At least the value"), number(Decimal(definition.threshold)) if definition.threshold else ""


def _group(definition: Definition, choices: Choices) -> Iterator[tuple[str, str]]:
    organisations = dict(choices.organisations)
    names = [organisations.get(code, code) for code in definition.organisations]
    yield _("Organisation"), " + ".join(names)
    yield _("Work group"), " + ".join(definition.work_groups)
    yield _("Gender"), genders()[definition.gender] if definition.gender else ""


def what_changed(
    before: Version, after: Version, choices: Choices
) -> list[tuple[str, str | None, str | None]]:
    """The rows that differ between two versions: what, before, after."""
    old, new = dict(told(before.definition, choices)), dict(told(after.definition, choices))
    names = list(dict.fromkeys([*old, *new]))
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def fault(code: str) -> str | None:
    return str(FAULTS[code]) if code in FAULTS else None
