"""Selects of a project's own wording of its mails."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.models.texts import MailText


def own_texts(session: Session, project_id: int) -> Sequence[MailText]:
    """All that a project has worded itself."""
    return session.scalars(select(MailText).where(MailText.project_id == project_id)).all()


def own_text(session: Session, project_id: int, kind: str, language: str) -> MailText | None:
    """The project's own text of a kind of mail in a language; None where the built-in one is used."""
    return session.scalar(
        select(MailText).where(
            MailText.project_id == project_id, MailText.kind == kind, MailText.language == language
        )
    )
