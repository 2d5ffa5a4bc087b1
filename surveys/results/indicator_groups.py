"""Indicators of the answers of a gender, of organisations or of work groups, as breakdowns show them.

A group that is hidden there, because it is small or because another one could be had by subtracting, is in no
figure here. An organisation with others below it is told where every one of them is.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.domain.indicators import Definition
from surveys.queries import organisations
from surveys.results.breakdown import Breakdown, UnknownVariable, read_breakdown
from surveys.results.indicator_behind import Behind, of_question
from surveys.results.model import Measurement, SeriesResults

NO_GROUPS = "no_such_group"

Place = tuple[int, str, str, str, str]


class Groups:
    """The breakdowns of a project's measurements at ``now``; each is read once."""

    def __init__(self, session: Session, project_id: int, now: datetime, as_evaluator: bool) -> None:
        self.session, self.project_id = session, project_id
        self.now, self.as_evaluator = now, as_evaluator
        self._read: dict[Place, Breakdown | None] = {}
        self._below: dict[str, frozenset[str]] = {}

    def behind(
        self, definition: Definition, series: SeriesResults, measurement: Measurement, code: str
    ) -> Iterator[Behind]:
        """A question's answers in the group that ``definition`` names; all of it, or that it is left out."""
        wanted = self._wanted(definition)
        found = self._breakdown(series, measurement, [name for name, _ in wanted])
        if found is None:
            yield Behind(series, measurement, None, left_out=NO_GROUPS)
            return
        for question in found.questions:
            whole = question.together.result
            if whole.base_code != code:
                continue
            groups = [
                each.result
                for each in question.groups
                if all(one in codes for one, (_, codes) in zip(each.classes, wanted, strict=True))
            ]
            if not groups:
                yield Behind(series, measurement, whole, left_out=NO_GROUPS)
            elif not all(each.shown for each in groups):
                yield Behind(series, measurement, whole, left_out="too_few")
            else:
                yield from (of_question(definition, series, measurement, each) for each in groups)

    def _wanted(self, definition: Definition) -> list[tuple[str, frozenset[str]]]:
        """The variables that tell the group, and its classes of each."""
        found = []
        if definition.gender:
            found.append(("gender", frozenset([definition.gender])))
        if definition.organisations:
            below = (self._codes(each) for each in definition.organisations)
            found.append(("organisation", frozenset().union(*below)))
        if definition.work_groups:
            found.append(("work_group", frozenset(definition.work_groups)))
        return found

    def _codes(self, code: str) -> frozenset[str]:
        if code not in self._below:
            within = organisations.levels(self.session, self.project_id).within(code)
            everyone = organisations.everyone(self.session, self.project_id)
            self._below[code] = frozenset(each.code for each in everyone if each.id in within)
        return self._below[code]

    def _breakdown(
        self, series: SeriesResults, measurement: Measurement, names: list[str]
    ) -> Breakdown | None:
        """None where nothing tells those groups apart."""
        by, also = (*names, "")[:2]
        place = series.id, measurement.rule_code, measurement.place, by, also
        if place not in self._read:
            try:
                found = read_breakdown(
                    self.session,
                    series.id,
                    measurement.rule_code,
                    measurement.place,
                    self.now,
                    self.as_evaluator,
                    by,
                    also,
                )
            except UnknownVariable:
                self._read[place] = None
            else:
                self._read[place] = found if found.questions else None
        return self._read[place]
