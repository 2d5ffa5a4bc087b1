"""One question of a draft: added, changed, looked at before it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from surveys.domain import editing
from surveys.domain.drafting import draft_faults
from surveys.domain.questionnaire import FormFault
from surveys.domain.questions import KINDS
from surveys.queries import projects as queries
from surveys.web.filters import local
from surveys.web.guard import reading_session, staff
from surveys.web.organise import question_forms as forms
from surveys.web.organise import scale_forms
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.kind_fields import info, kinds
from surveys.web.organise.writing_base import (
    EDIT,
    Desk,
    JsonObject,
    asked_about,
    desk,
    form_of,
    keep,
    preview,
    scale_name,
    scales,
    shared_by_forms,
    text_languages,
)
from surveys.web.organise.writing_forms import QuestionForm
from surveys.web.organise.writing_words import fault_text, told
from surveys.web.phrases import _
from surveys.web.relevance_words import in_words

Shown = str | Response | tuple[str, int]


@blueprint.get(f"{EDIT}/fraga")
@staff("organiser")
def new_question(project: str, questionnaire: str) -> Shown:
    at, kind = desk(questionnaire), request.args.get("slag", "")
    if kind not in KINDS:
        return page("question_kinds", crumbs=_way(at, _("New question")), at=at, kinds=kinds())
    return _form_page(at, forms.filled({"kind": kind}, text_languages(), scales()), {})


@blueprint.post(f"{EDIT}/fraga")
@staff("organiser")
def add_question(project: str, questionnaire: str) -> Shown:
    at, kind = desk(questionnaire), request.form.get("kind", "")
    return _edited(at, kind, {}) if kind in KINDS else redirect(f"{at.edit}/fraga", 303)


@blueprint.get(f"{EDIT}/fraga/<question>")
@staff("organiser")
def edit_question(project: str, questionnaire: str, question: str) -> Shown:
    at = desk(questionnaire)
    stored = _stored(at, question)
    return _form_page(at, forms.filled(stored, text_languages(), scales()), stored)


@blueprint.post(f"{EDIT}/fraga/<question>")
@staff("organiser")
def change_question(project: str, questionnaire: str, question: str) -> Shown:
    at = desk(questionnaire)
    stored = _stored(at, question)
    return _edited(at, stored["kind"], stored)


def _stored(at: Desk, code: str) -> JsonObject:
    try:
        return editing.question_of(at.document, code)
    except editing.NoSuchPart:
        abort(404)


def _edited(at: Desk, kind: str, stored: Mapping[str, Any]) -> Shown:
    """Save the question as typed, or with ``do=show`` show how it looks; nothing typed is lost."""
    form = QuestionForm(kind, text_languages(), request.form.to_dict())
    others = [code for code in editing.codes_of(at.document) if code != stored.get("code")]
    made, unread = forms.read(form, stored, others, scales())
    document, place = _with(at, stored, made)
    form.faults = {name: fault_text(code) for name, code in unread.items()}
    if made["code"] in others:
        form.faults["code"] = fault_text("code_taken")
    found = draft_faults(document)
    if stored and made["code"] != stored["code"] and (others_ask := asked_about(at, stored["code"])):
        form.faults.setdefault("code", others_ask)
        found = tuple(each for each in found if each.code != "unknown_question")
    for fault in found:
        form.faults.setdefault(_field_of(fault, place, form), told(fault))
    if form.faults:
        return _form_page(at, form, stored), 422
    if request.form.get("do") == "show":
        return _form_page(at, form, stored, made)
    if not keep(at, document, form):
        return _form_page(at, form, stored, made, conflict=True), 409
    if request.form.get("do") == "more":
        return redirect(f"{at.edit}/fraga?efter={made['code']}", 303)
    return redirect(f"{at.edit}#f-{made['code']}", 303)


def _with(at: Desk, stored: Mapping[str, Any], made: JsonObject) -> tuple[JsonObject, int]:
    """The document with the question in it, and its place there."""
    codes = editing.codes_of(at.document)
    if stored:
        return editing.with_changed(at.document, stored["code"], made), codes.index(stored["code"])
    after = request.form.get("after", "")
    if after not in codes:
        return editing.with_question(at.document, made), len(codes)
    return editing.with_question(at.document, made, after), codes.index(after) + 1


def _field_of(fault: FormFault, place: int, form: QuestionForm) -> str:
    """The field a fault is about; "" where it is about something else in the questionnaire."""
    if fault.path[:2] != ("questions", place) or len(fault.path) < 3:
        return ""
    name = str(fault.path[2])
    if name == "scale" and form.one("scale") == "own":
        return scale_forms.field_of(fault.path[3:], form, scale_forms.OWN)
    if name in forms.TEXTS or any(part.name == name and part.how == "text" for part in form.parts):
        language = fault.params.get("language") or (fault.path[3] if len(fault.path) > 3 else "")
        return f"{name}-{language if language in form.languages else form.languages[0]}"
    if any(part.name == name and part.how == "options" for part in form.parts):
        return f"{name}-more-{form.languages[0]}"
    return name


def _form_page(
    at: Desk,
    form: QuestionForm,
    stored: Mapping[str, Any],
    shown: Mapping[str, Any] | None = None,
    conflict: bool = False,
) -> str:
    found = scales()
    after = request.values.get("efter", "") or request.form.get("after", "")
    heading = _("Change the question") if stored else _("New question")
    return page(
        "question_form",
        crumbs=_way(at, heading),
        heading=heading,
        info=info(form.kind),
        stored=stored,
        after=after,
        own_scale=scale_forms.OWN,
        stands=scale_name(stored["scale"]) if stored.get("scale") else "",
        library=_offered(found.library),
        ready=_offered({c: s for c, s in found.ready.items() if c not in found.library}),
        groups=[(each["code"], local(each["title"])) for each in at.document.get("groups", ())],
        names=_names(at, str(stored.get("code", ""))),
        said=_said(at, stored),
        looks=_looks(at, shown or stored),
        unsaved=shown is not None,
        **shared_by_forms(at, form, conflict),
    )


def _offered(found: Mapping[str, JsonObject]) -> list[tuple[str, str]]:
    return [(code, scale_name(scale)) for code, scale in found.items()]


def _names(at: Desk, own: str) -> Sequence[tuple[str, str, str]]:
    """What an expression can name: code, question, and the codes of its options."""
    found = []
    for each in at.document.get("questions", ()):
        if each["kind"] in KINDS and KINDS[each["kind"]].asks and each["code"] != own:
            points = each.get("options") or (each.get("scale") or {}).get("points") or []
            options = ", ".join(f"{point['code']} = {local(point['label'])}" for point in points)
            found.append((each["code"], local(each["text"]), options))
    return found


def _said(at: Desk, stored: Mapping[str, Any]) -> dict[str, str]:
    """The expressions of the question as stored, in words."""
    form = form_of(at.document)
    question = form.question(str(stored.get("code", ""))) if form else None
    if form is None or question is None:
        return {}
    given = {"relevant": question.relevant, "check": question.check}
    return {name: in_words(each, form) for name, each in given.items() if each is not None}


def _looks(at: Desk, question: Mapping[str, Any]) -> Markup:
    if not question.get("code"):
        return Markup("")
    alone = {name: value for name, value in question.items() if name not in ("relevant", "check", "group")}
    uses = queries.used_in(reading_session(), at.row.id)
    return preview({"title": at.document["title"], "questions": [alone]}, uses)


def _way(at: Desk, text: str) -> list[tuple[str, str | None]]:
    return at.crumbs((_("Write"), at.edit), (text, None))
