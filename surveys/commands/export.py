"""``folja export``: the responses of a series in a file, one row a response."""

import sys
from pathlib import Path
from types import ModuleType

import click

from surveys import clock
from surveys.commands import Failed, opened
from surveys.commands.language import _, ngettext
from surveys.domain.texts import DEFAULT_LANGUAGE
from surveys.exporting import csv_file
from surveys.exporting.rows import Export
from surveys.models.programme import Series
from surveys.queries import results as queries

WRITERS = {"csv": csv_file}


@click.command()
@click.argument("series")
@click.option("--project", help="Code of the project; needed where two projects have such a series.")
@click.option(
    "--format", "form", type=click.Choice(sorted(WRITERS)), default="csv", help="Format of the file."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; - for the screen.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@click.option("--labels", default=DEFAULT_LANGUAGE, help="Language of the answers' labels.")
def export(series: str, project: str | None, form: str, output: Path, force: bool, labels: str) -> None:
    """Write the responses of SERIES, as an evaluator gets them: without names and addresses."""
    with opened() as installation, installation.database.reading() as session:
        found = _one(list(queries.series_by_code(session, series, project)), series)
        _write(
            Export(session, installation.keys, found.id, clock.now(), labels),
            WRITERS[form],
            output,
            force,
        )


def _write(made: Export, writer: ModuleType, output: Path, force: bool) -> None:
    if str(output) == "-":
        writer.write(made, sys.stdout)
        return
    if output.exists() and not force and sys.stdin.isatty():
        force = click.confirm(_("%(path)s is there already. Replace it?", path=output), abort=True)
    try:
        count = writer.save(made, output, force)
    except csv_file.FileThere as there:
        raise Failed(_("%(path)s is there already; --force replaces it.", path=there.path)) from there
    except csv_file.CannotWrite as closed:
        raise Failed(
            _("%(path)s cannot be written: %(reason)s", path=closed.path, reason=closed.reason)
        ) from closed
    click.echo(
        ngettext(
            "%(num)s response written to %(path)s.",
            "%(num)s responses written to %(path)s.",
            count,
            path=output,
        )
    )
    for line in left_out(made):
        click.echo(line)


def left_out(made: Export) -> list[str]:
    """What is not in the file, and why."""
    lines = []
    if made.too_few:
        lines.append(
            ngettext(
                "%(num)s response left out: too few answered that questionnaire.",
                "%(num)s responses left out: too few answered those questionnaires.",
                made.too_few,
            )
        )
    if made.not_carried:
        lines.append(_("Left out, because too few share them: %(names)s.", names=", ".join(made.not_carried)))
    return lines


def _one(found: list[Series], code: str) -> Series:
    if not found:
        raise Failed(_("There is no series with the code %(code)s.", code=code))
    if len(found) > 1:
        raise Failed(
            _(
                "Several projects have a series %(code)s. Choose one with --project: %(projects)s.",
                code=code,
                projects=", ".join(series.project.code for series in found),
            )
        )
    return found[0]
