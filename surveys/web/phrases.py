"""The texts of gettext with their types: Flask-Babel has none."""

import flask_babel


def _(message: str, **values: object) -> str:
    """The message in the language of the page, with its values filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, several: str, num: int) -> str:
    """The message that fits the number."""
    return str(flask_babel.ngettext(one, several, num))
