"""Figures from elsewhere: listed with their sources, looked at, removed."""

from collections.abc import Mapping

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.outside_table import Source
from surveys.results import outside as results
from surveys.results import outside_keeping as keeping
from surveys.results.outside import OutsideFigures
from surveys.web.evaluate import figure_words
from surveys.web.evaluate.base import as_evaluator, blueprint, entered_by, page
from surveys.web.evaluate.figure_check import told_of
from surveys.web.guard import installation, reading_session, staff
from surveys.web.navigation import may_open
from surveys.web.organise.base import Crumbs, address, crumbs
from surveys.web.phrases import _

OUTSIDE = "/projekt/<project>/resultat/utifran"
KINDS: Mapping[str, LazyString] = {
    "pre": _l("Pre-measurement"),
    "post": _l("Post-measurement"),
    "occasion": _l("After occasions"),
    "follow_up": _l("Follow-up measurement"),
    "registered": _l("Participants or attendance"),
    "other": _l("Something else"),
}


@blueprint.get(OUTSIDE)
@staff("organiser", "evaluator", "reader", "supplier")
def outside_tables(project: str) -> str:
    found = results.read_tables(reading_session(), g.project.id, entered_by())
    return page(
        "outside_list",
        crumbs=way(),
        tables=found,
        kinds=KINDS,
        figures=figure_words,
        source_text=source_text,
        here=address("resultat", "utifran"),
    )


@blueprint.get(f"{OUTSIDE}/<table>")
@staff("organiser", "evaluator", "reader", "supplier")
def outside_table(project: str, table: str) -> str:
    """One table, checked; ``?version=`` what an earlier version of it said."""
    asked = request.args.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else None
    one = found(table, number)
    return page(
        "outside_table",
        crumbs=way((one.content.title, None)),
        one=one,
        told=told_of(one.checked, one.content.head, one.content.rows),
        kinds=KINDS,
        figures=figure_words,
        source_text=source_text,
        compared=entered_by() is None,
        here=address("resultat", "utifran", table),
    )


@blueprint.get(f"{OUTSIDE}/<table>/ta-bort")
@staff("organiser", "evaluator", "supplier")
def ask_remove_outside(project: str, table: str) -> str:
    one = found(table)
    here = address("resultat", "utifran", table)
    return page(
        "outside_remove", crumbs=way((one.content.title, here), (_("Remove"), None)), one=one, here=here
    )


@blueprint.post(f"{OUTSIDE}/<table>/ta-bort")
@staff("organiser", "evaluator", "supplier")
def remove_outside(project: str, table: str) -> Response:
    try:
        keeping.remove_table(
            installation().database, g.project.id, table, g.user.user_id, clock.now(), entered_by()
        )
    except results.NoTable:
        abort(404)
    flash(_("The table is removed."), "positive")
    return redirect(address("resultat", "utifran"), 303)


def found(table: str, number: int | None = None) -> OutsideFigures:
    """The table that the address names, as the user may see it."""
    try:
        return results.read_table(
            reading_session(), g.project.id, table, clock.now(), as_evaluator(), number, entered_by()
        )
    except results.NoTable:
        abort(404)


def way(*items: tuple[str, str | None]) -> Crumbs:
    start = address("resultat", "utifran")
    outside = (_("Outside figures"), start if items else None)
    above = [(_("Results"), address("resultat"))] if may_open(address("resultat")) else []
    return crumbs(*above, outside, *items)


def source_text(source: Source) -> str:
    """The source as it stands under a table: who, in what, when, where."""
    parts = [source.who, source.report, source.published]
    if source.page:
        parts.append(_("page %(page)s", page=source.page))
    return ", ".join(each for each in parts if each)
