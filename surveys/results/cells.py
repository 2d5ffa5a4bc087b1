"""The responses of a measurement as tallies of its smallest groups: any group shown adds them up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.questionnaire import Form
from surveys.domain.tally import Tally, tally
from surveys.queries import export as queries
from surveys.queries.results import Key


@dataclass(frozen=True)
class Cell:
    """Those who answered on one ``version`` (id) of a questionnaire and share every class of ``background``.

    Variables: gender, organisation, work_group, theme, own attributes, ``language`` and ``source``.
    A variable that is not known of them has no entry.
    """

    version: int
    background: Mapping[str, str]
    tally: Tally


def cells_of(session: Session, key: Key, forms: Mapping[int, Form]) -> list[Cell]:
    """Return the groups of a measurement. ``forms``: version (id) → the form as expanded for its occasion.

    Nothing is suppressed here: what of it may be shown is for the caller to ask of ``domain.privacy``.
    """
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in queries.responses(session, key):
        known = json.loads(row.background) | {"language": row.language, "source": row.source}
        background = json.dumps({name: value for name, value in known.items() if value}, sort_keys=True)
        groups.setdefault((row.version_id, background), []).append(json.loads(row.answers))
    return [
        Cell(version, json.loads(background), tally(forms[version], given))
        for (version, background), given in sorted(groups.items())
    ]
