"""Results, shared learning logs and the export: read by evaluators and organisers, results by readers too."""

import io
import tempfile
from typing import cast

from flask import Blueprint, Response, abort, g, render_template, request, send_file

from surveys import clock
from surveys.answers import results
from surveys.answers.results_model import Measurement, SeriesResults
from surveys.answers.results_table import beside, occasion_table
from surveys.exporting import csv_file
from surveys.exporting.rows import Export
from surveys.models.programme import Series
from surveys.queries import logbook as logs
from surveys.queries import results as queries
from surveys.web import evaluate_words as words
from surveys.web import language
from surveys.web.evaluate_blocks import blocks_of
from surveys.web.evaluate_logs import Shelf, occasion_name
from surveys.web.guard import installation, reading_session, staff
from surveys.web.navigation import may_open
from surveys.web.organise.base import crumbs, series_address, series_crumbs, series_tabs
from surveys.web.phrases import _

blueprint = Blueprint("evaluate", __name__)


@blueprint.context_processor
def _shared() -> dict[str, object]:
    return {"words": words, "may_open": may_open, "blocks_of": blocks_of, "words_occasion": occasion_name}


@blueprint.get("/projekt/<project>/resultat")
@staff("organiser", "evaluator", "reader")
def project_results(project: str) -> str:
    session, now = reading_session(), clock.now()
    found = [results.read_rates(session, each.id, now) for each in queries.series_of(session, g.project.id)]
    return _page("project", crumbs=crumbs((_("Results"), None)), found=found)


@blueprint.get("/projekt/<project>/insatser/<series>/resultat")
@staff("organiser", "evaluator", "reader")
def series_results(project: str, series: str) -> str:
    found = results.read_series(reading_session(), g.series.id, clock.now(), _as_evaluator())
    return _page(
        "series",
        crumbs=series_crumbs(_("Results")),
        tabs=series_tabs(),
        found=found,
        table=occasion_table(found),
        compared=_before_and_after(found),
        exported=_exported(found),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/matning/<rule>", defaults={"place": ""})
@blueprint.get("/projekt/<project>/insatser/<series>/resultat/matning/<rule>/<place>")
@staff("organiser", "evaluator", "reader")
def measurement(project: str, series: str, rule: str, place: str) -> str:
    try:
        found, one = results.read_measurement(
            reading_session(), g.series.id, rule, place, clock.now(), _as_evaluator()
        )
    except results.UnknownMeasurement:
        abort(404)
    return _page(
        "measurement", crumbs=_below_results(words.name_of(one)), tabs=series_tabs(), found=found, one=one
    )


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/fore-och-efter")
@staff("organiser", "evaluator", "reader")
def before_and_after(project: str, series: str) -> str:
    found = results.read_series(reading_session(), g.series.id, clock.now(), _as_evaluator())
    compared = _before_and_after(found)
    return _page(
        "before_after",
        crumbs=_below_results(_("Before and after")),
        tabs=series_tabs(),
        found=found,
        compared=compared,
        pairs=beside(*compared) if compared else (),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/export.csv")
@staff("organiser", "evaluator")
def export(project: str, series: str) -> Response:
    now = clock.now()
    made = Export(
        reading_session(), installation().keys, g.series.id, now, language.current(), _as_evaluator()
    )
    # Written whole before it is sent: what arrives is never a part of the rows that looks like all of them.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    text = io.TextIOWrapper(file, encoding=csv_file.ENCODING, newline="", write_through=True)
    csv_file.write(made, text)
    text.detach()
    file.seek(0)
    name = f"{g.series.code}-{now.date().isoformat()}.csv"
    answer = send_file(file, mimetype="text/csv", as_attachment=True, download_name=name)
    answer.call_on_close(file.close)
    return answer


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
    return _page("logs", shelf=Shelf(entries, request.args), **values)


def _page(name: str, **values: object) -> str:
    return render_template(f"evaluate/{name}.html", now=clock.now(), **values)


def _as_evaluator() -> bool:
    return cast(str, g.role) == "evaluator"


def _below_results(section: str) -> list[tuple[str, str | None]]:
    return [*series_crumbs(_("Results"))[:-1], (_("Results"), series_address("resultat")), (section, None)]


def _before_and_after(found: SeriesResults) -> tuple[Measurement, Measurement] | None:
    """The first measurement before and the first after, where both have been made."""
    made = [each for each in found.measurements if each.asked]
    before = next((each for each in made if each.wave == "pre"), None)
    after = next((each for each in made if each.wave == "post"), None)
    return (before, after) if before and after else None


def _exported(found: SeriesResults) -> dict[str, int]:
    """How many responses the export holds, and how many not and why."""
    counted = {"shown": 0, "too_few": 0, "until_closed": 0}
    for each in found.measurements:
        counted[each.withheld or "shown"] += each.counts.answers
    return counted
