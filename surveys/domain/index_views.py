"""What is shown of an index at several measurements: the views that its figures are made of.

Each is weighed against the questions, the indexes before it and the views before it
(:mod:`surveys.domain.composite`), in one order, whichever measurements are compared: else two choices of
them could be subtracted. Where response rows are given out, what is said of all at a measurement follows from
them, and nobody is left out of it: whoever is would be told of by what the rows have more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.domain.composite import Answers, View, index_value, joined_beside, shown_beside
from surveys.domain.paired import Number
from surveys.domain.pairing import Joined, Values
from surveys.domain.privacy import Limit

Persons = Sequence[Answers]
"""What each person answered to the questions of an index at one measurement."""


@dataclass(frozen=True)
class IndexViews:
    """``found`` and ``joined``: who stays joined, and what is told of them; None where the questions were
    asked once. ``whole``: by measurement all who have an index there and may be shown. ``complete``: of these
    who answered every question, of whom alpha is told: it is one figure of many persons, and yet whoever
    knows all else could tell by it what the one person answered who is not in it.
    """

    found: Joined | None
    joined: View | None
    whole: Mapping[int, View]
    complete: Mapping[int, View]

    @property
    def views(self) -> list[View]:
        joined = [self.joined] if self.joined else []
        return [*joined, *self.whole.values(), *self.complete.values()]


def index_views(
    answers: Mapping[int, Persons],
    minimum: int,
    limit: Limit,
    beside: Sequence[View],
    members: Sequence[bool] | None = None,
) -> IndexViews:
    """What is shown of an index of which a person needs ``minimum`` answers. ``answers``: measurement →
    person → question; ``beside``: what is shown of its questions and of the indexes before it; ``members``:
    who of the persons may be joined where response rows are given out (None: they are not). They stand in an
    order that is chance.
    """
    values: list[Values] = [
        tuple(index_value(each, minimum) for each in person) for person in zip(*answers.values(), strict=True)
    ]
    views, found, own = list(beside), None, None
    if len(answers) > 1:
        may = values
        if members is not None:
            nobody: Values = (None,) * len(answers)
            may = [each if member else nobody for each, member in zip(values, members, strict=True)]
        found, own = joined_beside(may, limit, views)
        views.append(own)

    def of_all(at_once: Sequence[Number | None]) -> View:
        views.append(shown_beside(at_once, limit, views if members is None else ()))
        return views[-1]

    whole = {place: of_all([each[column] for each in values]) for column, place in enumerate(answers)}
    complete = {
        place: of_all([index_value(each, len(each)) for each in persons])
        for place, persons in answers.items()
    }
    return IndexViews(found, own, whole, complete)
