"""A participant's own page as its owner sees it: what is open, what comes, where they are now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from surveys.answers.asking_project import AskingProject, asking
from surveys.domain.texts import LocalText
from surveys.keys import Keyring
from surveys.models.followup import Invitation
from surveys.models.people import Enrolment, PersonalPage
from surveys.models.programme import Occasion
from surveys.queries import attendance as attendance_queries
from surveys.queries import own_page as queries
from surveys.queries import people as people_queries
from surveys.queries.difference import named
from surveys.register.attendance import AFTER_END, BEFORE_START, is_on

COMING_SHOWN = 5


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something to answer or write; ``done``: the person has, and may still change it."""

    public_id: str
    kind: Literal["form", "log"]
    title: LocalText
    minutes: int
    series_title: str
    occasion_title: str | None
    closes_at: datetime
    done: bool


@dataclass(frozen=True, slots=True)
class OccasionLine:
    """An occasion ahead; wall times of ``timezone``."""

    title: str
    series_title: str
    place: str | None
    starts_wall: datetime | None
    ends_wall: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Here:
    """An occasion that goes on, whose door the person has come by; ``present`` None: nothing recorded."""

    door_id: str
    line: OccasionLine
    themes: tuple[tuple[str, str], ...]
    present: bool | None
    theme: str | None
    opens_at: datetime | None  # when the next questionnaire about it goes, where one is to come


@dataclass(frozen=True, slots=True)
class PageView:
    """A person's page, for that person alone."""

    public_id: str
    person: str
    language: str
    project_code: str
    project: AskingProject
    items: tuple[OpenItem, ...]
    books: tuple[tuple[str, str], ...]  # public id of the learning log, title of its series
    coming: tuple[OccasionLine, ...]
    here: tuple[Here, ...]


def view_of(session: Session, keys: Keyring, page: PersonalPage, now: datetime, door_id: str) -> PageView:
    """The view of a page; ``door_id`` is the code of the door its owner has just come by, "" where none."""
    project = queries.project_of(session, page.participant_id)
    here = _here(session, page.participant_id, now, door_id)
    return PageView(
        public_id=page.public_id,
        person=page.participant.name,
        language=page.participant.language,
        project_code=project.code,
        project=asking(project),
        items=_items(session, keys, page.participant_id, now),
        books=tuple(
            (book.public_id, book.enrolment.series.title)
            for book in queries.books_of(session, page.participant_id)
        ),
        coming=_coming(session, page.participant_id, now, {each.door_id for each in here}),
        here=here,
    )


def line_of(occasion: Occasion) -> OccasionLine:
    return OccasionLine(
        title=named(occasion.number, occasion.title),
        series_title=occasion.series.title,
        place=occasion.place,
        starts_wall=occasion.starts_wall,
        ends_wall=occasion.ends_wall,
        timezone=occasion.timezone,
    )


def _items(session: Session, keys: Keyring, participant_id: int, now: datetime) -> tuple[OpenItem, ...]:
    asked = queries.open_invitations(session, participant_id, now)
    forms = [each for each in asked if each.rule.questionnaire_id is not None]
    answered = people_queries.answered(session, keys, [each.public_id for each in forms])
    written = queries.written_to(session, [each.id for each in asked])
    titles = queries.newest_forms(session, {each.rule.questionnaire_id or 0 for each in forms})
    return tuple(_item(each, titles, each.public_id in answered or each.id in written) for each in asked)


def _item(asked: Invitation, forms: dict[int, tuple[dict[str, str], int]], done: bool) -> OpenItem:
    questionnaire, about = asked.rule.questionnaire_id, asked.mailing.occasion
    title, minutes = ((asked.rule.log_prompt or {}), 0) if questionnaire is None else forms[questionnaire]
    return OpenItem(
        public_id=asked.public_id,
        kind="log" if questionnaire is None else "form",
        title=title,
        minutes=minutes,
        series_title=asked.rule.series.title,
        occasion_title=named(about.number, about.title) if about else None,
        closes_at=asked.mailing.closes_at,
        done=done,
    )


def _coming(
    session: Session, participant_id: int, now: datetime, shown: set[str]
) -> tuple[OccasionLine, ...]:
    ahead = queries.coming_occasions(session, participant_id, now, COMING_SHOWN + len(shown))
    return tuple(line_of(each) for each in ahead if each.door_id not in shown)[:COMING_SHOWN]


def _here(session: Session, participant_id: int, now: datetime, door_id: str) -> tuple[Here, ...]:
    around = attendance_queries.occasions_around(session, participant_id, now - AFTER_END, now + BEFORE_START)
    going_on = [(enrolment, occasion) for enrolment, occasion in around if is_on(occasion, now)]
    asked = queries.asked_at(
        session, [enrolment.id for enrolment, _ in going_on], [occasion.id for _, occasion in going_on]
    )
    by_door = [each for each in going_on if each[1].id in asked or each[1].door_id == door_id]
    return tuple(_here_at(session, enrolment, occasion) for enrolment, occasion in by_door)


def _here_at(session: Session, enrolment: Enrolment, occasion: Occasion) -> Here:
    row = attendance_queries.rows_of(session, occasion.id, [enrolment.id]).get(enrolment.id)
    return Here(
        door_id=occasion.door_id,
        line=line_of(occasion),
        themes=tuple((theme.code, theme.title) for theme in occasion.themes),
        present=row.present if row else None,
        theme=row.theme.code if row and row.theme else None,
        opens_at=queries.next_form(session, occasion.id),
    )
