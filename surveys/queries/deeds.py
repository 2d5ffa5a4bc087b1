"""What users did by hand in a project, and what it was done to."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.indicator import Indicator
from surveys.models.message import Message
from surveys.models.outside import OutsideTable
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Series
from surveys.models.questionnaire import Questionnaire
from surveys.models.report import Report
from surveys.queries.difference import named
from surveys.queries.mailings import with_what

PER_PAGE = 50


@dataclass(frozen=True)
class About:
    """What a deed was done to: the end of its address in the project, and its name.

    ``rule`` is the one that asks; ``kind`` and ``step`` say which mail it is, "" where it is none.
    """

    address: tuple[str, ...]
    name: str
    rule: FollowUpRule | None = None
    kind: str = ""
    step: int = 0


Found = tuple[int, About]


@dataclass(frozen=True)
class DeedSheet:
    """One page of a list of ``total`` deeds."""

    deeds: Sequence[Deed]
    page: int
    pages: int
    total: int


def of_project(session: Session, project_id: int, page: int) -> DeedSheet:
    """One page of the deeds in a project, newest first, and of those that stopped or started all sending."""
    mine = or_(Deed.project_id == project_id, Deed.project_id.is_(None))
    total = session.scalar(select(func.count()).select_from(Deed).where(mine)) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), pages)
    wanted = select(Deed).where(mine).options(joinedload(Deed.user))
    newest = wanted.order_by(Deed.done_at.desc(), Deed.id.desc())
    found = session.scalars(newest.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return DeedSheet(found, number, pages, total)


def about(session: Session, project_id: int, subjects: Collection[str]) -> dict[str, About]:
    """What ``subjects`` (such as ``mailing:12``) are; what is gone, or another project's, is left out.

    Reminders about the log too: whom they went to is for the writers alone.
    """
    found: dict[str, About] = {}
    for kind, read in _KINDS.items():
        ids = {int(each.partition(":")[2]) for each in subjects if each.partition(":")[0] == kind}
        if ids:
            found |= {f"{kind}:{number}": each for number, each in read(session, project_id, ids)}
    return found


def _series(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Series).where(Series.id.in_(ids), Series.project_id == project_id)
    for each in session.scalars(wanted):
        yield each.id, About(("insatser", each.code), each.title)


def _questionnaires(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Questionnaire).where(Questionnaire.id.in_(ids), Questionnaire.project_id == project_id)
    for each in session.scalars(wanted):
        yield each.id, About(("enkater", each.code), each.code)


def _indicators(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Indicator).where(Indicator.id.in_(ids), Indicator.project_id == project_id)
    for each in session.scalars(wanted.options(selectinload(Indicator.versions))):
        title = str(each.versions[-1].definition.get("title", each.code))
        yield each.id, About(("resultat", "indikatorer", each.code), title)


def _occasions(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Occasion, Series.code).join(Occasion.series)
    for each, series in session.execute(wanted.where(Occasion.id.in_(ids), Series.project_id == project_id)):
        address = ("insatser", series, "tillfallen", each.code)
        yield each.id, About(address, named(each.number, each.title))


def _people(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Participant).where(Participant.id.in_(ids), Participant.project_id == project_id)
    for each in session.scalars(wanted):
        yield each.id, About(("deltagare", each.code), each.name)


def _enrolments(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Enrolment.id, Participant.code, Participant.name).join(Enrolment.participant)
    for row in session.execute(wanted.where(Enrolment.id.in_(ids), Participant.project_id == project_id)):
        yield row.id, About(("deltagare", row.code), row.name)


def _outside(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(OutsideTable).where(OutsideTable.id.in_(ids), OutsideTable.project_id == project_id)
    for each in session.scalars(wanted.options(selectinload(OutsideTable.versions))):
        yield each.id, About(("resultat", "utifran", each.public_id), each.newest.content["title"])


def _outside_answers(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(OutsideAnswers).join(OutsideAnswers.series).options(joinedload(OutsideAnswers.series))
    for each in session.scalars(wanted.where(OutsideAnswers.id.in_(ids), Series.project_id == project_id)):
        way = ("insatser", each.series.code, "resultat", "svar-utifran", each.public_id)
        yield each.id, About(way, each.source_name)


def _rules(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(FollowUpRule).join(FollowUpRule.series).options(joinedload(FollowUpRule.series))
    for each in session.scalars(wanted.where(FollowUpRule.id.in_(ids), Series.project_id == project_id)):
        yield each.id, About(("insatser", each.series.code, "regler"), each.series.title, each)


def _mailings(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = with_what(select(Mailing).join(Mailing.rule).join(FollowUpRule.series))
    for each in session.scalars(wanted.where(Mailing.id.in_(ids), Series.project_id == project_id)):
        held = each.occasion
        name = named(held.number, held.title) if held else each.rule.series.title
        yield (
            each.id,
            About(
                ("utskick", str(each.id)),
                name,
                each.rule,
                "reminder" if each.step else "invitation",
                each.step,
            ),
        )


def _mails(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = (
        select(Message.id, Message.kind, Message.step, Participant.name)
        .join(Message.enrolment)
        .join(Enrolment.participant)
        .where(Participant.project_id == project_id, Message.kind != "log_reminder")
    )
    for row in session.execute(wanted.where(Message.id.in_(ids))):
        yield row.id, About(("utskick", "mejl", str(row.id)), row.name, None, row.kind, row.step)


def _reports(session: Session, project_id: int, ids: Collection[int]) -> Iterator[Found]:
    wanted = select(Report.id, Report.public_id, Report.title).where(Report.project_id == project_id)
    for row in session.execute(wanted.where(Report.id.in_(ids))):
        yield row.id, About(("resultat", "rapporter", row.public_id), row.title)


_KINDS: Mapping[str, Callable[[Session, int, Collection[int]], Iterator[Found]]] = {
    "questionnaire": _questionnaires,
    "series": _series,
    "occasion": _occasions,
    "participant": _people,
    "enrolment": _enrolments,
    "rule": _rules,
    "mailing": _mailings,
    "message": _mails,
    "indicator": _indicators,
    "outside": _outside,
    "outside_answers": _outside_answers,
    "report": _reports,
}
