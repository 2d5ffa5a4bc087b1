"""Which groups' answers are shown, decided once for everything that can be asked of one question.

The *family* is all that a page, filter, chart, file or report can ask for: everyone, every class of every
background variable, and every cell of two variables crossed (never three). A filter and then a breakdown is a
row of such a cross. The pattern is decided for the family as a whole and does not depend on what is opened.

1. A group that ``privacy.shown`` refuses is *sensitive*. It is never shown.
2. In every line of the family (a group = its parts by another variable) what is left over after the shown
   parts is itself a group that may be shown: of the limit or more, and not all alike unless twice that.
3. For every sensitive group and each class that somebody in it chose there is a *witness*: another table of
   whole numbers, with the same n in every smallest group and the same answers in all that is shown, in which
   that count is another (``surveys.domain.witness``). So no solver can tell it. The same holds for what two
   groups leave over, where that may not be shown: the women outside an organisation, and those of neither.

Lines are completed with the smallest groups (Cox, J. Am. Stat. Assoc. 75, 1980; Hundepool et al.,
Statistical Disclosure Control, 2012, ch. 4). To find the least suppression is NP-hard (Fischetti & Salazar,
Math. Program. 84, 1999); here views are admitted one by one in order of worth, each audited together with
all that is shown already. Where the audit finds no witness more is hidden, at worst the whole view. What is
admitted stays, so single variables come before crosses.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from surveys.domain.families import EVERYONE, NOT_STATED, Group, Groups, Line, groups_of, rests
from surveys.domain.privacy import Limit, Verdict, by_size, shown
from surveys.domain.traces import places
from surveys.domain.witness import Witnesses

__all__ = ["EVERYONE", "NOT_STATED", "Group", "Part", "Pattern", "decide"]

_ATTEMPTS = 24  # at a view, before it is left out as a whole


@dataclass(frozen=True, slots=True)
class Part:
    """A smallest group: those who share every class of ``background`` (what is not there is not stated).

    ``n`` answered the question, ``counts`` by class in a common order: one class each or, where several could
    be chosen, any number of them.
    """

    background: Mapping[str, str]
    counts: tuple[int, ...]
    n: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is shown of a question: ``groups`` of the family of ``variables``; of all others nothing but n."""

    groups: frozenset[Group]
    variables: tuple[str, ...] = ()

    def shows(self, group: Group) -> bool:
        return group in self.groups


def decide(
    parts: Iterable[Part],
    variables: Sequence[str],
    limit: Limit,
    several: bool = False,
    crossed: Collection[str] | None = None,
    never: Collection[Group] = (),
) -> Pattern:
    """Which groups of the family of ``variables`` (in order of worth) are shown; see the module.

    ``crossed`` are those of which two may be crossed (all, unless said); ``several`` says that a person may
    have chosen several classes. Groups that hold the very same persons have the same fate. Those of ``never``
    are hidden, whatever they answered to this question: who was asked it tells what they answered to another
    that is hidden of them. The same parts give the same pattern, in whatever order they stand.
    """
    names = tuple(dict.fromkeys(variables))
    may = tuple(name for name in names if crossed is None or name in crossed)
    table = tuple((*part.background.values(), part.counts, part.n) for part in _merged(parts, names))
    return _decided(table, names, may, limit, several, frozenset(never))


@lru_cache(maxsize=512)
def _decided(
    table: tuple[tuple[Any, ...], ...],
    names: tuple[str, ...],
    crossed: tuple[str, ...],
    limit: Limit,
    several: bool,
    never: frozenset[Group],
) -> Pattern:
    """Pages are looked at more often than answers change."""
    parts = [Part(dict(zip(names, classes, strict=True)), counts, n) for *classes, counts, n in table]
    groups = groups_of(tuple(tuple(row[:-2]) for row in table), names, crossed)
    return Family(parts, groups, limit, several).pattern(never)


