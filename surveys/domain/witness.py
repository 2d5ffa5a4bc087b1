"""Witnesses: other tables that agree with all that is shown, so that nobody can tell which is the true one.

A table says how many of each smallest group ("part") chose each class. Two kinds of move make another with
the same n everywhere: an answer of one part changes place with an answer of a part in the same shown
groups; or two such exchanges are made, each of which would show, whose traces cancel out (the rectangle of
a two-way table and all that has its form: moves of a Markov basis, Diaconis & Sturmfels, Ann. Stat. 26,
1998). Where no such move changes a count, a solver of whole numbers (HiGHS, through scipy) looks for any
table at all that does.

Sets of parts are whole numbers whose bits are the parts in them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

Table = Sequence[tuple[int, ...]]
"""Part → class → persons."""

_DIGIT = 32  # bits for each shown group in the trace of a part; no count of persons comes near that
_TRIES = 400  # pairs of exchanges looked at before the solver is asked
_TRACES = 120  # different traces among which exchanges are paired
_SOLVABLE = 4_000  # unknowns


class Secret(NamedTuple):
    """A count that must not be told: of which table, of which set of parts, of which class."""

    table: int
    held: int
    kind: int


Change = tuple[tuple[int, int, int], ...]
"""Part, class, and how many more of it chose that class."""


class Witnesses:
    """The counts that must not be told, and for each a change of the true table that nobody would see."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables
        self._found: dict[Secret, Change | None] = {}
        self._hard: list[Secret] = []  # what was told last is looked at first

    def demand(self, sets: Collection[int]) -> None:
        """From now on no count of these sets may be told, but for those that are nought."""
        self._found |= {secret: None for secret in self._counts(sets) if secret not in self._found}

    def told(self, shown: Collection[int], besides: Collection[int] = (), thorough: bool = False) -> int:
        """A set of which some count follows from all n and the answers of ``shown``; 0 where there is none.

        Looked for among those of which it may not (``demand``), and ``besides``. Where everyone of a shown
        group answered alike, the counts of its parts are no secret any more. Where no move is found, the
        solver is asked if ``thorough``; else the count is taken to be told: it errs towards silence.
        """
        trace = _Trace(shown, len(self.tables[0]) if self.tables else 0)
        pending = []
        for secret in [*self._hard, *self._found, *self._counts(besides)]:
            change = self._found.get(secret)
            if change is not None and trace.unseen(change):
                continue
            change = _exchange(self.tables[secret.table], secret, trace)
            if change is not None:
                self._found[secret] = change
            elif not self._told_of_all(secret, shown):
                if not thorough:
                    self._hard = [secret]
                    return secret.held
                pending.append(secret)
        return self._solved(pending, shown) if pending else 0

    def _counts(self, sets: Collection[int]) -> Iterator[Secret]:
        for held in sorted(sets):
            for number, table in enumerate(self.tables):
                for kind in self._kinds(number):
                    if any(table[part][kind] for part in places(held)):
                        yield Secret(number, held, kind)

    def _kinds(self, number: int) -> range:
        """Of one option chosen or not, the first says all."""
        classes = len(self.tables[number][0]) if self.tables[number] else 0
        return range(1 if len(self.tables) > 1 else classes)

    def _told_of_all(self, secret: Secret, shown: Collection[int]) -> bool:
        table = self.tables[secret.table]
        return any(
            not secret.held & ~held
            and all(table[part][secret.kind] == sum(table[part]) for part in places(held))
            for held in shown
        )

    def _solved(self, pending: list[Secret], shown: Collection[int]) -> int:
        """Look for other tables until each count was another in one; a set that resists, or 0."""
        for number in sorted({secret.table for secret in pending}):
            left = [secret for secret in pending if secret.table == number]
            table = self.tables[number]
            if len(table) * len(table[0]) > _SOLVABLE:
                return left[0].held
            system = _System(table, shown)
            for sign in (1, -1):
                left = self._settled(left, system.other(left, sign))
            while left:
                first = left[0]
                for sign in (1, -1):
                    left = self._settled(left, system.other([first], sign))
                if left and left[0] == first:
                    return first.held
        return 0

    def _settled(self, secrets: list[Secret], change: Change) -> list[Secret]:
        """Keep the change for the counts that it alters; return the others."""
        left = []
        for secret in secrets:
            if sum(more for part, kind, more in change if kind == secret.kind and secret.held >> part & 1):
                self._found[secret] = change
            else:
                left.append(secret)
        return left


class _Trace:
    """For each part the shown groups that it lies in, as one number of which any few can be added up."""

    def __init__(self, shown: Iterable[int], parts: int) -> None:
        self.of = [0] * parts
        for position, held in enumerate(sorted(shown)):
            mark = 1 << _DIGIT * position
            for part in places(held):
                self.of[part] += mark
        self.alike: dict[int, list[int]] = defaultdict(list)
        for part, mark in enumerate(self.of):
            self.alike[mark].append(part)
        self._apart: dict[int, list[tuple[int, int]]] | None = None

    def unseen(self, change: Change) -> bool:
        """Whether a change leaves every class of every shown group as it was."""
        seen: dict[int, int] = defaultdict(int)
        for part, kind, more in change:
            seen[kind] += more * self.of[part]
        return not any(seen.values())

    def apart(self, difference: int) -> list[tuple[int, int]]:
        """The pairs of traces that differ by so much."""
        if self._apart is None:
            traces = list(islice(self.alike, _TRACES))
            self._apart = defaultdict(list)
            for one in traces:
                for other in traces:
                    if one != other:
                        self._apart[one - other].append((one, other))
        return self._apart.get(difference, [])


