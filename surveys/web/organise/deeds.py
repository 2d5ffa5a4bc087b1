"""What has been done by hand in a project: who, what, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from surveys.models.deeds import Deed
from surveys.queries import deeds as queries
from surveys.queries import projects as project_queries
from surveys.queries.deeds import About
from surveys.web.filters import local
from surveys.web.guard import reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.organise import words
from surveys.web.organise.base import address, blueprint, crumbs, page, page_number
from surveys.web.organise.deed_words import deed_name
from surveys.web.organise.mail_texts import KINDS
from surveys.web.phrases import _


@dataclass(frozen=True)
class Line:
    """A deed as the list shows it. ``about`` and ``link`` are "" where what it was done to is not known."""

    deed: Deed
    said: str
    about: str
    link: str
    why: str


@blueprint.get("/projekt/<project>/installningar/gjort")
@staff("organiser")
def deeds_page(project: str) -> str:
    session = reading_session()
    sheet = queries.of_project(session, g.project.id, page_number())
    about = queries.about(session, g.project.id, {each.subject for each in sheet.deeds})
    asked = {each.rule.questionnaire_id for each in about.values() if each.rule is not None}
    titles = project_queries.newest_titles(session, sorted(each for each in asked if each is not None))
    return page(
        "deeds",
        crumbs=crumbs((_("Settings"), address("installningar")), (_("Done by hand"), None)),
        lines=[_line(each, about.get(each.subject), titles) for each in sheet.deeds],
        sheet=sheet,
    )


def _line(deed: Deed, about: About | None, titles: Mapping[int, Mapping[str, str]]) -> Line:
    return Line(
        deed,
        deed_name(deed.action),
        _told(deed, about, titles),
        address(*about.address) if about else "",
        deed.why or _muted_why(deed),
    )


def _muted_why(deed: Deed) -> str:
    known = deed.details or {}
    return (
        words.said(words.MUTE_REASONS, str(known.get("reason", ""))) if deed.action == "mute_sending" else ""
    )


def _told(deed: Deed, about: About | None, titles: Mapping[int, Mapping[str, str]]) -> str:
    if about is None:
        return _from_details(deed)
    named, one = _named(about, titles), _from_details(deed)
    # Of what is in a series and has a name of its own no more than the series can be opened.
    return f"{one} ({named})" if one and deed.subject.startswith("series:") else named


def _named(about: About, titles: Mapping[int, Mapping[str, str]]) -> str:
    parts = []
    if about.rule is not None:
        title = titles.get(about.rule.questionnaire_id or 0)
        parts.append(local(title) if title else _("Question for the learning log"))
    if about.kind:
        mail = words.message_name(about.kind, about.step)
        parts.append(mail.lower() if parts else mail)
    return ", ".join(parts) + f" ({about.name})" if parts else about.name


def _from_details(deed: Deed) -> str:
    """What a deed itself says of what it was done to: a wording of a mail, or what is not there any more."""
    known = deed.details or {}
    if deed.action == "mail_text":
        language = str(known.get("language"))
        return f"{words.said(KINDS, str(known.get('kind')))} ({language_name(language)})"
    return next(
        (
            str(known[name])
            for name in (
                "title",
                "rule",
                "participant",
                "questionnaire",
                "scale",
                "index",
                "indicator",
                "organisation",
            )
            if name in known
        ),
        "",
    )
