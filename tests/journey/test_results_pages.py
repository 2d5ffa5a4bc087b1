"""The pages of results, logs and the export: what each role reads there, and what nobody does."""

import csv
import io
import re
import threading
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from scheduler.exporter import Exporter
from surveys.installation import Installation
from surveys.models.export_job import ExportJob
from surveys.models.followup import Mailing
from surveys.models.log import LogBook, LogEntry
from surveys.models.programme import Series
from surveys.running import access
from tests.service.test_change import several
from tests.service.test_word_spellings import measured_words
from tests.support.answered import AFTER, NOW, OVERALL, Answering, spread
from tests.support.forms import local
from tests.support.pages import forms_of

PASSWORD = "tre små gröna ekar"
SENTINEL = "Det här får ingen annan läsa 7f3a"
PRIVATE = "Det här skrev jag bara till mig själv 91bc"
PROJECT = "/projekt/prov"
SERIES = f"{PROJECT}/insatser/kurs"
RESULTS = f"{SERIES}/resultat"
PAGES = (
    f"{PROJECT}/resultat",
    RESULTS,
    f"{RESULTS}/fore-och-efter",
    f"{RESULTS}/fritext",
    f"{RESULTS}/matning/fore",
    f"{RESULTS}/matning/eftermatning",
    *(f"{RESULTS}/matning/efter/t{number}" for number in (1, 2, 3)),
    f"{RESULTS}/export",
    f"{RESULTS}/export/kodbok",
    f"{SERIES}/loggar",
    f"{PROJECT}/lardeloggar",
)
LONG = timedelta(days=20_000)  # open whatever the day on which the test runs


def fill(it: Answering) -> None:
    """t1: 77 of 98 · t2: 4 of 8, too few · t3: 9 of 12, open · t4: not measured · before 20, after 12."""
    it.people(98)
    it.people(1, state="cancelled")
    rule = it.rule(it.questionnaire(AFTER))
    _ask(it, it.mailing(rule, it.occasion("t1", "Ansvar", "Bemötande", present=98)), 98, _first())
    few = {"overall": "1", "words": [SENTINEL[:30]], "more": SENTINEL}
    _ask(it, it.mailing(rule, it.occasion("t2", present=8)), 8, [few] * 4)
    last = it.mailing(rule, it.occasion("t3", present=12), closes_in=LONG)
    _ask(
        it, last, 12, [*spread("overall", 0, 2, 3, 3), {"overall": "dk", "more": "<script>alert(1)</script>"}]
    )
    it.occasion("t4", measured=False)
    for wave, code, answers in (
        ("pre", "fore", spread("overall", 10, 6, 3, 1)),
        ("post", "eftermatning", spread("overall", 1, 2, 4, 5)),
    ):
        content = {**OVERALL, "title": local("Förmätning" if wave == "pre" else "Eftermätning")}
        whole = it.rule(
            it.questionnaire(content, code=code, wave=wave),
            code,
            "series_start" if wave == "pre" else "series_end",
        )
        _ask(it, it.mailing(whole), 98, answers)
    _logs(it)


def _ask(it: Answering, mailing: Mailing, invited: int, answers: list[Any]) -> None:
    it.ask(mailing, invited)
    it.answer(mailing, answers)


def _first() -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = [dict(each) for each in spread("overall", 2, 17, 30, 28)]
    for number, given in enumerate(answers):
        given["new-A"] = "3" if number < 21 else "2"
        if number < 66:
            given["new-B"] = "4" if number < 25 else "1"
        if number < 12:
            given["words"] = ["Nyttig"] if number < 9 else ["Lång"]
    return answers


def _logs(it: Answering) -> None:
    for number, person in enumerate(it.persons[:2]):
        person.work_group = ("Rehabilitering", "Upphandling")[number]
        book = LogBook(public_id=f"bok{number}", enrolment_id=person.id, token_hash=f"{number}")
        it.session.add(book)
        it.session.flush()
        for shared in (True, False):
            entry = LogEntry(
                book_id=book.id,
                written_on=date(2026, 10, 1 + number),
                text=f"Delat av {person.work_group}" if shared else PRIVATE,
                plan=PRIVATE,
                created_at=NOW,
                updated_at=NOW,
                shared_at=NOW if shared else None,
            )
            it.session.add(entry)


@pytest.fixture
def filled(sqlite_installation: Installation) -> Installation:
    with sqlite_installation.database.transaction() as session:
        fill(Answering(session, sqlite_installation.keys))
    return sqlite_installation


@pytest.fixture
def with_rows(filled: Installation) -> Installation:
    """The same, where response rows are given out."""
    with filled.database.transaction() as session:
        session.execute(update(Series).values(response_rows=True))
    return filled


