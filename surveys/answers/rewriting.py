"""The responses under a key written anew: other ids, no days, only what the rest have too, in no order."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.orm import Session

from surveys.answers import tallies, text_index
from surveys.domain.privacy import Limit
from surveys.domain.questionnaire import Form, parse
from surveys.domain.questions import ThemeChoice
from surveys.domain.unlinking import Freed, Held, freed
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries import answer_keys as queries
from surveys.queries.results import key as measurement_of

LANGUAGE, THEME, SOURCE = "language", "theme", "source"
# Most wanted first: what results are broken down by.
VARIABLES = (THEME, "gender", "organisation", "work_group", LANGUAGE, SOURCE)
BESIDE = {LANGUAGE: "", SOURCE: "web"}  # columns of their own, and what stands there where it is not kept
Row = dict[str, Any]


def rewrite(session: Session, key: AnswerKey, chance: Random) -> None:
    """Write the responses under ``key`` anew, in the caller's transaction.

    What was sent in stays; a draft that never was is emptied and only counted as begun. A classified answer
    (a theme) goes with its class where too few share it.
    """
    table = Response.__table__
    rows = [dict(row._mapping) for row in session.execute(select(table).where(queries.responses_under(key)))]
    sent = [row for row in rows if row["submitted_at"] is not None]
    limit = Limit(key.series.project.minimum_group)
    # What nobody was asked by hides nobody who was asked, nor the other way about.
    sent.sort(key=lambda row: bool(row["uncoded"]))
    asked = sum(not row["uncoded"] for row in sent)
    held = [_held(row, compared) for row, compared in _compared(session, sent)]
    left = [each for some in (held[:asked], held[asked:]) for each in freed(some, VARIABLES, limit, chance)]
    closings = _closings(session, rows)
    forms = _forms(session, sent)
    pairs: dict[int, str] = defaultdict(lambda: secrets.token_hex(32))
    anew = [_sent(row, each, forms[row["version_id"]], pairs) for row, each in zip(sent, left, strict=True)]
    anew += [_begun(row) for row in rows if row["submitted_at"] is None]
    for row in anew:
        moment = closings[measurement_of(row["rule_id"], row["target"])]
        row |= {"id": uuid4(), "response_key": secrets.token_hex(32), "revision": 1}
        row |= {"started_at": moment, "saved_at": moment}
        row["submitted_at"] = moment if row["answers"] is not None else None
    chance.shuffle(anew)
    session.execute(
        delete(Response).where(queries.responses_under(key)).execution_options(synchronize_session=False)
    )
    if anew:
        session.connection().execute(insert(Response), anew)
    _index(session.connection(), anew, forms)
    tallies.forget(session.connection(), [measurement_of(row["rule_id"], row["target"]) for row in rows])


def _index(connection: Connection, anew: Sequence[Row], forms: Mapping[int, Form]) -> None:
    """Their texts, in the order in which they lie, which is none."""
    for row in anew:
        if row["answers"] is not None:
            place, version = measurement_of(row["rule_id"], row["target"]), row["version_id"]
            text_index.write(connection, row["id"], place, version, forms[version], row["answers"])
    text_index.wipe(connection)


def _compared(session: Session, rows: Sequence[Row]) -> list[tuple[Row, bool]]:
    """Each row, and whether it is compared with others of its person: what is asked before and after is."""
    wanted = select(FollowUpRule.id, Questionnaire.wave).join(FollowUpRule.questionnaire)
    used = {row["rule_id"] for row in rows}
    found = session.execute(wanted.where(FollowUpRule.id.in_(used)))
    waves = {row.id: row.wave for row in found}
    return [(row, waves[row["rule_id"]] != "occasion") for row in rows]


def _held(row: Row, compared: bool) -> Held:
    place = measurement_of(row["rule_id"], row["target"])
    classes = {**row["background"], **{name: row[name] for name in BESIDE}}
    # Whoever answered before the questions were changed is known by them.
    asked = f"{place.rule_id}/{place.target}/{row['version_id']}"
    return Held(asked, row["pairing_key"] or "", compared, classes)


def _sent(row: Row, left: Freed, form: Form, pairs: Mapping[int, str]) -> Row:
    answers = row["answers"]
    beside = {LANGUAGE: ""} if row["uncoded"] else BESIDE
    if row["background"].get(THEME) and THEME not in left.classes:
        answers = _without_theme(answers, form)
    return {
        **row,
        "answers": answers,
        "draft": None,
        "pairing_key": pairs[left.unit] if left.unit is not None else None,
        **{name: left.classes.get(name, without) for name, without in beside.items()},
        "background": {name: value for name, value in left.classes.items() if name not in BESIDE},
    }


def _begun(row: Row) -> Row:
    return {**row, **BESIDE, "answers": None, "draft": None, "pairing_key": None, "background": {}}


def _without_theme(answers: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The answers but for those that name the theme, are about it alone, or were asked because of either."""
    naming = {each.code for each in form.questions if each.each or isinstance(each, ThemeChoice)}
    gone = naming | form.conditions.led_by(naming)
    return {code: value for code, value in answers.items() if code.partition("-")[0] not in gone}


def _forms(session: Session, rows: Sequence[Row]) -> dict[int, Form]:
    used = {row["version_id"] for row in rows}
    wanted = select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used))
    return {each.id: parse(each.content) for each in session.scalars(wanted)}


def _closings(session: Session, rows: Sequence[Row]) -> dict[Any, datetime]:
    """When each measurement closed: the one moment that all its responses get."""
    rules = {row["rule_id"] for row in rows}
    found = session.execute(
        select(Mailing.rule_id, Mailing.target, func.max(Mailing.closes_at))
        .where(Mailing.rule_id.in_(rules), Mailing.step == 0)
        .group_by(Mailing.rule_id, Mailing.target)
    )
    closings: dict[Any, datetime] = {}
    for rule_id, target, moment in found:
        place = measurement_of(rule_id, target)
        closings[place] = max(moment, closings.get(place, moment))
    return closings
