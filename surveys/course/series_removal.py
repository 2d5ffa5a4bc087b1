"""Use-cases: a series removed as long as nothing has come of it, else switched off."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.course.series import held, refreshed
from surveys.database import Database
from surveys.followups import difference, gone
from surveys.followups.difference import Difference
from surveys.models.deeds import Deed
from surveys.models.export_job import ExportJob
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.imports import PeopleImport
from surveys.models.message import Message
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.people import Enrolment, MailStop, Outcome
from surveys.models.programme import Occasion, OccasionChange, Series, Theme
from surveys.models.question_index import QuestionIndex
from surveys.models.word_spelling import WordSpelling
from surveys.queries import planning as planning_queries
from surveys.queries import series_removal as queries


class SeriesKept(Exception):
    """Something has come of the series, which stays: has_sent, has_answers, has_log, has_attendance."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def remove_series(db: Database, series_id: int, user_id: int | None, now: datetime) -> None:
    """Remove a series with its occasions, rules and enrolments; the people stay in the project.

    Raises :class:`SeriesKept` where anything has been sent, answered or recorded, and ``SeriesGone``.
    """
    try:
        with db.transaction() as session:
            series = held(session, series_id)
            # Locked first: the planner may be expanding one of them.
            planning_queries.mailings_to_refresh(session, series_id)
            if why := queries.trace(session, series_id):
                raise SeriesKept(why)
            _forget(session, series_id)
            deed = _deed(series, "series_removed", user_id, now, f"project:{series.project_id}")
            deed.details = {"code": series.code, "title": series.title}
            session.add(deed)
            session.expunge(series)
            session.execute(delete(Series).where(Series.id == series_id))
            gone.let_go(session, "series", "occasion", "rule", "mailing", "enrolment")
    except IntegrityError:  # something was sent or recorded while it was being removed
        raise SeriesKept("has_sent") from None


def switch_off_series(
    db: Database, series_id: int, user_id: int | None, now: datetime, *, rehearse: bool = False
) -> Difference:
    """Let the rules of a series send nothing more, until it is confirmed again; returns what falls away.

    Raises ``SeriesGone``.
    """
    with db.transaction(rehearse) as session:
        series = held(session, series_id)
        before = difference.photograph(session, series_id, now)
        if series.active:
            series.active = False
            session.add(_deed(series, "series_off", user_id, now, f"series:{series.id}"))
        return refreshed(session, series_id, before, now)


def _forget(session: Session, series_id: int) -> None:
    """Delete all that belongs to a series of which nothing has come."""
    rules, occasions = queries.rules_of(series_id), queries.occasions_of(series_id)
    enrolments = queries.enrolments_of(series_id)
    mailings = select(Mailing.id).where(Mailing.rule_id.in_(rules))
    for forgotten in (
        # Mails to staff (tests) stay: the number of a mail stands in its return address.
        update(Message).where(Message.mailing_id.in_(mailings)).values(mailing_id=None),
        delete(Mailing).where(Mailing.rule_id.in_(rules)),
        delete(OutsideAnswers).where(OutsideAnswers.series_id == series_id),
        delete(FollowUpRule).where(FollowUpRule.series_id == series_id),
        delete(Outcome).where(Outcome.enrolment_id.in_(enrolments)),
        delete(Enrolment).where(Enrolment.series_id == series_id),
        delete(OccasionChange).where(OccasionChange.occasion_id.in_(occasions)),
        delete(Theme).where(Theme.occasion_id.in_(occasions)),
        delete(Occasion).where(Occasion.series_id == series_id),
        delete(MailStop).where(MailStop.series_id == series_id),
        delete(PeopleImport).where(PeopleImport.series_id == series_id),
        delete(QuestionIndex).where(QuestionIndex.series_id == series_id),
        delete(WordSpelling).where(WordSpelling.series_id == series_id),
        delete(ExportJob).where(ExportJob.series_id == series_id),
        update(Series).where(Series.round_of_id == series_id).values(round_of_id=None),
    ):
        session.execute(forgotten.execution_options(synchronize_session=False))


def _deed(series: Series, action: str, user_id: int | None, now: datetime, subject: str) -> Deed:
    return Deed(project_id=series.project_id, user_id=user_id, done_at=now, action=action, subject=subject)
