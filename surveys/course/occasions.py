"""Use-cases: occasions added one by one or many at once, described anew, and removed.

Moving, cancelling and reinstating one is :mod:`surveys.course.rescheduling`'s: those told of it must hear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys.course.series import held, refreshed
from surveys.database import Database
from surveys.domain import marks, timing
from surveys.domain.occasion import Description, TimeAndPlace
from surveys.domain.series import MOST_OCCASIONS, BadFields
from surveys.followups import difference, gone
from surveys.followups.difference import Difference
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.programme import Occasion, OccasionChange, Series, Theme
from surveys.queries import occasions as queries
from surveys.queries import outside_answers


class OccasionGone(Exception):
    """The occasion is not there any more."""

    code = "occasion_gone"


class OccasionConflict(Exception):
    """Somebody else has changed the occasion meanwhile; ``stored`` is what it is now."""

    code = "occasion_conflict"

    def __init__(self, stored: Description) -> None:
        super().__init__()
        self.stored = stored


class CannotRemove(Exception):
    """An occasion that has left traces; ``code`` says which: has_sent, has_attendance, rule_needs_it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OccasionsConflict(Exception):
    """Occasions have been added or removed since the page was made; or its button was pressed twice."""

    code = "occasions_conflict"


class TooManyOccasions(ValueError):
    """More occasions than a series can have."""

    code = "too_many_occasions"


@dataclass(frozen=True)
class NewOccasion:
    """What is added: what it is, when and where."""

    description: Description
    where: TimeAndPlace


def description_of(occasion: Occasion) -> Description:
    return Description(
        title=occasion.title,
        number=occasion.number,
        kind=occasion.kind,
        round=occasion.round,
        measured=occasion.measured,
        continues=occasion.continues.code if occasion.continues else None,
        themes={theme.code: theme.title for theme in occasion.themes},
    )


def mark(description: Description) -> str:
    return marks.mark(asdict(description))


def mark_of_all(present: Sequence[Occasion]) -> str:
    """What tells whether occasions have been added to a series, or removed from it."""
    return f"{len(present)}-{max((each.id for each in present), default=0)}"


def add_occasions(
    db: Database,
    series_id: int,
    wanted: Sequence[NewOccasion],
    now: datetime,
    *,
    seen: str | None = None,
    rehearse: bool = False,
) -> Difference:
    """Add occasions to a series, each in its place in time; returns what will be sent about them.

    Codes are t1, t2 … by their numbers; ``seen`` is the mark of the occasions that there were. Raises
    :class:`BadFields`, :class:`TooManyOccasions`, :class:`OccasionsConflict`, ``SeriesGone``, and the
    errors of ``timing``.
    """
    with db.transaction(rehearse) as session:
        series = held(session, series_id)
        before = difference.photograph(session, series_id, now)
        present = queries.occasions_of(session, series_id)
        if seen is not None and seen != mark_of_all(present):
            raise OccasionsConflict
        if len(present) + len(wanted) > MOST_OCCASIONS:
            raise TooManyOccasions
        for each in wanted:
            occasion = _new(series, each, present)
            session.add(occasion)
            present.insert(_place_in_line(present, occasion), occasion)
        for position, occasion in enumerate(present):
            occasion.position = position
        session.flush()
        return refreshed(session, series_id, before, now)


def change_description(
    db: Database, occasion_id: int, wanted: Description, seen: str, now: datetime, *, rehearse: bool = False
) -> Difference:
    """Change what an occasion is; returns what that does to the mailings of its series.

    ``seen`` is the mark of what the form was made from. Raises :class:`BadFields` (themes: theme_in_use,
    continues: not_a_choice, continues_circle), :class:`OccasionConflict`, :class:`OccasionGone`.
    """
    with db.transaction(rehearse) as session:
        occasion = _held(session, occasion_id)
        stored = description_of(occasion)
        if mark(stored) != seen and stored != wanted:
            raise OccasionConflict(stored)
        before = difference.photograph(session, occasion.series_id, now)
        present = queries.occasions_of(session, occasion.series_id)
        for name, value in _plain(wanted).items():
            setattr(occasion, name, value)
        occasion.continues = _continued(wanted, present, occasion)
        _bring_themes(session, occasion, wanted.themes)
        session.flush()
        return refreshed(session, occasion.series_id, before, now)


