"""Whoever has all but the destroyed keys leads no answer to its person better than by drawing.

The course is answered through the pages, mailed by the dispatcher and counted by the aggregator. The attacker
is shown to succeed first: with the keys wholly, and from a copy without keys that was taken before closing
well.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from scheduler.aggregator import Aggregator
from scheduler.housekeeping import Housekeeper
from surveys.backup.keeping import back_up
from surveys.domain.questionnaire import ThemeRef, expand, parse
from surveys.domain.tally import Tally
from surveys.installation import Installation
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.models.people import Participant
from surveys.models.response import Response
from surveys.models.tally import Snapshot
from surveys.queries import results as queries
from surveys.queries import tallies
from surveys.queries.results import Key
from surveys.results import aggregates, cells
from surveys.results.aggregates import Work
from surveys.results.cells import Cell
from tests.support.attacker import attack
from tests.support.confidants import OVER, gather, play

PEOPLE = 32
MODES = ("sealed", "anonymous")


def test_no_answer_is_led_to_its_person_better_than_by_drawing(
    installation: Installation,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    caplog.set_level(logging.INFO)
    db, chance = installation.database, Random(20270201)
    gather(installation, PEOPLE, chance)
    play(installation, chance)
    before = {mode: attack(db, installation.keys, mode) for mode in MODES}
    old = _names(installation)
    _count_all(installation)
    assert _taken(installation) == [], "a snapshot from before would tell who came early"

    with time_machine.travel(OVER, tick=False):
        assert Housekeeper(installation, threading.Event()).run()
        assert not _cells(installation), "what was counted goes with the key"
        _count_all(installation)
        assert Aggregator(installation, threading.Event()).run()

    with db.reading() as session:
        assert all(each.destroyed_at for each in session.scalars(select(AnswerKey)))
        paired = session.scalars(select(Response.pairing_key).where(Response.pairing_key.is_not(None))).all()
        assert len(paired) == 2 * len(set(paired)) > 20, "before and after can still be compared"
    for mode in MODES:
        after = attack(db, installation.keys, mode)
        assert after.answers == before[mode].answers == before[mode].hits["keys"]
        # An attacker who never succeeds proves nothing.
        assert before[mode].without_keys > after.bound, str(before[mode])
        assert after.best[1] <= after.bound, str(after)
        assert after.smallest_class >= 5
        line = f"{mode}: {after}; before closing and without keys {before[mode].without_keys}"
        record_property("attack", line)
        print(line)
    _counted_from_what_was_attacked(installation)
    _nothing_of_old_is_left(installation, old, tmp_path)
    _logs_name_nobody(installation, caplog.text)


def _names(installation: Installation) -> set[str]:
    """What stood in the responses and is not to be found any more."""
    with installation.database.reading() as session:
        rows = session.execute(select(Response.id, Response.response_key, Response.pairing_key))
        return {str(value) for row in rows for value in (row.id.hex, row[1], row[2]) if value}


def _count_all(installation: Installation) -> None:
    """Also what is too small to be worth keeping, so that a copy of the database holds every tally."""
    db = installation.database
    with db.reading() as session:
        places = list(tallies.stands(session))
    for each in places:
        assert aggregates.count(db, Work(each, 1, None), OVER)


def _cells(installation: Installation) -> dict[Key, list[Cell]]:
    """What lies counted of each measurement, in the order in which it lies."""
    with installation.database.reading() as session:
        kept = tallies.kept(session)
        found = {place: tallies.cells(session, each.id) for place, each in kept.items()}
        return {
            place: [Cell(each.version_id, each.background, Tally.read(each.answers)) for each in rows]
            for place, rows in found.items()
            if rows
        }


def _taken(installation: Installation) -> list[tuple[Key, Any]]:
    """The cells of each snapshot."""
    with installation.database.reading() as session:
        return [(Key(each.rule_id, each.target), each.cells) for each in session.scalars(select(Snapshot))]


def _counted_from_what_was_attacked(installation: Installation) -> None:
    """Tallies and snapshots follow from the responses as they lie now, their order too: they tell no more."""
    kept, taken = _cells(installation), _taken(installation)
    with installation.database.reading() as session:
        versions = queries.versions(session, 1)
        rules = {rule.id: rule.questionnaire_id for rule in queries.rules(session, 1)}
        assert kept.keys() == tallies.stands(session).keys()
        for place, rows in kept.items():
            themes = [ThemeRef(code, f"Pass {code}") for code in tallies.themes(session, place)]
            forms = {
                each.id: expand(parse(each.content), themes) for each in versions[rules[place.rule_id] or 0]
            }
            anew = cells.count(session, place, forms).cells
            assert rows == anew
            told = [rows for measured, rows in taken if measured == place]
            assert told == [[cells.document(each) for each in anew]]


def _nothing_of_old_is_left(installation: Installation, old: set[str], tmp_path: Path) -> None:
    """Neither in the rows, nor in the file's free space, nor in a backup that is taken now."""
    assert not old & _names(installation)
    with time_machine.travel(OVER + timedelta(hours=1), tick=False):
        back_up(installation, tmp_path / "backup.folja", OVER)
    if installation.database.is_sqlite:
        path = Path(installation.database.url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            content = file.read_bytes()
            assert not [name for name in old if name.encode() in content]
    with installation.database.reading() as session:
        reminders = session.scalars(select(Message).where(Message.kind.in_(("reminder", "forgotten")))).all()
        assert {each.kind for each in reminders} == {"forgotten"}
        assert {(each.enrolment_id, each.invitation_id, each.sent_at) for each in reminders} == {(None,) * 3}
        assert not session.scalars(select(Message).where(Message.reason == "answered")).all()


def _logs_name_nobody(installation: Installation, said: str) -> None:
    with installation.database.reading() as session:
        names = [
            *session.scalars(select(Invitation.public_id)),
            *session.scalars(select(Participant.email)),
            *session.scalars(select(Participant.name)),
        ]
    assert not [name for name in names if f"{name} " in f"{said} "]
