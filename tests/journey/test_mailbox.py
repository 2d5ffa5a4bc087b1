"""The mailbox of the demo: mails found by their receiver, and the files that came with them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.course import rescheduling
from surveys.domain.timing import wall_time
from surveys.installation import Installation
from surveys.mail.mailbox import Mailbox
from surveys.models.programme import Occasion
from tests.support.compiled import application
from tests.support.staffed import NOW, go

pytestmark = pytest.mark.usefixtures("evening")


@pytest.fixture
def mailbox(staffed: Installation) -> Iterator[FlaskClient]:
    """The mailbox after the first occasion has been moved and those who had mail have been told."""
    with staffed.database.reading() as session:
        (first,) = session.scalars(select(Occasion.id).where(Occasion.code == "t1"))
    when = rescheduling.When(
        wall_time("2027-02-09 13:00"), wall_time("2027-02-09 16:30"), "Europe/Stockholm", "Storgatan 1"
    )
    by = rescheduling.By(None, NOW, quiet_override=True)
    rescheduling.change_occasion(staffed.database, first, when, by)
    go(staffed, NOW + timedelta(minutes=1))
    with application(replace(staffed.settings, demo=True)) as app:
        yield app.test_client()


def listed(client: FlaskClient, wanted: str) -> list[str]:
    page = client.get("/brevlada", query_string={"till": wanted}).text
    return re.findall(r'<td data-label="To">([^<]+)</td>', page)


def test_the_calendar_that_came_with_a_mail_can_be_saved(mailbox: FlaskClient) -> None:
    mailbox.set_cookie("folja-language", "en")
    moved, *rest = re.findall(r'href="(/brevlada/[^"]+folja)"', mailbox.get("/brevlada").text)
    page = mailbox.get(moved).text
    ((address, name),) = re.findall(r'href="(/brevlada/[^"]+/\d)" download>([^<]+)<', page)
    file = mailbox.get(address)
    assert name.endswith(".ics")
    assert file.mimetype == "text/calendar"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert b"DTSTART;TZID=Europe/Stockholm:20270209T130000" in file.data
    assert mailbox.get(f"{moved}/1").status_code == 404
    assert mailbox.get("/brevlada/1234567890.000000_x.folja/0").status_code == 404
    assert all("download>" not in mailbox.get(each).text for each in rest[-3:])


def test_receivers_are_found_by_a_part_of_name_or_address(mailbox: FlaskClient) -> None:
    mailbox.set_cookie("folja-language", "en")
    everyone = set(listed(mailbox, "@"))
    assert len(everyone) > 1
    for person in everyone:
        name, _, address = person.partition(" &lt;")
        for part in (name.upper(), address.removesuffix("&gt;")):
            assert set(listed(mailbox, part)) == {person} or address in "".join(listed(mailbox, part))
    assert listed(mailbox, "finns inte") == []


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"To: =?utf-8?q?=C3=85sa_=C3=96berg?= <asa@prov.example>", "åsa ö"),
        (b"To: =?utf-8?b?w4VzYSDDlmJlcmc=?=\r\n <asa@prov.example>", "ASA@PROV"),
        (b"TO: Anna\r\n\tAlm <anna@prov.example>", "anna alm"),
        (b"Subject: x\r\n to: nobody\r\nTo: anna@prov.example", "anna@"),
    ],
)
def test_a_receiver_is_read_from_the_lines_of_the_mail(
    staffed: Installation, head: bytes, wanted: str
) -> None:
    box = Mailbox(staffed.settings.instance / "another")
    box.put(b"From: a@b.example\r\n" + head + b"\r\n\r\nTo: somebody.else@prov.example\r\n", "x", NOW)
    assert box.addressed_to(wanted) == box.names()
    assert box.addressed_to("somebody.else") == []
    assert Mailbox(staffed.settings.instance / "none").addressed_to(wanted) == []
