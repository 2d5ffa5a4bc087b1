"""An indicator in words: what it came to, and the sentence that says how its target stands.

Pages and reports say the same. A report writes down every number that it prints: ``keep`` of
:class:`IndicatorWords`.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import AT_MOST, Definition, Figure, Judgement, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.reporting.words import HARD_SPACE, Words
from surveys.results.indicators import IndicatorResult, Version
from surveys.results.model import Share

Amount = Fraction | Decimal
Keep = Callable[[str, str, str, Share | None, str], str]  # part, what it is, as printed, of what, its base
MOST_DECIMALS_TYPED = 4


def _only_said(_part: str, _what: str, printed: str, _share: Share | None, _base: str) -> str:
    return printed


class IndicatorWords:
    """``decimals`` are the project's; ``keep`` is given every figure, and gives back what is printed."""

    def __init__(self, words: Words, decimals: int, keep: Keep = _only_said) -> None:
        self.words, self.decimals, self._keep = words, decimals, keep

    def value(self, definition: Definition, amount: Amount, decimals: int | None = None) -> str:
        """A figure or a target with its unit; a figure half up to ``decimals``, a target at least as
        written.
        """
        words = self.words
        if definition.kind is Kind.YES_NO:
            return words._("Yes") if amount else words._("No")
        if decimals is None and isinstance(amount, Decimal):
            decimals = max(0, -int(amount.normalize().as_tuple().exponent))
        places = self.decimals if decimals is None else decimals
        if definition.in_percent:
            return words.percent(rounded(amount, places))
        if definition.is_mean or definition.kind is Kind.OUTSIDE:
            exact = words.number(rounded(amount, places)) if definition.is_mean else self._as_written(amount)
            return f"{exact}{HARD_SPACE}{definition.unit}".strip()
        return self._counted(definition, int(amount))

    def bare(self, definition: Definition, amount: Amount, decimals: int | None = None) -> str:
        """The same without what it counts: 326."""
        if definition.kind is Kind.YES_NO or definition.is_mean or definition.in_percent:
            return self.value(definition, amount, decimals)
        return self._as_written(amount)

    def outcome(self, definition: Definition, figure: Figure, decimals: int) -> str:
        """What it came to: "52 av 77 (67,5 %)", "326 personer"; "" where there is none."""
        words = self.words
        if figure.value is None:
            return ""
        share = None
        if definition.is_mean:
            mean = self.value(definition, figure.value, max(1, decimals))
            printed = words._("%(mean)s (n = %(n)s)", mean=mean, n=words.number(figure.n or 0))
            printed = printed.replace(" ", HARD_SPACE)
        else:
            printed = self.value(definition, figure.value, decimals)
        if figure.denominator is not None and definition.in_percent:
            share = Share(figure.numerator or 0, figure.denominator, rounded(figure.value, 1))
            printed = f"{words.of(share.count, share.base)} ({printed})"
        base = bases(words).get(figure.base, figure.base)
        return self._keep("outcome", words._("Outcome"), printed, share, base)

    def baseline(self, definition: Definition) -> str:
        if definition.baseline is None or definition.kind is Kind.YES_NO:
            return ""
        return self._figure("baseline", self.words._("Baseline"), self.value(definition, definition.baseline))

    def target(self, version: Version) -> str:
        """The target of a version; a later one is told apart by the day from which it held."""
        definition = version.definition
        if definition.target is None:
            return "–"
        value = self.value(definition, definition.target)
        if definition.kind is Kind.YES_NO:
            return value
        part, what = "target", self.words._("Target")
        if version.number > 1:
            part, what = f"target/{version.number}", f"{what} · {self.words.day(version.decided_on)}"
        return self._figure(part, what, value)

    def sentence(self, version: Version, figure: Figure, judgement: Judgement) -> str:
        """How the target stands and why, from the numbers."""
        words = self.words
        said = self._sentence(version, figure, judgement)
        if judgement.open:
            said += " " + words._("Cannot be judged: %(parts)s.", parts=words.listed(list(judgement.open)))
        return said

    def _sentence(self, version: Version, figure: Figure, judgement: Judgement) -> str:
        words, definition = self.words, version.definition
        if judgement.verdict is Verdict.UNKNOWN:
            return self._unknown(definition, figure, judgement)
        if definition.kind is Kind.YES_NO:
            met = judgement.verdict is Verdict.MET
            return words._("Yes: met.") if met else words._("No: not met.")
        if definition.target is None:
            return self._by_parts(judgement)
        said = {
            "value": self.outcome(definition, figure, judgement.decimals),
            "target": self.target(version),
            "gap": self._gap(definition, judgement),
        }
        at_most = definition.direction == AT_MOST
        if judgement.why == "on_the_way":
            said["baseline"] = self.baseline(definition)
            return words._(
                "%(value)s, from the baseline %(baseline)s towards the target %(target)s: partly met, %(gap)s"
                " left.",
                **said,
            )
        if judgement.why == "part_missed":
            said["parts"] = words.listed(list(judgement.missed))
            return words._(
                "%(value)s, the target is %(target)s: the whole is met, but not %(parts)s. Partly met.",
                **said,
            )
        if judgement.why == "reached" and at_most:
            return words._("%(value)s, the target is at most %(target)s: met.", **said)
        if judgement.why == "reached":
            return words._("%(value)s, the target is %(target)s: met.", **said)
        if at_most:
            return words._("%(value)s, the target is at most %(target)s: not met, %(gap)s too much.", **said)
        if definition.kind.adds_up and not definition.in_percent:
            said["bare"] = self.bare(definition, figure.value or Fraction(0), judgement.decimals)
            return words._("%(bare)s of the target %(target)s: not met, %(gap)s missing.", **said)
        return words._("%(value)s, the target is %(target)s: not met, %(gap)s missing.", **said)

    def _by_parts(self, judgement: Judgement) -> str:
        words = self.words
        if judgement.verdict is Verdict.MET:
            return words._("Every part reaches its target: met.")
        if judgement.verdict is Verdict.PARTLY:
            parts = words.listed(list(judgement.missed))
            return words._("Not every part reaches its target, not %(parts)s: partly met.", parts=parts)
        return words._("No part reaches its target: not met.")

    def _unknown(self, definition: Definition, figure: Figure, judgement: Judgement) -> str:
        words = self.words
        if judgement.why == "no_target":
            return words._("No target of its own.")
        if judgement.why == "under_minimum":
            least = words._("Least number of answers")
            return words._(
                "%(n)s answers, and at least %(least)s were asked for: cannot be judged.",
                n=self._figure("n", "n", words.number(figure.n or 0)),
                least=self._figure("minimum", least, words.number(definition.minimum_answers)),
            )
        why = lacking(words).get(judgement.why, judgement.why)
        return words._("Cannot be judged: %(why)s.", why=why)

    def _gap(self, definition: Definition, judgement: Judgement) -> str:
        gap, words, decimals = judgement.gap, self.words, judgement.decimals
        if gap is None:
            return ""
        if definition.in_percent:
            printed = words._("%(num)s percentage points", num=words.number(rounded(gap, decimals)))
        elif definition.is_mean:
            printed = words.number(rounded(gap, max(1, decimals)))
        else:
            printed = self._as_written(gap)
        return self._figure("gap", words._("between outcome and target"), printed)

    def _figure(self, part: str, what: str, printed: str) -> str:
        return self._keep(part, what, printed, None, "")

    def _counted(self, definition: Definition, many: int) -> str:
        words = self.words
        if definition.kind in (Kind.HEAD_COUNT, Kind.OUTCOMES):
            told = words.ngettext("%(num)s person", "%(num)s persons", many)
        elif definition.kind is Kind.ATTENDANCES:
            told = words.ngettext("%(num)s attendance", "%(num)s attendances", many)
        else:
            return f"{words.number(many)}{HARD_SPACE}{definition.unit}".strip()
        return told.replace(" ", HARD_SPACE)

    def _as_written(self, amount: Amount) -> str:
        """A number typed by somebody: with the decimals it has, at most four."""
        text = f"{rounded(amount, MOST_DECIMALS_TYPED):f}"
        return self.words.number(Decimal(text.rstrip("0").rstrip(".") if "." in text else text))


