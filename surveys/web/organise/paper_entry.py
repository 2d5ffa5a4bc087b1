"""Typing in answers from paper: a code, then all questions on one page, then the next code. Keyboard only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import flash, g, redirect, request, session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import paper, responses
from surveys.answers.form_view import FormView
from surveys.answers.paper import Entered, PaperForm
from surveys.domain.questionnaire import Checked, Form
from surveys.domain.questions import Fields
from surveys.domain.texts import LocalText
from surveys.models.followup import Mailing
from surveys.queries import chasing as chasing_queries
from surveys.web.answer_questions import questions_html
from surveys.web.answer_texts import error_list, fault_text
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.organise.paper import asking_mailing, mailing_form
from surveys.web.phrases import _, ngettext
from surveys.web.print_form import written_code
from surveys.web.print_questions import numbers

Page = str | tuple[str, int] | Response
LAST = "paper"  # in the session of whoever types: what can be taken back

_PLACE = "/projekt/<project>/enkatinmatning/<int:mailing>"


@dataclass(frozen=True)
class Typed:
    """What fills the fields of a paper, and what is said about it."""

    fields: Fields = field(default_factory=dict)
    checked: Checked = field(default_factory=lambda: Checked({}, {}))
    notice: str = ""


@blueprint.get("/projekt/<project>/enkatinmatning")
@staff("organiser")
def papers_to_type_in(project: str) -> str:
    """The questionnaires whose papers can be typed in now."""
    found = chasing_queries.open_mailings(reading_session(), g.project.id, clock.now())
    return page(
        "paper_mailings", crumbs=crumbs((_("Type in papers"), None)), mailings=found, asks=asked_by(found)
    )


@blueprint.get(_PLACE)
@staff("organiser")
def next_paper(project: str, mailing: int) -> Page:
    return _start(asking_mailing(mailing))


@blueprint.get(f"{_PLACE}/papper")
@staff("organiser")
def paper_form(project: str, mailing: int) -> Page:
    """The questions of the paper with the code ``kod``, or in *named* of the participant ``person``."""
    one = asking_mailing(mailing)
    if not {"kod", "person"} & set(request.args):
        return redirect(_here(one), 303)
    try:
        form = _found(one)
        view = _opened(form)
    except paper.UnknownPaper:
        return _start(one, request.args.get("kod", ""), _unknown(one)), 422
    except responses.AnsweredAlready:
        return _answered_already(one)
    return _form_page(one, form, view, Typed())


@blueprint.post(f"{_PLACE}/papper")
@staff("organiser")
def type_in(project: str, mailing: int) -> Page:
    one, house = asking_mailing(mailing), installation()
    raw = {name: request.form.getlist(name) for name in request.form if name.startswith("q-")}
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
            _language(form),
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
    if entered.left_out:
        text = ngettext(
            "%(num)s answer was not kept: the question is not for those who answered the others so.",
            "%(num)s answers were not kept: the questions are not for those who answered the others so.",
            entered.left_out,
        )
        flash(text, "warning")
    return redirect(_here(one), 303)


@blueprint.post(f"{_PLACE}/angra")
@staff("organiser")
def take_paper_back(project: str, mailing: int) -> Response:
    one, house, last = asking_mailing(mailing), installation(), _last(asking_mailing(mailing))
    try:
        if last is None:
            raise paper.NotUndone
        paper.undo(house.database, house.keys, g.project.id, one.id, last, g.user.user_id, clock.now())
    except paper.NotUndone:
        flash(_("It could not be taken back: it has been changed since, or taken back already."), "warning")
    else:
        flash(
            _("Paper %(code)s is taken back. You can type it in again.", code=written_code(last.code)),
            "positive",
        )
    session.pop(LAST, None)
    return redirect(_here(one), 303)


def _here(one: Mailing, *parts: str) -> str:
    return address("enkatinmatning", str(one.id), *parts)


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


def _language(form: PaperForm) -> str:
    """The language of the paper is not known; that of the person is the best guess."""
    return form.person.language if form.person.language in g.project.languages else g.project.languages[0]


def _last(one: Mailing) -> Entered | None:
    kept = session.get(LAST)
    return Entered(*kept[1:]) if kept and kept[0] == one.id else None


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
    return redirect(_here(one), 303)


def _not_saved(
    one: Mailing, form: PaperForm, raw: Mapping[str, list[str]], reason: responses.NotSaved
) -> Page:
    match reason:
        case responses.Incomplete():
            return _form_page(one, form, reason.view, Typed(raw, reason.checked)), 422
        case responses.FormChanged():
            notice = _(
                "The questions have changed since the page was opened. Look through what you have typed."
            )
            return _form_page(one, form, reason.view, Typed(raw, notice=notice)), 409
    return _start(one, "", _unknown(one)), 410


def _start(one: Mailing, typed: str = "", error: str = "") -> str:
    now = clock.now()
    everyone = paper.forms(reading_session(), installation().keys, one, now)
    named = paper.mode_of(one).keeps_link
    title = asked_by([one])[one.id]
    return page(
        "paper_start",
        crumbs=_crumbs(one, title),
        one=one,
        title=title,
        here=_here(one),
        typed=typed,
        error=error,
        errors=[("kod", error)] if error else [],
        open=paper.is_open(one, now),
        silent=[each.person for each in everyone if not each.answered] if named else [],
        named=named,
        left=sum(not each.answered for each in everyone),
        last=_last(one),
        written_code=written_code,
    )


def _form_page(one: Mailing, form: PaperForm, view: FormView, typed: Typed) -> str:
    faults = {code: fault_text(fault) for code, fault in typed.checked.errors.items()}
    title = asked_by([one])[one.id]
    numbered = _numbered(view.form, mailing_form(one))
    return page(
        "paper_form",
        crumbs=_crumbs(one, title, written_code(form.code)),
        one=one,
        title=title,
        view=view,
        code=written_code(form.code),
        here=request.full_path,
        back=_here(one),
        notice=typed.notice,
        errors=error_list(numbered, typed.checked),
        questions=questions_html(numbered, None, typed.fields, faults),
    )


def _numbered(shown: Form, printed: Form) -> Form:
    """The form with the numbers of the paper, which also asks for a theme that the register may know."""
    number = numbers(printed)

    def with_number(text: LocalText, code: str) -> LocalText:
        return {name: f"{number[code]}. {each}" for name, each in text.items()} if code in number else text

    questions = tuple(
        replace(each, text=with_number(each.text, each.code), required=False) for each in shown.questions
    )
    return replace(shown, questions=questions)


def _crumbs(one: Mailing, title: str, code: str = "") -> list[tuple[str, str | None]]:
    whole = (_("Type in papers"), address("enkatinmatning"))
    if not code:
        return crumbs(whole, (title, None))
    return crumbs(whole, (title, _here(one)), (code, None))
