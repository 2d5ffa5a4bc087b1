"""What people wrote in their own words: found the same on both databases, and gone when it is gone."""

import threading
import unicodedata
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, text, update

from scheduler.aggregator import Aggregator
from surveys.answers import closing, paper, text_index, uncoded, withdrawing
from surveys.domain.own_words import own_words
from surveys.domain.questionnaire import parse
from surveys.installation import Installation
from surveys.models.answer_key import AnswerKey
from surveys.models.answer_text import FOUND, AnswerText, TextBacklog
from surveys.models.response import Response
from surveys.queries.results import Key, key
from surveys.results.free_text import FreeTexts, Wanted, read_texts
from tests.service.test_paper import enter, form_of, on_web, staff, the_mailing, uncoded_paper
from tests.support.answered import AFTER, NOW, Answering
from tests.support.forms import NOW as ASKED
from tests.support.forms import Asked, ask

WROTE = (
    "Vi ansvarade för lokalen",
    "Ansvar, ansvar!",
    "Bra lokal, dåliga kurser",
    "Dålig lokal men bra kursledare",
    "Öl och ärter, sa Åke",
    "Zon 1_a är 100% mat-nyttig",
    unicodedata.normalize("NFD", "På återseende"),
    "Hon sa 'nej' \\ ja | & ! <-> OR NOT stems:",
    "a" * 5_000,
    "شكرا جزيلا 👍🏽",
)
ALPHABETICAL = [8, 1, 2, 3, 7, 6, 0, 5, 4, 9]
SEARCHES: dict[str, list[int]] = {
    "": ALPHABETICAL,
    "!?": ALPHABETICAL,
    "ansvarade": [1, 0],
    "LOKALERNA bra": [2, 3],
    '"bra lokal"': [2],
    '"lokal bra"': [],
    "”dåliga lokalen”": [3],
    '"bra lokal" kurs': [2],
    '"obalans': [],
    "kurs*": [2, 3],
    "kurserna*": [],
    "kursl* dålig": [3],
    "mat-nyttig": [5],
    "1_a": [5],
    "1_b": [],
    "100%": [5],
    "pa": [],
    "på": [6],
    "P\u0061\u030a": [6],
    "'nej'": [7],
    "or not": [7],
    "stems:": [7],
    "\\ | &": ALPHABETICAL,
    "a" * 3_000: [8],
    "aaa*": [8],
    "شكرا": [9],
    "👍🏽": ALPHABETICAL,
}


def look(installation: Installation, wanted: Wanted, as_evaluator: bool = True) -> FreeTexts:
    with installation.database.reading() as session:
        return read_texts(session, 1, NOW, wanted, as_evaluator)


def test_the_same_is_found_on_every_database(installation: Installation) -> None:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.measured([{"more": each} for each in WROTE], AFTER)
        it.measured([{"more": "Vi ansvarade inte"}] * 4, AFTER)
        it.measured([{"more": f"Mycket ansvar {number}"} for number in range(120)], AFTER)
    first = Wanted(place="efter1/t1")
    whole = [unicodedata.normalize("NFC", each) for each in WROTE]
    for asked, expected in SEARCHES.items():
        found = look(installation, Wanted(place=first.place, search=asked))
        assert [whole.index(each.text) for each in found.texts] == expected, asked
        assert found.count == len(expected), asked
        assert all(any(hit for _, hit in each.pieces) == found.searched for each in found.texts), asked

    marked = look(installation, Wanted(place=first.place, search='"bra lokalen" dålig')).texts[0]
    assert marked.pieces == (("Bra lokal", True), (", ", False), ("dåliga", True), (" kurser", False))
    every = look(installation, Wanted(search="ansvar", page=3))
    assert (every.count, every.total, every.pages, len(every.texts)) == (122, 130, 3, 22)
    assert every.texts[-1].text == "Vi ansvarade för lokalen", "four answers are too few to be shown"
    assert every.hidden == 1

    with installation.database.transaction() as session:
        session.execute(update(AnswerText).values(text="Något annat"))
        session.execute(insert(TextBacklog).values(rule_id=1))
    assert look(installation, first).is_behind
    assert Aggregator(installation, threading.Event()).run()
    again = look(installation, first)
    assert [whole.index(each.text) for each in again.texts] == ALPHABETICAL
    assert not again.is_behind


