"""What has gone out and is still open: where somebody who comes late may or may not be asked."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Occasion, Series


class OpenMailing(NamedTuple):
    """A first mail that has gone out; ``late`` says what newcomers get of it."""

    questionnaire_id: int | None
    late: str
    occasion: str | None
    closes_at: datetime


def open_mailings(session: Session, series_id: int, now: datetime) -> list[OpenMailing]:
    """What has gone to everyone in a series and is still open.

    Those that go to whoever was there are left out: who comes late was not.
    """
    to_everyone = or_(FollowUpRule.audience == "everyone", Series.attendance_kept.is_(False))
    rows = session.execute(
        select(
            FollowUpRule.questionnaire_id,
            FollowUpRule.late,
            Occasion.title.label("occasion"),
            Mailing.closes_at,
        )
        .join(FollowUpRule, FollowUpRule.id == Mailing.rule_id)
        .join(Series, Series.id == FollowUpRule.series_id)
        .outerjoin(Occasion, Occasion.id == Mailing.occasion_id)
        .where(
            FollowUpRule.series_id == series_id,
            FollowUpRule.active,
            to_everyone,
            Mailing.step == 0,
            Mailing.enrolment_id.is_(None),
            Mailing.state.in_(("expanding", "expanded")),
            Mailing.closes_at > now,
        )
        .order_by(Mailing.due_at)
    )
    return [OpenMailing(*row) for row in rows]
