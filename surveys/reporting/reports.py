"""Reports: made from results at one moment, made again as a new version, signed off.

The figures are those that everyone may see who reads results without following single answers: of what is
still open the response rate, and no answers. A report is read by many, whoever made it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.catalogues import for_staff
from surveys.database import Database
from surveys.domain.faults import Faulty
from surveys.domain.texts import has_bad_characters
from surveys.keys import new_public_id
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.models.report import Recommendation, RecommendationFollowUp, Report
from surveys.queries import reports as queries
from surveys.queries import staff
from surveys.reporting import content, document, figures, headings
from surveys.reporting.content import Made, Title
from surveys.reporting.gathering import NothingKept, gathered
from surveys.reporting.headings import Heading
from surveys.reporting.material import Material
from surveys.reporting.words import Words

LONGEST_TITLE = 200


@dataclass(frozen=True)
class Order:
    """What a report is to be. ``series``: codes; ``follows``: the public id of the report whose
    recommendations it follows up, "" for none. ``as_of``: an earlier day whose figures it is to have (ISO),
    "" for those of today.
    """

    kind: str
    language: str
    title: str
    series: tuple[str, ...]
    headings: tuple[Heading, ...]
    follows: str = ""
    as_of: str = ""


class BadOrder(Faulty):
    """A report that cannot be; ``faults``: field → code."""

    code = "bad_order"


class UnknownReport(LookupError):
    code = "unknown_report"


class AlreadySigned(Exception):
    """What is signed off is never changed."""

    code = "already_signed"


class NotNewest(Exception):
    """There is a later version, and that is the one to sign off."""

    code = "not_newest"


def make(db: Database, project_id: int, order: Order, user_id: int, now: datetime) -> str:
    """Freeze the figures and keep the report; returns its public id. Raises :class:`BadOrder`."""
    with db.reading() as session:
        made = _made(session, project_id, _checked(session, project_id, order, now), user_id, now)
    with db.transaction() as session:
        public_id = new_public_id()
        row = _row(project_id, order, made, user_id, now)
        row.public_id = row.line = public_id
        row.version = 1
        row.follows_id = _followed(session, project_id, order.follows)
        _add(session, row, "report_made", now)
        return public_id


def make_again(db: Database, project_id: int, public_id: str, user_id: int, now: datetime) -> str:
    """Make the same report with the figures of ``now``, as a new version; returns its public id.

    The recommendations, and what is told of earlier ones, come along. Raises :class:`UnknownReport`, and
    :class:`BadOrder` where none of its series is left.
    """
    with db.reading() as session:
        known = queries.report(session, project_id, public_id)
        if known is None:
            raise UnknownReport(public_id)
        order, line = order_of(session, known), known.line
        made = _made(session, project_id, _checked(session, project_id, order, now), user_id, now)
    with db.transaction() as session:
        queries.hold_line(session, line)  # two versions made at once have two numbers
        before = queries.held(session, project_id, public_id)
        if before is None:
            raise UnknownReport(public_id)
        row = _row(project_id, order, made, user_id, now)
        row.line, row.version = before.line, queries.last_number(session, project_id, before.line) + 1
        row.follows_id = before.follows_id
        _add(session, row, "report_made_again", now)
        _bring_along(session, before, row)
        return row.public_id


def sign(db: Database, project_id: int, public_id: str, user_id: int, now: datetime) -> None:
    """Sign a report off: it is preliminary no more, and nothing of it changes from then on.

    Raises :class:`UnknownReport`, :class:`AlreadySigned`, :class:`NotNewest`.
    """
    with db.transaction() as session:
        row = unsigned(session, project_id, public_id)
        if queries.newest_version(session, row.line) > row.version:
            raise NotNewest(public_id)
        row.signed_at, row.signed_by_id = now, user_id
        session.add(deed(row, user_id, "report_signed", now))


def unsigned(session: Session, project_id: int, public_id: str) -> Report:
    """A report to be changed. Raises :class:`UnknownReport`, :class:`AlreadySigned`."""
    row = queries.held(session, project_id, public_id)
    if row is None:
        raise UnknownReport(public_id)
    if row.signed_at is not None:
        raise AlreadySigned(public_id)
    return row


def order_of(session: Session, row: Report) -> Order:
    """What a report was asked to be."""
    followed = session.get(Report, row.follows_id) if row.follows_id else None
    return Order(
        row.kind,
        row.language,
        row.title,
        tuple(each.code for each in queries.series(session, row.project_id, row.series)),
        headings.read(row.headings),
        followed.public_id if followed else "",
        row.as_of.isoformat() if row.as_of else "",
    )


def deed(row: Report, user_id: int, action: str, now: datetime) -> Deed:
    return Deed(
        project_id=row.project_id,
        user_id=user_id,
        done_at=now,
        action=action,
        subject=f"report:{row.id}",
        details={"title": row.title, "version": row.version},
    )


def _checked(session: Session, project_id: int, order: Order, now: datetime) -> Order:
    faults = {}
    if order.kind not in headings.KINDS:
        faults["kind"] = "unknown"
    if order.language not in for_staff():
        faults["language"] = "unknown"
    if not order.title.strip():
        faults["title"] = "blank"
    elif has_bad_characters(order.title):
        faults["title"] = "bad_characters"
    elif len(order.title) > LONGEST_TITLE:
        faults["title"] = "too_long"
    if not order.series:
        faults["series"] = "none_chosen"
    elif len(queries.series(session, project_id, order.series)) < len(set(order.series)):
        faults["series"] = "unknown"
    if order.follows and _followed(session, project_id, order.follows) is None:
        faults["follows"] = "unknown"
    if order.as_of and (why := _day_fault(order.as_of, queries.project(session, project_id), now)):
        faults["as_of"] = why
    if faults:
        raise BadOrder(faults)
    return order


def _day_fault(text: str, project: Project, now: datetime) -> str | None:
    """An earlier day, of the project's calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "bad_date"
    if len(text) != len("2026-01-01"):
        return "bad_date"
    return None if day < now.astimezone(ZoneInfo(project.timezone)).date() else "not_earlier"


