"""What a change among a series' people leads to: mails that go, go at once, or do not go any more.

Called within the transaction that makes the change or rehearses it. The result holds plain values, so that it
can be kept with an import until somebody has read it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.followups import difference
from surveys.followups.difference import Photograph, Shown
from surveys.models.programme import JsonObject
from surveys.queries import difference as difference_queries
from surveys.queries import late as queries

SHOWN = 5


def photograph(
    session: Session, series_id: int, now: datetime, only: Collection[int] | None = None
) -> Photograph:
    """What is planned before the change; ``only``: the few enrolments that it is about."""
    return difference.photograph(session, series_id, now, only=only)


def consequence(
    session: Session, series_id: int, before: Photograph, now: datetime, newcomers: int
) -> JsonObject:
    """Compare with ``before``; ``newcomers`` have been added to the series by the change.

    ``ahead``: mailings that go to more or other people than before, ``at_once`` those of them that are due,
    ``dropped`` those that do not go any more, ``fewer_count`` how many reach fewer than before, ``open``:
    what has gone already and is still open, and whether the newcomers get it (``late``: from_now,
    catch_up, nothing).
    """
    after = difference.photograph(session, series_id, now, only=before.only)
    found = difference.difference(before, after)
    at_once = {id(each) for each in found.at_once}
    missed = {id(each) for each in found.missed}
    changed = [*found.added, *(each.after for each in found.moved)]
    more = [each.after for each in found.regrouped if (each.after.people or 0) > (each.before.people or 0)]
    fewer = [each.after for each in found.regrouped if (each.after.people or 0) < (each.before.people or 0)]
    ahead = [each for each in [*changed, *more] if id(each) not in at_once | missed]
    return {
        "ahead": _lines(ahead),
        "ahead_count": len(ahead),
        "at_once": _lines(found.at_once),
        "at_once_count": _mails(found.at_once),
        "missed_count": len(found.missed),
        "dropped": _lines(found.dropped),
        "dropped_count": len(found.dropped),
        "fewer_count": len(fewer),
        "open": opened(session, series_id, now) if newcomers else [],
        "newcomers": newcomers,
    }


def opened(session: Session, series_id: int, now: datetime) -> list[JsonObject]:
    """What has gone to everyone in the series and is still open."""
    titles = difference_queries.titles(session, series_id)
    return [
        {
            "asks": titles.get(row.questionnaire_id) if row.questionnaire_id else None,
            "occasion": row.occasion,
            "late": row.late,
            "closes_at": row.closes_at.isoformat(),
        }
        for row in queries.open_mailings(session, series_id, now)
    ]


def _mails(shown: Iterable[Shown]) -> int:
    return sum(each.people or 0 for each in shown)


def _lines(shown: Iterable[Shown]) -> list[JsonObject]:
    """The first few in time; what one rule sends at one time is one line, however many mailings it is."""
    lines: dict[tuple[object, ...], JsonObject] = {}
    for line in _each(shown):
        same = lines.setdefault((str(line["asks"]), line["occasion"], line["step"], line["due_at"]), line)
        if same is not line:
            same["people"] = (same["people"] or 0) + (line["people"] or 0)
    return list(lines.values())[:SHOWN]


def _each(shown: Iterable[Shown]) -> list[JsonObject]:
    return [
        {
            "asks": each.asks,
            "occasion": each.occasion,
            "step": each.step,
            "due_at": each.due_at.isoformat(),
            "people": each.people,
        }
        for each in sorted(shown, key=lambda one: one.due_at)
    ]
