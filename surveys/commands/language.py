"""The language of the commands: ``--language``, else ``LANG``, else Swedish."""

import os
from contextvars import ContextVar

from surveys.catalogues import DEFAULT, catalogue, for_staff

_chosen: ContextVar[str | None] = ContextVar("language", default=None)


def choose(language: str | None) -> None:
    _chosen.set(language)


def current() -> str:
    """The tag of one of the languages that staff's pages are in."""
    asked = _chosen.get() or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return next((language for language in for_staff() if asked.startswith(language)), DEFAULT)


def _(message: str, **values: object) -> str:
    text = catalogue(current()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    text = catalogue(current()).ngettext(one, many, num)
    return text % {"num": num, **values}
