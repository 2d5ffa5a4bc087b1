"""``folja programme``: a whole project from a file, and back."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from surveys import clock
from surveys.commands import Failed, opened
from surveys.commands.fault_texts import describe
from surveys.commands.language import _, ngettext
from surveys.course import programme as use_cases
from surveys.exporting import programme_file as writer
from surveys.importing.faults import Fault, ProgrammeFaults
from surveys.importing.programme_file import ProgrammeFile, read_programme
from surveys.installation import Installation


@click.group()
def programme() -> None:
    """A project as a file: load, dump."""


@programme.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load the programme FILE (YAML, with its tables beside it); the same file again changes nothing."""
    try:
        document = read_programme(file)
        with opened() as installation:
            report = _load(installation, document)
    except ProgrammeFaults as faulty:
        raise Failed(_listed(faulty.faults)) from faulty
    _tell(report)


def _load(installation: Installation, document: ProgrammeFile) -> use_cases.LoadReport:
    with Progress(transient=True) as bar:
        task = bar.add_task(_("Loading"), total=len(document.programme.series))
        return use_cases.load(installation.database, document, clock.now(), lambda _series: bar.advance(task))


def _listed(faults: tuple[Fault, ...]) -> str:
    lines = [describe(fault) for fault in faults]
    number = len(lines)
    end = ngettext(
        "%(num)d fault; nothing has been loaded.", "%(num)d faults; nothing has been loaded.", number
    )
    return "\n".join([*lines, end])


def _tell(report: use_cases.LoadReport) -> None:
    table = Table("", _("New"), _("Changed"), _("Removed"), _("Unchanged"))
    names = _nouns()
    for noun, counts in report.counts.items():
        numbers = (counts.created, counts.changed, counts.removed, counts.unchanged)
        if any(numbers):
            table.add_row(names[noun], *map(str, numbers))
    Console().print(table)
    if report.absent:
        codes = ", ".join(report.absent)
        click.echo(_("Kept, though the file does not name them: %(codes)s", codes=codes))
    if not report.changed:
        click.echo(_("Nothing changed: all of it was there already."))


def _nouns() -> dict[str, str]:
    return {
        "projects": _("Projects"),
        "organisations": _("Organisations"),
        "subprojects": _("Subprojects"),
        "questionnaires": _("Questionnaires"),
        "series": _("Series"),
        "occasions": _("Occasions"),
        "rules": _("Follow-up rules"),
        "participants": _("Participants"),
        "enrolments": _("Enrolments"),
        "attendance": _("Attendance"),
        "outcome_kinds": _("Outcomes"),
        "indicators": _("Indicators"),
    }


@programme.command()
@click.argument("project")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write into a folder that holds files already.")
def dump(project: str, folder: Path, force: bool) -> None:
    """Write PROJECT (its code) as a programme file and tables into FOLDER; loading that changes nothing."""
    with opened() as installation:
        try:
            document = use_cases.dump(installation.database, project)
        except use_cases.UnknownProject as unknown:
            raise Failed(_("There is no project with the code %(code)s.", code=project)) from unknown
    try:
        written = writer.write(document, folder, force)
    except writer.FolderTaken as taken:
        raise Failed(_("%(path)s holds files already; --force writes over them.", path=folder)) from taken
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failed(_("%(path)s cannot be written: %(reason)s", path=folder, reason=reason)) from error
    for path in written:
        click.echo(str(path))
