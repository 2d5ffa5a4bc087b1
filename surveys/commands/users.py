"""``folja user``: who may sign in, and as what."""

import sys

import click
from rich.console import Console
from rich.table import Column, Table

from surveys.catalogues import for_staff
from surveys.commands import Failed, opened
from surveys.commands.language import _
from surveys.models.access import ROLES
from surveys.running import access, passwords


@click.group()
def user() -> None:
    """Users who sign in: add, list."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice(ROLES), help="Role in the project.")
@click.option("--project", help="Code of the project.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@click.option("--user-language", type=click.Choice(for_staff()), default="sv", help="Language of the pages.")
def add(
    email: str, name: str, role: str | None, project: str | None, password_stdin: bool, user_language: str
) -> None:
    """Add the user EMAIL; of a user who is there already only the role is set."""
    if (role is None) != (project is None):
        raise Failed(_("--role and --project belong together."))
    roles = {project: role} if project is not None and role is not None else {}
    with opened() as installation:
        db = installation.database
        try:
            if not _exists(access.list_users(db), email):
                access.add_user(db, email, name, _password(password_stdin), user_language, roles=roles)
                click.echo(_("Added %(email)s.", email=access.normal_address(email)))
            elif not roles:
                raise access.AddressTaken
            for code, given in roles.items():
                access.set_role(db, email, code, given)
                click.echo(_("%(email)s is %(role)s in %(project)s.", email=email, role=given, project=code))
        except (access.AccessError, passwords.WeakPassword) as error:
            raise Failed(describe(error)) from error


@user.command("list")
def list_() -> None:
    """List the users with their roles."""
    with opened() as installation:
        listed = access.list_users(installation.database)
    # What is too long for a narrow window goes on in the next line, instead of ending in dots.
    headings = (_("E-mail address"), _("Name"), _("Roles"), _("May sign in"))
    table = Table(*(Column(each, overflow="fold") for each in headings))
    for one in listed:
        roles = ", ".join(f"{project}: {role}" for project, role in sorted(one.roles.items()))
        table.add_row(one.email, one.name, roles, _("yes") if one.active else _("no"))
    if listed:
        Console().print(table)
    else:
        click.echo(_("There are no users yet. Add one with: folja user add"))


def describe(error: access.AccessError | passwords.WeakPassword) -> str:
    """What went wrong, for people."""
    least, most = passwords.MINIMUM, passwords.MAXIMUM
    texts = {
        "bad_address": _("That is not an e-mail address."),
        "name_missing": _("The name is missing."),
        "address_taken": _("There is a user with that address already."),
        "unknown_user": _("There is no user with that address."),
        "unknown_project": _("There is no project with that code."),
        "too_short": _("The password is too short: at least %(least)s characters.", least=least),
        "too_long": _("The password is too long: at most %(most)s characters.", most=most),
        "too_simple": _("The password repeats itself too much, or is a row of keys."),
        "common": _("The password is one of those that are tried first. Choose another."),
        "personal": _("The password is the person's own name or address. Choose another."),
    }
    return texts.get(error.code, error.code)


def _exists(users: list[access.Listed], email: str) -> bool:
    return access.normal_address(email) in {one.email for one in users}


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt(_("Password"), hide_input=True, confirmation_prompt=True))
