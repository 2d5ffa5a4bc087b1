"""Reports: frozen, made again, signed off; what they recommend and what has become of it."""

import json
import re
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from surveys.installation import Installation
from surveys.keys import new_public_id
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.models.report import Report
from surveys.models.response import Response
from surveys.queries import reports as queries
from surveys.reporting import document, figures, headings, reading, recommendations, reports
from surveys.reporting.document import Bullets, Paragraph, Table
from surveys.reporting.headings import BadHeadings, Heading
from surveys.reporting.recommendations import Advice, BadAdvice, Outcome
from surveys.results import aggregates
from surveys.results.model import Share
from tests.support.answered import NOW
from tests.support.reported import Staff, contents, make, order, said, staff
from tests.support.waiting import until_one_waits

LATER = NOW + timedelta(days=30)
NUMBER = re.compile(r"\d+(?:[\u202f,.]\d+)*")
# Dates and names that have digits: they are no figures.
GIVEN = (
    r"\d{1,2}\xa0[a-zåäö]+\xa0\d{4}",
    r"(\d\. )?Tillfälle \d",
    r"version \d",
    r"Ord\d+",
    r"\b100(?=\.)",  # "may not add to 100."
    r"Årsrapport, 2013, (sidan|page) 14",
)


@pytest.fixture
def who(sqlite_installation: Installation) -> Staff:
    return staff(sqlite_installation)


def numbers(text: str) -> set[str]:
    for pattern in GIVEN:
        text = re.sub(pattern, " ", text)
    return set(NUMBER.findall(text))


@pytest.mark.parametrize("kind", headings.KINDS)
def test_every_number_in_a_report_is_a_frozen_figure(
    sqlite_installation: Installation, who: Staff, kind: str
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who, kind=kind))
    frozen = {number for each in found.figures for number in NUMBER.findall(each.printed)}
    printed = {number for text in said(found.document) for number in numbers(text)}
    assert len(printed) > 10
    assert printed <= frozen, printed - frozen


def test_a_figure_follows_from_its_counts(sqlite_installation: Installation, who: Staff) -> None:
    found = {
        each.id: each for each in contents(sqlite_installation, who, make(sqlite_installation, who)).figures
    }
    rate = found["kurs/efter/t1/rate"]
    assert (rate.printed, rate.count, rate.base) == ("78,6\xa0% (77\xa0av\xa098)", 77, 98)
    # fewer than 20: the count leads
    assert found["kurs/eftermatning/-/overall/top"].printed == "9\xa0av\xa012 (75,0\xa0%)"
    assert found["kurs/efter/t1/overall/mean"].base == 77
    assert found["kurs/efter/t1/new-B/4"].base == 66
    # the same persons, apart from the groups
    higher = found["kurs/pairs/overall/higher"]
    assert (higher.printed, higher.base) == ("11\xa0av\xa012 (91,7\xa0%)", 12)
    assert found["kurs/fore/-/overall/n"].count == 20


def test_a_report_holds_nothing_of_few_answers_nor_of_what_is_open(
    sqlite_installation: Installation, who: Staff
) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who))
    texts = "\n".join(said(found.document))
    assert "Hemligt" not in texts
    assert "En egen mening" not in texts  # quotations are chosen by hand
    assert "Ord10" not in texts  # written once
    shown = [each.id for each in found.figures if each.id.startswith(("kurs/efter/t2", "kurs/efter/t3"))]
    assert {each.rpartition("/")[2] for each in shown} == {"sent", "submitted", "rate"}
    assert ".. redovisas ej – för få svar." in texts
    assert "öppen: svaren är inte med i rapporten" in texts
    assert "ingen mätning" in texts


