"""Figures from elsewhere are entered and changed: a table, its source, and what it is laid beside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.figure_printed import Role
from surveys.domain.outside_table import Content, Link, described
from surveys.importing.pasted_table import as_text
from surveys.queries import results as queries
from surveys.results import outside as results
from surveys.results import outside_keeping as keeping
from surveys.results.series import read_series
from surveys.web.evaluate import figure_words
from surveys.web.evaluate.base import as_evaluator, blueprint, entered_by, page
from surveys.web.evaluate.figure_form import TableForm, read_table_form
from surveys.web.evaluate.figure_words import Words
from surveys.web.evaluate.outside import KINDS, OUTSIDE, found, way
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address
from surveys.web.phrases import _

Shown = str | Response | tuple[str, int]
NAMES = (  # the fields of the form, empty where nothing is typed
    "table", "base", "low", "high", "seen", "title", "kind", "who", "report", "published", "page", "unit",
    "note",
)  # fmt: skip
LINKED = (Role.SHARE, Role.CLASS, Role.CLASS_SHARE)
FIELD_FAULTS: Words = {
    "blank": _l("Fill this in."),
    "too_long": _l("This is too long."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
}


@blueprint.get(f"{OUTSIDE}/ny")
@staff("organiser", "evaluator", "supplier")
def new_outside(project: str) -> str:
    return _form_page(TableForm({}))


@blueprint.post(f"{OUTSIDE}/ny")
@staff("organiser", "evaluator", "supplier")
def add_outside(project: str) -> Shown:
    form = read_table_form(request.form.to_dict())
    content = _content(form)
    if _asked() != "save":
        return _form_page(form)
    if content is None:
        return _form_page(form), 422
    db, user = installation().database, g.user.user_id
    made = keeping.add_table(db, g.project.id, content, _series(form), user, clock.now())
    flash(_("The table is saved."), "positive")
    return redirect(address("resultat", "utifran", made), 303)


@blueprint.get(f"{OUTSIDE}/<table>/andra")
@staff("organiser", "evaluator", "supplier")
def edit_outside(project: str, table: str) -> str:
    one = found(table)
    typed = _typed(one.content, one.series or "") | {"seen": str(one.saved.number)}
    return _form_page(read_table_form(typed), table)


@blueprint.post(f"{OUTSIDE}/<table>/andra")
@staff("organiser", "evaluator", "supplier")
def change_outside(project: str, table: str) -> Shown:
    one = found(table)
    form = read_table_form(request.form.to_dict())
    content, seen = _content(form), form.typed.get("seen", "")
    if _asked() != "save":
        return _form_page(form, table)
    if content is None:
        return _form_page(form, table), 422
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 8 else 0
    db, user, series = installation().database, g.user.user_id, _series(form)
    if entered_by() is not None:  # what staff have laid it beside stays, as far as the columns do
        kept = one.content.links if one.content.head == content.head else {}
        content, series = replace(content, links=kept), one.series
    try:
        keeping.change_table(
            db, g.project.id, table, content, series, number, user, clock.now(), entered_by()
        )
    except results.NoTable:
        abort(404)
    except keeping.ChangedMeanwhile as changed:
        form.typed = {**form.typed, "seen": str(changed.number)}
        return _form_page(form, table, conflict=True), 409
    flash(_("The table is saved."), "positive")
    return redirect(address("resultat", "utifran", table), 303)


def _asked() -> str:
    return request.form.get("do", "save")


def _series(form: TableForm) -> str | None:
    """The series that the table is laid beside; None for none and for one that is not there."""
    code = form.typed.get("series", "")
    return code if code in dict(_all_series()) else None


def _content(form: TableForm) -> Content | None:
    """What the form says; None where something is wrong, and then its faults say what."""
    faults: dict[str, str] = {}
    said = described(form.typed, faults)
    form.faults |= (
        {name: str(FIELD_FAULTS[code]) for name, code in faults.items()} if _asked() == "save" else {}
    )
    if form.pasted is None or form.faults or faults:
        return None
    return Content(
        **said,
        head=form.pasted.head,
        rows=form.pasted.rows,
        roles=form.roles,
        totals=tuple(sorted(form.totals)),
        base=form.base,
        scale=form.scale,
        links=dict(_links(form)) if _series(form) else {},
    )


def _links(form: TableForm) -> list[tuple[int, Link]]:
    made = []
    for column, role in enumerate(form.roles):
        parts = form.typed.get(f"link-{column}", "").split("/")
        if role in LINKED and len(parts) == 3 and parts[0]:
            made.append((column, Link(*parts)))
    return made


def _typed(content: Content, series: str) -> dict[str, str]:
    """The fields that say what a table says."""
    source, low_high = content.source, content.scale
    typed = {
        "table": as_text(content.head, content.rows),
        "columns": "\t".join(content.head),
        "title": content.title,
        "kind": content.kind,
        "who": source.who,
        "report": source.report,
        "published": source.published,
        "page": source.page,
        "unit": content.unit,
        "note": content.note,
        "series": series,
        "base": str(content.base or ""),
        "low": str(low_high[0]) if low_high else "",
        "high": str(low_high[1]) if low_high else "",
    }
    typed |= {f"role-{number}": role.value for number, role in enumerate(content.roles)}
    typed |= {f"total-{row}": "y" for row in content.totals}
    links = content.links.items()
    return typed | {
        f"link-{column}": f"{link.question}/{link.theme}/{link.class_code}" for column, link in links
    }


def _all_series() -> list[tuple[str, str]]:
    """What a table can be laid beside: for a supplier nothing, who sees no results."""
    if entered_by() is not None:
        return []
    return [(each.code, each.title) for each in queries.series_of(reading_session(), g.project.id)]


def _choices(form: TableForm) -> Sequence[tuple[str, str]]:
    """What of the chosen series' results a column can be laid beside."""
    code = _series(form)
    if code is None:
        return ()
    session = reading_session()
    series = next(each for each in queries.series_of(session, g.project.id) if each.code == code)
    made: list[tuple[str, str]] = []
    for place, question in results.choices_of(
        read_series(session, series.id, clock.now(), as_evaluator())
    ).items():
        name = local(question.text)
        if question.top is not None:
            top = " + ".join(map(local, question.top.labels))
            made.append((f"{place}/", f"{name} – {top}"))
        made += [(f"{place}/{bar.code}", f"{name} – {local(bar.label)}") for bar in question.merged]
    return made


def _form_page(form: TableForm, table: str = "", conflict: bool = False) -> str:
    heading = _("Change the table") if table else _("Enter outside figures")
    here = address("resultat", "utifran", *([table, "andra"] if table else ["ny"]))
    typed: Mapping[str, str] = dict.fromkeys(NAMES, "") | dict(form.typed)
    return page(
        "outside_form",
        crumbs=way((heading, None)),
        heading=heading,
        form=form,
        typed=typed,
        kinds=list(KINDS.items()),
        series=_all_series(),
        chosen=_series(form),
        choices=_choices(form),
        linked=LINKED,
        figures=figure_words,
        roles=list(Role),
        conflict=conflict,
        here=here,
        back=address("resultat", "utifran", *([table] if table else [])),
    )
