"""The pages about one invitation to answer, of both layouts: what they are made from, and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flask import g, render_template, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import responses
from surveys.answers.filled import FilledForm
from surveys.answers.form_view import Answers, FormView
from surveys.answers.responses import Saved
from surveys.answers.steps import Step
from surveys.domain.questionnaire import Checked, check, fields_of
from surveys.domain.questions import Fields, Question
from surveys.web import answer_logotype, language, links
from surveys.web.answer_conditions import conditions_json
from surveys.web.answer_frame import framed
from surveys.web.answer_privacy import privacy_text
from surveys.web.answer_questions import questions_html
from surveys.web.answer_texts import error_list, fault_text
from surveys.web.filters import day, when
from surveys.web.guard import installation
from surveys.web.phrases import _

Page = str | tuple[str | Response, int] | Response


SEEN = "seen-"


@dataclass(frozen=True)
class Shown:
    """What fills the form's fields, and what is said about it. ``new``: questions that have just come."""

    fields: Fields
    edition: str
    checked: Checked = field(default_factory=lambda: Checked({}, {}))
    notice: str = ""
    new: frozenset[str] = frozenset()


def opened(public_id: str) -> FormView:
    house = installation()
    view = responses.open_form(house.database, house.keys, public_id, links.held(public_id), clock.now())
    prefer(view)
    return view


def save(
    public_id: str,
    raw: Fields | None,
    submit: bool,
    step: Step | None = None,
    seen: Sequence[str] | None = None,
) -> Saved:
    """Keep what the request has sent; raises what :func:`surveys.answers.responses.save` raises."""
    house = installation()
    filled = FilledForm(
        fields=raw,
        language=language.current(),
        submit=submit,
        edition=edition(),
        version=request.form.get("version", ""),
        step=step,
        seen=seen,
    )
    return responses.save(house.database, house.keys, public_id, links.held(public_id), filled, clock.now())


def form_page(view: FormView) -> str:
    """The whole form with what is saved in it."""
    asked = view.form.asked(view.current, view.today)
    places = {
        "person": str(escape(view.person)),
        "token": links.form_token(view.public_id),
        "edition": view.edition,
        "moment": last_moment(view),
        "content": questions_html(view.form, view.sheet, fields_of(view.form, view.current), asked=asked),
        "logotype": answer_logotype.image(view),
    }
    return framed("form", view, places, partial(_form_frame, view.stage))


def typed_page(view: FormView, shown: Shown, status: int = 200) -> Page:
    """The whole form as it was typed, with what is said about it."""
    answers = check(view.form, shown.fields, complete=False).answers
    # A question that nobody has seen yet is not a fault of whoever answers.
    errors = {code: each for code, each in shown.checked.errors.items() if code not in shown.new}
    faults = {code: fault_text(fault) for code, fault in errors.items()}
    asked = view.form.asked(answers, view.today)
    places = {
        "person": view.person,
        "token": links.form_token(view.public_id),
        "edition": shown.edition,
        "moment": last_moment(view),
        "content": questions_html(view.form, view.sheet, shown.fields, faults, asked),
        "logotype": answer_logotype.image(view),
    }
    new = [each for each in view.form.questions if each.code in shown.new]
    html = _form_html(
        view,
        view.stage,
        places,
        errors=error_list(view.form, Checked({}, errors)),
        notice=shown.notice,
        unsaved=True,
        new=[(each.names()[0], language.shown(each.text)) for each in new],
    )
    return html, status


def receipt_page(view: FormView, answers: Answers) -> str:
    # By itself, without what a whole page is given.
    copied = render_copy(copy(view, answers))
    at, logotype = moment(view, view.submitted_at), answer_logotype.image(view)
    places = {"moment": at, "content": copied, "logotype": logotype, "edition": view.edition}
    places["token"] = links.form_token(view.public_id)
    return framed("receipt", view, places, partial(_receipt_frame, view.stage))


def closed_page(view: FormView, fields: Fields | None = None) -> Page:
    """Closed; with what was sent in, or what never was, to read."""
    unsent = check(view.form, fields, complete=False).answers if fields else view.draft
    sent = copy(view, view.answers) if view.answers is not None else []
    status = 200 if view.answers is not None and not fields else 410
    said = {
        "moment": moment(view, view.submitted_at),
        "privacy_text": privacy_text(view),
        "token": links.form_token(view.public_id),
    }
    return page("closed", view, status, copy=sent, unsent=copy(view, unsent or {}), **said)


