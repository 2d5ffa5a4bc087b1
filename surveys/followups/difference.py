"""What a change alters in what will be sent: a picture before, the change itself, a picture after.

Used inside the transaction that makes the change, or rehearses it::

    before = photograph(session, series_id, now)
    …                                              # the change, and planning.refresh_mailings
    return difference(before, photograph(session, series_id, now))
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.domain import timing
from surveys.followups.audience import who
from surveys.followups.expanding import CATCH_UP, catch_up_of
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import LocalText, Series
from surveys.queries import difference as queries
from surveys.queries import planning as planning_queries

Key = tuple[int, str, int]  # rule, target, step
UNSENT = frozenset({"planned", "waiting"})
GONE = frozenset({"cancelled", "missed"})


@dataclass(frozen=True)
class Shown:
    """One mailing as a page shows it. ``due_wall`` is ``due_at`` by the clock of ``zone``.

    ``deferral`` is the code of what it gives way to (quiet_hours, weekend, holiday); ``people`` how many it
    goes to as far as is known now, None where attendance decides and has not been written down. ``person`` is
    the name of the one it goes to, where a rule counts from each person's own day.
    """

    rule_code: str
    asks: LocalText | None
    occasion: str | None
    step: int
    due_at: datetime
    due_wall: datetime
    zone: str
    deferral: str | None
    people: int | None
    person: str | None = None


@dataclass(frozen=True)
class Moved:
    """The same mailing before and after."""

    before: Shown
    after: Shown


@dataclass(frozen=True)
class Notice:
    """A mail of ``kind`` (moved, cancelled, reinstated) about an occasion, to so many people."""

    occasion: str
    kind: str
    people: int


@dataclass(frozen=True)
class Difference:
    """What a change alters.

    ``moved`` go at another time, ``added`` are new (or back again), ``dropped`` would have gone and do not
    now, ``regrouped`` go at the same time to another number of people. ``at_once`` and ``missed`` are those
    of ``moved`` and ``added`` that are due already: they go within minutes, or are too late and not sent.
    """

    moved: tuple[Moved, ...] = ()
    added: tuple[Shown, ...] = ()
    dropped: tuple[Shown, ...] = ()
    regrouped: tuple[Moved, ...] = ()
    at_once: tuple[Shown, ...] = ()
    missed: tuple[Shown, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing that will be sent changes."""
        return not (self.moved or self.added or self.dropped or self.regrouped or self.notices)


@dataclass(frozen=True)
class Seen:
    """A mailing in a picture."""

    shown: Shown
    state: str
    closes_at: datetime


@dataclass(frozen=True)
class Photograph:
    """All mailings and waiting notices of one or several series at a moment."""

    now: datetime
    mailings: Mapping[Key, Seen] = field(default_factory=dict)
    notices: Mapping[int, tuple[int, str]] = field(default_factory=dict)  # message → occasion, kind
    occasions: Mapping[int, str] = field(default_factory=dict)  # titles of those in ``notices``
    only: Collection[int] | None = None  # of single persons' mailings those of these enrolments; None: all
    catch_up: timedelta = CATCH_UP  # what is due longer than that is missed


def photograph(
    session: Session,
    series_id: int,
    now: datetime,
    keys: Keyring | None = None,
    only: Collection[int] | None = None,
) -> Photograph:
    """Take down what is planned of a series; ``now`` decides what is late.

    Without ``keys`` it is not known how many a rule with conditions goes to. ``only``: the few enrolments
    whose own mailings the change may touch, as of ``planning.refresh_mailings``.
    """
    return _photograph(session, [series_id], now, keys, only)


def photograph_project(
    session: Session, project_id: int, now: datetime, keys: Keyring | None = None
) -> Photograph:
    """The same of all series of a project."""
    return _photograph(session, planning_queries.series_of(session, project_id), now, keys)


def difference(before: Photograph, after: Photograph) -> Difference:
    """What is other in the second picture than in the first.

    What had been expanded and moves with its mails untried is *moved* too.
    """
    old = {key: each for key, each in before.mailings.items() if each.state not in GONE}
    new = {key: each for key, each in after.mailings.items() if each.state not in GONE}
    both = [(old[key], new[key]) for key in new if key in old]
    pairs = [(Moved(one.shown, other.shown), other) for one, other in both]
    moved = [(pair, seen) for pair, seen in pairs if pair.before.due_at != pair.after.due_at]
    added = [new[key] for key in new if key not in old and new[key].state in UNSENT]
    touched = [*(seen for _, seen in moved), *added]
    return Difference(
        moved=tuple(pair for pair, _ in moved),
        added=tuple(each.shown for each in added),
        dropped=tuple(each.shown for key, each in old.items() if key not in new and _would_go(each, after)),
        regrouped=tuple(pair for pair, seen in pairs if _is_regrouped(pair, seen)),
        at_once=tuple(each.shown for each in touched if _fate(each, after) == "send"),
        missed=tuple(each.shown for each in touched if _fate(each, after) == "missed"),
        notices=_notices(before, after),
    )


