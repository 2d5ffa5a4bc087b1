"""Witnesses: other tables that agree with all that is shown, so that nobody can tell which is the true one.

A table says how many of each smallest group ("part") chose each class. Two kinds of move make another with
the same n everywhere: an answer of one part changes place with an answer of a part in the same shown
groups; or two such exchanges are made, each of which would show, whose traces cancel out (the rectangle of
a two-way table and all that has its form: moves of a Markov basis, Diaconis & Sturmfels, Ann. Stat. 26,
1998). Where no such move changes a count, a solver of whole numbers (HiGHS, through scipy) looks for any
table at all that does.

Sets of parts are whole numbers whose bits are the parts in them.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from surveys.domain.traces import Change, Pair, Trace, places, trace_of

Table = Sequence[tuple[int, ...]]
"""Part → class → persons."""

_TRIES = 400  # pairs of exchanges looked at before the solver is asked
_SOLVABLE = 150  # unknowns
_SOLVED = 24  # times that the solver is asked for one question, before no answer is taken for a no


class Secret(NamedTuple):
    """A count that must not be told: of which table, of which set of parts, of which class."""

    table: int
    held: int
    kind: int


class Witnesses:
    """The counts that must not be told, and for each a change of the true table that nobody would see."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables
        self._chosen = [_chosen(table) for table in tables]
        self._found: dict[Secret, Change | None] = {}
        self._of: dict[int, tuple[Secret, ...]] = {}
        self._hard: list[Secret] = []  # what was told last is looked at first
        self._solver = _SOLVED

    def demand(self, sets: Collection[int]) -> None:
        """From now on no count of these sets may be told, but for those that are nought."""
        self._found |= {secret: None for secret in self._counts(sets) if secret not in self._found}

    def told(self, shown: Collection[int], besides: Collection[int] = (), thorough: bool = False) -> int:
        """A set of which some count follows from all n and the answers of ``shown``; 0 where there is none.

        Looked for among those of which it may not (``demand``), and ``besides``. Where everyone of a shown
        group answered alike, the counts of its parts are no secret any more. Where no move is found, the
        solver is asked if ``thorough``; else the count is taken to be told: it errs towards silence.
        """
        trace = trace_of(frozenset(shown), len(self.tables[0]) if self.tables else 0)
        pending, solvable = list[Secret](), False
        for secret in [*self._hard, *self._found, *self._counts(besides)]:
            change = self._found.get(secret)
            if change is not None and trace.unseen(change):
                continue
            change = _exchange(self._chosen[secret.table], secret, trace)
            if change is not None:
                self._found[secret] = change
                twin = secret._replace(kind=change[1][0])  # what is exchanged for it is altered as much
                if twin in self._of[secret.held]:
                    self._found[twin] = change
            elif self._told_of_all(secret, shown):
                continue
            elif solvable:
                pending.append(secret)
            elif thorough and not self._solved([secret], shown):
                solvable = True  # where the first resists, the others need no looking at
            else:
                self._hard = [secret]
                return secret.held
        return self._solved(pending, shown) if pending else 0

    def _counts(self, sets: Collection[int]) -> Iterator[Secret]:
        for held in sorted(sets):
            if held not in self._of:
                self._of[held] = tuple(
                    Secret(number, held, kind)
                    for number, chosen in enumerate(self._chosen)
                    for kind, having in enumerate(chosen[: self._kinds(number)])
                    if held & having
                )
            yield from self._of[held]

    def _kinds(self, number: int) -> int:
        """Of one option chosen or not, the first says all."""
        return 1 if len(self.tables) > 1 else len(self._chosen[number])

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
            if len(left) > 1:
                for sign in (1, -1):
                    left = self._settled(left, self._asked(system, left, sign))
            while left:
                first = left[0]
                for sign in (1, -1):
                    if first in left:
                        left = self._settled(left, self._asked(system, [first], sign))
                if first in left:
                    return first.held
        return 0

    def _asked(self, system: "_System", secrets: Sequence[Secret], sign: int) -> Change:
        self._solver -= 1
        return system.other(secrets, sign) if secrets and self._solver >= 0 else ()

    def _settled(self, secrets: list[Secret], change: Change) -> list[Secret]:
        """Keep the change for the counts that it alters; return the others."""
        more = dict(change)
        left = []
        for secret in secrets:
            if sum(each for part, each in more.get(secret.kind, ()) if secret.held >> part & 1):
                self._found[secret] = change
            else:
                left.append(secret)
        return left