def test_a_report_claims_no_cause(sqlite_installation: Installation, who: Staff) -> None:
    for language, causal in (
        (
            "sv",
            r"\b(effekt|påverka|leder till|har lett|förbättr|försämr|tack vare|orsakat|ökat|minskat|trend)",
        ),
        ("en", r"\b(effect|impact|caused|because of|improve|led to|thanks to|increased|decreased|trend)"),
    ):
        found = contents(sqlite_installation, who, make(sqlite_installation, who, language=language))
        texts = "\n".join(said(found.document)).lower()
        assert not re.search(causal, texts), language


def test_what_is_stored_is_read_back_the_same(sqlite_installation: Installation, who: Staff) -> None:
    public_id = make(sqlite_installation, who)
    with sqlite_installation.database.reading() as session:
        row = queries.report(session, who.project, public_id)
        assert row is not None
        kept = queries.whole(session, row.id)
        again = document.read(kept.document)
        assert json.loads(json.dumps(document.plain(again))) == kept.document
        assert figures.plain(figures.read(kept.figures)) == kept.figures


def test_made_again_it_says_which_figures_changed(sqlite_installation: Installation, who: Staff) -> None:
    db = sqlite_installation.database
    first = make(sqlite_installation, who)
    recommendations.recommend(
        db, who.project, first, [Advice(None, "Mer tid", "Styrgruppen", "2027-03-31")], who.user, NOW
    )
    before = contents(sqlite_installation, who, first)
    with db.transaction() as session:
        session.get_one(Project, who.project).decimals = 0
    second = reports.make_again(db, who.project, first, who.user, LATER)
    after = contents(sqlite_installation, who, second)
    changed = {each.after.id: each for each in after.differences if each.after}
    rate = changed["kurs/efter/t1/rate"]
    printed = [each and each.printed for each in (rate.before, rate.after)]
    assert printed == ["78,6\xa0% (77\xa0av\xa098)", "79\xa0% (77\xa0av\xa098)"]
    assert "kurs/registered" not in changed
    # the first stays as it was, and what it recommends came along
    assert contents(sqlite_installation, who, first).figures == before.figures
    with db.reading() as session:
        newer = queries.report(session, who.project, second)
        assert newer is not None
        assert (newer.version, [each.text for each in newer.recommendations]) == (2, ["Mer tid"])


def test_figures_that_came_and_went_are_told() -> None:
    ledger = [figures.Figure("a", "A", "1", 1), figures.Figure("b", "B", "2", 2)]
    newer = [figures.Figure("b", "B med annat namn", "2", 2), figures.Figure("c", "C", "3", 3)]
    found = [
        (each.before and each.before.id, each.after and each.after.id)
        for each in figures.differences(ledger, newer)
    ]
    assert found == [(None, "c"), ("a", None)]


def test_one_figure_has_one_value() -> None:
    words = reading.Words("sv")
    ledger = figures.Ledger(words)
    ledger.share("x", "X", Share(1, 2, None), "")
    with pytest.raises(figures.TwoValues):
        ledger.number("x", "X", 3)


