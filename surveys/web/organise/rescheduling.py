"""An occasion moved, the rest of the series moved with it, cancelled, reinstated: shown first, then done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.course import rescheduling
from surveys.domain.occasion import placed
from surveys.domain.series import (
    BadField,
    BadFields,
    Fields,
    a_line,
)
from surveys.domain.timing import TimingError
from surveys.followups.difference import Difference
from surveys.models.programme import Occasion
from surveys.queries import occasions as queries
from surveys.web.filters import span
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import blueprint, page, series_tabs
from surveys.web.organise.occasion_forms import MoveForm, RestForm, move_form
from surveys.web.organise.occasions import (
    crumbs_of,
    name_of,
    occasion_address,
    occasion_or_404,
)
from surveys.web.organise.planning import (
    Answer,
    confirm_page,
    decide,
    raw,
    show_faults,
    typed,
    zones,
)
from surveys.web.phrases import _, ngettext

LONGEST_WHY = 200
CONFLICT = 409


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/flytta")
@staff("organiser")
def new_time(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    return _move_page(found, move_form(found))


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/flytta")
@staff("organiser")
def move_occasion(project: str, series: str, occasion: str) -> Answer:
    found, form = occasion_or_404(occasion), MoveForm()
    form.timezone.choices = zones()
    if not form.validate_on_submit():
        return _move_page(found, form), 422
    if "edit" in request.form:
        return _move_page(found, form)
    try:
        return _move(found, _wanted(form))
    except BadFields as bad:
        show_faults(form, bad.faults)
    except rescheduling.OccasionConflict:
        form.seen.data = str(found.sequence)
        return _move_page(found, form, conflict=True), CONFLICT
    except (rescheduling.ReschedulingError, TimingError) as bad:
        show_faults(form, {"starts_day": bad.code})
    return _move_page(found, form), 422


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/flytta-resten")
@staff("organiser")
def new_times(project: str, series: str, occasion: str) -> str:
    found, form = occasion_or_404(occasion), RestForm(formdata=None)
    form.days.data, form.seen.data = "7", str(found.sequence)
    return _rest_page(found, form)


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/flytta-resten")
@staff("organiser")
def move_rest(project: str, series: str, occasion: str) -> Answer:
    found, form = occasion_or_404(occasion), RestForm()
    if not form.validate_on_submit():
        return _rest_page(found, form), 422
    if "edit" in request.form:
        return _rest_page(found, form)
    try:
        return _move_rest(found, _days(form))
    except BadFields as bad:
        show_faults(form, bad.faults)
    except rescheduling.OccasionConflict:
        form.seen.data = str(found.sequence)
        return _rest_page(found, form, conflict=True), CONFLICT
    except (rescheduling.ReschedulingError, TimingError) as bad:
        show_faults(form, {"days": bad.code})
    return _rest_page(found, form), 422


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/stall-in")
@staff("organiser")
def ask_cancelling(project: str, series: str, occasion: str) -> Answer:
    return _ask_fate(occasion_or_404(occasion), rescheduling.cancel_occasion)


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/stall-in")
@staff("organiser")
def cancel_occasion(project: str, series: str, occasion: str) -> Answer:
    return _seal_fate(occasion_or_404(occasion), rescheduling.cancel_occasion)


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/genomfor")
@staff("organiser")
def ask_reinstating(project: str, series: str, occasion: str) -> Answer:
    return _ask_fate(occasion_or_404(occasion), rescheduling.reinstate_occasion)


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/genomfor")
@staff("organiser")
def reinstate_occasion(project: str, series: str, occasion: str) -> Answer:
    return _seal_fate(occasion_or_404(occasion), rescheduling.reinstate_occasion)


def _wanted(form: MoveForm) -> rescheduling.When:
    where = placed(raw(form))
    if where.starts is None or where.ends is None:
        raise BadFields({"starts_day": "blank"})
    return rescheduling.When(where.starts, where.ends, where.timezone, where.place)


def _move(occasion: Occasion, wanted: rescheduling.When) -> Answer:
    db, now, how = installation().database, clock.now(), _how()

    def act(rehearse: bool) -> Difference:
        return rescheduling.change_occasion(
            db, occasion.id, wanted, now, g.user.user_id, rehearse=rehearse, **how
        )

    def ask(difference: Difference) -> str:
        return confirm_page(
            _("Move the occasion"),
            crumbs_of(occasion, _("Move the occasion")),
            difference,
            _move_button(_what_moves(occasion, wanted), difference),
            occasion_address(occasion),
            fields=typed(),
            rows=_rows(occasion, wanted),
            quiet_choice=True,
        )

    return decide(act, ask, lambda: _done(occasion, _("The occasion is moved.")))


def _what_moves(occasion: Occasion, wanted: rescheduling.When) -> str:
    before = (occasion.starts_wall, occasion.ends_wall, occasion.timezone)
    if before == (wanted.starts_wall, wanted.ends_wall, wanted.timezone):
        return _("Save the new place")
    return _("Move the occasion")


def _rows(occasion: Occasion, wanted: rescheduling.When) -> list[tuple[str, str | None, str | None]]:
    new = span(wanted.starts_wall, wanted.ends_wall, wanted.timezone)
    return [(_("Time"), when_of(occasion), new), (_("Place"), occasion.place or "–", wanted.place or "–")]


def when_of(occasion: Occasion) -> str:
    if occasion.starts_wall is None or occasion.ends_wall is None:
        return _("Date not known")
    return span(occasion.starts_wall, occasion.ends_wall, occasion.timezone)


def _move_button(what: str, difference: Difference) -> str:
    count = len(difference.moved)
    return what + " " + ngettext("and %(num)s mailing", "and %(num)s mailings", count) if count else what


def _days(form: RestForm) -> int:
    faults: dict[str, str] = {}
    values = raw(form)
    values["days"] = values["days"].replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    most = rescheduling.MOST_DAYS
    days = Fields(values, faults).whole("days", -most, most, needed=True)
    if days is None:
        raise BadFields(faults)
    return days


def _move_rest(occasion: Occasion, days: int) -> Answer:
    db, now, how = installation().database, clock.now(), _how()
    rest = queries.rest_of(reading_session(), occasion)
    heading = _("Move the rest of the series")

    def act(rehearse: bool) -> Difference:
        return rescheduling.move_rest(db, occasion.id, days, now, g.user.user_id, rehearse=rehearse, **how)

    def ask(difference: Difference) -> str:
        what = ngettext("Move %(num)s occasion", "Move %(num)s occasions", len(rest))
        return confirm_page(
            heading,
            crumbs_of(occasion, heading),
            difference,
            _move_button(what, difference),
            occasion_address(occasion),
            fields=typed(),
            rows=[_row_of_rest(each, days) for each in rest],
            quiet_choice=True,
        )

    text = ngettext("%(num)s occasion is moved.", "%(num)s occasions are moved.", len(rest))
    return decide(act, ask, lambda: _done(occasion, text), always_ask=True)


def _row_of_rest(occasion: Occasion, days: int) -> tuple[str, str, str]:
    name = name_of(occasion)
    if occasion.starts_wall is None or occasion.ends_wall is None:
        return name, when_of(occasion), when_of(occasion)
    by = timedelta(days=days)
    return (
        name,
        when_of(occasion),
        span(occasion.starts_wall + by, occasion.ends_wall + by, occasion.timezone),
    )


def _ask_fate(occasion: Occasion, act: Callable[..., Difference]) -> Answer:
    """Show what cancelling or reinstating would do."""
    try:
        difference = act(installation().database, occasion.id, clock.now(), g.user.user_id, rehearse=True)
    except rescheduling.NothingChanged:
        return redirect(occasion_address(occasion), 303)
    heading, button, note = _fate_words(occasion, act, difference)
    return confirm_page(
        heading,
        crumbs_of(occasion, heading),
        difference,
        button,
        occasion_address(occasion),
        danger=act is rescheduling.cancel_occasion,
        editable=False,
        quiet_choice=True,
        asks_why=True,
        fields={"seen": [str(occasion.sequence)]},
        note=note,
    )


def _fate_words(
    occasion: Occasion, act: Callable[..., Difference], difference: Difference
) -> tuple[str, str, str]:
    name, when = name_of(occasion), when_of(occasion)
    if act is rescheduling.reinstate_occasion:
        heading, count = _("Hold the occasion after all"), len(difference.added)
        button = ngettext("and plan %(num)s mailing", "and plan %(num)s mailings", count)
        note = _("“%(title)s” is held after all, %(when)s.", title=name, when=when)
    else:
        heading, count = _("Cancel the occasion"), len(difference.dropped)
        button = ngettext("and %(num)s mailing", "and %(num)s mailings", count)
        note = _(
            "“%(title)s”, %(when)s, is not held. It can be taken back.", title=name, when=when_of(occasion)
        )
    return heading, f"{heading} {button}" if count else heading, note


def _seal_fate(occasion: Occasion, act: Callable[..., Difference]) -> Answer:
    try:
        act(installation().database, occasion.id, clock.now(), g.user.user_id, **_how())
    except rescheduling.NothingChanged:
        flash(_("It was like that already."), "info")
        return redirect(occasion_address(occasion), 303)
    except rescheduling.OccasionConflict:
        flash(_("Somebody else has changed the occasion. Look again before you decide."), "warning")
        return redirect(request.path, 303)
    except BadFields:
        flash(_("The reason is too long, or holds characters that cannot be shown."), "warning")
        return redirect(request.path, 303)
    cancelled = act is rescheduling.cancel_occasion
    return _done(
        occasion, _("The occasion is cancelled.") if cancelled else _("The occasion is held after all.")
    )


def _how() -> dict[str, Any]:
    """The reason, what was seen, and whether notices may go in quiet hours. Raises BadFields (why)."""
    seen = request.form.get("seen", "")
    try:
        why = a_line(request.form.get("why", ""), LONGEST_WHY)
    except BadField as bad:
        raise BadFields({"why": bad.code}) from None
    return {
        "why": why,
        "seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        "quiet_override": bool(request.form.get("quiet_override")),
    }


def _done(occasion: Occasion, text: str) -> Response:
    flash(text, "positive")
    return redirect(occasion_address(occasion), 303)


def _move_page(occasion: Occasion, form: MoveForm, *, conflict: bool = False) -> str:
    return _page("reschedule", occasion, form, _("Move the occasion"), conflict)


def _rest_page(occasion: Occasion, form: RestForm, *, conflict: bool = False) -> str:
    rest = queries.rest_of(reading_session(), occasion)
    return _page("reschedule_rest", occasion, form, _("Move the rest of the series"), conflict, rest=rest)


def _page(
    name: str, occasion: Occasion, form: MoveForm | RestForm, heading: str, conflict: bool, **values: Any
) -> str:
    return page(
        name,
        crumbs=crumbs_of(occasion, heading),
        tabs=series_tabs(),
        heading=heading,
        occasion=occasion,
        form=form,
        conflict=conflict,
        **values,
    )
