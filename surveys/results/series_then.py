"""A series as it was at the end of an earlier day, from the snapshots that are kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.domain.statistics import Rate
from surveys.queries import results as queries
from surveys.queries import tallies
from surveys.queries.results import Key
from surveys.queries.results_counts import Counts
from surveys.results.at_date import AtDate, read_series_at
from surveys.results.kinds import share
from surveys.results.model import INVITED, Funnel, Measurement, SeriesResults
from surveys.results.series import read_rates

GONE = "gone"
LATER_ANSWERS = "later_answers"


@dataclass(frozen=True, slots=True)
class SeriesThen:
    """``results`` hold the measurements that are known of then, and those that were never made. ``not_kept``:
    those that had been sent out, of which no snapshot had been taken. ``counted_on``: the day on which
    persons and attendances were counted, which may be later where nobody was there to count; None where
    nothing is kept.
    """

    results: SeriesResults
    not_kept: tuple[Measurement, ...]
    counted_on: date | None


def read_series_then(session: Session, series_id: int, day: date, now: datetime) -> SeriesThen:
    """Return a series as it was at the end of ``day``, as those see it who may not follow what is open.

    Of a measurement whose answers have grown or shrunk since its newest snapshot no answers are shown: beside
    the figures of today they could tell what a few have answered (``withheld``: ``later_answers``; ``gone``
    where they are deleted).
    """
    outline = read_rates(session, series_id, now)
    zone = ZoneInfo(queries.series_by_id(session, series_id).project.timezone)
    then = read_series_at(session, series_id, day, now, as_evaluator=False)
    newest = {key: taken[0].responses for key, taken in tallies.snapshots(session, series_id).items()}
    had_come = [each for each in outline.measurements if _had_come(each, day, zone)]
    not_kept = tuple(each for each in had_come if each.asked and each.key not in then)
    measurements = tuple(
        _as_it_was(each, then, newest, outline.decimals, zone) for each in had_come if each not in not_kept
    )
    latest = max(then.values(), key=lambda each: (each.day, each.taken_at), default=None)
    sent = sum((each.counts for each in measurements), Counts())
    funnel = _funnel(outline.funnel, latest, sent, outline.decimals)
    return SeriesThen(
        replace(outline, measurements=measurements, funnel=funnel),
        not_kept,
        latest.taken_at.astimezone(zone).date() if latest else None,
    )


def _had_come(each: Measurement, day: date, zone: ZoneInfo) -> bool:
    """Whether it had been sent out, or its occasion had been."""
    begins = each.occasion.starts_on if each.occasion else None
    if begins is not None and begins > day:
        return False
    return each.due_at is None or each.due_at.astimezone(zone).date() <= day


def _as_it_was(
    each: Measurement, then: Mapping[Key, AtDate], newest: Mapping[Key, int], decimals: int, zone: ZoneInfo
) -> Measurement:
    at = then.get(each.key) if each.key is not None else None
    if at is None or each.key is None:
        return each  # never asked about
    counts = Counts(**{field.name: at.counts.get(field.name) or 0 for field in fields(Counts)})
    withheld = None
    if at.gone:
        withheld = GONE
    elif newest[each.key] != each.counts.answers:
        withheld = LATER_ANSWERS
    elif not at.questions:
        withheld = "too_few"
    closed = each.closes_at is not None and each.closes_at.astimezone(zone).date() <= at.day
    return replace(
        each,
        state="closed" if closed else "open",
        counts=counts,
        rate=Rate(counts.submitted, counts.invited, INVITED) if counts.invited else None,
        response=share(counts.submitted, counts.invited, decimals) if counts.invited else None,
        withheld=withheld,
        questions=() if withheld else at.questions,
    )


def _funnel(now: Funnel, latest: AtDate | None, sent: Counts, decimals: int) -> Funnel:
    """Persons as they were counted with the latest snapshot."""
    counted = latest.counts if latest else {}
    return Funnel(
        registered=counted.get("registered") or 0,
        present=counted.get("present") if now.present is not None else None,
        attendances=counted.get("attendances") if now.attendances is not None else None,
        invited=counted.get("series_invited") or 0,
        answered=counted.get("series_answered"),
        sent=sent,
        response=share(sent.submitted, sent.invited, decimals) if sent.invited else None,
    )
