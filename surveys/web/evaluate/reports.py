"""Reports of a project: made, looked at, made again, signed off and downloaded.

A reader sees those that are signed off. The figures are the same for everyone, whoever had the report made.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.catalogues import for_staff
from surveys.domain.texts import printable
from surveys.models.report import Report
from surveys.queries import projects as project_queries
from surveys.queries import reports as queries
from surveys.reporting import headings, reading, reports
from surveys.reporting.headings import Heading
from surveys.reporting.reports import Order
from surveys.reporting.words import Words
from surveys.web import language
from surveys.web.evaluate import reports_words as texts
from surveys.web.evaluate.base import blueprint, page
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import Crumbs, address, crumbs
from surveys.web.phrases import _

START = "/projekt/<project>/resultat/rapporter"
THIS = f"{START}/<report>"
OURS = "forvalda"  # the headings that a kind has unless a set is chosen


@blueprint.get(START)
@staff("organiser", "evaluator", "reader")
def project_reports(project: str) -> str:
    found = queries.of_project(reading_session(), g.project.id, only_signed=g.role == "reader")
    lines: dict[str, list[Report]] = {}
    for each in found:
        lines.setdefault(each.line, []).append(each)
    return page(
        "reports",
        crumbs=below(),
        lines=list(lines.values()),
        texts=texts,
        series={each.code: each.title for each in g.project.series},
        template=queries.template(reading_session(), g.project.id),
    )


@blueprint.get(f"{START}/ny")
@staff("organiser", "evaluator")
def new_report(project: str) -> str:
    session = reading_session()
    recommending = queries.recommending(session, g.project.id)
    series = [each.code for each in project_queries.series_of(session, g.project.id)]
    asked: dict[str, Any] = {
        "kind": "interim",
        "language": language.of_page().code,
        "title": "",
        "series": series[:1] if len(series) == 1 else [],
        "headings": OURS,
        "follows": recommending[0].public_id if recommending else "",
        "as_of": "",
    }
    return _form(asked, {})


@blueprint.post(f"{START}/ny")
@staff("organiser", "evaluator")
def make_report(project: str) -> Response | tuple[str, int]:
    form = request.form
    # codes are looked up, and no database takes a NUL; of the title it is said
    names = ("kind", "language", "headings", "follows", "as_of")
    asked: dict[str, Any] = {name: printable(form.get(name, "")) for name in names}
    asked |= {"title": form.get("title", ""), "series": [*map(printable, form.getlist("series"))]}
    if not _are_there(asked["headings"]):
        return _form(asked, {"headings": "unknown"}), 422
    try:
        public_id = reports.make(
            installation().database, g.project.id, _order(asked), g.user.user_id, clock.now()
        )
    except reports.BadOrder as bad:
        return _form(asked, bad.faults), 422
    flash(
        _("The report is made, and its figures are frozen. It is preliminary until somebody signs it off."),
        "positive",
    )
    return redirect(here(public_id), 303)


@blueprint.get(THIS)
@staff("organiser", "evaluator", "reader")
def one_report(project: str, report: str) -> str:
    session, row = reading_session(), found_report(report)
    every = queries.versions(session, row.line)
    versions = [each for each in every if each.signed_at or g.role != "reader"]
    return page(
        "report",
        crumbs=below((row.title, None)),
        report=row,
        texts=texts,
        contents=reading.read(session, row),
        versions=versions,
        newest=versions[0].version == row.version,
        series=[each.title for each in queries.series(session, g.project.id, row.series)],
        here=here(report),
    )


@blueprint.post(f"{THIS}/igen")
@staff("organiser", "evaluator")
def make_report_again(project: str, report: str) -> Response:
    found_report(report)
    try:
        public_id = reports.make_again(
            installation().database, g.project.id, report, g.user.user_id, clock.now()
        )
    except reports.BadOrder:
        flash(
            _("None of the series that the report was about is left, so it cannot be made again."), "warning"
        )
        return redirect(here(report), 303)
    flash(_("A new version is made with the figures of today. What has changed is listed below."), "positive")
    return redirect(here(public_id), 303)


@blueprint.get(f"{THIS}/signera")
@staff("organiser", "evaluator")
def ask_to_sign(project: str, report: str) -> str:
    row = found_report(report)
    contents = reading.read(reading_session(), row)
    return page(
        "report_sign",
        crumbs=below((row.title, here(report)), (_("Sign off"), None)),
        report=row,
        contents=contents,
        open_ended=[each for each in contents.earlier if each.id not in contents.follow_ups],
        here=here(report),
    )


@blueprint.post(f"{THIS}/signera")
@staff("organiser", "evaluator")
def sign_report(project: str, report: str) -> Response:
    found_report(report)
    try:
        reports.sign(installation().database, g.project.id, report, g.user.user_id, clock.now())
    except reports.AlreadySigned:
        flash(_("The report has been signed off already."), "warning")
    except reports.NotNewest:
        flash(_("There is a later version of this report. Sign that one off instead."), "warning")
    else:
        flash(_("The report is signed off. Nothing in it changes from now on."), "positive")
    return redirect(here(report), 303)


def found_report(public_id: str) -> Report:
    """The report of an address that the user's role may see; else 404."""
    row = queries.report(reading_session(), g.project.id, public_id)
    if row is None or (g.role == "reader" and row.signed_at is None):
        abort(404)
    return row


def here(*parts: str) -> str:
    return address("resultat", "rapporter", *parts)


def below(*items: tuple[str, str | None]) -> Crumbs:
    """The way to a page below the list of reports."""
    start = [(_("Results"), address("resultat")), (_("Reports"), here())]
    if not items:
        start[-1] = (_("Reports"), "")
    return crumbs(*start, *items)


def _order(asked: Mapping[str, Any]) -> Order:
    kind, tag = asked["kind"], asked["language"]
    return Order(
        kind=kind,
        language=tag,
        title=asked["title"],
        series=tuple(asked["series"]),
        headings=_headings(kind, tag, asked["headings"]),
        follows=asked["follows"],
        as_of=asked["as_of"].strip(),
    )


def _are_there(chosen: str) -> bool:
    """Whether the set of headings that was chosen has not been removed meanwhile."""
    known = queries.heading_set(reading_session(), g.project.id, chosen)
    return chosen in ("", OURS) or known is not None


def _headings(kind: str, tag: str, chosen: str) -> tuple[Heading, ...]:
    own = queries.heading_set(reading_session(), g.project.id, chosen) if chosen != OURS else None
    if own is not None:
        return headings.read(own.sections)
    if kind not in headings.KINDS or tag not in for_staff():
        return ()
    return headings.default_set(kind, Words(tag))


def _form(asked: Mapping[str, Any], faults: Mapping[str, str]) -> str:
    session = reading_session()
    sets = queries.heading_sets(session, g.project.id)
    return page(
        "report_new",
        crumbs=below((_("New report"), None)),
        asked=asked,
        errors={name: texts.fault(code) for name, code in faults.items()},
        texts=texts,
        kinds=[(code, str(name)) for code, name in texts.KINDS.items()],
        languages=[(code, language.name(code)) for code in for_staff()],
        every_series=[(each.code, each.title) for each in project_queries.series_of(session, g.project.id)],
        sets=[(OURS, _("Those that Följa suggests for the kind of report"))]
        + [(each.public_id, each.name) for each in sets],
        recommending=[("", _("None"))]
        + [(each.public_id, each.title) for each in queries.recommending(session, g.project.id)],
        here=here(),
    )
