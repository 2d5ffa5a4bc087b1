"""The blueprint of the organiser's pages and what all of them share."""

from collections.abc import Sequence

from flask import Blueprint, g, render_template, request, url_for

from surveys import clock
from surveys.followups.difference import together
from surveys.models.followup import Mailing
from surveys.queries import projects as queries
from surveys.web.filters import local
from surveys.web.guard import reading_session
from surveys.web.navigation import may_open
from surveys.web.organise import words
from surveys.web.organise.deed_words import deed_name
from surveys.web.phrases import _

blueprint = Blueprint("organise", __name__)

Crumbs = list[tuple[str, str | None]]


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": words, "deed_name": deed_name, "together": together, "may_open": may_open}


def page(name: str, **values: object) -> str:
    return render_template(f"organise/{name}.html", now=clock.now(), **values)


def address(*parts: str) -> str:
    """An address in the present project, such as ``address("deltagare", code)``."""
    return "/".join(["/projekt", g.project.code, *parts])


def series_address(*parts: str) -> str:
    return address("insatser", g.series.code, *parts)


def crumbs(*items: tuple[str, str | None]) -> Crumbs:
    """The way from the projects to this page; the last item is the page itself."""
    start = [(_("Projects"), url_for("organise.projects"))]
    if not items:
        return [*start, (g.project.title, None)]
    return [*start, (g.project.title, address()), *items]


def series_tabs() -> list[tuple[str, str, bool]]:
    """The sections of a series that the user's role may open."""
    tabs = (
        ("", _("Occasions")),
        ("/deltagare", _("Participants")),
        ("/narvaro", _("Attendance")),
        ("/regler", _("Follow-up rules")),
        ("/utskick", _("Mailings")),
        ("/resultat", _("Results")),
        ("/loggar", _("Learning logs")),
    )
    here = request.path.rstrip("/")
    start = series_address()
    return [
        (text, start + end, here == start + end or here.startswith(f"{start}{end or '/tillfallen'}/"))
        for end, text in tabs
        if may_open(start + end)
    ]


def series_crumbs(section: str | None = None) -> Crumbs:
    to_all = (_("Series"), address("insatser"))
    if section is None:
        return crumbs(to_all, (g.series.title, None))
    return crumbs(to_all, (g.series.title, series_address()), (section, None))


def page_number() -> int:
    """The page of a list that is asked for, from 1; anything strange is the first."""
    text = request.args.get("s", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def asked_by(mailings: Sequence[Mailing]) -> dict[int, str]:
    """What each mailing is about, by its id: the questionnaire's title, or that it is a log prompt."""
    questionnaires = {m.rule.questionnaire_id for m in mailings if m.rule.questionnaire_id is not None}
    titles = queries.newest_titles(reading_session(), sorted(questionnaires))
    return {
        each.id: _("Question for the learning log")
        if each.rule.questionnaire_id is None
        else local(titles.get(each.rule.questionnaire_id, {}))
        for each in mailings
    }
