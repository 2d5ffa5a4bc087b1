"""Addresses that come from outside: only those of our own pages are followed."""

from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException


def local_path(address: str | None) -> str | None:
    """``address`` if it is a path of this site, else None."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or any(ord(sign) < 32 or ord(sign) == 127 for sign in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def page_to_return_to() -> str:
    """The page to open again after this request: of a form that is only sent, the one it belongs to."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    return request.path if _can_be_opened(request.path) else _nearest(request.path)


def _nearest(path: str) -> str:
    while path := path.rpartition("/")[0]:
        if _can_be_opened(path):
            return path
    return url_for("public.start")


def _can_be_opened(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True
