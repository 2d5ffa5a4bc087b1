"""One question at a time: the first screen, each question, and the look through before sending in.

Every step is a form of its own, which saves the draft and goes on. What was saved is asked for again at each
page, so Back loses nothing, the browser's neither.
"""

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from flask import redirect, render_template, request, url_for
from markupsafe import Markup, escape

from surveys import clock
from surveys.answers import responses
from surveys.answers.form_view import FormView
from surveys.answers.steps import Step, mark, misfit, whole
from surveys.domain import stops
from surveys.domain.questionnaire import fields_of
from surveys.domain.questions import Fields, Unacceptable
from surveys.domain.stops import Stop
from surveys.web import answer_layout, answer_logotype, answer_pages, answer_saved, language, links
from surveys.web.answer_frame import framed
from surveys.web.answer_pages import Page, Shown
from surveys.web.answer_privacy import privacy_text
from surveys.web.answer_questions import stop_html
from surveys.web.answer_texts import fault_text, progress_text
from surveys.web.phrases import _

OVERVIEW = "oversikt"
BUTTONS = ("next", "back", "save", "overview", "layout")


def start_page(view: FormView, notice: str = "") -> Page:
    """Who asks and why, and the way in."""
    asked = view.form.asked(view.current, view.today)
    first = stops.where_left(view.form, view.current, asked)
    return answer_pages.page(
        "start",
        view,
        stage=view.stage,
        person=view.person,
        token=links.form_token(view.public_id),
        moment=answer_pages.last_moment(view),
        notice=notice,
        questions=len([each for each in stops.stops(view.form) if each.code in asked]),
        settled=not view.form.conditions.order,
        onward=_address(view, first),
        privacy_text=privacy_text(view),
    )


def step(public_id: str, code: str) -> Page:
    view = answer_pages.opened(public_id)
    if view.is_over:
        return answer_pages.closed_page(view)
    found = stops.stop_at(view.form, code)
    if found is None or code not in view.form.asked(view.current, view.today):
        return redirect(url_for(".form", public_id=public_id), 303)
    return _step_page(view, found)


def take_step(public_id: str, code: str) -> Page:
    answer_pages.as_written()
    sent, typed = Step(code, request.form.get("was", "")), answer_pages.typed()
    if not any(button in request.form for button in BUTTONS):
        return step_as_typed(public_id, code, "", 200)  # the language was changed in the middle of it all
    try:
        saved = answer_pages.save(public_id, typed, submit=False, step=sent)
    except responses.NotSaved as reason:
        return _not_saved(reason, sent, typed)
    view, answers = saved.view, saved.checked.answers
    answer_pages.prefer(view)
    if answer_saved.is_asked_for():
        return answer_saved.saved(saved, clock.now(), code)
    if layout := answer_layout.asked_for():
        back = redirect(url_for(".form", public_id=public_id), 303)
        return answer_layout.remember(back, public_id, layout)
    asked = view.form.asked(answers, view.today)
    fault = misfit(view, code, answers) if {"next", "overview"} & set(request.form) else None
    if fault is not None:
        return step_as_typed(public_id, code, "", 422, fault)
    return redirect(_onward(view, code, asked), 303)


def step_as_typed(
    public_id: str, code: str, notice: str, status: int, fault: Unacceptable | None = None
) -> Page:
    view = answer_pages.opened(public_id)
    found = stops.stop_at(view.form, code)
    if found is None:  # the questions have changed
        return answer_pages.typed_page(view, Shown(answer_pages.typed(), view.edition, notice=notice), status)
    return _typed_step(view, found, notice, status, fault)


def overview(public_id: str) -> Page:
    view = answer_pages.opened(public_id)
    return answer_pages.closed_page(view) if view.is_over else _overview_page(view)


def send_in(public_id: str) -> Page:
    """Send in what was looked through, and nothing else."""
    answer_pages.as_written()
    try:
        answer_pages.save(public_id, None, submit=True)
    except responses.Incomplete as reason:
        answer_pages.prefer(reason.view)
        return _overview_page(reason.view, 422, reason.checked.errors)
    except responses.Closed as reason:
        answer_pages.prefer(reason.view)
        return answer_pages.closed_page(reason.view)
    except responses.NotSaved as reason:
        answer_pages.prefer(reason.view)
        notice = _("Your answers have been changed on another page or device since. Look through them again.")
        if isinstance(reason, responses.FormChanged):
            notice = answer_pages.questions_changed()
        return _overview_page(reason.view, 409, notice=notice)
    return redirect(url_for(".receipt", public_id=public_id), 303)


def choose_layout(public_id: str) -> Page:
    """Nothing is typed on the first screen, and nothing is saved from it."""
    view = answer_pages.opened(public_id)
    chosen = answer_layout.asked_for() or view.form.layout
    return answer_layout.remember(redirect(url_for(".form", public_id=public_id), 303), public_id, chosen)