def _made(session: Session, project_id: int, order: Order, user_id: int, now: datetime) -> Made:
    project = queries.project(session, project_id)
    words = Words(order.language)
    try:
        material = _gathered(session, project, order, words, now)
    except NothingKept as nothing:
        raise BadOrder({"as_of": nothing.code}) from nothing
    title = Title(order.kind, order.title.strip(), project.title, staff.user_name(session, user_id))
    return content.make(title, material, headings.checked(order.headings))


def _gathered(session: Session, project: Project, order: Order, words: Words, now: datetime) -> Material:
    return gathered(
        session,
        project,
        {each.code: each.id for each in queries.series(session, project.id, order.series)},
        {each.key for each in order.headings},
        words,
        brief=order.kind == "one_page",
        now=now,
        as_of=date.fromisoformat(order.as_of) if order.as_of else None,
    )


def _row(project_id: int, order: Order, made: Made, user_id: int, now: datetime) -> Report:
    return Report(
        project_id=project_id,
        kind=order.kind,
        language=order.language,
        title=order.title.strip(),
        series=list(order.series),
        headings=headings.plain(order.headings),
        as_of=date.fromisoformat(order.as_of) if order.as_of else None,
        made_at=now,
        made_by_id=user_id,
        document=document.plain(made.document),
        figures=figures.plain(made.figures),
    )


def _add(session: Session, row: Report, action: str, now: datetime) -> None:
    session.add(row)
    session.flush()
    session.add(deed(row, row.made_by_id, action, now))


def _followed(session: Session, project_id: int, public_id: str) -> int | None:
    if not public_id:
        return None
    found = queries.report(session, project_id, public_id)
    return found.id if found else None


def _bring_along(session: Session, before: Report, row: Report) -> None:
    session.add_all(
        Recommendation(
            report_id=row.id, position=each.position, text=each.text, to_whom=each.to_whom, due_on=each.due_on
        )
        for each in queries.recommendations(session, before.id)
    )
    session.add_all(
        RecommendationFollowUp(
            report_id=row.id, recommendation_id=each.recommendation_id, status=each.status, why=each.why
        )
        for each in queries.follow_ups(session, before.id).values()
    )
