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
from surveys.queries import results as results_queries
from surveys.web.evaluate import outside_answers_words as texts
from surveys.web.evaluate.base import below_results, blueprint, entered_by, page
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import Crumbs, address, crumbs, series_address, series_tabs
from surveys.web.phrases import _, ngettext

OF_PROJECT = "/projekt/<project>/resultat/svar-utifran"
LIST = "/projekt/<project>/insatser/<series>/resultat/svar-utifran"
ONE = f"{LIST}/<taken>"


@blueprint.get(OF_PROJECT)
@staff("supplier")
def outside_answers_by_series(project: str) -> str:
    """Where a supplier begins: the series of the project, to each of which a file can be handed in."""
    session = reading_session()
    return page(
        "answers_series",
        crumbs=crumbs((_("Answers from elsewhere"), None)),
        series=results_queries.series_of(session, g.project.id),
        many=queries.saved_by_series(session, g.project.id, entered_by()),
        start=address("insatser"),
    )


@blueprint.get(LIST)
@staff("organiser", "evaluator", "reader", "supplier")
def outside_answers(project: str, series: str) -> str:
    session = reading_session()
    found = queries.of_series(session, g.series.id, entered_by())
    return page(
        "answers_list",
        crumbs=way(),
        tabs=series_tabs(),
        saved=[each for each in found if each.saved_at],
        begun=[] if g.role == "reader" else [each for each in found if not each.saved_at],
        titles=projects.newest_titles(session, [each.questionnaire_id for each in found]),
        source_of=source_of,
        responses_told=responses_told,
        told=entered_by() is None,
        texts=texts,
        here=here(),
    )


@blueprint.get(ONE)
@staff("organiser", "evaluator", "reader", "supplier")
def outside_answers_one(project: str, series: str, taken: str) -> str:
    row = saved_one(taken)
    titles = projects.newest_titles(reading_session(), [row.questionnaire_id])
    return page(
        "answers_one",
        crumbs=way((row.source_name, None)),
        tabs=series_tabs(),
        row=row,
        source=source_of(row),
        responses=responses_told(row),
        told=entered_by() is None,
        title=local(titles.get(row.questionnaire_id, {})),
        texts=texts,
        here=here(taken),
    )


@blueprint.get(f"{ONE}/ta-ut")
@staff("organiser", "evaluator", "supplier")
def ask_take_out(project: str, series: str, taken: str) -> str:
    row = saved_one(taken)
    return page(
        "answers_take_out",
        crumbs=way((row.source_name, here(taken)), (_("Undo the import"), None)),
        tabs=series_tabs(),
        row=row,
        responses=responses_told(row),
        here=here(taken),
    )


@blueprint.post(f"{ONE}/ta-ut")
@staff("organiser", "evaluator", "supplier")
def take_out(project: str, series: str, taken: str) -> Response:
    row = saved_one(taken)
    many, db = responses_told(row), installation().database
    try:
        outside_saving.take_out(db, g.series.id, taken, g.user.user_id, clock.now(), entered_by())
    except NoSuchImport:
        abort(404)
    if many is None:
        told = _("The import is undone: all its responses are gone.")
    else:
        told = ngettext(
            "The import is undone: %(num)s response is gone.",
            "The import is undone: %(num)s responses are gone.",
            many,
        )
    flash(told, "positive")
    return redirect(here(), 303)


def saved_one(taken: str) -> OutsideAnswers:
    """The import that the address names; what is not saved has pages of its own."""
    row = queries.one(reading_session(), g.series.id, taken, entered_by())
    if row is None or row.saved_at is None:
        abort(404)
    return row


def responses_told(row: OutsideAnswers) -> int | None:
    """How many responses a file became. None where a supplier reads whose file staff have taken in: staff may
    have left out those who are not enrolled, and their number would be told by the difference.
    """
    counts = row.counts or {}
    return None if entered_by() is not None and not counts.get("untold") else int(counts.get("kept", 0))


def source_of(row: OutsideAnswers) -> AnswerSource:
    return AnswerSource(row.source_name, row.collected_by, row.collected_on, row.handed_in_by)


def here(*parts: str) -> str:
    return series_address("resultat", "svar-utifran", *parts)


def way(*items: tuple[str, str | None]) -> Crumbs:
    """The way to a page about the files of the series. A supplier may open nothing above it but a list."""
    if entered_by() is not None:
        above = (_("Answers from elsewhere"), address("resultat", "svar-utifran"))
        return crumbs(above, (g.series.title, here() if items else None), *items)
    start = (_("Answers from elsewhere"), here() if items else None)
    return [*below_results("")[:-1], start, *items]