def test_what_is_not_to_be_seen_yet_is_not_found(installation: Installation) -> None:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.measured([{"more": each} for each in WROTE], AFTER, closes_in=timedelta(days=1))
    assert look(installation, Wanted(search="ansvar")).count == 2
    hidden = look(installation, Wanted(search="ansvar"), as_evaluator=False)
    assert (hidden.count, hidden.total, hidden.hidden, hidden.questions) == (0, 0, 1, {})


def stored(installation: Installation) -> list[str]:
    """The texts that the index holds, which are those of the answers and leave no trace of others."""
    with installation.database.reading() as session:
        expected = {
            (each.id, key(each.rule_id, each.target), each.version_id, code, said)
            for each in session.scalars(select(Response))
            for code, said in own_words(parse(each.version.content), each.answers or {})
        }
        rows = session.scalars(select(AnswerText)).all()
        session.expunge_all()
    assert {
        (each.response_id, Key(each.rule_id, each.target), each.version_id, each.code, each.text)
        for each in rows
    } == expected
    assert len(rows) == len(expected)
    if installation.database.is_sqlite:
        _is_whole(installation)
    return sorted(each.text for each in rows)


def _is_whole(installation: Installation) -> None:
    with installation.database.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO {FOUND} ({FOUND}, rank) VALUES ('integrity-check', 1)")


def traces(installation: Installation, word: str) -> bool:
    """Whether the index holds a word anywhere, in its tables or in SQLite's own of it."""
    names = ["answer_text"] + ([f"{FOUND}_data"] if installation.database.is_sqlite else [])
    with installation.database.reading() as session:
        rows = [str(tuple(row)) for name in names for row in session.execute(text(f"SELECT * FROM {name}"))]
    return any(word in row for row in rows)


def test_the_index_follows_whatever_becomes_of_an_answer(installation: Installation) -> None:
    """Each act that writes, changes or deletes one, in the mode in which all of them can be."""
    db, keys = installation.database, installation.keys
    asked = ask(installation, *(f"P{number}" for number in range(12)), privacy_mode="sealed")
    user, where = staff(installation), the_mailing(db)
    first, *others = asked

    def said(who: Asked, more: str, *, submit: bool = True, **typed: list[str]) -> list[str]:
        fields: dict[str, Any] = {"q-overall": ["3"], "q-more": [more], **typed}
        on_web(installation, who, fields, submit=submit)
        return stored(installation)

    assert said(first, "Utkastet", submit=False) == []
    own = {"q-role": ["other"], "q-role.text": ["Egen väg"]}
    assert said(first, "Hemligt", **own) == [
        "Egen väg",
        "Hemligt",
    ]
    assert said(first, "Nytt utkast", submit=False) == ["Egen väg", "Hemligt"]
    assert said(first, "Ändrat") == ["Ändrat"]
    text_index.wipe_all(db)
    assert not traces(installation, "heml")

    row = copy(installation)
    assert withdrawing.withdraw(db, keys, first.public_id, first.token, ASKED)
    assert stored(installation) == []
    assert not traces(installation, "ändr")
    with db.transaction() as session:  # as an older backup does
        session.execute(insert(Response), [row])
        session.execute(insert(TextBacklog).values(rule_id=row["rule_id"]))
    assert text_index.catch_up(db) == 1
    assert stored(installation) == ["Ändrat"]
    assert withdrawing.withdraw_again(db, keys) == 1
    assert stored(installation) == []

    assert said(others[0], "Halvfärdigt", submit=False) == []
    papers = [enter(installation, form_of(installation, name), user) for name in ("P1", "P2")]
    assert stored(installation) == ["Mer tid", "Mer tid"]
    for each in papers:
        paper.undo(db, keys, *where, each, user, ASKED)
    without = uncoded_paper(installation, "papper")
    assert stored(installation) == ["Mer tid"]
    uncoded.undo(db, *where, without.key, user, ASKED)
    assert stored(installation) == []
    assert not traces(installation, "tid")

    every = sorted(f"Text {number}" for number in range(10))
    for number, who in enumerate(others[:10]):
        said(who, f"Text {number}")
    before = copy(installation)["id"]
    with db.reading() as session:
        name = session.scalars(select(AnswerKey.name)).one()
    closing.close(db, keys, name, ASKED, Random(1))
    assert stored(installation) == every, "written anew with the answers"
    assert not traces(installation, before.hex)


def copy(installation: Installation) -> dict[str, Any]:
    """A row of a response that was sent in, as it stands."""
    with installation.database.reading() as session:
        sent = select(Response.__table__).where(Response.submitted_at.is_not(None)).limit(1)
        return dict(session.execute(sent).one()._mapping)
