"""What was counted of answers, forgotten when one of them is deleted or they are written anew."""

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.queries.results import Key


def forget(connection: Connection, places: Iterable[Key]) -> None:
    """Forget what was counted of these measurements, in the caller's transaction: the tally goes, and the
    answers of every snapshot. Of snapshots the counts stay, which tell of no answer.

    Whoever is counting just now read the ticket before the first answer, and keeps nothing if it is another.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # In one order, so that no two transactions wait for each other.
    for place in sorted(set(places), key=lambda each: (each.rule_id, each.target)):
        forgotten = {"ticket": ticket(), "responses": None, "revisions": None, "counted_at": None}
        connection.execute(
            make(StoredTally)
            .values(rule_id=place.rule_id, target=place.target, basis="", **forgotten)
            .on_conflict_do_update(index_elements=["rule_id", "target"], set_=forgotten)
        )
        mine = select(StoredTally.id).where(
            StoredTally.rule_id == place.rule_id, StoredTally.target == place.target
        )
        connection.execute(delete(StoredCell).where(StoredCell.tally_id.in_(mine)))
        connection.execute(
            update(Snapshot)
            .where(Snapshot.rule_id == place.rule_id, Snapshot.target == place.target)
            .values(cells=None)
        )


def ticket() -> str:
    """Another each time, and of no order: a number would tell how often answers were taken back."""
    return secrets.token_hex(16)
