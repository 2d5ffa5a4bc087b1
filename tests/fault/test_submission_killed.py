"""kill -9 during a submission, at every statement: the answer is whole or absent, and can be sent again."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.answers.responses import save
from surveys.answers.steps import Step, mark
from surveys.database import Database
from surveys.followups.planning import expand_next
from surveys.installation import Installation
from surveys.keys import Keyring
from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from tests.support.forms import filled
from tests.support.killing import killed_at
from tests.support.small import load_small

pytestmark = pytest.mark.fault

AFTER_T1 = datetime(2027, 2, 2, 18, 0, tzinfo=UTC)
FIELDS = {"q-overall": ["4"], "q-more": ["Ett långt svar. " * 200], "q-words": ["nyttigt, roligt"]}


def submit(url: str, keys: Path, public_id: str) -> None:
    database = Database(url)
    keyring = Keyring(keys)
    token = keyring.link_token(public_id, 1)
    save(database, keyring, public_id, token, filled(FIELDS), AFTER_T1)
    database.close()


def save_step(url: str, keys: Path, public_id: str) -> None:
    """One question at a time, on top of another answer that was saved before."""
    database = Database(url)
    keyring = Keyring(keys)
    token = keyring.link_token(public_id, 1)
    step = Step("more", mark(None))
    form = filled({"q-more": FIELDS["q-more"]}, submit=False, step=step)
    save(database, keyring, public_id, token, form, AFTER_T1)
    database.close()


def invited(installation: Installation) -> str:
    """Load the small programme and let its first occasion end; return one person's invitation."""
    load_small(installation, datetime(2027, 1, 1, tzinfo=UTC))
    while expand_next(installation.database, installation.keys, AFTER_T1):
        pass
    efter = select(Invitation.public_id).join(FollowUpRule).where(FollowUpRule.code == "efter").limit(1)
    with installation.database.reading() as session:
        return session.execute(efter).scalar_one()


def test_killed_at_every_statement_keeps_the_whole_answer_or_none(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    public_id, keys = invited(sqlite_installation), sqlite_installation.settings.keys
    sqlite_installation.database.close()
    original = Path(sqlite_installation.database.url.removeprefix("sqlite:///"))
    step, kept = 0, []
    while True:
        step += 1
        path = tmp_path / f"killed-{step}.sqlite"
        shutil.copy(original, path)
        killed = killed_at(step, submit, f"sqlite:///{path}", keys, public_id)
        database = Database(f"sqlite:///{path}")
        kept.append(_whole_or_absent(database))
        submit(f"sqlite:///{path}", keys, public_id)
        assert _whole_or_absent(database), "sending it in again must keep it"
        database.close()
        if not killed:
            break
    assert step > 4
    assert kept[0] is False
    assert kept[-1] is True


def test_killed_at_every_statement_a_step_leaves_what_was_saved_before(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    public_id, keys = invited(sqlite_installation), sqlite_installation.settings.keys
    token = sqlite_installation.keys.link_token(public_id, 1)
    before = filled({"q-overall": ["4"]}, submit=False)
    save(sqlite_installation.database, sqlite_installation.keys, public_id, token, before, AFTER_T1)
    sqlite_installation.database.close()
    original = Path(sqlite_installation.database.url.removeprefix("sqlite:///"))
    without = {"overall": "4", "theme": "A"}  # the theme is the register's
    with_it = without | {"more": FIELDS["q-more"][0].strip()}
    step, kept = 0, []
    while True:
        step += 1
        path = tmp_path / f"killed-{step}.sqlite"
        shutil.copy(original, path)
        killed = killed_at(step, save_step, f"sqlite:///{path}", keys, public_id)
        kept.append(_draft(f"sqlite:///{path}"))
        assert kept[-1] in (without, with_it)
        save_step(f"sqlite:///{path}", keys, public_id)  # the same once more, as a browser does
        assert _draft(f"sqlite:///{path}") == with_it
        if not killed:
            break
    assert step > 3
    assert "more" not in kept[0]


def _draft(url: str) -> dict[str, object]:
    database = Database(url)
    with database.reading() as session:
        (response,) = session.execute(select(Response)).scalars().all()
        assert response.draft is not None
        found = dict(response.draft)
    database.close()
    return found


def _whole_or_absent(database: Database) -> bool:
    with database.reading() as session:
        responses = session.execute(select(Response)).scalars().all()
        locked = session.execute(
            select(QuestionnaireVersion.id).where(QuestionnaireVersion.locked_at.is_not(None))
        ).all()
        assert len(responses) == len(locked), "the version is locked by the answer, in the same transaction"
        if not responses:
            return False
        (response,) = responses
        assert response.submitted_at == AFTER_T1
        assert response.answers is not None
        assert response.answers["overall"] == "4"
        assert response.answers["more"] == FIELDS["q-more"][0].strip()
        return True