def signed_in(app: Flask, role: str) -> FlaskClient:
    db = app.extensions["folja"].database
    access.add_user(db, f"{role}@prov.example", role, PASSWORD, "en")
    access.set_role(db, f"{role}@prov.example", "prov", role)
    client = app.test_client()
    fields = forms_of(client.get("/logga-in"))["/logga-in"]
    client.post("/logga-in", data=fields | {"email": f"{role}@prov.example", "password": PASSWORD})
    return client


def text_of(client: FlaskClient, address: str) -> str:
    """The page as words, one space between them."""
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200, address
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").split())


def test_the_table_of_occasions(filled: Installation, sqlite_app: Flask) -> None:
    page = text_of(signed_in(sqlite_app, "evaluator"), RESULTS)

    assert "77 of 98 (78.6%)" in page
    assert "A 27.3% 21 of 77 B 37.9% 25 of 66 75.3% 58 of 77 Nyttig (9), Lång (3)" in page
    assert re.search(r"Tillfälle 2 .{1,30} 4 of 8 \(50\.0%\) not shown: too few answers", page)
    assert re.search(r"Tillfälle 4 .{1,30} not measured", page)
    assert "Registered 98 persons" in page
    assert "Attendances 118 attendances" in page
    assert "20 of 98 (20.4%)" in page


def test_the_share_is_grey_and_comes_last_where_few_have_answered(
    filled: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "evaluator")
    page = " ".join(client.get(RESULTS).text.split())

    assert '6 of 8</span> <span class="small muted nowrap">75.0%</span>' in page
    assert '<span class="nowrap">75.3%</span> <span class="small muted nowrap">58 of 77</span>' in page


def test_a_measurement_shows_every_figure_and_its_base(filled: Installation, sqlite_app: Flask) -> None:
    page = text_of(signed_in(sqlite_app, "evaluator"), f"{RESULTS}/matning/efter/t1")

    assert "Registered Present Sent out Delivered Bounced Started Submitted" in page
    assert "98 98 98 98 0 77 77 77 of 98 (78.6%)" in page
    # Nytt om Bemötande: 41 "1", 25 "4", eleven without an answer
    assert "62.1% 41 of 66 0.0% 0 of 66 0.0% 0 of 66 37.9% 25 of 66 62.1% 41 of 66 37.9% 25 of 66" in page
    assert "2.1 ± 1.5 n = 66 66 11" in page
    assert "12 persons wrote words" in page


def test_before_and_after_tell_the_same_persons_apart_from_the_groups(
    filled: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "evaluator")
    page = text_of(client, f"{RESULTS}/fore-och-efter")

    assert "20 of 98 (20.4%)" in page
    assert "12 of 98 (12.2%)" in page
    assert "12 persons answered both times" in page
    # before: ten "1", two "2"; after: "1", two "2", four "3", five "4"
    assert "Of 12 who answered both before and after, 11 answered higher, 1 the same and 0 lower." in page
    assert "Chance alone seldom gives so large a difference (p &lt; 0.001)." in page
    assert "20 12 12 11 of 12 91.7% 1 of 12 8.3% 0 of 12 0.0%" in page
    assert "Before n = 20 After n = 12" in page
    assert "50.0% 10 of 20 1 of 12 8.3%" in page
    assert "Mean 1.8 n = 20 3.1 n = 12" in page
    assert "11 answered differently; 1 who answered the same is left out. Exact." in page
    assert "Before, the others n = 8" in page
    charts = [client.get(f"{RESULTS}/fore-och-efter?diagram={number}.svg").text for number in (1, 2, 3)]
    assert "What the same persons answered each time" in charts[1]
    assert len({*charts}) == 3
    assert "What the figures cannot tell" in page
    assert page == text_of(client, f"{RESULTS}/fore-och-efter?fran=eftermatning&till=fore")


