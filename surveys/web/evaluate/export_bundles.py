"""All files of a series in one archive, made in the background: ordered, followed, fetched, thrown away."""

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.exporting import jobs
from surveys.models.export_job import ExportJob
from surveys.queries import export_jobs as queries
from surveys.web import language
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.evaluate.exports import HERE, chosen_labels, user_id
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _

BUNDLES = f"{HERE}/paket"
THIS = f"{BUNDLES}/<job>"

REASONS = {
    "answer_taken_back": _l("Somebody has taken an answer back. Make the files again, without it."),
    "answers_unlinked": _l("The questionnaire has closed and its answers cannot be matched any more."),
    "time_over": _l("Its time was over."),
    "limit_raised": _l(
        "The fewest answers for a result to be shown were raised. Make the files again, by the new rule."
    ),
    "told_otherwise": _l(
        "How the answers to the series are told was chosen anew. Make the files again, as it is now."
    ),
    "cannot_write": _l("There was no room on the disk, or it could not be written to."),
    "cannot_typeset": _l("The codebook could not be typeset."),
    "keys_unreadable": _l("The keys of the installation cannot be read."),
    "broken": _l(
        "Something went wrong that Följa did not expect. It is in the log of the scheduler: "
        "tell whoever runs Följa. Single files may go well meanwhile."
    ),
    "given_up": _l("It was tried three times and did not come to an end. Choose single files instead."),
}


@blueprint.post(BUNDLES)
@staff("organiser", "evaluator")
def order_bundle(project: str, series: str) -> Response:
    try:
        public_id = jobs.order(
            installation().database,
            g.series.id,
            g.project.id,
            user_id(),
            as_evaluator(),
            chosen_labels(),
            language.current(),
            clock.now(),
        )
    except jobs.TooMany:
        flash(_("You have ordered as many as are made at once. Wait for one, or stop it."), "warning")
        return redirect(_exports(), 303)
    return redirect(_exports("paket", public_id), 303)


@blueprint.get(THIS)
@staff("organiser", "evaluator")
def bundle_page(project: str, series: str, job: str) -> str:
    found = _job(job)
    state, reason = queries.standing(found, clock.now())
    *start, _last = below_results("")
    return page(
        "export_bundle",
        crumbs=[*start, (_("Export"), _exports()), (_("All files"), None)],
        tabs=series_tabs(),
        job=found,
        state=state,
        why=REASONS.get(reason, ""),
        still="stilla" in request.args,
        here=_exports("paket", job),
        back=_exports(),
    )


@blueprint.post(f"{THIS}/hamta")
@staff("organiser", "evaluator")
def fetch_bundle(project: str, series: str, job: str) -> Response:
    database, now = installation().database, clock.now()
    try:
        found = jobs.fetched(database, g.series.id, g.project.id, job, as_evaluator(), user_id(), now)
    except jobs.UnknownJob:
        _job(job)  # 404 where there is none
        flash(_("The file is not there any more."), "warning")
        return redirect(_exports("paket", job), 303)
    answer = FlaskResponse(jobs.parts(database, found.id), mimetype="application/zip")
    made = found.finished_at or now
    name = f"{g.series.code}-{made.date().isoformat()}.zip"
    answer.headers["Content-Length"] = str(found.size)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.post(f"{THIS}/bort")
@staff("organiser", "evaluator")
def drop_bundle(project: str, series: str, job: str) -> Response:
    """Stop it, or throw the file away: it can be made again."""
    _job(job)
    try:
        jobs.stop(installation().database, g.series.id, job, as_evaluator(), clock.now())
    except jobs.UnknownJob:
        flash(_("The file is not there any more."), "warning")
    return redirect(_exports(), 303)


def _job(public_id: str) -> ExportJob:
    found = queries.one(reading_session(), g.series.id, public_id, as_evaluator())
    if found is None:
        abort(404)
    return found


def _exports(*parts: str) -> str:
    return series_address("resultat", "export", *parts)
