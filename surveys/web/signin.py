"""Signing in and out. What was typed in a session that ran out meanwhile is kept and can be sent again."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from surveys import clock
from surveys.extensions import login
from surveys.running import access
from surveys.web import filters, guard
from surveys.web.addresses import local_path, page_to_return_to

blueprint = Blueprint("signin", __name__)

KEPT_AT_MOST = 200_000
KEPT_SECONDS = 24 * 3600


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        _l("E-mail address"), [DataRequired(_l("Write your e-mail address")), Length(max=254)]
    )
    password = PasswordField(_l("Password"), [DataRequired(_l("Write your password")), Length(max=1024)])
    kept = HiddenField()


@dataclass(frozen=True)
class Kept:
    """A form that was sent after its session had run out: whose, whereto and what was typed."""

    user_id: int
    path: str
    fields: list[tuple[str, str]]


@blueprint.get("/logga-in")
@guard.public
def enter() -> Response:
    if guard.signed_in() is not None:
        return redirect(_next())
    return _page(SignInForm(), 200)


@blueprint.post("/logga-in")
@guard.public
def entered() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        who = _sign_in(form.email.data, form.password.data)
    except access.Refused:
        form.password.errors = [_("Address and password do not belong together. Check both and try again.")]
        return _page(form, 422)
    except access.Throttled as stopped:
        return _throttled(form, stopped)
    kept = _unsealed(form.kept.data)
    if kept is not None and kept.user_id == who.user_id:
        return make_response(render_template("signin/kept.html", kept=kept))
    return redirect(_next(), 303)


@blueprint.post("/logga-ut")
@guard.public
def leave() -> Response:
    who = guard.signed_in()
    if who is not None:
        access.sign_out(guard.installation().database, who.token, clock.now())
    logout_user()
    session.clear()
    return redirect(url_for("signin.enter", ut=1), 303)


@login.unauthorized_handler  # type: ignore[untyped-decorator]
def lead_to_sign_in() -> Response:
    """Where a staff page sends whoever is not signed in."""
    kept = _sealed() if request.method == "POST" else None
    if kept is None:
        return redirect(url_for("signin.enter", next=page_to_return_to()), 303)
    return _page(SignInForm(formdata=None, kept=kept), 401, next_page=page_to_return_to())


def _sign_in(email: str, password: str) -> access.SignedIn:
    db, now = guard.installation().database, clock.now()
    token = access.sign_in(db, email, password, request.remote_addr or "", now)
    who = access.user_of(db, token, now)
    if who is None:  # closed by someone else in this very moment
        raise access.Refused
    # A new session: whatever was in the cookie before, someone else may have put there.
    session.clear()
    login_user(guard.StaffUser(who))
    g.pop("csrf_token", None)
    return who


def _throttled(form: SignInForm, stopped: access.Throttled) -> Response:
    at = filters.clock(stopped.until)
    form.password.errors = [_("Too many attempts have failed. Try again at %(clock)s.", clock=at)]
    answer = _page(form, 429)
    answer.headers["Retry-After"] = str(max(1, int((stopped.until - clock.now()).total_seconds())))
    return answer


def _page(form: SignInForm, status: int, next_page: str | None = None) -> Response:
    where = next_page or local_path(request.args.get("next"))
    action = url_for("signin.enter", next=where) if where else url_for("signin.enter")
    left = request.args.get("ut") == "1" and request.method == "GET"
    return make_response(render_template("signin/enter.html", form=form, action=action, left=left), status)


def _next() -> str:
    return local_path(request.args.get("next")) or url_for("public.start")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(guard.installation().keys.session, salt="kept form")


def _sealed() -> str | None:
    """What this POST carried, sealed; None where the session did not simply run out."""
    token = session.get("_user_id")
    fields = [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]
    if not token or sum(len(key) + len(value) for key, value in fields) > KEPT_AT_MOST:
        return None
    user_id = access.lapsed_user(guard.installation().database, token)
    if user_id is None:
        return None
    return str(_serializer().dumps([user_id, request.path, fields]))


def _unsealed(sealed: str | None) -> Kept | None:
    try:
        content: Any = _serializer().loads(sealed or "", max_age=KEPT_SECONDS)
    except BadSignature:
        return None
    user_id, path, fields = content
    return Kept(user_id, path, [(key, value) for key, value in fields])
