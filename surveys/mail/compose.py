"""From what is known about a mail to the mail: text and HTML, in the receiver's language."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.catalogues import DEFAULT, catalogue, for_staff, language_of
from surveys.domain import dates, wording
from surveys.domain.texts import pick
from surveys.mail.calendar import calendar_file
from surveys.mail.letter import EMBLEM_ID, Letter
from surveys.mail.office import Office
from surveys.mail.outgoing import About, Outgoing, Sender, StaffMail, Told

TEMPLATES = {
    "invitation": "invitation",
    "reminder": "reminder",
    "log_prompt": "log_prompt",
    "log_reminder": "log_prompt",
    "moved": "moved",
    "cancelled": "cancelled",
    "reinstated": "reinstated",
    "own_page": "own_page",
    "closing_summary": "closing_summary",
    "sending_paused": "sending_paused",
}
TEST_MARK = "[Test] "
_SPACES = re.compile(r"[ \t]*\n")
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What surrounds a text: who gets it, from whom, and what makes it known again."""

    public_id: str
    receiver: str
    address: str
    language: str
    sender: Sender
    return_token: str


def compose(mail: Outgoing | StaffMail, office: Office, now: datetime) -> Letter:
    """Write a claimed mail, dated ``now``. The same mail written again has the same Message-ID and link.

    Needs the application context of ``office``.
    """
    if isinstance(mail, Outgoing):
        return _to_participant(mail, office, now)
    if mail.original is not None:
        return _test(mail, mail.original, office, now)
    return _to_staff(mail, office, now)


def _to_participant(mail: Outgoing, office: Office, now: datetime) -> Letter:
    language = language_of(mail.language).catalogue_code
    values = _values(mail, language, office.settings.base_url)
    template = TEMPLATES[mail.kind] if mail.wording is None else "own"
    around = _Envelope(mail.public_id, mail.receiver, mail.address, language, mail.sender, mail.return_token)
    letter = _letter(office, template, around, values, now)
    letter.shows_emblem = mail.emblem is not None
    letter.calendar = calendar_file(mail, _organiser(mail, office), now)
    letter.calendar_name = catalogue(language).gettext("occasion.ics")
    # RFC 8058 wants https; a receiver's program would take no other.
    if mail.stop and office.settings.is_https:
        letter.extra_headers = (letter.extra_headers or {}) | {
            "List-Unsubscribe": f"<{office.settings.base_url}{mail.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return letter


def _test(mail: StaffMail, original: Outgoing, office: Office, now: datetime) -> Letter:
    """The participant's mail as it would be, to the user who wants to see it; nothing can be ended by it."""
    shown = replace(original, public_id=mail.public_id, stop=None, return_token=mail.return_token)
    letter = _to_participant(shown, office, now)
    letter.subject = TEST_MARK + letter.subject
    letter.recipients = [(mail.receiver, mail.address)]
    return letter


def _to_staff(mail: StaffMail, office: Office, now: datetime) -> Letter:
    language = mail.language if mail.language in for_staff() else DEFAULT
    params, zone = mail.params, mail.project.timezone
    since = params.get("since")
    values: dict[str, object] = {
        "mail": mail,
        "params": params,
        "title": pick(params.get("title") or {}, language),
        "matter": params.get("occasion") or params.get("series") or "",
        "since": _local(datetime.fromisoformat(since), zone, language) if since else "",
        "link": office.settings.base_url + str(params.get("path") or f"/projekt/{mail.project.code}/utskick"),
    }
    around = _Envelope(mail.public_id, mail.receiver, mail.address, language, mail.project, mail.return_token)
    return _letter(office, TEMPLATES[mail.kind], around, values, now)


def _letter(
    office: Office, template: str, around: _Envelope, values: dict[str, object], now: datetime
) -> Letter:
    language, sender = around.language, around.sender
    subject, _, text = office.render(f"{template}.txt", language, **values).partition("\n")
    own = office.settings.mail.sender
    domain = own.rpartition("@")[2]
    letter = Letter(
        subject=_one_line(subject),
        recipients=[(around.receiver, around.address)],
        body=tidy(text),
        html=tidy(office.render(f"{template}.html", language, **values)),
        sender=_address(sender.name, own),
        # An address outside ASCII needs servers that few have: better a mail without it than none.
        reply_to=sender.reply_to if sender.reply_to.isascii() else None,
        date=now.timestamp(),
        extra_headers={
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<{sender.code}.folja.{domain}>",
            "Content-Language": language,
        },
    )
    letter.msgId = f"<{around.public_id}@{domain}>"
    letter.return_path = return_path(office.settings.mail.return_address, around.return_token)
    return letter


def return_path(address: str, token: str) -> str:
    """``studs+TOKEN@x.se`` of ``studs@x.se``; "" where no return address is set or the mail has no token."""
    local, at, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}" if local and at and token else ""


