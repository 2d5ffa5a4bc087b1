"""Which outcomes can be noted of persons (in work, in studies …): the list of a project."""

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import LARGEST_ID
from surveys.domain.series import BadFields
from surveys.queries import outcomes as queries
from surveys.register import outcomes as register
from surveys.register.people_register import folded
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.planning import FAULTS
from surveys.web.phrases import _

HERE = "/projekt/<project>/installningar/utfall"
Shown = str | Response | tuple[str, int]


@blueprint.get(HERE)
@staff("organiser")
def outcome_kinds(project: str) -> str:
    return _page()


@blueprint.post(HERE)
@staff("organiser")
def add_outcome_kind(project: str) -> Shown:
    raw = request.form.to_dict()
    try:
        register.add_kind(installation().database, g.project.id, raw, g.user.user_id, clock.now())
    except BadFields as bad:
        return _page({"name": _fault(bad)}, raw.get("name", "")), 422
    flash(_("The outcome is in the list."), "positive")
    return redirect(home(), 303)


@blueprint.post(f"{HERE}/<int:number>")
@staff("organiser")
def change_outcome_kind(project: str, number: int) -> Shown:
    """Rename it (``do=name``), or take it away (``do=remove``)."""
    if number > LARGEST_ID:
        abort(404)
    db, user, now, raw = installation().database, g.user.user_id, clock.now(), request.form.to_dict()
    try:
        if raw.get("do") == "remove":
            register.remove_kind(db, g.project.id, number, user, now)
            flash(_("The outcome is not in the list any more."), "positive")
        elif raw.get("do") == "name":
            register.rename_kind(db, g.project.id, number, raw, user, now)
            flash(_("The outcome is renamed, also where it has been noted."), "positive")
    except register.NoKind:
        abort(404)
    except BadFields as bad:
        return _page({f"name-{number}": _fault(bad)}, raw.get("name", ""), number), 422
    except register.KindInUse as used:
        return _page({f"name-{number}": _used(used)}, raw.get("name", ""), number), 409
    return redirect(home(), 303)


def home(*parts: str) -> str:
    return address("installningar", "utfall", *parts)


def way(*items: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The way to a page of outcomes."""
    settings = (_("Settings"), address("installningar"))
    name = _("Outcomes for persons")
    return crumbs(settings, (name, home()), *items) if items else crumbs(settings, (name, None))


def _fault(bad: BadFields) -> str:
    code = bad.faults["name"]
    return _("This outcome is in the list already.") if code == "name_taken" else str(FAULTS[code])


def _used(used: register.KindInUse) -> str:
    if used.code == "noted":
        return _("It has been noted of somebody, so it stays in the list.")
    return _("Indicators count it by this name: %(titles)s.", titles=", ".join(used.indicators))


def _page(errors: dict[str, str] | None = None, typed: str = "", typed_for: int | None = None) -> str:
    session = reading_session()
    naming = queries.indicators_naming(session, g.project.id)
    return page(
        "outcomes",
        crumbs=way(),
        kinds=queries.kinds(session, g.project.id),
        noted=queries.persons_noted(session, g.project.id),
        counted={folded(name) for _code, _title, kinds in naming for name in kinds},
        errors=errors or {},
        typed=typed,
        typed_for=typed_for,
        here=home(),
    )
