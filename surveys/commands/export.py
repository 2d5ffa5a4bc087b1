"""``folja export``: the responses of a series in a file."""

import sys
from pathlib import Path

import click

from surveys import clock
from surveys.commands import Failed, opened
from surveys.commands.language import _, current, ngettext
from surveys.domain.texts import DEFAULT_LANGUAGE
from surveys.exporting import csv_file, formats, jobs
from surveys.exporting.about import left_out
from surveys.exporting.limits import RowsNotGiven, TooLarge
from surveys.exporting.rows import Export
from surveys.exporting.words import Words
from surveys.models.programme import Series
from surveys.queries import results as queries

ROWS = (formats.RESPONSES, formats.ANSWERS, formats.PERSONS)


@click.command()
@click.argument("series")
@click.option("--project", help="Code of the project; needed where two projects have such a series.")
@click.option(
    "--format", "form", type=click.Choice(list(formats.FORMATS)), default="csv", help="Format of the file."
)
@click.option(
    "--rows",
    type=click.Choice(ROWS),
    default=formats.RESPONSES,
    help="What a row is: a response, an answer (CSV), or a person, before beside after (sav).",
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
def export(
    series: str, project: str | None, form: str, rows: str, output: Path, force: bool, labels: str
) -> None:
    """Write the responses of SERIES, as an evaluator gets them: without names and addresses."""
    chosen = formats.FORMATS[form]
    if rows not in chosen.rows:
        raise Failed(
            _("The format %(format)s has rows of: %(rows)s.", format=form, rows=", ".join(chosen.rows))
        )
    with opened() as installation, installation.database.reading(one_moment=True) as session:
        found, now = _one(list(queries.series_by_code(session, series, project)), series), clock.now()
        made = Export(session, installation.keys, found.id, now, labels)
        try:
            _write(made, chosen, rows, output, force)
        except RowsNotGiven as closed:
            raise Failed(
                _(
                    "No response rows are given out of %(series)s: its answers are told by background. "
                    "An evaluator or administrator chooses otherwise under Export.",
                    series=found.code,
                )
            ) from closed
        details = {"format": chosen.code, "rows": rows, "by": "command"}
        jobs.note(installation.database, found.project_id, found.id, None, "responses_exported", details, now)


def _write(made: Export, chosen: formats.Format, rows: str, output: Path, force: bool) -> None:
    if str(output) == "-":
        if not chosen.encoding:
            raise Failed(_("Only CSV can be written to the screen."))
        formats.check(made, chosen, rows)
        csv_file.write(made, sys.stdout, "answers" if rows == formats.ANSWERS else "responses")
        return
    if output.exists() and not force and sys.stdin.isatty():
        force = click.confirm(_("%(path)s is there already. Replace it?", path=output), abort=True)
    try:
        count = formats.save(made, output, chosen, rows, Words(current()), force)
    except csv_file.FileThere as there:
        raise Failed(_("%(path)s is there already; --force replaces it.", path=there.path)) from there
    except csv_file.CannotWrite as closed:
        raise Failed(
            _("%(path)s cannot be written: %(reason)s", path=closed.path, reason=closed.reason)
        ) from closed
    except TooLarge as large:
        raise Failed(Words(current()).too_large(large)) from large
    click.echo(_told(count, rows, output))
    for line in left_out(made, Words(current())):
        click.echo(line)


def _told(count: int, rows: str, output: Path) -> str:
    if rows == formats.ANSWERS:
        return ngettext(
            "%(num)s answer written to %(path)s.", "%(num)s answers written to %(path)s.", count, path=output
        )
    if rows == formats.PERSONS:
        return ngettext(
            "%(num)s person written to %(path)s.", "%(num)s persons written to %(path)s.", count, path=output
        )
    return ngettext(
        "%(num)s response written to %(path)s.", "%(num)s responses written to %(path)s.", count, path=output
    )


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
