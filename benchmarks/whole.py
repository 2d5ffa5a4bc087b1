"""A questionnaire about a whole series, closed and answered row by row: only for measuring."""

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks import data
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Series
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response


def whole_series(
    session: Session,
    ids: dict[str, int],
    wave: str,
    position: int,
    questions: Sequence[str],
    closed_at: datetime,
) -> tuple[FollowUpRule, QuestionnaireVersion]:
    """Add a questionnaire about the whole series of ``data.plan``, closed; named after its wave."""
    form = Questionnaire(
        project_id=ids["project"], code=wave, wave=wave, privacy_mode="pseudonymous", position=position
    )
    version = QuestionnaireVersion(
        questionnaire=form, number=1, content=data.content(questions), digest="0" * 64
    )
    rule = FollowUpRule(
        series=session.get_one(Series, ids["series"]),
        code=wave,
        position=position,
        questionnaire=form,
        anchor="series_start",
        offset_days=0,
        offset_minutes=0,
        audience="everyone",
        reminder_days=[],
        close_after_days=14,
        active=True,
    )
    mailing = Mailing(
        rule=rule,
        target="series",
        step=0,
        intended_at=closed_at,
        due_at=closed_at,
        due_wall=closed_at.replace(tzinfo=None),
        timezone="UTC",
        closes_at=closed_at,
        state="expanded",
        expanded_at=closed_at,
    )
    session.add_all([version, mailing])
    session.flush()
    return rule, version


def answer_whole(
    session: Session,
    asked: tuple[FollowUpRule, QuestionnaireVersion],
    pairing_keys: Sequence[str],
    questions: Sequence[str],
    chance: random.Random,
    groups: bool = False,
) -> None:
    """Answer it at random, once for each of the keys that tell which answers are one person's; ``groups``:
    by persons of two genders and four organisations.
    """
    rule, version = asked
    rows = [
        {
            "id": UUID(int=chance.getrandbits(128)),
            "rule_id": rule.id,
            "target": "series",
            "version_id": version.id,
            "privacy_mode": "pseudonymous",
            "response_key": f"{rule.code}{number}",
            "pairing_key": pairing_key,
            "language": "sv",
            "background": _background(number) if groups else {},
            "answers": {code: chance.choice("1234") for code in questions},
            "revision": 1,
            "started_at": data.NOW,
            "saved_at": data.NOW,
            "submitted_at": data.NOW,
        }
        for number, pairing_key in enumerate(pairing_keys)
    ]
    session.execute(insert(Response), rows)


def _background(number: int) -> dict[str, str]:
    return {"gender": ("woman", "man")[number % 2], "organisation": "ABCD"[number // 2 % 4]}
