"""Several questions declared to be one index, and the declaration changed: by evaluators and organisers."""

from dataclasses import dataclass, field

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.models.question_index import QuestionIndex
from surveys.queries import indexes as queries
from surveys.results import indexes
from surveys.results.change import read_change
from surveys.results.change_model import Change
from surveys.web.evaluate.base import as_evaluator, blueprint, page
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import Crumbs, series_address, series_crumbs, series_tabs
from surveys.web.phrases import _

PAGE = "/projekt/<project>/insatser/<series>/resultat/fore-och-efter/index"
Shown = str | Response | tuple[str, int]


@dataclass
class IndexForm:
    """What was typed, and what is wrong with it by field."""

    name: str = ""
    minimum: str = ""
    questions: list[str] = field(default_factory=list)
    why: str = ""
    seen: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@blueprint.get(PAGE)
@staff("organiser", "evaluator")
def series_indexes(project: str, series: str) -> str:
    return _page(IndexForm())


@blueprint.post(PAGE)
@staff("organiser", "evaluator")
def declare_index(project: str, series: str) -> Shown:
    typed, wanted = _typed()
    try:
        indexes.declare_index(
            installation().database, g.series.id, wanted, _change(), g.user.user_id, clock.now()
        )
    except indexes.BadIndex as error:
        typed.errors = {name: _fault(name, code) for name, code in error.faults.items()}
        return _page(typed), 422
    flash(_("The index is declared."), "positive")
    return redirect(series_address("resultat", "fore-och-efter"), 303)


@blueprint.get(f"{PAGE}/<int:index>")
@staff("organiser", "evaluator")
def question_index(project: str, series: str, index: int) -> str:
    row = queries.one(reading_session(), g.series.id, index)
    if row is None:
        abort(404)
    return _index_page(
        row, IndexForm(row.name, str(row.minimum), list(row.questions), "", indexes.mark_of(row))
    )


@blueprint.post(f"{PAGE}/<int:index>")
@staff("organiser", "evaluator")
def change_index(project: str, series: str, index: int) -> Shown:
    typed, wanted = _typed()
    database, user = installation().database, g.user.user_id
    try:
        indexes.change_index(
            database, g.series.id, index, wanted, typed.why, _change(), user, clock.now(), typed.seen
        )
    except indexes.NoIndex:
        return _page(typed, gone=True), 409
    except indexes.ChangedMeanwhile:
        row = queries.one(reading_session(), g.series.id, index)
        if row is None:
            return _page(typed, gone=True), 409
        typed.seen = indexes.mark_of(row)  # whoever saves again has seen what is there now
        return _index_page(row, typed, conflict=True), 409
    except indexes.BadIndex as error:
        typed.errors = {name: _fault(name, code) for name, code in error.faults.items()}
        row = queries.one(reading_session(), g.series.id, index)
        if row is None:
            return _page(typed, gone=True), 409
        return _index_page(row, typed), 422
    flash(_("The index is changed."), "positive")
    return redirect(series_address("resultat", "fore-och-efter", "index", str(index)), 303)


@blueprint.post(f"{PAGE}/<int:index>/ta-bort")
@staff("organiser", "evaluator")
def remove_index(project: str, series: str, index: int) -> Response:
    try:
        name = indexes.remove_index(installation().database, g.series.id, index, g.user.user_id, clock.now())
    except indexes.NoIndex:
        abort(404)
    flash(_("The index “%(name)s” is taken back. The answers are as they were.", name=name), "positive")
    return redirect(series_address("resultat", "fore-och-efter", "index"), 303)


def _change() -> Change:
    return read_change(reading_session(), g.series.id, clock.now(), as_evaluator())


def _typed() -> tuple[IndexForm, indexes.Wanted]:
    form = request.form
    typed = IndexForm(
        form.get("name", ""),
        form.get("minimum", ""),
        form.getlist("questions"),
        form.get("why", ""),
        form.get("seen", ""),
    )
    least = typed.minimum.strip()
    # what is no number is 0, which no index can have as its least
    minimum = int(least) if least.isascii() and least.isdigit() and len(least) < 4 else 0
    return typed, indexes.Wanted(typed.name, tuple(dict.fromkeys(typed.questions)), minimum)


def _index_page(row: QuestionIndex, typed: IndexForm, conflict: bool = False) -> str:
    change = _change()
    here = series_address("resultat", "fore-och-efter")
    return page(
        "index_change",
        crumbs=[*_way(here), (_("Index"), f"{here}/index"), (row.name, None)],
        tabs=series_tabs(),
        found=change.series,
        offered=change.indexable,
        texts={each.question.code: each.question.text for each in change.indexable},
        steps=indexes.history(reading_session(), row),
        called=row.name,
        number=row.id,
        typed=typed,
        conflict=conflict,
        here=here,
    )


def _way(here: str) -> Crumbs:
    results = (_("Results"), series_address("resultat"))
    return [*series_crumbs(_("Results"))[:-1], results, (_("Before and after"), here)]


def _page(typed: IndexForm, gone: bool = False) -> str:
    """``gone``: what was typed was to change an index that is not there any more."""
    change = _change()
    here = series_address("resultat", "fore-och-efter")
    return page(
        "indexes",
        crumbs=[*_way(here), (_("Index"), None)],
        tabs=series_tabs(),
        found=change.series,
        declared=change.indexes,
        offered=change.indexable,
        beside_tables=change.beside_tables,
        telling=series_address("resultat", "redovisning"),
        typed=typed,
        gone=gone,
        here=here,
    )


def _fault(name: str, code: str) -> str:
    return {
        ("name", "blank"): _("Give the index a name."),
        ("name", "too_long"): _("The name is too long: at most 120 characters."),
        ("name", "bad_characters"): _("The name holds characters that cannot be kept."),
        ("name", "taken"): _("There is an index with that name already."),
        ("questions", "too_few"): _("Choose at least two questions."),
        ("questions", "asked_apart"): _(
            "No measurement asks all of these questions: choose some asked together."
        ),
        ("questions", "other_scales"): _("The questions must have the same scale."),
        ("why", "blank"): _("Say why the index is changed."),
        ("why", "bad_reason"): _("Write at most 500 ordinary characters."),
        ("minimum", "out_of_range"): _("Write a number from 1 to the number of questions chosen."),
    }[name, code]
