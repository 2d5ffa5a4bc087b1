"""Taking an answer back: asked about first, and told when it no longer can be found."""

from flask import Blueprint, request
from flask_wtf.csrf import CSRFError

from surveys import clock
from surveys.answers import responses, withdrawing
from surveys.answers.form_view import FormView
from surveys.extensions import csrf
from surveys.web import answer, answer_pages, links
from surveys.web.guard import installation

blueprint = Blueprint("withdrawal", __name__)
csrf.exempt(blueprint)  # checked as the form is: by the link, which spares participants a session
blueprint.before_request(answer.check_origin)
blueprint.register_error_handler(responses.LinkError, answer.link_problem)

Page = answer_pages.Page


@blueprint.get("/svar/<public_id>/ta-tillbaka")
def ask(public_id: str) -> Page:
    return _page(answer_pages.opened(public_id))


@blueprint.post("/svar/<public_id>/ta-tillbaka")
def withdraw(public_id: str) -> Page:
    house = installation()
    try:
        taken = withdrawing.withdraw(
            house.database, house.keys, public_id, links.held(public_id), clock.now()
        )
    except withdrawing.CannotBeFound:
        return _page(answer_pages.opened(public_id), status=410)
    return _page(answer_pages.opened(public_id), "done" if taken else "")


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the page has ended: ask again."""
    try:
        view = answer_pages.opened(str((request.view_args or {}).get("public_id", "")))
        return _page(view, notice=answer_pages.out_of_date(), status=400)
    except responses.LinkError as error:
        return answer.link_problem(error)


def _page(view: FormView, state: str = "", notice: str = "", status: int = 200) -> Page:
    """``state``: done, else lost, none or ask, by what there is."""
    if not state:
        state = "lost" if not view.can_be_found else "ask" if view.revision else "none"
    token = links.form_token(view.public_id)
    status = 410 if state == "lost" else status
    return answer_pages.page("withdraw", view, status, state=state, notice=notice, token=token)
