"""The send calendar: what goes when, by day or by rule, 60 days ahead or any span."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from surveys import clock
from surveys.followups import person_plan
from surveys.models.followup import FollowUpRule
from surveys.queries import mailings as queries
from surveys.queries import mails as mail_queries
from surveys.queries import people as people_queries
from surveys.queries import projects as project_queries
from surveys.queries import send_calendar
from surveys.queries.send_calendar import Line
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import (
    Crumbs,
    address,
    asked_by,
    blueprint,
    crumbs,
    page,
    page_number,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.phrases import _

DAYS_AHEAD = 60
MOST_MAILS = 200
MOST_IN_LINE = 40  # of the persons of one line, shown when it is opened
YEARS = range(2000, 2100)
_ONLY = ("deferred", "waiting", "missed", "cancelled")
_KEPT = ("visa", "fran", "till", "ordna", "regel", "bara")


@dataclass(frozen=True)
class Group:
    """Lines of one day, or (``on`` is None) of one rule."""

    on: date | None
    today: bool
    rule: int
    lines: Sequence[Line]


@dataclass(frozen=True)
class Span:
    """``first`` and ``last`` are days, both included, by the clock of the project."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return _began(self.first)

    @property
    def until(self) -> datetime:
        return _began(self.last + timedelta(days=1))


@dataclass(frozen=True)
class Choice:
    """What the page was asked to show. ``chosen``: the span was given, so past and future alike."""

    span: Span
    chosen: bool
    earlier: bool
    order: str
    rule: int | None
    only: str
    faults: Sequence[tuple[str, str]]

    @property
    def year_on(self) -> date:
        """A year after the last day shown."""
        return self.span.last + timedelta(days=365)

    @property
    def narrowed(self) -> bool:
        return self.chosen or self.rule is not None or self.only != ""


@blueprint.get("/projekt/<project>/utskick")
@staff("organiser")
def mailings(project: str) -> str | Response:
    if sought := request.args.get("person", "")[:100].strip():
        return _person(sought)
    where = queries.in_project(g.project.id)
    return _calendar(where, crumbs((_("Mailings"), None)), [], address("utskick"), False)


@blueprint.get("/projekt/<project>/insatser/<series>/utskick")
@staff("organiser")
def series_mailings(project: str, series: str) -> str:
    where = queries.in_series(g.series.id)
    return _calendar(where, series_crumbs(_("Mailings")), series_tabs(), series_address("utskick"), True)


@blueprint.get("/projekt/<project>/deltagare/<code>/utskick")
@staff("organiser")
def person_mailings(project: str, code: str) -> str:
    session, now = reading_session(), clock.now()
    person = people_queries.participant(session, g.project.id, code) or abort(404)
    ahead = person_plan.plan_of(session, installation().keys, person.id, _scope(_choice(now)))
    mails = mail_queries.mails_to(session, person.id, MOST_MAILS)
    about = [each.mailing for each in ahead] + [each.mailing for each in mails if each.mailing]
    to_person = (person.name, address("deltagare", person.code))
    return page(
        "calendar_person",
        crumbs=crumbs((_("Participants"), address("deltagare")), to_person, (_("Mailings"), None)),
        person=person,
        ahead=ahead,
        mails=[(each, mail_queries.shown_state(each, now)) for each in mails],
        asks=asked_by(about),
        choice=_choice(now),
    )


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(g.project.timezone)).date()


def ahead_of(now: datetime) -> Span:
    """Today and 60 days ahead."""
    return Span(today(now), today(now) + timedelta(days=DAYS_AHEAD))


