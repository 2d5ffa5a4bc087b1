"""From what is known about a mail to the mail: text and HTML, in the receiver's language."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.domain import dates
from surveys.domain.texts import pick
from surveys.mail.letter import Letter
from surveys.mail.office import LANGUAGES, Office
from surveys.mail.outgoing import About, Outgoing

TEMPLATES = {
    "invitation": "invitation",
    "reminder": "reminder",
    "log_prompt": "log_prompt",
    "log_reminder": "log_prompt",
}
_SPACES = re.compile(r"[ \t]*\n")
_GAPS = re.compile(r"\n{3,}")


def compose(outgoing: Outgoing, office: Office, now: datetime) -> Letter:
    """Write a claimed mail, dated ``now``. The same mail written again has the same Message-ID and link.

    Needs the application context of ``office``.
    """
    language = outgoing.language if outgoing.language in LANGUAGES else LANGUAGES[0]
    template = TEMPLATES[outgoing.kind]
    values = _values(outgoing, language, office.settings.base_url)
    subject, _, text = office.render(f"{template}.txt", language, **values).partition("\n")
    domain = office.settings.mail.sender.rpartition("@")[2]
    message = Letter(
        subject=_one_line(subject),
        recipients=[(outgoing.receiver, outgoing.address)],
        body=_tidy(text),
        html=_tidy(office.render(f"{template}.html", language, **values)),
        sender=_address(outgoing.sender.name, office.settings.mail.sender),
        # An address outside ASCII needs servers that few have: better a mail without it than none.
        reply_to=outgoing.sender.reply_to if outgoing.sender.reply_to.isascii() else None,
        date=now.timestamp(),
        extra_headers={
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<{outgoing.sender.code}.folja.{domain}>",
            "Content-Language": language,
        },
    )
    message.msgId = f"<{outgoing.public_id}@{domain}>"
    return message


def _values(outgoing: Outgoing, language: str, base_url: str) -> dict[str, object]:
    zone = outgoing.sender.timezone
    closes = outgoing.closes_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return {
        "mail": outgoing,
        "asks": pick(outgoing.asks, outgoing.language),
        "matter": outgoing.about.title if outgoing.about else outgoing.series,
        "occasion": _occasion(outgoing.about, zone, language) if outgoing.about else "",
        "closes": dates.when(closes, language),
        "link": base_url + outgoing.path,
    }


def _occasion(about: About, home: str, language: str) -> str:
    """ "Mötesteknik, tis 1 dec 2026 kl. 13.00–16.30, Göteborg"; a zone other than ``home`` is named."""
    parts = [about.title]
    if about.starts and about.ends:
        span = dates.span(about.starts, about.ends, language)
        parts.append(span if about.timezone == home else f"{span} ({dates.city(about.timezone)})")
    if about.place:
        parts.append(about.place)
    return ", ".join(parts)


def _one_line(text: str) -> str:
    # A title may hold a line break; a subject may not.
    return " ".join(text.split())


def _tidy(text: str) -> str:
    """Blank lines left by parts that are not there, taken away."""
    return _GAPS.sub("\n\n", _SPACES.sub("\n", text)).strip() + "\n"


def _address(name: str, address: str) -> str:
    # Quoted, because Flask-Mail takes a sender apart again, and a name may hold a comma.
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'
