"""A series held again: a new round made, looked through, and confirmed."""

from datetime import datetime

from flask import flash, g, redirect
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from surveys import clock
from surveys.course import series_rounds
from surveys.domain.series import BadField, BadFields, Fields, a_line
from surveys.followups.difference import Difference
from surveys.queries import occasions as queries
from surveys.web.filters import day
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, page, series_address, series_crumbs, series_tabs
from surveys.web.organise.planning import Answer, confirm_page, raw, show_faults
from surveys.web.organise.settings import Needed
from surveys.web.phrases import _, ngettext

LONGEST_TITLE = 200
CHECKS = {
    "no_people": _l("Nobody takes part yet."),
    "no_rules": _l("No follow-up rule is switched on, so nothing will be sent."),
    "no_occasions": _l("There are no occasions yet."),
    "undated": _l("These have no date:"),
    "past": _l("These have begun already:"),
    "quiet_day": _l("These fall on a weekend, a holiday or its eve:"),
    "was_cancelled": _l("These were cancelled last time:"),
}


class RoundForm(FlaskForm):  # type: ignore[misc]
    title = StringField(_l("Name of the new round"), [Needed()])
    starts_on = StringField(
        _l("First day of the new round"),
        description=_l(
            "All dates move by as many days and keep their times. Leave it empty to set every date later."
        ),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/ny-omgang")
@staff("organiser")
def new_round(project: str, series: str) -> str:
    form = RoundForm(formdata=None)
    form.title.data = _("%(title)s, new round", title=g.series.title)[:LONGEST_TITLE]
    return _round_page(form)


@blueprint.post("/projekt/<project>/insatser/<series>/ny-omgang")
@staff("organiser")
def copy_round(project: str, series: str) -> Answer:
    form = RoundForm()
    if not form.validate_on_submit():
        return _round_page(form), 422
    try:
        code = _copied(form)
    except BadFields as bad:
        show_faults(form, bad.faults)
        return _round_page(form), 422
    flash(_("The new round is made. Nothing is sent until you have confirmed it."), "positive")
    return redirect(address("insatser", code), 303)


@blueprint.get("/projekt/<project>/insatser/<series>/bekrafta")
@staff("organiser")
def check_round(project: str, series: str) -> str | Response:
    try:
        return _confirm_round_page(_confirmed(rehearse=True))
    except series_rounds.AlreadyConfirmed:
        return redirect(series_address(), 303)


@blueprint.post("/projekt/<project>/insatser/<series>/bekrafta")
@staff("organiser")
def confirm_round(project: str, series: str) -> Answer:
    try:
        _confirmed(rehearse=False)
    except series_rounds.AlreadyConfirmed:
        flash(_already(), "info")
    else:
        flash(_done(), "positive")
    return redirect(series_address(), 303)


def _already() -> str:
    if g.series.round_of_id is None:
        return _("The series was switched on already.")
    return _("The round was confirmed already.")


def _done() -> str:
    if g.series.round_of_id is None:
        return _("The series is switched on. Its mailings go as planned.")
    return _("The round is confirmed. Its mailings go as planned.")


def _copied(form: RoundForm) -> str:
    faults: dict[str, str] = {}
    starts_on = Fields(raw(form), faults).day("starts_on")
    try:
        title = a_line(form.title.data or "", LONGEST_TITLE, needed=True)
    except BadField as bad:
        raise BadFields(faults | {"title": bad.code}) from None
    if faults:
        raise BadFields(faults)
    db = installation().database
    return series_rounds.copy_round(db, g.series.id, title, starts_on, clock.now())


def _round_page(form: RoundForm) -> str:
    session = reading_session()
    occasions = queries.occasions_of(session, g.series.id)
    return page(
        "round_form",
        crumbs=series_crumbs(_("New round")),
        tabs=series_tabs(),
        form=form,
        occasions=occasions,
        rules=len(queries.rules_of(session, g.series.id)),
        first=series_rounds.first_day(occasions, g.series),
    )


def _confirmed(*, rehearse: bool) -> Difference:
    db = installation().database
    return series_rounds.confirm_round(db, g.series.id, g.user.user_id, clock.now(), rehearse=rehearse)


def _confirm_round_page(difference: Difference) -> str:
    is_round = g.series.round_of_id is not None
    heading = _("Confirm the round") if is_round else _("Switch on the series")
    return confirm_page(
        heading,
        series_crumbs(heading),
        difference,
        _confirm_button(is_round, len(difference.added)) or heading,
        series_address(),
        editable=False,
        note=_(
            "Until the round is confirmed nothing of it is sent. Afterwards its mailings go as shown here."
        )
        if is_round
        else _(
            "Until the series is switched on nothing is sent in it. Afterwards its mailings go as shown here."
        ),
        checks=_checks(),
    )


def _confirm_button(is_round: bool, count: int) -> str:
    if not count:
        return ""
    if not is_round:
        return ngettext(
            "Switch on the series and plan %(num)s mailing",
            "Switch on the series and plan %(num)s mailings",
            count,
        )
    return ngettext(
        "Confirm the round and plan %(num)s mailing", "Confirm the round and plan %(num)s mailings", count
    )


def _checks() -> list[str]:
    found = series_rounds.checks(reading_session(), g.series, clock.now())
    return [
        " ".join(
            [
                str(CHECKS[each.code]),
                ", ".join(_with_day(one.title, one.starts_wall) for one in each.occasions),
            ]
        )
        for each in found
    ]


def _with_day(title: str, starts: datetime | None) -> str:
    return f"{title} ({day(starts)})" if starts else title
