"""The file that came along with a form."""

from contextlib import closing

from flask import request


def sent_file(field: str, largest: int) -> tuple[str, bytes]:
    """Its name and content; "" and nothing where none was chosen.

    Read are ``largest`` bytes and one more, at most: enough to know that it is too large.
    """
    sent = request.files.get(field)
    if sent is None:
        return "", b""
    with closing(sent):
        return sent.filename or "", sent.read(largest + 1)
