"""The page behind "end these mails". Opening it changes nothing, however often a scanner does."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveys import clock
from surveys.extensions import csrf
from surveys.outbox import stops
from surveys.web.guard import installation, participant

blueprint = Blueprint("unsubscribe", __name__)
# The address itself is the proof: it holds a MAC, and a mail program posts without a cookie (RFC 8058).
csrf.exempt(blueprint)


@blueprint.get("/avsluta/<token>")
@participant
def choose(token: str) -> str:
    house = installation()
    found = stops.stopped(house.database, house.keys, token)
    return render_template("unsubscribe/choose.html", found=found, project_name=found.project, token=token)


@blueprint.post("/avsluta/<token>")
@participant
def change(token: str) -> Response | str:
    """End or lift what was chosen; a mail program's one click ends the mails of the series."""
    house, now = installation(), clock.now()
    if lifted := request.form.get("lift"):
        stops.lift(house.database, house.keys, token, lifted, now)
        return redirect(url_for(".choose", token=token), 303)
    scope = request.form.get("stop")
    chosen = scope if scope in stops.SCOPES else "series"
    stops.stop(house.database, house.keys, token, chosen, now)
    if "List-Unsubscribe" in request.form or scope is None:
        return Response(status=200)
    return redirect(url_for(".choose", token=token), 303)


@blueprint.errorhandler(stops.UnknownStopLink)
def unknown(_error: stops.UnknownStopLink) -> tuple[str, int]:
    return render_template("unsubscribe/unknown.html"), 404
