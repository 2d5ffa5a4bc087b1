"""The mail that says that the scheduler is silent, or that it goes round again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask_mail import Message

from surveys.catalogues import for_staff
from surveys.domain import dates
from surveys.mail.office import Office


def compose_alarm(
    office: Office,
    receivers: Sequence[str],
    now: datetime,
    problem: str,
    parts: Sequence[str],
    since: datetime | None,
) -> Message:
    """Write the mail, in every language the interface has: whoever gets it may read either.

    ``problem`` is a code of :mod:`surveys.running.alarm`, "" when all is well again. Needs the application
    context of ``office``.
    """
    values = {"problem": problem, "parts": ", ".join(parts), "base_url": office.settings.base_url}
    said = [
        office.render("alarm.txt", language, since=_moment(since, language), **values)
        for language in for_staff()
    ]
    subject = said[0].partition("\n")[0].strip()
    bodies = [each.partition("\n")[2].strip() for each in said]
    sender = office.settings.mail.sender
    letter = Message(
        subject=subject,
        recipients=list(receivers),
        body="\n\n––––––––\n\n".join(bodies) + "\n",
        sender=sender,
        date=now.timestamp(),
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    letter.msgId = f"<alarm-{now:%Y%m%dT%H%M%S}@{sender.rpartition('@')[2]}>"
    return letter


def _moment(since: datetime | None, language: str) -> str:
    return f"{dates.when(since.astimezone(UTC).replace(tzinfo=None), language)} UTC" if since else ""
