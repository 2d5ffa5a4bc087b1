"""A questionnaire translated: in the page, in a file, and not sent before it is whole, unless said so."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys.domain.questionnaire import BadForm
from surveys.domain.translating import missing
from surveys.followups import rules
from surveys.followups.rule_checks import BadRule
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.writing import drafts
from tests.support.compiled import app_of
from tests.support.pages import forms_of, send
from tests.support.staffed import NOW, PASSWORD, copy_of

pytestmark = pytest.mark.usefixtures("evening")

HERE = "/projekt/liten/enkater/efter-tillfalle/texter"


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Iterator[Installation]:
    with copy_of(built, tmp_path, "http://localhost") as installation:
        yield installation


@pytest.fixture
def organiser(small: Installation) -> FlaskClient:
    client = app_of(small.settings).test_client()
    fields = forms_of(client.get("/logga-in?sprak=en"))["/logga-in"]
    client.post("/logga-in", data=fields | {"email": "organiser@folja.example", "password": PASSWORD})
    return client


def stored(installation: Installation) -> Questionnaire:
    with installation.database.reading() as session:
        row = session.scalars(select(Questionnaire).where(Questionnaire.code == "efter-tillfalle")).one()
        assert row.versions
        session.expunge_all()
        return row


def publish(installation: Installation) -> int:
    row = stored(installation)
    later, seen = NOW + timedelta(hours=1), row.written.digest
    return drafts.publish(installation.database, row.project_id, row.code, seen, None, later)


def test_a_language_is_written_in_the_page(organiser: FlaskClient, small: Installation) -> None:
    """Every text at once, begun from the Swedish ones; then the language is taken away again."""
    page = organiser.get(f"{HERE}?till=ar&saknas=1&kopia=1")
    assert 'dir="rtl"' in page.text
    answer = send(organiser, page, "/texter", **{"t-title": "بعد اللقاء"})
    assert answer.status_code == 303
    written = stored(small).written
    assert written.draft
    assert written.content["title"]["ar"] == "بعد اللقاء"
    assert missing(written.content, ["ar"]) == {}
    assert "Nothing is missing" in organiser.get(f"{HERE}?till=ar&saknas=1").text
    removing = organiser.get(f"{HERE}/ar/ta-bort")
    assert send(organiser, removing, "/ta-bort").status_code == 303
    assert "ar" not in stored(small).written.content["title"]


def test_two_people_at_once_lose_nothing(organiser: FlaskClient, small: Installation) -> None:
    mine, theirs = organiser.get(f"{HERE}?till=ar"), organiser.get(f"{HERE}?till=fa")
    send(organiser, theirs, "/texter", **{"t-title": "پس از"})
    refused = send(organiser, mine, "/texter", **{"t-title": "بعد"})
    assert refused.status_code == 409
    assert "بعد" in refused.text
    assert send(organiser, refused, "/texter").status_code == 303
    assert set(stored(small).written.content["title"]) >= {"sv", "ar", "fa"}
    emptied = organiser.get(f"{HERE}?till=en")
    bad = send(organiser, organiser.get(f"{HERE}?till=sv"), "/texter", **{"t-title": " \x07"})
    assert bad.status_code == 422
    assert "cannot be shown" in bad.text
    assert emptied.status_code == 200


def test_a_file_goes_out_to_a_translator_and_comes_in_again(
    organiser: FlaskClient, small: Installation
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(organiser.get(f"{HERE}/fil.xlsx?till=so").data))
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header == ["key", "what", "sv", "en", "so"]
    for row in sheet.iter_rows(min_row=2):
        row[4].value = f"{row[2].value} (so)"
    sheet.append(["questions/gone/text", "", "", "", "x"])
    file = io.BytesIO()
    book.save(file)
    token = forms_of(organiser.get(f"{HERE}/fil"))[f"{HERE}/fil"]
    page = organiser.post(f"{HERE}/fil", data=token | {"fil": (io.BytesIO(file.getvalue()), "so.xlsx")})
    assert "questions/gone/text" in page.text
    assert "so" not in stored(small).written.content["title"]  # looked at, not saved
    assert send(organiser, page, "/fil/spara").status_code == 303
    assert missing(stored(small).written.content, ["so"]) == {}
    for raw, told in ((b"", "is empty"), (b"PK\x03\x04 no", "damaged"), (b"a;b\n1;2", "column called key")):
        page = organiser.post(f"{HERE}/fil", data=token | {"fil": (io.BytesIO(raw), "x.xlsx")})
        assert (page.status_code, told in page.text) == (422, True), raw


def test_nothing_is_taken_into_use_while_a_translation_is_missing_unless_said_so(
    organiser: FlaskClient, small: Installation
) -> None:
    with small.database.transaction() as session:
        session.execute(update(Project).values(languages=["sv", "en", "ar"]))
    send(organiser, organiser.get(f"{HERE}?till=en"), "/texter", **{"t-title": "Afterwards"})
    with pytest.raises(BadForm) as refused:
        publish(small)
    assert {each.code for each in refused.value.faults} == {"missing_language"}
    assert {each.params["language"] for each in refused.value.faults} == {"ar"}
    send(organiser, organiser.get(HERE), "/ofullstandig", partly="1")
    assert publish(small) == stored(small).written.number


def test_a_language_of_the_project_comes_when_its_texts_are_there(
    organiser: FlaskClient, small: Installation
) -> None:
    """And goes when nobody reads it; a rule is not switched on over missing texts."""
    here = "/projekt/liten/installningar/sprak"
    page = organiser.get(here)
    assert page.text.index(">finska<") < page.text.index(">somaliska<") < page.text.index(">abchaziska<")
    refused = organiser.post(here, data=forms_of(page)[here] | {"sprak": ["en", "sv-simple"]})
    assert refused.status_code == 422
    assert f'href="{HERE}?till=sv-simple"' in refused.text
    gone = organiser.post(here, data=forms_of(page)[here] | {"sprak": []})
    assert "1 participant reads it." in gone.text
    with small.database.transaction() as session:
        for row in session.scalars(select(Questionnaire)):
            for version in row.versions:
                version.content = version.content | {"partly_translated": True}
    taken = organiser.post(here, data=forms_of(page)[here] | {"sprak": ["en", "sv-simple"], "nytt": "so"})
    assert taken.status_code == 303
    with small.database.reading() as session:
        assert session.scalars(select(Project.languages)).one() == ["sv", "en", "sv-simple", "so"]
    done = organiser.get("/projekt/liten/installningar/gjort").text
    assert "Languages of the project changed" in done
    assert "sv, en → sv, en, sv-simple, so" in done
    assert organiser.post(here, data=forms_of(page)[here] | {"sprak": ["xx"]}).status_code == 422


def test_a_rule_is_not_switched_on_while_a_translation_is_missing(
    organiser: FlaskClient, small: Installation
) -> None:
    with small.database.transaction() as session:
        session.execute(update(Project).values(languages=["sv", "en", "ar"]))
        rule = session.scalars(select(FollowUpRule).where(FollowUpRule.code == "efter")).one()
        rule.active = False
        series = rule.series_id
    with pytest.raises(BadRule) as refused:
        rules.switch_rule(small.database, series, "efter", True, None, NOW)
    assert refused.value.faults == {"asks": "untranslated"}
