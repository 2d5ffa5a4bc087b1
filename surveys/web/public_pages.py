"""What everyone may read about the service: the accessibility statement, and what is done with personal data.

The statement holds the eleven things that the law (2018:1937) and Digg, which watches over it, ask for:
https://www.digg.se/kunskap-och-stod/digital-tillganglighet/skapa-en-tillganglighetsredogorelse
"""

from flask import Blueprint, abort, render_template

from surveys.answers.asking_project import AskingProject, asking
from surveys.config import StatementSettings
from surveys.queries import projects as queries
from surveys.web import guard, language
from surveys.web.guard import installation, reading_session

blueprint = Blueprint("about", __name__)
REPORT_TO = "https://www.digg.se/tdosanmalan"


@blueprint.get("/tillganglighet")
@guard.public
def accessibility() -> str:
    return render_template("public/accessibility.html", said=_said(), contact=_contact(), report_to=REPORT_TO)


@blueprint.get("/personuppgifter")
@guard.public
def personal_data() -> str:
    """What holds for the whole installation."""
    return _personal_data(None)


@blueprint.get("/personuppgifter/<code>")
@guard.public
def personal_data_of(code: str) -> str:
    """The same with what a project says of itself, as on its questionnaires; 404 where there is none."""
    found = queries.project_by_code(reading_session(), code) or abort(404)
    project = asking(found)
    language.offer(project.languages)
    return _personal_data(project)


def _personal_data(project: AskingProject | None) -> str:
    return render_template("public/personal_data.html", said=_said(), contact=_contact(), project=project)


def _said() -> StatementSettings:
    return installation().settings.statement


def _contact() -> str:
    """The address given, else the one that mails come from."""
    settings = installation().settings
    return settings.statement.contact or settings.mail.sender
