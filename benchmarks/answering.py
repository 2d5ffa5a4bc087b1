"""(a) opening a form of twelve questions by link, (b) complete submissions, eight at a time."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import calibrator, data
from benchmarks.load import Client, rate
from benchmarks.server import serving
from surveys.clock import now

OPENINGS = 1500
SUBMISSIONS = 1500
AT_A_TIME = 8
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
EDITION = re.compile(rb'name="edition"[^>]*value="([^"]*)"')
FIELD = re.compile(rb'type="radio"[^>]*name="([^"]+)"|name="([^"]+)"[^>]*type="radio"')


def measure(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's rate, ours), in complete openings or submissions a second."""
    opened, submitted = _calibrator(folder)
    ours_opened, ours_alone, ours_submitted = _ours(folder)
    return [
        ("a  open a form of 12 questions by link", opened, ours_opened),
        ("a' of that, the form at its clean address", opened, ours_alone),
        (f"b  complete submission, {AT_A_TIME} at a time", submitted, ours_submitted),
    ]


def _calibrator(folder: Path) -> tuple[float, float]:
    path = folder / "calibrator.sqlite"
    table = calibrator.open_table(str(path))
    tokens = [f"token-{number:012d}" for number in range(SUBMISSIONS)]
    table.executemany("INSERT INTO answer (token) VALUES (?)", [(token,) for token in tokens])
    body = urlencode(dict.fromkeys(calibrator.QUESTIONS, "3")).encode()

    def open_form(client: Client, token: str) -> None:
        assert client.get(f"/form/{token}").status == 200

    def submit(client: Client, token: str) -> None:
        open_form(client, token)
        assert client.post(f"/form/{token}", body).status == 303
        assert client.get(f"/thanks/{token}").status == 200

    with serving("benchmarks.calibrator:app", {"CALIBRATOR_DATABASE": str(path)}) as port:
        rate(port, open_form, tokens[:200], AT_A_TIME)
        return (
            rate(port, open_form, tokens[:OPENINGS], AT_A_TIME),
            rate(port, submit, tokens, AT_A_TIME),
        )


def _ours(folder: Path) -> tuple[float, float, float]:
    house = data.installation(folder / "instance")
    with house.database.transaction() as session:
        ids = data.plan(session, now() - timedelta(hours=1))
        data.people(session, ids, SUBMISSIONS, SUBMISSIONS)
        tokens = data.invitations(house, session, ids, SUBMISSIONS, now() - timedelta(minutes=30))
    house.close()
    with serving("wsgi:app", {"FOLJA_INSTANCE": str(folder / "instance")}) as port:
        client = Client(port)
        known = {token: _open(client, token) for token in tokens[:200]}

        def open_again(client: Client, token: str) -> None:
            path, cookies, _ = known[token]
            assert client.get(path, cookies).status == 200

        return (
            rate(port, _open, tokens[:OPENINGS], AT_A_TIME),
            rate(port, open_again, tokens[:200] * (OPENINGS // 200), AT_A_TIME),
            rate(port, _submit, tokens, AT_A_TIME),
        )


def _open(client: Client, token: str) -> tuple[str, list[bytes], bytes]:
    """Follow the link as a browser does: the cookie, the clean address, the form."""
    arrived = client.get(f"/s/{token}")
    assert arrived.status == 303, arrived.head
    found = re.search(rb"location: (\S+)", arrived.head, re.IGNORECASE)
    assert found
    path = found[1].decode()
    page = client.get(path, arrived.cookies())
    assert page.status == 200, page.head
    return path, arrived.cookies() + page.cookies(), page.body


def _submit(client: Client, token: str) -> None:
    path, cookies, page = _open(client, token)
    fields = {name.decode() for pair in FIELD.findall(page) for name in pair if name}
    assert len(fields) == len(data.QUESTIONS), fields
    form = dict.fromkeys(fields, "3")
    form["csrf_token"] = _first(CSRF, page)
    form["edition"] = _first(EDITION, page)
    form["submit"] = "submit"
    form["action"] = "submit"
    sent = client.post(path, urlencode(form).encode(), cookies)
    assert sent.status == 303, sent.body[:2000]
    thanks = client.get(f"{path}/tack", cookies)
    assert thanks.status == 200, thanks.head


def _first(pattern: "re.Pattern[bytes]", page: bytes) -> str:
    found = pattern.search(page)
    return found[1].decode() if found else ""
