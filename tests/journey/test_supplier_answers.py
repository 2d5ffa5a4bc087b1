"""A supplier hands in answers of its own and learns nothing: neither results nor who is a participant."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.installation import Installation
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.response import Response
from tests.journey.test_outside_answers_pages import PAGES, after, as_it_stands, from_forms, go_on, sent_in
from tests.journey.test_results_pages import RESULTS, signed_in, text_of
from tests.support.answered import OVERALL

__all__ = ["after"]  # the fixture: a post-measurement of twenty, P1 to P20, of 24 enrolled
LABELS = [each["label"]["sv"] for each in OVERALL["questions"][0]["scale"]["points"]]
OF_PROJECT = "/projekt/prov/resultat/svar-utifran"


def handed_in(client: FlaskClient, addresses: list[str]) -> str:
    """Send a file in as far as its last look; the address of that."""
    rows = [[each, LABELS[number % 2], ""] for number, each in enumerate(addresses)]
    answer = sent_in(client, from_forms(rows), "svar.xlsx")
    assert answer.status_code == 303
    return go_on(client, go_on(client, answer.location))


def taken_in(client: FlaskClient, look: str) -> str:
    fields = as_it_stands(client.get(look), "spara")
    return client.post(look.removesuffix("granska") + "spara", data=fields).location


def shown(client: FlaskClient, address: str) -> str:
    """A page without what differs by chance: ids, tokens, moments."""
    page = re.sub(r'name="csrf_token"[^>]*>|name="csrf-token"[^>]*>', "", client.get(address).text)
    return re.sub(r"svar-utifran/(fil/)?[0-9a-zA-Z_-]{8,}|nonce=\S+|\d\d:\d\d", "", page)


def test_what_a_supplier_hands_in_is_joined_and_it_is_told_nothing(
    after: Installation, sqlite_app: Flask
) -> None:
    supplier, evaluator = signed_in(sqlite_app, "supplier"), signed_in(sqlite_app, "evaluator")
    assert PAGES in supplier.get(OF_PROJECT).text
    look = handed_in(supplier, [f"p{number}@prov.example" for number in range(1, 20)] + ["x@annan.example"])
    told = text_of(supplier, look)
    assert "Rows with answers 20" in told
    assert "Who is a participant is not told here" in told
    assert "Known in the series" not in told
    saved = taken_in(supplier, look)
    assert "20 responses are taken in, with their source." in text_of(supplier, saved)
    for page in (saved, PAGES):
        assert "nown in the series" not in supplier.get(page).text, page
        assert f"{RESULTS}/matning" not in supplier.get(page).text, page

    one = text_of(evaluator, saved)
    assert "Known in the series 19" in one
    assert "Handed in by the supplier supplier" in one
    reader = signed_in(sqlite_app, "reader")
    for page in (RESULTS, f"{RESULTS}/fore-och-efter"):
        assert "Handed in by supplier, supplier." in text_of(evaluator, page)
        assert "Handed in by" not in text_of(reader, page)
    assert "19 persons answered both times" in text_of(evaluator, f"{RESULTS}/fore-och-efter")

    undo = f"{saved}/ta-ut"
    supplier.post(undo, data=as_it_stands(supplier.get(undo), undo))
    assert "The import is undone: 20 responses are gone." in text_of(supplier, PAGES)
    with after.database.reading() as session:
        assert not session.scalars(select(Response).where(Response.source == "outside")).all()


@pytest.mark.parametrize(
    ("named", "others"),
    [
        (["p1@prov.example", "p2@prov.example"], ["q1@prov.example", "q2@prov.example"]),
        (["p1@prov.example", "q1@prov.example"], ["q2@prov.example", "p2@prov.example"]),
        (["p1@prov.example", "P1@prov.example"], ["q1@prov.example", "Q1@prov.example"]),
    ],
    ids=["all or none", "one or the other", "twice in the file"],
)
def test_pages_are_the_same_whoever_is_a_participant(
    after: Installation, sqlite_app: Flask, named: list[str], others: list[str]
) -> None:
    supplier = signed_in(sqlite_app, "supplier")
    seen = []
    for addresses in (named, others):
        look = handed_in(supplier, [*addresses, "z@annan.example"])
        seen.append([shown(supplier, look)])
        fields = as_it_stands(supplier.get(look), "spara") | {"without_faulty": "y"}
        saved = supplier.post(look.removesuffix("granska") + "spara", data=fields).location
        seen[-1] += [shown(supplier, saved), shown(supplier, f"{saved}/ta-ut"), shown(supplier, PAGES)]
        undo = f"{saved}/ta-ut"
        supplier.post(undo, data=as_it_stands(supplier.get(undo), undo))
        seen[-1].append(shown(supplier, PAGES))
    assert seen[0] == seen[1]
    assert "Rows with answers" in seen[0][0]


def test_a_row_by_address_and_one_by_code_do_not_tell_that_they_are_one_person(
    after: Installation, sqlite_app: Flask
) -> None:
    """Each row is another's or nobody's as far as the file tells; the register alone would know better."""
    supplier = signed_in(sqlite_app, "supplier")
    seen = []
    for code in ("P1", "Q1"):
        file = f"kod;e-post;overall\r\n{code};;1\r\n;p1@prov.example;2\r\n;p2@prov.example;2\r\n".encode()
        answer = sent_in(supplier, file, "svar.csv")
        columns = {"column-0": "@code|", "column-1": "@address|", "column-2": "overall|"}
        look = go_on(supplier, go_on(supplier, answer.location, **columns))
        seen.append(shown(supplier, look))
        assert "3 responses are taken in" in text_of(supplier, taken_in(supplier, look))
    assert seen[0] == seen[1]
    with after.database.reading() as session:
        counts = session.scalars(select(OutsideAnswers.counts).order_by(OutsideAnswers.id)).all()
    assert [(each["matched"], each["kept"]) for each in counts if each] == [(1, 3), (2, 3)]


def test_a_supplier_sees_nobody_else_s_files(after: Installation, sqlite_app: Flask) -> None:
    supplier, evaluator = signed_in(sqlite_app, "supplier"), signed_in(sqlite_app, "evaluator")
    begun = handed_in(evaluator, ["p1@prov.example"])
    saved = taken_in(evaluator, handed_in(evaluator, ["p2@prov.example", "p3@prov.example"]))
    assert "No answers from elsewhere yet" in text_of(supplier, PAGES)
    for way in ("", "/ta-ut"):
        assert supplier.get(saved + way).status_code == 404
    token = as_it_stands(supplier.get(f"{PAGES}/ny"), f"{PAGES}/ny")["csrf_token"]
    assert supplier.post(f"{saved}/ta-ut", data={"csrf_token": token}).status_code == 404
    for page in ("granska", "kolumner", "varden"):
        assert supplier.get(begun.replace("granska", page)).location == PAGES  # as if it were not there
    for page in ("spara", "kolumner", "varden", "avbryt"):
        supplier.post(begun.replace("granska", page), data={"csrf_token": token})
    assert "Förenkäten" in text_of(evaluator, begun)

    # the very same file: that somebody else has handed it in is not told either
    look = handed_in(supplier, ["p2@prov.example", "p3@prov.example"])
    assert "has been taken in before" not in supplier.get(look).text

    # where staff take a supplier's file in without those who are not enrolled, the number is theirs alone
    mixed = handed_in(supplier, ["p4@prov.example", "x@annan.example"])
    fields = as_it_stands(evaluator.get(mixed), "spara") | {"unknown_people": "leave"}
    by_staff = evaluator.post(mixed.removesuffix("granska") + "spara", data=fields).location
    assert "1 response is taken in" in text_of(evaluator, by_staff)
    for page in (by_staff, f"{by_staff}/ta-ut", PAGES):
        assert not re.search(r"\b1 response|Responses 1\b|its 1 ", text_of(supplier, page)), page
    assert "taken in by staff" in text_of(supplier, PAGES)
