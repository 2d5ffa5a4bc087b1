"""The register of organisations: in levels, with other spellings; two that are one are put together."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import LARGEST_ID, Database
from surveys.domain.series import BadFields
from surveys.models.programme import Organisation
from surveys.queries import organisations as queries
from surveys.register import organisations as register
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.planning import FAULTS
from surveys.web.phrases import _, ngettext

HERE = "/projekt/<project>/installningar/organisationer"
Shown = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Line:
    """An organisation in the tree: how deep it stands, its other spellings, its people and those below."""

    row: Organisation
    depth: int
    spellings: tuple[str, ...]
    own: int
    together: int


@blueprint.get(HERE)
@staff("organiser")
def organisations(project: str) -> str:
    rows = queries.everyone(reading_session(), g.project.id)
    named = {each.id: each.name for each in rows}
    merged = [(each, named.get(each.merged_into_id or 0, "")) for each in rows if each.merged_into_id]
    return page(
        "organisations",
        crumbs=_way((_("Organisations"), None)),
        lines=list(_lines()),
        merged=merged,
        here=_home(),
    )


@blueprint.get(f"{HERE}/<organisation>")
@staff("organiser")
def organisation(project: str, organisation: str) -> str:
    return _one(_found(organisation))


@blueprint.post(f"{HERE}/<organisation>")
@staff("organiser")
def change_organisation(project: str, organisation: str) -> Shown:
    do = request.form.get("do", "")
    if do == "part":
        return _part(organisation)
    row = _found(organisation)
    acts = {"parent": _set_parent, "name": _add_name, "remove-name": _remove_name, "merge": _merge}
    return acts[do](row) if do in acts else redirect(_home(row.code), 303)


def _set_parent(row: Organisation) -> Shown:
    parent = request.form.get("parent", "")
    try:
        register.set_parent(*_who(row), parent, g.user.user_id, clock.now())
    except register.NoOrganisation:
        return _one(row, {"parent": str(FAULTS["not_a_choice"])}), 422
    except register.Circle:
        return _one(row, {"parent": _("It would stand above itself. Choose another.")}), 422
    flash(_("The level is saved."), "positive")
    return redirect(_home(row.code), 303)


def _add_name(row: Organisation) -> Shown:
    name = request.form.get("name", "")
    try:
        register.add_name(*_who(row), name, g.user.user_id, clock.now())
    except BadFields as bad:
        code = bad.faults["name"]
        taken = _("There is an organisation with this name already. Put the two together instead.")
        return _one(row, {"name": taken if code == "name_taken" else str(FAULTS[code])}, name), 422
    flash(_("From now on this spelling means the organisation, also in files."), "positive")
    return redirect(_home(row.code), 303)


def _remove_name(row: Organisation) -> Shown:
    number = request.form.get("number", "")
    if number.isascii() and number.isdigit() and int(number[:12]) <= LARGEST_ID:
        register.remove_name(*_who(row), int(number[:12]), g.user.user_id, clock.now())
        flash(_("The spelling is removed."), "positive")
    return redirect(_home(row.code), 303)


def _merge(row: Organisation) -> Shown:
    into, sure = request.form.get("into", ""), "sure" in request.form
    try:
        moves = register.merge(*_who(row), into, g.user.user_id, clock.now(), rehearse=not sure)
    except register.NoOrganisation:
        return _one(row, {"into": str(FAULTS["not_a_choice"])}), 422
    except register.Circle:
        fault = _("The one to keep cannot be this one, or stand below it.")
        return _one(row, {"into": fault}), 422
    except register.NamedByRules as named:
        fault = _(
            "Follow-up rules choose by it: %(series)s. Change them first.", series=", ".join(named.series)
        )
        return _one(row, {"into": fault}), 409
    if sure:
        flash(_("The two are one. It can be undone from the list."), "positive")
        return redirect(_home(), 303)
    kept = _found(into)
    heading = _("Put %(one)s together with %(other)s?", one=row.name, other=kept.name)
    return page(
        "organisation_merge",
        crumbs=_way((_("Organisations"), _home()), (row.name, _home(row.code)), (heading, None)),
        heading=heading,
        row=row,
        kept=kept,
        moves=moves,
        here=_home(row.code),
    )


def _part(code: str) -> Response:
    try:
        back = register.part(installation().database, g.project.id, code, g.user.user_id, clock.now())
    except register.NoOrganisation:
        abort(404)
    told = ngettext(
        "They are two again; %(num)s person came back.",
        "They are two again; %(num)s persons came back.",
        back,
    )
    flash(told, "positive")
    return redirect(_home(), 303)


def _who(row: Organisation) -> tuple[Database, int, str]:
    return installation().database, g.project.id, row.code


def _home(*parts: str) -> str:
    return address("installningar", "organisationer", *parts)


def _way(*items: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return crumbs((_("Settings"), address("installningar")), *items)


def _found(code: str) -> Organisation:
    rows = queries.standing(reading_session(), g.project.id)
    return next((each for each in rows if each.code == code), None) or abort(404)


def _lines() -> Iterator[Line]:
    """The tree from the top, those at the same level in their order."""
    session = reading_session()
    rows, tree = queries.standing(session, g.project.id), queries.levels(session, g.project.id)
    people, names = queries.people(session, g.project.id), queries.names(session, g.project.id)

    def below(parent: int | None, depth: int) -> Iterator[Line]:
        for row in rows:
            if row.parent_id == parent:
                spellings = tuple(each.name for each in names if each.organisation_id == row.id)
                together = sum(people.get(number, 0) for number in tree.within(row.code))
                yield Line(row, depth, spellings, people.get(row.id, 0), together)
                yield from below(row.id, depth + 1)

    yield from below(None, 0)


def _one(row: Organisation, errors: dict[str, str] | None = None, typed: str = "") -> str:
    session = reading_session()
    rows = queries.standing(session, g.project.id)
    return page(
        "organisation",
        crumbs=_way((_("Organisations"), _home()), (row.name, None)),
        row=row,
        others=[each for each in rows if each.id != row.id],
        names=[each for each in queries.names(session, g.project.id) if each.organisation_id == row.id],
        people=queries.people(session, g.project.id).get(row.id, 0),
        errors=errors or {},
        typed=typed,
        here=_home(row.code),
    )
