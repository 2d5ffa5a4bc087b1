"""Personal links. The token leaves the address at once and lives in a cookie named after what it opens,
so that two people on one computer never write as each other.
"""

from dataclasses import dataclass
from hmac import compare_digest

from flask import request
from flask_babel import LazyString
from werkzeug.wrappers import Response

from surveys.keys import PUBLIC_ID_LENGTH
from surveys.web.guard import installation


@dataclass(frozen=True)
class LinkProblem:
    """A page that says why a link leads nowhere, and what to do."""

    status: int
    title: LazyString
    text: LazyString
    mailable: bool = True  # a new link by mail would help


def cookie_name(public_id: str) -> str:
    """Return the cookie's name; ``__Host-`` pins it to this host, which browsers allow over https only."""
    return f"{'__Host-' if installation().settings.is_https else ''}folja-{public_id}"


def keep(response: Response, public_id: str, token: str) -> Response:
    """Let the browser hold the link's token until it is closed."""
    response.set_cookie(
        cookie_name(public_id),
        token,
        path="/",
        secure=installation().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def held(public_id: str) -> str:
    """Return the token that this browser holds for ``public_id``, or an empty text."""
    return request.cookies.get(cookie_name(public_id), "")


def all_held() -> dict[str, str]:
    """Return every link that this browser holds: its token, by the public id that it opens."""
    start = cookie_name("")
    # Others of ours, such as the language chosen, begin alike on http.
    length = len(start) + PUBLIC_ID_LENGTH
    mine = [name for name in request.cookies if name.startswith(start) and len(name) == length]
    return {name.removeprefix(start): request.cookies[name] for name in mine}


def forget(response: Response) -> Response:
    """Let the browser forget every link that it holds: whose they are it cannot tell."""
    for public_id in all_held():
        response.delete_cookie(
            cookie_name(public_id),
            path="/",
            secure=installation().settings.is_https,
            httponly=True,
            samesite="Lax",
        )
    return response


def form_token(public_id: str) -> str:
    """Return the hidden token of a form opened with the link that this browser holds."""
    return installation().keys.form_token(held(public_id))


def is_own_form(public_id: str) -> bool:
    """Say whether the form that was sent came with the link's own hidden token."""
    sent = request.form.get("csrf_token", "").encode()
    return bool(held(public_id)) and compare_digest(sent, form_token(public_id).encode())
