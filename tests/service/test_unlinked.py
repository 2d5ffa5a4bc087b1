"""What closing leaves behind, and what an older backup brings back, for somebody who wants to know."""

import threading
from collections.abc import Iterator
from contextlib import closing as leaving
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import time_machine
from sqlalchemy import select

from scheduler.housekeeping import Housekeeper
from surveys.answers import closing, responses, withdrawing
from surveys.backup import keeping
from surveys.installation import Installation, open_installation
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import Invitation, Mailing
from surveys.models.message import Message
from surveys.models.response import Response
from tests.support.forms import CLOSES, DEGREE, NOW, Asked, ask, filled, local, revise

LATER = CLOSES + timedelta(hours=1)
CONTENT = {
    "title": local("Efter tillfället"),
    "questions": [
        {"code": "theme", "kind": "theme_choice", "text": local("Vilket pass?")},
        {"code": "new", "kind": "scale", "each": "theme", "scale": DEGREE, "text": local("Nytt om {theme}?")},
        {
            "code": "why",
            "kind": "long_text",
            "text": local("Varför B?"),
            "relevant": "${theme} = 'B'",
        },
        {"code": "more", "kind": "long_text", "text": local("Något mer?")},
    ],
}


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


def answer(house: Installation, who: Asked, **typed: str) -> None:
    fields = {f"q-{name}": [value] for name, value in typed.items()}
    responses.save(house.database, house.keys, who.public_id, who.token, filled(fields), NOW)


def kept(house: Installation) -> list[Response]:
    with house.database.reading() as session:
        found = list(session.scalars(select(Response)))
        session.expunge_all()
        return found


def close_all(house: Installation) -> None:
    for name in closing.due(house.database, house.keys, LATER):
        closing.close(house.database, house.keys, name, LATER, Random(1))


def test_what_a_small_theme_led_to_goes_with_its_name(installation: Installation) -> None:
    """Whoever is asked something because of the theme is known by having been asked."""
    asked = ask(installation, *(f"P{n}" for n in range(11)), content=CONTENT, privacy_mode="anonymous")
    for number, each in enumerate(asked):
        few = number < 3
        more = {"theme": "B", "new-B": "2", "why": "Lokalen"} if few else {"theme": "A", "new-A": "3"}
        answer(installation, each, more="Nej", **more)
    close_all(installation)
    told = [set(each.answers or {}) for each in kept(installation)]
    assert sorted(map(len, told)) == [1] * 11, "three are too few, and eight would leave them alone"
    assert set().union(*told) == {"more"}


def test_a_changed_questionnaire_does_not_tell_apart_what_the_background_hides(
    installation: Installation,
) -> None:
    """Five women answered, but one of them before the questions were changed."""
    asked = ask(installation, *(f"P{n}" for n in range(10)), content=CONTENT, privacy_mode="anonymous")
    answer(installation, asked[0], more="Tidigt")
    revise(installation, {**CONTENT, "title": local("Efter")})
    for each in asked[1:]:
        answer(installation, each, more="Sent")
    close_all(installation)
    (early,) = [each for each in kept(installation) if (each.answers or {})["more"] == "Tidigt"]
    assert early.background == {}


