"""How the answers to a series are told: row by row, or by every background variable.

Both at once cannot be had. A row holds all questions of a person, and tables by a variable that the rows do
not carry can be fitted to them, question by question: with as many questions as there are rows one way fits,
and then each row has its class. So a series gives response rows, and then its tables stand by what the rows
carry and by nothing else; or it gives none, and its tables stand by all that is known, suppressed where that
is needed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.domain.families import NOT_STATED
from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.suppression import Part

FIRST = ("gender", "organisation")
"""What rows carry if they may, where nobody has chosen."""

MOST_IN_ROWS = 2


@dataclass(frozen=True)
class Telling:
    """``rows``: response rows are given out. ``variables``: those by which answers may be told, in order of
    worth; None where nobody has chosen.
    """

    rows: bool = False
    variables: tuple[str, ...] | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """What rows carry if they may."""
        return (FIRST if self.variables is None else self.variables)[:MOST_IN_ROWS]


@dataclass(frozen=True)
class Told:
    """What a :class:`Telling` comes to with the answers there are: ``by`` none but these variables are
    answers told; None: by every one there is.
    """

    rows: bool = False
    by: tuple[str, ...] | None = None

    def tells(self, variable: str) -> bool:
        return self.by is None or variable in self.by


def carried_by_rows(
    rows: Sequence[Sequence[Part]],
    answered: Iterable[Sequence[Part]],
    wanted: Sequence[str],
    variables: Sequence[str],
    limit: Limit,
) -> tuple[str, ...]:
    """Which of ``variables`` the rows of some measurements carry.

    ``rows``: of each measurement its smallest groups, with as many n as there are rows; ``answered``: those
    of every question that the rows answer. Rows show the answers of every combination that they carry, so
    each must be one that may be shown. The first two of ``wanted`` are carried where that is so, else the
    first, else nothing: never the second alone, for of two files of different days one then carries part of
    the other. What splits no combination any further, such as what all have in common, is carried as well.
    """
    questions = list(answered)
    for many in range(min(len(wanted), MOST_IN_ROWS), -1, -1):
        chosen = [name for name in wanted[:many] if name in variables]
        if _may_be_carried(chosen, rows, questions, limit):
            return _with_all_that_follow(chosen, rows, variables)
    return ()


def _may_be_carried(
    chosen: Sequence[str], rows: Sequence[Sequence[Part]], questions: Sequence[Sequence[Part]], limit: Limit
) -> bool:
    """Whether every combination of ``chosen`` has rows enough, and answers to every question that may be
    shown.
    """
    if not chosen:
        return True
    if any(n < limit for parts in rows for _, n in _classes(parts, chosen).values()):
        return False
    return all(
        shown(list(counts.values()), n, limit) is Verdict.SHOWN
        for parts in questions
        for counts, n in _classes(parts, chosen).values()
    )


def _with_all_that_follow(
    chosen: Sequence[str], rows: Sequence[Sequence[Part]], variables: Sequence[str]
) -> tuple[str, ...]:
    """And the variables of which each combination of ``chosen`` has one class, in every measurement."""
    many = [len(_classes(parts, chosen)) for parts in rows]
    return tuple(
        name for name in variables if [len(_classes(parts, [*chosen, name])) for parts in rows] == many
    )


def _classes(parts: Iterable[Part], names: Sequence[str]) -> dict[tuple[str, ...], tuple[Counter[int], int]]:
    """The combinations of classes there are: what they answered (place of the class → persons), and n."""
    found: dict[tuple[str, ...], tuple[Counter[int], int]] = {}
    for part in parts:
        if part.n:
            key = tuple(part.background.get(name) or NOT_STATED for name in names)
            counts, n = found.get(key, (Counter(), 0))
            counts.update(dict(enumerate(part.counts)))
            found[key] = counts, n + part.n
    return found
