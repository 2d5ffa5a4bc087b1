"""The sentence that says how the target of an indicator stands, and why: the same on pages and in reports."""

from surveys.domain.indicators import AT_MOST, Kind, Verdict
from surveys.domain.statistics import rounded
from surveys.reporting import indicator_words as told
from surveys.reporting.figures import Ledger
from surveys.reporting.names import said_of
from surveys.reporting.words import Words
from surveys.results.indicators import IndicatorResult, StoredReading, Version
from surveys.results.model import Share


def target_versions(result: IndicatorResult) -> list[Version]:
    """The versions that set a target unlike the one before, the original first, up to the one that holds."""
    found: list[Version] = []
    for version in result.versions:
        same = found and found[-1].definition.target == version.definition.target
        if not same and version.number <= result.version.number:
            found.append(version)
    return found or [result.version]


class Told:
    """What is said of one indicator, or of one of its readings."""

    def __init__(self, words: Words, result: IndicatorResult | StoredReading) -> None:
        self.words, self.result, self.version = words, result, result.version
        self.definition, self.judgement = result.version.definition, result.judgement
        self.figure = result.read.figure

    def outcome(self) -> str:
        """ "52 av 77 (67,5 %)", "326 personer", with decimals that tell it from its target; "" for none."""
        return told.outcome(self.words, self.definition, self.figure, self.judgement.decimals)

    def target(self, version: Version | None = None) -> str:
        definition = (version or self.version).definition
        return "–" if definition.target is None else told.value(self.words, definition, definition.target)

    def baseline(self) -> str:
        if self.definition.baseline is None or self.definition.kind is Kind.YES_NO:
            return ""
        return told.value(self.words, self.definition, self.definition.baseline)

    def gap(self) -> str:
        return told.gap(self.words, self.definition, self.judgement)

    def answers(self) -> str:
        return self.words.number(self.figure.n or 0)

    def least(self) -> str:
        return self.words.number(self.definition.minimum_answers)

    def sentence(self) -> str:
        """How the target stands and why, from the numbers."""
        said = self._sentence()
        if self.judgement.open:
            open_parts = self.words.listed(list(self.judgement.open))
            said += " " + self.words._("Cannot be judged: %(parts)s.", parts=open_parts)
        return said

    def _sentence(self) -> str:
        words, judgement = self.words, self.judgement
        if judgement.verdict is Verdict.UNKNOWN:
            return self._unknown()
        if self.definition.target is None:
            return self._by_parts()
        if self.definition.kind is Kind.YES_NO:
            return self._yes_or_no()
        if judgement.why == "reached":
            return self._reached()
        if judgement.why == "on_the_way":
            return words._(
                "%(value)s, from the baseline %(baseline)s towards the target %(target)s: partly met,"
                " %(gap)s left.",
                value=self.outcome(),
                baseline=self.baseline(),
                target=self.target(),
                gap=self.gap(),
            )
        return self._part_missed() if judgement.why == "part_missed" else self._missed()

    def _yes_or_no(self) -> str:
        words = self.words
        if self.judgement.why == "part_missed" and self.judgement.missed:
            parts = words.listed(list(self.judgement.missed))
            return words._("Yes, but not %(parts)s: partly met.", parts=parts)
        if self.judgement.why == "part_missed":
            return words._("Yes, but not in every part: partly met.")
        return words._("Yes: met.") if self.judgement.verdict is Verdict.MET else words._("No: not met.")

    def _reached(self) -> str:
        said = {"value": self.outcome(), "target": self.target()}
        if self.definition.direction == AT_MOST:
            return self.words._("%(value)s, the target is at most %(target)s: met.", **said)
        return self.words._("%(value)s, the target is %(target)s: met.", **said)

    def _missed(self) -> str:
        words, said = self.words, {"value": self.outcome(), "target": self.target(), "gap": self.gap()}
        if self.definition.direction == AT_MOST:
            return words._("%(value)s, the target is at most %(target)s: not met, %(gap)s too much.", **said)
        if self.definition.kind.adds_up and not self.definition.in_percent and self.figure.value is not None:
            bare = told.bare(words, self.definition, self.figure.value, self.judgement.decimals)
            return words._("%(bare)s of the target %(target)s: not met, %(gap)s missing.", bare=bare, **said)
        return words._("%(value)s, the target is %(target)s: not met, %(gap)s missing.", **said)

    def _part_missed(self) -> str:
        words, said = self.words, {"value": self.outcome(), "target": self.target()}
        if not self.judgement.missed:  # a reading keeps that a part was missed, not which
            return words._(
                "%(value)s, the target is %(target)s: the whole is met, but not every part. Partly met.",
                **said,
            )
        parts = words.listed(list(self.judgement.missed))
        return words._(
            "%(value)s, the target is %(target)s: the whole is met, but not %(parts)s. Partly met.",
            parts=parts,
            **said,
        )

    def _by_parts(self) -> str:
        words, judgement = self.words, self.judgement
        if judgement.verdict is Verdict.PARTLY:
            if not judgement.missed:
                return words._("Not every part reaches its target: partly met.")
            parts = words.listed(list(judgement.missed))
            return words._("Not every part reaches its target, not %(parts)s: partly met.", parts=parts)
        met = judgement.verdict is Verdict.MET
        if judgement.open:
            if met:
                return words._("Every part that can be judged reaches its target: met.")
            return words._("No part that can be judged reaches its target: not met.")
        return (
            words._("Every part reaches its target: met.")
            if met
            else words._("No part reaches its target: not met.")
        )

    def _unknown(self) -> str:
        words, why = self.words, self.judgement.why
        if why == "no_target":
            return words._("No target of its own.")
        if why == "under_minimum":
            return words.ngettext(
                "%(n)s answer, and at least %(least)s were asked for: cannot be judged.",
                "%(n)s answers, and at least %(least)s were asked for: cannot be judged.",
                self.figure.n or 0,
                n=self.answers(),
                least=self.least(),
            )
        return words._("Cannot be judged: %(why)s.", why=told.lacking(words, why))


