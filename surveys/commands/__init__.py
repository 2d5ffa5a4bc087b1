"""Commands for operators: what is common to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

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
    try:
        return load()
    except BadSetting as bad:
        raise Failed(
            _(
                "The setting %(name)s cannot be used: %(value)s (%(reason)s)",
                name=bad.name,
                value=bad.value,
                reason=bad.reason,
            )
        ) from bad


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation, closed afterwards."""
    chosen = settings()
    try:
        installation = open_installation(chosen)
    except KeysUnreadable as closed:
        raise Failed(_("The keys cannot be read or written: %(path)s", path=closed.path)) from closed
    try:
        yield installation
    finally:
        installation.close()
