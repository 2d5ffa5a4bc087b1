"""An indicator in the words of a report: what it came to, and the sentence that says how its target stands.

Every number said goes through the ledger, so that the list of figures has it.
"""

from decimal import Decimal
from fractions import Fraction

from surveys.domain.indicators import AT_MOST, Definition, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.reporting.material import Material
from surveys.reporting.names import said_of
from surveys.reporting.words import HARD_SPACE, Words
from surveys.results.indicators import IndicatorResult, Version
from surveys.results.model import Share

Amount = Fraction | Decimal
MOST_DECIMALS_TYPED = 4


class Told:
    """What is said of one indicator. ``result`` is judged with the decimals that tell it from its target."""

    def __init__(self, material: Material, result: IndicatorResult) -> None:
        self.words, self.ledger, self.result = material.words, material.ledger, result
        self.definition, self.judgement = result.definition, result.judgement
        self.key = f"indicator/{result.code}"

    def baseline(self) -> str:
        if self.definition.baseline is None or self.definition.kind is Kind.YES_NO:
            return ""
        return self._figure("baseline", self.words._("Baseline"), self._value(self.definition.baseline))

    def targets(self) -> list[tuple[str, str]]:
        """Each target there has been, the original first, with the day from which it held ("" for it)."""
        found: list[tuple[str, str]] = []
        known: object = self
        for version in self.result.versions:
            if version.number > self.result.version.number or version.definition.target == known:
                continue
            known = version.definition.target
            since = self.words.day(version.decided_on) if found else ""
            found.append((self._target(version), since))
        return found

    def outcome(self) -> str:
        """ "52 av 77 (67,5 %)", "326 personer"; "" where there is none."""
        figure, definition, words = self.result.read.figure, self.definition, self.words
        if figure.value is None:
            return ""
        printed = self._value(figure.value, self.judgement.decimals)
        if definition.kind is Kind.MEAN:
            n = words.number(figure.n or 0)
            printed = words._("%(mean)s (n = %(n)s)", mean=printed, n=n).replace(" ", HARD_SPACE)
        share = None
        if figure.denominator is not None and definition.in_percent:
            share = Share(figure.numerator or 0, figure.denominator, rounded(figure.value, 1))
            printed = f"{words.of(share.count, share.base)} ({printed})"
        base = base_name(words, figure.base) if figure.base else ""
        return self.ledger.written(
            f"{self.key}/outcome", self._label(words._("Outcome")), printed, share, base
        )

    def sentence(self) -> str:
        """How the target stands and why, from the numbers."""
        judgement, words = self.judgement, self.words
        said = self._sentence()
        if judgement.open:
            said += " " + words._("Cannot be judged: %(parts)s.", parts=words.listed(list(judgement.open)))
        return said

    def _sentence(self) -> str:
        words, definition, judgement = self.words, self.definition, self.judgement
        if judgement.verdict is Verdict.UNKNOWN:
            return self._unknown()
        if definition.kind is Kind.YES_NO:
            met = judgement.verdict is Verdict.MET
            return words._("Yes: met.") if met else words._("No: not met.")
        if definition.target is None:
            return self._by_parts()
        said = {
            "value": self.outcome(),
            "target": self._target(self.result.version),
            "gap": self._gap(),
            "parts": words.listed(list(judgement.missed)),
            "baseline": self.baseline(),
        }
        if judgement.why == "reached" and definition.direction == AT_MOST:
            return words._("%(value)s, the target is at most %(target)s: met.", **said)
        if judgement.why == "reached":
            return words._("%(value)s, the target is %(target)s: met.", **said)
        if judgement.why == "on_the_way":
            return words._(
                "%(value)s, from the baseline %(baseline)s towards the target %(target)s: partly met,"
                " %(gap)s left.",
                **said,
            )
        if judgement.why == "part_missed":
            return words._(
                "%(value)s, the target is %(target)s: the whole is met, but not %(parts)s. Partly met.",
                **said,
            )
        if definition.direction == AT_MOST:
            return words._("%(value)s, the target is at most %(target)s: not met, %(gap)s too much.", **said)
        return words._("%(value)s, the target is %(target)s: not met, %(gap)s missing.", **said)

    def _by_parts(self) -> str:
        words, judgement = self.words, self.judgement
        if judgement.verdict is Verdict.MET:
            return words._("Every part reaches its target: met.")
        if judgement.verdict is Verdict.PARTLY:
            parts = words.listed(list(judgement.missed))
            return words._("Not every part reaches its target, not %(parts)s: partly met.", parts=parts)
        return words._("No part reaches its target: not met.")

    def _unknown(self) -> str:
        words, figure, why = self.words, self.result.read.figure, self.judgement.why
        if why == "no_target":
            return words._("No target of its own.")
        if why == "under_minimum":
            n = self._figure("n", "n", words.number(figure.n or 0))
            least = self._figure(
                "minimum", words._("Least number of answers"), words.number(self.definition.minimum_answers)
            )
            return words._(
                "%(n)s answers, and at least %(least)s were asked for: cannot be judged.", n=n, least=least
            )
        return words._("Cannot be judged: %(why)s.", why=lacking(words, why))

    def _gap(self) -> str:
        gap, words, decimals = self.judgement.gap, self.words, self.judgement.decimals
        if gap is None:
            return ""
        if self.definition.in_percent:
            printed = words._("%(num)s percentage points", num=words.number(rounded(gap, decimals)))
        elif self.definition.kind is Kind.MEAN:
            printed = words.number(rounded(gap, max(1, decimals)))
        else:
            printed = self._as_written(gap)
        return self._figure("gap", words._("between outcome and target"), printed)

    def _target(self, version: Version) -> str:
        definition = version.definition
        if definition.target is None:
            return "–"
        value = self._value(definition.target, definition=definition)
        if definition.kind is Kind.YES_NO:
            return value
        since = self.words.day(version.decided_on) if version.number > 1 else ""
        part = f"target/{version.number}" if since else "target"
        return self._figure(part, said_of(self.words._("Target"), since), value)

    def _value(
        self, amount: Amount, decimals: int | None = None, definition: Definition | None = None
    ) -> str:
        """With its unit; a figure half up to ``decimals``, what somebody typed as it was written."""
        what, words = definition or self.definition, self.words
        if what.kind is Kind.YES_NO:
            return words._("Yes") if amount else words._("No")
        typed = self._as_written(amount) if decimals is None else ""
        if what.in_percent:
            return words.percent(rounded(amount, decimals)) if decimals is not None else self._typed(amount)
        if what.kind is Kind.MEAN:
            exact = typed or words.number(rounded(amount, max(1, decimals or 0)))
            return f"{exact}{HARD_SPACE}{what.unit}".strip()
        if what.kind is Kind.OUTSIDE:
            return f"{self._as_written(amount)}{HARD_SPACE}{what.unit}".strip()
        return _counted(words, what, int(amount))

    def _typed(self, amount: Amount) -> str:
        """A share that was typed, with the decimals it was typed with."""
        exponent = Decimal(str(amount)).normalize().as_tuple().exponent
        return self.words.percent(rounded(amount, max(0, -int(exponent))))

    def _as_written(self, amount: Amount) -> str:
        text = f"{rounded(amount, MOST_DECIMALS_TYPED):f}"
        return self.words.number(Decimal(text.rstrip("0").rstrip(".")))

    def _figure(self, part: str, what: str, printed: str) -> str:
        return self.ledger.written(f"{self.key}/{part}", self._label(what), printed)

    def _label(self, what: str) -> str:
        return said_of(self.words._("Indicator"), self.definition.title, what)


