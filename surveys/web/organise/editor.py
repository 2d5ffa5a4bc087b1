"""The draft of a questionnaire: its questions moved, copied, removed; taken into use, thrown away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain import editing
from surveys.domain.drafting import missing_texts
from surveys.domain.editing import NoSuchPart
from surveys.domain.questionnaire import Form, digest
from surveys.queries import projects as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as name_of
from surveys.web.organise import kind_fields
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.questionnaires import compared
from surveys.web.organise.writing_base import (
    EDIT,
    Desk,
    asked_about,
    changed_meanwhile,
    desk,
    form_of,
    preview,
    save,
)
from surveys.web.organise.writing_words import LAYOUTS, LIKENESSES, classes_in_words, told
from surveys.web.phrases import _
from surveys.web.relevance_words import relevance_in_words
from surveys.writing import drafts

Document = Mapping[str, Any]
_CHANGES: Mapping[str, Callable[[Document, str], dict[str, Any]]] = {
    "up": lambda document, code: editing.moved(document, code, down=False),
    "down": lambda document, code: editing.moved(document, code, down=True),
    "copy": editing.with_copy,
    "remove": editing.without,
    "ungroup": editing.without_group,
}


@dataclass(frozen=True)
class Line:
    """A question in the list. ``group`` is the group that begins with it, if any; ``late``: whether it is
    asked is decided by an answer that is given after it.
    """

    question: Mapping[str, Any]
    kind: str
    when: str
    group: Mapping[str, Any] | None
    inside: bool
    missing: str
    late: bool


@blueprint.get(EDIT)
@staff("organiser")
def edit_questionnaire(project: str, questionnaire: str) -> str:
    at = desk(questionnaire)
    uses = queries.used_in(reading_session(), at.row.id)
    return page(
        "editor",
        crumbs=at.crumbs((_("Write"), None)),
        at=at,
        lines=_lines(at.document),
        kinds=kind_fields.kinds(),
        layouts=LAYOUTS,
        preview=preview(at.document, uses),
        missing=_missing(at.document),
        can_undo=at.row.draft is not None and at.row.draft.previous is not None,
    )


@blueprint.post(EDIT)
@staff("organiser")
def change_order(project: str, questionnaire: str) -> Response:
    """One press: a question moved, copied or removed, a group dissolved, or the last change undone."""
    at = desk(questionnaire)
    do, _colon, code = request.form.get("do", "").partition(":")
    seen = request.form.get("seen", "")
    if do == "undo":
        return _undo(at, seen)
    if do not in _CHANGES:
        return redirect(at.edit, 303)
    try:
        document = _CHANGES[do](at.document, code)
        save(at, document, seen)
    except (drafts.Changed, NoSuchPart):
        return changed_meanwhile(at.edit)
    except drafts.BadForm as bad:
        why = asked_about(at, code) or told(bad.faults[0])
        flash(_("That cannot be done: %(why)s", why=why), "warning")
        return redirect(f"{at.edit}#f-{code}", 303)
    if do == "remove":
        flash(_("The question is removed. “Undo” brings it back."), "positive")
        return redirect(at.edit, 303)
    return redirect(f"{at.edit}#{'g' if do == 'ungroup' else 'f'}-{code}", 303)


def _undo(at: Desk, seen: str) -> Response:
    try:
        drafts.undo(installation().database, g.project.id, at.row.code, seen, g.user.user_id, clock.now())
    except (drafts.Changed, drafts.NoDraft):
        return changed_meanwhile(at.edit)
    flash(_("The last change is undone. “Undo” once more does it again."), "positive")
    return redirect(at.edit, 303)


@blueprint.get(f"{EDIT}/borja")
@staff("organiser")
def ask_to_publish(project: str, questionnaire: str) -> str | Response:
    at = desk(questionnaire)
    return redirect(at.here, 303) if at.row.draft is None else _publish_page(at)


@blueprint.post(f"{EDIT}/borja")
@staff("organiser")
def publish_draft(project: str, questionnaire: str) -> Response | tuple[str, int]:
    at = desk(questionnaire)
    missing, seen = _missing(at.document), request.form.get("seen", "")
    if missing and not request.form.get("anyway"):
        told_why = _("Some texts are missing. Write them, or tick that it is to be used anyway.")
        return _publish_page(at, told_why), 422
    try:
        if missing:
            partly = {**at.document, "partly_translated": True}
            save(at, partly, seen)
            seen = digest(partly)
        number = drafts.publish(
            installation().database, g.project.id, at.row.code, seen, g.user.user_id, clock.now()
        )
    except drafts.Changed:
        return changed_meanwhile(f"{at.edit}/borja")
    except drafts.NoDraft:
        return redirect(at.here, 303)
    except drafts.BadForm as bad:
        return _publish_page(at, told(bad.faults[0])), 422
    except drafts.ThemesWithoutOccasion as wrong:
        text = _(
            "It asks about parallel themes, but is sent by no occasion in: %(series)s.",
            series=", ".join(wrong.series),
        )
        return _publish_page(at, text), 422
    flash(_("Version %(number)s is in use from now on.", number=number), "positive")
    return redirect(at.here, 303)


@blueprint.get(f"{EDIT}/kasta")
@staff("organiser")
def ask_to_discard(project: str, questionnaire: str) -> str | Response:
    at = desk(questionnaire)
    if at.row.draft is None or at.row.in_use is None:
        return redirect(at.here, 303)
    return page("draft_discard", crumbs=at.crumbs((_("Throw the draft away"), None)), at=at)


@blueprint.post(f"{EDIT}/kasta")
@staff("organiser")
def discard(project: str, questionnaire: str) -> Response:
    at = desk(questionnaire)
    try:
        drafts.discard_draft(
            installation().database,
            g.project.id,
            at.row.code,
            request.form.get("seen", ""),
            g.user.user_id,
            clock.now(),
        )
    except drafts.Changed:
        return changed_meanwhile(f"{at.edit}/kasta")
    except drafts.NoDraft:
        return redirect(at.here, 303)
    flash(_("The draft is thrown away."), "positive")
    return redirect(at.here, 303)


def _publish_page(at: Desk, error: str = "") -> str:
    session = reading_session()
    return page(
        "draft_publish",
        crumbs=at.crumbs((_("Write"), at.edit), (_("Take it into use"), None)),
        at=at,
        error=error,
        missing=_missing(at.document),
        uses=queries.used_in(session, at.row.id),
        compared=compared(at.row.in_use.content, at.document) if at.row.in_use else (),
        likenesses=LIKENESSES,
        classes_in_words=classes_in_words,
    )


def _lines(document: Document) -> list[Line]:
    form = form_of(document)
    groups = {each["code"]: each for each in document.get("groups", ())}
    names = kind_fields.kinds()
    lines, last = [], ""
    for question in document.get("questions", ()):
        group = question.get("group", "")
        begins = groups.get(group) if group and group != last else None
        last = group
        info = names.get(question["kind"])
        lines.append(
            Line(
                question,
                str(info.name) if info else question["kind"],
                _when(form, question["code"]),
                begins,
                bool(group),
                ", ".join(name_of(each) for each in g.project.languages if not question["text"].get(each)),
                bool(form and question["code"] in form.conditions.led_by_later),
            )
        )
    return lines


def _when(form: Form | None, code: str) -> str:
    found = form.question(code) if form else None
    return relevance_in_words(found, form) if form and found else ""


def _missing(document: Document) -> list[tuple[str, int]]:
    """The languages that texts are missing in, with how many."""
    faults = missing_texts(document, g.project.languages)
    counts: dict[str, int] = {}
    for each in faults:
        language = str(each.params["language"])
        counts[language] = counts.get(language, 0) + 1
    return [(name_of(language), count) for language, count in counts.items()]
