"""From registered to submitted, by occasion, gender, organisation, work group, theme, language or way of
answering.

Persons and questionnaires stand apart, and no rate has the one above the other. Persons and what was sent go
by the register as it is; what came in goes by the classes that stand with the answers, whatever the mode,
so that nothing here asks whose an answer is. How many answered is no answer (norms): it is told of small
groups too, as long as the register says who has answered anyway. Once the key that led to answers is
destroyed it does not. Then nothing that came in is told by group where answers have lost their classes, since
it would be too low, nor where fewer than the limit were asked in a group, since "0 of 2" would say of two
persons that they did not answer.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain.participation import Standing, standing
from surveys.domain.privacy import PrivacyMode
from surveys.domain.suppression import NOT_STATED
from surveys.queries import funnel as queries
from surveys.queries import results as result_queries
from surveys.queries.funnel import SentRow
from surveys.queries.results import Key
from surveys.queries.results_counts import Counts
from surveys.results.came_in import Came
from surveys.results.kinds import share
from surveys.results.model import Measurement, SeriesResults, Share
from surveys.results.persons import BY, Class, Groups, Heads, by_class, heads, taken_part, telling
from surveys.results.series import read_rates

OCCASION, THEME, LANGUAGE, SOURCE = "occasion", "theme", "language", "source"
VARIABLES = (OCCASION, *BY, THEME, LANGUAGE, SOURCE)


class UnknownGrouping(LookupError):
    """The funnel is not counted by that."""

    code = "unknown_grouping"


@dataclass(frozen=True, slots=True)
class Line:
    """One group. ``sent`` is None where what was sent is not known by it, ``response`` (submitted of sent
    out) where the two cannot be laid beside each other, ``started`` and ``submitted`` where they are not
    told; ``of_all`` is its part of all submitted, where that is what can be said. ``measurement`` where it
    is one.
    """

    group: Class
    heads: Heads | None = None
    asked: int | None = None
    present: int | None = None
    sent: Counts | None = None
    started: int | None = 0
    submitted: int | None = 0
    response: Share | None = None
    of_all: Share | None = None
    measurement: Measurement | None = None


@dataclass(frozen=True, slots=True)
class FunnelBy:
    """``together`` is the whole series. Nothing that came in is told by group where answers have lost their
    classes (``lost``), or where so ``few`` were asked in a group that it would tell of single persons.
    ``unplaced`` of the submitted have no class of ``by``. ``overlapping``: a line holds those below it.
    """

    series: SeriesResults
    by: str
    together: Line
    lines: tuple[Line, ...]
    lost: bool = False
    few: bool = False
    unplaced: int = 0
    overlapping: bool = False


def read_funnel(session: Session, series_id: int, by: str, now: datetime, as_evaluator: bool) -> FunnelBy:
    """Return the funnel of a series by one of :data:`VARIABLES`. Raises UnknownGrouping."""
    if by not in VARIABLES:
        raise UnknownGrouping(by)
    return _Reading(session, series_id, now, as_evaluator).by(by)


class _Reading:
    def __init__(self, session: Session, series_id: int, now: datetime, as_evaluator: bool) -> None:
        self.session, self.id = session, series_id
        self.rates = read_rates(session, series_id, now, as_evaluator)
        self.series = result_queries.series_by_id(session, series_id)
        self.day = now.astimezone(ZoneInfo(self.series.project.timezone)).date()
        self.keeping = {series_id} if self.series.attendance_kept else set()
        taken = taken_part(session, self.series.project, self.day, series_id)
        self.completing = telling(taken)
        self.stood = standing(taken, self.day)
        self.asked = queries.asked(session, series_id)
        self.groups = Groups(session, self.series.project_id)

    def by(self, by: str) -> FunnelBy:
        if by == OCCASION:
            return FunnelBy(self.rates, by, self.together(), tuple(self.of_measurements()))
        if by == THEME:
            return self.by_theme()
        if by in (LANGUAGE, SOURCE):
            return self.by_answer(by)
        return self.by_register(by)

    def together(self) -> Line:
        sent = self.rates.funnel.sent
        return Line(
            Class(""),
            heads(self.stood, self.keeping, self.completing),
            sum(row.persons for row in self.asked),
            None,
            sent,
            sent.started,
            sent.submitted,
            self.rates.funnel.response,
        )

    def of_measurements(self) -> Iterator[Line]:
        """As the overview has them, those that never were asked among them; not what others have asked."""
        for each in self.rates.measurements:
            if each.outside:
                continue
            yield Line(
                Class(each.place),
                present=each.present,
                sent=each.counts if each.counts.invited else None,
                started=each.counts.started,
                submitted=each.counts.submitted,
                response=each.response,
                measurement=each,
            )

    def by_register(self, by: str) -> FunnelBy:
        persons = by_class(self.stood, lambda each: self.groups.of_person(by, each))
        sent: dict[str, Counts] = {}
        for row in queries.sent(self.session, self.id):
            for code in self.groups.of_person(by, row):
                sent[code] = sent.get(code, Counts()) + _counts(row)
        came = Came(queries.answered(self.session, self.id), lambda _, known: self._of_answer(by, known))
        lost = self._lost(came.without)
        asked: Counter[str] = Counter()
        by_itself: Counter[str] = Counter()  # without those below
        for some in self.asked:
            codes = self.groups.of_person(by, some)
            by_itself[codes[0]] += some.persons
            asked.update(dict.fromkeys(codes, some.persons))
        few = self._of_few(by_itself.values())
        order = self.groups.ordered(by, [*persons, *sent, *came.submitted])
        lines = [
            self._line(
                group,
                persons.get(group.code, []),
                asked[group.code],
                sent.get(group.code, Counts()),
                came,
                lost or few,
            )
            for group in order
        ]
        return FunnelBy(
            self.rates,
            by,
            self.together(),
            tuple(lines),
            lost,
            few,
            sum(came.without.values()),
            overlapping=any(each.group.level for each in lines),
        )

    def _line(
        self, group: Class, stood: Sequence[Standing], asked: int, sent: Counts, came: Came, withheld: bool
    ) -> Line:
        submitted = came.submitted.get(group.code, 0)
        return Line(
            group,
            heads(stood, self.keeping, self.completing),
            asked,
            None,
            sent,
            None if withheld else came.started.get(group.code, 0),
            None if withheld else submitted,
            None if withheld else self._rate(submitted, sent.invited),
        )

    def _rate(self, submitted: int, sent: int) -> Share | None:
        """None where somebody has changed group since, so that more have answered in it than were asked."""
        return share(submitted, sent, self.rates.decimals) if sent and submitted <= sent else None

    def _of_answer(self, by: str, known: Mapping[str, str]) -> Sequence[str]:
        if not known.get(by):
            return (NOT_STATED,)
        return self.groups.of_code(known[by]) if by == "organisation" else (known[by],)

    def _lost(self, without: Mapping[Key, int]) -> bool:
        """Whether answers without the class once had one: those of modes whose keys are destroyed, closed."""
        return any(
            each.key is not None and without.get(each.key) and _unjoined(each)
            for each in self.rates.measurements
        )

    def _of_few(self, asked: Iterable[int]) -> bool:
        """Whether some of the groups ``asked`` are so small that none having answered would tell of persons
        whom nothing leads to any more. In a larger one, as much is told of everybody at an occasion.
        """
        small = any(0 < each < self.rates.minimum_group for each in asked)
        return small and any(each.asked and _unjoined(each) for each in self.rates.measurements)

    def by_theme(self) -> FunnelBy:
        """By occasion and theme: what was sent by the theme that attendance knows."""
        occasions = {each.id: each for each in self.series.occasions if each.themes}
        sent: dict[tuple[int, str], Counts] = {}
        for row in queries.sent(self.session, self.id):
            if row.occasion in occasions:
                place = (row.occasion or 0, row.theme or NOT_STATED)
                sent[place] = sent.get(place, Counts()) + _counts(row)
        targets = {f"occasion:{each}": each for each in occasions}
        came_in = [each for each in queries.answered(self.session, self.id) if each.place.target in targets]
        came = Came(
            came_in, lambda row, known: (f"{targets[row.place.target]}:{known.get(THEME) or NOT_STATED}",)
        )
        present = queries.present_by_theme(self.session, self.id)
        without: dict[Key, int] = {}
        for each in came_in:
            if THEME not in json.loads(each.background):
                without[each.place] = without.get(each.place, 0) + each.submitted
        lost = self._lost(without)
        few = self._of_few(each.invited for each in sent.values())
        lines: list[Line] = []
        for id_, occasion in occasions.items():
            titles = {theme.code: theme.title for theme in occasion.themes}
            by_mail = any((id_, code) in sent for code in titles)
            by_person = any((id_, code) in present or f"{id_}:{code}" in came.started for code in titles)
            if not (by_mail or by_person):
                continue  # nobody knows who was where, which is not none
            # the theme of all who were asked is known, or what was sent by theme is not
            told = by_mail and (id_, NOT_STATED) not in sent
            for code in (*titles, NOT_STATED):
                name = f"{id_}:{code}"
                counts = sent.get((id_, code), Counts()) if told else None
                if code or came.started.get(name):
                    submitted = came.submitted.get(name, 0)
                    lines.append(
                        Line(
                            Class(code, f"{occasion.title}: {titles[code]}" if code else occasion.title),
                            present=present.get((id_, code)),
                            sent=counts,
                            started=None if lost or few else came.started.get(name, 0),
                            submitted=None if lost or few else submitted,
                            response=None
                            if lost or few or not counts
                            else self._rate(submitted, counts.invited),
                        )
                    )
        return FunnelBy(self.rates, THEME, self.together(), tuple(lines), lost, few, sum(without.values()))

    def by_answer(self, by: str) -> FunnelBy:
        """By what only an answer has; the language of an answer is not always that of the mail."""
        came = Came(
            queries.answered(self.session, self.id),
            lambda row, _: (row.language if by == LANGUAGE else row.source,),
        )
        together = self.together()
        lines = [
            Line(
                Class(code),
                started=came.started[code],
                submitted=came.submitted.get(code, 0),
                of_all=share(came.submitted.get(code, 0), together.submitted, self.rates.decimals)
                if together.submitted
                else None,
            )
            for code in sorted(came.started, key=lambda code: (-came.started[code], code))
        ]
        return FunnelBy(self.rates, by, together, tuple(lines))


def _counts(row: SentRow) -> Counts:
    return Counts(row.invited, delivered=row.delivered, bounced=row.bounced)


def _unjoined(measurement: Measurement) -> bool:
    """Whether nothing leads from its answers to a person any more."""
    return measurement.state == "closed" and not PrivacyMode(measurement.privacy_mode).traceable
