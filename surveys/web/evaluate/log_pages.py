"""Shared learning logs: read by evaluators and organisers."""

from flask import g, request

from surveys.models.programme import Series
from surveys.queries import logbook as logs
from surveys.queries import results as queries
from surveys.web.evaluate.base import blueprint, page
from surveys.web.evaluate.logs import Shelf
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import crumbs, series_crumbs, series_tabs
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/insatser/<series>/loggar")
@staff("organiser", "evaluator")
def series_logs(project: str, series: str) -> str:
    return _logs([g.series], crumbs=series_crumbs(_("Learning logs")), tabs=series_tabs())


@blueprint.get("/projekt/<project>/lardeloggar")
@staff("organiser", "evaluator")
def project_logs(project: str) -> str:
    every = queries.series_of(reading_session(), g.project.id)
    return _logs(list(every), crumbs=crumbs((_("Learning logs"), None)))


def _logs(series: list[Series], **values: object) -> str:
    session, keys = reading_session(), installation().keys
    entries = [(each.title, entry) for each in series for entry in logs.shared_entries(session, keys, each)]
    return page("logs", shelf=Shelf(entries, request.args), **values)
