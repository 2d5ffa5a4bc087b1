"""What typing in papers with a code and without one share: the questions, and what is kept meanwhile."""

from dataclasses import dataclass, field, replace

from flask import flash, g, request, session
from werkzeug.wrappers import Response

from surveys.answers.paper import Entered, PaperForm
from surveys.domain.questionnaire import Checked, Form
from surveys.domain.questions import Fields
from surveys.domain.texts import LocalText
from surveys.models.followup import Mailing
from surveys.web.answer_questions import questions_html
from surveys.web.answer_texts import error_list, fault_text
from surveys.web.language import name as language_name
from surveys.web.organise.base import address, asked_by, crumbs, page
from surveys.web.organise.paper import mailing_form
from surveys.web.phrases import _, ngettext
from surveys.web.print_form import written_code
from surveys.web.print_questions import numbers

Page = str | tuple[str, int] | Response
LAST = "paper"  # in the session of whoever types: what can be taken back
SPOKEN = "paper-language"  # and the language of the last paper without a code


@dataclass(frozen=True)
class Typed:
    """What fills the fields of a paper, and what is said about it."""

    fields: Fields = field(default_factory=dict)
    checked: Checked = field(default_factory=lambda: Checked({}, {}))
    notice: str = ""


@dataclass(frozen=True)
class OnPaper:
    """A paper to type in: its questions, ``version`` that names them, and the language it is in.

    ``code`` as it is written, "" of one without, which then has a ``ticket``; ``person`` in *named* alone.
    """

    code: str
    person: str
    form: Form
    version: str
    language: str
    ticket: str = ""


def form_page(one: Mailing, sheet: OnPaper, typed: Typed) -> str:
    """The questions of a paper, with what was typed."""
    faults = {code: fault_text(fault) for code, fault in typed.checked.errors.items()}
    title = asked_by([one])[one.id]
    numbered = _numbered(sheet.form, mailing_form(one))
    return page(
        "paper_form",
        crumbs=crumbs_to(one, title, sheet.code or _("Without a code")),
        one=one,
        title=title,
        sheet=sheet,
        languages=[(each, language_name(each)) for each in g.project.languages],
        here=request.full_path.removesuffix("?"),
        back=here(one),
        last=None if sheet.code else last_of(one),
        written_code=written_code,
        notice=typed.notice,
        errors=error_list(numbered, typed.checked),
        questions=questions_html(numbered, None, typed.fields, faults),
    )


def here(one: Mailing, *parts: str) -> str:
    return address("enkatinmatning", str(one.id), *parts)


def typed_fields() -> dict[str, list[str]]:
    """What was typed of the questions."""
    return {name: request.form.getlist(name) for name in request.form if name.startswith("q-")}


def paper_language(one: Mailing, form: PaperForm | None = None) -> str:
    """The language that a paper is said to be in; else its person's, or that of the last one without."""
    guesses = (
        request.form.get("papper"),
        form.person.language if form else (session.get(SPOKEN) or {}).get(str(one.id)),
    )
    found = next((each for each in guesses if each in g.project.languages), g.project.languages[0])
    if form is None:
        session[SPOKEN] = {str(one.id): found}
    return str(found)


def tell_left_out(count: int) -> None:
    """Say how many answers of a paper were not kept, if any."""
    if count:
        text = ngettext(
            "%(num)s answer was not kept: the question is not for those who answered the others so.",
            "%(num)s answers were not kept: the questions are not for those who answered the others so.",
            count,
        )
        flash(text, "warning")


def last_of(one: Mailing) -> Entered | None:
    kept = session.get(LAST)
    return Entered(*kept[1:]) if kept and kept[0] == one.id else None


def changed_notice() -> str:
    return _("The questions have changed since the page was opened. Look through what you have typed.")


def _numbered(shown: Form, printed: Form) -> Form:
    """The form with the numbers of the paper, which also asks for a theme that the register may know."""
    number = numbers(printed)

    def with_number(text: LocalText, code: str) -> LocalText:
        return {name: f"{number[code]}. {each}" for name, each in text.items()} if code in number else text

    questions = tuple(
        replace(each, text=with_number(each.text, each.code), required=False) for each in shown.questions
    )
    return replace(shown, questions=questions)


def crumbs_to(one: Mailing, title: str, code: str = "") -> list[tuple[str, str | None]]:
    whole = (_("Type in papers"), address("enkatinmatning"))
    if not code:
        return crumbs(whole, (title, None))
    return crumbs(whole, (title, here(one)), (code, None))