def _chosen(table: Table) -> tuple[int, ...]:
    """Of each class the parts in which somebody chose it."""
    found = [0] * (len(table[0]) if table else 0)
    for part, counts in enumerate(table):
        for kind, count in enumerate(counts):
            if count:
                found[kind] |= 1 << part
    return tuple(found)


def _exchange(chosen: Sequence[int], secret: Secret, trace: Trace) -> Change | None:
    """One exchange, or two that cancel out, which alter a count and are not seen."""
    held, kind = secret.held, secret.kind
    for alike in trace.alike:
        inside, outside = alike & held, alike & ~held
        if inside and outside:
            for out, into in ((inside, outside), (outside, inside)):
                for another in _others(chosen, kind, (out,), (into,)):
                    return _change(
                        kind, another, (_first(out & chosen[kind]),), (_first(into & chosen[another]),)
                    )
    found = (_double(chosen, secret, *each) for each in islice(_crossings(held, trace), _TRIES))
    return next((change for change in found if change is not None), None)


def _crossings(held: int, trace: Trace) -> Iterator[tuple[Pair, Pair]]:
    """Two sets of parts alike and two others which come to the same; one of them has to do with ``held``."""
    for one in trace.alike:
        if one & held:
            for these, those in trace.crossings(one):
                yield these, those
                yield those, these


def _double(chosen: Sequence[int], secret: Secret, outs: Pair, intos: Pair) -> Change | None:
    """One of each of ``outs`` gives the class away and one of each of ``intos`` takes it in."""
    held, kind = secret.held, secret.kind
    if not (outs[0] & chosen[kind] and outs[1] & chosen[kind]):
        return None
    for another in _others(chosen, kind, outs, intos):
        for inside in (True, False):
            takers = tuple(_first(each & chosen[another], held, inside) for each in intos)
            givers = tuple(_first(each & chosen[kind], held, not inside) for each in outs)
            if sum(held >> part & 1 for part in takers) != sum(held >> part & 1 for part in givers):
                return _change(kind, another, givers, takers)
    return None


def _others(chosen: Sequence[int], kind: int, outs: Iterable[int], intos: Iterable[int]) -> Iterator[int]:
    """For what the class can be exchanged, where all of ``outs`` have it: what all of ``intos`` have."""
    if all(each & chosen[kind] for each in outs):
        for another, having in enumerate(chosen):
            if another != kind and all(each & having for each in intos):
                yield another


def _first(among: int, held: int = 0, inside: bool = True) -> int:
    """The first part of a set, if there is one ``inside`` (or outside) ``held``, of those."""
    found = (among & held if inside else among & ~held) or among
    return (found & -found).bit_length() - 1


def _change(kind: int, another: int, outs: tuple[int, ...], intos: tuple[int, ...]) -> Change:
    fewer = (*((part, -1) for part in outs), *((part, 1) for part in intos))
    return (kind, fewer), (another, tuple((part, -more) for part, more in fewer))


class _System:
    """All tables of whole numbers that agree with the n of every part and the answers of what is shown."""

    def __init__(self, table: Table, shown: Iterable[int]) -> None:
        from scipy.optimize import Bounds, LinearConstraint  # noqa: PLC0415
        from scipy.sparse import coo_array  # noqa: PLC0415

        self.table, self.classes = table, len(table[0])
        rows: list[Pair] = []  # equation, unknown
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
        moved = []
        for kind in range(self.classes):
            column = [round(value) for value in found.x[kind :: self.classes]]
            more = [there - counts[kind] for there, counts in zip(column, self.table, strict=True)]
            moved.append((kind, tuple((part, each) for part, each in enumerate(more) if each)))
        return tuple(each for each in moved if each[1])
