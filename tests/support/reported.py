"""A series with something of everything that a report tells, and a report of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from surveys.installation import Installation
from surveys.models.access import User
from surveys.reporting import headings, reports
from surveys.reporting.reports import Order
from surveys.reporting.words import Words
from surveys.running import access
from tests.support.answered import AFTER, NOW, OVERALL, Answering, spread
from tests.support.forms import local

WHOLE: dict[str, Any] = {
    **AFTER,
    "questions": [
        *AFTER["questions"],
        {
            "code": "where",
            "kind": "one_choice",
            "text": local("Var arbetar du?"),
            "options": [{"code": "a", "label": local("Stadsdel")}, {"code": "b", "label": local("Region")}],
        },
        {"code": "years", "kind": "number", "text": local("Hur många år?")},
    ],
}
LONG = timedelta(days=20_000)


@dataclass(frozen=True)
class Staff:
    """The ids of the project and of a user, to make reports with."""

    project: int
    user: int


def build(it: Answering) -> None:
    """t1: 77 of 98, two themes · t2: 4, too few · t3: open · t4: not measured · before 20, after 12."""
    it.people(98)
    rule = it.rule(it.questionnaire(WHOLE))
    first = it.mailing(rule, it.occasion("t1", "Ansvar", "Bemötande", present=98))
    it.ask(first, 98)
    it.answer(first, _first())
    few = it.mailing(rule, it.occasion("t2", present=8))
    it.ask(few, 8)
    it.answer(few, [{"overall": "1", "words": ["Hemligt"], "more": "Hemligt"}] * 4)
    late = it.mailing(rule, it.occasion("t3", present=12), closes_in=LONG)
    it.ask(late, 12)
    it.answer(late, spread("overall", 0, 2, 3, 4))
    it.occasion("t4", measured=False)
    for wave, code, answers in (
        ("pre", "fore", spread("overall", 10, 6, 3, 1)),
        ("post", "eftermatning", spread("overall", 1, 2, 4, 5)),
    ):
        content = {**OVERALL, "title": local("Förmätning" if wave == "pre" else "Eftermätning")}
        asked = it.rule(
            it.questionnaire(content, code=code, wave=wave),
            code,
            "series_start" if wave == "pre" else "series_end",
        )
        whole = it.mailing(asked)
        it.ask(whole, 98)
        it.answer(whole, answers)


def _first() -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = [dict(each) for each in spread("overall", 2, 17, 30, 28)]
    for number, given in enumerate(answers):
        given["new-A"] = "3" if number < 21 else "2"
        if number < 66:
            given["new-B"] = "4" if number < 25 else "1"
        if number < 12:
            given["words"] = ["Nyttig"] if number < 9 else [f"Ord{number}"]
            given["more"] = f"En egen mening {number}"
        given["where"] = {"code": "a" if number % 3 else "b"}
        if number < 40:
            given["years"] = str(number % 7)
    return answers


def staff(installation: Installation) -> Staff:
    db = installation.database
    with db.transaction() as session:
        it = Answering(session, installation.keys)
        build(it)
        project = it.project.id
    access.add_user(db, "eva@prov.example", "Eva Utvärderare", "tre små gröna ekar")
    access.set_role(db, "eva@prov.example", "prov", "evaluator")
    with db.reading() as session:
        return Staff(project, session.scalars(select(User.id)).one())


def order(kind: str = "final", language: str = "sv", **changes: Any) -> Order:
    given = {
        "title": "Slutrapport – prov",
        "series": ("kurs",),
        "headings": headings.default_set(kind, Words(language)),
    }
    return Order(kind=kind, language=language, **{**given, **changes})


def make(installation: Installation, who: Staff, now: datetime = NOW, **changes: Any) -> str:
    return reports.make(installation.database, who.project, order(**changes), who.user, now)
