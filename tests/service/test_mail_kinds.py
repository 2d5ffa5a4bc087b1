"""Notices, own pages, mails to staff, own wording: what is around them and what goes with them."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from surveys.config import MailSettings, Settings
from surveys.domain.timing import to_utc, wall_time
from surveys.mail.calendar import zone_component
from surveys.mail.compose import compose
from surveys.mail.office import Office
from surveys.mail.outgoing import About, Outgoing, Sender, StaffMail, Told, Wording

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HOME = "Europe/Stockholm"
STARTS, ENDS = wall_time("2026-12-08 13:00"), wall_time("2026-12-08 16:30")
SENDER = Sender("prov", "Provprojektet", "Prov, Göteborg", "fragor@prov.example", HOME)
MEETING = About(
    "Mötesteknik, del åtta", "Storgatan 1; Göteborg", STARTS, ENDS, HOME, "u1", 2, False,
    to_utc(STARTS, HOME), to_utc(ENDS, HOME),
)  # fmt: skip
UNDATED = replace(MEETING, starts=None, ends=None, starts_at=None, ends_at=None)
TOLD = Told(wall_time("2026-12-07 13:00"), wall_time("2026-12-07 16:30"), HOME, MEETING.place)
MOVED = Outgoing(
    message_id=7, public_id="m7", kind="moved", step=2, receiver="Åsa Öberg", address="asa@prov.example",
    language="sv", sender=SENDER, series="Offensivt arbete", about=MEETING, attended=False, asks={},
    minutes=None, path="", closes_at=None, told=TOLD, stop="/avsluta/e1.abc", return_token="7.0123456789",
)  # fmt: skip
INVITED = replace(
    MOVED, kind="invitation", step=0, told=None, path="/s/t", asks={"sv": "Före"},
    closes_at=NOW + timedelta(days=14),
)  # fmt: skip
STAFF = StaffMail(8, "m8", "sending_paused", "Eva", "eva@prov.example", "en", SENDER)


def written(mail: Any, folder: Path) -> EmailMessage:
    settings = MailSettings(sender="folja@prov.example", return_address="studs@prov.example")
    office = Office(
        Settings(instance=folder, database_url="", base_url="https://folja.example", mail=settings)
    )
    with office.app.app_context():
        content = compose(mail, office, NOW).as_bytes()
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


def event_of(message: EmailMessage) -> tuple[str, Any]:
    file = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(file.get_payload(decode=True))
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


@pytest.mark.parametrize(
    ("mail", "method"),
    [
        (MOVED, "REQUEST"),
        (INVITED, "REQUEST"),
        (replace(MOVED, kind="reinstated"), "REQUEST"),
        (replace(MOVED, kind="cancelled", about=replace(MEETING, cancelled=True)), "CANCEL"),
        (replace(MOVED, about=UNDATED), "CANCEL"),
    ],
)  # fmt: skip
def test_a_calendar_file_goes_along(mail: Outgoing, method: str, tmp_path: Path) -> None:
    message = written(replace(mail, emblem="eu_cofunded"), tmp_path)
    assert message.get_content_type() == "multipart/mixed"
    found, event = event_of(message)
    assert (found, event["UID"], event["SEQUENCE"]) == (method, "u1@folja", 2)
    assert "/s/t" not in str(event), "no personal link"
    assert any(part.get_content_type() == "image/png" for part in message.walk())
    assert message["List-Unsubscribe"] == "<https://folja.example/avsluta/e1.abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_calendar_file_once_the_occasion_is_over(tmp_path: Path) -> None:
    over = replace(MEETING, ends_at=NOW)
    message = written(replace(INVITED, about=over), tmp_path)
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("zone", [HOME, "Europe/London", "America/New_York"])
def test_the_zone_in_the_file_changes_its_clock_when_the_place_does(zone: str) -> None:
    ours, real = zone_component(zone, 2027, 2027).to_tz(), ZoneInfo(zone)
    for hour in range(365 * 24):
        wall = wall_time("2027-01-01 00:00") + timedelta(hours=hour)
        if wall.replace(tzinfo=real).astimezone(UTC).astimezone(real).replace(tzinfo=None) == wall:
            assert wall.replace(tzinfo=ours).utcoffset() == wall.replace(tzinfo=real).utcoffset(), wall


@pytest.mark.parametrize("kind", ["own_page", "invitation", "log_prompt"])
def test_own_wording_takes_the_place_of_ours(kind: Any, tmp_path: Path) -> None:
    own = Wording("Om {occasion}", "Hej {name} <b>\n\n{link}\n\nSvara senast {closes}\n\n{sender}")
    message = written(replace(INVITED, kind=kind, wording=own), tmp_path)
    text, html = (str(message.get_body((k,)).get_content()) for k in ("plain", "html"))  # type: ignore[union-attr]
    assert message["Subject"] == "Om Mötesteknik, del åtta"
    assert "Hej Åsa Öberg <b>" in text
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert 'href="https://folja.example/s/t"' in html


def test_staff_mails_and_tests(tmp_path: Path) -> None:
    paused = replace(STAFF, params={"code": "x", "text": "421 <busy>", "since": NOW.isoformat()})
    assert "421 &lt;busy&gt;" in str(written(paused, tmp_path).get_body(("html",)).get_content())  # type: ignore[union-attr]
    closing = {
        "title": {"sv": "Före"},
        "series": "S",
        "occasion": None,
        "invited": 30,
        "answered": 12,
        "path": "/p",
    }
    message = written(replace(STAFF, kind="closing_summary", params=closing), tmp_path)
    assert "12 of 30" in str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    test = written(replace(STAFF, kind="test", original=INVITED), tmp_path)
    assert str(test["Subject"]).startswith("[Test] ")
    assert str(test["To"]) == "Eva <eva@prov.example>"
    assert test["List-Unsubscribe"] is None
