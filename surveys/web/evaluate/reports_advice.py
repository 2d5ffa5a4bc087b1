"""The recommendations of a report, and what has become of an earlier one's."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.report import Recommendation
from surveys.queries import reports as queries
from surveys.reporting import recommendations
from surveys.reporting.recommendations import Advice, BadAdvice, ChangedMeanwhile, Outcome
from surveys.reporting.reports import AlreadySigned
from surveys.web.evaluate import reports_words as texts
from surveys.web.evaluate.base import blueprint, page
from surveys.web.evaluate.reports import THIS, below, found_report, here
from surveys.web.guard import installation, reading_session, staff
from surveys.web.phrases import _

EMPTY_ROWS = 3


@blueprint.get(f"{THIS}/rekommendationer")
@staff("organiser", "evaluator")
def report_recommendations(project: str, report: str) -> str:
    return _advice_page(report, [*_stored(report), *[Advice(None, "", "", "")] * EMPTY_ROWS], {})


@blueprint.post(f"{THIS}/rekommendationer")
@staff("organiser", "evaluator")
def save_recommendations(project: str, report: str) -> Response | tuple[str, int]:
    found_report(report)
    form = request.form
    count = min(_number(form.get("antal", "")) or 0, recommendations.MOST + EMPTY_ROWS)
    rows = [
        Advice(
            _number(form.get(f"id-{at}", "")),
            form.get(f"text-{at}", ""),
            form.get(f"till-{at}", ""),
            form.get(f"senast-{at}", ""),
        )
        for at in range(count)
    ]
    try:
        recommendations.recommend(
            installation().database,
            g.project.id,
            report,
            rows,
            g.user.user_id,
            clock.now(),
            form.get("seen", ""),
        )
    except BadAdvice as bad:
        names = {"text": "text", "to_whom": "till", "due": "senast"}
        errors = {f"{names[field]}-{at}": texts.fault(code) for (at, field), code in bad.faults.items()}
        return _advice_page(report, rows, errors), 422
    except ChangedMeanwhile:
        return _advice_page(report, _beside(rows, _stored(report)), {}, conflict=True), 409
    except AlreadySigned:
        return _signed(report)
    flash(_("The recommendations are saved."), "positive")
    return redirect(here(report), 303)


@blueprint.get(f"{THIS}/uppfoljning")
@staff("organiser", "evaluator")
def earlier_recommendations(project: str, report: str) -> str:
    row = found_report(report)
    told = queries.follow_ups(reading_session(), row.id)
    return _outcomes_page(report, {key: Outcome(each.status, each.why) for key, each in told.items()}, {})


@blueprint.post(f"{THIS}/uppfoljning")
@staff("organiser", "evaluator")
def save_outcomes(project: str, report: str) -> Response | tuple[str, int]:
    row = found_report(report)
    earlier = _earlier(row.follows_id)
    form = request.form
    told = {
        each.id: Outcome(form.get(f"lage-{each.id}", ""), form.get(f"varfor-{each.id}", ""))
        for each in earlier
    }
    try:
        recommendations.follow_up(
            installation().database,
            g.project.id,
            report,
            told,
            g.user.user_id,
            clock.now(),
            form.get("seen", ""),
        )
    except BadAdvice as bad:
        names = {"status": "lage", "why": "varfor"}
        errors = {
            f"{names[field]}-{earlier[at].id}": texts.outcome_fault(code)
            for (at, field), code in bad.faults.items()
        }
        return _outcomes_page(report, told, errors), 422
    except ChangedMeanwhile:
        return _outcomes_page(report, told, {}, conflict=True), 409
    except AlreadySigned:
        return _signed(report)
    flash(_("What has become of the recommendations is saved."), "positive")
    return redirect(here(report), 303)


def _stored(report: str) -> list[Advice]:
    return [
        Advice(each.id, each.text, each.to_whom, each.due_on.isoformat() if each.due_on else "")
        for each in queries.recommendations(reading_session(), found_report(report).id)
    ]


def _beside(typed: list[Advice], stored: list[Advice]) -> list[Advice]:
    """What was typed, a recommendation that somebody has taken away meanwhile as a new one; then those that
    somebody has added.
    """
    there, mine = {each.id for each in stored}, {each.id for each in typed}
    kept = [each if each.id in there else replace(each, id=None) for each in typed]
    return [*kept, *(each for each in stored if each.id not in mine)]


def _advice_page(report: str, rows: list[Advice], errors: Mapping[str, str], conflict: bool = False) -> str:
    row = found_report(report)
    seen = recommendations.advice_mark(queries.recommendations(reading_session(), row.id))
    return page(
        "report_advice",
        crumbs=below((row.title, here(report)), (_("Recommendations"), None)),
        report=row,
        rows=rows,
        errors=errors,
        seen=_seen(seen, conflict),
        conflict=conflict,
        here=here(report),
    )


def _outcomes_page(
    report: str, told: Mapping[int, Outcome], errors: Mapping[str, str], conflict: bool = False
) -> str:
    row = found_report(report)
    seen = recommendations.outcome_mark(queries.follow_ups(reading_session(), row.id))
    return page(
        "report_outcomes",
        crumbs=below((row.title, here(report)), (_("Earlier recommendations"), None)),
        report=row,
        earlier=_earlier(row.follows_id),
        told=told,
        outcomes=[(code, str(name)) for code, name in texts.OUTCOMES.items()],
        errors=errors,
        seen=_seen(seen, conflict),
        conflict=conflict,
        here=here(report),
    )


def _seen(now: str, conflict: bool) -> str:
    """What the form was made from: a form that comes back with faults keeps it, one that is told of a
    conflict has seen what is there now.
    """
    return now if conflict or request.method == "GET" else request.form.get("seen", "")


def _earlier(report_id: int | None) -> list[Recommendation]:
    return list(queries.recommendations(reading_session(), report_id)) if report_id else []


def _signed(report: str) -> Response:
    flash(_("The report has been signed off, and nothing in it can be changed."), "warning")
    return redirect(here(report), 303)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
