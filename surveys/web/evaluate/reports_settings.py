"""How a project's reports look: the house's own Word template, and sets of headings as funders ask for
them.
"""

from collections.abc import Mapping, Sequence

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.catalogues import for_staff
from surveys.domain.texts import unfolded
from surveys.importing.word_file import LARGEST_BYTES
from surveys.queries import reports as queries
from surveys.reporting import heading_sets, headings, templates
from surveys.reporting.headings import OWN, BadHeadings, Heading
from surveys.reporting.words import Words
from surveys.web import language
from surveys.web.evaluate import reports_words as texts
from surveys.web.evaluate.base import blueprint, page
from surveys.web.evaluate.reports import START, below, here
from surveys.web.guard import installation, reading_session, staff
from surveys.web.phrases import _
from surveys.web.sent_file import sent_file

SET = f"{START}/rubriker/<headings_set>"
OWN_ROWS = 3


@blueprint.get(f"{START}/mall")
@staff("organiser", "evaluator")
def report_template(project: str) -> str:
    return _template_page()


@blueprint.post(f"{START}/mall")
@staff("organiser", "evaluator")
def upload_report_template(project: str) -> Response | tuple[str, int]:
    name, raw = sent_file("fil", LARGEST_BYTES)
    try:
        templates.take_in(installation().database, g.project.id, name, raw, g.user.user_id, clock.now())
    except templates.BadTemplate as bad:
        return _template_page(texts.template_fault(bad.code, bad.params)), 422
    flash(_("The template is saved. Every report of the project is written in it from now on."), "positive")
    return redirect(here("mall"), 303)


@blueprint.post(f"{START}/mall/ta-bort")
@staff("organiser", "evaluator")
def remove_report_template(project: str) -> Response:
    templates.remove(installation().database, g.project.id, g.user.user_id, clock.now())
    flash(_("The template is removed. Reports are written in the one that comes with Följa."), "positive")
    return redirect(here("mall"), 303)


@blueprint.get(f"{START}/rubriker")
@staff("organiser", "evaluator")
def heading_sets_page(project: str) -> str:
    return page(
        "report_heading_sets",
        crumbs=below((_("Headings"), None)),
        sets=queries.heading_sets(reading_session(), g.project.id),
        here=here("rubriker"),
    )


@blueprint.get(f"{START}/rubriker/ny")
@staff("organiser", "evaluator")
def new_heading_set(project: str) -> str:
    tag = language.of_page().code
    return _set_page("", "", tag, headings.default_set("final", Words(tag)), {})


@blueprint.post(f"{START}/rubriker/ny")
@staff("organiser", "evaluator")
def make_heading_set(project: str) -> Response | tuple[str, int]:
    return _save_set("")


@blueprint.get(SET)
@staff("organiser", "evaluator")
def one_heading_set(project: str, headings_set: str) -> str:
    row = queries.heading_set(reading_session(), g.project.id, headings_set) or abort(404)
    return _set_page(headings_set, row.name, row.language, headings.read(row.sections), {})


@blueprint.post(SET)
@staff("organiser", "evaluator")
def save_heading_set(project: str, headings_set: str) -> Response | tuple[str, int]:
    if queries.heading_set(reading_session(), g.project.id, headings_set) is None:
        abort(404)
    return _save_set(headings_set)


@blueprint.post(f"{SET}/ta-bort")
@staff("organiser", "evaluator")
def remove_heading_set(project: str, headings_set: str) -> Response:
    try:
        heading_sets.remove(installation().database, g.project.id, headings_set, g.user.user_id, clock.now())
    except heading_sets.UnknownHeadings:
        abort(404)
    flash(_("The headings are removed. Reports that were made with them keep theirs."), "positive")
    return redirect(here("rubriker"), 303)