class Frozen(Told):
    """The same in a report: every number said goes through the ledger, so that the list of figures has it."""

    def __init__(self, words: Words, ledger: Ledger, result: IndicatorResult) -> None:
        super().__init__(words, result)
        self.ledger, self.key = ledger, f"indicator/{result.code}"

    def outcome(self) -> str:
        printed = super().outcome()
        if not printed:
            return ""
        figure, words, share = self.figure, self.words, None
        if figure.denominator is not None and figure.value is not None and self.definition.in_percent:
            share = Share(figure.numerator or 0, figure.denominator, rounded(figure.value, 1))
        base = told.base_name(words, figure.base, len(self.definition.questions)) if figure.base else ""
        return self.ledger.written(
            f"{self.key}/outcome", self._label(words._("Outcome")), printed, share, base
        )

    def target(self, version: Version | None = None) -> str:
        printed, of = super().target(version), version or self.version
        if of.definition.target is None or of.definition.kind is Kind.YES_NO:
            return printed
        since = self.words.day(of.decided_on) if of.number > 1 else ""
        part = f"target/{of.number}" if since else "target"
        return self._figure(part, said_of(self.words._("Target"), since), printed)

    def baseline(self) -> str:
        printed = super().baseline()
        return self._figure("baseline", self.words._("Baseline"), printed) if printed else ""

    def gap(self) -> str:
        printed = super().gap()
        return self._figure("gap", self.words._("between outcome and target"), printed) if printed else ""

    def answers(self) -> str:
        return self._figure("n", "n", super().answers())

    def least(self) -> str:
        return self._figure("minimum", self.words._("Least number of answers"), super().least())

    def _figure(self, part: str, what: str, printed: str) -> str:
        return self.ledger.written(f"{self.key}/{part}", self._label(what), printed)

    def _label(self, what: str) -> str:
        return said_of(self.words._("Indicator"), self.definition.title, what)
