"""A series removed, or switched off where something has come of it already."""

from flask import flash, g, redirect
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.course import series_removal
from surveys.course.series import SeriesGone
from surveys.queries import series_removal as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, page, series_address, series_crumbs, series_tabs
from surveys.web.organise.planning import Answer
from surveys.web.phrases import _

WHY = {
    "has_sent": _l("Mails about it have been sent."),
    "has_answers": _l("There are answers to its questionnaires."),
    "has_log": _l("Participants have learning logs in it."),
    "has_attendance": _l("Attendance has been recorded."),
}
_ADDRESS = "/projekt/<project>/insatser/<series>"


@blueprint.get(f"{_ADDRESS}/ta-bort")
@staff("organiser")
def ask_to_remove_series(project: str, series: str) -> str:
    return _page()


@blueprint.post(f"{_ADDRESS}/ta-bort")
@staff("organiser")
def remove_series(project: str, series: str) -> Answer:
    try:
        series_removal.remove_series(installation().database, g.series.id, g.user.user_id, clock.now())
    except series_removal.SeriesKept as kept:
        return _page(kept.code), 409
    except SeriesGone:
        pass
    flash(_("The series is removed. Its participants are still in the project."), "positive")
    return redirect(address("insatser"), 303)


@blueprint.post(f"{_ADDRESS}/stang-av")
@staff("organiser")
def switch_off_series(project: str, series: str) -> Response:
    try:
        series_removal.switch_off_series(installation().database, g.series.id, g.user.user_id, clock.now())
    except SeriesGone:
        return redirect(address("insatser"), 303)
    flash(_("The series is switched off. Its rules send nothing more."), "positive")
    return redirect(series_address(), 303)


def _page(kept_by: str | None = None) -> str:
    session, db, now = reading_session(), installation().database, clock.now()
    why = queries.trace(session, g.series.id) or kept_by
    difference = None
    if why and g.series.active:
        difference = series_removal.switch_off_series(db, g.series.id, g.user.user_id, now, rehearse=True)
    return page(
        "series_remove",
        crumbs=series_crumbs(_("Remove the series")),
        tabs=series_tabs(),
        why=WHY[why] if why else None,
        difference=difference,
        found=queries.belongings(session, g.series.id),
        here=series_address(),
    )
