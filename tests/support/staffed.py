"""The small project in the middle of its course, with users of every role.

It is Tuesday 2 February 2027 at 21:00 in Stockholm: the first occasion ended in the afternoon, its
questionnaire and its question for the log went out, four have answered.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.answers import responses
from surveys.config import Settings
from surveys.database import Database, migrate
from surveys.followups import planning
from surveys.installation import Installation
from surveys.keys import Keyring
from surveys.mail.deliver import MailboxTransport
from surveys.mail.mailbox import Mailbox
from surveys.mail.office import Office
from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.people import Enrolment, Participant
from surveys.outbox.dispatching import Dispatch
from surveys.running import access
from tests.support.compiled import application
from tests.support.forms import filled
from tests.support.pages import send
from tests.support.small import load_small

LOADED = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
MOMENTS = (
    datetime(2027, 1, 19, 9, 0, tzinfo=UTC),
    datetime(2027, 1, 24, 9, 0, tzinfo=UTC),
    datetime(2027, 2, 2, 16, 30, tzinfo=UTC),
    datetime(2027, 2, 2, 18, 0, tzinfo=UTC),
)
NOW = datetime(2027, 2, 2, 20, 0, tzinfo=UTC)
PASSWORD = "tre små gröna ekar"
ROLES = ("administrator", "organiser", "evaluator", "reader", "supplier")
COOKIES = "signed-in.json"  # beside the database: the cookie of each role
SECRET = "Jag fick inte säga vad jag tycker."


def run_small(installation: Installation) -> None:
    """Load the small programme and let time go by until :data:`NOW`."""
    load_small(installation, LOADED)
    for moment in MOMENTS:
        go(installation, moment)
    for code in ("p01", "p02", "p03", "p04"):
        answer(installation, code, {"q-overall": ["4"], "q-more": [SECRET]})


def go(installation: Installation, now: datetime) -> None:
    """Plan and send all that is due at ``now``, into the mailbox."""
    while planning.expand_next(installation.database, installation.keys, now):
        pass
    transport = MailboxTransport(Mailbox(installation.settings.mailbox))
    office = Office(installation.settings)
    with Dispatch(installation, office, transport, "test", lambda: now, lambda: 0.5) as dispatch:
        while dispatch.one() is not None:
            pass


def invitation(installation: Installation, person: str, rule: str = "efter") -> Invitation:
    """What ``person`` has been asked by a rule, first time."""
    with installation.database.reading() as session:
        found = session.scalars(
            select(Invitation)
            .join(Invitation.rule)
            .join(Invitation.enrolment)
            .join(Enrolment.participant)
            .where(Participant.code == person, FollowUpRule.code == rule)
            .order_by(Invitation.id)
        ).first()
        assert found is not None, f"{person} has not been asked by {rule}"
        session.expunge_all()
        return found


def answer(installation: Installation, person: str, fields: dict[str, list[str]]) -> None:
    asked = invitation(installation, person)
    token = installation.keys.link_token(asked.public_id, asked.generation)
    responses.save(
        installation.database,
        installation.keys,
        asked.public_id,
        token,
        filled(fields),
        NOW,
    )


def add_users(installation: Installation) -> None:
    """A user a role, named after it, in the project *liten*."""
    for role in ROLES:
        email = f"{role}@folja.example"
        access.add_user(installation.database, email, role.capitalize(), PASSWORD, "en")
        access.set_role(installation.database, email, "liten", role)


def sign_in(client: FlaskClient, role: str) -> TestResponse:
    page = client.get("/logga-in")
    return send(client, page, "/logga-in", email=f"{role}@folja.example", password=PASSWORD)


def signed_in(app: Flask, role: str) -> FlaskClient:
    """A client of its own in English, signed in as the user of a role.

    In an installation of :func:`copy_of` with the cookie of :func:`build`: passwords are slow on purpose.
    """
    client = app.test_client()
    client.set_cookie("folja-language", "en")
    kept = app.extensions["folja"].settings.instance / COOKIES
    if kept.exists():
        client.set_cookie("folja", json.loads(kept.read_text())[role])
    else:
        assert sign_in(client, role).status_code == 303
    return client


def build(folder: Path) -> Path:
    """Make an instance folder with all of this in it, for :func:`copy_of` to copy; returns it."""
    instance = folder / "instance"
    instance.mkdir()
    settings = _settings(instance, "http://127.0.0.1")
    migrate(settings.database_url)
    with closing(Database(settings.database_url)) as database:
        installation = Installation(settings, Keyring(settings.keys), database)
        run_small(installation)
        add_users(installation)
    _keep_cookies(settings)
    return instance


@contextmanager
def copy_of(built: Path, folder: Path, base_url: str) -> Iterator[Installation]:
    """Yield an installation of its own, as :func:`build` made it."""
    instance = folder / "instance"
    shutil.copytree(built, instance)
    settings = _settings(instance, base_url)
    with closing(Database(settings.database_url)) as database:
        yield Installation(settings, Keyring(settings.keys), database)


def _keep_cookies(settings: Settings) -> None:
    cookies = {}
    with time_machine.travel(NOW, tick=False), application(settings) as app:
        for role in ROLES:
            client = app.test_client()
            assert sign_in(client, role).status_code == 303
            cookies[role] = client.get_cookie("folja").value  # type: ignore[union-attr]
    (settings.instance / COOKIES).write_text(json.dumps(cookies))


def _settings(instance: Path, base_url: str) -> Settings:
    return Settings(
        instance=instance, database_url=f"sqlite:///{instance / 'folja.sqlite'}", base_url=base_url
    )
