"""The tables of results as files: from registered to submitted, by measurement and by question.

Made of what :mod:`surveys.results.series` gives and of nothing else: what a page does not show is not here.
One line a class, so that a table can be filtered; counts stand beside their base and the rounded share.
"""

from collections.abc import Iterator, Sequence

from surveys.domain.statistics import WordCount
from surveys.domain.texts import pick
from surveys.exporting.change_tables import change_tables
from surveys.exporting.rows import collected_by
from surveys.exporting.table_file import Line, Table
from surveys.exporting.words import Words
from surveys.results.change_model import Change
from surveys.results.model import Measurement, Middle, QuestionResult, SeriesResults, Share


def tables(found: SeriesResults, changes: Sequence[Change], words: Words, language: str) -> list[Table]:
    """The tables of a series. Questions and answers are in ``language``, all else in that of ``words``."""
    making = _Making(found, words, language)
    whole = [making.funnel(), making.measurements(), making.questions(), making.classes(), making.own_words()]
    return whole + change_tables(changes, words, language)


class _Making:
    def __init__(self, found: SeriesResults, words: Words, language: str) -> None:
        self._found, self._words, self._language = found, words, language
        self._ = words.gettext

    def funnel(self) -> Table:
        _, funnel, sent = self._, self._found.funnel, self._found.funnel.sent
        persons, asked = _("persons"), _("questionnaires")
        rows: list[Line] = [(_("Registered"), funnel.registered, persons, None)]
        if funnel.present is not None:
            rows.append((_("Present at least once"), funnel.present, persons, None))
            rows.append((_("Attendances"), funnel.attendances, _("attendances"), None))
        rows.append((_("Asked at least once"), funnel.invited, persons, None))
        rows.append((_("Answered at least once"), funnel.answered, persons, None))
        rows += [
            (_("Sent out"), sent.invited, asked, None),
            (_("Delivered"), sent.delivered, asked, sent.invited),
            (_("Bounced"), sent.bounced, asked, sent.invited),
            (_("Started"), sent.started, asked, sent.invited),
            (_("Submitted"), sent.submitted, asked, sent.invited),
        ]
        heading = _("Step"), _("Count"), _("Counted"), _("Of (sent out)")
        return Table("funnel", _("Steps"), heading, tuple(rows))

    def measurements(self) -> Table:
        _ = self._
        heading = (
            *self._place(),
            _("State"),
            _("Registered"),
            _("Present"),
            _("Sent out"),
            _("Delivered"),
            _("Bounced"),
            _("Submitted"),
            _("Response rate, per cent"),
            _("Answers"),
        )
        return Table("measurements", _("Measurements"), heading, tuple(map(self._measurement, self._all())))

    def questions(self) -> Table:
        _ = self._
        heading = (
            *self._place(),
            _("Code"),
            _("Question"),
            "n",
            _("No answer"),
            _("Don’t know"),
            _("Not asked"),
            _("Upper classes"),
            _("Count"),
            _("Per cent"),
            _("Mean"),
            _("Standard deviation"),
            _("Median"),
            _("Lower quartile"),
            _("Upper quartile"),
            _("Lowest"),
            _("Highest"),
            _("Note"),
        )
        rows = [(*self._at(each), *self._question(one)) for each, one in self._asked()]
        return Table("questions", _("Questions"), heading, tuple(rows))

    def classes(self) -> Table:
        _ = self._
        heading = (
            *self._place(),
            _("Code"),
            _("Question"),
            _("What is counted"),
            _("Class"),
            _("Label"),
            _("Count"),
            _("Of"),
            _("Per cent"),
        )
        rows = [
            (*self._at(each), one.code, self._text(one.text), *line)
            for each, one in self._asked()
            for line in self._lines(one)
        ]
        return Table("distributions", _("Distributions"), heading, tuple(rows))

    def own_words(self) -> Table:
        _ = self._
        heading = (*self._place(), _("Code"), _("Question"), _("Word"), _("Count"), _("Counted together"))
        rows = [
            (*self._at(each), one.code, self._text(one.text), word.word, word.count, _spellings(word))
            for each, one in self._asked()
            for word in one.words
        ]
        return Table("words", _("Words"), heading, tuple(rows))

    def _all(self) -> tuple[Measurement, ...]:
        return self._found.measurements

    def _asked(self) -> Iterator[tuple[Measurement, QuestionResult]]:
        for each in self._all():
            for question in each.questions:
                yield each, question

    def _place(self) -> tuple[str, ...]:
        _ = self._
        return _("Measurement"), _("Questionnaire"), _("Occasion"), _("Day")

    def _at(self, each: Measurement) -> Line:
        occasion = each.occasion
        return (
            self._measured(each),
            each.questionnaire_code,
            f"{occasion.code} {occasion.title}" if occasion else "",
            occasion.starts_on.isoformat() if occasion and occasion.starts_on else "",
        )

    def _measured(self, each: Measurement) -> str:
        """The wave, with its source where others measured it."""
        wave = self._words.waves.get(each.wave, "")
        return f"{wave} ({collected_by(each)})" if each.outside else wave

    def _measurement(self, each: Measurement) -> Line:
        _, counts = self._, each.counts
        withheld = {
            "too_few": _("not shown: too few answers"),
            "until_closed": _("shown when it has closed"),
        }
        head = (*self._at(each), self._words.states[each.state], each.registered, each.present)
        if not each.asked:
            return (*head, None, None, None, None, None, "")
        percent = each.response.percent if each.response else None
        return (
            *head,
            counts.invited,
            counts.delivered,
            counts.bounced,
            counts.submitted,
            percent,
            withheld.get(each.withheld or "", ""),
        )

    def _question(self, one: QuestionResult) -> Line:
        if not one.shown:
            empty: Line = (None,) * 13
            return (one.code, self._text(one.text), one.n, *empty, self._("not shown: too few answers"))
        top = one.top
        return (
            one.code,
            self._text(one.text),
            one.n,
            one.missing,
            one.dont_know,
            one.not_asked,
            " + ".join(self._text(label) for label in top.labels) if top else "",
            top.share.count if top else None,
            top.share.percent if top else None,
            *_middle(one.middle),
            self._("worded otherwise in some versions") if one.reworded else "",
        )

    def _lines(self, one: QuestionResult) -> Iterator[Line]:
        _ = self._
        for bar in one.points:
            yield (_("class"), bar.code, self._text(bar.label), *_of(bar.share))
        for bar in one.merged:
            codes = "+".join(bar.codes) or bar.code
            yield (_("classes together"), codes, self._text(bar.label), *_of(bar.share))
        for what, some in ((_("upper classes"), one.top), (_("lower classes"), one.bottom)):
            if some:
                label = " + ".join(self._text(each) for each in some.labels)
                yield (what, "+".join(some.codes), label, *_of(some.share))
        for placed in one.placed:
            for place, count in enumerate(placed.places, 1):
                yield (
                    _("place %(number)s", number=place),
                    placed.code,
                    self._text(placed.label),
                    count,
                    one.n,
                    None,
                )

    def _text(self, text: dict[str, str]) -> str:
        return pick(text, self._language)


def _middle(middle: Middle | None) -> Line:
    if middle is None:
        return (None,) * 7
    return (
        middle.mean,
        middle.deviation,
        middle.median,
        middle.lower,
        middle.upper,
        middle.minimum,
        middle.maximum,
    )


def _of(share: Share) -> Line:
    return share.count, share.base, share.percent


def _spellings(word: WordCount) -> str:
    return ", ".join(f"{spelling} ({count})" for spelling, count in word.spellings)