def test_an_index_is_declared_with_nothing_typed_lost(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    with sqlite_installation.database.transaction() as session:
        several(Answering(session, sqlite_installation.keys))
    client = signed_in(sqlite_app, "evaluator")
    address = f"{RESULTS}/fore-och-efter/index"
    fields: dict[str, Any] = forms_of(client.get(address))[address]

    wrong = client.post(address, data={**fields, "name": "Läget", "questions": ["a"], "minimum": "två"})
    right = client.post(address, data={**fields, "name": "Läget", "questions": ["a", "b"], "minimum": "1"})
    page, opened = text_of(client, f"{RESULTS}/fore-och-efter"), client.get(f"{RESULTS}/fore-och-efter")
    (own,) = re.findall(rf'href="({address}/\d+)"', client.get(address).text)
    fields_of_own: dict[str, Any] = forms_of(client.get(own))[own]
    why_not = client.post(own, data=fields_of_own | {"questions": ["a", "c"], "minimum": "2"})
    changed = client.post(
        own, data=fields_of_own | {"questions": ["a", "c"], "minimum": "2", "why": "b är en annan sak"}
    )
    history = text_of(client, own)
    removed = client.post(re.findall(r'action="([^"]+/ta-bort)"', client.get(address).text)[0], data=fields)

    assert wrong.status_code == 422
    assert "Choose at least two questions." in wrong.text
    assert 'value="Läget"' in wrong.text
    assert 'value="två"' in wrong.text
    assert re.search(r'value="a" checked', wrong.text)
    assert right.status_code == 303
    assert "Läget 5 higher, 4 the same, 1 lower" in page
    regions = re.findall(r'role="region" aria-label="([^"]+)"', opened.text)
    assert len({*regions}) == len(regions)  # each table says of which question it is
    assert "Before 10 2.2 0.9 10 1.00 After 10 2.8 1.1 10 1.00" in page
    assert why_not.status_code == 422
    assert "Say why the index is changed." in why_not.text
    assert re.search(r'value="c" checked', why_not.text)
    assert changed.status_code == 303
    assert "2 evaluator b är en annan sak" in history
    assert removed.status_code == 303
    assert "None is declared." in text_of(client, f"{RESULTS}/fore-och-efter")
    assert client.get(f"{address}/{10**22}").status_code == 404


def test_the_second_of_two_who_change_an_index_is_told(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    with sqlite_installation.database.transaction() as session:
        several(Answering(session, sqlite_installation.keys))
    client, other = signed_in(sqlite_app, "evaluator"), signed_in(sqlite_app, "organiser")
    address = f"{RESULTS}/fore-och-efter/index"
    fields: dict[str, Any] = forms_of(client.get(address))[address]
    client.post(address, data={**fields, "name": "Läget", "questions": ["a", "b"], "minimum": "1"})
    (own,) = re.findall(rf'href="({address}/\d+)"', client.get(address).text)
    mine, theirs = ({**forms_of(each.get(own))[own]} for each in (client, other))

    first = other.post(own, data=theirs | {"questions": ["a", "c"], "minimum": "2", "why": "b är annat"})
    second = client.post(own, data=mine | {"name": "Nuläget", "questions": ["a", "b"], "why": "Nytt namn"})
    after_second = text_of(client, own)
    third = client.post(own, data=forms_of(second)[own] | {"questions": ["a", "b"]})
    named = text_of(client, own)
    gone = forms_of(client.get(own))[own]
    (away,) = re.findall(r'action="([^"]+/ta-bort)"', other.get(address).text)
    other.post(away, data=forms_of(other.get(address))[away])
    last = client.post(own, data=gone | {"name": "Läget nu", "questions": ["b", "c"], "why": "Bättre så"})

    assert (first.status_code, second.status_code, third.status_code) == (303, 409, 303)
    assert "Somebody else has changed the index meanwhile" in second.text
    assert "b är annat" in second.text
    assert all(f'value="{each}"' in second.text for each in ("Nuläget", "1"))
    assert "Nytt namn</textarea>" in second.text
    assert re.search(r'value="b" checked', second.text)
    assert "Nuläget" not in after_second
    assert "Nuläget" in named
    assert last.status_code == 409
    assert "The index is not there any more" in last.text
    assert "Bättre så" in last.text
    assert 'value="Läget nu"' in last.text
    assert re.search(r'value="c" checked', last.text)


def test_spellings_are_counted_as_one_and_taken_apart(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    with sqlite_installation.database.transaction() as session:
        measured_words(Answering(session, sqlite_installation.keys))
    client = signed_in(sqlite_app, "evaluator")
    measured, address = f"{RESULTS}/matning/efter/t1", f"{RESULTS}/ord/words"
    fields: dict[str, Any] = forms_of(client.get(address))[address]
    chosen = {**fields, "words": ["matnyttigt", "mat-nyttigt"]}

    wrong = client.post(address, data={**chosen, "counted_as": " "})
    right = client.post(address, data={**chosen, "counted_as": "matnyttigt"})
    page, declared = text_of(client, measured), text_of(client, address)
    apart = client.post(f"{address}/ta-isar", data={**fields, "word": "matnyttigt"})

    assert f'href="{address}"' in client.get(measured).text
    assert wrong.status_code == 422
    assert "Write the word that they are to count as." in wrong.text
    assert re.search(r'value="mat-nyttigt" checked', wrong.text)
    assert (right.status_code, apart.status_code) == (303, 303)
    assert "matnyttigt : matnyttigt 3, mat-nyttigt 2 5" in page
    assert "matnyttigt mat-nyttigt , matnyttigt" in declared
    assert "matnytigt" not in declared, "of a measurement that too few have answered"
    assert "matnyttigt 3 roligt 3 mat-nyttigt 2" in text_of(client, measured)
    assert client.post(f"{address}/ta-isar", data={**fields, "word": "matnyttigt"}).status_code == 404
    assert client.get(f"{RESULTS}/ord/overall").status_code == 404
    assert "resultat/ord" not in signed_in(sqlite_app, "reader").get(measured).text


@pytest.mark.parametrize("role", ["administrator", "organiser", "evaluator", "reader"])
def test_what_few_answered_and_what_is_private_stands_nowhere(
    filled: Installation, sqlite_app: Flask, role: str
) -> None:
    client = signed_in(sqlite_app, role)
    seen = 0
    for address in PAGES:
        answer = client.get(address, buffered=True)
        seen += answer.status_code == 200
        for secret in (SENTINEL, SENTINEL[:30], PRIVATE, "Efternamn", "@prov.example/"):
            assert secret not in answer.text, address
    assert seen == (9 if role == "reader" else 13)


@pytest.mark.parametrize(("role", "live"), [("evaluator", True), ("organiser", False), ("reader", False)])
def test_the_rate_is_live_for_all_and_the_answers_for_evaluators(
    filled: Installation, sqlite_app: Flask, role: str, live: bool
) -> None:
    client = signed_in(sqlite_app, role)
    address = f"{RESULTS}/matning/efter/t3"
    before = text_of(client, address)
    with filled.database.transaction() as session:
        it = object.__new__(Answering)
        it.session, it.keys = session, filled.keys
        mailing = session.scalars(select(Mailing).where(Mailing.closes_at > NOW + LONG / 2)).one()
        it.answer(mailing, [{"overall": "4"}])
    after = text_of(client, address)

    assert "9 of 12 (75.0%)" in before
    assert "10 of 12 (83.3%)" in after
    assert ("3 of 8 37.5%" in before, "4 of 9 44.4%" in after) == (live, live)
    assert ("are shown when the questionnaire has closed" in after) is not live


def test_what_people_write_is_text_and_nothing_else(filled: Installation, sqlite_app: Flask) -> None:
    page = signed_in(sqlite_app, "evaluator").get(f"{RESULTS}/matning/efter/t3").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


def file_of(client: FlaskClient, kind: str) -> Any:
    """What the form of the page of exports gives, chosen by name."""
    fields = forms_of(client.get(f"{RESULTS}/export"))[f"{RESULTS}/export"]
    return client.post(f"{RESULTS}/export", data=fields | {"file": kind}, buffered=True)


def rows_of(client: FlaskClient) -> list[dict[str, str]]:
    answer = file_of(client, "csv-responses")
    assert answer.headers["Content-Type"].startswith("text/csv")
    name = r"attachment; filename=kurs-responses-\d{4}-\d\d-\d\d\.csv"
    assert re.search(name, answer.headers["Content-Disposition"])
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_export_holds_as_many_rows_as_its_page_says(with_rows: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")
    page = text_of(client, f"{RESULTS}/export")
    rows = rows_of(client)

    assert len(rows) == 77 + 9 + 20 + 12
    assert f"responses {len(rows)}" in page
    assert "4 responses are left out because too few answered" in page
    assert {row["questionnaire"] for row in rows} == {"efter", "fore", "eftermatning"}
    before, after = ({row["person_code"] for row in rows if row["wave"] == wave} for wave in ("pre", "post"))
    assert len(before & after) == 12


def test_an_organiser_exports_no_person_codes_and_nothing_open(
    with_rows: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "organiser")
    rows = rows_of(client)
    page = text_of(client, f"{RESULTS}/export")

    assert len(rows) == 77 + 20 + 12
    assert not {"person_code", "submitted_on"} & rows[0].keys()
    assert "9 responses are left out until their questionnaires have closed" in page
    assert "one person a row" not in page
    assert "no person codes" in file_of(client, "sav-persons").text


def test_files_are_chosen_downloaded_and_explained(with_rows: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")

    starts = {
        "xlsx-responses": b"PK",
        "sav-persons": b"$FL2",
        "results": b"PK",
        "csv-utf8-answers": b"response_id",
    }
    for kind, start in starts.items():
        assert file_of(client, kind).data.startswith(start), kind
    refused = file_of(client, "docx")
    assert "<title>Error: Export" in refused.text
    assert "Choose what to download" in refused.text
    codebook = text_of(client, f"{RESULTS}/export/kodbok")
    assert "efter, version 1: n =" in codebook
    assert client.get(f"{RESULTS}/export/kodbok.pdf", buffered=True).data.startswith(b"%PDF")


def test_all_files_are_ordered_followed_fetched_and_deleted(filled: Installation, sqlite_app: Flask) -> None:
    client, organiser = signed_in(sqlite_app, "evaluator"), signed_in(sqlite_app, "organiser")
    start = f"{RESULTS}/export"
    ordered = client.post(f"{start}/paket", data=forms_of(client.get(start))[f"{start}/paket"])
    here = ordered.location

    assert "It waits for its turn" in client.get(here).text
    assert Exporter(filled, threading.Event()).run()
    page = client.get(here)
    assert "Download the archive" in page.text
    fetched = client.post(f"{here}/hamta", data=forms_of(page)[f"{here}/hamta"], buffered=True)
    assert zipfile.ZipFile(io.BytesIO(fetched.data)).testzip() is None
    assert int(fetched.headers["Content-Length"]) == len(fetched.data)
    assert organiser.get(here).status_code == 404
    assert "Archives that were made" not in organiser.get(start).text

    with filled.database.writing() as connection:  # no scheduler has come to delete it yet
        connection.execute(update(ExportJob).values(expires_at=NOW - timedelta(days=365)))
    over = client.get(here).text
    assert ("Its time was over." in over, f"{here}/hamta" in over) == (True, False)
    assert "ready" not in text_of(client, start).partition("Archives that were made")[2]
    client.post(f"{here}/bort", data=forms_of(page)[f"{here}/bort"])
    assert "The archive is deleted" in client.get(here).text
    again = client.post(f"{here}/hamta", data=forms_of(page)[f"{here}/hamta"])
    assert again.location == here


def test_shared_logs_are_read_without_names_and_chosen_by_work_group(
    filled: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "evaluator")

    page = text_of(client, f"{SERIES}/loggar")
    chosen = text_of(client, f"{PROJECT}/lardeloggar?grupp=Upphandling")
    strange = text_of(client, f"{PROJECT}/lardeloggar?grupp=finns-inte&s=99999999999&tillfalle=x")

    assert page.index("Delat av Upphandling") < page.index("Delat av Rehabilitering")  # newest first
    assert re.search(r"Writer [0-9A-F]{8} · Upphandling", page)
    assert "2 entries" in page
    assert "1 entry" in chosen
    assert "Delat av Rehabilitering" not in chosen
    assert "2 entries" in strange


def test_a_measurement_that_is_not_there_is_not_found(filled: Installation, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "evaluator")

    for place in ("efter/t4", "efter/t9", "efter", "finns-inte/t1", "%00/t1"):
        assert client.get(f"{RESULTS}/matning/{place}").status_code == 404, place


def test_what_people_wrote_is_found_in_any_form_of_the_word(
    sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    wrote = ["Kurserna var bra", "Bra kurs, bra lokal", "För långt", "<b>Kort</b>", "Inget", "Tack"]
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        it.measured([{"more": text} for text in wrote], AFTER)
        it.measured([{"more": SENTINEL}] * 4, AFTER)
    client = signed_in(sqlite_app, "reader")

    everything = text_of(client, f"{RESULTS}/fritext")
    assert "6 answers in own words In alphabetical order" in everything
    assert everything.index("Bra kurs") < everything.index("Inget") < everything.index("Kurserna")
    assert "&lt;b&gt;Kort&lt;/b&gt;" in everything
    assert SENTINEL not in everything
    assert "1 measurement has answers that are not shown here" in everything

    searched = text_of(client, f"{RESULTS}/fritext?sok=bra kursen")
    assert "2 answers in own words of 6" in searched
    marked = client.get(f"{RESULTS}/fritext?sok=bra kursen").text
    assert "<mark>Bra</mark> <mark>kurs</mark>, <mark>bra</mark> lokal" in marked
    assert "1 answer in own words of 6" in text_of(client, f'{RESULTS}/fritext?sok="bra lokal"')
    assert "0 answers in own words of 6" in text_of(client, f"{RESULTS}/fritext?sok={SENTINEL}")
    assert "No answer has all of these words" in text_of(client, f"{RESULTS}/fritext?sok=ingenting&s=9")
    assert "There are no answers there" in text_of(client, f"{RESULTS}/fritext?fraga=okänd")
    assert "6 answers in own words of 6" in text_of(client, f"{RESULTS}/fritext?matning=efter1/t1")
