"""Static files: a hash of the content in the address, so that they can be kept for a year, and few bytes.

Pages hold both secrets and what the reader sent, so they are not compressed (BREACH). Only those are that
show nothing of the request: see :func:`compress_page`.
"""

import gzip
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

COMPRESSED = frozenset({".css", ".js", ".svg"})


def register(app: Flask) -> None:
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (version := _version(folder / values["filename"])):
            values["v"] = version

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code != 200:
            return response
        path = folder / request.path.removeprefix(f"{app.static_url_path}/")
        if path.suffix not in COMPRESSED:
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            _replace(response, _compressed(path))
        return response


def compress_page(response: Response) -> Response:
    """Compress a page asked for by its bare address, which so holds nothing that came with the request."""
    bare = request.method == "GET" and not request.query_string
    if bare and response.status_code == 200 and response.mimetype == "text/html":
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            # The fastest level: most of a page is its own repetition, and it is made for one reader.
            response.set_data(gzip.compress(response.get_data(), 1, mtime=0))
            response.content_encoding = "gzip"
    return response


def _replace(response: Response, content: bytes) -> None:
    response.response.close()  # type: ignore[union-attr]
    response.direct_passthrough = False
    response.set_data(content)
    response.content_encoding = "gzip"


# Once a process: files do not change under a running server.
@cache
def _version(path: Path) -> str | None:
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
