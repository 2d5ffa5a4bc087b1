"""The scales of a project: listed with what uses them, made, changed, removed."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.questionnaire import digest
from surveys.queries import projects as queries
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as name_of
from surveys.web.organise import scale_forms
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.writing_base import JsonObject, language_choices, scale_name, text_languages
from surveys.web.organise.writing_base import scales as known_scales
from surveys.web.organise.writing_forms import QuestionForm
from surveys.web.organise.writing_words import fault_text, told
from surveys.web.phrases import _
from surveys.writing import drafts, scales

SCALES = "/projekt/<project>/enkater/skalor"
Shown = str | Response | tuple[str, int]


@blueprint.get(SCALES)
@staff("organiser")
def scale_library(project: str) -> str:
    found = known_scales()
    return page(
        "scales",
        crumbs=_way((_("Scales"), None)),
        library=[(code, scale_name(scale), _users(code)) for code, scale in found.library.items()],
        ready=[(code, scale_name(scale)) for code, scale in found.ready.items()],
        here=address("enkater", "skalor"),
    )


@blueprint.get(f"{SCALES}/ny")
@staff("organiser")
def new_scale(project: str) -> str:
    """A new scale, blank or from one that is there (``?av=``)."""
    return _form_page("", _filled(known_scales().of(request.args.get("av", "")) or {}))


@blueprint.post(f"{SCALES}/ny")
@staff("organiser")
def add_scale(project: str) -> Shown:
    form, content = _read(known_scales().of(request.form.get("av", "")) or {})
    if form.faults:
        return _form_page("", form), 422
    scales.add_scale(installation().database, g.project.id, content, g.user.user_id, clock.now())
    flash(_("The scale is in the library."), "positive")
    return redirect(address("enkater", "skalor"), 303)


@blueprint.get(f"{SCALES}/<scale>")
@staff("organiser")
def edit_scale(project: str, scale: str) -> str:
    return _form_page(scale, _filled(_stored(scale)))


@blueprint.post(f"{SCALES}/<scale>")
@staff("organiser")
def change_scale(project: str, scale: str) -> Shown:
    stored = _stored(scale)
    db, now, user = installation().database, clock.now(), g.user.user_id
    if request.form.get("do") == "remove":
        scales.remove_scale(db, g.project.id, scale, user, now)
        flash(_("The scale is taken out of the library. Questionnaires keep theirs."), "positive")
        return redirect(address("enkater", "skalor"), 303)
    form, content = _read(stored)
    if form.faults:
        return _form_page(scale, form), 422
    try:
        touched = scales.change_scale(db, g.project.id, scale, content, form.one("seen"), user, now)
    except drafts.Changed:
        form.fields["seen"] = digest(stored)
        return _form_page(scale, form, conflict=True), 409
    codes = ", ".join(touched) or "–"
    flash(_("The scale is saved, and changed in these drafts: %(codes)s.", codes=codes), "positive")
    return redirect(address("enkater", "skalor"), 303)


def _stored(code: str) -> JsonObject:
    return dict(known_scales().library.get(code) or abort(404))


def _users(code: str) -> list[str]:
    found = []
    for each in queries.questionnaires_of(reading_session(), g.project.id):
        title = local(each.written.content["title"]) or each.code
        asked, draft = scales.users_of(each, code)
        if asked or draft:
            found.append(_("%(name)s (draft)", name=title) if draft else title)
    return found


def _read(stored: Mapping[str, Any]) -> tuple[QuestionForm, JsonObject]:
    """The form as typed with its faults, and the scale it says."""
    form = QuestionForm("", text_languages(), request.form.to_dict())
    faults: dict[str, str] = {}
    content = scale_forms.read(form, stored, scale_forms.LIBRARY, faults)
    form.faults = {name: fault_text(code) for name, code in faults.items()}
    for fault in scales.scale_faults(content):
        form.faults.setdefault(scale_forms.field_of(fault.path, form, scale_forms.LIBRARY), told(fault))
    return form, content


def _filled(stored: Mapping[str, Any]) -> QuestionForm:
    languages = text_languages()
    fields = {"seen": digest(stored)}
    scale_forms.fill(fields, stored, scale_forms.LIBRARY, languages)
    return QuestionForm("", languages, fields)


def _form_page(code: str, form: QuestionForm, conflict: bool = False) -> str:
    heading = _("Change the scale") if code else _("New scale")
    return page(
        "scale_form",
        crumbs=_way((_("Scales"), address("enkater", "skalor")), (heading, None)),
        heading=heading,
        code=code,
        form=form,
        names=scale_forms.LIBRARY,
        source=request.values.get("av", ""),
        users=_users(code) if code else [],
        languages=[(each, name_of(each)) for each in form.languages],
        language_choices=language_choices(),
        conflict=conflict,
        here=address("enkater", "skalor"),
    )


def _way(*items: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return crumbs((_("Questionnaires"), address("enkater")), *items)
