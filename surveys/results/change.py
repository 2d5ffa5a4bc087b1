"""Before and after: two measurements of a series, question by question, and the same persons at both.

The whole groups and the pairs are kept apart: a figure is of all who answered, or of those who answered both
times, never of a mixture. Nothing here says that a series caused a change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from surveys.domain.comparison import same_text
from surveys.domain.pairing import joined
from surveys.domain.privacy import Limit, PrivacyMode
from surveys.queries import results as measured
from surveys.results.change_model import Change, Paired, QuestionChange
from surveys.results.model import Measurement, QuestionResult
from surveys.results.pairs import Ruler, adjusted, paired_of, ruler_of
from surveys.results.series import read_measurement, read_rates
from surveys.results.sheets import Column, Sheets, may_be_shown
from surveys.results.table import same_answers

THEN = "_then"
"""What the code of a question about the time before, asked afterwards, ends with: ``knowledge_then``."""


def read_change(
    session: Session,
    series_id: int,
    now: datetime,
    as_evaluator: bool = True,
    chosen: tuple[str, str] = ("", ""),
) -> Change:
    """Return what there is to say of two measurements of a whole series at ``now``.

    ``chosen``: the codes of their rules; unless both are there they are the first pre-measurement and the
    first post-measurement. ``as_evaluator`` as in :mod:`surveys.results.series`.
    """
    outline = read_rates(session, series_id, now, as_evaluator)
    choices = tuple(each for each in outline.measurements if each.occasion is None and each.asked)
    before, after = _chosen(choices, chosen)
    start = Change(outline, choices, before, after)
    if after is None:
        return replace(start, why_not="nothing_after" if before else "nothing_before")
    if not after.shown or (before is not None and not before.shown):
        return replace(start, why_not="withheld")
    return _Look(session, start, after, now, as_evaluator).change()


def _chosen(
    choices: Sequence[Measurement], chosen: tuple[str, str]
) -> tuple[Measurement | None, Measurement | None]:
    """The two in the order in which they are made; ``choices`` have before, then after, then others."""
    wanted = [each for each in choices if each.rule_code in chosen]
    if len(wanted) == 2:
        return wanted[0], wanted[1]
    before = next((each for each in choices if each.wave == "pre"), None)
    later = [each for each in choices if each.wave != "pre"]
    after = next(
        (each for wave in ("post", "follow_up", "other") for each in later if each.wave == wave), None
    )
    return before, after


class _Look:
    """One look at two measurements, and at the others at which a person may have answered."""

    def __init__(
        self, session: Session, start: Change, after: Measurement, now: datetime, as_evaluator: bool
    ) -> None:
        series = start.series
        self.start, self.limit, self.decimals = start, Limit(series.minimum_group), series.decimals

        def with_questions(found: Measurement) -> Measurement:
            place = found.rule_code, found.place
            return read_measurement(session, series.id, *place, now, as_evaluator)[1]

        self.before = with_questions(start.before) if start.before else None
        self.after = with_questions(after)
        self.versions = {
            (questionnaire, version.number): version.id
            for questionnaire, versions in measured.versions(session, series.id).items()
            for version in versions
        }
        # after stands first, before second where there is one
        self.first = [self.after, *([self.before] if self.before else [])]
        also = [each for each in start.choices if each.shown and each not in (start.before, start.after)]
        looked_at = {each.key: each for each in (*self.first, *also) if each.key is not None}
        joinable = [_joinable(each) for each in looked_at.values()]
        self.sheets = Sheets(session, list(looked_at), joinable)
        self.places = range(len(self.first), len(looked_at))

    def change(self) -> Change:
        before = _newest(self.before.questions if self.before else ())
        after = _newest(self.after.questions)
        thens = {code for code in after if code.endswith(THEN) and code.removesuffix(THEN) in after}
        both = [
            self._question(before.get(code), question, after.get(code + THEN))
            for code, question in after.items()
            if code not in thens and (code in before or code + THEN in after)
        ]
        once = [(each.text, True) for code, each in before.items() if code not in after]
        if self.before is not None:
            seen = {each.code for each in both} | thens
            once += [(each.text, False) for code, each in after.items() if code not in seen]
        return replace(
            self.start,
            before=self.before,
            after=self.after,
            pairs=self.sheets.both(0, 1) if self._joined() else None,
            why_not="" if self.before or both else "nothing_before",
            questions=_with_holm(both),
            once=tuple(once),
        )

    def _joined(self) -> bool:
        return len(self.first) == 2 and all(map(_joinable, self.first))

    def _question(
        self, before: QuestionResult | None, after: QuestionResult, then: QuestionResult | None
    ) -> QuestionChange:
        shown = after.shown and (before is None or before.shown)
        found = QuestionChange(
            code=after.code,
            text=after.text,
            before=before,
            after=after,
            alike=before is not None and shown and same_answers(before, after),
            same_wording=before is None or same_text(before.text, after.text),
            then=then if then is not None and same_answers(then, after) else None,
        )
        measure = ruler_of(after)
        if measure is None:
            return replace(found, why_not="not_ordered")
        if not after.shown:
            return replace(found, why_not="too_few")
        paired, looking_back = self._paired(found, *measure)
        why_not = "" if paired or before is None else self._why_not(found, shown)
        return replace(found, paired=paired, looking_back=looking_back, why_not=why_not)

    def _why_not(self, found: QuestionChange, shown: bool) -> str:
        if shown and not found.alike:
            return "other_answers"
        return "too_few" if self._joined() else "not_joined"

    def _paired(
        self, found: QuestionChange, ruler: Ruler, scale: Mapping[str, Fraction]
    ) -> tuple[Paired | None, Paired | None]:
        """Before and after, and looking back and after, where they may be shown."""
        columns = [self._column(self.after, 0, found.after, scale)]
        before = after_then = 0
        if found.before is not None and found.alike and self.before is not None:
            before = len(columns)
            columns.append(self._column(self.before, 1, found.before, scale))
        if found.then is not None and found.then.shown:
            after_then = len(columns)
            columns.append(self._column(self.after, 0, found.then, scale))
        if len(columns) == 1:
            return None, None
        values = [self.sheets.values(column) for column in columns]
        also = (self.sheets.values(Column(place, found.code, scale)) for place in self.places)
        values += [each for each in also if may_be_shown(each, self.limit)]
        both = joined(list(zip(*values, strict=True)), self.limit)
        first, second = (
            paired_of(both, (place, 0), ruler, self.limit, self.decimals) if place else None
            for place in (before, after_then)
        )
        return first, second

    def _column(
        self, measurement: Measurement, place: int, question: QuestionResult, scale: Mapping[str, Fraction]
    ) -> Column:
        alike = (self.versions[measurement.questionnaire_id, number] for number in question.versions)
        return Column(place, question.code, scale, frozenset(alike))


def _joinable(measurement: Measurement) -> bool:
    return PrivacyMode(measurement.privacy_mode).pairable


def _newest(questions: Sequence[QuestionResult]) -> dict[str, QuestionResult]:
    """By code; of one that was asked with other answers in an older version, that of the newest."""
    found: dict[str, QuestionResult] = {}
    for question in questions:
        found.setdefault(question.code, question)
    return found


def _with_holm(questions: Sequence[QuestionChange]) -> tuple[QuestionChange, ...]:
    """Each p beside the one adjusted for all that are tested on the page; looking back is a family apart."""
    first = adjusted([each.paired for each in questions])
    second = adjusted([each.looking_back for each in questions])
    return tuple(
        replace(each, paired=one, looking_back=other)
        for each, one, other in zip(questions, first, second, strict=True)
    )
