"""Choosing how the answers to a series are told: what there is to choose from, what it gives, and the choice.

A choice does not take back what somebody has read or fetched, and two of them may tell together what neither
tells. So the evaluator chooses freely until the first answers can be seen, and after that the administrator
alone, with a reason that stays.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.answers import made_files
from surveys.database import Database
from surveys.domain import marks
from surveys.domain.faults import Faulty
from surveys.domain.suppression import NOT_STATED
from surveys.domain.telling import MOST_IN_ROWS, Telling, Told
from surveys.domain.texts import has_bad_characters
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.queries import occasions
from surveys.queries import results as queries
from surveys.results.change import read_change
from surveys.results.grouped import LAST, ORDER, in_order
from surveys.results.series import read_rates
from surveys.results.telling import read_told, telling_of

LONGEST_REASON = 500


class BadTelling(Faulty):
    """What cannot be chosen; ``faults`` maps a field to a stable code."""

    code = "bad_telling"


class TellingConflict(Exception):
    """Somebody else has chosen meanwhile; ``stored`` is what they chose."""

    code = "telling_conflict"

    def __init__(self, stored: Telling) -> None:
        super().__init__()
        self.stored = stored


class Settled(Exception):
    """Answers can be seen already: only an administrator chooses now."""

    code = "settled"


@dataclass(frozen=True)
class Choice:
    """``fewest``: of each background variable there may be, how many are in its smallest group of a
    measurement that can be seen; None where nothing tells its groups apart. ``settled``: answers can be seen
    already.
    """

    stored: Telling
    told: Told
    fewest: tuple[tuple[str, int | None], ...]
    settled: bool

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.fewest)


@dataclass(frozen=True)
class Given:
    """What a way of telling gives: by which variables now, and of the questions that are paired how many
    pairs the one with fewest and the one with most have, of how many persons who answered both times; and
    whether ``indexes`` of several questions are told.
    """

    telling: Telling
    told: Told
    pairs: tuple[int, int] | None
    persons: int | None
    indexes: bool


def mark(telling: Telling) -> str:
    """What a form says it was made from."""
    return marks.mark(asdict(telling))


def read_choice(session: Session, series_id: int, now: datetime) -> Choice:
    """Return what there is to choose from for a series at ``now``."""
    stored = telling_of(queries.series_by_id(session, series_id))
    rates = read_rates(session, series_id, now, as_evaluator=True)
    keys = [each.key for each in rates.measurements if each.shown and each.key and each.counts.answers]
    counted = [queries.backgrounds(session, key) for key in keys]
    there = {name for found in counted for classes, _ in found for name in classes}
    names = in_order({*ORDER, *LAST, *there, *(stored.variables or ())})
    fewest: dict[str, int | None] = dict.fromkeys(names)
    for name in names:
        sizes = list[int]()
        for found in counted:
            groups = Counter[str]()
            for classes, n in found:
                groups[classes.get(name) or NOT_STATED] += n
            sizes += groups.values() if len(groups) > 1 else ()
        fewest[name] = min(sizes, default=None)
    return Choice(stored, read_told(session, series_id, now), tuple(fewest.items()), bool(keys))


def given_by(session: Session, series_id: int, telling: Telling, now: datetime) -> Given:
    """Return what ``telling`` would give at ``now``."""
    told = read_told(session, series_id, now, telling)
    change = read_change(session, series_id, now, told=told)
    asked = [each for each in change.questions if each.before is not None and each.why_not != "not_ordered"]
    pairs = [each.paired.n if each.paired else 0 for each in asked] if change.joined else []
    return Given(
        telling,
        told,
        (min(pairs), max(pairs)) if pairs else None,
        change.pairs,
        not change.beside_tables,
    )


def faults_of(wanted: Telling, choice: Choice, reason: str) -> dict[str, str]:
    """What is wrong with a choice, by field: variables, why."""
    faults: dict[str, str] = {}
    if wanted.variables is not None and set(wanted.variables) - set(choice.variables):
        faults["variables"] = "unknown"
    elif wanted.rows and wanted.variables is not None and len(wanted.variables) > MOST_IN_ROWS:
        faults["variables"] = "too_many"
    if choice.settled and wanted != choice.stored and not reason.strip():
        faults["why"] = "blank"
    elif has_bad_characters(reason):
        faults["why"] = "bad_characters"
    elif len(reason) > LONGEST_REASON:
        faults["why"] = "too_long"
    return faults


def choose(
    db: Database,
    series_id: int,
    wanted: Telling,
    reason: str,
    seen: str,
    user_id: int | None,
    now: datetime,
    administrator: bool,
) -> None:
    """Tell the answers to a series so from now on; files of it that have been made are dropped.

    ``seen`` is the mark of what the form was made from. Raises :class:`BadTelling` (faults as of
    :func:`faults_of`), :class:`Settled`, :class:`TellingConflict`.
    """
    with db.transaction() as session:
        series = occasions.hold_series(session, series_id)
        if series is None:
            raise LookupError(series_id)
        choice = read_choice(session, series_id, now)
        if choice.stored == wanted:
            return
        if mark(choice.stored) != seen:
            raise TellingConflict(choice.stored)
        if faults := faults_of(wanted, choice, reason):
            raise BadTelling(faults)
        if choice.settled and not administrator:
            raise Settled
        _note(session, series, choice.stored, wanted, reason, user_id, now)
        series.response_rows = wanted.rows
        series.told_by = None if wanted.variables is None else list(wanted.variables)
        made_files.drop_of_series(session.connection(), series_id, made_files.TOLD_OTHERWISE)


def _note(
    session: Session,
    series: Series,
    stored: Telling,
    wanted: Telling,
    reason: str,
    user_id: int | None,
    now: datetime,
) -> None:
    details = {"before": asdict(stored), "after": asdict(wanted), "why": reason.strip()}
    session.add(
        Deed(
            project_id=series.project_id,
            user_id=user_id,
            done_at=now,
            action="telling_chosen",
            subject=f"series:{series.id}",
            details=details,
        )
    )
