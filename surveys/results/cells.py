"""The responses of a measurement as tallies of its smallest groups: any group shown adds them up.

They are kept (``models/tally.py``) where there are many, and used again as long as nothing has come or
changed since; else they are counted at each look.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.questionnaire import Form
from surveys.domain.tally import NOBODY, Counting, Tally
from surveys.models.tally import StoredCell
from surveys.queries import tallies as queries
from surveys.queries.results import Key
from surveys.queries.tallies import Kept, Stand

COUNTED_LIVE = 2_000  # up to so many responses are counted at a look rather than shown as they were before
FORMAT = 1  # of what is kept: another where answers are counted otherwise


@dataclass(frozen=True)
class Cell:
    """Those who answered on one ``version`` (id) of a questionnaire and share every class of ``background``.

    Variables: gender, organisation, work_group, theme, own attributes, ``language`` and ``source``.
    A variable that is not known of them has no entry.
    """

    version: int
    background: Mapping[str, str]
    tally: Tally


@dataclass(frozen=True)
class Count:
    """The groups of a measurement. ``counted_at``: answers have come or changed since; None: none have."""

    cells: list[Cell]
    stand: Stand
    counted_at: datetime | None = None


def cells_of(session: Session, key: Key, forms: Mapping[int, Form]) -> list[Cell]:
    """Return the groups of a measurement. ``forms``: version (id) → the form as expanded for its occasion.

    Nothing is suppressed here: what of it may be shown is for the caller to ask of ``domain.privacy``.
    """
    kept = queries.kept(session, only=key).get(key)
    stand = queries.stands(session, key).get(key, Stand(0, 0))
    return look(session, key, forms, kept, stand).cells


def look(
    session: Session,
    key: Key,
    forms: Mapping[int, Form],
    kept: Kept | None,
    stand: Stand,
    as_it_was: bool = False,
) -> Count:
    """Return the groups of a measurement that holds ``stand``, from what is ``kept`` of it where nothing has
    come or changed since.

    ``as_it_was``: of many responses what is kept will do although some have; ``counted_at`` says so. Two such
    looks differ by a few answers, so they are for those who may read the answers one by one.
    """
    if kept is not None and kept.stand is not None and kept.basis == basis(queries.themes(session, key)):
        fresh = kept.stand == stand
        if fresh or (as_it_was and stand.responses > COUNTED_LIVE):
            # Where it was forgotten between the two selects, there are none.
            found = [_read(each) for each in queries.cells(session, kept.id)]
            if sum(each.tally.responses for each in found) == kept.stand.responses:
                return Count(found, kept.stand, None if fresh else kept.counted_at)
    return count(session, key, forms)


def count(
    session: Session, key: Key, forms: Mapping[int, Form], go_on: Callable[[], None] = lambda: None
) -> Count:
    """Count the responses of a measurement; ``go_on`` is called every now and then, and may raise."""
    groups: dict[tuple[int, str, str, str], Counting] = {}
    revisions = responses = 0
    for version, language, source, background, answers, revision in queries.to_count(session, key):
        place = (version, language, source, background)
        group = groups.get(place)
        if group is None:
            group = groups[place] = Counting(forms[version])
        group.add(json.loads(answers))
        responses, revisions = responses + 1, revisions + revision
        if responses % queries.AT_A_TIME == 1:
            go_on()
    return Count(_cells(groups), Stand(responses, revisions))


def by_version(cells: Iterable[Cell]) -> dict[int, Tally]:
    """The tally of each version (id), whatever the background."""
    found: dict[int, Tally] = {}
    for each in cells:
        found[each.version] = found.get(each.version, NOBODY) + each.tally
    return found


def basis(themes: Iterable[str]) -> str:
    """What else a tally hangs on: the themes of the occasion, of which questions are made."""
    return f"{FORMAT}:{','.join(sorted(themes))}"


def document(cell: Cell) -> dict[str, Any]:
    """A group as it is kept."""
    return {
        "version_id": cell.version,
        "background": dict(cell.background),
        "answers": cell.tally.document(),
    }


def read_document(kept: Mapping[str, Any]) -> Cell:
    """Of what :func:`document` made."""
    return Cell(kept["version_id"], kept["background"], Tally.read(kept["answers"]))


def _read(stored: StoredCell) -> Cell:
    return Cell(stored.version_id, stored.background, Tally.read(stored.answers))


def _cells(groups: Mapping[tuple[int, str, str, str], Counting]) -> list[Cell]:
    """In the order of versions and classes, which tells nothing of the order of the answers."""
    together: dict[tuple[int, str], Tally] = {}
    for (version, language, source, classes), group in groups.items():
        known = json.loads(classes) | {"language": language, "source": source}
        background = json.dumps({name: value for name, value in known.items() if value}, sort_keys=True)
        place = (version, background)
        together[place] = together.get(place, NOBODY) + group.tally()
    return [
        Cell(version, json.loads(background), _in_order(tally))
        for (version, background), tally in sorted(together.items(), key=lambda each: each[0])
    ]


def _in_order(tally: Tally) -> Tally:
    """With the answers in alphabetical order: that in which they came tells who was first."""
    return Tally(
        tally.responses,
        {code: each.in_order() for code, each in tally.questions.items()},
    )
