"""The project on printed papers: its name and logotype, the emblem, and what the law wants said."""

from functools import cache
from pathlib import Path

from flask import current_app

from surveys.answers.asking_project import AskingProject, Logotype
from surveys.domain.texts import pick
from surveys.printing import content
from surveys.printing.content import Piece, text
from surveys.web.phrases import _


def head(project: AskingProject, logotype: Logotype | None, language: str) -> Piece:
    """The name, the logotype and the emblem of a project."""
    says = project.logotype_text or project.title
    picture = content.Logotype(logotype.content, logotype.media_type, says) if logotype else None
    return content.project(project.title, language, picture, _emblem(project.emblem))


def law(project: AskingProject, language: str) -> list[Piece]:
    """What the law wants said, those parts that are given; what it is for is said where it is asked."""
    labels = {
        "controller": _("Who is responsible"),
        "legal_basis": _("Legal basis"),
        "recipients": _("Who receives it"),
        "retention": _("How long it is kept"),
        "rights": _("Your rights"),
        "contact": _("Contact"),
    }
    given = ((label, pick(project.privacy.get(name, {}), language)) for name, label in labels.items())
    return [{"label": text(label, language), "text": text(said, language)} for label, said in given if said]


def page_words() -> tuple[str, str, str]:
    """What stands before, between and after the two numbers of "Page 1 of 3"."""
    before, _mark, rest = _("Page %(page)s of %(pages)s", page="\0", pages="\1").partition("\0")
    between, _mark, after = rest.partition("\1")
    return before, between, after


def _emblem(which: str | None) -> content.Emblem | None:
    if not which:
        return None
    funded = (
        _("Co-funded by the European Union") if which == "eu_cofunded" else _("Funded by the European Union")
    )
    return content.Emblem(_drawing(), _("The emblem of the European Union"), funded)


@cache
def _drawing() -> str:
    return (Path(str(current_app.static_folder)) / "img" / "eu.svg").read_text(encoding="utf-8")
