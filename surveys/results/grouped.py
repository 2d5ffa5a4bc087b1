"""What of a measurement may be told by background: its variables, and for each question which groups."""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.counted import Counted
from surveys.domain.pairing import Values
from surveys.domain.privacy import Limit
from surveys.domain.questionnaire import Form, expand, parse
from surveys.domain.questions import NumberQuestion, Question, SeveralChoices
from surveys.domain.statistics import swedish_order
from surveys.domain.suppression import EVERYONE, NOT_STATED, Group, Part, Pattern, decide
from surveys.domain.telling import Told
from surveys.models.people import GENDERS
from surveys.queries import register
from surveys.queries import results as queries
from surveys.results.cells import Cell, cells_of
from surveys.results.model import Measurement, SeriesResults
from surveys.results.questions import signature

ORDER = ("gender", "organisation", "work_group", "theme")
"""The variables of most worth, first; then a project's own, and last how the form was answered."""

LAST = ("language", "source")
_PLACES = {"gender": GENDERS}  # in one order everywhere
SMALLEST_GROUPS = 120
"""Variables may be crossed, in their order, while all of them together give no more groups than this."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A background variable: ``classes`` as they are kept, in the order shown, and their names where the
    register has any. The class ``NOT_STATED`` holds those of whom it is not known.
    """

    name: str
    classes: tuple[str, ...]
    labels: Mapping[str, str]
    crossable: bool


def variables_of(session: Session, series_id: int, cells: Sequence[Cell], told: Told) -> tuple[Variable, ...]:
    """Those that tell two groups or more apart, and by which answers are told."""
    series = queries.series_by_id(session, series_id)
    organisations = {each.code: each.name for each in register.organisations(session, series.project_id)}
    themes = {each.code: each.title for occasion in series.occasions for each in occasion.themes}
    labels = {"organisation": organisations, "theme": themes}
    found: list[Variable] = []
    for name in in_order(name for each in cells for name in each.background if told.tells(name)):
        present = {each.background.get(name, NOT_STATED) for each in cells}
        if len(present) > 1:
            known = labels.get(name, {})
            crossed = [each.name for each in found if each.crossable]
            groups = {tuple(each.background.get(one) for one in (*crossed, name)) for each in cells}
            crossable = name not in LAST and len(groups) <= SMALLEST_GROUPS
            found.append(Variable(name, _ordered(present, _PLACES.get(name, known)), known, crossable))
    return tuple(found)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Background variables, each once, those of most worth first."""
    found = set(names)
    own = sorted(found - {*ORDER, *LAST}, key=swedish_order)
    return tuple(name for name in (*ORDER, *own, *LAST) if name in found)


def _ordered(classes: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """In the order of those ``known``, then by name; those of whom nothing is known last."""
    place = {code: number for number, code in enumerate(known)}

    def rank(each: str) -> tuple[bool, int, object]:
        return each == NOT_STATED, place.get(each, len(place)), swedish_order(each)

    return tuple(sorted(classes, key=rank))


class Patterns:
    """For each question of a measurement, in the order of its results, what is shown of the whole family.

    ``forms``: the versions (id) used, newest first.
    """

    def __init__(
        self, forms: Mapping[int, Form], cells: Sequence[Cell], variables: Sequence[Variable], limit: Limit
    ) -> None:
        self.forms, self.cells, self.limit = forms, cells, limit
        self.names = [each.name for each in variables]
        self.crossed = [each.name for each in variables if each.crossable]
        self.asked = self._asked()
        self.parts = [self._parts(key, question) for key, question in self.asked.items()]
        self.of = self._decided()

    def answered_but(self, hidden: Collection[tuple[int, str]]) -> list[list[Part]]:
        """What the smallest groups answered to each question, but for those ``hidden`` in every row: version
        (id) and question.
        """
        return [
            parts
            for (key, question), parts in zip(self.asked.items(), self.parts, strict=True)
            if parts is not None
            if not all((version, question.code) in hidden for version in self._versions(key))
        ]

    @property
    def counted(self) -> list[tuple[str, bool]]:
        """The code of each question, and whether it is broken down."""
        return [
            (question.code, pattern is not None)
            for question, pattern in zip(self.asked.values(), self.of, strict=True)
        ]

    def told(self, group: Group) -> tuple[set[str], set[str]]:
        """The questions (codes) of which a group's answers are not shown; and of these, those of which n is
        not either: how many were asked would tell what they answered to another.
        """
        hidden = {
            question.code
            for question, pattern in zip(self.asked.values(), self.of, strict=True)
            if pattern is not None and not pattern.shows(group)
        }
        led = self.led_by(hidden)
        return hidden | led, led | {code for code in hidden if self._conditional(code)}

    def led_by(self, codes: Iterable[str]) -> set[str]:
        wanted = set(codes)
        return {code for form in self.forms.values() for code in form.conditions.led_by(wanted)}

    def _conditional(self, code: str) -> bool:
        return any(code in form.conditions.of for form in self.forms.values())

    def _decided(self) -> list[Pattern | None]:
        """None for questions in people's own words and for options put in order: not broken down."""
        family, hidden = self._family(), dict[str, set[Group]]()
        found: list[Pattern | None] = []
        for question, parts in zip(self.asked.values(), self.parts, strict=True):
            pattern = None
            if parts is not None:
                never = {
                    group
                    for code, groups in hidden.items()
                    if question.code in self.led_by([code])
                    for group in groups
                }
                several = isinstance(question, SeveralChoices)
                pattern = decide(parts, self.names, self.limit, several, self.crossed, never)
                hidden.setdefault(question.code, set()).update(family - pattern.groups)
            found.append(pattern)
        return found

    def _family(self) -> set[Group]:
        """Every group that can be asked for."""
        found: set[Group] = {EVERYONE}
        for cell in self.cells:
            classes = {name: cell.background.get(name, NOT_STATED) for name in self.names}
            found |= {((name, classes[name]),) for name in self.names}
            found |= {
                named(self.names, {one: classes[one], other: classes[other]})
                for one, other in product(self.crossed, self.crossed)
            }
        return found

    def _asked(self) -> dict[Hashable, Question]:
        """The questions in the order of the results, each once for the versions that offered the same."""
        found: dict[Hashable, Question] = {}
        for form in self.forms.values():
            for question in form.questions:
                if question.asks:
                    found.setdefault(signature(question), question)
        return found

    def _versions(self, key: Hashable) -> set[int]:
        """Those (id) that offered the same."""
        return {
            id_ for id_, form in self.forms.items() if any(signature(each) == key for each in form.questions)
        }

    def _parts(self, key: Hashable, question: Question) -> list[Part] | None:
        """The smallest groups with what they answered."""
        alike = self._versions(key)
        own = [
            (each.background, each.tally.questions[question.code])
            for each in self.cells
            if each.version in alike
        ]
        ends = _ends(counted for _, counted in own) if isinstance(question, NumberQuestion) else ()
        counted = [
            (background, counts)
            for background, each in own
            if (counts := _counts(question, each, ends)) is not None
        ]
        classes = tuple(dict.fromkeys(code for _, (counts, _) in counted for code in counts))
        if not classes:
            return None
        return [
            Part(background, tuple(counts.get(code, 0) for code in classes), n)
            for background, (counts, n) in counted
        ]


