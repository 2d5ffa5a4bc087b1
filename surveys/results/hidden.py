"""Which questions of a measurement no row may hold, because no page shows their answers either."""

from collections.abc import Iterable, Mapping

from surveys.domain.privacy import Limit
from surveys.domain.questionnaire import Form
from surveys.domain.tally import Counting
from surveys.results.cells import Cell, by_version
from surveys.results.questions import Tallied, tallied_results

Hidden = frozenset[tuple[int, str]]  # version (id) and question


def hidden_questions(forms: Mapping[int, tuple[int, Form]], cells: Iterable[Cell], limit: Limit) -> Hidden:
    """Return the questions of ``forms`` (by version id: its number and form) whose answers are not shown, and
    those that they led to: by being asked or not they would tell them. ``cells`` are all responses of the
    measurement.
    """
    counted = by_version(cells)
    tallied = [
        Tallied(number, form, counted.get(id_) or Counting(form).tally())
        for id_, (number, form) in forms.items()
    ]
    ids = {number: id_ for id_, (number, _) in forms.items()}
    return frozenset(
        (ids[version], result.code)
        for result in tallied_results(tallied, limit, decimals=0)
        if not result.shown
        for version in result.versions
    )