def _values(mail: Outgoing, language: str, base_url: str) -> dict[str, object]:
    zone, about = mail.sender.timezone, mail.about
    values: dict[str, object] = {
        "mail": mail,
        "asks": pick(mail.asks, mail.language),
        "matter": about.title if about else mail.series,
        "occasion": _occasion(about, zone, language) if about else "",
        "now_is": _place_and_time(about, zone, language) if about else "",
        "before": _place_and_time(mail.told, zone, language) if mail.told else "",
        "changed": _changed(about, mail.told) if about and mail.told else "",
        "closes": _local(mail.closes_at, zone, language) if mail.closes_at else "",
        "link": base_url + mail.path if mail.path else "",
        "stop": base_url + mail.stop if mail.stop else "",
        "emblem_id": EMBLEM_ID,
    }
    return values | (_own(mail, values, language) if mail.wording else {})


def _own(mail: Outgoing, values: dict[str, object], language: str) -> dict[str, object]:
    """The project's own wording, filled in: a subject, and a text as paragraphs of lines."""
    assert mail.wording is not None  # noqa: S101
    about = mail.about
    fields = {
        "name": mail.receiver,
        "project": mail.sender.title,
        "series": mail.series,
        "occasion": str(values["matter"]),
        "when": _when(about, mail.sender.timezone, language) if about else "",
        "place": (about.place or "") if about else "",
        "before": str(values["before"]),
        "title": str(values["asks"]),
        "link": str(values["link"]),
        "closes": str(values["closes"]),
        "minutes": str(mail.minutes or ""),
        "number": str(mail.step or ""),
        "sender": mail.sender.name,
    }
    body = wording.filled(mail.wording.body, fields)
    return {
        "own_subject": wording.filled(mail.wording.subject, fields),
        "own_body": body,
        "own_paragraphs": wording.paragraphs(body, str(values["link"])),
    }


def _changed(about: About, told: Told) -> str:
    """What of an occasion is not as its receiver was told: postponed, both, time or place."""
    if about.starts is None:
        return "postponed"
    times = (about.starts, about.ends, about.timezone) != (told.starts, told.ends, told.timezone)
    if times and about.place != told.place:
        return "both"
    return "time" if times else "place"


def _occasion(about: About, home: str, language: str) -> str:
    """ "Mötesteknik, tis 1 dec 2026 kl. 13.00–16.30, Göteborg"; a zone other than ``home`` is named."""
    rest = _place_and_time(about, home, language)
    return f"{about.title}{language_of(language).comma}{rest}" if rest else about.title


def _place_and_time(which: About | Told, home: str, language: str) -> str:
    return language_of(language).comma.join(
        part for part in (_when(which, home, language), which.place) if part
    )


def _when(which: About | Told, home: str, language: str) -> str:
    if which.starts is None or which.ends is None:
        return ""
    span = dates.span(which.starts, which.ends, language)
    return span if which.timezone == home else f"{span} ({dates.city(which.timezone)})"


def _local(moment: datetime, zone: str, language: str) -> str:
    return dates.when(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None), language)


def _organiser(mail: Outgoing, office: Office) -> str:
    return mail.sender.reply_to if mail.sender.reply_to.isascii() else office.settings.mail.sender


def _one_line(text: str) -> str:
    # A title may hold a line break; a subject may not.
    return " ".join(text.split())


def tidy(text: str) -> str:
    """Blank lines left by parts that are not there, taken away."""
    return _GAPS.sub("\n\n", _SPACES.sub("\n", text)).strip() + "\n"


def _address(name: str, address: str) -> str:
    # Quoted, because Flask-Mail takes a sender apart again, and a name may hold a comma.
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'
