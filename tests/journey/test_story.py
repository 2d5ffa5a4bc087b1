"""The whole story once, in order: plan, send, a mail in a real mail server, link, answer, export."""

import csv
import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import time_machine
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import update

from scheduler.dispatcher import Dispatcher
from scheduler.planner import Planner
from surveys.cli import folja
from surveys.installation import Installation
from surveys.models.programme import Series
from surveys.running import access
from tests.support.compiled import application
from tests.support.installations import environment, sending_to
from tests.support.pages import send
from tests.support.small import load_small
from tests.support.smtp import SmtpSink

LOADED = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
EVENING = datetime(2027, 2, 2, 17, 45, tzinfo=UTC)  # 18.45 in Stockholm, a quarter after the mail was due
LATER = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "tre små gröna ekar"


def test_from_an_occasion_that_ends_to_a_row_in_a_spreadsheet(
    installation: Installation, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    house = sending_to(installation, smtp_sink.settings())
    load_small(house, LOADED)
    access.add_user(house.database, "eva@folja.example", "Eva", PASSWORD, "sv", roles={"liten": "evaluator"})

    with time_machine.travel(EVENING, tick=True):
        _one_round(house)
        asked = [mail for mail in smtp_sink.messages if "Efter tillfället" in str(mail.message["Subject"])]
        assert len(asked) == 9, "nine were present at the first occasion"
        assert len({mail.recipients[0] for mail in asked}) == 9
        for number, mail in enumerate(asked[:6]):
            _answer(house, mail.text, str(number % 4 + 1))
        assert "6 av 9 (66,7" in _results(house)
        before = len(smtp_sink.messages)
        _one_round(house)
        assert len(smtp_sink.messages) == before, "nothing is sent twice"

    with time_machine.travel(datetime(2027, 2, 5, 18, 0, tzinfo=UTC), tick=True):
        _one_round(house)
        reminded = smtp_sink.messages[before:]
        assert {mail.recipients[0] for mail in reminded} == {mail.recipients[0] for mail in asked[6:]}

    with time_machine.travel(LATER, tick=True):
        out = tmp_path / "svar.csv"
        command = ["export", "kurs", "-o", str(out)]
        refused = CliRunner().invoke(folja, command, env=environment(house.settings))
        assert refused.exit_code == 1
        assert "Inga svarsrader lämnas ut" in refused.output
        assert not out.exists()
        with house.database.transaction() as session:
            session.execute(update(Series).values(response_rows=True))
        said = CliRunner().invoke(folja, command, env=environment(house.settings))
        assert said.exit_code == 0, said.output
        rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig")), delimiter=";"))
        assert sorted(row["overall"] for row in rows) == ["1", "1", "2", "2", "3", "4"]
        assert "6" in said.output


def _one_round(house: Installation) -> None:
    stopping = threading.Event()
    assert Planner(house, stopping).run()
    assert Dispatcher(house, stopping).run()


def _answer(house: Installation, mail: str, point: str) -> None:
    """Follow the link of a mail in a browser of its own, and send in one answer."""
    link = re.search(r"https?://[^/\s]+(/s/\S+)", mail)
    assert link, mail
    with _browser(house) as client:
        page = client.get(link[1], follow_redirects=True)
        address = page.request.path
        thanks = send(client, page, address, **{"q-overall": point, "submit": "1"})
        assert thanks.status_code == 303
        assert client.get(thanks.location).status_code == 200


@contextmanager
def _browser(house: Installation) -> Iterator[FlaskClient]:
    with application(house.settings) as app:
        yield app.test_client()


def _results(house: Installation) -> str:
    with _browser(house) as client:
        send(client, client.get("/logga-in"), "/logga-in", email="eva@folja.example", password=PASSWORD)
        page = client.get("/projekt/liten/insatser/kurs/resultat")
    assert page.status_code == 200
    words = unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))
    return re.sub(r"\s+", " ", words)