def targets_of(result: IndicatorResult) -> list[Version]:
    """The versions that set a target of their own, the original first, up to the one in force."""
    found: list[Version] = []
    for version in result.versions:
        if version.number > result.version.number:
            continue
        if not found or found[-1].definition.target != version.definition.target:
            found.append(version)
    return found


def verdicts(words: Words) -> dict[str, str]:
    return {
        Verdict.MET: words._("met"),
        Verdict.PARTLY: words._("partly met"),
        Verdict.NOT_MET: words._("not met"),
        Verdict.UNKNOWN: words._("cannot be judged"),
    }


def stages(words: Words) -> dict[str, str]:
    """How far a person has come, in the order of the forms."""
    return {
        "registered": words._("registered"),
        "present": words._("present at least once"),
        "started": words._("started"),
        "completed": words._("completed"),
        "dropped_out": words._("dropped out"),
    }


def bases(words: Words) -> dict[str, str]:
    """What the denominator of an outcome counts."""
    return {
        "answered": words._("all who answered the question"),
        "invited": words._("questionnaires sent out"),
        "pairs": words._("paired answers (the same person before and after)"),
        "attendances": words._("attendances"),
        "index": words._("all who have answered enough of the index’s questions"),
        **stages(words),
    }


def groups(words: Words) -> dict[str, str]:
    """The genders that an indicator may be of."""
    return {
        "woman": words._("women"),
        "man": words._("men"),
        "other": words._("another gender"),
        "not_stated": words._("gender not stated"),
    }


def lacking(words: Words) -> dict[str, str]:
    """Why there is no figure."""
    return {
        "too_few": words._("not shown: too few answers"),
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
        "no_figure": words._("there is no figure"),
        "under_minimum": words._("fewer answers than the least that was decided"),
        "not_joined": words._("nothing tells which answers before and after are one person’s"),
        "other_answers": words._("the question did not have the same answers before and after"),
        "not_ordered": words._("the answers have no order"),
        "not_asked": words._("its questions are not asked alike before and after"),
        "index_gone": words._("no index holds these questions any more"),
        "no_such_group": words._("nobody there is known to belong to the group, or all are"),
        "other_classes": words._("the question had other answers there"),
    }
