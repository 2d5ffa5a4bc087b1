"""The indexes declared of a series."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from surveys.database import LARGEST_ID
from surveys.models.deeds import Deed
from surveys.models.programme import Series
from surveys.models.question_index import QuestionIndex


def of_series(session: Session, series_id: int) -> Sequence[QuestionIndex]:
    """Return them in the order in which they were declared."""
    return session.scalars(
        select(QuestionIndex).where(QuestionIndex.series_id == series_id).order_by(QuestionIndex.id)
    ).all()


def one(session: Session, series_id: int, index_id: int) -> QuestionIndex | None:
    if index_id > LARGEST_ID:
        return None
    return session.scalars(
        select(QuestionIndex).where(QuestionIndex.id == index_id, QuestionIndex.series_id == series_id)
    ).one_or_none()


def deeds_of(session: Session, series_id: int) -> Sequence[Deed]:
    """What was declared and changed of all indexes of a series, the newest first."""
    return session.scalars(
        select(Deed)
        .join(Series, Series.project_id == Deed.project_id)
        .where(
            Series.id == series_id,
            Deed.subject == f"series:{series_id}",
            Deed.action.in_(("index_declared", "index_changed")),
        )
        .options(joinedload(Deed.user))
        .order_by(Deed.id.desc())
    ).all()
