"""What is no question in a draft: its title and introduction, and groups of questions."""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from surveys.domain import editing
from surveys.domain.drafting import QUESTION_CODE, code_from, draft_faults
from surveys.domain.questionnaire import FormFault
from surveys.web.filters import local
from surveys.web.guard import staff
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.writing_base import (
    EDIT,
    Desk,
    JsonObject,
    desk,
    keep,
    shared_by_forms,
    text_languages,
)
from surveys.web.organise.writing_forms import QuestionForm, put_text, spread
from surveys.web.organise.writing_words import LAYOUTS, fault_text, told
from surveys.web.phrases import _

Shown = str | Response | tuple[str, int]


@blueprint.get(f"{EDIT}/text")
@staff("organiser")
def edit_frame(project: str, questionnaire: str) -> str:
    at = desk(questionnaire)
    stored = at.document
    return _frame_page(
        at, _filled(stored, "title", "intro", minutes=stored.get("minutes"), layout=stored.get("layout"))
    )


@blueprint.post(f"{EDIT}/text")
@staff("organiser")
def change_frame(project: str, questionnaire: str) -> Shown:
    """Save title, introduction, minutes and layout."""
    at = desk(questionnaire)
    form = QuestionForm("", text_languages(), request.form.to_dict())
    document = {
        name: value
        for name, value in at.document.items()
        if name not in ("title", "intro", "minutes", "layout")
    }
    for name in ("title", "intro"):
        put_text(document, name, at.document.get(name), form)
    for name in ("minutes", "layout"):
        typed = form.one(name).strip()
        if typed and (name, typed) != ("layout", "one_page"):
            document[name] = int(typed) if typed.isascii() and typed.isdigit() else typed
    _note(form, draft_faults(document), ())
    if not form.faults and not keep(at, document, form):
        return _frame_page(at, form, conflict=True), 409
    return (_frame_page(at, form), 422) if form.faults else redirect(at.edit, 303)


@blueprint.get(f"{EDIT}/grupp")
@staff("organiser")
def new_group(project: str, questionnaire: str) -> str:
    return _group_page(desk(questionnaire), _filled({}, "title", "text", relevant=""), {}, [])


@blueprint.get(f"{EDIT}/grupp/<group>")
@staff("organiser")
def edit_group(project: str, questionnaire: str, group: str) -> str:
    at = desk(questionnaire)
    stored = _group(at, group)
    members = [each["code"] for each in at.document["questions"] if each.get("group") == group]
    return _group_page(at, _filled(stored, "title", "text", relevant=stored.get("relevant")), stored, members)


@blueprint.post(f"{EDIT}/grupp")
@staff("organiser")
def add_group(project: str, questionnaire: str) -> Shown:
    return _grouped(desk(questionnaire), {})


@blueprint.post(f"{EDIT}/grupp/<group>")
@staff("organiser")
def change_group(project: str, questionnaire: str, group: str) -> Shown:
    at = desk(questionnaire)
    return _grouped(at, _group(at, group))


def _group(at: Desk, code: str) -> JsonObject:
    found = [each for each in at.document.get("groups", ()) if each["code"] == code]
    return dict(found[0]) if found else abort(404)


def _grouped(at: Desk, stored: Mapping[str, Any]) -> Shown:
    form = QuestionForm("", text_languages(), request.form.to_dict())
    members = request.form.getlist("members")
    made: JsonObject = {}
    for name in ("title", "text"):
        put_text(made, name, stored.get(name), form)
    taken = [each["code"] for each in at.document.get("groups", ())]
    main = made.get("title", {}).get(form.languages[0], "")
    made["code"] = stored.get("code") or code_from(main, QUESTION_CODE, taken, "group")
    if form.one("relevant").strip():
        made["relevant"] = form.one("relevant").strip()
    try:
        document = editing.with_group(at.document, made, members)
    except editing.NoSuchPart:
        form.faults["members"] = fault_text("none_chosen")
        return _group_page(at, form, stored, members), 422
    place = [each["code"] for each in document["groups"]].index(made["code"])
    _note(form, draft_faults(document), ("groups", place))
    if not form.faults and not keep(at, document, form):
        return _group_page(at, form, stored, members, conflict=True), 409
    return (
        (_group_page(at, form, stored, members), 422)
        if form.faults
        else redirect(f"{at.edit}#g-{made['code']}", 303)
    )


def _note(form: QuestionForm, faults: tuple[FormFault, ...], start: tuple[str | int, ...]) -> None:
    """Put each fault at its field; "" where it is about something else in the questionnaire."""
    for fault in faults:
        rest = fault.path[len(start) :] if fault.path[: len(start)] == start else ()
        name = str(rest[0]) if rest else ""
        if name in ("title", "intro", "text"):
            name = f"{name}-{form.languages[0]}"
        elif name not in ("minutes", "layout", "relevant"):
            name = ""
        form.faults.setdefault(name, told(fault))


def _filled(stored: Mapping[str, Any], *texts: str, **others: object) -> QuestionForm:
    languages = text_languages()
    found = {name: "" if value is None else str(value) for name, value in others.items()}
    for name in texts:
        spread(found, name, stored.get(name), languages)
    return QuestionForm("", languages, found)


def _frame_page(at: Desk, form: QuestionForm, conflict: bool = False) -> str:
    return page(
        "frame_form",
        crumbs=at.crumbs((_("Write"), at.edit), (_("Title and introduction"), None)),
        layouts=LAYOUTS,
        **shared_by_forms(at, form, conflict),
    )


def _group_page(
    at: Desk, form: QuestionForm, stored: Mapping[str, Any], members: list[str], conflict: bool = False
) -> str:
    heading = _("Change the group") if stored else _("New group")
    return page(
        "group_form",
        crumbs=at.crumbs((_("Write"), at.edit), (heading, None)),
        heading=heading,
        stored=stored,
        members=members,
        questions=[(each["code"], local(each["text"])) for each in at.document.get("questions", ())],
        **shared_by_forms(at, form, conflict),
    )
