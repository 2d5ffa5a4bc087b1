"""Which language a page is written in.

In this order: what the reader chose with the language switch (``?sprak=``, kept in a cookie), what the
page prefers (the participant's, the user's own), what the browser asks for, Swedish. Staff's pages are in
fewer languages than participants' pages; what is chosen and not there counts as not chosen.

A questionnaire may be written in a language that the interface is not in. Then :func:`current` is that
language, so that its texts are shown, and the words around them are in :func:`of_page`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote as _quote

from flask import Flask, Response, current_app, g, request
from flask_babel import Domain, get_babel, refresh
from markupsafe import Markup

from surveys.catalogues import DEFAULT, Language, catalogue, for_staff, is_known, language_of, languages
from surveys.domain.texts import nearest, pick
from surveys.mail.office import bdi

COOKIE = "folja-language"
KEPT = timedelta(days=30)
STAFF_BLUEPRINTS = frozenset({"organise", "evaluate", "signin", "mailbox", "interface"})


class _Texts(Domain):  # type: ignore[misc]
    """Lets Flask-Babel, lazy texts among it, read the catalogues that everything else reads."""

    def get_translations(self) -> object:
        return catalogue(current())


def select() -> str:
    """The language for this request."""
    offered = _offered()
    chosen = request.args.get("sprak"), request.cookies.get(COOKIE)
    for wanted in (*chosen, g.get("preferred_language")):
        if wanted in offered:
            return str(wanted)
    # A browser asks for a language, never for an easier kind of it.
    plain = [code for code in offered if "-" not in code]
    return request.accept_languages.best_match(plain, DEFAULT) or DEFAULT


def current() -> str:
    """The tag of the language that texts are picked in: the page's own, or one that it has no words in."""
    if "language" not in g:
        g.language = select()
    return str(g.language)


def of_page() -> Language:
    """The language of the words on the page."""
    return language_of(language_of(current()).catalogue_code)


def prefer(language: str, offered: Sequence[str] = ()) -> None:
    """Let the page be in ``language`` (a participant's or a user's) unless the reader chose another.

    ``offered`` are the project's languages: they may be chosen also where the interface is not in them.
    """
    g.preferred_language, g.offered_languages = language, tuple(offered)
    g.pop("language", None)
    refresh()


def offer(offered: Sequence[str]) -> None:
    """Let the page be in one of ``offered``, the project's languages, if the reader chose it."""
    g.offered_languages = tuple(offered)
    g.pop("language", None)
    refresh()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let what is made meanwhile be in ``language``: a part of a page as somebody else would read it."""
    before = current()
    g.language = language if is_known(language) else before
    refresh()
    try:
        yield
    finally:
        g.language = before
        refresh()


def written_in(language: str | None) -> None:
    """Let the page be in the language that the form which was sent was written in, if there is one."""
    if language and is_known(language):
        prefer(language, (language,))


def switch_address(language: str) -> str:
    """The address of this very page in another language."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "sprak"]
    query = "&".join(f"{_quote(key)}={_quote(value)}" for key, value in [*kept, ("sprak", language)])
    return f"{_quote(request.path, safe='/')}?{query}"


def shown(text: Mapping[str, str]) -> str | Markup:
    """A text for the content of a page; one in another language than the page's says which.

    With a direction of its own, so that a Swedish question on a page in Arabic keeps its order.
    """
    tag = nearest(text, current())
    words = pick(text, current())
    if not words or tag == of_page().code:
        return words
    direction = language_of(tag).direction
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(tag, direction, words)


def sentence(text: Mapping[str, str], words: str) -> Markup:
    """A text as :func:`shown` shows it, and words of the page after it."""
    return Markup("{} {}").format(shown(text), words)


def register(app: Flask) -> None:
    """Give the templates the languages; after Flask-Babel, whose lookup of a text asks for its context."""
    get_babel(app).instance.domain_instance = _Texts()
    app.after_request(_remember)
    app.jinja_env.filters["bdi"] = bdi
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue(current()).gettext(text),
        lambda one, many, count: catalogue(current()).ngettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, text: catalogue(current()).pgettext(context, text),
        npgettext=lambda context, one, many, count: catalogue(current()).npgettext(context, one, many, count),
    )
    app.jinja_env.globals.update(
        current_language=current,
        page_language=of_page,
        language_of=language_of,
        language_name=name,
        interface_languages=lambda: list(languages()),
        staff_languages=for_staff,
        switch_address=switch_address,
        shown_text=shown,
    )


def name(language: str) -> str:
    """What a language is called in itself."""
    return language_of(language).name


def locale() -> str:
    """What Babel calls the language of the page."""
    return of_page().locale


def _offered() -> tuple[str, ...]:
    if request.blueprint in STAFF_BLUEPRINTS:
        return for_staff()
    return (*languages(), *g.get("offered_languages", ()))


def _remember(response: Response) -> Response:
    chosen = request.args.get("sprak")
    if chosen and is_known(chosen):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, chosen, KEPT, secure=secure, httponly=True, samesite="Lax")
    return response
