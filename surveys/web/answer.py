"""Answering: from the link in the mail to the receipt. No account, and no JavaScript.

A form is one page or one question at a time (:mod:`surveys.web.answer_steps`), as it says itself or as the
person has chosen.
"""

from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import responses
from surveys.extensions import csrf
from surveys.web import answer_layout, answer_pages, answer_saved, answer_steps, links, static_files
from surveys.web.answer_pages import Page, Shown
from surveys.web.answer_texts import LINK_PROBLEMS
from surveys.web.guard import installation
from surveys.web.phrases import _

blueprint = Blueprint("answer", __name__)
csrf.exempt(blueprint)  # checked below: by the link, which spares participants a session

_WITHOUT_ANSWERS = ("answer.send_in", "answer.choose_layout", "answer.forget")  # nothing is typed there
STEP = "/svar/<public_id>/fraga/<code>"
blueprint.add_url_rule(STEP, view_func=answer_steps.step, methods=["GET"])
blueprint.add_url_rule(STEP, view_func=answer_steps.take_step, methods=["POST"])
blueprint.add_url_rule("/svar/<public_id>/oversikt", view_func=answer_steps.overview, methods=["GET"])
blueprint.add_url_rule("/svar/<public_id>/oversikt", view_func=answer_steps.send_in, methods=["POST"])
blueprint.add_url_rule("/svar/<public_id>/vy", view_func=answer_steps.choose_layout, methods=["POST"])


@blueprint.before_request
def check_origin() -> None:
    """Take a form only from our own page: with the token of the link that opened it, or of a session."""
    if request.method == "POST" and not links.is_own_form(_public_id()):
        csrf.protect()


blueprint.after_request(static_files.compress_page)


@blueprint.get("/s/<token>")
def follow(token: str) -> Response:
    """Exchange the link for a cookie and a clean address; changes nothing that is stored."""
    public_id = responses.open_link(installation().database, token)
    return links.keep(redirect(url_for(".form", public_id=public_id), 303), public_id, token)


@blueprint.get("/svar/<public_id>")
def form(public_id: str) -> Page:
    view = answer_pages.opened(public_id)
    if view.is_over:
        return answer_pages.closed_page(view)
    return answer_steps.start_page(view) if answer_layout.is_stepwise(view) else answer_pages.form_page(view)


@blueprint.post("/svar/<public_id>")
def answer(public_id: str) -> Page:
    answer_pages.as_written()
    submit, layout = "submit" in request.form, answer_layout.asked_for()
    if not submit and not layout and "save" not in request.form:
        return _as_typed(public_id, "", 200)  # the language was changed in the middle of it all
    try:
        saved = answer_pages.save(public_id, answer_pages.typed(), submit, seen=answer_pages.seen())
    except responses.NotSaved as reason:
        return _not_saved(reason)
    if answer_saved.is_asked_for():
        answer_pages.prefer(saved.view)
        return answer_saved.saved(saved, clock.now())
    if saved.checked.errors:
        notice = _("What could be saved is saved. Put the rest right and save again.")
        view, typed = answer_pages.opened(public_id), answer_pages.typed()
        return answer_pages.typed_page(view, Shown(typed, saved.edition, saved.checked, notice), 422)
    onward = redirect(url_for(".receipt" if submit else ".form", public_id=public_id), 303)
    return answer_layout.remember(onward, public_id, layout) if layout else onward


@blueprint.get("/svar/<public_id>/tack")
def receipt(public_id: str) -> Page:
    view = answer_pages.opened(public_id)
    if view.answers is None:
        return redirect(url_for(".form", public_id=public_id), 303)
    return answer_pages.receipt_page(view, view.answers)


@blueprint.post("/svar/<public_id>/glom")
def forget(public_id: str) -> Response:
    """For whoever shares a telephone or a computer; what is saved stays, and the mail leads back to it."""
    with suppress(responses.LinkError):  # a link that has ended is forgotten too
        answer_pages.opened(public_id)
    page = render_template("answer/forgotten.html", public_id=public_id)
    return links.forget(Response(page, mimetype="text/html"))


@blueprint.errorhandler(responses.LinkError)
def link_problem(error: responses.LinkError) -> Page:
    held = bool(request.endpoint == "answer.follow" or links.held(_public_id()))
    if answer_saved.is_asked_for():
        return answer_saved.no_link(error, held)
    problem = LINK_PROBLEMS[error.code if held else "no_cookie"]
    opens = error if isinstance(error, responses.NotOpenYet) else None
    # What was typed comes back whatever is wrong with the link, to whoever sent it.
    typed = dict(request.form.lists()) if request.method == "POST" else {}
    typed.pop("csrf_token", None)
    page = render_template(
        "answer/problem.html", problem=problem, opens=opens, typed=typed, ended=_ended(error.code, held)
    )
    return page, problem.status


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the form has ended: show the page again, with everything that was typed."""
    answer_pages.as_written()
    public_id, code = _public_id(), str((request.view_args or {}).get("code", ""))
    notice = answer_pages.out_of_date()
    try:
        if answer_saved.is_asked_for():
            raise responses.UnknownLink
        if code:
            return answer_steps.step_as_typed(public_id, code, notice, 400)
        if request.endpoint in _WITHOUT_ANSWERS:
            return redirect(url_for(".form", public_id=public_id), 303)
        return _as_typed(public_id, notice, 400)
    except responses.LinkError as error:  # the link has gone with the session: a browser closed and restored
        return link_problem(error)


def _not_saved(reason: responses.NotSaved) -> Page:
    view, typed = reason.view, answer_pages.typed()
    answer_pages.prefer(view)
    if answer_saved.is_asked_for():
        return answer_saved.not_saved(reason)
    match reason:
        case responses.Incomplete():
            return _refused(reason)
        case responses.Conflict():
            button = "submit" if "submit" in request.form else "save"
            seen = [(name, "1") for name in request.form if name.startswith(answer_pages.SEEN)]
            address = url_for(".answer", public_id=view.public_id)
            return answer_pages.conflict_page(reason, address, seen, button)
        case responses.FormChanged():
            notice = answer_pages.questions_changed()
            return answer_pages.typed_page(view, Shown(typed, view.edition, notice=notice), 409)
    return answer_pages.closed_page(view, fields=typed)


def _refused(reason: responses.Incomplete) -> Page:
    """What cannot be sent in as it stands is kept as a draft, as far as it can be: the page may be closed."""
    public_id, typed = reason.view.public_id, answer_pages.typed()
    try:
        saved = answer_pages.save(public_id, typed, submit=False)
    except responses.NotSaved as why:
        return _not_saved(why)
    shown = Shown(typed, saved.edition, reason.checked, new=reason.new)
    return answer_pages.typed_page(answer_pages.opened(public_id), shown, 422)


def _as_typed(public_id: str, notice: str, status: int) -> Page:
    shown = Shown(answer_pages.typed(), answer_pages.edition(), notice=notice)
    return answer_pages.typed_page(answer_pages.opened(public_id), shown, status)


def _ended(code: str, held: bool) -> str:
    """The questionnaire that takes no more answers by this link: what the browser kept of it can go."""
    return _public_id() if held and code == "withdrawn_link" else ""


def _public_id() -> str:
    return str((request.view_args or {}).get("public_id", ""))
