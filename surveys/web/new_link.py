"""A new link for whoever has none that works, by mail to the address that one writes."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.register import link_by_mail
from surveys.web.guard import installation
from surveys.web.phrases import _

blueprint = Blueprint("new_link", __name__)

Page = str | tuple[str, int] | Response


@blueprint.get("/ny-lank")
def form() -> Page:
    return _form()


@blueprint.post("/ny-lank")
def ask() -> Page:
    typed, house = request.form.get("email", ""), installation()
    network = request.remote_addr or ""
    try:
        link_by_mail.ask_for_link(house.database, house.keys, typed, network, clock.now())
    except link_by_mail.BadAddress:
        return _form(typed, 422, error=address_error(typed))
    except link_by_mail.AskedTooOften as stopped:
        return render_template("new_link/too_often.html", until=stopped.until), 429
    return redirect(url_for(".sent"), 303)


@blueprint.get("/ny-lank/skickat")
def sent() -> Page:
    """The same for everybody: whether anything was sent is not said."""
    return render_template("new_link/sent.html")


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the form has ended, or there was none: show the form again as it was filled in."""
    notice = _("The page had been open for too long. Nothing is lost. Press the button again.")
    return _form(request.form.get("email", ""), 400, notice=notice)


def address_error(typed: str) -> str:
    """What is said of a text that is no e-mail address."""
    return _("Write the address as name@example.com.") if typed.strip() else _("Write your e-mail address")


def _form(typed: str = "", status: int = 200, error: str = "", notice: str = "") -> Page:
    errors = [("email", error)] if error else []
    page = render_template("new_link/ask.html", typed=typed, error=error, errors=errors, notice=notice)
    return page, status
