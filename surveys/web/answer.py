"""Answering: from the link in the mail to the receipt. No account, and no JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import responses
from surveys.answers.form_view import Answers, FormView
from surveys.domain.questionnaire import Checked, check, fields_of
from surveys.domain.questions import Fields, Question
from surveys.extensions import csrf
from surveys.web import language, links
from surveys.web.answer_frame import framed
from surveys.web.answer_privacy import privacy_text
from surveys.web.answer_questions import questions_html
from surveys.web.answer_texts import LINK_PROBLEMS, error_list, fault_text
from surveys.web.filters import day, when
from surveys.web.guard import installation
from surveys.web.phrases import _

blueprint = Blueprint("answer", __name__)
csrf.exempt(blueprint)  # checked below: by the link, which spares participants a session

Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Shown:
    """What fills the form's fields, and what is said about it."""

    fields: Fields
    revision: int
    checked: Checked = field(default_factory=lambda: Checked({}, {}))
    notice: str = ""


@blueprint.before_request
def check_origin() -> None:
    """Take a form only from our own page: with the token of the link that opened it, or of a session."""
    if request.method == "POST" and not links.is_own_form(public_id_of_request()):
        csrf.protect()


@blueprint.get("/s/<token>")
def follow(token: str) -> Response:
    """Exchange the link for a cookie and a clean address; changes nothing that is stored."""
    public_id = responses.open_link(installation().database, token)
    return links.keep(redirect(url_for(".form", public_id=public_id), 303), public_id, token)


@blueprint.get("/svar/<public_id>")
def form(public_id: str) -> Page:
    view = opened(public_id)
    if view.closed:
        return _closed(view)
    places = {
        "person": str(escape(view.person)),
        "token": links.form_token(public_id),
        "revision": str(view.revision),
        "moment": _last_moment(view),
        "content": questions_html(view.form, view.sheet, fields_of(view.form, view.current)),
    }
    return framed("form", view, places, partial(_form_frame, view.stage))


@blueprint.post("/svar/<public_id>")
def answer(public_id: str) -> Page:
    _as_written()
    submit = "submit" in request.form
    if not submit and "save" not in request.form:
        return _as_typed(public_id, "", 200)  # the language was changed in the middle of it all
    house = installation()
    try:
        saved = responses.save(
            house.database,
            house.keys,
            public_id,
            links.held(public_id),
            _typed(),
            _revision(),
            language.current(),
            clock.now(),
            submit,
            request.form.get("version", ""),
        )
    except responses.NotSaved as reason:
        return _not_saved(reason)
    if saved.checked.errors:
        notice = _("What could be saved is saved. Put the rest right and save again.")
        return _form_page(opened(public_id), Shown(_typed(), saved.revision, saved.checked, notice), 422)
    return redirect(url_for(".receipt" if submit else ".form", public_id=public_id), 303)


@blueprint.get("/svar/<public_id>/tack")
def receipt(public_id: str) -> Page:
    view = opened(public_id)
    if view.answers is None:
        return redirect(url_for(".form", public_id=public_id), 303)
    # By itself, without what a whole page is given.
    copy = current_app.jinja_env.get_template("answer/copy.html").render(answers=_copy(view, view.answers))
    places = {"moment": _when(view, view.submitted_at), "content": copy}
    return framed("receipt", view, places, partial(_receipt_frame, view.stage))


@blueprint.get("/svar/<public_id>/logotyp")
def logotype(public_id: str) -> Response:
    """The project's logotype, for whoever holds a link of the project."""
    found = responses.logotype(installation().database, public_id, links.held(public_id))
    return Response(found.content, mimetype=found.media_type)


