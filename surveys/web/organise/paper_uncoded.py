"""Typing in papers without a code: one after the other, as long as the questionnaire is open."""

import secrets

from flask import flash, g, redirect, request, session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import uncoded
from surveys.models.followup import Mailing
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import blueprint
from surveys.web.organise.paper import asking_mailing
from surveys.web.organise.paper_desk import (
    LAST,
    OnPaper,
    Page,
    Typed,
    changed_notice,
    form_page,
    here,
    paper_language,
    tell_left_out,
    typed_fields,
)
from surveys.web.organise.paper_entry import PLACE
from surveys.web.phrases import _


@blueprint.get(f"{PLACE}/utan-kod")
@staff("organiser")
def uncoded_paper(project: str, mailing: int) -> Page:
    """The questions of a paper that has no code."""
    one = asking_mailing(mailing)
    try:
        asked = uncoded.sheet(reading_session(), one, clock.now())
    except uncoded.NotTaken as reason:
        return _not_taken(one, reason)
    return _form(one, asked, Typed(), secrets.token_urlsafe(16))


@blueprint.post(f"{PLACE}/utan-kod")
@staff("organiser")
def type_in_uncoded(project: str, mailing: int) -> Page:
    one, raw, now = asking_mailing(mailing), typed_fields(), clock.now()
    ticket, version = request.form.get("ticket", ""), request.form.get("version", "")
    spoken = paper_language(one)
    try:
        if "save" not in request.form:  # Enter in a field, where no script has taken it
            return _form(one, uncoded.sheet(reading_session(), one, now), Typed(raw), ticket)
        entered = uncoded.enter(
            installation().database,
            g.project.id,
            one.id,
            raw,
            spoken,
            version,
            ticket,
            g.user.user_id,
            now,
        )
    except uncoded.NotTaken as reason:
        return _not_taken(one, reason)
    except uncoded.Faulty as fault:
        if fault.changed:
            return _form(one, fault.sheet, Typed(raw, notice=changed_notice()), ticket), 409
        return _form(one, fault.sheet, Typed(raw, fault.checked), ticket), 422
    if not entered.new:
        told = _("That paper is kept already, and was not counted once more. Here is an empty form.")
        flash(told, "warning")
        return redirect(here(one, "utan-kod"), 303)
    session[LAST] = [one.id, "", entered.key, 1]
    flash(_("A paper without a code is kept. Here is the form of the next one."), "positive")
    tell_left_out(entered.left_out)
    return redirect(here(one, "utan-kod"), 303)


def _form(one: Mailing, asked: uncoded.Sheet, typed: Typed, ticket: str) -> str:
    sheet = OnPaper(
        code="",
        person="",
        form=asked.form,
        version=asked.version,
        language=paper_language(one),
        ticket=ticket,
    )
    return form_page(one, sheet, typed)


def _not_taken(one: Mailing, reason: uncoded.NotTaken) -> Response:
    texts = {
        "named": _("The answers are kept with names. Choose the person, or write the code."),
        "not_sent": _("Nothing can be typed in before the mailing has gone."),
        "closed": _("The questionnaire has closed, so nothing more can be typed in."),
    }
    flash(texts[reason.code], "warning")
    return redirect(here(one), 303)
