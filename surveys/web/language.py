"""Which language a page is written in.

In this order: what the reader chose with the language switch (``?sprak=``, kept in a cookie), what the
page prefers (the participant's, the user's own), what the browser asks for, Swedish.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote as _quote

from flask import Flask, Response, current_app, g, request
from flask_babel import refresh

from surveys.catalogues import catalogue

LANGUAGES = ("sv", "en")
NAMES = {"sv": "Svenska", "en": "English"}
DEFAULT = "sv"
COOKIE = "folja-language"
KEPT = timedelta(days=30)


def select() -> str:
    """The language for this request; Flask-Babel asks once and remembers."""
    if "spoken_language" in g:
        return str(g.spoken_language)
    for wanted in (request.args.get("sprak"), request.cookies.get(COOKIE), g.get("preferred_language")):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT


def current() -> str:
    """The language code of the page being made, "sv" or "en"."""
    if "language" not in g:
        g.language = select()
    return str(g.language)


def prefer(language: str) -> None:
    """Let the page be in ``language`` (a participant's or a user's) unless the reader chose another."""
    g.preferred_language = language
    g.pop("language", None)
    refresh()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, texts are in ``language``, whatever the page is in: for what is made for somebody else."""
    g.spoken_language = language
    g.pop("language", None)
    refresh()
    try:
        yield
    finally:
        g.pop("spoken_language")
        g.pop("language", None)
        refresh()


def switch_address(language: str) -> str:
    """The address of this very page in another language."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "sprak"]
    query = "&".join(f"{_quote(key)}={_quote(value)}" for key, value in [*kept, ("sprak", language)])
    return f"{_quote(request.path, safe='/')}?{query}"


def register(app: Flask) -> None:
    """Give the templates the languages; after Flask-Babel, whose lookup of a text asks for its context."""
    app.after_request(_remember)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue(current()).gettext(text),
        lambda one, many, count: catalogue(current()).ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: catalogue(current()).pgettext(context, text),
        npgettext=lambda context, one, many, count: catalogue(current()).npgettext(context, one, many, count),
    )
    app.jinja_env.globals.update(
        current_language=current, switch_address=switch_address, LANGUAGE_NAMES=NAMES
    )


def _remember(response: Response) -> Response:
    chosen = request.args.get("sprak")
    if chosen in LANGUAGES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, str(chosen), KEPT, secure=secure, httponly=True, samesite="Lax")
    return response
