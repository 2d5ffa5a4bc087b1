"""Answers that others have collected become responses, all of a file at once; and are taken out again.

Nobody was asked for them, so they are answers and in no rate; their source stands beside them. Where a row's
person is known it has the same pairing key as what that person answers in Följa, but only where the
questionnaire's privacy mode lets answers be followed afterwards too: what is to lead to nobody is not joined.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from surveys.answers import beginnings, made_files, text_index
from surveys.answers.outside_files import NoSuchImport, Opened, held, opened
from surveys.answers.outside_rows import Sorted, sort_rows
from surveys.database import Database
from surveys.domain import timing
from surveys.domain.answer_rows import RowRead
from surveys.domain.privacy import PrivacyMode
from surveys.followups import gone
from surveys.keys import Keyring
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.response import Response
from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.queries import outside_answers as queries
from surveys.queries import rules as rule_queries
from surveys.queries.outside_answers import Person
from surveys.queries.results import Key
from surveys.queries.sheets import SheetKey

CODE_PREFIX = "utifran."  # no rule that somebody names has a point in its code
AT_A_TIME = 1_000


class FaultyRows(Exception):
    """Some rows cannot be taken in, and nobody has said that the others are to be."""

    code = "faulty_rows"


class UnknownPeople(Exception):
    """Some rows name a person who is not enrolled, and nobody has said what becomes of them."""

    code = "unknown_people"


class NothingToSave(Exception):
    code = "nothing_to_save"


class ChangedMeanwhile(Exception):
    """What would be saved is not what was shown: the register or the questionnaire has changed."""

    code = "changed_meanwhile"


def save(
    db: Database,
    keys: Keyring,
    series_id: int,
    public_id: str,
    shown: Mapping[str, int],
    leave_faulty: bool,
    unknown: str,
    user_id: int | None,
    now: datetime,
    entered_by: int | None = None,
) -> int:
    """Take the answers of a file in, all in one transaction; returns how many responses there are.

    ``shown``: what was shown (:attr:`Sorted.told`), as a mapping. ``unknown``: "keep" those who are not
    enrolled, joined with nobody, or "leave" them out. ``entered_by``: the supplier who may take in only what
    they handed in, and is told nothing of the register: whoever is not enrolled is kept. Raises
    :class:`NoSuchImport`, :class:`FaultyRows`, :class:`UnknownPeople`, :class:`NothingToSave`,
    :class:`ChangedMeanwhile`.
    """
    with db.transaction() as session:
        rule_queries.hold_series(session, series_id)
        row = held(session, series_id, public_id, entered_by)
        found = opened(session, row)
        rows = sort_rows(session, found, untold=entered_by is not None)
        if dict(shown) != asdict(rows.told):
            raise ChangedMeanwhile
        if rows.faults and not leave_faulty:
            raise FaultyRows
        if rows.unknown and unknown not in ("keep", "leave"):
            raise UnknownPeople
        apart = set(rows.unknown) if unknown == "leave" else set()
        kept = [each for each in rows.good if each.line not in apart]
        if not kept:
            raise NothingToSave
        moment = timing.to_utc(datetime.combine(row.collected_on, time()), row.series.project.timezone)
        if not beginnings.lock(session.connection(), SheetKey(found.version.id, found.version.digest), now):
            raise ChangedMeanwhile
        rule = _rule(session, row)
        session.add(rule)
        session.flush()
        place = Key(rule.id, f"occasion:{row.occasion_id}" if row.occasion_id else "series")
        made = list(_responses(session, keys, found, rows, kept, place, moment))
        for start in range(0, len(made), AT_A_TIME):
            session.execute(insert(Response), made[start : start + AT_A_TIME])
        for one, each in zip(made, kept, strict=True):
            text_index.write(
                session.connection(), one["id"], place, found.version.id, found.form, each.answers
            )
        row.counts = {**asdict(rows.counted), "kept": len(made), "untold": entered_by is not None}
        row.rule, row.joined, row.content, row.saved_at = rule, bool(rows.whose), None, now
        session.add(_deed(row, "answers_taken_in", user_id, now, len(made)))
        return len(made)


def take_out(
    db: Database,
    series_id: int,
    public_id: str,
    user_id: int | None,
    now: datetime,
    entered_by: int | None = None,
) -> None:
    """Undo a whole import: its responses go, and all that was counted of them. ``entered_by`` as in
    :func:`save`. Raises NoSuchImport.
    """
    with db.transaction() as session:
        rule_queries.hold_series(session, series_id)
        row = queries.hold(session, series_id, public_id, entered_by)
        if row is None or row.rule_id is None:
            raise NoSuchImport(public_id)
        rule = row.rule_id
        gone_with_it = session.execute(
            delete(Response).where(Response.rule_id == rule).returning(Response.id)
        ).all()
        text_index.wipe(session.connection())
        session.add(_deed(row, "answers_taken_out", user_id, now, len(gone_with_it)))
        made_files.drop_of_rule(session.connection(), rule)
        session.delete(row)
        session.flush()
        tallies = queries.tallies_of(rule)
        session.execute(delete(StoredCell).where(StoredCell.tally_id.in_(tallies)))
        session.execute(delete(StoredTally).where(StoredTally.rule_id == rule))
        session.execute(delete(Snapshot).where(Snapshot.rule_id == rule))
        session.execute(delete(FollowUpRule).where(FollowUpRule.id == rule))
        gone.let_go(session, "outside_answers", "rule")


def _rule(session: Session, row: OutsideAnswers) -> FollowUpRule:
    """What the responses are under: as any rule, but that it asks nobody and never will."""
    codes, last = rule_queries.codes_and_last_position(session, row.series_id)
    numbers = [int(code.removeprefix(CODE_PREFIX)) for code in codes if code.startswith(CODE_PREFIX)]
    return FollowUpRule(
        series_id=row.series_id,
        code=f"{CODE_PREFIX}{max(numbers, default=0) + 1}",
        position=last + 1,
        questionnaire_id=row.questionnaire_id,
        anchor="occasion_end" if row.occasion_id else "series_end",
        offset_days=0,
        offset_minutes=0,
        audience="everyone",
        late="nothing",
        reminder_days=[],
        close_after_days=1,
        active=False,
        outside=True,
    )


def _responses(
    session: Session,
    keys: Keyring,
    found: Opened,
    rows: Sorted,
    kept: list[RowRead],
    place: Key,
    moment: datetime,
) -> Iterator[dict[str, Any]]:
    row = found.row
    people = {each.enrolment_id: each for each in queries.people(session, row.series_id)}
    themes = queries.themes_chosen(session, row.occasion_id) if row.occasion_id else {}
    mode = PrivacyMode.PSEUDONYMOUS if rows.whose else PrivacyMode.ANONYMOUS
    common = {
        "rule_id": place.rule_id,
        "target": place.target,
        "version_id": found.version.id,
        "privacy_mode": mode.value,
        "language": "",
        "revision": 1,
        "started_at": moment,
        "saved_at": moment,
        "submitted_at": moment,
        "source": "outside",
        "uncoded": True,
    }
    for each in kept:
        enrolment = rows.whose.get(each.line)
        person = people[enrolment] if enrolment is not None else None
        yield {
            **common,
            "id": uuid4(),
            "response_key": secrets.token_hex(32),
            "pairing_key": keys.pairing_key(person.public_id) if person else None,
            "background": _background(person, themes.get(enrolment or 0)) if person else {},
            "answers": dict(each.answers),
        }


def _background(person: Person, theme: str | None) -> dict[str, str]:
    """The coarse classes that every response of a known person has."""
    classes = {
        "gender": person.gender,
        "organisation": person.organisation,
        "work_group": person.work_group,
        "theme": theme,
    }
    return {name: value for name, value in classes.items() if value}


def _deed(row: OutsideAnswers, action: str, user_id: int | None, now: datetime, many: int) -> Deed:
    return Deed(
        project_id=row.series.project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"outside_answers:{row.id}",
        details={"title": row.source_name, "collected_by": row.collected_by, "responses": many},
    )
