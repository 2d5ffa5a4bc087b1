"""What indicators are called and come to, in the words of a report or of a page."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import AT_MOST, Definition, Figure, Judgement, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.reporting.words import HARD_SPACE, Words

Amount = Fraction | Decimal
MOST_DECIMALS_TYPED = 4


def verdict_name(words: Words, verdict: Verdict) -> str:
    return {
        Verdict.MET: words._("met"),
        Verdict.PARTLY: words._("partly met"),
        Verdict.NOT_MET: words._("not met"),
        Verdict.UNKNOWN: words._("cannot be judged"),
    }[verdict]


def tally(words: Words, verdicts: Sequence[Verdict]) -> str:
    """How many targets are met, partly met, not met and cannot be judged, in one sentence."""
    many = Counter(verdicts)
    met, partly = many[Verdict.MET], many[Verdict.PARTLY]
    missed, unknown = many[Verdict.NOT_MET], many[Verdict.UNKNOWN]
    told = (
        words.ngettext("%(num)s met", "%(num)s met", met),
        words.ngettext("%(num)s partly met", "%(num)s partly met", partly),
        words.ngettext("%(num)s not met", "%(num)s not met", missed),
        words.ngettext("%(num)s cannot be judged", "%(num)s cannot be judged", unknown),
    )
    return f"{', '.join(told)}."


def base_name(words: Words, base: str, questions: int = 1) -> str:
    """What the denominator of an outcome counts; of several questions each person has several answers."""
    several = {
        "answered": words._("all answers to the questions; one person may have answered several"),
        "invited": words._("questionnaires sent out, once for each question"),
        "pairs": words._("paired answers to the questions (the same person before and after)"),
    }
    one = {
        "answered": words._("all who answered the question"),
        "invited": words._("questionnaires sent out"),
        "pairs": words._("paired answers (the same person before and after)"),
        "attendances": words._("attendances"),
        "index": words._("all who have answered enough of the index’s questions"),
        "registered": words._("persons registered"),
        "present": words._("persons present at least once"),
        "started": words._("persons who have started"),
        "completed": words._("persons who have completed"),
        "dropped_out": words._("persons who have dropped out"),
    }
    return (several if questions > 1 and base in several else one).get(base, base)


def groups(words: Words) -> dict[str, str]:
    """The genders that an indicator may be of."""
    return {
        "woman": words._("women"),
        "man": words._("men"),
        "other": words._("another gender"),
        "not_stated": words._("gender not stated"),
    }


def lacking(words: Words, why: str) -> str:
    """Why there is no figure."""
    return {
        "too_few": words._("not shown: too few answers"),
        "too_few_persons": words._("not shown: too few persons to count among"),
        "few_persons_apart": words._(
            "not shown: beside another indicator it would tell the outcomes of a few persons; let both count"
            " the same persons"
        ),
        "until_closed": words._("the questionnaire has not closed yet"),
        "too_close": words._("not shown: beside the figures of today it would tell what a few have answered"),
        "not_measured": words._("nothing has been measured"),
        "nothing_typed": words._("no figure has been noted"),
        "no_reading_then": words._("nothing had been read by then"),
        "no_series": words._("the series is not there any more"),
        "attendance_not_kept": words._("attendance is not kept in the series"),
        "no_completion_rule": words._("the series does not say when it is completed"),
        "nobody": words._("there is nobody to take the share of"),
        "more_than_asked": words._(
            "papers that nobody was asked by are among the answers, so they are no share of what was sent"
        ),
        "not_numeric": words._("the classes of the question are no numbers"),
        "under_minimum": words._("fewer answers than the least that was decided"),
        "not_joined": words._("nothing tells which answers before and after are one person’s"),
        "other_answers": words._("the question did not have the same answers before and after"),
        "not_ordered": words._("the answers have no order"),
        "not_asked": words._("its questions are not asked alike before and after"),
        "beside_tables": words._("not told beside tables by background, for the sake of hidden groups"),
        "index_gone": words._("no index holds these questions any more"),
        "no_such_group": words._(
            "nobody there is known to belong to the group, or all are, or answers are not told by it"
        ),
        "other_classes": words._("the question had other answers there"),
    }.get(why, words._("there is no figure"))


def value(words: Words, definition: Definition, amount: Amount, decimals: int | None = None) -> str:
    """A figure half up to ``decimals``, with its unit; without them a number as it was written."""
    if definition.kind is Kind.YES_NO:
        return words._("Yes") if amount else words._("No")
    if definition.in_percent:
        return words.percent(rounded(amount, _written_places(amount) if decimals is None else decimals))
    if definition.is_mean or definition.kind is Kind.OUTSIDE:
        rounds = definition.is_mean and decimals is not None
        exact = words.number(rounded(amount, decimals or 0)) if rounds else as_written(words, amount)
        return f"{exact}{HARD_SPACE}{definition.unit}".strip()
    return _counted(words, definition, int(amount))


def bare(words: Words, definition: Definition, amount: Amount, decimals: int | None = None) -> str:
    """The same without what it counts: 326."""
    if definition.kind is Kind.YES_NO or definition.is_mean or definition.in_percent:
        return value(words, definition, amount, decimals)
    return as_written(words, amount)


def aim(words: Words, definition: Definition, printed: str) -> str:
    """A target as it stands alone: "330 personer", "högst 20 procent"."""
    if definition.target is None or definition.direction != AT_MOST or definition.kind is Kind.YES_NO:
        return printed
    return words._("at most %(target)s", target=printed)


def outcome(words: Words, definition: Definition, figure: Figure, decimals: int) -> str:
    """What it came to: "52 av 77 (67,5 %)", "326 personer"; "" where there is no figure."""
    if figure.value is None:
        return ""
    if definition.is_mean:
        mean = value(words, definition, figure.value, max(1, decimals))
        told = words._("%(mean)s (n = %(n)s)", mean=mean, n=words.number(figure.n or 0))
        return told.replace(" ", HARD_SPACE)
    printed = value(words, definition, figure.value, decimals)
    if figure.denominator is not None and definition.in_percent:
        return f"{words.of(figure.numerator or 0, figure.denominator)} ({printed})"
    return printed


def gap(words: Words, definition: Definition, judgement: Judgement) -> str:
    """How far the outcome is from the target."""
    if judgement.gap is None:
        return ""
    if definition.in_percent:
        points = rounded(judgement.gap, judgement.decimals)
        # 1,0 is read as several, in both languages
        many = 1 if str(points) == "1" else 2
        return words.ngettext(
            "%(num)s percentage point", "%(num)s percentage points", many, num=words.number(points)
        )
    if definition.is_mean:
        return words.number(rounded(judgement.gap, max(1, judgement.decimals)))
    return as_written(words, judgement.gap)


def as_written(words: Words, amount: Amount) -> str:
    """A number typed by somebody: with the decimals it has, at most four."""
    return words.number(rounded(amount, min(MOST_DECIMALS_TYPED, _written_places(amount))))


def _written_places(amount: Amount) -> int:
    exact = amount if isinstance(amount, Decimal) else rounded(amount, MOST_DECIMALS_TYPED)
    return max(0, -int(exact.normalize().as_tuple().exponent))


def _counted(words: Words, definition: Definition, many: int) -> str:
    if definition.kind in (Kind.HEAD_COUNT, Kind.OUTCOMES):
        told = words.ngettext("%(num)s person", "%(num)s persons", many)
    elif definition.kind is Kind.ATTENDANCES:
        told = words.ngettext("%(num)s attendance", "%(num)s attendances", many)
    else:
        told = f"{words.number(many)} {definition.unit}".strip()
    return told.replace(" ", HARD_SPACE)
