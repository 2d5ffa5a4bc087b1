"""Typing in answers from paper: a code, then all questions on one page, then the next code. Keyboard only."""

from collections.abc import Mapping

from flask import flash, g, redirect, request, session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import paper, responses, uncoded
from surveys.answers.form_view import FormView
from surveys.answers.paper import Entered, PaperForm
from surveys.installation import Installation
from surveys.models.followup import Mailing
from surveys.queries import chasing as chasing_queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import asked_by, blueprint, crumbs, page
from surveys.web.organise.paper import asking_mailing
from surveys.web.organise.paper_desk import (
    LAST,
    OnPaper,
    Page,
    Typed,
    changed_notice,
    crumbs_to,
    form_page,
    here,
    last_of,
    paper_language,
    tell_left_out,
    typed_fields,
)
from surveys.web.phrases import _
from surveys.web.print_form import written_code

PLACE = "/projekt/<project>/enkatinmatning/<int:mailing>"


@blueprint.get("/projekt/<project>/enkatinmatning")
@staff("organiser")
def papers_to_type_in(project: str) -> str:
    """The questionnaires whose papers can be typed in now."""
    found = chasing_queries.open_mailings(reading_session(), g.project.id, clock.now())
    return page(
        "paper_mailings", crumbs=crumbs((_("Type in papers"), None)), mailings=found, asks=asked_by(found)
    )


@blueprint.get(PLACE)
@staff("organiser")
def next_paper(project: str, mailing: int) -> Page:
    return _start(asking_mailing(mailing))


@blueprint.get(f"{PLACE}/papper")
@staff("organiser")
def paper_form(project: str, mailing: int) -> Page:
    """The questions of the paper with the code ``kod``, or in *named* of the participant ``person``."""
    one = asking_mailing(mailing)
    if not {"kod", "person"} & set(request.args):
        return redirect(here(one), 303)
    try:
        form = _found(one)
        view = _opened(form)
    except paper.UnknownPaper:
        return _start(one, request.args.get("kod", ""), _unknown(one)), 422
    except responses.AnsweredAlready:
        return _answered_already(one)
    return _form_page(one, form, view, Typed())


@blueprint.post(f"{PLACE}/papper")
@staff("organiser")
def type_in(project: str, mailing: int) -> Page:
    one, house = asking_mailing(mailing), installation()
    raw = typed_fields()
    try:
        form = _found(one)
        if "save" not in request.form:  # Enter in a field, where no script has taken it
            return _form_page(one, form, _opened(form), Typed(raw))
        version = request.form.get("version", "")
        entered = paper.enter(
            house.database,
            house.keys,
            form,
            raw,
            paper_language(one, form),
            version,
            g.user.user_id,
            clock.now(),
        )
    except paper.UnknownPaper:
        return _start(one, request.args.get("kod", ""), _unknown(one)), 422
    except responses.AnsweredAlready:
        return _answered_already(one)
    except responses.NotSaved as reason:
        return _not_saved(one, form, raw, reason)
    session[LAST] = [one.id, entered.invitation, entered.code, entered.revision]
    flash(_("Paper %(code)s is kept.", code=written_code(entered.code)), "positive")
    tell_left_out(entered.left_out)
    return redirect(here(one), 303)


@blueprint.post(f"{PLACE}/angra")
@staff("organiser")
def take_paper_back(project: str, mailing: int) -> Response:
    one, house, last = asking_mailing(mailing), installation(), last_of(asking_mailing(mailing))
    try:
        if last is None:
            raise paper.NotUndone
        _undo(one, house, last)
    except paper.NotUndone:
        flash(_("It could not be taken back: it has been changed since, or taken back already."), "warning")
    else:
        told = _("Paper %(code)s is taken back. You can type it in again.", code=written_code(last.code))
        if not last.invitation:
            told = _("The last paper without a code is taken back. You can type it in again.")
        flash(told, "positive")
    session.pop(LAST, None)
    return redirect(here(one), 303)


def _found(one: Mailing) -> PaperForm:
    """The paper that the address names. Raises UnknownPaper."""
    now = clock.now()
    if not paper.is_open(one, now):
        raise paper.UnknownPaper
    keys, reading = installation().keys, reading_session()
    if person := request.args.get("person"):
        return paper.by_person(reading, keys, one, person, now)
    return paper.by_code(reading, keys, one, request.args.get("kod", ""), now)


def _opened(form: PaperForm) -> FormView:
    house = installation()
    return paper.opened(house.database, house.keys, form, clock.now())


def _undo(one: Mailing, house: Installation, last: Entered) -> None:
    user, now = g.user.user_id, clock.now()
    if last.invitation:
        paper.undo(house.database, house.keys, g.project.id, one.id, last, user, now)
    else:
        uncoded.undo(house.database, g.project.id, one.id, last.code, user, now)


def _unknown(one: Mailing) -> str:
    if not paper.is_open(one, clock.now()):
        return _("The questionnaire has closed, so nothing more can be typed in.")
    return _("No paper of this mailing has that code. Look at the foot of the paper and type it again.")


def _answered_already(one: Mailing) -> Response:
    flash(
        _(
            "The person has answered already. What is kept has not been changed, "
            "and this paper is not counted."
        ),
        "warning",
    )
    return redirect(here(one), 303)


def _not_saved(
    one: Mailing, form: PaperForm, raw: Mapping[str, list[str]], reason: responses.NotSaved
) -> Page:
    match reason:
        case responses.Incomplete():
            return _form_page(one, form, reason.view, Typed(raw, reason.checked)), 422
        case responses.FormChanged():
            return _form_page(one, form, reason.view, Typed(raw, notice=changed_notice())), 409
    return _start(one, "", _unknown(one)), 410


def _start(one: Mailing, typed: str = "", error: str = "") -> str:
    now = clock.now()
    everyone = paper.forms(reading_session(), installation().keys, one, now)
    named = paper.mode_of(one).keeps_link
    title = asked_by([one])[one.id]
    return page(
        "paper_start",
        crumbs=crumbs_to(one, title),
        one=one,
        title=title,
        here=here(one),
        typed=typed,
        error=error,
        errors=[("kod", error)] if error else [],
        open=paper.is_open(one, now),
        silent=[each.person for each in everyone if not each.answered] if named else [],
        named=named,
        left=sum(not each.answered for each in everyone),
        without_code=uncoded.may_be(one),
        last=last_of(one),
        written_code=written_code,
    )


def _form_page(one: Mailing, form: PaperForm, view: FormView, typed: Typed) -> str:
    code, language = written_code(form.code), paper_language(one, form)
    return form_page(one, OnPaper(code, view.person, view.form, view.version, language), typed)
