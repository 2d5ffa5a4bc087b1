"""Closing what is *sealed* or *anonymous*: afterwards nothing leads from an answer to a person.

Four steps, each of which ends the same when it is done again, so that a kill between any two loses nothing:

1. in one transaction the responses are written anew (:mod:`surveys.answers.rewriting`), with all that could
   be held against them in the register (:mod:`surveys.answers.forgetting`);
2. a stone is laid where the key was, and the key is wiped;
3. the register of keys says that it is destroyed, by which decision, and so does the list of deeds;
4. what the database still holds of the old rows is cleared away.

A database restored from before closing is closed again at once: the stone lies outside it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from random import Random

from sqlalchemy.orm import Session

from surveys.answers import forgetting, made_files, rewriting
from surveys.answers.form_view import GRACE
from surveys.database import Database
from surveys.domain import timing
from surveys.followups.targets import BY_PERSON, asks_about
from surveys.keys import Keyring
from surveys.models.answer_key import AnswerKey
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule
from surveys.models.programme import JsonObject, Occasion, Series
from surveys.queries import answer_keys as queries

TABLES = (
    "response",
    "invitation",
    "message",
    "returned_mail",
    "call_note",
    "tally",
    "tally_cell",
    "snapshot",
    "answer_text",
)


class UnknownKey(LookupError):
    """There is no such key."""

    code = "unknown_key"


def due(db: Database, keys: Keyring, now: datetime) -> list[str]:
    """The names of the keys whose time is over, of which a part is done, or that are destroyed already while
    the database does not know of it. The grace of whoever was writing has ended.
    """
    with db.reading() as session:
        return [each.name for each in queries.unfinished(session) if _is_due(session, keys, each, now)]


def close(
    db: Database,
    keys: Keyring,
    name: str,
    now: datetime,
    chance: Random,
    decision: JsonObject | None = None,
    user_id: int | None = None,
) -> None:
    """Close a key and destroy it, now. ``decision`` (reference, on, by) orders it; without one the project's.

    ``user_id`` does it by hand, ahead of its time perhaps: what is asked under it closes with it. What was
    begun with another decision is finished with that. Doing it again changes nothing. Raises
    :class:`UnknownKey`.
    """
    let_go(db, name, now, chance, decision, user_id)
    keys.destroy(name)
    if enter(db, name, now):
        db.scour(TABLES)


def let_go(
    db: Database,
    name: str,
    now: datetime,
    chance: Random,
    decision: JsonObject | None = None,
    user_id: int | None = None,
) -> None:
    """The first step: rewrite the answers, forget what could be held against them. Raises UnknownKey."""
    with db.transaction() as session:
        key = _held(session, name)
        if key.closed_at is None:
            rewriting.rewrite(session, key, chance)
            forgetting.forget(session, key, now, chance)
            # They hold the codes that joined a person's answers.
            made_files.drop_of_series(session.connection(), key.series_id)
            key.closed_at, key.user_id = now, user_id
            key.decision = decision or key.series.project.destruction_decision


def enter(db: Database, name: str, now: datetime) -> bool:
    """The third step: write down that the key is destroyed; False where that is known. Raises UnknownKey."""
    with db.transaction() as session:
        key = _held(session, name)
        if key.destroyed_at is not None:
            return False
        key.destroyed_at = now
        session.add(_deed(key, now))
        return True


def _held(session: Session, name: str) -> AnswerKey:
    key = queries.hold(session, name)
    if key is None:
        raise UnknownKey(name)
    return key


def _deed(key: AnswerKey, now: datetime) -> Deed:
    decision = key.decision or {}
    return Deed(
        project_id=key.series.project_id,
        user_id=key.user_id,
        done_at=now,
        action="key_destroyed",
        subject=f"series:{key.series_id}",
        why=", ".join(str(decision[part]) for part in ("reference", "on", "by") if decision.get(part)),
        details={"key": key.name, "mode": key.mode, "rule": key.rule.code if key.rule else ""},
    )


# When


def _is_due(session: Session, keys: Keyring, key: AnswerKey, now: datetime) -> bool:
    if key.closed_at is not None or keys.is_destroyed(key.name):
        return True
    standing = queries.standing(session, key)
    if standing.closes_at is None or now < standing.closes_at + GRACE:
        return False
    return not expects_more(key, standing.rules, standing.occasions, now)


def expects_more(
    key: AnswerKey, rules: Sequence[FollowUpRule], occasions: Sequence[Occasion], now: datetime
) -> bool:
    """Whether something may still be asked under a key that no mailing tells of yet: of people who come
    later, or after an occasion without a date.
    """
    series = key.series
    if not series.active:
        return False
    active = [rule for rule in rules if rule.active]
    if any(rule.anchor in BY_PERSON for rule in active):
        last = _last_day(series, occasions)
        if last is None or timing.to_wall(now, series.project.timezone).date() <= last:
            return True
    if key.target is not None:
        return False
    undated = [each for each in occasions if each.starts_at is None]
    return any(_waits_for_date(rule, series, occasions, undated) for rule in active)


def _waits_for_date(
    rule: FollowUpRule, series: Series, occasions: Sequence[Occasion], undated: Sequence[Occasion]
) -> bool:
    if rule.anchor.startswith("occasion"):
        return any(asks_about(rule, each) for each in undated)
    if rule.anchor.startswith("series"):
        own = series.starts_on if rule.anchor == "series_start" else series.ends_on
        return own is None and not any(each.starts_at for each in occasions)
    return False


def _last_day(series: Series, occasions: Sequence[Occasion]) -> date | None:
    ends = [each.ends_wall.date() for each in occasions if each.ends_wall and not each.cancelled]
    return series.ends_on or max(ends, default=None)
