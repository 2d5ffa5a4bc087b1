"""Readings of what people answered: none stands beside another with which it would tell of a few."""

from fractions import Fraction
from random import Random

import pytest

from surveys.domain.indicators import Definition, Figure, Kind
from surveys.domain.readings_apart import Read, told_readings

QUESTION = ("kurs/efter/overall",)


def share(k: int, n: int) -> Figure:
    return Figure(Fraction(100 * k, n), k, n, "answered", n)


def mean(total: int, n: int) -> Figure:
    return Figure(Fraction(total, n), None, None, "answered", n)


def asks(threshold: str = "3", kind: Kind = Kind.SHARE, **more: str) -> Definition:
    return Definition(kind, "Mål", questions=QUESTION, threshold=threshold, **more)  # type: ignore[arg-type]


CASES = {
    "nobody has come since": ([share(30, 40)], share(30, 40), [True]),
    "one was taken back": ([share(30, 40)], share(29, 39), [False]),
    "five came": ([share(30, 40)], share(33, 45), [True]),
    "five came, and all are in the class": ([share(30, 40)], share(35, 45), [False]),
    "five came, and none is in the class": ([share(30, 40)], share(30, 45), [False]),
    "ten came, and all are in the class": ([share(30, 40)], share(40, 50), [True]),
    "one went and another came": ([share(30, 40)], share(31, 40), [False]),
    "six papers after each of two readings": ([share(35, 46), share(30, 40)], share(40, 52), [True, True]),
    "two papers between two readings": ([share(32, 42), share(30, 40)], share(37, 50), [True, False]),
    "a mean of five more, who may be alike": ([mean(120, 40)], mean(140, 45), [False]),
    "a mean of ten more": ([mean(120, 40)], mean(150, 50), [True]),
    "nothing is shown today": ([share(3, 7)], Figure(lacking="too_few"), [True]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_reading_is_told_where_nobody_few_lies_between(case: str) -> None:
    found, today, shown = CASES[case]
    kind = Kind.MEAN if found[0].numerator is None else Kind.SHARE
    read = [Read(number, asks(kind=kind), each) for number, each in enumerate(found)]
    told = told_readings(read, [(asks(kind=kind), today)], 5)
    assert [number in told for number in range(len(found))] == shown


def test_another_threshold_counts_the_same_persons_and_another_group_does_not() -> None:
    newer, older = share(20, 42), share(30, 40)
    today = [(asks("4"), share(24, 50))]
    assert told_readings([Read(1, asks("4"), newer), Read(2, asks("3"), older)], today, 5) == {1}
    women = asks("3", gender="woman")
    assert told_readings([Read(1, asks("4"), newer), Read(2, women, older)], today, 5) == {1, 2}


def test_whatever_was_read_when_nobody_few_is_had_by_subtracting() -> None:
    """An attacker with all readings of a question that grew, with two thresholds: without a guard he has the
    answers of a few in nearly every one.
    """
    chance, limit = Random(1951), 5
    unguarded = 0
    for _ in range(300):
        answers = [chance.choice("1234") for _ in range(chance.randint(10, 60))]
        days = sorted((chance.randint(5, len(answers)) for _ in range(chance.randint(2, 5))), reverse=True)
        definitions = [asks(chance.choice("34")) for _ in days]

        def figure(definition: Definition, n: int, given: list[str] = answers) -> Figure:
            return share(sum(each >= definition.threshold for each in given[:n]), n)

        read = [
            Read(at, definition, figure(definition, n))
            for at, (definition, n) in enumerate(zip(definitions, days, strict=True))
        ]
        today = [(each.definition, figure(each.definition, len(answers))) for each in read]
        told = told_readings(read, today, limit)
        had = [each for each in read if each.id in told]
        for known, is_guarded in ((read, False), (had, True)):
            moments = [(each.definition, each.figure.n or 0) for each in known]
            moments += [(each, len(answers)) for each in definitions]
            for one, n in moments:
                for other, more in moments:
                    between = answers[n:more]
                    few = 0 < len(between) < limit
                    level = {each >= one.threshold for each in between}
                    alike = one.threshold == other.threshold and limit <= len(between) < 2 * limit
                    if few or (alike and len(level) == 1):
                        unguarded += not is_guarded
                        assert not is_guarded, (known, n, more)
    assert unguarded > 200
