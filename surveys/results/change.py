"""Before and after: two measurements of a series, question by question, and the same persons at both.

The whole groups and the pairs are kept apart: a figure is of all who answered, or of those who answered both
times, never of a mixture. Nothing here says that a series caused a change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.domain.comparison import same_text
from surveys.domain.composite import View
from surveys.domain.paired import Number
from surveys.domain.pairing import Joined, joined
from surveys.domain.privacy import Limit, PrivacyMode
from surveys.domain.telling import Telling, Told
from surveys.models.question_index import QuestionIndex
from surveys.queries import indexes
from surveys.queries import results as measured
from surveys.results.change_model import Change, IndexChange, QuestionChange
from surveys.results.grouped import read_patterns
from surveys.results.index_figures import Places, index_change, scale_of
from surveys.results.joining import Joining
from surveys.results.model import Measurement, QuestionResult
from surveys.results.pairs import (
    classes_of,
    classes_of_question,
    indexes_with_holm,
    paired_of,
    ruler_of,
    with_holm,
)
from surveys.results.series import read_whole
from surveys.results.sheets import Column, Sheets
from surveys.results.table import same_answers
from surveys.results.telling import read_told

THEN = "_then"
"""What the code of a question about the time before, asked afterwards, ends with: ``knowledge_then``."""

Two = tuple[int, int] | None  # the places of two measurements, where both are there


def read_change(
    session: Session,
    series_id: int,
    now: datetime,
    as_evaluator: bool = True,
    chosen: tuple[str, str] = ("", ""),
    telling: Telling | None = None,
) -> Change:
    """Return what there is to say of two measurements of a whole series at ``now``.

    ``chosen``: the codes of their rules; unless both are there they are the first pre-measurement and the
    first post-measurement. ``as_evaluator`` as in :mod:`surveys.results.series`; with ``telling`` as if that
    had been chosen for the series."""
    outline, choices = read_whole(session, series_id, now, as_evaluator)
    before, after = _chosen(choices, chosen)
    start = Change(outline, choices, before, after)
    if after is None:
        return replace(start, why_not="nothing_after" if before else "nothing_before")
    if not after.shown or (before is not None and not before.shown):
        return replace(start, why_not="withheld")
    return _Look(session, start, after, read_told(session, series_id, now, telling)).change()


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
    """One look at all measurements that are shown, since a person may have answered at any of them.

    What is shown of pairs must not hang on which two are chosen, else two choices could be subtracted: the
    measurements stand in their order, chosen or not.
    """

    def __init__(self, session: Session, start: Change, after: Measurement, told: Told) -> None:
        series = start.series
        self.start, self.limit, self.decimals = start, Limit(series.minimum_group), series.decimals
        self.measurements = [each for each in start.choices if each.shown]
        self.questions = [_newest(each.questions) for each in self.measurements]
        rules = [each.rule_code for each in self.measurements]
        self.after = rules.index(after.rule_code)
        self.before = rules.index(start.before.rule_code) if start.before else None
        self.versions = {
            (questionnaire, version.number): version.id
            for questionnaire, versions in measured.versions(session, series.id).items()
            for version in versions
        }
        self.declared = indexes.of_series(session, series.id)
        keys = {each.key: _joinable(each) for each in self.measurements if each.key is not None}
        self.sheets = Sheets(session, list(keys), list(keys.values()))
        patterns = [read_patterns(session, series, each, told) for each in self.measurements]
        asked = [[code for code, each in questions.items() if each.shown] for questions in self.questions]
        self.joining = Joining(self.sheets, self.limit, told, patterns, asked)

    def change(self) -> Change:
        before = self.questions[self.before] if self.before is not None else {}
        after = self.questions[self.after]
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
            pairs=None if self.joined_at is None else self.sheets.both(*self.joined_at),
            why_not="" if self.before is not None or both else "nothing_before",
            questions=with_holm(both),
            indexes=indexes_with_holm(self._indexes()),
            once=tuple(once),
        )

    def _indexes(self) -> list[IndexChange]:
        """In the order in which they were declared, each with those before it beside it."""
        shown: dict[str, View] = {}
        found, earlier = [], list[View]()
        for index in self.declared:
            for code in index.questions:
                if code not in shown and code in self.questions[self.after]:
                    shown |= self._shown_of(code)
            beside = [shown[code] for code in index.questions if code in shown]
            one, own = self._index(index, [*beside, *earlier])
            found.append(one)
            earlier += own
        return found

    def _shown_of(self, code: str) -> dict[str, View]:
        """What the page shows of a question, person by person, where its answers have an order."""
        question = self.questions[self.after][code]
        measure = ruler_of(question) if question.shown else None
        if measure is None:
            return {}
        columns = self._columns(question, measure[1])
        persons = self.joining.persons(columns)
        return {code: View(persons, self.joining.join(columns).members(persons))}

    def _index(self, index: QuestionIndex, beside: Sequence[View]) -> tuple[IndexChange, list[View]]:
        asked = self.questions[self.after]
        scale = scale_of(index, asked)
        if scale is not None:
            answers = {
                place: self.joining.persons(columns)
                for place in range(len(self.measurements))
                if len(columns := self._of_index(index, place, scale)) == len(index.questions)
            }
            before = self.before if self.before in answers else None
            paired = before is not None and self.joined_at is not None
            why_not = "" if paired else "not_asked" if self.joined_at else "not_joined"
            at = Places(before, self.after, why_not)
            members = self.joining.members
            return index_change(index, asked, answers, at, self.limit, self.decimals, beside, members)
        texts = tuple(asked[code].text for code in index.questions if code in asked)
        found = IndexChange(
            index.id,
            index.name,
            texts,
            index.minimum,
            why_not="not_asked",
            declared_at=index.declared_at,
            codes=tuple(index.questions),
        )
        return found, []

    def _of_index(self, index: QuestionIndex, place: int, scale: Mapping[str, Number]) -> list[Column]:
        """The columns of its questions at a measurement: those that are asked there alike, and shown."""
        asked, after = self.questions[place], self.questions[self.after]
        return [
            self._column(place, asked[code], scale)
            for code in index.questions
            if code in asked and asked[code].shown and same_answers(asked[code], after[code])
        ]

    @property
    def joined_at(self) -> tuple[int, int] | None:
        """The two places, where something tells which answers are one person's."""
        if self.before is None:
            return None
        places = self.before, self.after
        return places if all(_joinable(self.measurements[place]) for place in places) else None

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
        declared, places = classes_of_question(after)
        if measure is None and not declared:
            return replace(found, why_not="not_ordered")
        if not after.shown:
            return replace(found, why_not="too_few")
        both, at = self._joined(found, measure[1] if measure else places)
        paired = looking_back = classes = None
        if measure:
            paired, looking_back = (
                paired_of(both, places, measure[0], self.limit, self.decimals) if places else None
                for places in at
            )
        if at[0]:
            classes = classes_of(both, at[0], declared, self.decimals)
        why_not = "" if paired or classes or before is None else self._why_not(found, shown)
        return replace(found, paired=paired, looking_back=looking_back, classes=classes, why_not=why_not)

    def _why_not(self, found: QuestionChange, shown: bool) -> str:
        if shown and not found.alike:
            return "other_answers"
        return "too_few" if self.joined_at else "not_joined"

    def _joined(self, found: QuestionChange, scale: Mapping[str, Number]) -> tuple[Joined, tuple[Two, Two]]:
        """Who stays joined, and where before and after stand among them, and looking back and after."""
        columns = self._columns(found.after, scale)
        spots = {(column.place, column.code): spot for spot, column in enumerate(columns)}
        after = spots[self.after, found.code]
        before = spots.get((self.before, found.code)) if self.before is not None and self.joined_at else None
        then = spots.get((self.after, found.code + THEN))
        at = (None if before is None else (before, after), None if then is None else (then, after))
        return self.joining.join(columns) if any(at) else joined([], self.limit), at

    def _columns(self, like: QuestionResult, scale: Mapping[str, Number]) -> list[Column]:
        """Everywhere the question was asked alike and is shown, now or looking back."""
        found = []
        for place, questions in enumerate(self.questions):
            for code in (like.code, like.code + THEN):
                question = questions.get(code)
                if question is not None and question.shown and same_answers(question, like):
                    found.append(self._column(place, question, scale))
        return found

    def _column(self, place: int, question: QuestionResult, scale: Mapping[str, Number]) -> Column:
        number = self.measurements[place].questionnaire_id
        versions = frozenset(self.versions[number, each] for each in question.versions)
        return Column(place, question.code, scale, versions)


def _joinable(measurement: Measurement) -> bool:
    return PrivacyMode(measurement.privacy_mode).pairable


def _newest(questions: Sequence[QuestionResult]) -> dict[str, QuestionResult]:
    """By code; of one that was asked with other answers in an older version, that of the newest."""
    found: dict[str, QuestionResult] = {}
    for question in questions:
        found.setdefault(question.code, question)
    return found
