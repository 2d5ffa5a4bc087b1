"""The indexes declared of a series."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.models.question_index import QuestionIndex


def of_series(session: Session, series_id: int) -> Sequence[QuestionIndex]:
    """Return them in the order in which they were declared."""
    return session.scalars(
        select(QuestionIndex).where(QuestionIndex.series_id == series_id).order_by(QuestionIndex.id)
    ).all()


def one(session: Session, series_id: int, index_id: int) -> QuestionIndex | None:
    return session.scalars(
        select(QuestionIndex).where(QuestionIndex.id == index_id, QuestionIndex.series_id == series_id)
    ).one_or_none()
