"""Where mails are written: the templates in every language, and what Flask-Mail needs around it."""

from flask import Flask
from flask_mail import Mail
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from surveys.catalogues import catalogue, language_of, languages
from surveys.config import ROOT, Settings

TEMPLATES = ROOT / "templates" / "mail"


class Office:
    """The templates, and a Flask application of its own, so that no mail needs the web.

    Flask-Mail looks up its settings in an application while it writes a message: use the office inside
    ``with office.app.app_context():``.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = Flask("folja.mail")
        mail = settings.mail
        self.app.config.update(
            MAIL_SERVER=mail.server,
            MAIL_PORT=mail.port,
            MAIL_USERNAME=mail.username or None,
            MAIL_PASSWORD=mail.password or None,
            MAIL_USE_TLS=mail.use_tls,
            MAIL_USE_SSL=mail.use_ssl,
            MAIL_DEFAULT_SENDER=mail.sender,
            MAIL_SUPPRESS_SEND=False,
        )
        Mail(self.app)
        self._rooms = {language: _environment(language) for language in languages()}

    def render(self, template: str, language: str, **values: object) -> str:
        return self._rooms[language].get_template(template).render(language=language, **values)


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # Added by the extension, which tells no type checker.
    install = getattr(environment, "install_gettext_translations")  # noqa: B009
    install(catalogue(language), newstyle=True)
    environment.globals["direction"] = language_of(language).direction
    environment.filters["bdi"] = bdi
    return environment


def bdi(text: str) -> Markup:
    """A name or a title within a sentence: its direction does not turn the words around it."""
    return Markup("<bdi>{}</bdi>").format(text)
