"""The mails that went out, to be opened where they were made: in the demo, without a mail server.

Links in them are as good as a password, so the page is for the person at the machine alone.
"""

import io
import ipaddress
import re

from flask import Blueprint, Response, abort, render_template, request, send_file
from markupsafe import Markup, escape

from surveys.mail.mailbox import Letter, Mailbox
from surveys.web import guard
from surveys.web.mail_html import shown_html

blueprint = Blueprint("mailbox", __name__)

PAGE = 25
_HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LINK = re.compile(r"https?://[^\s<>\"]+")


@blueprint.before_request
def only_here() -> None:
    """404 unless the request comes from this machine, straight, and under this machine's name.

    The name is looked at because a page elsewhere can let its own name point to 127.0.0.1.
    """
    forwarded = any(
        name.lower() in {"forwarded", "via", "x-real-ip"} or name.lower().startswith("x-forwarded")
        for name, _ in request.headers
    )
    named = re.sub(r":\d+$", "", request.host)
    if not guard.installation().settings.shows_mailbox or forwarded or named not in _HERE:
        abort(404)
    if not _is_loopback(request.remote_addr):
        abort(404)


@blueprint.get("/brevlada")
@guard.public
def mails() -> str:
    """The mails, newest first; those to one receiver where ``till`` says so."""
    wanted = request.args.get("till", "").strip()
    box = _box()
    names = box.addressed_to(wanted) if wanted else box.names()
    pages = max(1, -(-len(names) // PAGE))
    page = min(max(request.args.get("s", 1, type=int), 1), pages)
    shown = list(box.headings(names[(page - 1) * PAGE : page * PAGE]))
    return render_template(
        "mailbox/mails.html", mails=shown, count=len(names), wanted=wanted, page=page, pages=pages
    )


@blueprint.get("/brevlada/<name>")
@guard.public
def mail(name: str) -> str:
    """One mail, as its receiver sees it."""
    letter = _letter(name)
    headers = dict(letter.headers)
    return render_template(
        "mailbox/mail.html",
        mail=letter.heading,
        reply_to=headers.get("Reply-To", ""),
        html=shown_html(letter.html),
        text=_with_links(letter.text),
        attachments=letter.attachments,
    )


@blueprint.get("/brevlada/<name>/<int:number>")
@guard.public
def attachment(name: str, number: int) -> Response:
    """A file that came with a mail, by its number from 0, to be saved."""
    attachments = _letter(name).attachments
    if number >= len(attachments):
        abort(404)
    found = attachments[number]
    file = io.BytesIO(found.content)
    return send_file(file, mimetype=found.kind, as_attachment=True, download_name=found.name)


def _letter(name: str) -> Letter:
    return _box().letter(name) or abort(404)


def _box() -> Mailbox:
    return Mailbox(guard.installation().settings.mailbox)


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _with_links(text: str) -> Markup:
    pieces, end = [], 0
    for found in _LINK.finditer(text):
        pieces.append(escape(text[end : found.start()]))
        pieces.append(Markup('<a href="{0}">{0}</a>').format(found.group()))
        end = found.end()
    return Markup().join([*pieces, escape(text[end:])])
