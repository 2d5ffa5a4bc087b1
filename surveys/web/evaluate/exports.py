"""Files out of a series' results: read by evaluators and organisers."""

import io
import tempfile

from flask import Response, g, send_file

from surveys import clock
from surveys.exporting import csv_file
from surveys.exporting.rows import Export
from surveys.web import language
from surveys.web.evaluate.base import as_evaluator, blueprint
from surveys.web.guard import installation, reading_session, staff


@blueprint.get("/projekt/<project>/insatser/<series>/export.csv")
@staff("organiser", "evaluator")
def export(project: str, series: str) -> Response:
    now = clock.now()
    made = Export(
        reading_session(), installation().keys, g.series.id, now, language.current(), as_evaluator()
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
