"""Indicators in words: what one counts, what it came to, and the sentence that says how the target stands."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import AT_MOST, Definition, Figure, Judgement, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.results.indicator_choices import Choices
from surveys.results.indicators import IndicatorResult, StoredReading, Version
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
    VERDICTS,
)
from surveys.web.filters import HARD_SPACE, local, number, percent, project_decimals, short_date
from surveys.web.phrases import _, ngettext

__all__ = ["BASES", "GENDERS", "KINDS", "LACKING", "MEASURES", "ORIGINS", "SHORT", "STAGES"]


def verdict(judgement: Judgement) -> tuple[str, str]:
    text, kind = VERDICTS[judgement.verdict]
    return str(text), kind


def value(definition: Definition, amount: Fraction | Decimal, decimals: int | None = None) -> str:
    """A figure or a target with its unit; a figure half up to the decimals, a target at least as written."""
    if definition.kind is Kind.YES_NO:
        return _("Yes") if amount else _("No")
    if decimals is None and isinstance(amount, Decimal):
        decimals = max(0, -int(amount.normalize().as_tuple().exponent))
    places = project_decimals() if decimals is None else decimals
    if definition.in_percent:
        return percent(rounded(amount, places))
    if definition.is_mean or definition.kind is Kind.OUTSIDE:
        exact = number(rounded(amount, places)) if definition.is_mean else _as_written(amount)
        return f"{exact}{HARD_SPACE}{definition.unit}".strip()
    return _counted(definition, int(amount))


def bare(definition: Definition, amount: Fraction | Decimal, decimals: int | None = None) -> str:
    """The same without what it counts: 326."""
    if definition.kind is Kind.YES_NO or definition.is_mean or definition.in_percent:
        return value(definition, amount, decimals)
    return _as_written(amount)


def outcome(definition: Definition, figure: Figure, decimals: int) -> str:
    """What it came to: "52 av 77 (67,5 %)", "326 personer"."""
    if figure.value is None:
        return ""
    if definition.is_mean:
        n = number(figure.n or 0)
        return _("%(mean)s (n = %(n)s)", mean=value(definition, figure.value, max(1, decimals)), n=n)
    if figure.denominator is not None and definition.in_percent:
        k, n = number(figure.numerator or 0), number(figure.denominator)
        counted = _("%(k)s of %(n)s", k=k, n=n).replace(" ", HARD_SPACE)
        return f"{counted} ({value(definition, figure.value, decimals)})"
    return value(definition, figure.value, decimals)


def percent_of(figure: Figure) -> Decimal:
    """A share as it is printed beside its counts."""
    return rounded(figure.value or Fraction(0), project_decimals())


def sentence(result: IndicatorResult | StoredReading) -> str:
    """How the target stands and why, from the numbers."""
    definition = result.version.definition
    told = _sentence(definition, result.read.figure, result.judgement)
    if result.judgement.open:
        names = ", ".join(result.judgement.open)
        told += " " + _("Cannot be judged: %(parts)s.", parts=names)
    return told


def _sentence(definition: Definition, figure: Figure, judgement: Judgement) -> str:
    if judgement.verdict is Verdict.UNKNOWN:
        return _unknown(definition, figure, judgement)
    if definition.kind is Kind.YES_NO:
        return _("Yes: met.") if judgement.verdict is Verdict.MET else _("No: not met.")
    if definition.target is None:
        return _by_parts(judgement)
    said = {
        "value": outcome(definition, figure, judgement.decimals),
        "bare": bare(definition, figure.value or Fraction(0), judgement.decimals),
        "target": value(definition, definition.target),
        "gap": _gap(definition, judgement),
        "parts": ", ".join(judgement.missed),
        "baseline": value(definition, definition.baseline) if definition.baseline is not None else "",
    }
    return _SENTENCES[judgement.why](definition, said)


def _reached(definition: Definition, said: dict[str, str]) -> str:
    if definition.direction == AT_MOST:
        return _("%(value)s, the target is at most %(target)s: met.", **said)
    return _("%(value)s, the target is %(target)s: met.", **said)


def _missed(definition: Definition, said: dict[str, str]) -> str:
    if definition.direction == AT_MOST:
        return _("%(value)s, the target is at most %(target)s: not met, %(gap)s too much.", **said)
    if definition.kind.adds_up and not definition.in_percent:
        return _("%(bare)s of the target %(target)s: not met, %(gap)s missing.", **said)
    return _("%(value)s, the target is %(target)s: not met, %(gap)s missing.", **said)


def _on_the_way(_definition: Definition, said: dict[str, str]) -> str:
    return _(
        "%(value)s, from the baseline %(baseline)s towards the target %(target)s: partly met, %(gap)s left.",
        **said,
    )


def _part_missed(_definition: Definition, said: dict[str, str]) -> str:
    return _("%(value)s, the target is %(target)s: the whole is met, but not %(parts)s. Partly met.", **said)


_SENTENCES: Mapping[str, Callable[[Definition, dict[str, str]], str]] = {
    "reached": _reached,
    "missed": _missed,
    "on_the_way": _on_the_way,
    "part_missed": _part_missed,
}


def _by_parts(judgement: Judgement) -> str:
    if judgement.verdict is Verdict.MET:
        return _("Every part reaches its target: met.")
    parts = ", ".join(judgement.missed)
    if judgement.verdict is Verdict.PARTLY:
        return _("Not every part reaches its target, not %(parts)s: partly met.", parts=parts)
    return _("No part reaches its target: not met.")


def _unknown(definition: Definition, figure: Figure, judgement: Judgement) -> str:
    if judgement.why == "no_target":
        return _("No target of its own.")
    if judgement.why == "under_minimum":
        n, least = number(figure.n or 0), number(definition.minimum_answers)
        return _("%(n)s answers, and at least %(least)s were asked for: cannot be judged.", n=n, least=least)
    why = str(LACKING[judgement.why]) if judgement.why in LACKING else judgement.why
    return _("Cannot be judged: %(why)s.", why=why)


def _gap(definition: Definition, judgement: Judgement) -> str:
    if judgement.gap is None:
        return ""
    if definition.in_percent:
        points = number(rounded(judgement.gap, judgement.decimals))
        return _("%(num)s percentage points", num=points)
    if definition.is_mean:
        return number(rounded(judgement.gap, max(1, judgement.decimals)))
    return _as_written(judgement.gap)


def _counted(definition: Definition, many: int) -> str:
    if definition.kind in (Kind.HEAD_COUNT, Kind.OUTCOMES):
        told = ngettext("%(num)s person", "%(num)s persons", many)
    elif definition.kind is Kind.ATTENDANCES:
        told = ngettext("%(num)s attendance", "%(num)s attendances", many)
    else:
        return f"{number(many)}{HARD_SPACE}{definition.unit}".strip()
    return told.replace(str(many), number(many), 1).replace(" ", HARD_SPACE)


def _as_written(amount: Fraction | Decimal) -> str:
    """A number typed by somebody: with the decimals it has, at most four."""
    text = f"{rounded(amount, 4):f}"
    return number(text.rstrip("0").rstrip(".") if "." in text else text)


def targets(result: IndicatorResult) -> list[tuple[str, str]]:
    """Each target there has been, the original first, with the day from which it held ("" for the first).

    What is counted is said of the last alone: 500, then 330 persons.
    """
    found: list[tuple[Version, str]] = []
    for version in result.versions:
        same = found and found[-1][0].definition.target == version.definition.target
        if not same:
            found.append((version, short_date(version.decided_on) if found else ""))
    last = len(found) - 1
    return [(_target(each.definition, number == last), since) for number, (each, since) in enumerate(found)]


def _target(definition: Definition, whole: bool) -> str:
    if definition.target is None:
        return "–"
    return (value if whole else bare)(definition, definition.target)


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
