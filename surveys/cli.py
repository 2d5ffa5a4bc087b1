"""``folja``: the commands of an operator. Every group lives in ``surveys/commands``."""

import click

from surveys.catalogues import for_staff
from surveys.commands import language
from surveys.commands.backup import backup, restore
from surveys.commands.database import database
from surveys.commands.demo import demo
from surveys.commands.doctor import doctor
from surveys.commands.export import export
from surveys.commands.programme import programme
from surveys.commands.questionnaire import questionnaire
from surveys.commands.scheduler import scheduler
from surveys.commands.sending import sending
from surveys.commands.serving import web
from surveys.commands.users import user


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", "chosen", type=click.Choice(for_staff()), help="Language of the answers.")
@click.version_option(package_name="folja")
def folja(chosen: str | None) -> None:
    """Följa: questionnaires and learning logs that follow a learning project through."""
    language.choose(chosen)


for command in (
    backup,
    database,
    demo,
    doctor,
    export,
    programme,
    questionnaire,
    restore,
    scheduler,
    sending,
    user,
    web,
):
    folja.add_command(command)


def main() -> None:
    folja(prog_name="folja")
