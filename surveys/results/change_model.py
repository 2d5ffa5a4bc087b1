"""What a reader of before and after is given: counts of pairs, what follows from them, in no language yet."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from surveys.domain.intervals import Interval
from surveys.domain.paired import Crossings, MeanDifference, Number, SignedRank
from surveys.domain.texts import LocalText
from surveys.results.model import Bar, Measurement, QuestionResult, SeriesResults, Share

P = Fraction | float | None


@dataclass(frozen=True, slots=True)
class Side:
    """What the pairs answered one of the times. ``bars`` where there are classes; ``median``, the quartiles,
    ``mean`` and ``deviation`` (n − 1) where they are numbers.
    """

    n: int
    bars: tuple[Bar, ...] = ()
    median: Decimal | None = None
    lower_quartile: Decimal | None = None
    upper_quartile: Decimal | None = None
    mean: Decimal | None = None
    deviation: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """The upper points together among the pairs, before and after, and how many crossed over."""

    labels: tuple[LocalText, ...]
    before: Share
    after: Share
    test: Crossings


@dataclass(frozen=True, slots=True)
class Paired:
    """The same persons before and after. All shares are of the ``n`` pairs.

    ``let_go`` more answered both times and are left out, so that the few who answered once stay unseen.
    ``higher_between`` is where the share that answered higher may lie (Clopper–Pearson). ``holm`` is the p of
    ``test`` adjusted for all questions tested beside it. ``others``: what those answered before who are not
    among the pairs; None where there are none, or where pairs were let go and stand among them.
    """

    n: int
    let_go: int
    higher: Share
    same: Share
    lower: Share
    higher_between: Interval
    before: Side
    after: Side
    test: SignedRank
    rank_between: Interval | None
    mean: MeanDifference | None
    over: Over | None
    others: Side | None
    holm: P = None


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One class of answers (or several declared as one) among the pairs: who chose it, before and after, and
    how many came to it and left it. ``holm`` is the p adjusted for all classes tested on the page.
    """

    label: LocalText
    before: Share
    after: Share
    test: Crossings
    holm: P = None


@dataclass(frozen=True, slots=True)
class PairedClasses:
    """Classes of the same persons before and after. ``let_go`` as in Paired. Where there are but two, one
    of them tells of both.
    """

    n: int
    let_go: int
    classes: tuple[ClassChange, ...]


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question at two measurements, each with the answers of its whole group.

    ``alike``: both offered the same answers in the same words; ``same_wording`` that the question was put in
    the same words. ``paired`` is None where ``why_not`` says why: ``too_few``, ``other_answers``,
    ``not_ordered`` (its answers have no order, nor are they single classes), or ``not_joined`` (nothing tells
    which answers are one person's). ``then`` was asked afterwards about the time before, and ``looking_back``
    pairs it with what the same persons answered about now.
    """

    code: str
    text: LocalText
    before: QuestionResult | None
    after: QuestionResult
    alike: bool
    same_wording: bool
    paired: Paired | None = None
    why_not: str = ""
    then: QuestionResult | None = None
    looking_back: Paired | None = None
    classes: PairedClasses | None = None  # of one choice, or as classes of a scale were declared


@dataclass(frozen=True, slots=True)
class IndexChange:
    """Several questions as one: the mean of the answers of a person who gave at least ``minimum`` of them.

    ``alpha_before`` and ``alpha_after`` are Cronbach's alpha of the ``whole_before`` and ``whole_after`` who
    answered every question; None where they are too few, or it does not exist. ``why_not``: ``too_few``,
    ``not_joined``, ``not_asked`` where its questions are not asked alike both times, or ``beside_tables``
    where answers are told by background: then nothing of it is.

    ``codes`` are those of its questions; ``values`` the index at the second measurement, paired or not, and
    how many have it: of all whose value may be shown beside the questions; empty where they are too few.
    ``before`` and ``after`` say the same of each measurement, where the questions were asked and those who
    have an index may be shown: an index need not have been asked both times.
    """

    id: int
    name: str
    texts: tuple[LocalText, ...]
    minimum: int
    whole_before: int = 0
    whole_after: int = 0
    alpha_before: Decimal | None = None
    alpha_after: Decimal | None = None
    paired: Paired | None = None
    why_not: str = ""
    declared_at: datetime | None = None
    codes: tuple[str, ...] = ()
    values: tuple[tuple[Number, int], ...] = ()
    before: Side | None = None
    after: Side | None = None


@dataclass(frozen=True, slots=True)
class Indexable:
    """A question that an index can hold, and at which of the two measurements it is asked so."""

    question: QuestionResult
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Two measurements of a series, beside each other.

    ``choices``: those that can be chosen, in their order. ``pairs`` persons have answered both (None where
    nothing tells). ``why_not`` says why nothing is laid beside each other: ``nothing_before``,
    ``nothing_after`` or ``withheld`` (a measurement is not shown); indexes of the one that is shown are told
    of all the same. ``once``: asked at one of them alone. ``beside_tables``: answers are told by background,
    so no index is.
    """

    series: SeriesResults
    choices: tuple[Measurement, ...]
    before: Measurement | None
    after: Measurement | None
    pairs: int | None = None
    why_not: str = ""
    questions: tuple[QuestionChange, ...] = ()
    indexes: tuple[IndexChange, ...] = ()
    indexable: tuple[Indexable, ...] = ()
    once: tuple[tuple[LocalText, bool], ...] = ()  # the text, and whether it was asked before
    beside_tables: bool = False

    @property
    def joined(self) -> bool:
        """Whether anything tells which answers before and after are one person's."""
        return self.pairs is not None
