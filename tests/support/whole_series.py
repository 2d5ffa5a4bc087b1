"""Random series as they are, everything that is shown of them, and three who look at it.

A *reader* sees every page: whole measurements, tables by background, pairs of any two measurements, indexes
and earlier snapshots. An *organiser* has the rows of each measurement besides, and an *evaluator* those that
the person code joins.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from random import Random

import numpy as np

from surveys.domain.composite import View
from surveys.domain.counted import Counted
from surveys.domain.index_views import IndexViews, index_views
from surveys.domain.pairing import Values
from surveys.domain.pairing_beside import Table, joined_beside_tables
from surveys.domain.pairing_in_classes import Rows, joined_among, joined_rows
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.reliability import mean, quartiles, standard_deviation
from surveys.domain.snapshots import shown_of
from surveys.domain.statistics import rounded
from surveys.domain.suppression import Group, Part, Pattern, decide
from surveys.domain.telling import Telling, carried_by_rows
from tests.support.solving_series import NONE, Between, Known, Mask, Vector

VARIABLES = ("gender", "organisation", "work_group")
Column = tuple[int, int]  # measurement, question
Class = tuple[str, str]  # variable, class
SIXTIETHS = 60  # indexes as whole numbers
HALF = 0.05 + 1e-9  # what a figure with one decimal may be off


@dataclass(frozen=True)
class Person:
    """``backgrounds``: a place a measurement; ``answers``: measurement → question → class, None for no
    answer; ``early``: by the first snapshot.
    """

    backgrounds: tuple[dict[str, str], ...]
    answers: tuple[tuple[int | None, ...], ...]
    early: bool


@dataclass
class Whole:
    """A series and what is shown of it. ``indexes``: the questions of each, and how many are needed."""

    persons: list[Person]
    variables: tuple[str, ...]
    measurements: int
    points: tuple[int, ...]
    limit: Limit
    indexes: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    rows: bool = False
    """Response rows are given out, and tables stand by what they carry."""

    def answer(self, person: Person, column: Column) -> int | None:
        return person.answers[column[0]][column[1]]

    @property
    def columns(self) -> list[Column]:
        return list(product(range(self.measurements), range(len(self.points))))

    def counted(self, persons: Sequence[Person], column: Column) -> tuple[int, ...]:
        found = Counter(self.answer(each, column) for each in persons)
        return tuple(found[one] for one in range(self.points[column[1]]))

    def may_be_shown(self, persons: Sequence[Person], column: Column) -> bool:
        counts = self.counted(persons, column)
        return shown(counts, sum(counts), self.limit) is Verdict.SHOWN

    @cached_property
    def there(self) -> list[bool]:
        """Which measurements have answers enough to show any."""
        return [
            sum(any(each is not None for each in person.answers[place]) for person in self.persons)
            >= self.limit
            for place in range(self.measurements)
        ]

    @cached_property
    def shown(self) -> list[Column]:
        return [
            each for each in self.columns if self.there[each[0]] and self.may_be_shown(self.persons, each)
        ]

    def parts(self, column: Column) -> list[Part]:
        cells: dict[tuple[str, ...], list[Person]] = defaultdict(list)
        for person in self.persons:
            cells[tuple(person.backgrounds[column[0]][name] for name in self.variables)].append(person)
        found = []
        for key, held in cells.items():
            counts = self.counted(held, column)
            found.append(Part(dict(zip(self.variables, key, strict=True)), counts, sum(counts)))
        return found

    @cached_property
    def tables(self) -> dict[Column, tuple[list[Part], Pattern]]:
        found = {}
        for column in self.shown:
            parts = self.parts(column)
            variables = self.carried if self.rows else self.variables
            found[column] = parts, decide(parts, variables, self.limit)
        return found

    @cached_property
    def kept(self) -> dict[int, tuple[list[int], list[bool]]]:
        """Of each question the measurements whose answers are joined, and who stays so."""
        found = {}
        for question in range(len(self.points)):
            places = [place for place, other in self.shown if other == question]
            values: list[Values] = [
                tuple(person.answers[place][question] for place in places) for person in self.persons
            ]
            members = [False] * len(values)
            if len(places) > 1:
                tables = [self._table(place, question) for place in places]
                if self.rows:
                    members = joined_among(values, self.limit, self.joined).members(values)
                else:
                    members = joined_beside_tables(values, self.limit, tables).members(values)
            found[question] = places, members
        return found

    @cached_property
    def joined(self) -> list[bool]:
        """Who stays joined beside the rows."""
        places = [place for place, there in enumerate(self.there) if there]
        shown = {place: [at for there, at in self.shown if there == place] for place in places}
        rows: list[Rows] = [
            tuple(
                tuple(person.answers[place][at] for at in shown[place])
                if any(each is not None for each in person.answers[place])
                else None
                for place in places
            )
            for person in self.persons
        ]
        own = [
            [tuple(person.backgrounds[place][name] for name in self.carried) for place in places]
            for person in self.persons
        ]
        return joined_rows(rows, self.limit, own)

    @cached_property
    def index_views(self) -> list[tuple[int, IndexViews, tuple[int, ...]]]:
        """What is shown of each index, by its place in ``indexes``, and at which measurements: nothing where
        tables stand by background without rows.
        """
        if self.variables and not self.rows:
            return []
        found: list[tuple[int, IndexViews, tuple[int, ...]]] = []
        earlier: list[View] = []
        for at, (questions, minimum) in enumerate(self.indexes):
            answers = {
                place: [tuple(person.answers[place][each] for each in questions) for person in self.persons]
                for place in range(self.measurements)
                if all((place, each) in self.shown for each in questions)
            }
            if not answers:
                continue
            beside = []
            for each in questions:
                places, members = self.kept[each]
                values = [tuple(person.answers[place][each] for place in places) for person in self.persons]
                beside.append(View(values, members))
            members = self.joined if self.rows else None
            own = index_views(answers, minimum, self.limit, [*beside, *earlier], members)
            earlier += own.views
            found.append((at, own, tuple(answers)))
        return found

    def _table(self, place: int, question: int) -> Table:
        return Table(
            [
                None if person.answers[place][question] is None else person.backgrounds[place]
                for person in self.persons
            ],
            self.tables[place, question][1],
        )

    @cached_property
    def early_told(self) -> list[Column]:
        found = []
        for column in self.shown:
            early = [each for each in self.persons if each.early]
            if sum(any(a is not None for a in each.answers[column[0]]) for each in early) < self.limit:
                continue
            if not self.may_be_shown(early, column):
                continue
            then, now = (
                Counted({str(k): n for k, n in enumerate(self.counted(each, column)) if n})
                for each in (early, self.persons)
            )
            if shown_of([now, then], self.limit)[1] and (then == now or not self.tables[column][1].variables):
                found.append(column)
        return found

    @cached_property
    def carried(self) -> tuple[str, ...]:
        rows = []
        for place in range(self.measurements):
            if self.there[place]:
                cells = Counter(
                    tuple(person.backgrounds[place][name] for name in self.variables)
                    for person in self.persons
                    if any(each is not None for each in person.answers[place])
                )
                rows.append(
                    [Part(dict(zip(self.variables, key, strict=True)), (), n) for key, n in cells.items()]
                )
        answered = [self.parts(column) for column in self.shown]
        wanted = Telling(rows=True).wanted
        return carried_by_rows(rows, answered, wanted, self.variables, self.limit)


@dataclass(frozen=True)
class Sort:
    """Persons whom the attacker cannot tell apart but by what they answered."""

    backgrounds: tuple[tuple[str, ...], ...]
    answered: tuple[bool, ...]
    kept: tuple[bool, ...]
    inside: tuple[tuple[bool, ...], ...]
    early: bool


class Look:
    """What one role knows of some questions at once (all, where there are rows), and what follows of it."""

    def __init__(self, whole: Whole, questions: Sequence[int], role: str) -> None:
        self.whole, self.questions, self.role = whole, tuple(questions), role
        self.columns = [each for each in whole.columns if each[1] in self.questions]
        self.place = {column: at for at, column in enumerate(self.columns)}
        chosen = set(self.questions)
        self.indexes = [each for each in whole.index_views if chosen >= set(whole.indexes[each[0]][0])]
        self.sorts = [self._sort(number) for number in range(len(whole.persons))]
        true: dict[Sort, Counter[Vector]] = defaultdict(Counter)
        for sort, person in zip(self.sorts, whole.persons, strict=True):
            true[sort][self._vector(person)] += 1
        self.rows = [
            Counter(self._row(each, place) for each in whole.persons) for place in range(whole.measurements)
        ]
        self.linked = Counter(self._linked(each) for each in whole.persons)
        self.known = Known(true, self._possible)
        self._tell()

    def _sort(self, number: int) -> Sort:
        whole, person = self.whole, self.whole.persons[number]
        return Sort(
            tuple(tuple(own[name] for name in whole.variables) for own in person.backgrounds),
            tuple(whole.answer(person, column) is not None for column in self.columns),
            tuple(whole.kept[question][1][number] for question in self.questions),
            tuple(
                tuple(
                    view.members[number] and any(v is not None for v in view.values[number])
                    for view in own.views
                )
                for _, own, _ in self.indexes
            ),
            person.early,
        )

    def _vector(self, person: Person) -> Vector:
        return tuple(NONE if (a := self.whole.answer(person, each)) is None else a for each in self.columns)

    def _carried(self, own: Sequence[str]) -> tuple[str, ...]:
        known = dict(zip(self.whole.variables, own, strict=True))
        return tuple(known[name] for name in self.whole.carried)

    def _row(self, person: Person, place: int) -> tuple[tuple[str, ...], Vector]:
        """A row of a measurement as it stands in the file."""
        hidden = [
            at for (there, at) in self.whole.columns if there == place and (there, at) not in self.whole.shown
        ]
        given = [NONE if a is None or at in hidden else a for at, a in enumerate(person.answers[place])]
        own = [person.backgrounds[place][name] for name in self.whole.variables]
        return self._carried(own), tuple(given)

    def _linked(self, person: Person) -> Hashable:
        return tuple(self._row(person, place) for place in range(self.whole.measurements))

    def _possible(self, sort: Sort) -> Iterator[Vector]:
        if self.role == "reader":
            yield from product(
                *(
                    range(self.whole.points[question]) if answered else (NONE,)
                    for (_, question), answered in zip(self.columns, sort.answered, strict=True)
                )
            )
            return
        carried = [self._carried(own) for own in sort.backgrounds]
        wanted = self._split(sort.answered)
        there = [
            self._fitting(place, carried[place], wanted[place]) for place in range(self.whole.measurements)
        ]
        if self.role == "organiser":
            ways: Iterator[Sequence[Vector]] = product(*there)  # type: ignore[assignment]
        else:
            ways = (
                tuple(row for _, row in each)  # type: ignore[attr-defined]
                for each in self.linked
                if all(row in there[place] and own == carried[place] for place, (own, row) in enumerate(each))  # type: ignore[attr-defined]
            )
        for way in ways:
            yield tuple(answer for row in way for answer in row)

    def _split(self, flat: Sequence[bool]) -> list[tuple[bool, ...]]:
        size = len(self.whole.points)
        return [tuple(flat[place * size : (place + 1) * size]) for place in range(self.whole.measurements)]

    def _fitting(self, place: int, carried: tuple[str, ...], answered: tuple[bool, ...]) -> list[Vector]:
        seen = [(place, at) in self.whole.shown for at in range(len(self.whole.points))]
        return [
            row
            for own, row in self.rows[place]
            if own == carried
            and all((a != NONE) == (there and see) for a, there, see in zip(row, answered, seen, strict=True))
        ]

    def at(self, column: Column) -> np.ndarray:
        return self.known.vectors[:, self.place[column]]

    def _tell(self) -> None:
        for column in self.columns:
            if column in self.whole.tables:
                self._tell_table(column)
        for at, question in enumerate(self.questions):
            self._tell_pairs(at, question)
        for at, (index, own, places) in enumerate(self.indexes):
            self._tell_index(at, index, own, places)
        if self.role != "reader":
            self._tell_rows()

    def _tell_table(self, column: Column) -> None:
        whole, known = self.whole, self.known
        masks = [self.at(column) == one for one in range(whole.points[column[1]])]
        for group in whole.tables[column][1].groups:
            held = self.of_group(group, column[0])
            for mask in masks:
                known.tell(mask & held)
        if not whole.tables[column][1].groups:
            for mask in masks:
                known.tell(mask)
        if column in whole.early_told:
            for mask in masks:
                known.tell(mask & known.of(lambda sort: sort.early))

    def _tell_pairs(self, at: int, question: int) -> None:
        whole, known = self.whole, self.known
        kept = known.of(lambda sort: sort.kept[at])
        classes = range(whole.points[question])
        for first, second in combinations(whole.kept[question][0], 2):
            for one, other in product(classes, classes):
                known.tell(
                    kept & (self.at((first, question)) == one) & (self.at((second, question)) == other)
                )

    def _tell_index(self, at: int, index: int, own: IndexViews, places: Sequence[int]) -> None:
        """How the values of those joined differ between any two measurements, which is more than what is
        printed of them; what is printed of all at each; and alpha.
        """
        known = self.known
        questions, minimum = self.whole.indexes[index]
        values = {place: self._index_at(place, questions, minimum) for place in places}
        inside = [known.of(lambda sort, n=n: sort.inside[at][n]) for n in range(len(own.views))]
        if own.joined is not None:
            joined_ = inside.pop(0)
            for place, other in combinations(places, 2):
                both = joined_ & (values[place] != NONE) & (values[other] != NONE)
                steps = values[other] - values[place]
                for step in set(steps[both].tolist()):
                    known.tell(both & (steps == step))
                for each in (place, other):
                    self._tell_side(both, values[each])
        for place, held in zip(places, inside, strict=False):
            self._tell_side(held & (values[place] != NONE), values[place])
        for place, held in zip(places, inside[len(places) :], strict=True):
            self._tell_alpha(place, held, questions)

    def _tell_side(self, held: Mask, values: np.ndarray) -> None:
        """n is known. Mean and deviation are printed with one decimal, and so are the quartiles."""
        known = self.known
        counts = {one: known.count(held & (values == one)) for one in set(values[held].tolist())}
        counted = {Fraction(one, SIXTIETHS): n for one, n in counts.items() if n}
        n, middle, deviation = sum(counted.values()), mean(counted), standard_deviation(counted)
        cuts = quartiles(counted)
        if middle is None or cuts is None:
            for one in counts:
                known.tell(held & (values == one))
            return
        weights = np.where(held, values, 0) / SIXTIETHS
        printed = float(rounded(middle, 1))
        low, high = max(0.0, n * (printed - HALF)), n * (printed + HALF)
        known.tell_between(weights, low, high)
        if deviation is not None:
            spread = float(rounded(Fraction(deviation), 1))
            least, most = (n - 1) * max(0.0, spread - HALF) ** 2, (n - 1) * (spread + HALF) ** 2
            known.tell_between(weights**2, least + low**2 / n, most + high**2 / n)
        for quarters, cut in enumerate(cuts, start=1):
            at = float(rounded(cut, 1))
            known.tell_between(held & (values / SIXTIETHS < at - HALF), 0, n * quarters / 4)
            known.tell_between(held & (values / SIXTIETHS > at + HALF), 0, n * (4 - quarters) / 4)

    def _tell_alpha(self, place: int, held: Mask, questions: Sequence[int]) -> None:
        """Printed with two decimals. As it is no sum, he is told what it is made of but the squares."""
        known, n, k = self.known, self.known.count(held), len(questions)
        answers = [np.where(held, self.at((place, each)), 0).astype(float) for each in questions]
        if n < 2:
            return
        sums, squares, of_all = np.sum(answers, axis=0), np.zeros(len(held)), 0.0
        for each in answers:
            total = float(each @ known.true)
            if total:
                known.tell_between(each, total, total)
            squares, of_all = squares + each**2, of_all + total**2 / n
        parts = float(squares @ known.true) - of_all
        whole_total = float(sums @ known.true)
        whole = float(sums**2 @ known.true) - whole_total**2 / n
        if not whole:
            return
        alpha = float(rounded(Fraction(k / (k - 1) * (1 - parts / whole)), 2))
        for way in (1, -1):
            share = 1 - (alpha + way * (0.005 + 1e-9)) * (k - 1) / k
            left = squares - share * sums**2
            right = of_all - share * whole_total**2 / n
            # the variances of the parts are that share of the variance of the sums, or more, or less
            if way > 0:
                known.tell_between(left, right, np.inf)
            else:
                known.tell_between(left, -np.inf, right)

    def _index_at(self, place: int, questions: Sequence[int], minimum: int) -> np.ndarray:
        """Sixtieths, so that they stay whole numbers."""
        columns = self.known.vectors[:, [self.place[place, each] for each in questions]].astype(int)
        there = columns != NONE
        many = there.sum(axis=1)
        total = np.where(there, columns, 0).sum(axis=1)
        return np.where(many >= max(1, minimum), SIXTIETHS * total // np.maximum(many, 1), NONE)

    def _tell_rows(self) -> None:
        if self.role == "evaluator":
            self._tell_each([(None, each) for each in self.linked])
            return
        for place in range(self.whole.measurements):
            self._tell_each([(place, each) for each in self.rows[place]])

    def _tell_each(self, rows: Sequence[tuple[int | None, Hashable]]) -> None:
        size = len(self.whole.points)
        own = [[self._carried(each) for each in sort.backgrounds] for sort in self.known.sorts]
        seen = np.array([column in self.whole.shown for column in self.columns])
        vectors = np.where(seen, self.known.vectors, NONE)
        for place, row in rows:
            if place is None:
                held = [at for at, _ in row]  # type: ignore[attr-defined]
                flat = [a for _, given in row for a in given]  # type: ignore[attr-defined]
                mask = (vectors == np.array(flat)).all(axis=1)
            else:
                held, given = row  # type: ignore[misc]
                mask = (vectors[:, place * size : (place + 1) * size] == np.array(given)).all(axis=1)
            theirs = [each if place is None else each[place] for each in own]
            self.known.tell(mask & np.array([each == held for each in theirs])[self.known.sort])

    def of_group(self, group: Group, place: int) -> Mask:
        """Whoever was in it at a measurement."""
        names = self.whole.variables
        return self.known.of(
            lambda sort: all(sort.backgrounds[place][names.index(name)] == one for name, one in group)
        )

    # what may not be told

    def secrets(self) -> Iterator[tuple[Hashable, Mask, list[Person]]]:
        """Sets of persons that may not be shown, of one column each: hidden groups, and those of them who
        answered when.
        """
        for column in self.columns:
            if column not in self.whole.shown:
                continue
            done: set[frozenset[int]] = set()
            told = list(self._told_sets(column))
            for name, numbers in self._sets(column):
                held = frozenset(numbers)
                if not held or held in done:
                    continue
                done.add(held)
                persons = [self.whole.persons[number] for number in held]
                if self.whole.may_be_shown(persons, column):
                    continue
                sorts = {self.sorts[number] for number in held}
                if any(
                    self.sorts[number] in sorts for number in range(len(self.sorts)) if number not in held
                ):
                    # among persons of one sort none is told apart
                    continue
                everybody = self.known.of(sorts.__contains__)
                counts = self.whole.counted(persons, column)
                for one, count in enumerate(counts):
                    if count and not any(held <= each and alike == one for each, alike in told):
                        yield (name, column, one), everybody & (self.at(column) == one), persons

    def _told_sets(self, column: Column) -> Iterator[tuple[set[int], int]]:
        """Sets of persons of whom it is shown that they answered alike, and how."""
        whole = self.whole
        answered = [n for n, each in enumerate(whole.persons) if whole.answer(each, column) is not None]
        sets = [set(answered)]
        if column in whole.tables:
            for group in whole.tables[column][1].groups:
                sets.append({n for n in answered if self._in(whole.persons[n], column[0], group)})
        kept = whole.kept[column[1]][1]
        sets += [{n for n in answered if kept[n]}, {n for n in answered if not kept[n]}]
        for each in sets:
            answers = {whole.answer(whole.persons[n], column) for n in each}
            if len(answers) == 1 and len(each) >= 2 * whole.limit:
                yield each, answers.pop() or 0

    def _in(self, person: Person, place: int, group: Group) -> bool:
        return all(person.backgrounds[place][name] == one for name, one in group)

    def _sets(self, column: Column) -> Iterator[tuple[Hashable, list[int]]]:
        whole = self.whole
        answered = [n for n, each in enumerate(whole.persons) if whole.answer(each, column) is not None]
        groups: dict[Hashable, list[int]] = defaultdict(list)
        kept = whole.kept[column[1]][1]
        backgrounds = [whole.persons[n].backgrounds[column[0]] for n in answered]
        classes = sorted({(name, own[name]) for own in backgrounds for name in whole.variables})
        for n in answered:
            person = whole.persons[n]
            own = [(name, person.backgrounds[column[0]][name]) for name in whole.variables]
            when = tuple(any(a is not None for a in at) for at in person.answers)
            cells = [(), *((each,) for each in own), *combinations(own, 2), tuple(own)]
            outside = (("outside", each) for each in classes if each not in own)
            for cell in dict.fromkeys([*cells, *outside]):
                for name, more in (
                    ("", ()),
                    ("when", when),
                    ("kept", (kept[n],)),
                    ("early", (person.early,)),
                ):
                    groups[cell, name, more].append(n)
            for rest in self._rests(own, classes):
                groups[rest, "rest", ()].append(n)
        yield from groups.items()

    def _rests(self, own: Sequence[Class], classes: Sequence[Class]) -> Iterator[Hashable]:
        """Somebody is of one class and not of another, and of neither of two."""
        others = [each for each in classes if each not in own]
        yield from product(own, others)
        yield from (frozenset(two) for two in combinations(others, 2))


@dataclass
class Outcome:
    tried: int = 0
    sets: int = 0
    had: list[Between] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)


def attack(whole: Whole, role: str, seed: int, most: int = 10) -> Outcome:
    """Every count that may not be told, as ``role`` looks at all there is at once."""
    found = Outcome()
    if role == "reader":
        held = {each for questions, _ in whole.indexes for each in questions}
        blocks = [(each,) for each in range(len(whole.points))]
        if held and whole.index_views:
            blocks.append(tuple(sorted(held)))
    else:
        blocks = [tuple(range(len(whole.points)))]
    for block in blocks:
        look = Look(whole, block, role)
        secrets = list(look.secrets())
        if not secrets:
            continue
        found.sets += len({each[0][:2] for each, _, _ in ((s[0], 0, 0) for s in secrets)})
        others = look.known.others(np.random.default_rng(seed), 4)
        doubtful, sure = [], []
        for what, mask, persons in secrets:
            values = [float(each[mask].sum()) for each in (*others, look.known.true)]
            n = sum(look.whole.counted(persons, what[1]))  # type: ignore[index]
            far = min(values) + 1 <= max(values) - 1e-6 or round(min(values)) != round(max(values))
            (sure if far else doubtful).append((what, mask, n))
        chance = Random(seed)
        look_at = doubtful + chance.sample(sure, min(most, len(sure)))
        found.tried += len(secrets)
        for what, mask, n in look_at:
            each = look.known.between(what, mask, n)
            assert each.low <= each.true <= each.high, (what, each)
            if each.high - each.low == 1 and most:
                each = look.known.whole(each, mask)
            found.widths.append((each.high - each.low) / each.n)
            if each.recovered:
                found.had.append(each)
    return found


def random_series(
    chance: Random,
    measurements: int = 2,
    questions: int = 4,
    people: tuple[int, int] = (14, 50),
    points: int = 3,
    indexed: bool = True,
    snapshots: bool = True,
    moves: float = 0.0,
) -> Whole:
    """A series as they are; the last question is yes or no, and where ``indexed`` the first three are one or
    two indexes. ``moves``: which part has another organisation and group at the next
    measurement.
    """
    variables = VARIABLES[: chance.choice((1, 2, 2, 3))]
    organisations = {f"o{k}": chance.random() ** 2 + 0.05 for k in range(chance.randint(2, 4))}
    stays = [1 - chance.random() ** 2 * 0.5 for _ in range(measurements)]
    skips = chance.choice((0.0, 0.0, 0.03, 0.1))
    weights = [[chance.random() ** 2 + 0.05 for _ in range(points)] for _ in range(questions)]
    classes = tuple(2 if each == questions - 1 else points for each in range(questions))
    persons = []
    for _ in range(chance.randint(*people)):
        (organisation,) = chance.choices(list(organisations), list(organisations.values()))
        (gender,) = chance.choices(("woman", "man", "other", ""), (70, 22, 3, 5))
        group = f"{organisation}{chance.randrange(2)}"
        own = dict(zip(VARIABLES, (gender, organisation, group), strict=True))
        backgrounds = [own]
        while len(backgrounds) < measurements:
            if moves and chance.random() < moves:
                organisation = chance.choice(list(organisations))
                own = {
                    **own,
                    "organisation": organisation,
                    "work_group": f"{organisation}{chance.randrange(2)}",
                }
            backgrounds.append(own)
        early = chance.random() < 0.7 and snapshots
        answers = []
        for place in range(measurements):
            here = chance.random() < stays[place]
            row: list[int | None] = []
            for each in range(questions):
                before = answers[-1][each] if answers else None
                (drawn,) = chance.choices(range(classes[each]), weights[each][: classes[each]])
                value = before if before is not None and chance.random() < 0.5 else drawn
                row.append(value if here and chance.random() >= skips else None)
            answers.append(tuple(row))
        persons.append(
            Person(
                tuple({name: each[name] for name in variables} for each in backgrounds),
                tuple(answers),
                early,
            )
        )
    indexes: list[tuple[tuple[int, ...], int]] = []
    if indexed and questions > 3:
        indexes.append(((0, 1, 2), chance.choice((2, 3))))
        if chance.random() < 0.5:
            indexes.append((chance.choice(((0, 1), (1, 2))), 1))
    limit = Limit(chance.choice((5, 5, 5, 7)))
    return Whole(persons, variables, measurements, classes, limit, indexes)