def remove_occasion(
    db: Database, occasion_id: int, user_id: int | None, now: datetime, *, rehearse: bool = False
) -> Difference:
    """Remove an occasion that nobody has been mailed about; others are cancelled instead.

    Raises :class:`CannotRemove`, :class:`OccasionGone`.
    """
    with db.transaction(rehearse) as session:
        occasion = _held(session, occasion_id)
        if why := why_kept(session, occasion):
            raise CannotRemove(why)
        before = difference.photograph(session, occasion.series_id, now)
        series = occasion.series
        _forget(session, occasion)
        session.add(
            Deed(
                project_id=series.project_id,
                user_id=user_id,
                done_at=now,
                action="occasion_removed",
                subject=f"series:{series.id}",
                details={"code": occasion.code, "title": occasion.title},
            )
        )
        return refreshed(session, series.id, before, now)


def why_kept(session: Session, occasion: Occasion) -> str | None:
    """Why an occasion cannot be removed, as the code of :class:`CannotRemove`; None where it can."""
    if queries.has_sent(session, occasion.id):
        return "has_sent"
    if queries.has_attendance(session, occasion.id):
        return "has_attendance"
    if outside_answers.about_occasion(session, occasion.id):
        return "has_answers"
    rules = queries.rules_of(session, occasion.series_id)
    if any((rule.occasions or {}).get("codes") == [occasion.code] for rule in rules):
        return "rule_needs_it"
    return None


def _held(session: Session, occasion_id: int) -> Occasion:
    occasion = queries.occasion_by_id(session, occasion_id)
    if occasion is None:
        raise OccasionGone
    held(session, occasion.series_id)
    session.refresh(occasion)  # what it is now that nobody else changes it
    return occasion


def _new(series: Series, wanted: NewOccasion, present: Sequence[Occasion]) -> Occasion:
    where = wanted.where
    occasion = Occasion(
        series_id=series.id,
        code=_code(wanted.description.number, {each.code for each in present}),
        place=where.place,
        timezone=where.timezone,
        starts_wall=where.starts,
        ends_wall=where.ends,
        starts_at=timing.to_utc(where.starts, where.timezone) if where.starts else None,
        ends_at=timing.to_utc(where.ends, where.timezone) if where.ends else None,
        themes=[Theme(code=code, title=title) for code, title in wanted.description.themes.items()],
        **_plain(wanted.description),
    )
    occasion.continues = _continued(wanted.description, present, None)
    return occasion


def _plain(wanted: Description) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "number": wanted.number,
        "kind": wanted.kind,
        "round": wanted.round,
        "measured": wanted.measured,
    }


def _code(number: int | None, taken: set[str]) -> str:
    if number is not None and f"t{number}" not in taken:
        return f"t{number}"
    return next(code for each in range(1, len(taken) + 2) if (code := f"t{each}") not in taken)


def _place_in_line(present: Sequence[Occasion], new: Occasion) -> int:
    """Before the first occasion that comes later; last where the date is not known."""
    for position, each in enumerate(present):
        if new.starts_at and each.starts_at and each.starts_at > new.starts_at:
            return position
    return len(present)


def _continued(wanted: Description, present: Sequence[Occasion], itself: Occasion | None) -> Occasion | None:
    if wanted.continues is None:
        return None
    found = next((each for each in present if each.code == wanted.continues), None)
    if found is None or found is itself:
        raise BadFields({"continues": "not_a_choice"})
    before: Occasion | None = found
    for _ in present:  # no chain is longer than the series
        before = before.continues if before else None
        if before is not None and before is itself:
            raise BadFields({"continues": "continues_circle"})
    return found


def _bring_themes(session: Session, occasion: Occasion, wanted: Mapping[str, str]) -> None:
    known = {theme.code: theme for theme in occasion.themes}
    for code, theme in known.items():
        if code in wanted:
            theme.title = wanted[code]
        elif queries.has_sent(session, occasion.id) or queries.theme_is_chosen(session, theme.id):
            raise BadFields({"themes": "theme_in_use"})
        else:
            occasion.themes.remove(theme)
    occasion.themes += [Theme(code=code, title=title) for code, title in wanted.items() if code not in known]


def _forget(session: Session, occasion: Occasion) -> None:
    """Delete an occasion with what was planned about it; nothing has been sent."""
    for rule in queries.rules_of(session, occasion.series_id):
        if occasion.code in (rule.occasions or {}).get("codes", ()):
            codes = [code for code in (rule.occasions or {})["codes"] if code != occasion.code]
            rule.occasions = {"codes": codes}
    about = [each.id for each in queries.mailings_about(session, occasion.id)]
    trials = (Message.mailing_id.in_(about)) & (Message.user_id.is_not(None))
    session.execute(update(Message).where(trials).values(mailing_id=None))
    session.execute(delete(Mailing).where(Mailing.id.in_(about)))
    session.execute(delete(OccasionChange).where(OccasionChange.occasion_id == occasion.id))
    after = update(Occasion).where(Occasion.continues_id == occasion.id)
    session.execute(after.values(continues_id=None))
    session.delete(occasion)
    gone.let_go(session, "occasion", "mailing")
