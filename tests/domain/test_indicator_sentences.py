"""How the target of an indicator stands, in Swedish: the sentence is true of the numbers it names."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from surveys.domain.indicators import (
    AT_MOST,
    INDEX_SHARE,
    Definition,
    Figure,
    Judgement,
    Kind,
    PartResult,
    Verdict,
    judged,
)
from surveys.reporting.indicator_told import Told
from surveys.reporting.indicator_words import gap, tally
from surveys.reporting.words import Words
from surveys.results.indicator_behind import Read
from surveys.results.indicators import StoredReading, Version

MOMENT, DAY = datetime(2027, 1, 4, 9, tzinfo=UTC), date(2027, 1, 4)


def sentence(definition: Definition, figure: Figure, judgement: Judgement) -> str:
    version = Version(1, 1, definition, DAY, "", "", "", MOMENT)
    reading = StoredReading(1, DAY, MOMENT, "due", Read(figure), version, judgement, False, "", "")
    return Told(Words("sv"), reading).sentence().replace("\u00a0", " ").replace("\u202f", " ")


def of(kind: Kind, figure: Figure, parts: tuple[PartResult, ...] = (), **said: Any) -> str:
    numbers = {
        name: Decimal(value) if name in ("target", "baseline") else value for name, value in said.items()
    }
    definition = Definition(kind, "Mål", **numbers)
    return sentence(definition, figure, judged(definition, figure, parts, 1))


def share(k: int, n: int) -> Figure:
    return Figure(Fraction(100 * k, n), k, n, "answered", n)


def persons(many: int) -> Figure:
    return Figure(Fraction(many), base="present")


def mean(value: str, n: int) -> Figure:
    return Figure(Fraction(value), base="answered", n=n)


@pytest.mark.parametrize(
    ("kind", "figure", "said", "told"),
    [
        (
            Kind.HEAD_COUNT,
            persons(593),
            {"target": 594},
            "593 av målet 594 personer: inte uppfyllt, 1 saknas.",
        ),
        (
            Kind.HEAD_COUNT,
            persons(594),
            {"target": 594},
            "594 personer, målet är 594 personer: helt uppfyllt.",
        ),
        (Kind.HEAD_COUNT, persons(0), {"target": 1}, "0 av målet 1 person: inte uppfyllt, 1 saknas."),
        (
            Kind.SHARE,
            share(2124, 2500),
            {"target": 85},
            "2 124 av 2 500 (84,96 %), målet är 85 %: inte uppfyllt, 0,04 procentenheter saknas.",
        ),
        (Kind.SHARE, share(17, 20), {"target": 85}, "17 av 20 (85,0 %), målet är 85 %: helt uppfyllt."),
        (
            Kind.SHARE,
            share(10, 20),
            {"target": 85, "baseline": 40},
            "10 av 20 (50,0 %), på väg från ingångsläget 40 % mot målet 85 %: delvis uppfyllt,"
            " 35,0 procentenheter återstår.",
        ),
        (  # lower is better
            Kind.SHARE,
            share(11, 20),
            {"target": 50, "baseline": 60, "direction": AT_MOST},
            "11 av 20 (55,0 %), på väg från ingångsläget 60 % mot målet 50 %: delvis uppfyllt,"
            " 5,0 procentenheter återstår.",
        ),
        (
            Kind.SHARE,
            share(13, 20),
            {"target": 50, "baseline": 60, "direction": AT_MOST},
            "13 av 20 (65,0 %), målet är högst 50 %: inte uppfyllt, 15,0 procentenheter för mycket.",
        ),
        (
            Kind.SHARE,
            share(4, 8),
            {"target": 85, "minimum_answers": 10},
            "8 svar, och minst 10 krävs: kan inte bedömas.",
        ),
        (
            Kind.SHARE,
            Figure(lacking="too_few"),
            {"target": 85},
            "Kan inte bedömas: redovisas ej – för få svar.",
        ),
        (
            Kind.OUTCOMES,
            Figure(lacking="too_few_persons"),
            {"target": 40, "as_share": True},
            "Kan inte bedömas: redovisas ej – för få personer.",
        ),
        (
            Kind.MEAN,
            mean("4.15", 20),
            {"target": "4.2"},
            "4,15 (n = 20), målet är 4,2: inte uppfyllt, 0,05 saknas.",
        ),
        (Kind.INDEX, mean("2.9", 10), {"target": 3}, "2,9 (n = 10), målet är 3: inte uppfyllt, 0,1 saknas."),
        (
            Kind.INDEX,
            Figure(Fraction(70), 7, 10, "index", 10),
            {"target": 70, "measure": INDEX_SHARE},
            "7 av 10 (70,0 %), målet är 70 %: helt uppfyllt.",
        ),
        (Kind.YES_NO, Figure(Fraction(0)), {"target": 1}, "Nej: inte uppfyllt."),
        (
            Kind.OUTSIDE,
            Figure(lacking="nothing_typed"),
            {"target": 1},
            "Kan inte bedömas: ingen uppgift är inskriven.",
        ),
        (
            Kind.OUTSIDE,
            Figure(Fraction("25.5")),
            {"target": 20, "unit": "procent", "direction": AT_MOST},
            "25,5 procent, målet är högst 20 procent: inte uppfyllt, 5,5 för mycket.",
        ),
        (Kind.PRODUCTS, persons(0), {}, "Inget eget mål."),
    ],
)
def test_the_sentence_follows_from_the_numbers(
    kind: Kind, figure: Figure, said: dict[str, Any], told: str
) -> None:
    assert of(kind, figure, **said) == told


def part(name: str, verdict: Verdict) -> PartResult:
    return PartResult(name, persons(1), verdict, True)


def test_parts_are_named_and_those_that_cannot_be_judged_are_no_part_of_every() -> None:
    both = (part("Kvinnor", Verdict.NOT_MET), part("Män", Verdict.UNKNOWN))
    assert of(Kind.HEAD_COUNT, persons(9), both, target=9) == (
        "9 personer, målet är 9 personer: helheten når målet men inte Kvinnor. Delvis uppfyllt."
        " Kan inte bedömas: Män."
    )
    one = (part("Kvinnor", Verdict.MET), part("Män", Verdict.UNKNOWN))
    # the whole has no figure and no target: its parts decide
    assert of(Kind.OUTSIDE, Figure(lacking="nothing_typed"), one, unit="personer") == (
        "Varje del som kan bedömas når sitt mål: helt uppfyllt. Kan inte bedömas: Män."
    )
    # a reading keeps that a part was missed, not which
    definition = Definition(Kind.HEAD_COUNT, "Mål", target=Decimal(9))
    assert sentence(definition, persons(9), Judgement(Verdict.PARTLY, "part_missed")) == (
        "9 personer, målet är 9 personer: helheten är uppfylld, men inte varje del. Delvis uppfyllt."
    )


@pytest.mark.parametrize(
    ("language", "met", "told"),
    [
        ("sv", 1, "1 helt uppfylld, 0 delvis uppfyllda, 2 inte uppfyllda, 1 kan inte bedömas."),
        ("sv", 3, "3 helt uppfyllda, 0 delvis uppfyllda, 2 inte uppfyllda, 1 kan inte bedömas."),
        ("en", 1, "1 met, 0 partly met, 2 not met, 1 cannot be judged."),
    ],
)
def test_one_target_is_told_in_the_singular(language: str, met: int, told: str) -> None:
    verdicts = [Verdict.MET] * met + [Verdict.NOT_MET] * 2 + [Verdict.UNKNOWN]

    assert tally(Words(language), verdicts) == told


@pytest.mark.parametrize(
    ("decimals", "missing", "told"),
    [(0, 1, "1 procentenhet"), (0, 2, "2 procentenheter"), (1, 1, "1,0 procentenheter")],
)
def test_one_percentage_point_is_told_in_the_singular(decimals: int, missing: int, told: str) -> None:
    definition = Definition(Kind.SHARE, "Mål", target=Decimal(50))
    judgement = judged(definition, share(50 - missing, 100), (), decimals)

    assert gap(Words("sv"), definition, judgement) == told