def verdict_name(words: Words, verdict: Verdict) -> str:
    return {
        Verdict.MET: words._("met"),
        Verdict.PARTLY: words._("partly met"),
        Verdict.NOT_MET: words._("not met"),
        Verdict.UNKNOWN: words._("cannot be judged"),
    }[verdict]


def base_name(words: Words, base: str) -> str:
    """What the denominator of an outcome counts."""
    return {
        "answered": words._("all who answered the question"),
        "invited": words._("questionnaires sent out"),
        "pairs": words._("paired answers (the same person before and after)"),
        "attendances": words._("attendances"),
        "registered": words._("registered"),
        "present": words._("present at least once"),
        "started": words._("started"),
        "completed": words._("completed"),
        "dropped_out": words._("dropped out"),
    }.get(base, base)


def lacking(words: Words, why: str) -> str:
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
        "not_joined": words._("nothing tells which answers before and after are one person’s"),
        "other_answers": words._("the question did not have the same answers before and after"),
        "not_ordered": words._("the answers have no order"),
        "other_classes": words._("the question had other answers there"),
    }.get(why, words._("there is no figure"))


def _counted(words: Words, definition: Definition, many: int) -> str:
    if definition.kind in (Kind.HEAD_COUNT, Kind.OUTCOMES):
        told = words.ngettext("%(num)s person", "%(num)s persons", many)
    elif definition.kind is Kind.ATTENDANCES:
        told = words.ngettext("%(num)s attendance", "%(num)s attendances", many)
    else:
        told = f"{words.number(many)} {definition.unit}".strip()
    return told.replace(" ", HARD_SPACE)
