"""What came in of what was sent out, by the classes that stand with the answers."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from surveys.domain.suppression import NOT_STATED
from surveys.queries.funnel import AnsweredRow
from surveys.queries.results import Key


class Came:
    """What came in, by the classes that stand with it; ``without``: submitted of each measurement that stand
    without one.
    """

    def __init__(
        self,
        rows: Iterable[AnsweredRow],
        classes_of: Callable[[AnsweredRow, Mapping[str, str]], Sequence[str]],
    ) -> None:
        self.started: dict[str, int] = {}
        self.submitted: dict[str, int] = {}
        self.without: dict[Key, int] = {}
        for row in rows:
            for code in classes_of(row, json.loads(row.background)):
                self.started[code] = self.started.get(code, 0) + row.started
                self.submitted[code] = self.submitted.get(code, 0) + row.submitted
                if code == NOT_STATED and row.submitted:
                    self.without[row.place] = self.without.get(row.place, 0) + row.submitted
