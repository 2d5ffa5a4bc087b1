"""The pages of reports: made, written on, signed off and downloaded, by each role what it may."""

import io
import re

import docx
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.installation import Installation
from surveys.reporting.word_template import default_template
from tests.journey.test_results_pages import signed_in, text_of
from tests.support.pages import forms_of
from tests.support.reported import Staff, make, staff

REPORTS = "/projekt/prov/resultat/rapporter"


@pytest.fixture
def who(sqlite_installation: Installation) -> Staff:
    return staff(sqlite_installation)


def send(client: FlaskClient, address: str, action: str, **fields: object) -> str:
    """Send a form of a page as it stands, with ``fields``; returns where one is led."""
    form = forms_of(client.get(address))[action]
    answer = client.post(action, data=form | fields)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_report_from_the_first_page_to_its_signature(who: Staff, sqlite_app: Flask) -> None:
    client, reader = signed_in(sqlite_app, "evaluator"), signed_in(sqlite_app, "reader")
    assert "Make the first one" in text_of(client, REPORTS)
    form = forms_of(client.get(f"{REPORTS}/ny"))[f"{REPORTS}/ny"]
    refused = client.post(f"{REPORTS}/ny", data=form | {"kind": "final", "language": "sv", "title": " "})
    assert refused.status_code == 422
    assert 'href="#title"' in refused.text
    assert 'href="#series"' in refused.text
    wanted = {"kind": "final", "language": "sv", "title": "Slutrapport", "series": ["kurs"]}
    here = send(client, f"{REPORTS}/ny", f"{REPORTS}/ny", **wanted)

    page = text_of(client, here)
    assert "preliminary" in page
    assert "78,6 % (77 av 98)" in page
    for end, start in (("docx", b"PK"), ("pptx", b"PK"), ("pdf", b"%PDF")):
        sent = client.get(f"{here}/rapport.{end}")
        assert sent.data.startswith(start)
        assert f"slutrapport-v1.{end}" in sent.headers["Content-Disposition"]
        assert reader.get(f"{here}/rapport.{end}").status_code == 404  # not signed off yet
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{here}/siffror.xlsx").data)).worksheets[0]
    rates = [row for row in sheet.iter_rows(values_only=True) if row[5] == "kurs/efter/t1/rate"]
    assert [row[1:5] for row in rates] == [("78,6\xa0% (77\xa0av\xa098)", 77, 98, "av antal enkätutskick")]
    assert "No reports yet" in text_of(reader, REPORTS)

    advice = {"text-0": "Mer tid åt samtal", "till-0": "Styrgruppen", "senast-0": "2027-03-32"}
    form = forms_of(client.get(f"{here}/rekommendationer"))[f"{here}/rekommendationer"]
    refused = client.post(f"{here}/rekommendationer", data=form | advice)
    assert (refused.status_code, 'href="#senast-0"' in refused.text) == (422, True)
    assert "Mer tid åt samtal" in refused.text  # nothing typed is lost
    send(
        client, f"{here}/rekommendationer", f"{here}/rekommendationer", **advice | {"senast-0": "2027-03-31"}
    )
    # the same page, open since before that: nothing of it is written over, and both are there to be saved
    late = client.post(f"{here}/rekommendationer", data=form | {"text-0": "Färre enkäter"})
    assert (late.status_code, "Somebody else has changed this" in late.text) == (409, True)
    assert "Mer tid åt samtal" in late.text
    again = client.post(f"{here}/rekommendationer", data=forms_of(late)[f"{here}/rekommendationer"])
    assert again.status_code == 303
    page = text_of(client, here)
    assert page.index("Färre enkäter") < page.index("Mer tid åt samtal")
    mistaken = send(client, here, f"{here}/igen")
    assert "Remove this version" in text_of(client, mistaken)
    assert send(client, f"{mistaken}/ta-bort", f"{mistaken}/ta-bort") == REPORTS
    assert client.get(mistaken).status_code == 404
    again = send(client, here, f"{here}/igen")
    page = text_of(client, again)
    assert "What has changed since version 1" in page
    assert "No figure has changed." in page
    assert "Mer tid åt samtal" in page
    send(client, f"{again}/signera", f"{again}/signera")

    assert "signed off, so it stays" in text_of(client, f"{again}/ta-bort")
    page = text_of(reader, again)
    assert "final" in page
    assert "Write recommendations" not in page
    text = "\n".join(
        cell.text
        for table in docx.Document(io.BytesIO(reader.get(f"{again}/rapport.docx").data)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert "Mer tid åt samtal" in text
    # what has been signed is changed by nobody, however old their page is
    assert client.post(f"{again}/rekommendationer", data=form | {"text-0": "Nej"}).status_code == 303
    assert "Mer tid åt samtal" in text_of(client, again)


def test_earlier_recommendations_are_followed_up_on_a_page(
    who: Staff, sqlite_installation: Installation, sqlite_app: Flask
) -> None:
    client = signed_in(sqlite_app, "evaluator")
    first = make(sqlite_installation, who, kind="interim", title="Delrapport")
    here = f"{REPORTS}/{first}"
    send(client, f"{here}/rekommendationer", f"{here}/rekommendationer", **{"text-0": "Mer tid"})
    wanted = {"kind": "final", "language": "sv", "title": "Slut", "series": ["kurs"], "follows": first}
    second = send(client, f"{REPORTS}/ny", f"{REPORTS}/ny", **wanted)
    assert "Not followed up yet" in text_of(client, second)
    address = f"{second}/uppfoljning"
    form = forms_of(client.get(address))[address]
    (key,) = [name for name in form if name.startswith("varfor-")]
    status = key.replace("varfor", "lage")
    refused = client.post(address, data=form | {status: "not_done"})
    assert (refused.status_code, f'href="#{key}"' in refused.text) == (422, True)
    send(client, address, address, **{status: "not_done", key: "Pengarna var slut"})
    assert client.post(address, data=form).status_code == 409  # it was opened before that was said
    page = text_of(client, second)
    assert "Not done Pengarna var slut" in page


def test_the_template_and_the_headings_are_the_house_s_own(who: Staff, sqlite_app: Flask) -> None:
    client = signed_in(sqlite_app, "organiser")
    address = f"{REPORTS}/mall"
    form = forms_of(client.get(address))[address]
    refused = client.post(address, data=form | {"fil": (io.BytesIO(b"nej"), "mall.docx")})
    assert (refused.status_code, "no Word file" in refused.text) == (422, True)
    file = docx.Document(io.BytesIO(default_template("sv")))
    file.paragraphs[0].insert_paragraph_before("Stadens egen mall")
    changed = io.BytesIO()
    file.save(changed)
    sent = client.post(address, data=form | {"fil": (io.BytesIO(changed.getvalue()), "Stadens mall.docx")})
    assert sent.status_code == 303
    assert "Stadens mall.docx" in text_of(client, REPORTS)

    new = f"{REPORTS}/rubriker/ny"
    form = forms_of(client.get(new))[new] | {"sprak-i-rapporten": "sv"}
    refused = client.post(new, data=form | {"namn": "ESF", "rubrik-0": ""})
    assert (refused.status_code, 'href="#rubrik-0"' in refused.text) == (422, True)
    stale = client.post(new, data=form | {"namn": "", "del-0": "no-such-section", "text-0": "Skrivet"})
    assert (stale.status_code, "Skrivet" in stale.text) == (422, True)
    unclear = client.post(new, data=form | {"namn": "ESF", "plats-2": "sist"})
    assert (unclear.status_code, 'href="#plats-2"' in unclear.text, 'value="sist"' in unclear.text) == (
        422,
        True,
        True,
    )
    moved = {"namn": "ESF", "rubrik-0": "1. Kort om projektet", "plats-0": "99", "plats-2": ""}
    assert client.post(new, data=form | moved).status_code == 303
    own = re.findall(rf'href="({REPORTS}/rubriker/[^"/]+)"', client.get(f"{REPORTS}/rubriker").text)
    (mine,) = [each for each in own if each != new]
    earlier = forms_of(client.get(mine))[mine] | {"sprak-i-rapporten": "sv"}
    send(client, mine, mine, **{"sprak-i-rapporten": "sv", "rubrik-1": "Bakgrund i korthet"})
    assert client.post(mine, data=earlier).status_code == 409
    page = client.get(f"{REPORTS}/ny").text
    (chosen,) = [
        part.split('"')[0]
        for part in page.split('name="headings" value="')[1:]
        if "forvalda" not in part[:10]
    ]
    wanted = {"kind": "final", "language": "sv", "title": "Slut", "series": ["kurs"], "headings": chosen}
    here = send(client, f"{REPORTS}/ny", f"{REPORTS}/ny", **wanted)
    made = docx.Document(io.BytesIO(client.get(f"{here}/rapport.docx").data))
    heads = [each.text for each in made.paragraphs if each.style.name == "Heading 1"]
    assert heads[-1] == "1. Kort om projektet"
    assert "How the follow-up was done" not in heads
    assert made.paragraphs[0].text == "Stadens egen mall"
    send(client, address, f"{address}/ta-bort")
    made = docx.Document(io.BytesIO(client.get(f"{here}/rapport.docx").data))
    assert made.paragraphs[0].text != "Stadens egen mall"