def _save_set(public_id: str) -> Response | tuple[str, int]:
    form = request.form
    rows = _typed()
    name, tag = form.get("namn", ""), form.get("sprak-i-rapporten", "")
    if wrong := [row.number for row in rows if row.place is None]:
        errors = {f"plats-{number}": texts.fault("not_a_number") for number in wrong}
        return _rows_page(public_id, name, tag, rows, errors), 422
    # in the order of the numbers that were typed; those alike in the order of the form
    chosen = sorted((row for row in rows if row.place), key=lambda row: row.place or 0)
    try:
        heading_sets.keep(
            installation().database,
            g.project.id,
            public_id,
            name,
            tag,
            [row.heading for row in chosen],
            g.user.user_id,
            clock.now(),
            form.get("seen", ""),
        )
    except heading_sets.UnknownHeadings:
        abort(404)
    except heading_sets.HeadingsChanged:
        return _rows_page(public_id, name, tag, rows, {}, conflict=True), 409
    except BadHeadings as bad:
        fields = {"heading": "rubrik", "text": "text", "key": "rubrik"}
        whole = {"name": "namn", "language": "sprak-i-rapporten", "sections": "plats-0"}
        errors = {
            whole[field] if at is None else f"{fields[field]}-{chosen[at].number}": texts.fault(code)
            for at, field, code in bad.faults
        }
        return _rows_page(public_id, name, tag, rows, errors), 422
    flash(_("The headings are saved, and can be chosen for a new report."), "positive")
    return redirect(here("rubriker"), 303)


class _Row:
    """A section in the form: ``number`` names its fields. ``place`` 0 leaves it out, None is no number;
    ``typed`` is what was written there.
    """

    def __init__(self, number: int, place: int | None, heading: Heading, typed: str = "") -> None:
        self.number, self.place, self.heading = number, place, heading
        self.typed = typed or str(place or "")


def _typed() -> list[_Row]:
    form = request.form
    rows = []
    for number in range(headings.MOST_SECTIONS + OWN_ROWS):
        key = form.get(f"del-{number}")
        if key is None:
            break
        text = form.get(f"plats-{number}", "").strip()
        place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
        said = unfolded(form.get(f"text-{number}", ""))
        known = key if key in headings.KEYS else OWN  # what is typed under a section that is gone is kept
        heading = Heading(known, form.get(f"rubrik-{number}", ""), said)
        rows.append(_Row(number, place if text else 0, heading, text))
    return rows


def _set_page(
    public_id: str, name: str, tag: str, sections: Sequence[Heading], errors: Mapping[str, str]
) -> str:
    called = headings.names(Words(tag))
    there = {each.key for each in sections}
    rest = [Heading(key, called[key]) for key in headings.KEYS if key != OWN and key not in there]
    rows = [_Row(at, at + 1, each) for at, each in enumerate(sections)]
    rows += [_Row(len(rows) + at, 0, each) for at, each in enumerate([*rest, *[Heading(OWN, "")] * OWN_ROWS])]
    return _rows_page(public_id, name, tag, rows, errors)


def _rows_page(
    public_id: str,
    name: str,
    tag: str,
    rows: Sequence[_Row],
    errors: Mapping[str, str],
    conflict: bool = False,
) -> str:
    stored = queries.heading_set(reading_session(), g.project.id, public_id) if public_id else None
    seen = heading_sets.mark_of(stored)
    return page(
        "report_headings",
        crumbs=below((_("Headings"), here("rubriker")), (name or _("New set of headings"), None)),
        set_name=name,
        tag=tag,
        rows=rows,
        fills=headings.names(Words(language.of_page().code)),
        languages=[(code, language.name(code)) for code in for_staff()],
        errors=errors,
        seen=seen if conflict or request.method == "GET" else request.form.get("seen", ""),
        conflict=conflict,
        action=here("rubriker", public_id or "ny"),
        known=public_id,
    )


def _template_page(error: str | None = None) -> str:
    return page(
        "report_template",
        crumbs=below((_("Word template"), None)),
        template=queries.template(reading_session(), g.project.id),
        places=texts.PLACES,
        error=error,
        here=here(),
    )
