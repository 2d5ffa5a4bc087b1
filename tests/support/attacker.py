"""Somebody with a copy of the database, and perhaps of the keys, who wants to know whose answer is whose.

Every order and every time on the side of the answers is held against every one on the side of the register,
within what the background allows, by maximum matching. Keys that lie about are tried.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from sqlalchemy import text

from surveys.database import Database
from surveys.keys import Keyring
from tests.support.confidants import MARK

IMPOSSIBLE = 1_000.0
PERSONS = """
SELECT i.id, i.public_id, i.rule_id, i.target, i.created_at, i.generation, i.declined, i.key_name,
  e.id AS enrolment, e.public_id AS enrolment_name, p.code AS mark, p.gender, p.language,
  o.code AS organisation, e.work_group, th.code AS theme, {place} AS place, {writer} AS writer,
  {locker} AS locker, m.mails, m.last_mail, m.last_sent, m.last_writer, m.reminded, m.why
FROM invitation i JOIN enrolment e ON e.id = i.enrolment_id JOIN participant p ON p.id = e.participant_id
LEFT JOIN organisation o ON o.id = p.organisation_id
LEFT JOIN attendance a ON a.enrolment_id = e.id AND i.target = 'occasion:' || a.occasion_id
LEFT JOIN theme th ON th.id = a.theme_id
LEFT JOIN (SELECT invitation_id, count(*) AS mails, max(id) AS last_mail, max(sent_at) AS last_sent,
  max({mail_writer}) AS last_writer,
  sum(CASE WHEN step > 0 AND state = 'sent' THEN step ELSE 0 END) AS reminded,
  max(reason) AS why FROM message GROUP BY invitation_id) m ON m.invitation_id = i.id
"""
RESPONSES = """
SELECT r.*, {place} AS place, {writer} AS writer FROM response r WHERE r.submitted_at IS NOT NULL
"""
SQLITE = {"place": "{0}.rowid", "writer": "0", "locker": "0", "mail_writer": "0"}
POSTGRESQL = {
    "place": "{0}.ctid::text",
    "writer": "{0}.xmin::text::bigint",
    "locker": "{0}.xmax::text::bigint",
    "mail_writer": "message.xmin::text::bigint",
}
Rows = Sequence[Mapping[str, Any]]
OF_PERSON = (
    *("id", "created_at", "generation", "declined", "place", "writer", "locker", "enrolment"),
    *("mails", "last_mail", "last_sent", "last_writer", "reminded", "why"),
)
OF_RESPONSE = (
    *("place", "writer", "id", "response_key", "pairing_key", "started_at", "saved_at", "submitted_at"),
    "revision",
)
CLASSES = ("gender", "organisation", "work_group", "theme")


@dataclass
class Figures:
    """How many of ``answers`` were led to their person, the best way, and by drawing among those alike."""

    answers: int = 0
    by_drawing: float = 0.0
    smallest_class: int = 10**9
    hits: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def best(self) -> tuple[str, int]:
        return max(self.hits.items(), key=lambda each: each[1])

    @property
    def without_keys(self) -> int:
        return max(hits for way, hits in self.hits.items() if way != "keys")

    @property
    def bound(self) -> float:
        """What drawing gives, and luck: six and a half standard deviations, for the best of many ways."""
        return self.by_drawing + 6.5 * max(self.by_drawing, 1.0) ** 0.5

    def __str__(self) -> str:
        way, hits = self.best
        return (
            f"{hits} of {self.answers} answers led to their person ({way}); "
            f"drawing among those alike gives {self.by_drawing:.1f}, and never more than {self.bound:.1f}"
        )


def attack(db: Database, keys: Keyring, mode: str) -> Figures:
    """Lead the answers of a mode to persons, every way there is, with what keys lie about too."""
    persons, responses = _read(db, PERSONS, "i"), _read(db, RESPONSES, "r")
    figures = Figures()
    asked_of = defaultdict(set)
    for each in persons:
        asked_of[each["mark"]].add((each["rule_id"], each["target"]))
    for place in sorted(
        {(each["rule_id"], each["target"]) for each in responses if each["privacy_mode"] == mode}
    ):
        asked = [each for each in persons if (each["rule_id"], each["target"]) == place]
        given = [each for each in responses if (each["rule_id"], each["target"]) == place]
        alike = _alike(asked, given)
        figures.answers += len(given)
        figures.by_drawing += sum(1 / max(1, many) for many in alike.sum(axis=1))
        figures.smallest_class = min(figures.smallest_class, *_sizes(given))
        figures.hits["background alone"] += _hits(asked, given, alike, np.zeros(alike.shape))
        figures.hits["keys"] += _hits(asked, given, alike, _by_key(keys, asked, given))
        figures.hits["answered both"] += _hits(
            asked, given, alike, _by_pattern(asked, given, responses, asked_of)
        )
        for way, cost in _by_order(asked, given):
            figures.hits[way] += _hits(asked, given, alike, cost)
    return figures


def _read(db: Database, statement: str, table: str) -> Rows:
    columns = SQLITE if db.is_sqlite else POSTGRESQL
    made = statement.format(**{name: column.format(table) for name, column in columns.items()})
    with db.reading() as session:
        return [dict(row._mapping) for row in session.execute(text(made))]


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _classes(response: Mapping[str, Any]) -> dict[str, str]:
    known = {name: value for name, value in _loaded(response["background"]).items() if name in CLASSES}
    return known | ({"language": response["language"]} if response["language"] else {})


def _sizes(given: Rows) -> list[int]:
    """How many responses of the measurement each class combination is on."""
    counted: dict[Any, int] = defaultdict(int)
    for each in given:
        counted[tuple(sorted(_classes(each).items()))] += 1
    return list(counted.values())


def _alike(asked: Rows, given: Rows) -> Any:
    """Responses × persons: whether the background allows it."""
    return np.array(
        [
            [all((person[name] or "") == value for name, value in _classes(each).items()) for person in asked]
            for each in given
        ]
    )


def _by_key(keys: Keyring, asked: Rows, given: Rows) -> Any:
    """Which persons' keys lead to which response: computed, as the program does."""
    found = {keys.response_key(person["public_id"], person["key_name"]): n for n, person in enumerate(asked)}
    pairs = {
        keys.pairing_key(person["enrolment_name"], person["key_name"]): n for n, person in enumerate(asked)
    }
    cost = np.zeros((len(given), len(asked)))
    for row, each in enumerate(given):
        for known, value in ((found, each["response_key"]), (pairs, each["pairing_key"])):
            if value and value in known:
                cost[row, known[value]] -= 10
    return cost


