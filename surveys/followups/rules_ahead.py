"""What a rule would lead to if it were saved: its next mailings, and how many they reach. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.database import Database
from surveys.domain.rule_spec import RuleSpec, tidied
from surveys.domain.timing import TimingError, verdict
from surveys.followups import planning
from surveys.followups.audience import as_audience
from surveys.followups.expanding import catch_up_of
from surveys.followups.preview import reasons_of
from surveys.followups.rule_checks import BadRule, checked, spec_of, values_of
from surveys.followups.targets import BY_PERSON, STARTED, Course, Key, Wanted, wanted
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Series
from surveys.queries import audience as audience_queries
from surveys.queries import planning as planning_queries
from surveys.queries import rules as queries

MOST_COUNTED = 5000  # people among whom receivers are counted while somebody types


@dataclass(frozen=True)
class Ahead:
    """A mailing to come. ``due_wall`` is when, by the clock of ``zone``; ``person`` whom it counts from."""

    due_at: datetime
    due_wall: datetime
    zone: str
    step: int
    occasion: str | None
    person: str | None
    deferral: str | None
    at_once: bool  # due already, and not too late


@dataclass(frozen=True)
class Outlook:
    """The next mailings of a rule, and who the first mail among them would go to as things are now.

    ``audience`` is None where nothing lies ahead, or where there are too many people to look through.
    """

    moments: tuple[Ahead, ...]
    audience: planning.Audience | None


@dataclass(frozen=True)
class Turnover:
    """People who come to a mailing, and who fall away from it."""

    gained: tuple[planning.Person, ...]
    lost: tuple[planning.Person, ...]

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


def outlook(
    db: Database,
    keys: Keyring,
    series_id: int,
    code: str | None,
    spec: RuleSpec,
    now: datetime,
    most: int,
) -> Outlook:
    """What lies ahead of a rule as if it were saved and switched on, and its series active.

    ``code`` is the rule's, None for a new one. Raises BadRule.
    """
    with db.reading() as session, session.no_autoflush:
        series = planning_queries.series_to_plan(session, series_id)
        stored = queries.rule(session, series_id, code) if code is not None else None
        rule = _as_if_saved(session, series, tidied(replace(spec, active=True)), stored)
        found = _wanted(session, rule, stored, now)[:most]
        return Outlook(_moments(session, found, now), _audience(session, keys, rule, found))


def turnover(
    db: Database,
    keys: Keyring,
    series_id: int,
    code: str,
    spec: RuleSpec,
    now: datetime,
) -> Turnover:
    """Who comes to the next first mail of a rule, and who falls away, when it is changed to ``spec``.

    Nobody where whom the rule goes to stays the same. Raises BadRule.
    """
    with db.reading() as session:
        rule = queries.rule(session, series_id, code)
        stored = spec_of(rule) if rule is not None else spec
    if (stored.audience, stored.audience_filter) == (spec.audience, spec.audience_filter):
        return Turnover((), ())
    before, after = (_receivers(db, keys, series_id, code, each, now) for each in (stored, spec))
    return Turnover(
        gained=tuple(each for each in after if each not in before),
        lost=tuple(each for each in before if each not in after),
    )


def _receivers(
    db: Database, keys: Keyring, series_id: int, code: str, spec: RuleSpec, now: datetime
) -> tuple[planning.Person, ...]:
    try:
        found = outlook(db, keys, series_id, code, spec, now, 1000).audience
    except BadRule:  # what is stored may not be allowed any more, such as a theme that has gone
        return ()
    return found.receivers if found is not None else ()


def audience_of(session: Session, keys: Keyring, mailing: Mailing) -> planning.Audience:
    """Who a mailing goes to as things are now, a reminder too, and who does not."""
    roll = audience_queries.people_enrolled(session, mailing.rule.series_id)
    return as_audience(roll, *reasons_of(session, keys, mailing, roll))


def _as_if_saved(
    session: Session, series: Series, spec: RuleSpec, stored: FollowUpRule | None
) -> FollowUpRule:
    asks = checked(session, series, spec, stored)
    values = values_of(spec, asks)
    return FollowUpRule(
        id=stored.id if stored else 0,
        code=stored.code if stored else "",
        series_id=series.id,
        series=series,
        questionnaire=asks,
        **values,
    )


def _wanted(
    session: Session, rule: FollowUpRule, stored: FollowUpRule | None, now: datetime
) -> list[tuple[Key, Wanted]]:
    """The mailings of the rule that are still to go, in order; those that would be too late left out."""
    held = _held(session, stored)
    by_person = rule.anchor in BY_PERSON
    series = rule.series
    course = Course(
        series=series,
        occasions=planning_queries.occasions_of(session, series.id),
        rules=[rule],
        enrolled=planning_queries.enrolments_of(session, series.id) if by_person else (),
        allowed=planning.allowed_in(series.project),
        held=held,
    )
    series.active = True  # thrown away with the session
    try:
        found = wanted(course)
    except TimingError as error:
        raise BadRule({"offset": error.code}) from error
    ahead = [
        (key, each)
        for key, each in found.items()
        if verdict(each.due.utc, now, catch_up_of(session), each.closes_at) != "missed"
        and not _is_over(held.get(key))
    ]
    return sorted(ahead, key=lambda item: (item[1].due.utc, item[0][2], item[0][1]))


def _held(session: Session, stored: FollowUpRule | None) -> Mapping[Key, Mailing]:
    mailings = queries.mailings_of(session, stored.id) if stored is not None else ()
    return {(each.rule_id, each.target, each.step): each for each in mailings}


def _is_over(mailing: Mailing | None) -> bool:
    return mailing is not None and (mailing.state in STARTED or mailing.reason == planning.SKIPPED)


def _moments(session: Session, found: list[tuple[Key, Wanted]], now: datetime) -> tuple[Ahead, ...]:
    names = queries.enrolled_names(session, {each.enrolment_id for _, each in found if each.enrolment_id})
    titles = queries.occasion_titles(session, {each.occasion_id for _, each in found if each.occasion_id})
    return tuple(
        Ahead(
            due_at=each.due.utc,
            due_wall=each.due.wall,
            zone=each.due.zone,
            step=step,
            occasion=titles.get(each.occasion_id or 0),
            person=names.get(each.enrolment_id or 0),
            deferral=each.deferral,
            at_once=each.due.utc < now,
        )
        for (_, _, step), each in found
    )


def _audience(
    session: Session, keys: Keyring, rule: FollowUpRule, found: list[tuple[Key, Wanted]]
) -> planning.Audience | None:
    first = next((each for (_, _, step), each in found if step == 0), None)
    if first is None or queries.enrolled_count(session, rule.series_id) > MOST_COUNTED:
        return None
    return planning.who(session, keys, rule, first.occasion_id, first.enrolment_id)