def _calendar(
    where: queries.Scope, way: Crumbs, tabs: list[tuple[str, str, bool]], here: str, one_series: bool
) -> str:
    session, now = reading_session(), clock.now()
    choice = _choice(now)
    scope, zone = where & _scope(choice), ZoneInfo(g.project.timezone)
    lines = send_calendar.lines(session, scope, zone, order=choice.order, newest_first=choice.earlier)
    sheet = send_calendar.sheet(lines, page_number())
    held = send_calendar.mailings(session, scope, sheet.lines, MOST_IN_LINE)
    found = [mailing for each in held.values() for mailing in each]
    rules = queries.rules(session, where)
    return page(
        "mailings",
        crumbs=way,
        tabs=tabs,
        groups=_groups(sheet.lines, now, choice.order),
        held=held,
        names=send_calendar.names(session, found),
        asks=asked_by(found),
        counts=mail_queries.counts(session, [each.id for each in found], now),
        choice=choice,
        rules=_named(rules, one_series),
        rule_titles=dict(_named(rules, False)),
        later=queries.first_after(session, where, choice.span.until) if not choice.earlier else None,
        sheet=sheet,
        here=here,
        at_page=_at_page(here),
        one_series=one_series,
    )


def _person(sought: str) -> str | Response:
    """The plan of the one person found, else those to choose among."""
    sheet = people_queries.participants(reading_session(), g.project.id, sought, "name", 1)
    exact = [each for each in sheet.rows if each.code == sought]
    if len(exact or sheet.rows) == 1:
        found = (exact or sheet.rows)[0]
        return redirect(url_for("organise.person_mailings", project=g.project.code, code=found.code), 303)
    way = crumbs((_("Mailings"), address("utskick")), (_("Choose a person"), None))
    return page("calendar_people", crumbs=way, sheet=sheet, sought=sought)


def _choice(now: datetime) -> Choice:
    given = request.args
    faults: list[tuple[str, str]] = []
    usual = ahead_of(now)
    first, last = _day("fran", faults), _day("till", faults)
    start = first or (min(usual.first, last) if last else usual.first)
    end = last or max(usual.last, start)
    if end < start:
        faults.append(("till", _("The last day is before the first.")))
        start, end = usual.first, usual.last
    order = given.get("ordna", "")
    rule = given.get("regel", "")
    return Choice(
        Span(start, end),
        chosen=not faults and (first is not None or last is not None),
        earlier=given.get("visa") == "tidigare",
        order="rule" if order == "regel" else "day",
        rule=int(rule) if rule.isascii() and rule.isdigit() and len(rule) < 10 else None,
        only=given.get("bara", "") if given.get("bara") in _ONLY else "",
        faults=faults,
    )


def _day(name: str, faults: list[tuple[str, str]]) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        faults.append((name, _("This is not a day. Write it as 2026-12-01.")))
        return None
    return found


def _scope(choice: Choice) -> queries.Scope:
    if choice.earlier:
        where = queries.earlier(choice.span.since)
    elif choice.chosen:
        where = queries.between(choice.span.since, choice.span.until)
    else:
        where = queries.coming(choice.span.since, choice.span.until)
    if choice.rule is not None:
        where = where & queries.of_rule(choice.rule)
    return where & queries.only(choice.only)


def _groups(found: Sequence[Line], now: datetime, order: str) -> list[Group]:
    if order == "rule":
        by_rule = groupby(found, key=lambda each: each.rule_id)
        return [Group(None, False, rule, list(each)) for rule, each in by_rule]
    by_day = groupby(found, key=lambda each: each.on)
    return [Group(on, on == today(now), 0, list(each)) for on, each in by_day]


def _named(rules: Sequence[FollowUpRule], one_series: bool) -> list[tuple[int, str]]:
    """(rule, what it asks, and of which series where there are several)."""
    wanted = {each.questionnaire_id for each in rules if each.questionnaire_id is not None}
    titles = project_queries.newest_titles(reading_session(), sorted(wanted))
    said = []
    for each in rules:
        asks = _("Question for the learning log")
        if each.questionnaire_id is not None:
            asks = local(titles.get(each.questionnaire_id, {}))
        said.append((each.id, asks if one_series else f"{each.series.title}: {asks}"))
    return said


def _at_page(here: str) -> str:
    """The address of this very choice, up to the number of the page."""
    kept = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    return f"{here}?{urlencode(kept)}&s=" if kept else f"{here}?s="


def _began(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(g.project.timezone)).astimezone(UTC)
