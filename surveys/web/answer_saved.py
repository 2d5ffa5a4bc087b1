"""What the page's script is told when it has sent a draft: words for people, and what to go on from."""

from datetime import datetime

from flask import g, jsonify, request
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.answers import responses
from surveys.answers.responses import Saved
from surveys.answers.steps import mark
from surveys.domain.timing import to_wall
from surveys.web.filters import clock
from surveys.web.phrases import _

JSON = "application/json"


def is_asked_for() -> bool:
    """Whether the script sent the form, not the person."""
    return request.accept_mimetypes.best == JSON


def saved(done: Saved, now: datetime, code: str = "") -> Response:
    """A draft is kept; of a step with the mark of its answer."""
    at = clock(to_wall(now, g.timezone))
    if done.view.submitted_at is not None:
        said = _("Your changes were saved at %(clock)s. They are not sent in yet.", clock=at)
    else:
        said = _("Saved at %(clock)s. Not sent in yet.", clock=at)
    if left_out := len(done.checked.errors):
        said = f"{said} {_left_out(left_out)}"
    was = mark(done.checked.answers.get(code)) if code else ""
    return jsonify(state="saved", edition=done.edition, was=was, said=said)


def not_saved(reason: responses.NotSaved) -> tuple[Response | str, int]:
    """``state`` is the reason's code; all but a faulty answer has to be seen on a page."""
    said = {
        "closed": _("The questionnaire has closed. What you write now is not saved."),
        "conflict": _("Your answers were changed on another page or device. Nothing has been overwritten."),
        "form_changed": _("The questions have changed since you opened the page."),
        "incomplete": _("The answer cannot be saved as it stands. What was saved before is still there."),
    }
    choose = {
        "conflict": _("Show both and choose"),
        "form_changed": _("Show the questions as they are now"),
    }
    status = 422 if reason.code == "incomplete" else 409
    told = {"state": reason.code, "said": said[reason.code], "choose": choose.get(reason.code, "")}
    return jsonify(told), status


def no_link(error: responses.LinkError, held: bool) -> tuple[Response | str, int]:
    """The link has ended, or this browser holds none any more."""
    state = error.code if held else "no_cookie"
    said = _("What you write now is not sent, but kept in this browser. Open the link from the mail again.")
    if state == "withdrawn_link":
        said = _("The link has been withdrawn. What you write now is not saved.")
    if state == "not_open_yet":
        said = _(
            "The questionnaire is not open yet. What you write now is not sent, but kept in this browser."
        )
    return jsonify(state=state, said=said), 403


def _left_out(count: int) -> str:
    return str(
        ngettext(
            "One answer cannot be saved as it stands.",
            "%(num)s answers cannot be saved as they stand.",
            count,
        )
    )
