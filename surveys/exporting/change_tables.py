"""Before and after as tables: the pairs question by question, their answers class by class, the indexes.

Made of what :mod:`surveys.results.change` gives and of nothing else. A p has three figures, since a rounded
nought would be none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from surveys.domain.intervals import Interval
from surveys.domain.paired import Crossings
from surveys.domain.statistics import rounded
from surveys.domain.texts import LocalText, pick
from surveys.exporting.table_file import Line, Table
from surveys.exporting.words import Words
from surveys.results.change_model import Change, IndexChange, P, Paired, QuestionChange
from surveys.results.model import Measurement, QuestionResult, Share

_DECIMALS = 3  # of correlations, differences and the ends of intervals


def change_tables(changes: Sequence[Change], words: Words, language: str) -> list[Table]:
    """The tables that there is anything to say in, of every two measurements; where nothing lies beside each
    other the indexes alone. The first of ``changes`` says also what cannot be told of its two.
    """
    found: dict[str, Table] = {}
    for number, change in enumerate(changes):
        making = _Making(change, words, language, whole=not number)
        compared = [] if change.after is None or change.why_not else [making.pairs(), making.classes()]
        for table in (*compared, making.indexes()):
            known = found.get(table.code)
            # what is said of one measurement alone is the same whichever other stands beside it
            rows = dict.fromkeys((*known.rows, *table.rows) if known else table.rows)
            found[table.code] = replace(table, rows=tuple(rows))
    return [each for each in found.values() if each.rows]


class _Making:
    def __init__(self, change: Change, words: Words, language: str, whole: bool) -> None:
        self._whole = whole  # whether indexes without pairs are named, with why
        self._change, self._words, self._language = change, words, language
        self._ = words.gettext
        self._measured = self._name(change.before), self._name(change.after)

    def pairs(self) -> Table:
        _ = self._
        heading = (
            _("What is compared"),
            _("Code"),
            _("Question"),
            _("First measurement"),
            _("n of the first"),
            _("Second measurement"),
            _("n of the second"),
            _("Pairs"),
            _("Pairs left out"),
            _("Higher"),
            _("The same"),
            _("Lower"),
            _("Higher, per cent"),
            _("Higher, lower limit"),
            _("Higher, upper limit"),
            _("Median of the first"),
            _("Median of the second"),
            _("Mean of the first"),
            _("Mean of the second"),
            _("Mean difference"),
            _("Mean difference, lower limit"),
            _("Mean difference, upper limit"),
            _("p, paired t"),
            _("Rank-biserial correlation"),
            _("Correlation, lower limit"),
            _("Correlation, upper limit"),
            _("p, Wilcoxon"),
            _("p adjusted (Holm)"),
            _("Note"),
        )
        return Table("before-after", _("Before and after"), heading, tuple(self._all_pairs()))

    def classes(self) -> Table:
        _ = self._
        heading = (
            _("Code"),
            _("Question"),
            _("First measurement"),
            _("Second measurement"),
            _("What is counted"),
            _("Class"),
            _("Pairs"),
            _("Count of the first"),
            _("First, per cent"),
            _("Count of the second"),
            _("Second, per cent"),
            _("Came to it"),
            _("Left it"),
            _("p, McNemar"),
            _("p adjusted (Holm)"),
        )
        rows = [
            (question.code, self._text(question.text), *self._measured, *line)
            for question in self._change.questions
            for line in self._classes(question)
        ]
        return Table("before-after-classes", _("Before and after, classes"), heading, tuple(rows))

    def indexes(self) -> Table:
        _ = self._
        heading = (
            _("Index"),
            _("Questions"),
            _("Least answers"),
            _("Measurement"),
            "n",
            _("Mean"),
            _("Standard deviation"),
            _("Answered all of them"),
            _("Alpha"),
        )
        rows = [line for each in self._change.indexes for line in self._index(each)]
        return Table("indexes", _("Indexes"), heading, tuple(rows))

    def _all_pairs(self) -> Iterator[Line]:
        _ = self._
        before, after = self._measured
        for each in self._change.questions:
            text = self._text(each.text)
            sides = (before, _n(each.before), after, _n(each.after))
            if each.before is not None:
                note = self._why_not(each.why_not) if each.paired is None else ""
                notes = ["" if each.same_wording else _("not the same wording"), note]
                start = (_("question"), each.code, text, *sides)
                yield (*start, *self._paired(each.paired), "; ".join(filter(None, notes)))
            if each.looking_back is not None:
                start = (_("looking back"), each.code, text, after, _n(each.then), after, _n(each.after))
                yield (*start, *self._paired(each.looking_back), "")
        for index in self._change.indexes:
            if index.paired is None and not self._whole:
                continue
            note = "" if index.paired else self._why_not(index.why_not)
            start = (_("index"), "", index.name, before, None, after, None)
            yield (*start, *self._paired(index.paired), note)

    def _paired(self, paired: Paired | None) -> Line:
        if paired is None:
            return (None,) * 21
        test, mean = paired.test, paired.mean
        return (
            paired.n,
            paired.let_go,
            paired.higher.count,
            paired.same.count,
            paired.lower.count,
            paired.higher.percent,
            *self._per_cent(paired.higher_between),
            paired.before.median,
            paired.after.median,
            paired.before.mean,
            paired.after.mean,
            _decimal(mean.mean) if mean else None,
            *_ends(mean.interval if mean else None),
            _p(mean.p if mean else None),
            _decimal(test.rank_biserial),
            *_ends(paired.rank_between),
            _p(test.p),
            _p(paired.holm),
        )

    def _classes(self, question: QuestionChange) -> Iterator[Line]:
        _, paired = self._, question.paired
        if paired is not None:
            for before, after in zip(paired.before.bars, paired.after.bars, strict=True):
                shares = self._shares(before.share, after.share)
                yield (_("class"), self._text(before.label), paired.n, *shares, None, None, None, None)
            if paired.over is not None:
                label = " + ".join(map(self._text, paired.over.labels))
                over = paired.over
                shares = self._shares(over.before, over.after)
                yield (_("upper classes"), label, paired.n, *shares, *self._crossed(over.test), None)
        if question.classes is not None:
            # a class of one choice, or several of a scale that were declared as one
            what = _("class") if question.after.kind == "one_choice" else _("classes together")
            for each in question.classes.classes:
                shares = self._shares(each.before, each.after)
                crossed = *self._crossed(each.test), _p(each.holm)
                yield (what, self._text(each.label), question.classes.n, *shares, *crossed)

    def _index(self, index: IndexChange) -> Iterator[Line]:
        """A line for each measurement of which something is said."""
        before, after = self._measured
        start = index.name, " + ".join(index.codes), index.minimum
        for name, side, whole, alpha in (
            (before, index.before, index.whole_before, index.alpha_before),
            (after, index.after, index.whole_after, index.alpha_after),
        ):
            if side is not None or whole:
                told = (side.n, side.mean, side.deviation) if side is not None else (None, None, None)
                yield (*start, name, *told, whole or None, alpha)

    def _per_cent(self, interval: Interval) -> Line:
        return tuple(
            rounded(Decimal(100 * end), self._change.series.decimals) for end in (interval.low, interval.high)
        )

    def _shares(self, before: Share, after: Share) -> Line:
        return before.count, before.percent, after.count, after.percent

    def _crossed(self, test: Crossings) -> Line:
        return test.up, test.down, _p(test.p)

    def _why_not(self, code: str) -> str:
        _ = self._
        return {
            "too_few": _("not shown: too few answers"),
            "other_answers": _("not the same answers to choose from"),
            "not_ordered": _("the answers have no order"),
            "not_joined": _("nothing tells which answers are the same person’s"),
            "not_asked": _("its questions are not asked alike both times, or not shown"),
            "beside_tables": _("not told beside tables by background, for the sake of hidden groups"),
        }.get(code, "")

    def _name(self, measurement: Measurement | None) -> str:
        if measurement is None:
            return ""
        title = pick(measurement.title or {}, self._language)
        return f"{title} ({measurement.rule_code})" if title else measurement.rule_code

    def _text(self, text: LocalText) -> str:
        return pick(text, self._language)


def _n(result: QuestionResult | None) -> int | None:
    return result.n if result is not None else None


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, _DECIMALS)


def _ends(interval: Interval | None) -> Line:
    if interval is None:
        return None, None
    return tuple(rounded(Decimal(end), _DECIMALS) for end in (interval.low, interval.high))


def _p(p: P) -> Decimal | None:
    return None if p is None else Decimal(f"{float(p):.3g}")
