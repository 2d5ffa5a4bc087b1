"""kill -9 while a key is destroyed, at every statement and every write of its file.

No answer is lost, and the scheduler ends what was begun.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from surveys.answers import closing, responses
from surveys.database import Database
from surveys.installation import Installation
from surveys.keys import KEY_BYTES, Keyring
from surveys.models.answer_key import AnswerKey
from surveys.models.deeds import Deed
from surveys.models.response import Response
from tests.support.forms import CLOSES, NOW, ask, filled
from tests.support.killing import killed_at

pytestmark = pytest.mark.fault
PEOPLE = 7
LATER = CLOSES + timedelta(hours=1)


def close_all(url: str, keys: Path) -> None:
    database, keyring = Database(url), Keyring(keys)
    for name in closing.due(database, keyring, LATER):
        closing.close(database, keyring, name, LATER, Random(1))
    database.close()


def _answered(installation: Installation) -> None:
    asked = ask(installation, *(f"P{n}" for n in range(PEOPLE)), privacy_mode="anonymous")
    for each in asked:
        responses.save(
            installation.database,
            installation.keys,
            each.public_id,
            each.token,
            filled({"q-overall": ["3"], "q-more": [each.public_id]}),
            NOW,
        )


def _stand(url: str, keys: Path) -> tuple[bool, bool]:
    """(whether the answers are as they were, whether the key is there), of which one of the two at least."""
    database = Database(url)
    with database.reading() as session:
        key, found = session.scalars(select(AnswerKey)).one(), session.scalars(select(Response)).all()
        assert len({each.answers["more"] for each in found if each.answers}) == PEOPLE
        told = {each.response_key for each in found}
        there = any(len(file.read_bytes()) == KEY_BYTES for file in (keys / "own").iterdir())
        old = {Keyring(keys).response_key(each.answers["more"], key.name) for each in found if each.answers}
        assert not key.destroyed_at or not there
        deeds = session.scalars(select(Deed.action)).all()
        assert deeds == (["key_destroyed"] if key.destroyed_at else [])
    database.close()
    return bool(told & old), there


def test_killed_anywhere_it_is_ended_by_the_next_round(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    _answered(sqlite_installation)
    original = Path(sqlite_installation.database.url.removeprefix("sqlite:///"))
    sqlite_installation.database.close()
    step, seen = 0, set()
    while True:
        step += 1
        path, keys = tmp_path / f"killed-{step}.sqlite", tmp_path / f"keys-{step}"
        shutil.copy(original, path)
        shutil.copytree(sqlite_installation.settings.keys, keys)
        killed = killed_at(step, close_all, f"sqlite:///{path}", keys)
        seen.add(_stand(f"sqlite:///{path}", keys))
        close_all(f"sqlite:///{path}", keys)
        assert _stand(f"sqlite:///{path}", keys) == (False, False)
        if not killed:
            break
    assert step > 20
    assert seen == {(True, True), (False, True), (False, False)}
