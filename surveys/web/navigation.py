"""The navigation of a project: a section is shown to those whom its page would admit."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from surveys.web import guard

SECTIONS = (
    ("", _l("Overview")),
    ("/insatser", _l("Series")),
    ("/deltagare", _l("Participants")),
    ("/enkater", _l("Questionnaires")),
    ("/utskick", _l("Mailings")),
    ("/resultat", _l("Results")),
    ("/lardeloggar", _l("Learning logs")),
    ("/installningar", _l("Settings")),
)
# of the results, for those who see nothing but what they bring
OF_SUPPLIERS = (
    ("/resultat/utifran", _l("Outside figures")),
    ("/resultat/svar-utifran", _l("Answers from elsewhere")),
)


@dataclass(frozen=True)
class Place:
    text: str
    address: str
    current: bool


def sections() -> list[Place]:
    """The sections of ``g.project`` that ``g.role`` may see, the present one marked."""
    start = f"/projekt/{g.project.code}"
    here = request.path.rstrip("/")
    return [
        Place(str(text), start + end, _is_within(here, start, end))
        for end, text in (OF_SUPPLIERS if g.role == "supplier" else SECTIONS)
        if may_open(start + end)
    ]


def _is_within(here: str, start: str, end: str) -> bool:
    if end == "/resultat/svar-utifran" and f"{end}/" in f"{here}/":  # of one series
        return True
    if end == "/insatser" and here in (f"{start}/ny-insats", f"{start}/tillfallen"):
        return True
    return here == start + end or (end != "" and here.startswith(f"{start}{end}/"))


def may_open(address: str) -> bool:
    """Whether a page of the project is there and would admit the user's role."""
    try:
        rule, _values = current_app.url_map.bind("").match(address, return_rule=True)
    except HTTPException:
        return False
    audience = guard.audience_of(current_app, rule)
    return audience is not None and g.get("role") in audience.roles


def register(app: Flask) -> None:
    app.add_template_global(sections, "project_sections")
    app.add_template_global(may_open)
