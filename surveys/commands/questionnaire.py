"""``folja questionnaire``: a questionnaire from another program, and out to one."""

from pathlib import Path

import click

from surveys import clock
from surveys.commands import Failed, opened
from surveys.commands.language import _, ngettext
from surveys.domain.privacy import PrivacyMode
from surveys.domain.texts import pick
from surveys.exporting.xlsform_file import workbook
from surveys.importing import questionnaire_file
from surveys.importing.files import Refused, content
from surveys.importing.losses import Loss, NothingLeft, ReadQuestionnaire
from surveys.installation import Installation
from surveys.models.questionnaire import WAVES
from surveys.queries import projects as queries
from surveys.queries import staff
from surveys.web import loss_words
from surveys.writing import drafts

MODES = tuple(each.value for each in PrivacyMode)
USUAL = PrivacyMode.PSEUDONYMOUS.value


@click.group()
def questionnaire() -> None:
    """A questionnaire as a file of another program: import, export."""


@questionnaire.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--project", required=True, help="Code of the project.")
@click.option("--code", default="", help="Code of the questionnaire; else that of the file or its name.")
@click.option("--wave", type=click.Choice(WAVES), help="What it measures; else what the file says.")
@click.option("--privacy-mode", type=click.Choice(MODES), help="How answers are kept.")
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and save nothing.")
def import_(
    file: Path, project: str, code: str, wave: str | None, privacy_mode: str | None, dry_run: bool
) -> None:
    """Read FILE (XLSForm .xlsx, LimeSurvey .lss or SPSS .sav) as the draft of a new questionnaire."""
    with opened() as installation:
        project_id, language = _project(installation, project)
        found = _read(file, language)
        _tell(found)
        if dry_run:
            click.echo(_("Nothing has been saved."))
            return
        wanted = drafts.Wanted(
            code or found.code or questionnaire_file.code_of(file.name),
            wave or (found.wave if found.wave in WAVES else "other"),
            privacy_mode or (found.privacy_mode if found.privacy_mode in MODES else USUAL),
            found.document,
        )
        try:
            made = drafts.create_questionnaire(installation.database, project_id, wanted, None, clock.now())
        except drafts.BadQuestionnaire as bad:
            raise Failed(_why(wanted.code, bad)) from bad
    click.echo(_("Saved as a draft: %(code)s. Nobody is asked before it is taken into use.", code=made))


@questionnaire.command()
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--project", required=True, help="Code of the project.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
def export(code: str, file: Path, project: str, force: bool) -> None:
    """Write the questionnaire CODE as an XLSForm (.xlsx) to FILE: its draft, else what is in use."""
    with opened() as installation, installation.database.reading() as session:
        owner = staff.project_by_code(session, project)
        found = queries.questionnaire(session, owner.id, code) if owner else None
        if found is None:
            raise Failed(_("There is no questionnaire with the code %(code)s.", code=code))
        version = found.written
        made = workbook(version.content, found.code, found.wave, found.privacy_mode, version.number)
    if file.exists() and not force:
        raise Failed(_("%(path)s is there already; --force replaces it.", path=file))
    try:
        file.write_bytes(made)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failed(_("%(path)s cannot be written: %(reason)s", path=file, reason=reason)) from error
    click.echo(str(file))


def _project(installation: Installation, code: str) -> tuple[int, str]:
    """The project's id and its first language."""
    with installation.database.reading() as session:
        found = staff.project_by_code(session, code)
        if found is None:
            raise Failed(_("There is no project with the code %(code)s.", code=code))
        return found.id, found.languages[0]


def _read(file: Path, language: str) -> ReadQuestionnaire:
    try:
        return questionnaire_file.read(content(file, questionnaire_file.LARGEST_BYTES), language)
    except NothingLeft as nothing:
        lines = [_line(loss) for loss in nothing.losses]
        raise Failed("\n".join([*lines, loss_words.refused(nothing, _)])) from nothing
    except Refused as refused:
        raise Failed(f"{file}: {loss_words.refused(refused, _)}") from refused


def _tell(found: ReadQuestionnaire) -> None:
    click.echo(pick(found.document["title"], "sv"))
    click.echo(ngettext("%(num)s question comes in.", "%(num)s questions come in.", found.carried))
    for loss in found.losses:
        click.echo(_line(loss))
    if found.more_losses:
        click.echo(_("… and %(num)s more.", num=found.more_losses))


def _line(loss: Loss) -> str:
    place = f"{loss.place.sheet}:{loss.place.row}" if loss.place.row else loss.place.sheet
    return f"{place} {loss.subject}: {loss_words.told(loss, _)}"


def _why(code: str, bad: drafts.BadQuestionnaire) -> str:
    if bad.faults.get("code") == "code_taken":
        return _(
            "There is a questionnaire with the code %(code)s already. Choose another with --code.", code=code
        )
    return _("“%(value)s” cannot be a code: a–z, digits, dash and underscore, no capitals.", value=code)
