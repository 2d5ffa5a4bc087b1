"""What a reader of results is given: counts and what follows from them, in no language yet.

Pages, export and reports read these, so that one number has one origin. Texts are ``LocalText``; percentages
and means are rounded (half up) with the decimals of the project; a rate always names its base.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from surveys.domain.answer_source import AnswerSource
from surveys.domain.privacy import Verdict
from surveys.domain.questionnaire import ThemeRef
from surveys.domain.statistics import Rate, WordCount
from surveys.domain.texts import LocalText
from surveys.queries.results import Key
from surveys.queries.results_counts import Counts

INVITED = "invited"  # the base of response rates: "av antal enkätutskick"


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``base`` persons; ``percent`` is None where the base holds nobody."""

    count: int
    base: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One class of a distribution: a point, an option, or several points declared as one (``codes``)."""

    code: str
    label: LocalText
    share: Share
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Top:
    """The upper points together, or the lower, added as counts."""

    labels: tuple[LocalText, ...]
    codes: tuple[str, ...]
    share: Share


@dataclass(frozen=True, slots=True)
class Middle:
    """Mean and median, and for numbers the ends; never shown without their n."""

    mean: Decimal
    median: Decimal
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: LocalText | None = None
    deviation: Decimal | None = None  # standard deviation of the sample; None of fewer than two
    lower: Decimal | None = None  # the quartiles, of numbers
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An option put in order: how many gave it each place, the first place first, and how many placed it."""

    code: str
    label: LocalText
    places: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The answers to one question of one measurement.

    ``n`` gave an answer other than "don't know". Where ``verdict`` is not ``shown`` there is nothing else:
    no count, share, word or text is even here; and where the question was asked by the answers to another
    that is not shown, ``n`` is None, since it would tell those. ``versions`` are those the answers were given
    on; ``reworded`` says that its wording was not the same in all of them.
    """

    code: str
    base_code: str  # without the theme: the same for all themes of one question
    theme: str
    text: LocalText
    kind: str
    n: int | None
    verdict: Verdict
    missing: int = 0
    not_asked: int = 0  # whose other answers made it not be asked; they are not missing
    dont_know: int | None = None  # None where that was no answer
    points: tuple[Bar, ...] = ()
    merged: tuple[Bar, ...] = ()
    placed: tuple[Placed, ...] = ()  # those that most put first come first
    several: bool = False  # several answers a person: shares are of n and do not add up
    top: Top | None = None
    middle: Middle | None = None
    words: tuple[WordCount, ...] = ()
    texts: tuple[str, ...] = ()
    adds_to_hundred: bool = True
    generated_note: LocalText | None = None
    versions: tuple[int, ...] = ()
    reworded: bool = False
    bottom: Top | None = None  # as many of the lower points as ``top`` has, where none is in both

    @property
    def shown(self) -> bool:
        return self.verdict is Verdict.SHOWN


@dataclass(frozen=True, slots=True)
class OccasionInfo:
    id: int
    code: str
    number: int | None
    title: str
    kind: str
    round: str | None
    place: str | None
    starts_on: date | None
    ends_on: date | None
    themes: tuple[ThemeRef, ...]
    generated_note: LocalText | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One questionnaire at one target. ``place`` names the target in addresses: an occasion's code or "".

    ``state`` is not_measured (never asked, which is not zero), cancelled, planned, open or closed.
    ``withheld`` says why no answers are shown: too_few, or until_closed (then ``shown_from`` says when).
    """

    state: str
    occasion: OccasionInfo | None
    rule_code: str = ""
    place: str = ""
    key: Key | None = None  # where it is in the database; None where nothing is
    questionnaire_id: int = 0
    wave: str = ""
    questionnaire_code: str = ""
    title: LocalText | None = None
    privacy_mode: str = ""
    reason: str | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    shown_from: datetime | None = None
    registered: int = 0
    present: int | None = None  # at the occasion; None where attendance is not kept
    counts: Counts = field(default_factory=Counts)
    rate: Rate | None = None  # None where nobody has been invited
    response: Share | None = None  # the rate with its percentage
    withheld: str | None = None
    questions: tuple[QuestionResult, ...] = ()
    generated_note: LocalText | None = None
    counted_at: datetime | None = None  # the answers as they were then: some have come or changed since
    outside: AnswerSource | None = None  # who has collected the answers, where nobody gave them in Följa

    @property
    def expected(self) -> bool:
        """Whether there is, or will be, anything to answer."""
        return self.state in ("planned", "open", "closed")

    @property
    def asked(self) -> bool:
        return self.state in ("open", "closed")

    @property
    def shown(self) -> bool:
        return self.asked and self.withheld is None


@dataclass(frozen=True, slots=True)
class Funnel:
    """From registered to submitted. Persons are counted once; ``sent`` counts each questionnaire sent."""

    registered: int
    present: int | None  # persons at least once; None where attendance is not kept
    attendances: int | None
    invited: int
    answered: int | None  # None: answers do not tell whose they are, not even that two are one person's
    sent: Counts
    response: Share | None  # submitted of invited, all measurements together


@dataclass(frozen=True, slots=True)
class SeriesResults:
    id: int
    code: str
    title: str
    audience: str
    project_code: str
    decimals: int
    minimum_group: int
    funnel: Funnel
    measurements: tuple[Measurement, ...]  # before, occasion by occasion, after, others
    generated_note: LocalText | None

    def measurement(self, rule_code: str, place: str) -> Measurement | None:
        return next((m for m in self.measurements if (m.rule_code, m.place) == (rule_code, place)), None)
