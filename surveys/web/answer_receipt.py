"""The receipt as a PDF: what was answered, when, until when it can be changed, and who to ask."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import responses
from surveys.answers.form_view import Answers, FormView
from surveys.domain.texts import pick
from surveys.printing import content, typesetting
from surveys.printing.content import Piece, text
from surveys.web import language, links, print_project
from surveys.web.answer import blueprint
from surveys.web.answer_pages import moment, prefer
from surveys.web.filters import when
from surveys.web.guard import installation
from surveys.web.phrases import _

__all__ = ["blueprint"]  # of all that belongs to an answer, this page included
SIZE = 12  # points


@blueprint.get("/svar/<public_id>/tack.pdf")
def receipt_file(public_id: str) -> Response:
    """For whoever holds the link, as the page; what is not sent in has no receipt."""
    house, token = installation(), links.held(public_id)
    view = responses.open_form(house.database, house.keys, public_id, token, clock.now())
    if view.answers is None:
        return redirect(url_for("answer.form", public_id=public_id), 303)
    prefer(view)
    logotype = None
    if view.project.logotype_type:
        logotype = responses.logotype(house.database, public_id, token)
    piece = _content(view, view.answers)
    piece["project"] = print_project.head(view.project, logotype, language.current())
    answer = Response(typesetting.pdf("receipt", piece), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=_("receipt") + ".pdf")
    return answer


def _content(view: FormView, answers: Answers) -> Piece:
    code, title = language.current(), pick(view.form.title, language.current())
    heading = _("Your answers")
    about = f"{title}, {view.occasion.title}" if view.occasion else f"{title}, {view.series_title}"
    asked = (each for each in view.form.questions if each.code in answers)
    document = content.document(
        f"{heading}: {title}", view.project.sender_name, code, SIZE, print_project.page_words()
    )
    return document | {
        "heading": content.heading(heading, code),
        "facts": [text(each, code) for each in (about, *_moments(view))],
        "answers": [
            {
                "question": content.heading(pick(each.text, code), code),
                "text": text(each.shown(answers[each.code], code), code),
            }
            for each in asked
        ],
        "ends": [text(each, code) for each in _whom_to_ask(view)],
    }


def _moments(view: FormView) -> list[str]:
    assert view.submitted_at is not None  # noqa: S101 - with the answers
    sent = _("Sent in %(moment)s.", moment=moment(view, view.submitted_at))
    closes = when(view.closes_at, view.timezone)
    if view.closed:
        return [sent, _("The questionnaire has closed.")]
    return [sent, _("You can change your answers until %(moment)s, by the link in the mail.", moment=closes)]


def _whom_to_ask(view: FormView) -> list[str]:
    project = view.project
    return [
        _(
            "Do you want to ask something? Write to %(sender)s: %(address)s.",
            sender=project.sender_name,
            address=project.reply_to,
        )
    ]
