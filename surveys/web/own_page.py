"""A participant's own page: its link, what is open, and "I am here". No account, and no JavaScript."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.extensions import csrf
from surveys.register import link_by_mail, own_page
from surveys.register.attendance import OccasionCancelled
from surveys.register.enrolment import AttendanceNotKept, NotEnrolled, UnknownTheme
from surveys.register.own_page_view import PageView
from surveys.web import language, links, qr
from surveys.web.guard import installation
from surveys.web.links import LinkProblem
from surveys.web.phrases import _

blueprint = Blueprint("own", __name__)
csrf.exempt(blueprint)  # checked below: by the link, which spares participants a session

Page = str | tuple[str, int] | Response

LINK_PROBLEMS = {
    "unknown_link": LinkProblem(
        404,
        _l("The link does not lead to a page"),
        _l(
            "Part of the address may be missing. Open the link from the mail again, or copy the whole "
            "address. If that does not help, ask the course leader."
        ),
    ),
    "replaced_link": LinkProblem(
        410,
        _l("The link has been replaced by a newer one"),
        _l("Use the link in the latest mail with your page, or ask for a new one at the next occasion."),
    ),
    "no_cookie": LinkProblem(
        403,
        _l("Open your page from the mail"),
        _l(
            "This browser does not have the link to your page any more. Open the link from the mail again. "
            "The browser has to accept cookies."
        ),
    ),
}


@blueprint.before_request
def check_origin() -> None:
    """Take a form only from our own page: with the token of the link that opened it, or of a session."""
    if request.method == "POST" and not links.is_own_form(_public_id()):
        csrf.protect()


@blueprint.get("/min/<token>")
def follow(token: str) -> Response:
    """Exchange the link for a cookie and a clean address; changes nothing that is stored."""
    public_id = own_page.open_link(installation().database, token)
    return links.keep(redirect(url_for(".page", public_id=public_id), 303), public_id, token)


@blueprint.get("/min/sida/<public_id>")
def page(public_id: str) -> Page:
    return _page(_opened(public_id, request.args.get("d", "")))


@blueprint.get("/min/sida/<public_id>/oppna/<item>")
def open_item(public_id: str, item: str) -> Response:
    """On to a questionnaire or a learning log, by its own link; changes nothing that is stored."""
    house = installation()
    try:
        path = own_page.item_path(house.database, house.keys, public_id, links.held(public_id), item)
    except own_page.UnknownItem:
        return redirect(url_for(".page", public_id=public_id), 303)
    return redirect(path, 303)


@blueprint.post("/min/sida/<public_id>/har")
def say_here(public_id: str) -> Page:
    door, theme = request.form.get("door", ""), request.form.get("theme", "") or None
    view = _opened(public_id, door)
    themes = next((each.themes for each in view.here if each.door_id == door), ())
    if themes and theme is None:
        return _page(view, 422, error=_("Choose your theme."))
    try:
        own_page.say_here(installation().database, public_id, links.held(public_id), door, theme, clock.now())
    except own_page.RecordedAbsent:
        return _page(_opened(public_id, door), 409)
    except UnknownTheme:
        return _page(view, 422, error=_("Choose your theme."))
    except (own_page.NotOn, NotEnrolled, AttendanceNotKept, OccasionCancelled):
        notice = _("The time for saying that you are here has passed. Speak to the course leader.")
        return _page(_opened(public_id), 409, notice=notice)
    flash(_("It is recorded that you are here."), "positive")
    return redirect(url_for(".page", public_id=public_id, d=door), 303)


@blueprint.post("/min/sida/<public_id>/byt")
def renew(public_id: str) -> Page:
    house, network = installation(), request.remote_addr or ""
    try:
        token = link_by_mail.renew_links(
            house.database, house.keys, public_id, links.held(public_id), network, clock.now()
        )
    except (link_by_mail.AskedTooOften, NotEnrolled):
        notice = _("The links could not be changed just now. Try again in a while, or ask the course leader.")
        return _page(_opened(public_id), 409, notice=notice)
    flash(_("Your old links have ended. A mail with the new one is on its way."), "links")
    return links.keep(redirect(url_for(".page", public_id=public_id), 303), public_id, token)


@blueprint.get("/min/sida/<public_id>/logotyp")
def logotype(public_id: str) -> Response:
    """The project's logotype, for whoever holds a link of the project."""
    try:
        found = own_page.logotype(installation().database, public_id, links.held(public_id))
    except own_page.NoLogotype:
        abort(404)
    return Response(found.content, mimetype=found.media_type)


@blueprint.errorhandler(own_page.PageError)
def link_problem(error: own_page.PageError) -> Page:
    held = request.endpoint == "own.follow" or links.held(_public_id())
    problem = LINK_PROBLEMS[error.code if held else "no_cookie"]
    return render_template("own/problem.html", problem=problem), problem.status


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The form was not one of this page's: show the page, and the button again."""
    notice = _("The page had been open for too long. Nothing is lost. Press the button again.")
    try:
        return _page(_opened(_public_id(), request.form.get("door", "")), 400, notice=notice)
    except own_page.PageError as error:
        return link_problem(error)


def _opened(public_id: str, door: str = "") -> PageView:
    house = installation()
    view = own_page.open_page(house.database, house.keys, public_id, links.held(public_id), clock.now(), door)
    language.prefer(view.language, view.project.languages)
    g.timezone = view.project.timezone
    return view


def _page(view: PageView, status: int = 200, notice: str = "", error: str = "") -> Page:
    code = qr.personal(installation().settings.base_url, view.project_code, view.public_id)
    html = render_template(
        "own/page.html",
        view=view,
        notice=notice,
        error=error,
        errors=[("theme", error)] if error else [],
        chosen=request.form.get("theme", ""),
        token=links.form_token(view.public_id),
        code=code,
    )
    return html, status


def _public_id() -> str:
    return str((request.view_args or {}).get("public_id", ""))
