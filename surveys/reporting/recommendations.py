"""What a report recommends, and what it tells of an earlier one's recommendations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from surveys.database import Database
from surveys.domain.marks import mark_of_text
from surveys.domain.texts import has_bad_characters
from surveys.models.report import FOLLOWED_UP, Recommendation, RecommendationFollowUp
from surveys.queries import reports as queries
from surveys.reporting.reports import deed, unsigned

LONGEST_TEXT = 2_000
LONGEST_NAME = 200
MOST = 50


@dataclass(frozen=True)
class Advice:
    """A recommendation as it is typed: ``id`` None for a new one; ``due`` an ISO date or ""."""

    id: int | None
    text: str
    to_whom: str
    due: str


@dataclass(frozen=True)
class Outcome:
    """What has become of a recommendation: ``status`` of FOLLOWED_UP, "" where nothing is said yet."""

    status: str
    why: str


class ChangedMeanwhile(Exception):
    """Somebody else has saved since the form was opened; nothing is overwritten."""

    code = "changed_meanwhile"


class BadAdvice(ValueError):
    """Recommendations that cannot be; ``faults``: (place in the list, field) → code."""

    code = "bad_advice"

    def __init__(self, faults: Mapping[tuple[int, str], str]) -> None:
        super().__init__(str(faults))
        self.faults = faults


def advice_mark(rows: Sequence[Recommendation]) -> str:
    """Tells whether the recommendations of a report are still as they were."""
    return mark_of_text(repr([(each.id, each.text, each.to_whom, each.due_on) for each in rows]))


def outcome_mark(told: Mapping[int, RecommendationFollowUp]) -> str:
    """Tells whether what a report says of earlier recommendations is still as it was."""
    return mark_of_text(repr(sorted((key, each.status, each.why) for key, each in told.items())))


def recommend(
    db: Database,
    project_id: int,
    public_id: str,
    wanted: Sequence[Advice],
    user_id: int,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Let these be the recommendations of a report, in this order; one without a text is taken away.
    ``seen``: the :func:`advice_mark` of what they were made from.

    Raises :class:`BadAdvice` (one that a later report has followed up stays), :class:`ChangedMeanwhile`,
    UnknownReport, AlreadySigned.
    """
    with db.transaction() as session:
        row = unsigned(session, project_id, public_id)
        stored = queries.recommendations(session, row.id)
        if seen not in (None, advice_mark(stored)):
            raise ChangedMeanwhile
        known = {each.id: each for each in stored}
        kept = [each for each in wanted if each.text.strip()]
        gone = set(known) - {each.id for each in kept}
        faults = {
            (place, field): code for place, each in enumerate(wanted) for field, code in _faults(each, known)
        }
        for number in queries.followed_up(session, sorted(gone)):
            place = next((at for at, each in enumerate(wanted) if each.id == number), 0)
            faults[place, "text"] = "followed_up"
        if len(kept) > MOST:
            faults[MOST, "text"] = "too_many"
        if faults:
            raise BadAdvice(faults)
        for number in gone:
            session.delete(known[number])
        for position, each in enumerate(kept, start=1):
            one = known.get(each.id or 0) or Recommendation(report_id=row.id)
            one.position, one.text, one.to_whom = position, each.text.strip(), " ".join(each.to_whom.split())
            one.due_on = date.fromisoformat(each.due) if each.due else None
            session.add(one)
        session.add(deed(row, user_id, "report_recommends", now))


def follow_up(
    db: Database,
    project_id: int,
    public_id: str,
    told: Mapping[int, Outcome],
    user_id: int,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Say what has become of the recommendations that a report follows up; those not named stay as they were.
    ``seen``: the :func:`outcome_mark` of what was said before.

    Raises :class:`BadAdvice`, :class:`ChangedMeanwhile`, UnknownReport, AlreadySigned.
    """
    with db.transaction() as session:
        row = unsigned(session, project_id, public_id)
        earlier = queries.recommendations(session, row.follows_id) if row.follows_id else ()
        known = queries.follow_ups(session, row.id)
        if seen not in (None, outcome_mark(known)):
            raise ChangedMeanwhile
        faults = {}
        for place, each in enumerate(earlier):
            outcome = told.get(each.id)
            if outcome is None:
                continue
            if why := _outcome_fault(outcome):
                faults[place, why[0]] = why[1]
                continue
            one = known.get(each.id)
            if not outcome.status:
                if one is not None:
                    session.delete(one)
                continue
            one = one or RecommendationFollowUp(report_id=row.id, recommendation_id=each.id)
            one.status, one.why = outcome.status, outcome.why.strip()
            session.add(one)
        if faults:
            raise BadAdvice(faults)
        session.add(deed(row, user_id, "report_follows_up", now))


def _outcome_fault(outcome: Outcome) -> tuple[str, str] | None:
    if outcome.status not in ("", *FOLLOWED_UP):
        return "status", "unknown"
    if has_bad_characters(outcome.why):
        return "why", "bad_characters"
    if len(outcome.why) > LONGEST_TEXT:
        return "why", "too_long"
    if outcome.status in ("partly", "not_done") and not outcome.why.strip():
        return "why", "blank"
    if not outcome.status and outcome.why.strip():
        return "status", "blank"
    return None


def _faults(each: Advice, known: Mapping[int, Recommendation]) -> list[tuple[str, str]]:
    found = []
    if each.id is not None and each.id not in known:
        found.append(("text", "unknown"))
    if not each.text.strip() and (each.to_whom.strip() or each.due) and each.id is None:
        found.append(("text", "blank"))
    for field, text, longest in (
        ("text", each.text, LONGEST_TEXT),
        ("to_whom", each.to_whom, LONGEST_NAME),
    ):
        if has_bad_characters(text):
            found.append((field, "bad_characters"))
        elif len(text) > longest:
            found.append((field, "too_long"))
    if each.due and not _is_date(each.due):
        found.append(("due", "bad_date"))
    return found


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("2026-01-01") and bool(date.fromisoformat(text))
    except ValueError:
        return False