def conflict_page(
    reason: responses.Conflict, address: str, more: Sequence[tuple[str, str]], button: str
) -> Page:
    """Both answers, to choose between; ``more`` fields go with the choice of mine."""
    view = reason.view
    differing = differences(view, reason.stored, reason.mine)
    values = {"differing": differing, "typed": typed(), "address": address, "more": more, "button": button}
    return page("conflict", view, 409, **values, moment=moment(view, view.saved_at))


def page(name: str, view: FormView, status: int = 200, **values: object) -> Page:
    given = {"errors": [], "logotype": answer_logotype.image(view)} | values
    return render_template(f"answer/{name}.html", view=view, **given), status


def prefer(view: FormView) -> None:
    g.timezone = view.project.timezone
    language.prefer(view.language, view.project.languages)


def as_written() -> None:
    """Answer in the language of the page that was sent: the questions were read in that one."""
    language.written_in(request.form.get("written_in"))


def typed() -> Mapping[str, list[str]]:
    """The answers as they were sent; other fields of the form are not answers."""
    return {name: request.form.getlist(name) for name in request.form if name.startswith("q-")}


def seen() -> list[str]:
    """The questions with a condition that were in sight."""
    return [name.removeprefix(SEEN) for name in request.form if name.startswith(SEEN)]


def edition() -> str:
    return request.form.get("edition", "")


def last_moment(view: FormView) -> str:
    """When what the page shows was saved or sent in; "" where nothing has been."""
    return moment(view, view.saved_at if view.draft is not None else view.submitted_at)


def moment(view: FormView, at: datetime | None) -> str:
    if at is None:
        return ""
    # Where a moment could lead to a person, only its day is kept.
    if not view.privacy_mode.keeps_time:
        return day(at.astimezone(ZoneInfo(view.timezone)).date())
    return when(at, view.timezone)


def copy(view: FormView, answers: Answers) -> list[tuple[str, str]]:
    """Question and answer in words, of all that was answered."""
    code = language.current()
    asked = (each for each in view.form.questions if each.code in answers)
    return [(language.shown(each.text), each.shown(answers[each.code], code)) for each in asked]


def render_copy(answers: list[tuple[str, str]]) -> str:
    return render_template("answer/copy.html", answers=answers)


def differences(view: FormView, stored: Answers, mine: Answers) -> list[tuple[str, str, str]]:
    """Question, what is saved and what was sent now, where the two are not the same."""
    code = language.current()

    def shown(question: Question, answers: Answers) -> str:
        return question.shown(answers[question.code], code) if question.code in answers else ""

    differ = (each for each in view.form.questions if stored.get(each.code) != mine.get(each.code))
    return [(language.shown(each.text), shown(each, stored), shown(each, mine)) for each in differ]


def out_of_date() -> str:
    return _("The page had been open for too long. Nothing is lost. Press the button again.")


def questions_changed() -> str:
    return _("The questions have changed since you opened the page. Look through your answers.")


def _form_frame(stage: str, view: FormView, marks: Mapping[str, str]) -> str:
    return _form_html(view, stage, marks_of(marks))


def _receipt_frame(stage: str, view: FormView, marks: Mapping[str, str]) -> str:
    return render_template("answer/receipt.html", view=view, stage=stage, **marks_of(marks))


def marks_of(marks: Mapping[str, str]) -> dict[str, str]:
    """Marks of places that take HTML are not to be escaped, though they hold nothing that would be."""
    return {**marks, **{name: Markup(marks[name]) for name in ("content", "logotype")}}  # noqa: S704


def _form_html(
    view: FormView,
    stage: str,
    places: Mapping[str, str],
    errors: Sequence[tuple[str, str]] = (),
    notice: str = "",
    new: Sequence[tuple[str, str]] = (),
    unsaved: bool = False,
) -> str:
    return render_template(
        "answer/form.html",
        view=view,
        stage=stage,
        **places,
        errors=errors,
        notice=notice,
        new=new,
        unsaved=unsaved,
        conditions=conditions_json(view),
        privacy_text=privacy_text(view),
    )
