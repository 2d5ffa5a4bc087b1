"""Files out of a series' results: what can be had, and the small ones at once."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import g, request, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.exporting import formats, jobs, result_tables, table_file
from surveys.exporting.about import left_out, measurements
from surveys.exporting.formats import PERSONS, Format
from surveys.exporting.in_place import CannotWrite
from surveys.exporting.limits import NoPersonCodes, RowsNotGiven, TooLarge
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.models.export_job import ExportJob
from surveys.queries import export_jobs as queries
from surveys.results import series as results
from surveys.results.change import read_changes
from surveys.running import access
from surveys.web import language
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.filters import number
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _

HERE = "/projekt/<project>/insatser/<series>/resultat/export"
MOST_CELLS_AT_ONCE = 600_000  # of a workbook or SPSS: some three seconds
MOST_CELLS_OF_CSV = (
    10_000_000  # some ten: proxies wait for the first byte of an answer no longer than a minute
)
RESULTS = "results"

KINDS: dict[str, tuple[Format, str]] = {
    f"{chosen.code}-{row}": (chosen, row) for chosen in formats.FORMATS.values() for row in chosen.rows
}
NAMES = {
    "xlsx-responses": _l("Excel (XLSX): one response a row, with a sheet of labels"),
    "csv-responses": _l("CSV for spreadsheets: one response a row"),
    "csv-answers": _l("CSV for spreadsheets: one answer a row"),
    "csv-utf8-responses": _l("CSV for programs, without a byte order mark: one response a row"),
    "csv-utf8-answers": _l("CSV for programs, without a byte order mark: one answer a row"),
    "sav-responses": _l("SPSS (SAV): one response a row"),
    "sav-persons": _l("SPSS (SAV): one person a row, before and after beside each other"),
    RESULTS: _l("The tables of results (XLSX): counts, shares and means"),
}


@dataclass(frozen=True)
class Chosen:
    """What somebody has asked for, and what is wrong with it, if anything."""

    kind: str
    labels: str
    error: str = ""


@blueprint.get(HERE)
@staff("organiser", "evaluator")
def export_page(project: str, series: str) -> str:
    return _page(Chosen("", language.current()))


@blueprint.post(HERE)
@staff("organiser", "evaluator")
def export_file(project: str, series: str) -> Response | tuple[str, int]:
    """A file at once. It is asked for with POST, since it is written down who took it."""
    asked = Chosen(request.form.get("file", ""), chosen_labels())
    if asked.kind not in NAMES:
        return _page(Chosen("", asked.labels, _("Choose what to download."))), 422
    try:
        return _results_file(asked) if asked.kind == RESULTS else _responses_file(asked)
    except TooLarge as large:
        return _page(Chosen(asked.kind, asked.labels, words().too_large(large))), 422
    except _NotAtOnce as more:
        return _page(Chosen(asked.kind, asked.labels, _not_at_once(more))), 422
    except NoPersonCodes:
        said = _("Whoever sees who has answered gets no person codes, and no file by person.")
        return _page(Chosen(asked.kind, asked.labels, said)), 422
    except RowsNotGiven:
        said = _("No response rows are given out of this series: its answers are told by background.")
        return _page(Chosen("", asked.labels, said)), 422
    except CannotWrite:
        said = _("The file could not be made: the disk is full, or closed. Nothing has been written.")
        return _page(Chosen(asked.kind, asked.labels, said)), 422


def chosen_labels() -> str:
    """The language of questions and answers that was chosen, if it is one of the project's."""
    wanted = request.form.get("language", "")
    return wanted if wanted in g.project.languages else language.current()


def export_of(labels: str, session: Session | None = None) -> Export:
    reading = session or reading_session()
    return Export(reading, installation().keys, g.series.id, clock.now(), labels, as_evaluator())


def words() -> Words:
    return Words(language.current())


def user_id() -> int:
    return cast(access.SignedIn, g.user).user_id


def _page(asked: Chosen) -> str:
    made = export_of(asked.labels)
    there = made.count > 0
    kinds = [
        (code, name)
        for code, name in NAMES.items()
        if code == RESULTS or (made.rows_given and (as_evaluator() or not code.endswith(PERSONS)))
    ]
    if not asked.kind:
        asked = replace(asked, kind=kinds[0][0])
    return page(
        "export",
        crumbs=below_results(_("Export")),
        tabs=series_tabs(),
        made=made,
        there=there,
        measurements=measurements(made, words()),
        left_out=left_out(made, words()),
        kinds=kinds,
        chosen=asked,
        languages=[(code, language_name(code)) for code in g.project.languages],
        jobs=_jobs(),
        days=installation().settings.export_days,
        telling=series_address("resultat", "redovisning"),
        here=series_address("resultat", "export"),
    )


def _jobs() -> list[tuple[ExportJob, str]]:
    """The latest archives, and how each stands."""
    now, found = clock.now(), queries.of_series(reading_session(), g.series.id, as_evaluator())
    return [(job, queries.standing(job, now)[0]) for job in found]


def _responses_file(asked: Chosen) -> Response:
    chosen, row = KINDS[asked.kind]
    # Decided before a row is read is what may be in them: what comes in between is not to be there.
    with installation().database.reading(one_moment=True) as session:
        made = export_of(asked.labels, session)
        formats.check(made, chosen, row)
        cells = made.count * len(made.columns)
        most = MOST_CELLS_OF_CSV if chosen.encoding else MOST_CELLS_AT_ONCE
        if cells > most:
            raise _NotAtOnce(cells, most)
        details = {"format": chosen.code, "rows": row}
        make = partial(_save_responses, made, chosen, row)
        return _sent(make, "-".join((g.series.code, row)), chosen, "responses_exported", details)


def _save_responses(made: Export, chosen: Format, row: str, path: Path) -> None:
    formats.save(made, path, chosen, row, words())


def _results_file(asked: Chosen) -> Response:
    session, now = reading_session(), clock.now()
    found = results.read_series(session, g.series.id, now, as_evaluator())
    changes = read_changes(session, g.series.id, now, as_evaluator())
    tables = result_tables.tables(found, changes, words(), asked.labels)
    name = "-".join((g.series.code, _("results-file")))
    make = partial(table_file.save_xlsx, tables)
    return _sent(make, name, formats.XLSX, "results_exported", {"format": "xlsx"})


def _sent(
    make: Callable[[Path], None], name: str, chosen: Format, action: str, details: dict[str, Any]
) -> Response:
    """Written whole before it is sent: what arrives is never a part that looks like all of it."""
    now = clock.now()
    with tempfile.TemporaryDirectory(prefix="folja-") as folder:
        path = Path(folder) / "file"
        make(path)
        file = path.open("rb")  # on the disk until it is closed, though the folder is gone
    jobs.note(installation().database, g.project.id, g.series.id, user_id(), action, details, now)
    whole = f"{name}-{now.date().isoformat()}.{chosen.ending}"
    answer = send_file(file, mimetype=chosen.media_type, as_attachment=True, download_name=whole)
    answer.call_on_close(file.close)
    return answer


class _NotAtOnce(Exception):
    """More cells than are made while somebody waits."""

    def __init__(self, cells: int, most: int) -> None:
        super().__init__(f"{cells} > {most}")
        self.cells, self.most = cells, most


def _not_at_once(more: _NotAtOnce) -> str:
    return _(
        "That is too much to make while you wait: %(cells)s cells, at most %(most)s. "
        "Make all files in the background.",
        cells=number(more.cells),
        most=number(more.most),
    )
