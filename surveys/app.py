"""The web application is put together here and nowhere else: config → extensions → blueprints → errors."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys.catalogues import DEFAULT
from surveys.config import ROOT, Settings, load
from surveys.extensions import babel, csrf, login
from surveys.installation import Installation, open_installation
from surveys.web import (
    answer_receipt,
    answer_withdraw,
    drawings,
    errors,
    filters,
    guard,
    headers,
    interface,
    kept_templates,
    language,
    logbook,
    mailbox,
    navigation,
    new_link,
    own_page,
    public,
    public_pages,
    room,
    signin,
    static_files,
    unsubscribe,
)
from surveys.web.evaluate import all_pages as evaluate_pages
from surveys.web.organise import all_pages as organise_pages

STAFF_REQUEST_LIMIT = 2 * 1024 * 1024
MOST_STAFF_FIELDS = 5000  # of a form: a long questionnaire has some thousand texts, an option four fields
CARRIES_FILE = "multipart/form-data"


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, by a signer made once: the key is the same as long as the program runs."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        # Participants' pages touch no session: nothing to send, and nothing to work out.
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)


class FoljaFlask(Flask):
    jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # no view or hook of ours is asynchronous; Flask would look each up at every request


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application of one installation; ``app.extensions["folja"]`` is its ``Installation``.

    Without ``settings`` they are read from the environment. Raises ``BadSetting`` and ``KeysUnreadable``.
    """
    installation = open_installation(settings or load())
    app = FoljaFlask("surveys", template_folder=str(ROOT / "templates"))
    app.extensions["folja"] = installation
    _configure(app, installation)
    if installation.settings.proxies:
        count = installation.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    _bind_extensions(app)
    _add_globals(app, installation.settings)
    kept_templates.register(app, installation.settings.instance)
    _add_blueprints(app, installation.settings)
    errors.register(app)
    guard.check_every_route(app)
    return app


def _configure(app: Flask, installation: Installation) -> None:
    settings = installation.settings
    app.config.update(
        SECRET_KEY=installation.keys.session,
        SESSION_COOKIE_NAME="__Host-folja" if settings.is_https else "folja",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        MAX_CONTENT_LENGTH=settings.request_limit_bytes,
        MAX_FORM_MEMORY_SIZE=settings.request_limit_bytes,
        # A form may lie open over a week-end; the session, not a clock of its own, ends the token.
        WTF_CSRF_TIME_LIMIT=None,
        # The check wants a referrer, which our own no-referrer takes away. The token stays.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE=DEFAULT,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )


def _bind_extensions(app: Flask) -> None:
    # Before the CSRF check, which is the first to read the form.
    app.before_request(_limit_staff_requests)
    babel.init_app(app, locale_selector=language.locale)
    language.register(app)
    csrf.init_app(app)
    # The context processor of Flask-Login would look for a user on every page, participants' included.
    login.init_app(app, add_context_processor=False)
    filters.register(app)
    headers.register(app)
    static_files.register(app)
    guard.register(app)
    drawings.register(app)
    navigation.register(app)


def _add_blueprints(app: Flask, settings: Settings) -> None:
    for module in (
        public_pages,
        public,
        signin,
        answer_receipt,
        answer_withdraw,
        logbook,
        own_page,
        room,
        new_link,
        organise_pages,
        evaluate_pages,
        unsubscribe,
    ):
        app.register_blueprint(module.blueprint)
    if settings.demo:
        app.register_blueprint(interface.blueprint)
    if settings.shows_mailbox:
        app.register_blueprint(mailbox.blueprint)


def _add_globals(app: Flask, settings: Settings) -> None:
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(is_demo=settings.demo, shows_mailbox=settings.shows_mailbox)


def _limit_staff_requests() -> None:
    """A file may be as large as any request: whoever reads it has a limit, and says so in words."""
    current: Request = request
    if current.blueprint in guard.PARTICIPANT_BLUEPRINTS:
        return
    if current.mimetype != CARRIES_FILE:
        current.max_content_length = STAFF_REQUEST_LIMIT
    current.max_form_memory_size = STAFF_REQUEST_LIMIT
    current.max_form_parts = MOST_STAFF_FIELDS
