"""The personal codes of those who take part in a series, on paper: to be cut up and handed out."""

from flask import flash, g, redirect
from werkzeug.wrappers import Response

from surveys.models.programme import Occasion
from surveys.queries import attendance as queries
from surveys.register import own_page
from surveys.web import qr
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.attendance import attendance_address, attendance_crumbs, occasion_or_404
from surveys.web.organise.base import blueprint, page, page_number
from surveys.web.phrases import _, ngettext

PER_PAGE = 60
_ADDRESS = "/projekt/<project>/insatser/<series>/narvaro/<occasion>/koder"


@blueprint.get(_ADDRESS)
@staff("organiser")
def personal_codes(project: str, series: str, occasion: str) -> str:
    found, session, number = occasion_or_404(occasion), reading_session(), page_number()
    people, pages = queries.codes(session, g.series.id, number, PER_PAGE)
    return page(
        "attendance_codes",
        crumbs=attendance_crumbs(found, _("Personal codes")),
        occasion=found,
        codes=[(each, _drawn(each.page_id)) for each in people if each.page_id],
        missing=len(queries.without_code(session, g.series.id)),
        number=min(number, pages),
        pages=pages,
        here=_here(found),
    )


@blueprint.post(_ADDRESS)
@staff("organiser")
def make_codes(project: str, series: str, occasion: str) -> Response:
    found, house = occasion_or_404(occasion), installation()
    made = own_page.make_codes(house.database, house.keys, g.series.id)
    flash(ngettext("%(num)s code is made.", "%(num)s codes are made.", made), "positive")
    return redirect(_here(found), 303)


def _here(occasion: Occasion) -> str:
    return attendance_address(occasion, "koder")


def _drawn(page_id: str) -> str:
    return qr.personal(installation().settings.base_url, g.project.code, page_id)
