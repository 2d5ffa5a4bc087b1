"""Security headers on every response, and how long each may be kept."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TRANSPORT = "max-age=31536000; includeSubDomains"
YEAR = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    app.after_request(_limit_keeping)
    same = list(HEADERS.items())
    if app.extensions["folja"].settings.is_https:
        same.append(("Strict-Transport-Security", TRANSPORT))
    app.wsgi_app = _adding(app.wsgi_app, same)  # type: ignore[method-assign]


def _adding(inner: Any, same: list[tuple[str, str]]) -> Any:
    """The WSGI application ``inner`` with headers that are the same on all its responses, faults included."""

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + same, exc_info)

        answered: Iterable[bytes] = inner(environ, start)
        return answered

    return outer


def _limit_keeping(response: Response) -> Response:
    response.headers["Cache-Control"] = _cache_control(response)
    return response


def _cache_control(response: Response) -> str:
    if request.endpoint != "static" or response.status_code not in {200, 206, 304}:
        return "no-store"
    return YEAR if request.args.get("v") else "no-cache"
