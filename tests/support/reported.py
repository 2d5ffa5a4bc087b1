"""A series with something of everything that a report tells, and a report of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from surveys.domain.figure_printed import Role
from surveys.domain.indicators import Kind
from surveys.domain.outside_table import Content, Source
from surveys.installation import Installation
from surveys.models.access import User
from surveys.models.programme import Organisation, Project
from surveys.models.question_index import QuestionIndex
from surveys.queries import reports as queries
from surveys.reporting import headings, reading, reports
from surveys.reporting.document import Bullets, Document, KeyFigures, Paragraph, Subheading, Table
from surveys.reporting.reading import Contents
from surveys.reporting.reports import Order
from surveys.reporting.words import Words
from surveys.results import indicator_acts as acts
from surveys.results import outside_keeping
from surveys.results.indicator_choices import choices
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
PRINTED = Content(
    title="Enkäten till chefer",
    kind="other",
    source=Source("Kommunen", "Årsrapport", "2013", "14"),
    head=("Grupp", "Svarat", "Ja", "Andel ja"),
    rows=(("Kvinnor", "77", "56", "72,2 %"), ("Män", "40", "10", "25,0 %")),
    roles=(Role.LABEL, Role.BASE, Role.COUNT, Role.SHARE),
)


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
    answers = _first()
    it.answer(first, answers, background=[_background(number) for number in range(len(answers))])
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
        sure = {**OVERALL["questions"][0], "code": "sure", "text": local("Hur säker är du?")}
        content = {
            **OVERALL,
            "title": local("Förmätning" if wave == "pre" else "Eftermätning"),
            "questions": [*OVERALL["questions"], sure],
        }
        asked = it.rule(
            it.questionnaire(content, code=code, wave=wave),
            code,
            "series_start" if wave == "pre" else "series_end",
        )
        whole = it.mailing(asked)
        it.ask(whole, 98)
        it.answer(whole, [{**each, "sure": each["overall"]} for each in answers])
    for place, (code, name) in enumerate((("A", "Staden"), ("B", "Länsstyrelsen")), 1):
        it.session.add(Organisation(project_id=it.project.id, code=code, name=name, position=place))
    it.session.add(
        QuestionIndex(
            series_id=it.series.id,
            name="Läget i stort",
            questions=["overall", "sure"],
            minimum=2,
            declared_at=NOW,
        )
    )


def _background(number: int) -> dict[str, str]:
    """15 men of the 77, and 3 of another organisation than the others."""
    return {"gender": "woman" if number % 5 else "man", "organisation": "A" if number > 2 else "B"}


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
        who = Staff(project, session.scalars(select(User.id)).one())
    _indicators(installation, who)
    outside_keeping.add_table(db, project, PRINTED, None, who.user, NOW)
    return who


def _indicators(installation: Installation, who: Staff) -> None:
    """Persons, with a target lowered once and a part; and a share of answers, with its grounds."""
    db = installation.database
    with db.reading() as session:
        known = choices(session, session.get_one(Project, who.project)).known
    common = {"reads_on": "2027-06-30", "decided_on": "2026-01-10"}
    persons = {**common, "title": "Deltagare", "stage": "registered", "target": "500"}
    acts.add_indicator(db, who.project, Kind.HEAD_COUNT, persons, {}, known, who.user, NOW)
    lowered = {"target": "110", "decided_on": "2026-02-15", "reason": "Färre", "approved_by": "Styrgruppen"}
    acts.revise(db, who.project, "deltagare", 1, persons | lowered, {}, known, who.user, NOW)
    women = {**persons, "title": "Kvinnor", "gender": "woman", "target": "60"}
    acts.add_indicator(db, who.project, Kind.HEAD_COUNT, women, {}, known, who.user, NOW, "deltagare")
    useful = {**common, "title": "Nytta", "threshold": "3", "baseline": "50", "target": "80"}
    asked = {"questions": ["kurs/efter/overall"]}
    acts.add_indicator(db, who.project, Kind.SHARE, useful, asked, known, who.user, NOW)
    acts.add_note(db, who.project, "nytta", "Samtalen efteråt var långa.", who.user, NOW)


def order(kind: str = "final", language: str = "sv", **changes: Any) -> Order:
    given = {
        "title": "Slutrapport – prov",
        "series": ("kurs",),
        "headings": headings.default_set(kind, Words(language)),
    }
    return Order(kind=kind, language=language, **{**given, **changes})


def make(installation: Installation, who: Staff, now: datetime = NOW, **changes: Any) -> str:
    return reports.make(installation.database, who.project, order(**changes), who.user, now)


def contents(installation: Installation, who: Staff, public_id: str) -> Contents:
    with installation.database.reading() as session:
        row = queries.report(session, who.project, public_id)
        assert row is not None
        found = reading.read(session, row)
        session.expunge_all()
        return found


def said(found: Document) -> list[str]:
    """Every text of a report."""
    texts = [found.title, found.status, *(part for fact in found.facts for part in fact)]
    for section in found.sections:
        texts.append(section.heading)
        for block in section.blocks:
            match block:
                case Paragraph() | Subheading():
                    texts.append(block.text)
                case Bullets():
                    texts += block.items
                case KeyFigures():
                    texts += [part for each in block.items for part in (each.value, each.label, each.base)]
                case Table():
                    texts += [block.caption, block.base, *block.head, *block.notes]
                    texts += [part for row in block.rows for cell in row for part in (cell.text, cell.quiet)]
    return texts


def table_of(found: Document, section: str, caption: str) -> dict[str, list[tuple[str, str]]]:
    """The rows of a table by their first cell, each cell as what leads in it and what stands beneath."""
    blocks = next(each.blocks for each in found.sections if each.key == section)
    one = next(each for each in blocks if isinstance(each, Table) and each.caption == caption)
    return {row[0].text: [(cell.text, cell.quiet) for cell in row[1:]] for row in one.rows}
