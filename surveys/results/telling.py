"""By which background variables the answers to a series are told now: see :mod:`surveys.domain.telling`."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.domain.privacy import Limit
from surveys.domain.questionnaire import expand, parse
from surveys.domain.suppression import Part
from surveys.domain.telling import Telling, Told, carried_by_rows
from surveys.models.programme import Series
from surveys.queries import results as queries
from surveys.results.cells import cells_of
from surveys.results.grouped import Patterns, in_order
from surveys.results.hidden import hidden_questions
from surveys.results.model import Measurement
from surveys.results.series import read_rates


def telling_of(series: Series) -> Telling:
    """What has been chosen for a series."""
    return Telling(series.response_rows, None if series.told_by is None else tuple(series.told_by))


def read_told(session: Session, series_id: int, now: datetime, telling: Telling | None = None) -> Told:
    """Return by what answers are told at ``now``; with ``telling`` as if that had been chosen.

    Where rows are given out that is what they carry in every measurement that an evaluator sees, the open
    ones among them: the same for every role, so that no two of them have different halves."""
    telling = telling or telling_of(queries.series_by_id(session, series_id))
    if not telling.rows:
        return Told(rows=False, by=telling.variables)
    rates = read_rates(session, series_id, now, as_evaluator=True)
    limit = Limit(rates.minimum_group)
    rows: list[list[Part]] = []
    answered: list[list[Part]] = []
    for each in rates.measurements:
        if each.shown and each.key is not None and each.counts.answers:
            found = _parts(session, series_id, each, limit)
            rows.append(next(found))
            answered += found
    variables = in_order(name for parts in rows for part in parts for name in part.background)
    return Told(rows=True, by=carried_by_rows(rows, answered, telling.wanted, variables, limit))


def _parts(session: Session, series_id: int, measurement: Measurement, limit: Limit) -> Iterator[list[Part]]:
    """The smallest groups with their rows, then with what they answered to each question that rows hold."""
    if measurement.key is None:
        return
    themes = measurement.occasion.themes if measurement.occasion else ()
    versions = {each.id: each for each in queries.versions(session, series_id)[measurement.questionnaire_id]}
    forms = {id_: expand(parse(each.content), themes) for id_, each in versions.items()}
    cells = cells_of(session, measurement.key, forms)
    yield [Part(each.background, (), each.tally.responses) for each in cells]
    used = {each.version for each in cells}
    newest_first = sorted(used, key=lambda id_: -versions[id_].number)
    forms = {id_: forms[id_] for id_ in newest_first}
    hidden = hidden_questions(
        {id_: (versions[id_].number, form) for id_, form in forms.items()}, cells, limit
    )
    yield from Patterns(forms, cells, (), limit).answered_but(hidden)