@blueprint.errorhandler(responses.LinkError)
def link_problem(error: responses.LinkError) -> Page:
    held = request.endpoint == "answer.follow" or links.held(public_id_of_request())
    problem = LINK_PROBLEMS[error.code if held else "no_cookie"]
    opens = error if isinstance(error, responses.NotOpenYet) else None
    # What was typed comes back whatever is wrong with the link, to whoever sent it.
    typed = dict(request.form.lists()) if request.method == "POST" else {}
    typed.pop("csrf_token", None)
    page = render_template("answer/problem.html", problem=problem, opens=opens, typed=typed)
    return page, problem.status


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the form has ended: show the page again, with everything that was typed."""
    _as_written()
    notice = _("The page had been open for too long. Nothing is lost. Press the button again.")
    try:
        return _as_typed(public_id_of_request(), notice, 400)
    except responses.LinkError as error:  # the link has gone with the session: a browser closed and restored
        return link_problem(error)


def _not_saved(reason: responses.NotSaved) -> Page:
    view = reason.view
    _prefer(view)
    match reason:
        case responses.Incomplete():
            return _form_page(view, Shown(_typed(), _revision(), reason.checked), 422)
        case responses.Conflict():
            differing = _differences(view, reason.stored, reason.mine)
            button = "submit" if "submit" in request.form else "save"
            moment = _when(view, view.saved_at)
            return _page(
                "conflict", view, 409, differing=differing, typed=_typed(), button=button, moment=moment
            )
        case responses.FormChanged():
            notice = _("The questions have changed since you opened the page. Look through your answers.")
            return _form_page(view, Shown(_typed(), view.revision, notice=notice), 409)
    return _closed(view, fields=_typed())


def _closed(view: FormView, fields: Fields | None = None) -> Page:
    """Closed; with what was sent in, or what never was, to read."""
    unsent = check(view.form, fields, complete=False).answers if fields else view.draft
    copy = _copy(view, view.answers) if view.answers is not None else []
    status = 200 if view.answers is not None and not fields else 410
    said = {"moment": _when(view, view.submitted_at), "privacy_text": privacy_text(view)}
    return _page("closed", view, status, copy=copy, unsent=_copy(view, unsent or {}), **said)


def _as_typed(public_id: str, notice: str, status: int) -> Page:
    view = opened(public_id)
    return _form_page(view, Shown(_typed(), _revision(), notice=notice), status)


def _form_page(view: FormView, shown: Shown, status: int = 200) -> Page:
    """The form as it was typed, with what is said about it."""
    faults = {code: fault_text(fault) for code, fault in shown.checked.errors.items()}
    places = {
        "person": view.person,
        "token": links.form_token(view.public_id),
        "revision": str(shown.revision),
        "moment": _last_moment(view),
        "content": questions_html(view.form, view.sheet, shown.fields, faults),
    }
    errors = error_list(view.form, shown.checked)
    html = _form_html(view, view.stage, places, errors=errors, notice=shown.notice)
    return html, status


def _form_frame(stage: str, view: FormView, marks: Mapping[str, str]) -> str:
    return _form_html(view, stage, {**marks, "content": Markup(marks["content"])})  # noqa: S704 - a mark


def _receipt_frame(stage: str, view: FormView, marks: Mapping[str, str]) -> str:
    return render_template("answer/receipt.html", view=view, stage=stage, **marks)


def _form_html(
    view: FormView,
    stage: str,
    places: Mapping[str, str],
    errors: Sequence[tuple[str, str]] = (),
    notice: str = "",
) -> str:
    return render_template(
        "answer/form.html",
        view=view,
        stage=stage,
        **places,
        errors=errors,
        notice=notice,
        privacy_text=privacy_text(view),
    )


def _last_moment(view: FormView) -> str:
    """When what the page shows was saved or sent in; "" where nothing has been."""
    return _when(view, view.saved_at if view.draft is not None else view.submitted_at)


def _when(view: FormView, moment: datetime | None) -> str:
    if moment is None:
        return ""
    # Where a moment could lead to a person, only its day is kept.
    return when(moment, view.timezone) if view.privacy_mode.keeps_time else _day(moment, view)


def _day(moment: datetime, view: FormView) -> str:
    return day(moment.astimezone(ZoneInfo(view.timezone)).date())


def _page(name: str, view: FormView, status: int = 200, **values: object) -> Page:
    return render_template(f"answer/{name}.html", view=view, **({"errors": []} | values)), status


def opened(public_id: str) -> FormView:
    house = installation()
    view = responses.open_form(house.database, house.keys, public_id, links.held(public_id), clock.now())
    _prefer(view)
    return view


def _prefer(view: FormView) -> None:
    g.timezone = view.project.timezone
    language.prefer(view.language, view.project.languages)


def _as_written() -> None:
    """Answer in the language of the page that was sent: the questions were read in that one."""
    language.written_in(request.form.get("written_in"))


def _copy(view: FormView, answers: Answers) -> list[tuple[str, str]]:
    """Question and answer in words, of all that was answered."""
    code = language.current()
    asked = (each for each in view.form.questions if each.code in answers)
    return [(language.shown(each.text), each.shown(answers[each.code], code)) for each in asked]


def _differences(view: FormView, stored: Answers, mine: Answers) -> list[tuple[str, str, str]]:
    """Question, what is saved and what was sent now, where the two are not the same."""
    code = language.current()

    def shown(question: Question, answers: Answers) -> str:
        return question.shown(answers[question.code], code) if question.code in answers else ""

    differ = (each for each in view.form.questions if stored.get(each.code) != mine.get(each.code))
    return [(language.shown(each.text), shown(each, stored), shown(each, mine)) for each in differ]


def _typed() -> Mapping[str, list[str]]:
    """The answers as they were sent; other fields of the form are not answers."""
    return {name: request.form.getlist(name) for name in request.form if name.startswith("q-")}


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def public_id_of_request() -> str:
    return str((request.view_args or {}).get("public_id", ""))
