"""An occasion moved, the rest of the series moved with it, cancelled, reinstated: shown first, then done."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.course import rescheduling
from surveys.course.rescheduling import By
from surveys.domain.occasion import placed
from surveys.domain.series import BadField, BadFields, Fields, a_line
from surveys.domain.timing import TimingError
from surveys.followups.difference import Difference
from surveys.models.programme import Occasion
from surveys.queries import occasions as queries
from surveys.web.filters import span
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import blueprint, page, series_tabs
from surveys.web.organise.occasion_forms import MoveForm, RestForm, move_form
from surveys.web.organise.occasions import crumbs_of, name_of, occasion_address, occasion_or_404
from surveys.web.organise.planning import Answer, confirm_page, decide, raw, show_faults, typed, zones
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
    return _submitted(found, form, _move_page, lambda: _move(found, _wanted(form)))


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
    return _submitted(found, form, _rest_page, lambda: _move_rest(found, _days(form)))


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


def _submitted(
    occasion: Occasion, form: MoveForm | RestForm, show: Callable[..., str], move: Callable[[], Answer]
) -> Answer:
    """Carry out what a form asks for, or show it again with what is wrong."""
    if not form.validate_on_submit():
        return show(occasion, form), 422
    if "edit" in request.form:
        return show(occasion, form)
    try:
        return move()
    except BadFields as bad:
        show_faults(form, bad.faults)
    except rescheduling.OccasionConflict:
        form.seen.data = str(occasion.sequence)
        return show(occasion, form, conflict=True), CONFLICT
    except (rescheduling.ReschedulingError, TimingError) as bad:
        show_faults(form, {"days" if "days" in form else "starts_day": bad.code})
    return show(occasion, form), 422


def _wanted(form: MoveForm) -> rescheduling.When:
    where = placed(raw(form))
    if where.starts is None or where.ends is None:
        raise BadFields({"starts_day": "blank"})
    return rescheduling.When(where.starts, where.ends, where.timezone, where.place)


def _move(occasion: Occasion, wanted: rescheduling.When) -> Answer:
    def confirm(difference: Difference) -> str:
        rows, what = _rows(occasion, wanted), _what_moves(occasion, wanted)
        return _confirm_move(occasion, _("Move the occasion"), difference, what, rows)

    act = partial(rescheduling.change_occasion, installation().database, occasion.id, wanted, _by())
    return decide(act, confirm, lambda: _done(occasion, _("The occasion is moved.")))


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
    rest = queries.rest_of(reading_session(), occasion)

    def confirm(difference: Difference) -> str:
        rows = [_row_of_rest(each, days) for each in rest]
        what = ngettext("Move %(num)s occasion", "Move %(num)s occasions", len(rest))
        return _confirm_move(occasion, _("Move the rest of the series"), difference, what, rows)

    text = ngettext("%(num)s occasion is moved.", "%(num)s occasions are moved.", len(rest))
    act = partial(rescheduling.move_rest, installation().database, occasion.id, days, _by())
    return decide(act, confirm, lambda: _done(occasion, text), always_ask=True)


def _confirm_move(
    occasion: Occasion, heading: str, difference: Difference, what: str, rows: Sequence[Any]
) -> str:
    count = len(difference.moved)
    mailings = " " + ngettext("and %(num)s mailing", "and %(num)s mailings", count) if count else ""
    return confirm_page(
        heading,
        crumbs_of(occasion, heading),
        difference,
        what + mailings,
        occasion_address(occasion),
        fields=typed(),
        rows=rows,
        quiet_choice=True,
    )


def _row_of_rest(occasion: Occasion, days: int) -> tuple[str, str, str]:
    before = after = when_of(occasion)
    if occasion.starts_wall is not None and occasion.ends_wall is not None:
        by = timedelta(days=days)
        after = span(occasion.starts_wall + by, occasion.ends_wall + by, occasion.timezone)
    return name_of(occasion), before, after


def _ask_fate(occasion: Occasion, act: Callable[..., Difference]) -> Answer:
    """Show what cancelling or reinstating would do."""
    try:
        difference = act(installation().database, occasion.id, By(g.user.user_id, clock.now()), rehearse=True)
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
        note = _("“%(title)s”, %(when)s, is not held. It can be taken back.", title=name, when=when)
    return heading, f"{heading} {button}" if count else heading, note


def _seal_fate(occasion: Occasion, act: Callable[..., Difference]) -> Answer:
    try:
        act(installation().database, occasion.id, _by())
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


def _by() -> By:
    """Who asks and why, what was seen, and whether notices may go in quiet hours. Raises BadFields (why)."""
    seen = request.form.get("seen", "")
    try:
        why = a_line(request.form.get("why", ""), LONGEST_WHY)
    except BadField as bad:
        raise BadFields({"why": bad.code}) from None
    return By(
        g.user.user_id,
        clock.now(),
        why,
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        quiet_override=bool(request.form.get("quiet_override")),
    )


def _done(occasion: Occasion, text: str) -> Response:
    flash(text, "positive")
    return redirect(occasion_address(occasion), 303)


def _move_page(occasion: Occasion, form: MoveForm, **values: Any) -> str:
    return _page("reschedule", occasion, form, _("Move the occasion"), **values)


def _rest_page(occasion: Occasion, form: RestForm, **values: Any) -> str:
    rest = queries.rest_of(reading_session(), occasion)
    return _page("reschedule_rest", occasion, form, _("Move the rest of the series"), rest=rest, **values)


def _page(
    name: str,
    occasion: Occasion,
    form: MoveForm | RestForm,
    heading: str,
    *,
    conflict: bool = False,
    **values: Any,
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