def test_signed_off_it_changes_no_more(sqlite_installation: Installation, who: Staff) -> None:
    db = sqlite_installation.database
    public_id = make(sqlite_installation, who)
    assert contents(sqlite_installation, who, public_id).document.status == "Preliminär, version 1"
    later = reports.make_again(db, who.project, public_id, who.user, LATER)
    with pytest.raises(reports.NotNewest):
        reports.sign(db, who.project, public_id, who.user, LATER)
    reports.sign(db, who.project, later, who.user, LATER)
    status = contents(sqlite_installation, who, later).document.status
    assert status == "Slutlig, version 2. Signerad av Eva Utvärderare den 21\xa0dec\xa02026."
    for change in (
        lambda: reports.sign(db, who.project, later, who.user, LATER),
        lambda: recommendations.recommend(db, who.project, later, [], who.user, LATER),
        lambda: recommendations.follow_up(db, who.project, later, {}, who.user, LATER),
    ):
        with pytest.raises(reports.AlreadySigned):
            change()
    with db.reading() as session:
        done = [
            each
            for each in session.scalars(select(Deed.action).order_by(Deed.id))
            if each.startswith("report")
        ]
        stored = session.scalars(select(Report).order_by(Report.version)).all()
        assert [(each.line, each.version) for each in stored] == [(public_id, 1), (public_id, 2)]
    assert done == ["report_made", "report_made_again", "report_signed"]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_two_versions_made_at_once_have_two_numbers(installation: Installation) -> None:
    db, who = installation.database, staff(installation)
    first = make(installation, who, kind="one_page")
    second = reports.make_again(db, who.project, first, who.user, NOW)

    again = threading.Thread(target=lambda: reports.make_again(db, who.project, first, who.user, NOW))
    with db.transaction() as session:
        row = queries.held(session, who.project, second)
        assert row is not None
        kept = {each.name: getattr(row, each.name) for each in Report.__table__.columns}
        session.add(Report(**kept | {"id": None, "public_id": new_public_id(), "version": 3}))
        session.flush()
        again.start()
        until_one_waits(db)
    again.join()
    with db.reading() as session:
        assert [each.version for each in queries.versions(session, first)] == [4, 3, 2, 1]


def test_recommendations_are_followed_up_in_the_next_report(
    sqlite_installation: Installation, who: Staff
) -> None:
    db = sqlite_installation.database
    midnight = NOW.replace(hour=23, minute=30)  # the day after in Stockholm
    first = make(sqlite_installation, who, kind="interim", now=midnight)
    two = [Advice(None, "Mer tid", "Styrgruppen", ""), Advice(None, "Färre enkäter", "", "2027-01-31")]
    recommendations.recommend(db, who.project, first, two, who.user, NOW)
    second = make(sqlite_installation, who, follows=first)
    earlier = contents(sqlite_installation, who, second).earlier
    told = {earlier[0].id: Outcome("not_done", "")}
    with pytest.raises(BadAdvice):
        recommendations.follow_up(db, who.project, second, told, who.user, NOW)
    told = {earlier[0].id: Outcome("partly", "Två tillfällen"), earlier[1].id: Outcome("", "")}
    recommendations.follow_up(db, who.project, second, told, who.user, NOW)
    texts = said(contents(sqlite_installation, who, second).document)
    assert any("22\u00a0nov" in each for each in texts)
    for words in ("Mer tid", "Delvis genomfört", "Två tillfällen", "Färre enkäter", "inte uppföljd ännu"):
        assert words in texts
    # what has been followed up is not taken away; what has not is
    kept = [Advice(each.id, "" if each.id == earlier[0].id else each.text, "", "") for each in earlier]
    with pytest.raises(BadAdvice) as bad:
        recommendations.recommend(db, who.project, first, kept, who.user, NOW)
    assert list(bad.value.faults.values()) == ["followed_up"]
    recommendations.recommend(
        db, who.project, first, [Advice(earlier[0].id, "Mer tid", "", "")], who.user, NOW
    )
    assert len(contents(sqlite_installation, who, second).earlier) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"series": ()}, "series"),
        ({"series": ("finns-inte",)}, "series"),
        ({"language": "ar"}, "language"),
        ({"follows": "finns-inte"}, "follows"),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    sqlite_installation: Installation, who: Staff, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(reports.BadOrder) as bad:
        reports.make(sqlite_installation.database, who.project, replace(order(), **changes), who.user, NOW)  # type: ignore[arg-type]
    assert list(bad.value.faults) == [field]


