"""Check of figures: a pasted table, or a single figure. Nothing of it is stored."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask import g, request

from surveys.domain import figure_check as check
from surveys.domain.figure_finding import Finding, Verdict
from surveys.domain.figure_means import check_mean
from surveys.domain.figure_printed import Place, Role
from surveys.importing.pasted_cell import plain_text, read_cell
from surveys.results.outside import Checked
from surveys.web.evaluate import figure_words
from surveys.web.evaluate.base import blueprint, page
from surveys.web.evaluate.figure_form import NUMBER_FAULTS, TableForm, read_table_form
from surveys.web.guard import staff
from surveys.web.navigation import may_open
from surveys.web.organise.base import address, crumbs
from surveys.web.phrases import _

Shown = str | tuple[str, int]


@blueprint.get("/projekt/<project>/resultat/sifferkontroll")
@staff("organiser", "evaluator", "reader", "supplier")
def figure_check(project: str) -> str:
    return _page(TableForm({}))


@blueprint.post("/projekt/<project>/resultat/sifferkontroll")
@staff("organiser", "evaluator", "reader", "supplier")
def check_table(project: str) -> Shown:
    form = read_table_form(request.form.to_dict())
    return _page(form) if form.whole else (_page(form), 422)


def _page(form: TableForm) -> str:
    typed = {name: request.args.get(name, "") for name in ("figure", "of", "count", "kind")}
    single, faults = _single(typed) if any(typed[name].strip() for name in ("figure", "of")) else (None, {})
    checked = form.checked()
    return page(
        "figure_check",
        crumbs=crumbs(
            *([(_("Results"), address("resultat"))] if may_open(address("resultat")) else []),
            (_("Check of figures"), None),
        ),
        form=form,
        checked=checked,
        told=told_of(checked, form.pasted.head, form.pasted.rows) if checked and form.pasted else (),
        single=single,
        single_typed=typed,
        single_faults=faults,
        figures=figure_words,
        roles=list(Role),
        here=address("resultat", "sifferkontroll"),
        save_at=address("resultat", "utifran", "ny")
        if may_open(f"/projekt/{g.project.code}/resultat/utifran/ny")
        else "",
    )


def told_of(
    checked: Checked, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[str, str, Verdict, list[str]]]:
    """What does not follow: where, as printed, how gravely, and what is to be said of it."""
    return [
        (_where(place, head, rows), rows[place[0]][place[1]], finding.verdict, _told(checked, place, finding))
        for place, finding in checked.faults
    ]


def _told(checked: Checked, place: Place, finding: Finding) -> list[str]:
    return figure_words.told(finding, own=place in checked.beside)


def _where(place: Place, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    row, column = place
    first = rows[row][0] or _("Row %(number)s", number=row + 1)
    heading = head[column] or _("column %(number)s", number=column + 1)
    # a column called no more than "%" is about the one before it
    about = head[column - 1] if column and list(head).count(heading) > 1 else ""
    return ", ".join(each for each in (first, about, heading) if each)


def _single(typed: Mapping[str, str]) -> tuple[Finding | None, dict[str, str]]:
    """One printed figure of so many answers; what could not be read, by field."""
    faults: dict[str, str] = {}
    printed, n = _figure(typed["figure"]), _count(typed["of"])
    k = _count(typed["count"]) if typed["count"].strip() else None
    if printed is None:
        faults["figure"] = _("Write the figure as it is printed, such as 66,3.")
    if not n:
        faults["of"] = str(NUMBER_FAULTS["not_a_number"])
    if k is None and typed["count"].strip():
        faults["count"] = str(NUMBER_FAULTS["not_a_number"])
    if printed is None or not n or faults:
        return None, faults
    if typed["kind"] == "mean":
        return check_mean(printed, n), faults
    return check.check_share(printed, n, k), faults


def _figure(text: str) -> Decimal | None:
    figures = read_cell(text).figures
    return figures[0] if len(figures) == 1 else None


def _count(text: str) -> int | None:
    plain = plain_text(text).replace(" ", "")
    known = plain.isascii() and plain.isdigit() and len(plain) < 9 and int(plain) <= check.LARGEST
    return int(plain) if known else None
