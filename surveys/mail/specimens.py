"""What a mail text looks like: ours with fields in the places of names, any with made-up values."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

from surveys.catalogues import catalogue, language_of
from surveys.domain.timing import to_utc
from surveys.mail.compose import TEMPLATES, tidy
from surveys.mail.office import Office
from surveys.mail.outgoing import About, Kind, Outgoing, Sender, Told, Wording

_FIXED = "\ue000"  # stands around what every mail says below its text
_REMINDERS = ("reminder", "log_reminder")
_ASKING = ("invitation", "log_prompt", *_REMINDERS)
_NOTICES = ("moved", "cancelled", "reinstated")


def built_in(office: Office, kind: str, language: str) -> Wording:
    """Our own text of ``kind`` with fields where something is filled in: what a wording may begin from."""
    known = language_of(language).catalogue_code
    rendered = office.render(
        f"{TEMPLATES[kind]}.txt",
        known,
        mail=_fields(kind),
        asks="{title}",
        matter="{occasion}",
        occasion="{occasion}",
        now_is="{when}\n{place}",
        before="{before}",
        changed="time",
        closes="{closes}",
        link="" if kind in _NOTICES else "{link}",
        stop="",
        emblem_id="",
        fixed=_FIXED,
    )
    subject, _, text = rendered.partition("\n")
    above, _, below, _ = text.split(_FIXED)
    body = "\n\n".join(part for part in (tidy(above).strip(), tidy(below).strip()) if part)
    # On lines of their own: what an occasion has not is then left out.
    return Wording(" ".join(subject.split()), body.replace("{occasion}.", "{occasion}.\n{when}\n{place}"))


def example(
    kind: str, language: str, sender: Sender, emblem: str | None, wording: Wording | None, now: datetime
) -> Outgoing:
    """A mail of ``kind`` to somebody who does not exist, about an occasion a week from ``now``.

    ``wording`` None: in our own words. Its link leads nowhere.
    """
    person, series, occasion, place, asks = _values(language)
    day = now.astimezone(ZoneInfo(sender.timezone)).replace(tzinfo=None, hour=13, minute=0, second=0)
    starts = day.replace(microsecond=0) + timedelta(days=7)
    ends = starts + timedelta(hours=3)
    about = About(occasion, place, starts, ends, sender.timezone, "exempel", 1, kind == "cancelled")
    before = Told(starts - timedelta(days=1), ends - timedelta(days=1), sender.timezone, place)
    return Outgoing(
        message_id=0,
        public_id="exempel",
        kind=cast(Kind, kind),
        step=1 if kind in _REMINDERS else 0,
        receiver=person,
        address="kim@example.org",
        language=language,
        sender=sender,
        series=series,
        about=None if kind == "own_page" else about,
        attended=False,
        asks={language: asks},
        minutes=3,
        path="" if kind in _NOTICES else "/",
        closes_at=to_utc(ends, sender.timezone) + timedelta(days=14) if kind in _ASKING else None,
        told=before if kind == "moved" else None,
        wording=wording,
        emblem=emblem,
    )


def _fields(kind: str) -> SimpleNamespace:
    return SimpleNamespace(
        kind=kind,
        step="{number}" if kind in _REMINDERS else 0,
        receiver="{name}",
        series="{series}",
        sender=SimpleNamespace(title="{project}", name="{sender}"),
        about=True,
        attended=False,
        minutes=None,
        emblem=None,
    )


def _values(language: str) -> tuple[str, str, str, str, str]:
    """Person, series, occasion, place, what is asked."""
    texts = catalogue(language)
    return (
        texts.gettext("Kim Example"),
        texts.gettext("Course for coordinators"),
        texts.gettext("Meeting technique"),
        texts.gettext("1 High Street, Leeds"),
        texts.gettext("After the half-day"),
    )
