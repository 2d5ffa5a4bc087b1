"""What the pages for writing a questionnaire share: its draft, saving it, how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.drafting import draft_faults
from surveys.domain.questionnaire import BadForm, Form, ThemeRef, expand, parse
from surveys.domain.relevance import asking_about
from surveys.models.followup import FollowUpRule
from surveys.models.questionnaire import Questionnaire
from surveys.queries import projects as queries
from surveys.queries import writing as writing_queries
from surveys.web.answer_questions import questions_html
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session
from surveys.web.language import name as name_of
from surveys.web.organise.base import Crumbs, address, crumbs
from surveys.web.organise.question_forms import Scales
from surveys.web.organise.writing_forms import QuestionForm
from surveys.web.phrases import _
from surveys.writing import drafts
from surveys.writing.sets import fitted, ready_scales

ONE = "/projekt/<project>/enkater/<questionnaire>"
EDIT = f"{ONE}/skriv"
JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A questionnaire being written: ``document`` is its draft, or what is in use where there is no draft."""

    row: Questionnaire
    document: JsonObject
    digest: str

    @property
    def title(self) -> str:
        return local(self.document["title"]) or self.row.code

    @property
    def edit(self) -> str:
        return address("enkater", self.row.code, "skriv")

    @property
    def here(self) -> str:
        return address("enkater", self.row.code)

    def crumbs(self, *items: tuple[str, str | None]) -> Crumbs:
        start = [(_("Questionnaires"), address("enkater")), (self.title, self.here)]
        return crumbs(*start, *items)


def desk(code: str) -> Desk:
    """The questionnaire of the address as it is written now; 404 where there is none."""
    row = queries.questionnaire(reading_session(), g.project.id, code) or abort(404)
    return Desk(row, row.written.content, row.written.digest)


def save(at: Desk, document: JsonObject, seen: str) -> None:
    """Keep the draft; raises as :func:`surveys.writing.drafts.save_draft`."""
    now = clock.now()
    drafts.save_draft(installation().database, g.project.id, at.row.code, document, seen, g.user.user_id, now)


def keep(at: Desk, document: JsonObject, form: QuestionForm) -> bool:
    """Keep the draft that a form says; False where somebody else has changed it meanwhile: then what was
    typed stays in the form, and sending it once more overwrites.
    """
    try:
        save(at, document, form.one("seen"))
    except drafts.Changed:
        form.fields["seen"] = at.digest
        return False
    return True


def shared_by_forms(at: Desk, form: QuestionForm, conflict: bool) -> dict[str, object]:
    """What the template of each form of a draft is given."""
    return {
        "at": at,
        "form": form,
        "seen": form.one("seen") or at.digest,
        "languages": [(code, name_of(code)) for code in form.languages],
        "language_choices": language_choices(),
        "conflict": conflict,
    }


def asked_about(at: Desk, code: str) -> str:
    """That other questions or groups ask about this one, in a sentence; "" where none does."""
    form = form_of(at.document)
    others = asking_about(form.questions, form.groups, code) if form else ()
    if not others:
        return ""
    return _(
        "the answer is used in the conditions of: %(others)s. Change those first.",
        others=", ".join(f"“{local(each)}”" for each in others),
    )


def changed_meanwhile(to: str) -> Response:
    told = _(
        "The questionnaire was changed while you had the page open, by somebody else or in another tab."
        " Nothing was overwritten. Do it again."
    )
    flash(told, "warning")
    return redirect(to, 303)


def scales() -> Scales:
    """The project's library, and the ready-made scales in the languages of the project."""
    library = {each.code: each.content for each in writing_queries.scales(reading_session(), g.project.id)}
    ready = {code: fitted(scale, g.project.languages) for code, scale in ready_scales().items()}
    return Scales(library, ready)


def scale_name(scale: Mapping[str, Any]) -> str:
    """A scale by its ends: "I mycket liten grad – I mycket hög grad (4)"."""
    points = scale["points"]
    return f"{local(points[0]['label'])} – {local(points[-1]['label'])} ({len(points)})"


def text_languages() -> list[str]:
    """The languages whose texts a form shows: the first, and beside it the one asked for by ``?text=``."""
    every: Sequence[str] = g.project.languages
    wanted = request.args.get("text", "") or request.form.get("text", "")
    if wanted in every:
        return list(dict.fromkeys([every[0], wanted]))
    return list(every) if len(every) == 2 else [every[0]]


def language_choices() -> list[tuple[str, str]]:
    """The languages that can be shown beside the first: code and name; none where all are shown anyway."""
    every: Sequence[str] = g.project.languages
    return [(code, name_of(code)) for code in every[1:]] if len(every) > 2 else []


def form_of(document: Mapping[str, Any]) -> Form | None:
    """The form of a draft; None where it asks nothing yet."""
    try:
        return parse(document)
    except BadForm:
        return None


def preview(document: Mapping[str, Any], uses: Sequence[FollowUpRule] = ()) -> Markup:
    """The questions as participants see them, with the themes of one occasion."""
    if draft_faults(document) or not document.get("questions"):
        return Markup("")
    form = form_of(document)
    if form is None:
        # Nothing is asked yet, but there may be something to read.
        stand_in = {"code": "x", "kind": "short_text", "text": {"sv": "x"}}
        form = parse({**document, "questions": [*document["questions"], stand_in]})
        form = Form(form.title, form.intro, form.minutes, form.questions[:-1], form.groups, form.layout)
    return questions_html(expand(form, themes_for(uses)) if form.needs_themes else form)


def themes_for(uses: Sequence[FollowUpRule]) -> tuple[ThemeRef, ...]:
    """The themes of the first occasion that has any; else two made-up ones, so that the questions show."""
    for rule in uses:
        for occasion in queries.occasions_of(reading_session(), rule.series_id):
            if occasion.themes:
                return tuple(ThemeRef(theme.code, theme.title) for theme in occasion.themes)
    return tuple(ThemeRef(code, _("(title of theme %(code)s)", code=code)) for code in "AB")
