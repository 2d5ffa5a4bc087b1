"""Indicators: what is to be reached, by when, and whether it was. Judged from exact figures, in no language.

The rules of judgement, the same for every kind:

- *cannot be judged*: there is no figure, no target, fewer answers than the least the definition asks for, or
  the figure is not shown. A figure that is not shown is not judged either: the judgement would tell it.
- *met*: the exact figure reaches the target, and so does every part with a target of its own that can be
  judged. 593 of 594 is not met, nor is 84.96 % of a target of 85.
- *partly met*: the whole is reached but a part is not; or a share, a mean or a figure from outside has left
  its baseline in the direction of the target without reaching it. A count is reached or not: it has no
  "partly" of its own, since every count has left nought.
- *not met*: everything else.

Where the whole has no target of its own its parts decide, whether it has a figure or not: all that can be
judged met is met, some is partly, none is not met.
Everything is preliminary until it has been read once the reading date has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from surveys.domain.statistics import rounded

MOST_DECIMALS = 6


class Kind(StrEnum):
    """What is counted or measured."""

    HEAD_COUNT = "head_count"  # unique persons
    ATTENDANCES = "attendances"
    OUTCOMES = "outcomes"  # persons of whom an outcome has been noted
    SHARE = "share"  # answers at or above a class
    MEAN = "mean"
    PAIRS = "pairs"  # the same persons before and after: how many answered higher
    INDEX = "index"  # several questions as one: a person's mean of them
    PRODUCTS = "products"  # dated entries
    YES_NO = "yes_no"
    OUTSIDE = "outside"  # a figure somebody else made

    @property
    def from_answers(self) -> bool:
        return self in (Kind.SHARE, Kind.MEAN, Kind.PAIRS, Kind.INDEX)

    @property
    def typed(self) -> bool:
        """Whether its readings are typed in, with their source."""
        return self in (Kind.YES_NO, Kind.OUTSIDE)

    @property
    def from_register(self) -> bool:
        return self in (Kind.HEAD_COUNT, Kind.ATTENDANCES, Kind.OUTCOMES)

    @property
    def adds_up(self) -> bool:
        """Whether the parts of a whole should come to the whole."""
        return self in (Kind.HEAD_COUNT, Kind.ATTENDANCES, Kind.PRODUCTS, Kind.OUTCOMES, Kind.OUTSIDE)


class Verdict(StrEnum):
    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"  # cannot be judged


BASES = ("answered", "invited")  # samtliga svarande; av antal enkätutskick
AT_LEAST, AT_MOST = "at_least", "at_most"
INDEX_MEAN, INDEX_SHARE, INDEX_HIGHER = MEASURES = ("mean", "share", "higher")
"""What is said of an index: its mean, how many have a value or a higher one, how many have risen."""
YES, NO = Decimal(1), Decimal(0)


def index_path(series: str, minimum: int, questions: Sequence[str]) -> str:
    """How a definition names an index (see :class:`Definition`)."""
    return f"{series}/{minimum}/{'+'.join(questions)}"


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator means, in one version. Codes are those of the project; empty means all.

    ``questions`` are ``series/questionnaire/question``, ``indexes`` are
    ``series/minimum/question+question``: what an index holds names it, so that another one declared under its
    name is not taken for it. ``unit`` says what an outside figure counts.
    """

    kind: Kind
    title: str
    stage: str = "registered"
    series: tuple[str, ...] = ()
    gender: str = ""
    organisations: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    as_share: bool = False
    questions: tuple[str, ...] = ()
    threshold: str = ""
    base: str = "answered"
    unit: str = ""
    direction: str = AT_LEAST
    baseline: Decimal | None = None
    target: Decimal | None = None
    reads_on: date | None = None
    minimum_answers: int = 0
    note: str = ""
    indexes: tuple[str, ...] = ()
    measure: str = INDEX_MEAN
    work_groups: tuple[str, ...] = ()

    @property
    def of_a_group(self) -> bool:
        """Whether it counts those of a gender, of organisations or of work groups alone."""
        return bool(self.gender or self.organisations or self.work_groups)

    @property
    def in_percent(self) -> bool:
        if self.kind is Kind.INDEX:
            return self.measure != INDEX_MEAN
        return self.kind in (Kind.SHARE, Kind.PAIRS) or (self.kind is Kind.OUTCOMES and self.as_share)

    @property
    def is_mean(self) -> bool:
        return self.kind is Kind.MEAN or (self.kind is Kind.INDEX and self.measure == INDEX_MEAN)

    @property
    def partial(self) -> bool:
        """Whether having left the baseline is part of the way."""
        return self.in_percent or self.is_mean or self.kind is Kind.OUTSIDE

    @property
    def below_baseline(self) -> bool:
        """Whether the target lies on the other side of the baseline than its direction says, or at it."""
        if self.target is None or self.baseline is None:
            return False
        return self.target <= self.baseline if self.direction == AT_LEAST else self.target >= self.baseline