def _exchange(table: Table, secret: Secret, trace: _Trace) -> Change | None:
    """One exchange, or two that cancel out, which alter a count and are not seen."""
    held, kind = secret.held, secret.kind
    inside = [part for part in range(len(table)) if held >> part & 1]
    outside = [part for part in range(len(table)) if not held >> part & 1]
    with_it = [part for part in inside if table[part][kind]]
    for part in with_it:
        for other in trace.alike[trace.of[part]]:
            if not held >> other & 1:
                for another in _others(table[other], kind):
                    return _change(kind, another, (part,), (other,))
    for part in inside:
        for other in trace.alike[trace.of[part]]:
            if not held >> other & 1 and table[other][kind]:
                for another in _others(table[part], kind):
                    return _change(kind, another, (other,), (part,))
    found = islice(_doubles(table, secret, trace, inside, outside), _TRIES)
    return next((change for change in found if change is not None), None)


def _doubles(
    table: Table, secret: Secret, trace: _Trace, inside: list[int], outside: list[int]
) -> Iterator[Change | None]:
    """Pairs of exchanges that cancel out; None for each that the table does not allow."""
    for part in inside:
        for other in outside:
            for out, into in ((part, other), (other, part)):
                if table[out][secret.kind]:
                    for pair in trace.apart(trace.of[into] - trace.of[out]):
                        yield _double(table, secret, trace, (out, into), pair)


def _double(
    table: Table, secret: Secret, trace: _Trace, first: tuple[int, int], pair: tuple[int, int]
) -> Change | None:
    """``first`` gives the class away and takes it in; another exchange, of those traces, mends it."""
    kind, held = secret.kind, secret.held
    out, into = first
    for another in _others(table[into], kind):
        for second_out in trace.alike[pair[0]]:
            for second_into in trace.alike[pair[1]]:
                outs, intos = (out, second_out), (into, second_into)
                altered = sum(held >> part & 1 for part in intos) - sum(held >> part & 1 for part in outs)
                if altered and _enough(table, kind, outs) and _enough(table, another, intos):
                    return _change(kind, another, outs, intos)
    return None


def _others(counts: Sequence[int], kind: int) -> list[int]:
    return [another for another, count in enumerate(counts) if count and another != kind]


def _enough(table: Table, kind: int, parts: tuple[int, ...]) -> bool:
    return all(table[part][kind] >= parts.count(part) for part in parts)


def _change(kind: int, another: int, outs: tuple[int, ...], intos: tuple[int, ...]) -> Change:
    return (
        *((part, kind, -1) for part in outs),
        *((part, another, 1) for part in outs),
        *((part, kind, 1) for part in intos),
        *((part, another, -1) for part in intos),
    )


class _System:
    """All tables of whole numbers that agree with the n of every part and the answers of what is shown."""

    def __init__(self, table: Table, shown: Iterable[int]) -> None:
        from scipy.optimize import Bounds, LinearConstraint  # noqa: PLC0415
        from scipy.sparse import coo_array  # noqa: PLC0415

        self.table, self.classes = table, len(table[0])
        rows: list[tuple[int, int]] = []  # equation, unknown
        right: list[int] = []
        for part, counts in enumerate(table):
            rows += [(len(right), part * self.classes + kind) for kind in range(self.classes)]
            right.append(sum(counts))
        for held in sorted(shown):
            them = list(places(held))
            for kind in range(self.classes):
                rows += [(len(right), part * self.classes + kind) for part in them]
                right.append(sum(table[part][kind] for part in them))
        unknowns = len(table) * self.classes
        down, across = zip(*rows, strict=True)
        matrix = coo_array(([1.0] * len(rows), (down, across)), shape=(len(right), unknowns)).tocsr()
        self.equations = LinearConstraint(matrix, right, right)
        self.bounds = Bounds(0, [sum(counts) for counts in table for _ in counts])

    def other(self, secrets: Iterable[Secret], sign: int) -> Change:
        """The change to a table with these counts as large (or, of -1, as small) as can be together."""
        from scipy.optimize import milp  # noqa: PLC0415

        weights = [0.0] * (len(self.table) * self.classes)
        for secret in secrets:
            for part in places(secret.held):
                weights[part * self.classes + secret.kind] -= sign
        found = milp(
            weights,
            integrality=1,
            bounds=self.bounds,
            constraints=self.equations,
            options={"node_limit": 200},  # and no time limit: the same answers give the same pattern anywhere
        )
        if found.x is None:
            return ()
        rounded = [round(value) for value in found.x]
        return tuple(
            (part, kind, more)
            for part, counts in enumerate(self.table)
            for kind, count in enumerate(counts)
            if (more := rounded[part * self.classes + kind] - count)
        )


def places(held: int) -> Iterator[int]:
    """The parts of a set, in order."""
    while held:
        lowest = held & -held
        yield lowest.bit_length() - 1
        held ^= lowest
