"""What the guard and the sign-in ask about users, their roles and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from surveys.models.access import Membership, SignInAttempt, StaffSession, User
from surveys.models.programme import Project, Series


def user_by_address(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email))


def user_name(session: Session, user_id: int) -> str:
    return session.scalars(select(User.name).where(User.id == user_id)).one()


def users(session: Session) -> Sequence[User]:
    asked = select(User).options(joinedload(User.memberships).joinedload(Membership.project))
    return session.scalars(asked.order_by(User.email)).unique().all()


def addresses_in_charge(session: Session) -> Sequence[str]:
    """Whoever is administrator of a project and may sign in."""
    asked = select(User.email).join(User.memberships).distinct().order_by(User.email)
    return session.scalars(asked.where(Membership.role == "administrator", User.active)).all()


def membership(session: Session, user_id: int, project_code: str) -> Membership | None:
    """The user's place in a project, with the project loaded."""
    asked = select(Membership).join(Membership.project).options(joinedload(Membership.project))
    return session.scalar(asked.where(Membership.user_id == user_id, Project.code == project_code))


def memberships(session: Session, user_id: int) -> Sequence[Membership]:
    """All the user's projects, by title."""
    asked = select(Membership).join(Membership.project).options(joinedload(Membership.project))
    return session.scalars(asked.where(Membership.user_id == user_id).order_by(Project.title)).all()


def project_by_code(session: Session, code: str) -> Project | None:
    return session.scalar(select(Project).where(Project.code == code))


def series_of(session: Session, project_id: int, code: str) -> Series | None:
    return session.scalar(select(Series).where(Series.project_id == project_id, Series.code == code))


def staff_session(session: Session, token_hash: str) -> StaffSession | None:
    asked = select(StaffSession).options(joinedload(StaffSession.user))
    return session.scalar(asked.where(StaffSession.token_hash == token_hash))


def attempts_since(session: Session, key_hash: str, since: datetime) -> tuple[int, datetime | None]:
    """How many failed sign-ins after ``since``, and when the oldest of them was."""
    asked = select(func.count(), func.min(SignInAttempt.tried_at)).where(
        SignInAttempt.key_hash == key_hash, SignInAttempt.tried_at > since
    )
    count, oldest = session.execute(asked).one()
    return count, oldest
