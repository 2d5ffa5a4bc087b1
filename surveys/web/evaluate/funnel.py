"""From registered to submitted, group by group."""

from collections.abc import Mapping

from flask import abort, g, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys import clock
from surveys.catalogues import is_known, language_of
from surveys.domain.suppression import NOT_STATED
from surveys.results import funnel as results
from surveys.results.funnel import LANGUAGE, OCCASION, SOURCE, FunnelBy, Line, UnknownGrouping
from surveys.results.persons import Class
from surveys.web.evaluate import words
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.evaluate.breakdown import NAMES, SOURCES
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import series_tabs
from surveys.web.organise.words import GENDERS
from surveys.web.phrases import _

BY: Mapping[str, LazyString] = {
    OCCASION: _l("Occasion"),
    **{name: NAMES[name] for name in results.VARIABLES if name != OCCASION},
}


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/vagen")
@staff("organiser", "evaluator", "reader")
def funnel(project: str, series: str) -> str:
    """``efter`` is what the groups are made by; by occasion where nothing is said."""
    asked = request.args.get("efter", "").strip() or OCCASION
    session, now = reading_session(), clock.now()
    try:
        found = results.read_funnel(session, g.series.id, asked, now, as_evaluator())
    except UnknownGrouping:
        abort(404)
    return page(
        "funnel",
        crumbs=below_results(_("From registered to answered")),
        tabs=series_tabs(),
        found=found,
        variables=BY,
        name_of=name_of,
        rows=[found.together, *found.lines],
    )


def name_of(found: FunnelBy, line: Line) -> str:
    """What a line is called."""
    if line is found.together:
        return _("The whole series")
    if line.measurement is not None:
        return words.name_of(line.measurement) or line.group.code
    return class_name(found.by, line.group)


def class_name(by: str, group: Class) -> str:
    """What a class of a variable is called; those of whom it is not known by that."""
    if group.code == NOT_STATED:
        unknown = _("not known")
        return f"{group.label}: {unknown}" if group.label else unknown
    if by == LANGUAGE:
        return language_of(group.code).name if is_known(group.code) else group.code
    named = {"gender": GENDERS, SOURCE: SOURCES}.get(by, {})
    return str(named.get(group.code) or group.label or group.code)