def test_who_was_reminded_can_not_be_worked_out(installation: Installation) -> None:
    """Neither by a mailing to one person, nor by the order of the mails' numbers."""
    asked = ask(installation, *(f"P{n}" for n in range(12)), privacy_mode="anonymous")
    with installation.database.transaction() as session:
        first = session.scalars(select(Mailing)).one()
        values = {name: getattr(first, name) for name in ("rule_id", "intended_at", "due_at", "due_wall")}
        values |= {"timezone": first.timezone, "closes_at": first.closes_at, "state": "expanded", "step": 1}
        reminder = Mailing(target=first.target, **values)
        alone = Mailing(target=f"enrolment:{asked[0].enrolment_id}", **values)
        alone.enrolment_id = asked[0].enrolment_id
        session.add_all([reminder, alone])
        session.flush()
        for number, each in enumerate(session.scalars(select(Invitation).order_by(Invitation.id)).all()):
            common = {"invitation_id": each.id, "enrolment_id": each.enrolment_id, "kind": "reminder"}
            common |= {"next_attempt_at": NOW, "public_id": f"m{number}"}
            state = "sent" if number < 6 else "cancelled"
            session.add(Message(mailing_id=reminder.id, step=1, state=state, **common))
        session.add(Message(**common | {"public_id": "x"}, mailing_id=alone.id, step=2, state="sent"))
    close_all(installation)
    with installation.database.reading() as session:
        left = session.scalars(select(Message).order_by(Message.id)).all()
        persons = set(session.scalars(select(Mailing.id).where(Mailing.enrolment_id.is_not(None))))
        assert {each.kind for each in left} == {"forgotten"}
        assert not persons & {each.mailing_id for each in left}
        states = [each.state for each in left if each.mailing_id is not None]
    assert sorted(states) == ["cancelled"] * 6 + ["sent"] * 6
    assert states != sorted(states, reverse=True)


@pytest.fixture
def yesterday(installation: Installation, tmp_path: Path) -> Path:
    return tmp_path / "yesterday.folja"


def go_back(house: Installation, backup: Path, at: datetime = NOW) -> Iterator[Installation]:
    house.close()
    keeping.restore(house.settings, backup, at, replace=True)
    with leaving(open_installation(replace(house.settings))) as restored:
        yield restored


def test_a_backup_brings_back_no_answer_that_was_taken_back(
    installation: Installation, yesterday: Path
) -> None:
    anna, bo, cia = ask(installation, "Anna Ek", "Bo By", "Cia Al", content=CONTENT, privacy_mode="sealed")
    for who in (anna, bo, cia):
        answer(installation, who, more=who.public_id)
    keeping.back_up(installation, yesterday, NOW)
    for who in (anna, bo):
        assert withdrawing.withdraw(installation.database, installation.keys, who.public_id, who.token, NOW)
    answer(installation, bo, more="Något annat")
    keeping.back_up(installation, yesterday.with_suffix(".later"), NOW)
    for backup, there in ((yesterday, {cia.public_id}), (yesterday.with_suffix(".later"), None)):
        for house in go_back(installation, backup, NOW if there else LATER):
            with time_machine.travel(NOW, tick=False):
                assert Housekeeper(house, threading.Event()).run()
            told = {str((each.answers or {})["more"]) for each in kept(house)}
            assert told == (there or {"Något annat", cia.public_id})
            with house.database.reading() as session:
                wanted = select(Invitation.public_id).where(Invitation.declined)
                declined = set(session.scalars(wanted))
            assert declined == ({anna.public_id, bo.public_id} if there else {anna.public_id})


def test_nothing_is_kept_or_shown_under_a_key_that_only_the_backup_believes_in(
    installation: Installation, yesterday: Path
) -> None:
    """Destroyed ahead of its time, then the database of before: all would stand under the same, empty key."""
    anna, bo = ask(installation, "Anna Ek", "Bo By", content=CONTENT, privacy_mode="anonymous")
    keeping.back_up(installation, yesterday, NOW)
    with installation.database.reading() as session:
        name = session.scalars(select(AnswerKey.name)).one()
    closing.close(installation.database, installation.keys, name, NOW, Random(1))
    for house in go_back(installation, yesterday):
        with pytest.raises(responses.Closed):
            answer(house, anna, more="Hemligt")
        with pytest.raises(withdrawing.CannotBeFound):
            withdrawing.withdraw(house.database, house.keys, bo.public_id, bo.token, NOW)
        view = responses.open_form(house.database, house.keys, bo.public_id, bo.token, NOW)
        assert (view.closed, view.can_be_found, view.answers) == (True, False, None)
        assert kept(house) == []
