"""The languages of a project: those of its mails and participants."""

from collections.abc import Collection

from flask import flash, g, redirect, request
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys import clock
from surveys.catalogues import languages, offered_languages
from surveys.course.languages import MOST, BadLanguages, LanguageFault, change_languages
from surveys.queries import languages as queries
from surveys.queries import projects
from surveys.web import language
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _

HERE = "/projekt/<project>/installningar/sprak"


@blueprint.get(HERE)
@staff("organiser")
def project_languages(project: str) -> str:
    return _page(g.project.languages)


@blueprint.post(HERE)
@staff("organiser")
def change_project_languages(project: str) -> Response | tuple[str, int]:
    wanted = [each for each in (*request.form.getlist("sprak"), request.form.get("nytt", "")) if each]
    try:
        change_languages(installation().database, g.project.id, wanted, g.user.user_id, clock.now())
    except BadLanguages as bad:
        return _page(wanted, bad.faults), 422
    flash(_("The languages are saved."), "positive")
    return redirect(address("installningar", "sprak"), 303)


def _page(chosen: list[str], faults: tuple[LanguageFault, ...] = ()) -> str:
    shown = list(dict.fromkeys((*g.project.languages, *languages(), *chosen)))
    session = reading_session()
    titles = {
        each.code: local(each.written.content["title"]) or each.code
        for each in projects.questionnaires_of(session, g.project.id)
    }
    return page(
        "project_languages",
        crumbs=crumbs((_("Settings"), address("installningar")), (_("Languages"), None)),
        shown=[(code, language.name(code)) for code in shown],
        chosen=[g.project.languages[0], *chosen],
        readers=queries.readers(session, g.project.id),
        addable=addable(shown),
        faults=faults,
        told=_told,
        titles=titles,
    )


def addable(used: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The languages to choose among but for those ``used``, under headings, the likeliest first."""
    headings = {
        "ours": _("Languages of the pages"),
        "minority": _("National minority languages"),
        "large": _("Spoken by many in Sweden"),
        "other": _("Other languages"),
    }
    found = [
        (headings[group], [(code, name) for code, name in offered if code not in used])
        for group, offered in offered_languages().items()
    ]
    return [(heading, each) for heading, each in found if each]


def _told(fault: LanguageFault) -> str:
    name = language.name(fault.language)
    match fault.code:
        case "too_many":
            return _("A project has at most %(most)s languages.", most=MOST)
        case "has_readers":
            counted = ngettext("%(num)s participant reads it.", "%(num)s participants read it.", fault.count)
            return _("%(language)s cannot be taken away.", language=name) + f" {counted}"
        case "untranslated":
            return _("%(language)s: texts are missing in questionnaires that are in use.", language=name)
        case _:
            return _("“%(language)s” is not a known language.", language=fault.language)
