"""One page or one question at a time: as the form says itself, unless the person has chosen."""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from surveys.answers.form_view import FormView
from surveys.domain.questionnaire import LAYOUTS
from surveys.web.guard import installation

ONE_PAGE, ONE_AT_A_TIME = LAYOUTS
COOKIE = "folja-layout"
KEPT = timedelta(days=30)


def layout_of(view: FormView) -> str:
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LAYOUTS else view.form.layout


def is_stepwise(view: FormView) -> bool:
    return layout_of(view) == ONE_AT_A_TIME


def asked_for() -> str:
    """The layout that a button of the form asks for; "" for none."""
    wanted = request.form.get("layout", "")
    return wanted if wanted in LAYOUTS else ""


def remember(response: Response, public_id: str, layout: str) -> Response:
    """Keep the choice for this one questionnaire, in a cookie that goes to its pages alone."""
    response.set_cookie(
        COOKIE,
        layout,
        KEPT,
        path=f"/svar/{public_id}",
        secure=installation().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return response
