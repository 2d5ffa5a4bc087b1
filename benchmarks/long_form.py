"""(i) a form of sixty questions: opened and sent in on one page, and answered one question at a time."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import calibrator, data
from benchmarks.load import Client, rate
from benchmarks.server import serving
from surveys.clock import now

PEOPLE = 200
STEPS = 5
AT_A_TIME = 8
HIDDEN = re.compile(rb'type="hidden" name="([^"]+)" value="([^"]*)"')


def measure(folder: Path) -> list[tuple[str, float, float]]:
    """Return (name, calibrator's rate, ours), in openings, submissions or steps a second.

    The calibrator has one page; a step is measured against its answers in and its page again.
    """
    bare, ours = _calibrator(folder), _ours(folder)
    names = (
        "i   open a form of 60 questions, one page",
        f"i'  the same sent in, {AT_A_TIME} at a time",
        "i'' one answer saved, the next question shown",
    )
    return list(zip(names, bare, ours, strict=True))


def _calibrator(folder: Path) -> tuple[float, float, float]:
    path = folder / "long.sqlite"
    tokens = [f"token-{number:012d}" for number in range(PEOPLE)]
    body = urlencode(dict.fromkeys(data.LONG, "3")).encode()
    step = urlencode({"q1": "3"}).encode()
    environment = {"CALIBRATOR_DATABASE": str(path), "CALIBRATOR_QUESTIONS": str(len(data.LONG))}

    def open_form(client: Client, token: str) -> None:
        assert client.get(f"/form/{token}").status == 200

    def submit(client: Client, token: str) -> None:
        open_form(client, token)
        assert client.post(f"/form/{token}", body).status == 303
        assert client.get(f"/thanks/{token}").status == 200

    def answer_one(client: Client, token: str) -> None:
        assert client.post(f"/form/{token}", step).status == 303
        open_form(client, token)

    with serving("benchmarks.calibrator:app", environment) as port:
        Client(port).get("/form/none")  # makes the table
        table = calibrator.open_table(str(path))
        table.executemany("INSERT INTO answer (token) VALUES (?)", [(token,) for token in tokens])
        table.close()
        return (
            rate(port, open_form, tokens * 3, AT_A_TIME),
            rate(port, submit, tokens, AT_A_TIME),
            rate(port, answer_one, tokens * STEPS, AT_A_TIME),
        )


def _ours(folder: Path) -> tuple[float, float, float]:
    house = data.installation(folder / "long")
    with house.database.transaction() as session:
        ids = data.plan(session, now() - timedelta(hours=1), data.LONG)
        data.people(session, ids, 2 * PEOPLE, 2 * PEOPLE)
        tokens = data.invitations(house, session, ids, 2 * PEOPLE, now() - timedelta(minutes=30))
    house.close()
    page_people, step_people = tokens[:PEOPLE], tokens[PEOPLE:]
    with serving("wsgi:app", {"FOLJA_INSTANCE": str(folder / "long")}) as port:
        known = {token: _open(Client(port), token) for token in tokens}

        def open_form(client: Client, token: str) -> None:
            path, cookies, _ = known[token]
            assert client.get(path, cookies).status == 200

        def submit(client: Client, token: str) -> None:
            path, cookies, hidden = known[token]
            open_form(client, token)
            answers = {f"q-{code}": "3" for code in data.LONG}
            sent = client.post(path, urlencode(hidden | answers | {"submit": "1"}).encode(), cookies)
            assert sent.status == 303, sent.body[:2000]
            assert client.get(f"{path}/tack", cookies).status == 200

        def answer_one(client: Client, item: str) -> None:
            token, code, onward = item.split()
            path, cookies, hidden = known[token]
            fields = hidden | {"was": "", f"q-{code}": "3", "next": "1"}
            sent = client.post(f"{path}/fraga/{code}", urlencode(fields).encode(), cookies)
            assert sent.status == 303, sent.body[:2000]
            assert client.get(f"{path}/fraga/{onward}", cookies).status == 200

        steps = [
            f"{token} {code} {onward}"
            for code, onward in zip(data.LONG[:STEPS], data.LONG[1:], strict=False)
            for token in step_people
        ]
        return (
            rate(port, open_form, page_people * 3, AT_A_TIME),
            rate(port, submit, page_people, AT_A_TIME),
            rate(port, answer_one, steps, AT_A_TIME),
        )


def _open(client: Client, token: str) -> tuple[str, list[bytes], dict[str, str]]:
    """The clean address, the cookies and the hidden fields of a form opened by its link."""
    arrived = client.get(f"/s/{token}")
    found = re.search(rb"location: (\S+)", arrived.head, re.IGNORECASE)
    assert found, arrived.head
    path, cookies = found[1].decode(), arrived.cookies()
    page = client.get(path, cookies)
    hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(page.body)}
    return path, cookies, hidden
