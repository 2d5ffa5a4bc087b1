"""What is said of two measurements beside each other: sentences that follow from the numbers."""

from dataclasses import dataclass
from decimal import Decimal

from surveys.domain.intervals import Interval
from surveys.results.change_model import (
    Change,
    ClassChange,
    IndexChange,
    P,
    Paired,
    PairedClasses,
    QuestionChange,
    Side,
)
from surveys.results.model import Measurement
from surveys.web.filters import HARD_SPACE, local, number, percent
from surveys.web.phrases import _, ngettext

LEVEL = 0.05  # under which a difference is said to be more than chance usually gives
SMALLEST_P = 0.001


def names(change: Change) -> tuple[str, str]:
    """What the two measurements are called in headings of columns."""
    if change.before is None or change.after is None or change.before.wave == "pre":
        return _("Before"), _("After")
    return name_of(change.before), name_of(change.after)


def name_of(measurement: Measurement) -> str:
    name = local(measurement.title or {}) or measurement.rule_code
    return f"{name} ({measurement.outside.name})" if measurement.outside else name


@dataclass(frozen=True)
class PairChart:
    """Questions with the same classes. ``rows``: measurement, counts, nothing to add, question."""

    classes: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], str, str], ...]


def pair_charts(change: Change) -> list[PairChart]:
    """What the pairs answered each time, a heading a question; a chart for each set of classes."""
    found: dict[tuple[str, ...], list[tuple[str, tuple[int, ...], str, str]]] = {}
    for question in change.questions:
        paired = question.paired
        if paired is not None and paired.before.bars:
            classes = tuple(local(bar.label) for bar in paired.before.bars)
            found.setdefault(classes, []).extend(
                (name, tuple(bar.share.count for bar in side.bars), "", local(question.text))
                for name, side in zip(names(change), (paired.before, paired.after), strict=True)
            )
    return [PairChart(classes, tuple(rows)) for classes, rows in found.items()]


def counted(paired: Paired, change: Change) -> str:
    """How many went which way."""
    values = {
        "n": number(paired.n),
        "higher": number(paired.higher.count),
        "same": number(paired.same.count),
        "lower": number(paired.lower.count),
    }
    if change.before is not None and change.before.wave == "pre":
        return _(
            "Of %(n)s who answered both before and after, %(higher)s answered higher, %(same)s the same "
            "and %(lower)s lower.",
            **values,
        )
    return _(
        "Of %(n)s who answered both times, %(higher)s answered higher the second time, %(same)s the same "
        "and %(lower)s lower.",
        **values,
    )


def looked_back(paired: Paired) -> str:
    return _(
        "Of %(n)s who afterwards answered about both then and now, %(higher)s put now higher, "
        "%(same)s the same and %(lower)s lower.",
        n=number(paired.n),
        higher=number(paired.higher.count),
        same=number(paired.same.count),
        lower=number(paired.lower.count),
    )


def judged(paired: Paired) -> str:
    """Whether chance could have given as much; never why."""
    if paired.holm is None:
        return _("Fewer than six answered differently the two times: too few to test.")
    if paired.holm < LEVEL:
        return _("Chance alone seldom gives so large a difference (%(p)s).", p=p_text(paired.holm))
    return _("Chance alone may well have given the difference (%(p)s).", p=p_text(paired.holm))


def classes_judged(one: ClassChange) -> str:
    """The adjusted p of a class, or why there is none."""
    return _("too few to test") if one.holm is None else p_text(one.holm)


def let_go(paired: Paired | PairedClasses) -> str:
    return ngettext(
        "%(num)s more answered both times and is left out, so that what few people said cannot be worked "
        "out. Who is left out is decided by which small groups they belong to, and by lot.",
        "%(num)s more answered both times and are left out, so that what few people said cannot be worked "
        "out. Who is left out is decided by which small groups they belong to, and by lot.",
        paired.let_go,
    )


def why_not(question: QuestionChange) -> str:
    """Why a question has no pairs."""
    return _reason(question.why_not)


def _reason(code: str) -> str:
    return {
        "too_few": _("not shown: too few answers"),
        "other_answers": _("Not the same answers to choose from both times: nothing is tested."),
        "not_ordered": _("The answers have no order, so nobody can answer higher or lower."),
        "not_joined": _("Nothing tells which answers are the same person’s, so no change is worked out."),
    }.get(code, "")


def why_no_index(index: IndexChange) -> str:
    """Why an index has no pairs."""
    if index.why_not == "not_asked":
        return _("Its questions are not asked alike both times, or not shown.")
    if index.why_not == "beside_tables":
        return _(
            "Not told beside tables by background: together they would tell what people in hidden groups "
            "answered."
        )
    return _reason(index.why_not)


@dataclass(frozen=True)
class IndexSide:
    """An index at one measurement: ``side`` of all who have one, None where they are too few; ``alpha`` of
    the ``whole`` who answered all of its questions.
    """

    name: str
    side: Side | None
    whole: int
    alpha: Decimal | None


def index_sides(index: IndexChange, called: tuple[str, str]) -> list[IndexSide]:
    """The measurements of which something is said, under the names ``called``."""
    both = (
        IndexSide(called[0], index.before, index.whole_before, index.alpha_before),
        IndexSide(called[1], index.after, index.whole_after, index.alpha_after),
    )
    return [each for each in both if each.side or each.whole]


def p_text(p: P) -> str:
    """ "p = 0,156", or "p < 0,001"."""
    if p is None:
        return "–"
    text = f"p < {number(SMALLEST_P)}" if p < SMALLEST_P else f"p = {number(f'{float(p):.3f}')}"
    return text.replace(" ", HARD_SPACE)


def between(interval: Interval | None, decimals: int = 2) -> str:
    """ "0,12 to 0,88", or a dash."""
    if interval is None:
        return "–"
    low, high = (number(f"{each:.{decimals}f}") for each in (interval.low, interval.high))
    return _("%(low)s to %(high)s", low=low, high=high)


def share_between(interval: Interval, decimals: int) -> str:
    low, high = (percent(f"{100 * each:.{decimals}f}") for each in (interval.low, interval.high))
    return _("%(low)s to %(high)s", low=low, high=high)


def decimal(value: float | None, decimals: int = 2) -> str:
    return "–" if value is None else number(f"{float(value):.{decimals}f}")
