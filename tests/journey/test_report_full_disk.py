"""A report ordered while the disk has no room left: said at once, nothing half kept, nothing typed lost."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select

from surveys.database import Database
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.report import Recommendation, Report
from tests.journey.test_report_pages import REPORTS, send
from tests.journey.test_results_pages import signed_in
from tests.support.pages import forms_of
from tests.support.reported import Staff, make, staff

KEPT = (Report, Recommendation)
WANTED = {"kind": "final", "language": "sv", "title": "Slutrapport ÅÄÖ", "series": ["kurs"]}


@pytest.fixture
def who(sqlite_installation: Installation) -> Staff:
    return staff(sqlite_installation)


@contextmanager
def full(database: Database) -> Iterator[None]:
    """No page more than there are: what SQLite meets where the disk is full."""
    engine = database.engine
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")  # or free pages would be used first
        (pages,) = connection.cursor().execute("PRAGMA page_count").fetchone()

    def no_more(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "begin", no_more)
    try:
        yield
    finally:
        event.remove(engine, "begin", no_more)
        engine.dispose()  # a connection remembers it


def kept(database: Database) -> list[int]:
    with database.reading() as session:
        reported = select(func.count()).where(Deed.action.startswith("report"))
        rows = [session.scalars(select(func.count()).select_from(each)).one() for each in KEPT]
        return [*rows, session.scalars(reported).one()]


def test_a_new_report_is_kept_whole_or_not_at_all(who: Staff, sqlite_app: Flask) -> None:
    client, database = signed_in(sqlite_app, "evaluator"), sqlite_app.extensions["folja"].database
    form = forms_of(client.get(f"{REPORTS}/ny"))[f"{REPORTS}/ny"]
    before = kept(database)
    with full(database):
        refused = client.post(f"{REPORTS}/ny", data=form | WANTED)
    assert refused.status_code == 503
    assert "Nothing was saved" in refused.text
    assert "Slutrapport ÅÄÖ" in refused.text  # to be sent again with one button
    assert kept(database) == before

    here = send(client, f"{REPORTS}/ny", f"{REPORTS}/ny", **WANTED)
    assert client.get(f"{here}/rapport.docx").status_code == 200
    assert kept(database)[0] == before[0] + 1


def test_another_version_is_too(who: Staff, sqlite_installation: Installation, sqlite_app: Flask) -> None:
    client, database = signed_in(sqlite_app, "evaluator"), sqlite_app.extensions["folja"].database
    here = f"{REPORTS}/{make(sqlite_installation, who)}"
    send(client, f"{here}/rekommendationer", f"{here}/rekommendationer", **{"text-0": "Mer tid åt samtal"})
    form = forms_of(client.get(here))[f"{here}/igen"]
    before = kept(database)
    with full(database):
        assert client.post(f"{here}/igen", data=form).status_code == 503
    assert kept(database) == before
    assert client.get(f"{here}/rapport.pdf").status_code == 200

    again = send(client, here, f"{here}/igen")
    assert "Mer tid åt samtal" in client.get(again).text
