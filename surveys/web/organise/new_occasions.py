"""Occasions added, one or many at once: shown with what will be sent about them, then saved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.calendar_days import is_quiet_day
from surveys.course import occasions
from surveys.domain.occasion import Description, TimeAndPlace, both
from surveys.domain.pasted_dates import BadLines, Dated
from surveys.domain.series import BadFields
from surveys.domain.timing import TimingError
from surveys.followups.difference import Difference
from surveys.web.filters import span
from surveys.web.guard import installation, staff
from surveys.web.organise.base import blueprint, page, series_address, series_crumbs, series_tabs
from surveys.web.organise.occasion_forms import (
    ManyForm,
    OccasionForm,
    dates_of,
    line_faults,
    many_form,
    occasion_form,
    with_choices,
)
from surveys.web.organise.occasions import present
from surveys.web.organise.planning import Answer, confirm_page, decide, raw, show_faults, typed
from surveys.web.phrases import _, ngettext


@blueprint.get("/projekt/<project>/insatser/<series>/nytt-tillfalle")
@staff("organiser")
def new_occasion(project: str, series: str) -> str:
    return _form_page(occasion_form(present()))


@blueprint.post("/projekt/<project>/insatser/<series>/nytt-tillfalle")
@staff("organiser")
def add_occasion(project: str, series: str) -> Answer:
    form = with_choices(OccasionForm(), present())
    if not form.validate_on_submit():
        return _form_page(form), 422
    if "edit" in request.form:
        return _form_page(form)
    try:
        return _add([occasions.NewOccasion(*both(raw(form)))], _("Add an occasion"), form, always_ask=False)
    except occasions.OccasionsConflict:
        form.seen.data = occasions.mark_of_all(present())
        return _form_page(form, conflict=True), 409
    except (BadFields, TimingError, occasions.TooManyOccasions) as bad:
        show_faults(form, bad.faults if isinstance(bad, BadFields) else {"title": bad.code})
        return _form_page(form), 422


@blueprint.get("/projekt/<project>/insatser/<series>/nya-tillfallen")
@staff("organiser")
def new_occasions(project: str, series: str) -> str:
    return _many_page(many_form(present()))


@blueprint.post("/projekt/<project>/insatser/<series>/nya-tillfallen")
@staff("organiser")
def add_occasions(project: str, series: str) -> Answer:
    form = ManyForm()
    if not form.validate_on_submit():
        return _many_page(form), 422
    if "edit" in request.form:
        return _many_page(form)
    try:
        return _add(_many(form), _("Add several occasions"), form, always_ask=True)
    except BadLines as bad:
        form.lines.errors = line_faults(bad)
        return _many_page(form), 422
    except occasions.OccasionsConflict:
        form.seen.data = occasions.mark_of_all(present())
        return _many_page(form, conflict=True), 409
    except (BadFields, TimingError, occasions.TooManyOccasions) as bad:
        show_faults(form, bad.faults if isinstance(bad, BadFields) else {"title": bad.code})
        return _many_page(form), 422


def _add(
    wanted: Sequence[occasions.NewOccasion],
    heading: str,
    form: OccasionForm | ManyForm,
    *,
    always_ask: bool,
) -> Answer:
    db, now, seen = installation().database, clock.now(), form.seen.data or ""

    def act(rehearse: bool) -> Difference:
        return occasions.add_occasions(db, g.series.id, wanted, now, seen=seen, rehearse=rehearse)

    def ask(difference: Difference) -> str:
        return confirm_page(
            heading,
            series_crumbs(heading),
            difference,
            _add_button(len(wanted), len(difference.added)),
            series_address(),
            fields=typed(),
            lines=[(_line(each), _mark(each.where)) for each in wanted],
        )

    def done() -> Response:
        text = ngettext("The occasion is added.", "%(num)s occasions are added.", len(wanted))
        flash(text, "positive")
        return redirect(series_address(), 303)

    return decide(act, ask, done, always_ask=always_ask)


def _add_button(count: int, mailings: int) -> str:
    what = ngettext("Add %(num)s occasion", "Add %(num)s occasions", count)
    if not mailings:
        return what
    return what + " " + ngettext("and %(num)s mailing", "and %(num)s mailings", mailings)


def _line(new: occasions.NewOccasion) -> str:
    what, where = new.description, new.where
    name = f"{what.number}. {what.title}" if what.number else what.title
    if where.starts is None or where.ends is None:
        when = _("Date not known")
    else:
        when = span(where.starts, where.ends, where.timezone)
    return f"{name}: {when}"


def _mark(where: TimeAndPlace) -> str | None:
    if where.starts is None:
        return None
    if where.starts.weekday() >= 5:
        return _("weekend")
    return _("holiday or its eve") if is_quiet_day(where.starts.date()) else None


def _many(form: ManyForm) -> list[occasions.NewOccasion]:
    what, where, dates = dates_of(form, g.project.timezone)
    first = max((each.number or 0 for each in present()), default=0) + 1
    return [
        _one_of_many(what, where, dated, first + place)
        for place, dated in enumerate(sorted(dates, key=_start))
    ]


def _start(dated: Dated) -> datetime:
    return dated.starts


def _one_of_many(what: Description, where: TimeAndPlace, dated: Dated, number: int) -> occasions.NewOccasion:
    return occasions.NewOccasion(
        replace(what, number=number, title=dated.title or what.title),
        replace(where, starts=dated.starts, ends=dated.ends),
    )


def _form_page(form: OccasionForm, *, conflict: bool = False) -> str:
    return _page("occasion_form", _("Add an occasion"), form, conflict)


def _many_page(form: ManyForm, *, conflict: bool = False) -> str:
    return _page("occasion_many", _("Add several occasions"), form, conflict)


def _page(name: str, heading: str, form: OccasionForm | ManyForm, conflict: bool) -> str:
    return page(
        name,
        crumbs=series_crumbs(heading),
        tabs=series_tabs(),
        heading=heading,
        form=form,
        conflict=conflict,
    )
