"""The few addresses that are open to everyone: the way in, and whether the installation is well."""

from flask import Blueprint, current_app, jsonify, redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.running import alarm, health
from surveys.web import guard

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@guard.public
def start() -> Response:
    """To the projects; whoever is not signed in is led to the sign-in from there."""
    return redirect("/projekt")


@blueprint.get("/halsa")
@guard.public
def well() -> tuple[Response, int]:
    """200 when this web process can serve, 503 when the database is away; of the scheduler see /health."""
    try:
        health.ask(current_app.extensions["folja"].database)
    except SQLAlchemyError:
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok"), 200


@blueprint.get("/health")
@guard.public
def installation_well() -> tuple[Response, int]:
    """200 when pages open and the scheduler goes round, else 503; ``status`` says which is not well."""
    state = alarm.look(current_app.extensions["folja"].database, clock.now())
    return jsonify(status=state.problem or "ok"), 503 if state.problem else 200


@blueprint.get("/favicon.ico")
@guard.public
def favicon() -> Response:
    return redirect(url_for("static", filename="img/favicon.svg"))
