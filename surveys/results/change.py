"""Before and after: two measurements of a series, question by question, and the same persons at both.

The whole groups and the pairs are kept apart: a figure is of all who answered, or of those who answered both
times, never of a mixture. Nothing here says that a series caused a change.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from sqlalchemy.orm import Session

from surveys.domain.comparison import same_text
from surveys.domain.paired import Number
from surveys.domain.pairing import Joined, joined
from surveys.domain.telling import Told
from surveys.results.change_indexes import indexable, indexes_of
from surveys.results.change_model import Change, QuestionChange
from surveys.results.index_figures import as_before
from surveys.results.looked import THEN, Looked
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
from surveys.results.table import same_answers
from surveys.results.telling import read_told

Two = tuple[int, int] | None  # the places of two measurements, where both are there


def read_change(
    session: Session,
    series_id: int,
    now: datetime,
    as_evaluator: bool = True,
    chosen: tuple[str, str] = ("", ""),
    told: Told | None = None,
) -> Change:
    """Return what there is to say of two measurements of a whole series at ``now``.

    ``chosen``: the codes of their rules; unless both are there they are the first pre-measurement and the
    first post-measurement. ``as_evaluator`` as in :mod:`surveys.results.series`; with ``told`` as if that
    had been chosen for the series.
    """
    outline, choices = read_whole(session, series_id, now, as_evaluator)
    before, after = _chosen(choices, chosen)
    start = Change(outline, choices, before, after)
    if after is None or not after.shown or (before is not None and not before.shown):
        why_not = "withheld" if after else "nothing_after" if before else "nothing_before"
        start = replace(start, why_not=why_not)
        alone = next((each for each in (after, before) if each and each.shown), None)
        if alone is None:
            return start
        return _Look(session, start, alone, told or read_told(session, series_id, now)).alone()
    return _Look(session, start, after, told or read_told(session, series_id, now)).change()


def read_changes(session: Session, series_id: int, now: datetime, as_evaluator: bool = True) -> list[Change]:
    """Return what there is to say of every two measurements that anything lies beside each other of: first
    the two that a page begins with (whatever there is), then all others in their order.
    """
    first = read_change(session, series_id, now, as_evaluator)
    shown = [each for each in first.choices if each.shown]
    begun_with = [each.rule_code for each in (first.before, first.after) if each]
    others = [two for two in combinations(shown, 2) if [each.rule_code for each in two] != begun_with]
    if not others:
        return [first]
    look = _Look(session, first, shown[-1], read_told(session, series_id, now))
    found = (look.between(before, after) for before, after in others)
    return [first, *(each for each in found if _says_anything(each))]


def _says_anything(change: Change) -> bool:
    asked_both_times = any(each.before is not None for each in change.questions)
    return asked_both_times or any(each.paired for each in change.indexes)


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


class _Look(Looked):
    """What is said of the two that are compared."""

    def between(self, before: Measurement, after: Measurement) -> Change:
        """What is said of two others; who stays joined is worked out once for all."""
        rules, other = [each.rule_code for each in self.measurements], copy(self)
        other.start = Change(self.start.series, self.start.choices, before, after)
        other.before, other.after = rules.index(before.rule_code), rules.index(after.rule_code)
        return other.change()

    def alone(self) -> Change:
        """What is said where only one of the two is shown: the indexes at it."""
        before, found = self.start.before, indexes_of(self)
        first = before is not None and self.measurements[self.after].rule_code == before.rule_code
        asked = indexable(self, self.after, None) if first else indexable(self, None, self.after)
        return replace(
            self.start,
            indexes=tuple(map(as_before, found) if first else found),
            indexable=tuple(asked),
            beside_tables=self.joining.beside_tables,
        )

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
            indexes=indexes_with_holm(indexes_of(self)),
            indexable=tuple(indexable(self, self.before, self.after)),
            once=tuple(once),
            beside_tables=self.joining.beside_tables,
        )

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
        columns = self.columns_of(found.after, scale)
        spots = {(column.place, column.code): spot for spot, column in enumerate(columns)}
        after = spots[self.after, found.code]
        before = spots.get((self.before, found.code)) if self.before is not None and self.joined_at else None
        then = spots.get((self.after, found.code + THEN))
        at = (None if before is None else (before, after), None if then is None else (then, after))
        return self.joining.join(columns) if any(at) else joined([], self.limit), at
