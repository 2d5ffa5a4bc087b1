"""Ending mails: by the page, by a mail program's one click (RFC 8058), and nothing by looking."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from surveys.installation import Installation
from surveys.models.people import Enrolment, MailStop
from tests.support.compiled import application
from tests.support.small import load_small

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(sqlite_installation: Installation) -> Iterator[Flask]:
    load_small(sqlite_installation, NOW)
    with application(sqlite_installation.settings) as app:
        yield app


def address_of(app: Flask) -> str:
    house = app.extensions["folja"]
    with house.database.reading() as session:
        public_id = session.scalars(select(Enrolment.public_id).order_by(Enrolment.id)).first()
    return f"/avsluta/{house.keys.stop_token(public_id)}"


def standing(app: Flask) -> list[str]:
    with app.extensions["folja"].database.reading() as session:
        return list(session.scalars(select(MailStop.scope).where(MailStop.lifted_at.is_(None))))


def test_looking_fifty_times_changes_nothing(app: Flask) -> None:
    client, address = app.test_client(), address_of(app)
    assert {client.get(address).status_code for _ in range(50)} == {200}
    with app.extensions["folja"].database.reading() as session:
        assert session.scalar(select(func.count(MailStop.id))) == 0


def test_one_click_needs_no_cookie_and_leads_nowhere_else(app: Flask) -> None:
    for _ in range(2):
        answer = app.test_client().post(address_of(app), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert standing(app) == ["series"]


@pytest.mark.parametrize("scope", ["reminders", "series", "everything"])
def test_what_is_ended_can_be_taken_back(app: Flask, scope: str) -> None:
    client, address = app.test_client(), address_of(app)
    assert client.post(address, data={"stop": scope}).status_code == 303
    assert standing(app) == [scope]
    assert client.post(address, data={"lift": scope}).status_code == 303
    assert standing(app) == []


@pytest.mark.parametrize("tail", ["x", "\ud800".encode("utf-8", "surrogatepass").hex(), "å.1"])
def test_another_link_is_told_apart(app: Flask, tail: str) -> None:
    for address in (f"/avsluta/{tail}", address_of(app) + tail):
        assert app.test_client().get(address).status_code == 404
        assert app.test_client().post(address, data={"stop": "series"}).status_code == 404
    assert standing(app) == []
