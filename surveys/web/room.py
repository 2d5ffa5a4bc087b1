"""The page behind the code on the door and on the last slide: from there to one's own page, by mail."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.register import link_by_mail, room
from surveys.web import language, links
from surveys.web.guard import installation
from surveys.web.new_link import address_error
from surveys.web.phrases import _

blueprint = Blueprint("room", __name__)

Page = str | tuple[str, int] | Response


@blueprint.get("/t/<door_id>")
def door(door_id: str) -> Page:
    return _page("door", _opened(door_id))


@blueprint.post("/t/<door_id>")
def ask(door_id: str) -> Page:
    view, house = _opened(door_id), installation()
    typed = request.form.get("email", "")
    try:
        room.ask_for_page(house.database, house.keys, door_id, typed, request.remote_addr or "", clock.now())
    except link_by_mail.BadAddress:
        return _page("door", view, 422, typed=typed, error=address_error(typed))
    except link_by_mail.AskedTooOften as stopped:
        return _page("too_often", view, 429, until=stopped.until)
    return redirect(url_for(".sent", door_id=door_id), 303)


@blueprint.get("/t/<door_id>/skickat")
def sent(door_id: str) -> Page:
    """The same for everybody: whether anything was sent is not said."""
    return _page("sent", _opened(door_id))


@blueprint.errorhandler(room.UnknownDoor)
def unknown(_error: room.UnknownDoor) -> Page:
    return render_template("room/unknown.html"), 404


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the form has ended, or there was none: show the form again as it was filled in."""
    notice = _("The page had been open for too long. Nothing is lost. Press the button again.")
    try:
        view = _opened(str((request.view_args or {}).get("door_id", "")))
    except room.UnknownDoor as gone:
        return unknown(gone)
    return _page("door", view, 400, typed=request.form.get("email", ""), notice=notice)


def _opened(door_id: str) -> room.DoorView:
    view = room.open_door(installation().database, door_id, links.all_held(), clock.now())
    g.timezone = view.project.timezone
    language.offer(view.project.languages)
    return view


def _page(name: str, view: room.DoorView, status: int = 200, **values: object) -> Page:
    error = values.get("error", "")
    known = {"typed": "", "error": error, "notice": "", "errors": [("email", error)] if error else []}
    return render_template(f"room/{name}.html", view=view, **(known | values)), status