def read_patterns(
    session: Session, series: SeriesResults, measurement: Measurement, told: Told
) -> dict[str, Pattern]:
    """What the tables by background show of each question (code) of a measurement that is shown; of no
    question where nothing tells its answers apart.
    """
    if measurement.key is None:
        return {}
    themes = measurement.occasion.themes if measurement.occasion else ()
    versions = queries.versions(session, series.id)[measurement.questionnaire_id]
    forms = {each.id: expand(parse(each.content), themes) for each in reversed(versions)}
    cells = cells_of(session, measurement.key, forms)
    used = {each.version for each in cells}
    variables = variables_of(session, series.id, cells, told)
    if not variables:
        return {}
    found = Patterns(
        {id_: form for id_, form in forms.items() if id_ in used},
        cells,
        variables,
        Limit(series.minimum_group),
    )
    shown: dict[str, Pattern] = {}
    for question, pattern in zip(found.asked.values(), found.of, strict=True):
        if pattern is not None:
            shown.setdefault(question.code, pattern)
    return shown


def named(variables: Iterable[str], chosen: Mapping[str, str]) -> Group:
    """The group of those classes, as a pattern names it."""
    return tuple((name, chosen[name]) for name in variables if name in chosen)


def _counts(
    question: Question, counted: Counted, ends: Sequence[Decimal]
) -> tuple[dict[str, int], int] | None:
    """Persons by class, and how many answered; None for what has no classes."""
    summary = question.summarise(counted)
    if summary.distribution is not None:
        return dict(zip(summary.distribution.codes, summary.distribution.counts, strict=True)), summary.n
    if isinstance(question, SeveralChoices):
        return dict(summary.chosen), summary.n
    if isinstance(question, NumberQuestion):
        return dict(Counter(str(bisect(ends, number)) for number in _numbers(counted))), summary.n
    return None


def _ends(counted: Iterable[Counted]) -> tuple[Decimal, ...]:
    """Where the lower and the upper third of the numbers end.

    A group's numbers are not shown one by one, and hardly two are alike: its thirds are its classes. Whoever
    cannot tell how many of a group lie in a third can tell neither its sum nor its mean.
    """
    return _thirds([number for each in counted for number in _numbers(each)])


def _thirds(numbers: Iterable[Any]) -> tuple[Any, ...]:
    ordered = sorted(numbers)
    return tuple(ordered[len(ordered) * at // 3] for at in (1, 2)) if ordered else ()


def in_thirds(persons: Sequence[Values]) -> list[Values]:
    """Numbers as tables by background have them: in which third of all answers at a measurement each lies."""
    ends = [_thirds(value for value in at if value is not None) for at in zip(*persons, strict=True)]
    return [
        tuple(None if value is None else bisect(of, value) for value, of in zip(each, ends, strict=True))
        for each in persons
    ]


def _numbers(counted: Counted) -> list[Decimal]:
    return [Decimal(each) for each in counted.values() if each is not None]
