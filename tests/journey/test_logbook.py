"""The learning log as its writer meets it, without JavaScript."""

import logging
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys import clock
from surveys.answers import logbook
from surveys.installation import Installation
from surveys.keys import token_hash
from surveys.models.followup import RetiredLink
from surveys.models.log import LogBook, LogEntry
from surveys.models.programme import Series
from surveys.queries.logbook import shared_entries
from surveys.web.logbook_texts import LINK_PROBLEMS
from tests.support.books import Traveller, travellers
from tests.support.pages import forms_of, send

SECRET = "Chefen lyssnade inte alls på oss."


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture
def anna(installation: Installation) -> Traveller:
    return travellers(installation, "Anna Ek", "Bo Al", now=clock.now())[0]


def follow(client: FlaskClient, who: Traveller, query: str = "") -> TestResponse:
    answer = client.get(f"/l/{who.token}{query}")
    assert answer.status_code == 303
    return client.get(answer.location)


def write(client: FlaskClient, who: Traveller, text: str, **more: str) -> TestResponse:
    """Write an entry the whole way from the link; returns the log's page."""
    follow(client, who)
    page = client.get(f"/logg/{who.book}/skriv")
    answer = send(client, page, "/skriv", text=text, **more)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location)


def kept(installation: Installation) -> list[LogEntry]:
    with installation.database.reading() as session:
        entries = list(session.scalars(select(LogEntry).order_by(LogEntry.created_at)))
        session.expunge_all()
        return entries


def the_entry(installation: Installation) -> LogEntry:
    (entry,) = kept(installation)
    return entry


def shared_texts(installation: Installation) -> list[str]:
    with installation.database.reading() as session:
        series = session.scalars(select(Series)).one()
        return [entry.text for entry in shared_entries(session, installation.keys, series)]