@dataclass(frozen=True, slots=True)
class Figure:
    """A reading of an indicator. ``value`` is exact, in per cent where it is a share; None where ``lacking``
    says why there is none. ``base`` names what ``denominator`` counts, ``n`` is how many answers there are.

    ``left_out`` counts measurements that too few answered: they are in no figure, so that none of them can be
    had by subtracting; ``waiting`` those whose answers are not shown until they close.
    """

    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    base: str = ""
    n: int | None = None
    lacking: str = ""
    left_out: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class PartResult:
    """A part of a whole: its name, what it came to, and how it was judged against a target of its own."""

    name: str
    figure: Figure
    verdict: Verdict
    has_target: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """``why`` is a stable code, the rest what a sentence needs: ``gap`` is how far the figure is from the
    target (never negative), ``decimals`` how many it takes to tell the two apart; ``missed`` and ``open``
    name the parts that were not met and those that cannot be judged.
    """

    verdict: Verdict
    why: str
    gap: Fraction | None = None
    decimals: int = 0
    missed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def judged(definition: Definition, figure: Figure, parts: Sequence[PartResult], decimals: int) -> Judgement:
    """How the target stands, from the figure and from the parts; ``decimals`` are the project's."""
    verdict, why, gap = _whole(definition, figure)
    missed = tuple(each.name for each in parts if each.verdict in (Verdict.NOT_MET, Verdict.PARTLY))
    unknown = tuple(each.name for each in parts if each.has_target and each.verdict is Verdict.UNKNOWN)
    if verdict is Verdict.MET and missed:
        verdict, why = Verdict.PARTLY, "part_missed"
    elif definition.target is None:
        verdict, why = _by_parts(parts, missed, why)
    return Judgement(verdict, why, gap, _telling(definition, figure, decimals), missed, unknown)


def _whole(definition: Definition, figure: Figure) -> tuple[Verdict, str, Fraction | None]:
    if figure.value is None:
        return Verdict.UNKNOWN, figure.lacking or "no_figure", None
    if definition.kind.from_answers and (figure.n or 0) < definition.minimum_answers:
        return Verdict.UNKNOWN, "under_minimum", None
    if definition.target is None:
        return Verdict.UNKNOWN, "no_target", None
    sign = 1 if definition.direction == AT_LEAST else -1
    target = Fraction(definition.target)
    gap = abs(figure.value - target)
    if sign * (figure.value - target) >= 0:
        return Verdict.MET, "reached", gap
    if definition.partial and definition.baseline is not None:
        baseline = Fraction(definition.baseline)
        if sign * (figure.value - baseline) > 0 and sign * (target - baseline) > 0:
            return Verdict.PARTLY, "on_the_way", gap
    return Verdict.NOT_MET, "missed", gap


def _by_parts(parts: Sequence[PartResult], missed: Sequence[str], why: str) -> tuple[Verdict, str]:
    counted = [each for each in parts if each.has_target and each.verdict is not Verdict.UNKNOWN]
    if not counted:
        return Verdict.UNKNOWN, why
    if not missed:
        return Verdict.MET, "parts_reached"
    if any(each.verdict in (Verdict.MET, Verdict.PARTLY) for each in counted):
        return Verdict.PARTLY, "part_missed"
    return Verdict.NOT_MET, "parts_missed"


def _telling(definition: Definition, figure: Figure, decimals: int) -> int:
    """The decimals with which figure, target and the gap between them are not mistaken for each other."""
    value, target = figure.value, definition.target
    if value is None or target is None or value == Fraction(target):
        return decimals
    apart = abs(value - Fraction(target))
    return next(
        (
            places
            for places in range(decimals, MOST_DECIMALS)
            if rounded(value, places) != rounded(target, places) and rounded(apart, places)
        ),
        MOST_DECIMALS,
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """What the parts come to beside the whole. ``targets`` is None where not all of them have one."""

    whole: Fraction
    parts: Fraction
    targets: tuple[Decimal, Decimal] | None = None
    names: tuple[str, ...] = field(default=())

    @property
    def agrees(self) -> bool:
        return self.whole == self.parts

    @property
    def targets_agree(self) -> bool:
        return self.targets is None or self.targets[0] == self.targets[1]


def checked_sum(
    definition: Definition, figure: Figure, parts: Sequence[tuple[Definition, Figure]]
) -> Sum | None:
    """Whether the whole is the sum of its parts; None where parts do not add up, or one has no figure."""
    if not parts or not definition.kind.adds_up or definition.in_percent or figure.value is None:
        return None
    values = [each.value for part, each in parts if not part.in_percent and each.value is not None]
    if len(values) < len(parts):
        return None
    targets = [part.target for part, _ in parts if part.target is not None]
    both = None
    if definition.target is not None and len(targets) == len(parts):
        both = (definition.target, sum(targets, Decimal(0)))
    return Sum(figure.value, sum(values, Fraction(0)), both, tuple(part.title for part, _ in parts))