def _by_pattern(asked: Rows, given: Rows, responses: Rows, asked_of: Mapping[str, set[Any]]) -> Any:
    """Whoever was asked just what somebody answered is the likeliest."""
    answered = defaultdict(set)
    for each in responses:
        answered[each["pairing_key"]].add((each["rule_id"], each["target"]))
    cost = np.zeros((len(given), len(asked)))
    for row, each in enumerate(given):
        mine = answered[each["pairing_key"]] if each["pairing_key"] else {(each["rule_id"], each["target"])}
        for column, person in enumerate(asked):
            theirs = asked_of[person["mark"]]
            cost[row, column] = len(theirs - mine) if mine <= theirs else IMPOSSIBLE / 10
    return cost


def _by_order(asked: Rows, given: Rows) -> Iterator[tuple[str, Any]]:
    """Those who come early on the one side with those who do on the other, in every order there is."""
    persons = {name: _ranks([each[name] for each in asked]) for name in OF_PERSON}
    for theirs in OF_RESPONSE:
        responses = _ranks([each[theirs] for each in given])
        for mine, ranks in persons.items():
            yield f"{theirs} with {mine}", np.abs(responses[:, None] - ranks[None, :])


def _ranks(values: Sequence[Any]) -> Any:
    """Places between 0 and 1; those of the same value share theirs. Physical places count page by page."""
    told = [_told(value) for value in values]
    order = {value: n for n, value in enumerate(sorted(set(told)))}
    return np.array([order[value] for value in told]) / max(1, len(order) - 1)


def _told(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("("):
        page, line = value.strip("()").split(",")
        return f"{int(page):09}{int(line):09}"
    return f"{value:020}" if isinstance(value, int) else str(value)


def _hits(asked: Rows, given: Rows, alike: Any, cost: Any) -> int:
    rows, columns = linear_sum_assignment(np.where(alike, cost, IMPOSSIBLE))
    truth = [_loaded(each["answers"])[MARK] for each in given]
    return sum(truth[row] == asked[column]["mark"] for row, column in zip(rows, columns, strict=True))