def together(changes: Iterable[Shown | Moved]) -> list[list[Shown | Moved]]:
    """Changes in their order; those of one rule and step to one person each are together."""
    found: dict[tuple[object, ...], list[Shown | Moved]] = {}
    for number, one in enumerate(changes):
        after = one.after if isinstance(one, Moved) else one
        apart = number if after.person is None else None
        found.setdefault((after.rule_code, after.step, str(after.asks), apart), []).append(one)
    return list(found.values())


def shown(mailing: Mailing, rule: FollowUpRule, asks: LocalText | None, occasion: str | None) -> Shown:
    """A mailing as pages show it, without the number of people."""
    return Shown(
        rule_code=rule.code,
        asks=asks,
        occasion=occasion,
        step=mailing.step,
        due_at=mailing.due_at,
        due_wall=timing.to_wall(mailing.due_at, mailing.timezone),
        zone=mailing.timezone,
        deferral=mailing.deferral,
        people=None,
    )


def _is_regrouped(pair: Moved, seen: Seen) -> bool:
    same_time = pair.before.due_at == pair.after.due_at
    return seen.state in UNSENT and same_time and pair.before.people != pair.after.people


def _would_go(seen: Seen, after: Photograph) -> bool:
    # What waits for attendance is late by nature.
    late = seen.state == "planned" and _fate(seen, after) == "missed"
    return seen.state in UNSENT and not late


def _fate(seen: Seen, after: Photograph) -> str:
    return timing.verdict(seen.shown.due_at, after.now, after.catch_up, seen.closes_at)


def _notices(before: Photograph, after: Photograph) -> tuple[Notice, ...]:
    new = Counter(about for message, about in after.notices.items() if message not in before.notices)
    return tuple(
        Notice(title, kind, people)
        for occasion, title in after.occasions.items()
        for (about, kind), people in sorted(new.items())
        if about == occasion
    )


def _photograph(
    session: Session,
    series_ids: Sequence[int],
    now: datetime,
    keys: Keyring | None,
    only: Collection[int] | None = None,
) -> Photograph:
    session.flush()
    mailings: dict[Key, Seen] = {}
    for series_id in series_ids:
        mailings |= _mailings(session, series_id, keys, only)
    notices = queries.notices(session, series_ids)
    titles = queries.occasion_titles(session, Counter(notices.values()))
    return Photograph(now, mailings, notices, titles, only, catch_up_of(session))


def _mailings(
    session: Session, series_id: int, keys: Keyring | None, only: Collection[int] | None
) -> dict[Key, Seen]:
    series = session.get_one(Series, series_id)
    titles, crowd = queries.titles(session, series_id), _Crowd(session, series, keys)
    found = {}
    for mailing, rule, occasion, person in queries.mailings(session, series_id, only):
        asks = titles.get(rule.questionnaire_id) if rule.questionnaire_id else rule.log_prompt
        plain = shown(mailing, rule, asks, occasion)
        counted = replace(plain, people=crowd.of(mailing, rule), person=person)
        found[rule.id, mailing.target, mailing.step] = Seen(counted, mailing.state, mailing.closes_at)
    return found


class _Crowd:
    """How many people each mailing of a series goes to, from one select a kind."""

    def __init__(self, session: Session, series: Series, keys: Keyring | None) -> None:
        self._session, self._series, self._keys = session, series, keys
        self._active = queries.active_people(session, series.id)
        self._present = queries.present_people(session, series.id)
        self._invited = queries.invited_people(session, series.id)
        self._chosen: dict[tuple[int, str], int | None] = {}

    def of(self, mailing: Mailing, rule: FollowUpRule) -> int | None:
        invited = self._invited.get((rule.id, mailing.target))
        if invited is not None:
            return invited
        if rule.audience_filter is not None:
            return self._meant(mailing, rule)
        if mailing.enrolment_id is not None:
            return 1
        waits = rule.audience == "present" and self._series.attendance_kept
        if waits and mailing.occasion_id is not None:
            return self._present.get(mailing.occasion_id)
        return self._active

    def _meant(self, mailing: Mailing, rule: FollowUpRule) -> int | None:
        """By the conditions of a rule: the same for all steps at a target."""
        target = rule.id, mailing.target
        if self._keys is not None and target not in self._chosen:
            found = who(self._session, self._keys, rule, mailing.occasion_id, mailing.enrolment_id)
            self._chosen[target] = len(found.receivers) if found.settled else None
        return self._chosen.get(target)
