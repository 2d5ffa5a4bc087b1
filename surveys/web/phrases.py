"""The texts of gettext, with their types and without what Flask-Babel prepares for numbers and dates."""

from surveys.catalogues import catalogue
from surveys.web import language


def _(message: str, **values: object) -> str:
    """The message in the language of the page, with its values filled in."""
    text = catalogue(language.current()).gettext(message)
    return text % values if values else text


def ngettext(one: str, several: str, num: int, /, **values: object) -> str:
    """The message that fits the number, with its values filled in; ``num`` is written as it is counted."""
    return catalogue(language.current()).ngettext(one, several, num) % {"num": num, **values}