class Family:
    """The groups of one question, and what they answered."""

    def __init__(self, parts: Sequence[Part], groups: Groups, limit: Limit, several: bool) -> None:
        self.parts, self.limit, self.groups, self.sets = parts, limit, groups, groups.sets
        self._held_back: set[int] = set()
        self._may: dict[int, bool] = {}
        self._size: dict[int, int] = {}
        tables = _tables([each.counts for each in self.parts], [each.n for each in self.parts], several)
        self.witnesses = Witnesses(tables)

    def pattern(self, never: Collection[Group] = ()) -> Pattern:
        everyone = self.sets[EVERYONE]
        self._may |= {self.sets[group]: False for group in never if group in self.sets}
        if not everyone or not self.may_be_shown(everyone):
            return Pattern(frozenset(), self.groups.variables)
        open_to_all = {everyone}
        classes = [held for group, held in self.sets.items() if len(group) == 1]
        sets = {*self.sets.values(), *rests(everyone, classes, self.limit)}
        secret = {each for each in sets if each and not self.may_be_shown(each)}
        self.witnesses.demand(secret)
        for view, lines in zip(self.groups.views, self.groups.lines_of, strict=True):
            self._admit(view, lines, open_to_all)
        groups = frozenset(group for group, held in self.sets.items() if held in open_to_all)
        return Pattern(groups, self.groups.variables)

    def may_be_shown(self, held: int) -> bool:
        """Whether the parts held together are a group whose answers may be shown."""
        if held not in self._may:
            verdict = by_size(self.size(held), self.limit)
            if verdict is None:
                them = [self.parts[place].counts for place in places(held)]
                counts = [sum(column) for column in zip(*them, strict=True)]
                verdict = shown(counts, self.size(held), self.limit)
            self._may[held] = verdict is Verdict.SHOWN
        return self._may[held]

    def size(self, held: int) -> int:
        if held not in self._size:
            self._size[held] = sum(self.parts[place].n for place in places(held))
        return self._size[held]

    def _admit(self, view: Sequence[Group], lines: Sequence[Line], known: set[int]) -> None:
        """Add to ``known`` as many groups of a view as may be shown beside it; ``lines`` go through it."""
        offered = {
            self.sets[group]
            for group in view
            if self.may_be_shown(self.sets[group]) and self._parents_known(group, known)
        }
        everything = {self.sets[group] for group in view}
        wanted, single = offered - known, len(view[0]) == 1
        for attempt in range(_ATTEMPTS):
            wanted = self._completed(wanted, offered, known, lines)
            held_back = everything - wanted - known
            told = self.witnesses.told({*known, *wanted}, held_back, single) if wanted else 0
            if not told:
                known |= wanted
                break
            beside = sorted(self._beside(told, wanted, lines) or wanted, key=self._by_size)
            wanted -= set(beside[: 1 + attempt // 2])
        self._held_back |= everything - known
        self.witnesses.demand(self._held_back)

    def _beside(self, told: int, wanted: Collection[int], lines: Sequence[Line]) -> set[int]:
        """Those wanted that stand in a line with what would be told."""
        return {held for _, parts in lines if told in parts for held in parts if held in wanted}

    def _parents_known(self, group: Group, known: Collection[int]) -> bool:
        """Whether the two classes that a cell lies in are shown; else it is not either."""
        return len(group) < 2 or all(self.sets[(each,)] in known for each in group)

    def _completed(
        self, wanted: set[int], offered: set[int], known: Collection[int], lines: Sequence[Line]
    ) -> set[int]:
        """``wanted`` without what would leave over, in some line, a group that may not be shown."""
        wanted = set(wanted)
        while wanted:
            told = {*known, *wanted}
            back = self._held_back | (offered - told)
            faulty = [
                (parent, parts)
                for parent, parts in lines
                if parent in told and self._tells(parts, told, back)
            ]
            given_up = {
                # where nothing of a line can be given up, its whole is
                min(wanted & set(parts), key=self._by_size, default=parent)
                for parent, parts in faulty
            }
            if not faulty:
                break
            if not given_up & wanted:
                return set()
            wanted -= given_up
        return wanted

    def _tells(self, parts: tuple[int, ...], told: Collection[int], back: Collection[int]) -> bool:
        """Whether subtracting what is told of a line gives what may not be shown, or one held back."""
        over = [held for held in parts if held not in told]
        left = 0
        for held in over:
            left |= held
        return bool(over) and (not self.may_be_shown(left) or (len(over) == 1 and left in back))

    def _by_size(self, held: int) -> tuple[int, int]:
        return self.size(held), held


def _merged(parts: Iterable[Part], variables: Sequence[str]) -> list[Part]:
    """The parts by the variables alone, those where nobody answered left out, in an order of their own."""
    found: dict[tuple[str, ...], tuple[list[int], int]] = {}
    for part in parts:
        if not part.n:
            continue
        key = tuple(part.background.get(name) or NOT_STATED for name in variables)
        counts, n = found.get(key, ([0] * len(part.counts), 0))
        found[key] = [a + b for a, b in zip(counts, part.counts, strict=True)], n + part.n
    return [
        Part(dict(zip(variables, key, strict=True)), tuple(counts), n)
        for key, (counts, n) in sorted(found.items())
    ]


def _tables(
    counts: Sequence[tuple[int, ...]], sizes: Sequence[int], several: bool
) -> list[list[tuple[int, ...]]]:
    """What a witness may change: all classes together, or each option by itself, chosen or not."""
    if not several:
        return [list(counts)]
    options = len(counts[0]) if counts else 0
    return [
        [(each[option], n - each[option]) for each, n in zip(counts, sizes, strict=True)]
        for option in range(options)
    ]