def _not_saved(reason: responses.NotSaved, sent: Step, typed: Fields) -> Page:
    view = reason.view
    answer_pages.prefer(view)
    if answer_saved.is_asked_for():
        return answer_saved.not_saved(reason)
    match reason:
        case responses.Incomplete():
            found = stops.stop_at(view.form, sent.code)
            if found is not None:
                return _typed_step(view, found, "", 422, reason.checked.errors[sent.code])
        case responses.Conflict():
            address = url_for(".take_step", public_id=view.public_id, code=sent.code)
            was = [("was", mark(view.current.get(sent.code)))]
            button = next(each for each in BUTTONS if each in request.form)
            return answer_pages.conflict_page(reason, address, was, "save" if button == "layout" else button)
        case responses.Closed():
            return answer_pages.closed_page(view, whole(view, typed, sent))
    return step_as_typed(view.public_id, sent.code, answer_pages.questions_changed(), 409)


def _step_page(view: FormView, stop: Stop) -> Page:
    asked = view.form.asked(view.current, view.today)
    fields = fields_of(view.form, view.current)
    till = request.args.get("till", "") == OVERVIEW
    html = stop_html(view.form, stop, view.sheet, fields, "", asked)
    places = {**_places(view, stop, html), "was": mark(view.current.get(stop.code))}
    return framed("change" if till else "step", view, places, partial(_step_frame, till))


def _typed_step(
    view: FormView, stop: Stop, notice: str, status: int, fault: Unacceptable | None = None
) -> Page:
    asked = view.form.asked(view.current, view.today) | {stop.code}
    error = fault_text(fault) if fault is not None else ""
    html = stop_html(view.form, stop, view.sheet, answer_pages.typed(), error, asked)
    till = "overview" in request.form
    # The answer itself may have been saved though it does not fit: then the page goes on from that.
    was = mark(view.current.get(stop.code)) if fault is not None else request.form.get("was", "")
    page = _step_html(
        till,
        view,
        {**_places(view, stop, html), "was": was},
        errors=[(stop.question.names()[0], language.sentence(stop.question.text, error))] if error else [],
        notice=notice,
        unsaved=True,
        back=_address(view, stops.before(view.form, stop.code, asked)) if "back" in request.form else "",
    )
    return page, status


def _places(view: FormView, stop: Stop, html: Markup) -> dict[str, str]:
    asked = view.form.asked(view.current, view.today) | {stop.code}
    return {
        "token": links.form_token(view.public_id),
        "edition": view.edition,
        "code": quote(stop.code),
        "progress": str(escape(progress_text(stops.progress(view.form, stop.code, asked)))),
        "content": html,
        "logotype": answer_logotype.image(view),
    }


def _step_frame(till: bool, view: FormView, marks: Mapping[str, str]) -> str:
    return _step_html(till, view, answer_pages.marks_of(marks))


def _step_html(till: bool, view: FormView, places: Mapping[str, str], **values: object) -> str:
    known = {"errors": [], "notice": "", "back": ""}
    return render_template("answer/step.html", view=view, till=till, **places, **(known | values))


def _overview_page(
    view: FormView,
    status: int = 200,
    errors: Mapping[str, Unacceptable] | None = None,
    notice: str = "",
) -> Page:
    here, faults = language.current(), errors or {}
    asked = view.form.asked(view.current, view.today)
    questions = [stop.question for stop in stops.stops(view.form) if stop.code in asked]
    rows = [
        {
            "code": each.code,
            "text": language.shown(each.text),
            "answer": each.shown(view.current[each.code], here) if each.code in view.current else "",
            "required": each.required,
            "error": fault_text(faults[each.code]) if each.code in faults else "",
        }
        for each in questions
    ]
    return answer_pages.page(
        "overview",
        view,
        status,
        rows=rows,
        errors=[
            (f"change-{each.code}", language.sentence(each.text, fault_text(faults[each.code])))
            for each in questions
            if each.code in faults
        ],
        notice=notice,
        stage=view.stage,
        token=links.form_token(view.public_id),
        last=stops.before(view.form, "", asked),
    )


def _onward(view: FormView, code: str, asked: frozenset[str]) -> str:
    """Where the button that was pressed leads to."""
    if "save" in request.form:
        return url_for(".form", public_id=view.public_id)
    if "overview" in request.form:
        return url_for(".overview", public_id=view.public_id)
    if "back" in request.form:
        earlier = stops.before(view.form, code, asked)
        return _address(view, earlier) if earlier else url_for(".form", public_id=view.public_id)
    return _address(view, stops.after(view.form, code, asked))


def _address(view: FormView, code: str | None) -> str:
    """The page of a question; where there is none, that of the look through."""
    if code is None:
        return url_for(".overview", public_id=view.public_id)
    return url_for(".step", public_id=view.public_id, code=code)
