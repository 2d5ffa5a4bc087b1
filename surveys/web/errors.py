"""The pages for what went wrong. None of them asks the database or says what was written."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from surveys.extensions import login
from surveys.web import guard

NEVER_SHOWN_AGAIN = frozenset({"csrf_token", "password"})


@dataclass(frozen=True)
class Text:
    title: str
    body: str
    advice: str = ""


# (title, what happened, what to do)
TEXTS = {
    400: (
        _l("This could not be understood"),
        _l("Something in what the browser sent was missing or wrong."),
        _l("Go back, load the page again and try once more."),
    ),
    403: (_l("You may not open this page"), _l("It belongs to others, or your link no longer holds."), ""),
    404: (
        _l("The page is not here"),
        _l("The address may be mistyped, or the page has been moved or removed."),
        _l("If you followed a link in an e-mail, check that the whole link came along."),
    ),
    405: (_l("This page is not opened that way"), _l("It is reached by a button on another page."), ""),
    413: (
        _l("That was too much at once"),
        _l("What you sent is larger than can be received. Nothing was saved."),
        _l("Go back and shorten the text, or choose a smaller file."),
    ),
    429: (_l("Too many attempts"), _l("Wait a while and try again."), ""),
    500: (
        _l("Something went wrong here"),
        _l("The fault is ours and has been written down. Nothing was half saved."),
        _l("Go back and try again. If it happens once more, tell the person whom you got the link from."),
    ),
    503: (
        _l("The service does not answer just now"),
        _l("Nothing was saved this time."),
        _l("Wait a minute and try again."),
    ),
}


def texts(code: int) -> Text:
    """What is said of a status code, in the language of the page."""
    return Text(*map(str, TEXTS.get(code, TEXTS[400 if code < 500 else 500])))


def page(code: int, kept: list[tuple[str, str]] | None = None) -> Response:
    """The page for ``code``; ``kept`` is what was typed, to be sent again with one button."""
    html = render_template("errors/error.html", code=code, text=texts(code), kept=kept)
    return make_response(html, code)


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(Exception, _fault)
    for gone in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(gone, _unavailable)


def _http(error: HTTPException) -> Response:
    response = error.get_response()
    if error.code is None or error.code < 400:
        return cast(Response, response)
    answer = page(error.code)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def _form_too_old(_error: CSRFError) -> Response:
    """A form from before a sign-out, or one that is not ours."""
    audience = guard.audience_of(current_app, request.url_rule) if request.url_rule else None
    if audience and audience.kind == "staff" and guard.signed_in() is None:
        unauthorized: Response = login.unauthorized()
        return unauthorized
    return page(400)


def _fault(error: Exception) -> Response:
    if current_app.testing or current_app.debug:
        raise error
    # The route, never the address: an address may hold somebody's link.
    current_app.logger.error("fault in %s %s", request.method, request.url_rule, exc_info=error)
    return page(500)


def _unavailable(error: Exception) -> Response:
    current_app.logger.error("no database for %s %s: %s", request.method, request.url_rule, error)
    typed = [(key, value) for key, value in request.form.items(multi=True) if key not in NEVER_SHOWN_AGAIN]
    answer = page(503, typed if request.method == "POST" else None)
    answer.headers["Retry-After"] = "60"
    return answer
