"""A preliminary version of a report, thrown away after a question."""

from flask import abort, flash, g, redirect
from werkzeug.wrappers import Response

from surveys import clock
from surveys.queries import reports as queries
from surveys.reporting import removing, reports
from surveys.web.evaluate.base import blueprint, page
from surveys.web.evaluate.reports import THIS, below, found_report, here
from surveys.web.guard import installation, reading_session, staff
from surveys.web.phrases import _


@blueprint.get(f"{THIS}/ta-bort")
@staff("organiser", "evaluator")
def ask_to_remove_report(project: str, report: str) -> str:
    row = found_report(report)
    return page(
        "report_remove",
        crumbs=below((row.title, here(report)), (_("Remove"), None)),
        report=row,
        followed=queries.is_followed(reading_session(), row.id),
        here=here(report),
    )


@blueprint.post(f"{THIS}/ta-bort")
@staff("organiser", "evaluator")
def remove_report(project: str, report: str) -> Response:
    found_report(report)
    try:
        removing.remove(installation().database, g.project.id, report, g.user.user_id, clock.now())
    except reports.UnknownReport:
        abort(404)
    except reports.AlreadySigned:
        flash(_("The report has been signed off, so it stays."), "warning")
    except removing.FollowedUp:
        flash(_("Another report follows up what this one recommends, so it stays."), "warning")
    else:
        flash(_("The version is removed."), "positive")
        return redirect(here(), 303)
    return redirect(here(report), 303)
