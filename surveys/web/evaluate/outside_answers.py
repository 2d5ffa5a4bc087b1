"""Answers that others have collected: listed with their source, looked at, and a whole import undone."""

from flask import abort, flash, g, redirect
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import outside_saving
from surveys.answers.outside_files import NoSuchImport
from surveys.domain.answer_source import AnswerSource
from surveys.models.outside_answers import OutsideAnswers
from surveys.queries import outside_answers as queries
from surveys.queries import projects
from surveys.web.evaluate import outside_answers_words as texts
from surveys.web.evaluate.base import below_results, blueprint, page
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import Crumbs, series_address, series_tabs
from surveys.web.phrases import _, ngettext

LIST = "/projekt/<project>/insatser/<series>/resultat/svar-utifran"
ONE = f"{LIST}/<taken>"


@blueprint.get(LIST)
@staff("organiser", "evaluator", "reader")
def outside_answers(project: str, series: str) -> str:
    session = reading_session()
    found = queries.of_series(session, g.series.id)
    return page(
        "answers_list",
        crumbs=way(),
        tabs=series_tabs(),
        saved=[each for each in found if each.saved_at],
        begun=[] if g.role == "reader" else [each for each in found if not each.saved_at],
        titles=projects.newest_titles(session, [each.questionnaire_id for each in found]),
        source_of=source_of,
        texts=texts,
        here=here(),
    )


@blueprint.get(ONE)
@staff("organiser", "evaluator", "reader")
def outside_answers_one(project: str, series: str, taken: str) -> str:
    row = saved_one(taken)
    titles = projects.newest_titles(reading_session(), [row.questionnaire_id])
    return page(
        "answers_one",
        crumbs=way((row.source_name, None)),
        tabs=series_tabs(),
        row=row,
        source=source_of(row),
        title=local(titles.get(row.questionnaire_id, {})),
        texts=texts,
        here=here(taken),
    )


@blueprint.get(f"{ONE}/ta-ut")
@staff("organiser", "evaluator")
def ask_take_out(project: str, series: str, taken: str) -> str:
    row = saved_one(taken)
    return page(
        "answers_take_out",
        crumbs=way((row.source_name, here(taken)), (_("Undo the import"), None)),
        tabs=series_tabs(),
        row=row,
        here=here(taken),
    )


@blueprint.post(f"{ONE}/ta-ut")
@staff("organiser", "evaluator")
def take_out(project: str, series: str, taken: str) -> Response:
    row = saved_one(taken)
    many = int((row.counts or {}).get("kept", 0))
    try:
        outside_saving.take_out(installation().database, g.series.id, taken, g.user.user_id, clock.now())
    except NoSuchImport:
        abort(404)
    flash(
        ngettext(
            "The import is undone: %(num)s response is gone.",
            "The import is undone: %(num)s responses are gone.",
            many,
        ),
        "positive",
    )
    return redirect(here(), 303)


def saved_one(taken: str) -> OutsideAnswers:
    """The import that the address names; what is not saved has pages of its own."""
    row = queries.one(reading_session(), g.series.id, taken)
    if row is None or row.saved_at is None:
        abort(404)
    return row


def source_of(row: OutsideAnswers) -> AnswerSource:
    return AnswerSource(row.source_name, row.collected_by, row.collected_on)


def here(*parts: str) -> str:
    return series_address("resultat", "svar-utifran", *parts)


def way(*items: tuple[str, str | None]) -> Crumbs:
    start = (_("Answers from elsewhere"), here() if items else None)
    return [*below_results("")[:-1], start, *items]