class TestLink:
    def test_the_token_leaves_the_address_for_a_cookie_of_its_own(
        self, client: FlaskClient, anna: Traveller
    ) -> None:
        answer = client.get(f"/l/{anna.token}")
        assert (answer.status_code, answer.location) == (303, f"/logg/{anna.book}")
        (cookie,) = answer.headers.getlist("Set-Cookie")
        assert cookie == f"folja-{anna.book}={anna.token}; HttpOnly; Path=/; SameSite=Lax"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Anna Ek" in client.get(answer.location).text

    def test_the_mails_link_leads_to_its_question(self, client: FlaskClient, anna: Traveller) -> None:
        answer = client.get(f"/l/{anna.token}?fraga={anna.prompt}")
        assert answer.location == f"/logg/{anna.book}/skriv?fraga={anna.prompt}"
        assert "What did you bring home from the trip?" in client.get(answer.location).text

    def test_opening_it_changes_nothing(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        for _ in range(3):
            follow(client, anna, f"?fraga={anna.prompt}")
        assert kept(installation) == []

    def test_two_people_on_one_computer(self, client: FlaskClient, installation: Installation) -> None:
        anna, bo = travellers(installation, "Anna Ek", "Bo Al")
        write(client, anna, "Annas ord")
        page = write(client, bo, "Bos ord")
        assert "Bos ord" in page.text
        assert "Annas ord" not in page.text
        again = client.get(f"/logg/{anna.book}").text
        assert "Annas ord" in again
        assert "Bos ord" not in again

    def test_an_unknown_link(self, client: FlaskClient, anna: Traveller) -> None:
        changed = ("B" if anna.token[0] == "A" else "A") + anna.token[1:]
        answer = client.get(f"/l/{changed}")
        assert answer.status_code == 404
        assert "does not lead to a learning log" in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_without_the_cookie_the_page_says_where_to_go(self, client: FlaskClient, anna: Traveller) -> None:
        for address in ("", "/skriv", f"/{uuid4()}", f"/{uuid4()}/dela", "/logotyp"):
            answer = client.get(f"/logg/{anna.book}{address}")
            assert answer.status_code == 403
            assert "Open your learning log from the mail" in answer.text
            assert "Anna" not in answer.text

    def test_a_replaced_link(self, client: FlaskClient, anna: Traveller, installation: Installation) -> None:
        follow(client, anna)
        with installation.database.transaction() as session:
            session.add(RetiredLink(token_hash=token_hash(anna.token), retired_at=clock.now()))
            session.execute(update(LogBook).values(token_hash="x" + LogBook.public_id, generation=2))
        for address in (f"/l/{anna.token}", f"/logg/{anna.book}"):
            answer = client.get(address)
            assert answer.status_code == 410
            assert "replaced by a newer one" in answer.text

    def test_a_withdrawn_link(self, client: FlaskClient, anna: Traveller, installation: Installation) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        with installation.database.transaction() as session:
            session.execute(update(LogBook).values(withdrawn_at=clock.now()))
        for answer in (
            client.get(f"/l/{anna.token}"),
            client.get(f"/logg/{anna.book}"),
            send(client, page, "/skriv", text=SECRET),
        ):
            assert answer.status_code == 410
            assert "withdrawn" in answer.text
            assert SECRET not in answer.text
        assert kept(installation) == []


class TestWriting:
    def test_from_a_question_to_the_log(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        answer = send(client, page, "/skriv", text="De lyssnar mer.", plan="prova i Angered")
        log = client.get(answer.location)
        assert "Only you can read it" in log.text
        assert "De lyssnar mer." in log.text
        entry = the_entry(installation)
        assert (entry.text, entry.plan, entry.shared_at) == ("De lyssnar mer.", "prova i Angered", None)
        assert entry.invitation_id is not None
        assert "Write about this question" not in log.text

    def test_last_time_you_planned(self, client: FlaskClient, anna: Traveller) -> None:
        write(client, anna, "Ett", plan="prova i Angered")
        page = client.get(f"/logg/{anna.book}/skriv").text
        assert "Last time" in page
        assert "prova i Angered" in page

    def test_thirty_february(self, client: FlaskClient, anna: Traveller, installation: Installation) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        answer = send(client, page, "/skriv", text="Mina ord", plan="Min plan", written_on="2026-02-30")
        assert answer.status_code == 422
        assert answer.text.count("There is no such day as 2026-02-30.") == 2
        assert "<title>Error: " in answer.text
        fields = forms_of(answer)[f"/logg/{anna.book}/skriv"]
        assert (fields["text"], fields["plan"], fields["written_on"]) == (
            "Mina ord",
            "Min plan",
            "2026-02-30",
        )
        assert fields["fraga"] == anna.prompt
        assert kept(installation) == []
        assert send(client, answer, "/skriv", written_on="2026-02-28").status_code == 303
        assert the_entry(installation).invitation_id is not None

    def test_a_text_of_five_megabytes_comes_back_whole(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        huge = "å" * 2_500_000
        answer = send(client, page, "/skriv", text=huge)
        assert answer.status_code == 422
        assert "2,500,000 characters long. At most 20,000 fit." in answer.text
        assert forms_of(answer)[f"/logg/{anna.book}/skriv"]["text"] == huge
        assert kept(installation) == []

    def test_characters_that_cannot_be_kept(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        answer = send(client, page, "/skriv", text="före\x00efter")
        assert answer.status_code == 422
        assert forms_of(answer)[f"/logg/{anna.book}/skriv"]["text"] == "föreefter"
        assert send(client, answer, "/skriv").status_code == 303
        assert the_entry(installation).text == "föreefter"

    def test_what_is_written_is_text_and_not_markup(self, client: FlaskClient, anna: Traveller) -> None:
        words = '<script>alert(1)</script> & "=HYPERLINK(...)" ' + "👩🏽‍🚒 " * 200
        log = write(client, anna, words).text
        assert "<script>alert" not in log
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in log

    def test_double_click_is_one_entry(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        for _ in range(2):
            assert send(client, page, "/skriv", text="En gång").status_code == 303
        assert len(kept(installation)) == 1

    def test_back_and_something_else_shows_both(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        send(client, page, "/skriv", text="Först")
        conflict = send(client, page, "/skriv", text="Sedan")
        assert conflict.status_code == 409
        assert "Först" in conflict.text
        entry = the_entry(installation)
        assert forms_of(conflict)[f"/logg/{anna.book}/{entry.id}"]["text"] == "Sedan"
        assert send(client, conflict, f"/{entry.id}").status_code == 303
        assert the_entry(installation).text == "Sedan"

    def test_another_language_in_the_middle_of_it_keeps_the_text(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        action, fields = next(iter(forms_of(page).items()))
        typed = fields | {"text": "Halvvägs", "language": "sv"}
        answer = client.post(f"{action}?sprak=sv", data=typed)
        assert answer.status_code == 200
        assert '<html lang="sv"' in answer.text
        assert forms_of(answer)[action]["text"] == "Halvvägs"
        assert kept(installation) == []
        assert send(client, answer, "/skriv").status_code == 303
        assert the_entry(installation).text == "Halvvägs"

    def test_an_expired_session_keeps_the_text(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        client.delete_cookie("folja")
        answer = send(client, page, "/skriv", text="Mina ord", plan="Min plan")
        assert answer.status_code == 400
        assert "Nothing is lost" in answer.text
        assert kept(installation) == []
        assert send(client, answer, "/skriv").status_code == 303
        entry = the_entry(installation)
        assert (entry.text, entry.plan, entry.invitation_id is not None) == ("Mina ord", "Min plan", True)

    def test_without_session_and_without_link_the_text_comes_back(
        self, installation: Installation, client: FlaskClient, anna: Traveller
    ) -> None:
        """A browser that was closed and restored its page: both cookies are gone."""
        page = follow(client, anna)
        address = f"/logg/{anna.book}/skriv"
        fields = forms_of(client.get(address))[address]
        assert page.status_code == 200
        closed_and_restored = client.application.test_client()
        answer = closed_and_restored.post(address, data=fields | {"text": SECRET})
        assert answer.status_code in (400, 403, 404)
        assert forms_of(answer)[""]["text"] == SECRET
        assert not kept(installation)


class TestChanging:
    def test_two_tabs(self, client: FlaskClient, anna: Traveller, installation: Installation) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        one, other = (client.get(f"/logg/{anna.book}{address}") for _ in range(2))
        assert send(client, one, address, text="Från den ena").status_code == 303
        conflict = send(client, other, address, text="Från den andra")
        assert conflict.status_code == 409
        assert "Från den ena" in conflict.text
        assert the_entry(installation).text == "Från den ena"
        assert send(client, conflict, address).status_code == 303
        assert the_entry(installation).text == "Från den andra"

    def test_an_entry_deleted_on_another_page_is_not_lost(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}")
        send(client, client.get(f"/logg/{anna.book}{address}/ta-bort"), "/ta-bort")
        answer = send(client, page, address, text="Mer om ett")
        assert "has been deleted on another page" in answer.text
        assert kept(installation) == []
        assert send(client, answer, "/skriv").status_code == 303
        assert the_entry(installation).text == "Mer om ett"

    def test_an_expired_session_keeps_the_change(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}")
        client.delete_cookie("folja")
        answer = send(client, page, address, text="Två")
        assert (answer.status_code, the_entry(installation).text) == (400, "Ett")
        assert send(client, answer, address).status_code == 303
        assert the_entry(installation).text == "Två"

    def test_a_wrong_date_in_a_change(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}")
        answer = send(client, page, address, text="Två", written_on="2999-01-01")
        assert (answer.status_code, the_entry(installation).text) == (422, "Ett")
        assert "may not be later than today" in answer.text
        assert forms_of(answer)[f"/logg/{anna.book}{address}"]["text"] == "Två"


class TestSharing:
    def test_shared_changed_and_withdrawn(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Till alla", plan=SECRET)
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}/dela")
        assert "They do not see your name." in page.text
        assert "Grupp A" in page.text
        assert shared_texts(installation) == []
        log = client.get(send(client, page, "/dela").location)
        assert "Shared without your name" in log.text
        assert shared_texts(installation) == ["Till alla"]
        edit = client.get(f"/logg/{anna.book}{address}")
        assert "stays shared" in edit.text
        send(client, edit, address, text="Till alla, igen")
        assert shared_texts(installation) == ["Till alla, igen"]
        log = client.get(send(client, log, "/sluta-dela").location)
        assert "no longer shared" in log.text
        assert shared_texts(installation) == []

    def test_nobody_shares_what_they_have_not_read(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}/dela")
        send(client, client.get(f"/logg/{anna.book}{address}"), address, text=SECRET)
        answer = send(client, page, "/dela")
        assert (answer.status_code, shared_texts(installation)) == (409, [])
        assert "Read it again before you share it" in answer.text
        assert send(client, answer, "/dela").status_code == 303
        assert shared_texts(installation) == [SECRET]

    def test_an_expired_session_shares_nothing(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        address = f"/{the_entry(installation).id}"
        page = client.get(f"/logg/{anna.book}{address}/dela")
        client.delete_cookie("folja")
        answer = send(client, page, "/dela")
        assert (answer.status_code, shared_texts(installation)) == (400, [])
        assert send(client, answer, "/dela").status_code == 303

    def test_getting_an_address_that_changes_something_changes_nothing(
        self, client: FlaskClient, anna: Traveller, installation: Installation
    ) -> None:
        write(client, anna, "Ett")
        entry = the_entry(installation)
        for end, status in (("/dela", 200), ("/ta-bort", 200), ("/sluta-dela", 405)):
            assert client.get(f"/logg/{anna.book}/{entry.id}{end}").status_code == status
        assert shared_texts(installation) == []
        assert the_entry(installation).revision == entry.revision


class TestRemoving:
    def test_it_asks_first(self, client: FlaskClient, anna: Traveller, installation: Installation) -> None:
        write(client, anna, "Ett")
        entry = the_entry(installation)
        page = client.get(f"/logg/{anna.book}/{entry.id}/ta-bort")
        assert "cannot be brought back" in page.text
        assert len(kept(installation)) == 1
        log = client.get(send(client, page, "/ta-bort").location)
        assert kept(installation) == []
        assert "The entry is deleted." in log.text
        assert client.get(f"/logg/{anna.book}/{entry.id}").status_code == 404


class TestPrivacy:
    def test_another_persons_entry_is_not_there(
        self, client: FlaskClient, installation: Installation
    ) -> None:
        anna, bo = travellers(installation, "Anna Ek", "Bo Al")
        page = write(client, anna, SECRET)
        entry = the_entry(installation)
        fields = forms_of(page)  # the log has no form of its own; the token comes from the next page
        assert fields == {}
        token = forms_of(follow(client, bo, f"?fraga={bo.prompt}"))[f"/logg/{bo.book}/skriv"]["csrf_token"]
        for end in ("", "/dela", "/ta-bort"):
            answer = client.get(f"/logg/{bo.book}/{entry.id}{end}")
            assert answer.status_code == 404
            assert SECRET not in answer.text
        for end in ("", "/dela", "/sluta-dela", "/ta-bort"):
            answer = client.post(
                f"/logg/{bo.book}/{entry.id}{end}",
                data={"csrf_token": token, "text": "x", "written_on": "2026-01-01", "revision": "1"},
            )
            assert SECRET not in answer.text
        assert the_entry(installation).text == SECRET
        assert shared_texts(installation) == []

    def test_nothing_written_reaches_the_log_files(
        self,
        client: FlaskClient,
        anna: Traveller,
        installation: Installation,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        page = follow(client, anna, f"?fraga={anna.prompt}")
        with installation.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE log_entry RENAME COLUMN created_at TO made_at")
        with caplog.at_level(logging.DEBUG):
            answer = send(client, page, "/skriv", text=SECRET, plan=SECRET)
        assert answer.status_code >= 500
        assert "OperationalError" in caplog.text or "no database" in caplog.text
        assert SECRET not in caplog.text

    def test_every_text_for_people_exists_for_every_link_problem(self, sqlite_app: Flask) -> None:
        problems = {error.code for error in logbook.BookError.__subclasses__()}
        assert problems | {"no_cookie"} == set(LINK_PROBLEMS)


def test_what_was_done_is_said_in_the_writers_language(
    sqlite_client: FlaskClient, anna: Traveller, installation: Installation
) -> None:
    write(sqlite_client, anna, "Ett besök")
    english = {"Accept-Language": "en"}
    entry = the_entry(installation).id
    for step, said in (("dela", "Anteckningen är delad"), ("ta-bort", "Anteckningen är borttagen")):
        page = sqlite_client.get(f"/logg/{anna.book}/{entry}/{step}", headers=english)
        (fields,) = (fields for address, fields in forms_of(page).items() if address.endswith(step))
        done = sqlite_client.post(f"/logg/{anna.book}/{entry}/{step}", data=fields, headers=english)
        assert said in sqlite_client.get(done.location, headers=english).text
