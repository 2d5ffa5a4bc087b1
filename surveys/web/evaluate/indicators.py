"""Indicators: how each target stands, one at a time with what lies behind it, and what is noted of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import LARGEST_ID
from surveys.domain.indicators import Kind
from surveys.domain.series import BadField, BadFields, a_day
from surveys.queries import indicators as queries
from surveys.results import indicator_acts, readings
from surveys.results.indicator_choices import choices
from surveys.results.indicators import Ended, IndicatorResult, NoIndicator, read_indicator, read_indicators
from surveys.web.evaluate import indicator_words as told
from surveys.web.evaluate.base import as_evaluator, blueprint, page
from surveys.web.evaluate.indicator_chart import readings_chart
from surveys.web.evaluate.indicator_forms import HERE, faults_in_words, found_indicator, home, way
from surveys.web.guard import installation, reading_session, staff
from surveys.web.phrases import _

ONE = f"{HERE}/<indicator>"
Shown = str | Response | tuple[str, int]


@blueprint.get(HERE)
@staff("organiser", "evaluator", "reader")
def indicators(project: str) -> str:
    """All of them, today or as of an earlier day (``?datum=``)."""
    day, typed, fault = _asked_day()
    found = read_indicators(reading_session(), g.project, clock.now(), as_evaluator(), day)
    return page(
        "indicators", crumbs=way(), found=found, told=told, here=home(), day=day, typed=typed, fault=fault
    )


@blueprint.get(ONE)
@staff("organiser", "evaluator", "reader")
def indicator(project: str, indicator: str) -> str:
    return _one(indicator)


@blueprint.post(f"{ONE}/las-av")
@staff("organiser", "evaluator")
def read_indicator_now(project: str, indicator: str) -> Response:
    try:
        readings.read_now(installation().database, g.project.id, indicator, g.user.user_id, clock.now())
    except Ended:
        _say_ended()
    except NoIndicator:
        abort(404)
    except readings.NothingToRead:
        flash(_("A figure of this kind is noted with its source."), "warning")
    else:
        flash(_("The reading is kept."), "positive")
    return redirect(home(indicator), 303)


@blueprint.post(f"{ONE}/utfall")
@staff("organiser", "evaluator")
def type_reading(project: str, indicator: str) -> Shown:
    raw = request.form.to_dict()
    said = _("The figure is kept with its source.")
    return _written(readings.type_reading, indicator, raw, said, reading=raw)


@blueprint.post(f"{ONE}/produkter")
@staff("organiser", "evaluator")
def add_entry(project: str, indicator: str) -> Shown:
    raw = request.form.to_dict()
    return _written(indicator_acts.add_entry, indicator, raw, _("It is counted."), entry=raw)


@blueprint.post(f"{ONE}/produkter/<int:entry>/ta-bort")
@staff("organiser", "evaluator")
def remove_entry(project: str, indicator: str, entry: int) -> Response:
    _act_on(indicator_acts.remove_entry, indicator, entry, _("It is not counted any more."))
    return redirect(home(indicator), 303)


@blueprint.post(f"{ONE}/grunder")
@staff("organiser", "evaluator")
def add_note(project: str, indicator: str) -> Shown:
    text = request.form.get("text", "")
    return _written(indicator_acts.add_note, indicator, text, _("The grounds are kept."), note=text)


@blueprint.post(f"{ONE}/grunder/<int:note>/ta-bort")
@staff("organiser", "evaluator")
def remove_note(project: str, indicator: str, note: int) -> Response:
    _act_on(indicator_acts.remove_note, indicator, note, _("The grounds are removed."))
    return redirect(home(indicator), 303)


@blueprint.get(f"{ONE}/ta-bort")
@staff("organiser", "evaluator")
def ask_to_remove(project: str, indicator: str) -> str:
    found = found_indicator(indicator)
    heading = _("End this indicator?") if _stays(found) else _("Remove this indicator?")
    return page(
        "indicator_remove",
        crumbs=way((found.definition.title, home(found.code)), (heading, None)),
        heading=heading,
        found=found,
        stays=_stays(found),
        here=home(found.code),
    )


@blueprint.post(f"{ONE}/ta-bort")
@staff("organiser", "evaluator")
def remove_indicator(project: str, indicator: str) -> Response:
    db, user, now = installation().database, g.user.user_id, clock.now()
    try:
        if "end" in request.form:
            indicator_acts.end_indicator(db, g.project.id, indicator, user, now)
            flash(_("The indicator is ended. All that was read stays."), "positive")
            return redirect(home(indicator), 303)
        indicator_acts.remove_indicator(db, g.project.id, indicator, user, now)
    except Ended:
        _say_ended()
        return redirect(home(indicator), 303)
    except NoIndicator:
        abort(404)
    except indicator_acts.HasReadings:
        return redirect(home(indicator, "ta-bort"), 303)
    flash(_("The indicator is removed."), "positive")
    return redirect(home(), 303)


def _stays(found: IndicatorResult) -> bool:
    """Whether it can only be ended."""
    return bool(found.readings or found.parts)


def _written(act: Callable[..., None], indicator: str, typed: object, said: str, **again: Any) -> Shown:
    """Do what somebody has filled in a form of the page for; with faults the page comes ``again``."""
    try:
        act(installation().database, g.project.id, indicator, typed, g.user.user_id, clock.now())
    except BadFields as bad:
        return _one(indicator, faults=faults_in_words(bad.faults), **again), 422
    except Ended:
        return _one(indicator, **again), 409
    except (NoIndicator, readings.NotTyped):
        abort(404)
    flash(said, "positive")
    return redirect(home(indicator), 303)


def _act_on(act: Callable[..., None], indicator: str, number: int, said: str) -> None:
    if number > LARGEST_ID:
        abort(404)
    try:
        act(installation().database, g.project.id, indicator, number, g.user.user_id, clock.now())
    except Ended:
        _say_ended()
    except NoIndicator:
        abort(404)
    else:
        flash(said, "positive")


def _say_ended() -> None:
    flash(_("The indicator has been ended meanwhile. Nothing has been changed."), "warning")


def _asked_day() -> tuple[date | None, str, str]:
    """The day asked for, as typed, and what is wrong with it in words."""
    typed = request.args.get("datum", "").strip()
    try:
        return (a_day(typed) if typed else None), typed, ""
    except BadField as bad:
        return None, typed, faults_in_words({"datum": bad.code})["datum"]


def _one(
    code: str,
    reading: dict[str, str] | None = None,
    entry: dict[str, str] | None = None,
    note: str = "",
    faults: dict[str, str] | None = None,
) -> str:
    """The page of one. What was typed after it had ended stands there to be copied."""
    session = reading_session()
    day, typed, fault = _asked_day()
    try:
        found = read_indicator(session, g.project, code, clock.now(), as_evaluator(), day)
    except NoIndicator:
        abort(404)
    middle = []
    if found.whole:
        whole = read_indicator(session, g.project, found.whole, clock.now(), as_evaluator(), day)
        middle = [(whole.definition.title, home(whole.code))]
    products = found.kind is Kind.PRODUCTS
    return page(
        "indicator",
        crumbs=way(*middle, (found.definition.title, None)),
        found=found,
        over_time=readings_chart(found),
        entries=queries.entries(session, g.project.id).get(found.id, []) if products else [],
        notes=queries.notes(session, found.id),
        choices=choices(session, g.project),
        told=told,
        here=home(found.code),
        typed_reading=reading,
        typed_entry=entry,
        typed_note=note,
        errors={} if found.ended_on else faults or {},
        day=day,
        typed=typed,
        fault=fault,
    )
