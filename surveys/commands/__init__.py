"""Commands for operators: what is common to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from surveys.commands.language import _
from surveys.config import BadSetting, Settings, load
from surveys.installation import Installation, open_installation
from surveys.keys import KeysUnreadable


class Failed(click.ClickException):
    """One clear line on the error stream; exit code 1."""

    def show(self, _file: object = None) -> None:
        click.echo(self.format_message(), err=True)


def settings() -> Settings:
    """The settings of this installation; a bad one ends the command with a clear line."""
    with _clear_about_settings():
        return load()


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation, closed afterwards; a database that cannot be used ends the command with one line."""
    chosen = settings()
    try:
        with _clear_about_settings():
            installation = open_installation(chosen)
    except KeysUnreadable as closed:
        raise Failed(_("The keys cannot be read or written: %(path)s", path=closed.path)) from closed
    try:
        yield installation
    except DBAPIError as error:
        advice = _("The database cannot be used. Has “folja database migrate” been run?")
        raise Failed(f"{advice} ({first_line(error)})") from error
    finally:
        installation.close()


def first_line(error: BaseException) -> str:
    """What an error says, without the statement it happened in."""
    origin = getattr(error, "orig", None) or error
    return (str(origin).strip() or type(origin).__name__).splitlines()[0]


@contextmanager
def _clear_about_settings() -> Iterator[None]:
    try:
        yield
    except BadSetting as bad:
        raise Failed(
            _(
                "The setting %(name)s cannot be used: %(value)s (%(reason)s)",
                name=bad.name,
                value=bad.value,
                reason=bad.reason,
            )
        ) from bad
