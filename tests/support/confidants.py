"""A course whose participants answer in confidence, played through by the program itself: planner,
dispatcher, aggregator, and a browser a person. Before and after are *sealed*, what is asked after each
occasion is *anonymous*.

Whose answer a response is stands in its text alone, so that whoever attacks can be marked.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from scheduler.aggregator import Aggregator
from scheduler.dispatcher import Dispatcher
from scheduler.planner import Planner
from surveys.domain.questionnaire import digest
from surveys.domain.timing import wall_time
from surveys.installation import Installation
from surveys.models.followup import Invitation
from surveys.models.people import Attendance, Enrolment
from surveys.models.programme import Organisation, Theme
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from tests.support.builders import Course
from tests.support.compiled import app_of
from tests.support.forms import DEGREE, local
from tests.support.pages import send

START, END = date(2027, 2, 1), date(2027, 3, 1)
OVER = datetime(2027, 3, 20, 12, 0, tzinfo=UTC)  # all has closed by then
DECISION = {"reference": "Dnr 12/2026", "on": "2026-12-01", "by": "Nämnden"}
MARK = "more"
CONTENT: dict[str, Any] = {
    "title": local("I förtroende"),
    "minutes": 2,
    "questions": [
        {"code": "overall", "kind": "scale", "scale": DEGREE, "text": local("Hur nyttigt?")},
        {"code": MARK, "kind": "long_text", "text": local("Något mer?")},
    ],
}
THEMES: dict[str, Any] = {
    **CONTENT,
    "questions": [
        {"code": "theme", "kind": "theme_choice", "text": local("Vilket pass?")},
        {"code": "new", "kind": "scale", "each": "theme", "scale": DEGREE, "text": local("Nytt om {theme}?")},
        *CONTENT["questions"],
    ],
}
REMINDERS = {"reminder_days": [2, 5], "close_after_days": 10}


def gather(installation: Installation, how_many: int, chance: Random) -> None:
    """Enrol so many, of uneven background; two come late and two leave in the middle. Ready to be planned."""
    with installation.database.transaction() as session:
        course = Course(session)
        course.project.destruction_decision = DECISION
        course.series.starts_on, course.series.ends_on = START, END
        places = [Organisation(code=code, name=code, position=n) for n, code in enumerate(("a", "b", "c"))]
        course.project.organisations.extend(places)
        session.flush()
        for _ in range(how_many):
            course.people(
                1,
                gender=chance.choice(["woman", "woman", "man"]),
                organisation_id=chance.choice([places[0], places[0], places[1], places[2]]).id,
                language=chance.choice(["sv"] * 8 + ["en"]),
            )
        for late in course.persons[-2:]:
            late.added_at = datetime(2027, 2, 25, tzinfo=UTC)
        sealed = [
            _form(course, code, wave, "sealed") for code, wave in (("fore", "pre"), ("efteråt", "post"))
        ]
        after = _form(course, "tillfalle", "occasion", "anonymous", THEMES)
        everyone = {"audience": "everyone", "offset_minutes": 0, **REMINDERS}
        course.rule("fore", questionnaire_id=sealed[0].id, anchor="series_start", at_time=time(8), **everyone)
        course.rule("sist", questionnaire_id=sealed[1].id, anchor="series_end", at_time=time(20), **everyone)
        course.rule("efter", questionnaire_id=after.id, **REMINDERS)
        for number, day in enumerate((8, 22)):
            _hold(course, number, wall_time(f"2027-02-{day:02} 16:30"), chance)
        course.refresh()


def _form(
    course: Course, code: str, wave: str, mode: str, content: dict[str, Any] = CONTENT
) -> Questionnaire:
    form = Questionnaire(project=course.project, code=code, wave=wave, privacy_mode=mode, position=2)
    course.session.add(
        QuestionnaireVersion(questionnaire=form, number=1, content=content, digest=digest(content))
    )
    course.session.flush()
    return form


def _hold(course: Course, number: int, ends: datetime, chance: Random) -> None:
    occasion = course.occasion(f"t{number}", ends)
    occasion.themes = [Theme(code=code, title=f"Pass {code}") for code in "ABC"]
    course.session.flush()
    for person in course.persons:
        if chance.random() < 0.8:
            theme = chance.choice([0, 0, 0, 1, 1, 2])
            course.session.add(
                Attendance(
                    occasion_id=occasion.id,
                    enrolment_id=person.id,
                    present=True,
                    theme_id=occasion.themes[theme].id,
                )
            )
    course.session.flush()


def play(installation: Installation, chance: Random) -> None:
    """Let the course pass, day by day: mails go, most answer sooner or later, some correct themselves."""
    intends: dict[int, datetime | None] = {}
    with _browser(installation) as client:
        for day in range((OVER.date() - START).days):
            evening = datetime.combine(START + timedelta(days=day), time(21), UTC)
            with time_machine.travel(evening, tick=False):
                _one_round(installation)
                if day == 20:
                    _let_two_leave(installation)
            for at, invitation_id in _who_answers(installation, intends, evening, chance):
                with time_machine.travel(at, tick=False):
                    _answer(installation, client, invitation_id, chance)


def _let_two_leave(installation: Installation) -> None:
    with installation.database.transaction() as session:
        for each in session.scalars(select(Enrolment).order_by(Enrolment.id).limit(2)):
            each.state = "dropped_out"


def _who_answers(
    installation: Installation, intends: dict[int, datetime | None], evening: datetime, chance: Random
) -> list[tuple[datetime, int]]:
    """Those who answer until the next evening, in order of time."""
    with installation.database.reading() as session:
        asked = session.scalars(select(Invitation).order_by(Invitation.id)).all()
        for each in asked:
            if each.id not in intends:
                days, hours = chance.choice([0, 0, 1, 1, 2, 3, 4, 5, 6, 7]), chance.uniform(1, 20)
                delay = timedelta(days=days, hours=hours)
                intends[each.id] = evening + delay if chance.random() < 0.85 else None
        until = evening + timedelta(days=1)
        now = [(at, each.id) for each in asked if (at := intends[each.id]) and evening <= at < until]
        return sorted(now)


def _answer(installation: Installation, client: FlaskClient, invitation_id: int, chance: Random) -> None:
    with installation.database.reading() as session:
        found = session.get_one(Invitation, invitation_id)
        mark = found.enrolment.participant.code
        token = installation.keys.link_token(found.public_id, found.generation)
    page = client.get(f"/s/{token}", follow_redirects=True)
    for _ in range(chance.choice([1, 1, 2])):
        typed = {"q-overall": str(chance.randint(1, 4)), f"q-{MARK}": mark, "submit": "1"}
        thanks = send(client, page, page.request.path, **typed)
        assert thanks.status_code == 303, thanks.text
        page = client.get(page.request.path)


def _one_round(installation: Installation) -> None:
    stopping = threading.Event()
    assert Planner(installation, stopping).run()
    assert Dispatcher(installation, stopping).run()
    assert Aggregator(installation, stopping).run()


@contextmanager
def _browser(installation: Installation) -> Iterator[FlaskClient]:
    application = app_of(installation.settings)
    with closing(application.extensions["folja"]):
        yield application.test_client()
