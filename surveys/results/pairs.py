"""From pairs that may be shown to what is said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from surveys.domain import paired as tests
from surveys.domain.intervals import clopper_pearson
from surveys.domain.paired import Differences, Number
from surveys.domain.pairing import Joined, Table, differences, side
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.reliability import mean, quartiles, standard_deviation
from surveys.domain.statistics import rounded
from surveys.domain.texts import LocalText
from surveys.results.change_model import (
    ClassChange,
    IndexChange,
    Over,
    Paired,
    PairedClasses,
    QuestionChange,
    Side,
)
from surveys.results.kinds import share
from surveys.results.model import Bar, QuestionResult, Share

Declared = tuple[LocalText, frozenset[Number]]  # a class: what it is called, and the points in it


@dataclass(frozen=True)
class Ruler:
    """How answers to a question are measured: the number each class stands for, or any number.

    ``numbers``: whether means can be taken of them, else only their order counts. ``top``: the classes
    printed together.
    """

    labels: Mapping[Number, tuple[str, LocalText]]
    numbers: bool = True
    top: frozenset[Number] = frozenset()
    top_labels: tuple[LocalText, ...] = ()


def ruler_of(question: QuestionResult) -> tuple[Ruler, dict[str, Number]] | None:
    """How a question is measured, and the number of each code; None of one whose answers have no order."""
    if question.kind == "number":
        return Ruler({}), {}
    if question.kind != "scale":
        return None
    numbers = all(bar.code.isascii() and bar.code.isdigit() for bar in question.points)
    places: dict[str, Number] = {
        bar.code: int(bar.code) if numbers else place for place, bar in enumerate(question.points, start=1)
    }
    if list(places.values()) != sorted(set(places.values())):  # numbers that do not rise with the scale
        numbers, places = False, {code: place for place, code in enumerate(places, start=1)}
    labels = {places[bar.code]: (bar.code, bar.label) for bar in question.points}
    top = question.top
    return (
        Ruler(
            labels,
            numbers,
            frozenset(places[code] for code in top.codes) if top else frozenset(),
            top.labels if top else (),
        ),
        places,
    )


def paired_of(
    found: Joined, places: tuple[int, int], ruler: Ruler, limit: Limit, decimals: int
) -> Paired | None:
    """What is said of the pairs of two measurements; None where none may be shown."""
    table = found.pairs(*places)
    n, let_go = table.total(), found.let_go(*places)
    if not n:
        return None
    by_size = differences(table)
    ways, test = tests.directions(by_size), tests.signed_rank(by_size)
    others = found.others(*places)
    if let_go or shown(list(others.values()), others.total(), limit) is not Verdict.SHOWN:
        others.clear()
    return Paired(
        n=n,
        let_go=let_go,
        higher=share(ways.higher, n, decimals),
        same=share(ways.same, n, decimals),
        lower=share(ways.lower, n, decimals),
        higher_between=clopper_pearson(ways.higher, n),
        before=side_of(side(table, 0), ruler, decimals),
        after=side_of(side(table, 1), ruler, decimals),
        test=test,
        rank_between=tests.rank_biserial_interval(by_size),
        mean=_mean_difference(by_size) if ruler.numbers else None,
        over=_over(table, ruler, decimals) if ruler.top else None,
        others=side_of(others, ruler, decimals) if others else None,
    )


def side_of(counted: Mapping[Number, int], ruler: Ruler, decimals: int) -> Side:
    n = sum(counted.values())
    bars = tuple(
        Bar(code, label, share(counted.get(value, 0), n, decimals))
        for value, (code, label) in ruler.labels.items()
    )
    middle, deviation, cuts = mean(counted), standard_deviation(counted), quartiles(counted)
    if not ruler.numbers or middle is None or cuts is None:
        return Side(n, bars)
    finest = max(1, decimals)
    low, median, high = (rounded(cut, finest) for cut in cuts)
    return Side(
        n=n,
        bars=bars,
        median=median,
        lower_quartile=low,
        upper_quartile=high,
        mean=rounded(middle, finest),
        deviation=None if deviation is None else rounded(Decimal(deviation), finest),
    )


def classes_of_question(question: QuestionResult) -> tuple[list[Declared], dict[str, Number]]:
    """Which classes are compared one by one, and the number of each code: those declared of a scale, of one
    choice every option. Of two options the first tells all.
    """
    places: dict[str, Number] = {bar.code: place for place, bar in enumerate(question.points, start=1)}
    if question.kind == "one_choice":
        told = question.points[:1] if len(places) == 2 else question.points
        return [(bar.label, frozenset({places[bar.code]})) for bar in told], places
    measure = ruler_of(question) if question.kind == "scale" else None
    if measure is None:
        return [], {}
    _, places = measure
    return [(bar.label, frozenset(places[code] for code in bar.codes)) for bar in question.merged], places


def classes_of(
    found: Joined, places: tuple[int, int], declared: Sequence[Declared], decimals: int
) -> PairedClasses | None:
    """The classes among the pairs of two measurements; None where there are none, or none may be shown."""
    table = found.pairs(*places)
    if not table or not declared:
        return None
    classes = [ClassChange(label, *_crossed(table, inside, decimals)) for label, inside in declared]
    return PairedClasses(table.total(), found.let_go(*places), tuple(classes))


def classes_adjusted(found: Sequence[PairedClasses | None]) -> list[PairedClasses | None]:
    """The same, each p adjusted for all classes of all (Holm)."""
    values = iter(tests.holm([one.test.p for each in found if each for one in each.classes]))
    return [
        each and replace(each, classes=tuple(replace(one, holm=next(values)) for one in each.classes))
        for each in found
    ]


def adjusted(found: Sequence[Paired | None]) -> list[Paired | None]:
    """The same, each with its p adjusted for all of them (Holm)."""
    values = tests.holm([each.test.p if each else None for each in found])
    return [each and replace(each, holm=p) for each, p in zip(found, values, strict=True)]


def indexes_with_holm(found: Sequence[IndexChange]) -> tuple[IndexChange, ...]:
    """A family of their own: they are made of questions that are tested by themselves."""
    pairs = adjusted([each.paired for each in found])
    return tuple(replace(each, paired=one) for each, one in zip(found, pairs, strict=True))


def with_holm(questions: Sequence[QuestionChange]) -> tuple[QuestionChange, ...]:
    """Each p beside the one adjusted for all tested here; looking back and classes are families apart."""
    first = adjusted([each.paired for each in questions])
    second = adjusted([each.looking_back for each in questions])
    third = classes_adjusted([each.classes for each in questions])
    return tuple(
        replace(each, paired=one, looking_back=other, classes=classes)
        for each, one, other, classes in zip(questions, first, second, third, strict=True)
    )


def _mean_difference(by_size: Differences) -> tests.MeanDifference | None:
    found = tests.mean_difference(by_size)
    return found if found is not None and found.n > 1 else None


def _over(table: Table, ruler: Ruler, decimals: int) -> Over:
    return Over(ruler.top_labels, *_crossed(table, ruler.top, decimals))


def _crossed(table: Table, inside: frozenset[Number], decimals: int) -> tuple[Share, Share, tests.Crossings]:
    """How many of the pairs answered within a class before, and after; and who came to it and left it."""
    stayed = up = down = 0
    for (one, other), count in table.items():
        if one in inside and other in inside:
            stayed += count
        elif other in inside:
            up += count
        elif one in inside:
            down += count
    n = table.total()
    return (
        share(stayed + down, n, decimals),
        share(stayed + up, n, decimals),
        tests.crossings(up, down),
    )
