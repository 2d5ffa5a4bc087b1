"""Personal links. The token leaves the address at once and lives in a cookie named after what it opens,
so that two people on one computer never write as each other.
"""

from flask import request
from werkzeug.wrappers import Response

from surveys.web.guard import installation


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
