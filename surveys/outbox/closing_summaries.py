"""A mail to those who organise when a questionnaire has closed: how many answered, where the results are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.keys import new_public_id
from surveys.models.followup import Mailing
from surveys.models.programme import JsonObject
from surveys.queries import closings as queries
from surveys.queries.results import key
from surveys.results.model import Measurement, SeriesResults
from surveys.results.series import read_rates

GRACE = timedelta(minutes=15)  # whoever was writing when it closed may still send in
OLDEST = timedelta(days=3)


def write_summaries(db: Database, now: datetime) -> int:
    """Write a mail to each organiser of each questionnaire that has closed; returns how many mails.

    What closed more than three days ago (a standstill, an old programme loaded) is left alone. Doing it
    twice, or in two processes at once, changes nothing.
    """
    with db.transaction() as session:
        closed = queries.closed_between(session, now - OLDEST, now - GRACE)
        series: dict[int, SeriesResults] = {}
        rows = []
        for mailing in closed:
            series_id = mailing.rule.series_id
            if series_id not in series:
                series[series_id] = read_rates(session, series_id, now)
            rows += _rows(session, mailing, series[series_id], now)
        queries.add(session, rows)
        return len(rows)


def _rows(session: Session, mailing: Mailing, results: SeriesResults, now: datetime) -> list[dict[str, Any]]:
    found = _measurement(results.measurements, mailing)
    if found is None:
        return []
    params = _params(mailing, results, found)
    organisers = queries.organisers(session, mailing.rule.series.project_id)
    return [_message(mailing, user_id, params, now) for user_id in organisers]


def _measurement(measurements: Sequence[Measurement], mailing: Mailing) -> Measurement | None:
    place = key(mailing.rule_id, mailing.target)
    return next((each for each in measurements if each.key == place), None)


def _params(mailing: Mailing, results: SeriesResults, found: Measurement) -> JsonObject:
    return {
        "project_id": mailing.rule.series.project_id,
        "title": found.title or {},
        "series": results.title,
        "occasion": mailing.occasion.title if mailing.occasion is not None else None,
        "invited": found.counts.invited,
        "answered": found.counts.submitted,
        "path": f"/projekt/{results.project_code}/insatser/{results.code}/resultat",
    }


def _message(mailing: Mailing, user_id: int, params: JsonObject, now: datetime) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "user_id": user_id,
        "mailing_id": mailing.id,
        "kind": "closing_summary",
        "step": 0,
        "resend": 0,
        "params": params,
        "state": "due",
        "next_attempt_at": now,
        "attempts": 0,
        "deferrals": 0,
        "quiet_override": False,
    }