def test_headings_are_the_funders(sqlite_installation: Installation, who: Staff) -> None:
    asked = (
        Heading("own", "1. Projektidé", "Så tänkte vi.\n\nOch sedan så."),
        Heading("occasions", "2. Resultat per tillfälle", "Inledning."),
        Heading("own", "3. Jämställdhet"),
    )
    found = contents(sqlite_installation, who, make(sqlite_installation, who, headings=asked)).document
    assert [each.heading for each in found.sections] == [each.heading for each in asked]
    assert found.sections[0].blocks == (Paragraph("Så tänkte vi."), Paragraph("Och sedan så."))
    assert isinstance(found.sections[1].blocks[1], Table)
    assert found.sections[2].blocks == (Paragraph("[Skriv här]", "prompt"),)
    for bad in (
        (),
        (Heading("summary", "A"), Heading("summary", "B")),
        (Heading("own", " "),),
        (Heading("sql", "A"),),
        (Heading("own", "\x00"),),
    ):
        with pytest.raises(BadHeadings):
            headings.checked(bad)


def test_the_method_follows_what_was_done(sqlite_installation: Installation, who: Staff) -> None:
    found = contents(sqlite_installation, who, make(sqlite_installation, who)).document
    method = next(each for each in found.sections if each.key == "method")
    table = next(block for block in method.blocks if isinstance(block, Table))
    assert [row[0].text for row in table.rows] == [
        "Förmätning", "1. Tillfälle 1", "2. Tillfälle 2", "3. Tillfälle 3", "Eftermätning",
    ]  # fmt: skip
    rules = " ".join(text for block in method.blocks if isinstance(block, Bullets) for text in block.items)
    assert "minst 5 svar" in rules
    assert "De två blandas aldrig." in rules
    assert "Wilcoxons teckenrangtest" in rules
    with sqlite_installation.database.transaction() as session:
        for each in session.scalars(select(Questionnaire).where(Questionnaire.wave == "pre")):
            each.wave = "other"
    again = contents(sqlite_installation, who, make(sqlite_installation, who)).document
    assert "Wilcoxon" not in "\n".join(said(again))
    assert "Ingen statistisk prövning har gjorts." in said(again)


def test_a_report_of_an_earlier_day_has_what_was_kept_and_says_what_was_not(
    sqlite_installation: Installation, who: Staff
) -> None:
    db, yesterday = sqlite_installation.database, (NOW - timedelta(days=1)).date().isoformat()
    today = contents(sqlite_installation, who, make(sqlite_installation, who)).figures
    for day, why in (
        (yesterday, "nothing_kept"),
        (NOW.date().isoformat(), "not_earlier"),
        ("2026-02-30", "bad_date"),
    ):
        with pytest.raises(reports.BadOrder) as bad:
            make(sqlite_installation, who, as_of=day)
        assert bad.value.faults == {"as_of": why}
    for task in aggregates.work(db, NOW):
        aggregates.count(db, task, NOW)
    public_id = make(sqlite_installation, who, as_of=yesterday)
    found = contents(sqlite_installation, who, public_id)
    then, now = ({each.id: each.printed for each in figures} for figures in (found.figures, today))
    assert then["kurs/efter/t1/overall/top"] == now["kurs/efter/t1/overall/top"]
    assert then["kurs/registered"] == now["kurs/registered"]
    assert not any("/pairs/" in each or "/by/" in each for each in then)
    texts = said(found.document)
    assert "Siffror för" in texts
    assert (
        texts.count("Av en tidigare dag finns inte de här siffrorna kvar. En rapport för i dag har dem.") == 3
    )
    # one answer more: what it is could be had from the two beside each other
    with db.transaction() as session:
        known = session.scalars(select(Response).where(Response.target.startswith("occasion:"))).first()
        assert known is not None
        values = {each.name: getattr(known, each.name) for each in Response.__table__.columns}
        session.add(Response(**{**values, "id": uuid4(), "response_key": "one-more"}))
    again = contents(
        sqlite_installation, who, reports.make_again(db, who.project, public_id, who.user, LATER)
    )
    figures_again = {each.id for each in again.figures}
    assert "kurs/efter/t1/rate" in figures_again
    assert "kurs/efter/t1/overall/top" not in figures_again
    assert "kurs/fore/-/overall/top" in figures_again
