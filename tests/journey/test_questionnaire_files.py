"""Questionnaires from other programs in the browser and by command: looked at, then saved as drafts."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.cli import folja
from surveys.importing import questionnaire_file
from surveys.installation import Installation
from surveys.models.questionnaire import Questionnaire
from tests.format.test_answer_files import sav
from tests.format.test_lss import NEW
from tests.format.test_xlsform import FOREIGN, book
from tests.support.installations import environment
from tests.support.pages import forms_of

pytestmark = pytest.mark.usefixtures("evening")

PLACE = "/projekt/liten/enkater"
HERE = f"{PLACE}/importera"
NOTHING = book(survey=[["type", "name", "label"], ["geopoint", "a", "Where?"]])


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def sent(client: FlaskClient, raw: bytes, name: str) -> TestResponse:
    fields: dict[str, Any] = dict(forms_of(client.get(HERE))[HERE])
    return client.post(HERE, data=fields | {"fil": (io.BytesIO(raw), name)})


def saved(client: FlaskClient, page: TestResponse, **typed: str) -> TestResponse:
    fields = forms_of(page)[f"{HERE}/spara"]
    choices = {"matning": "other", "skydd": "pseudonymous", "som": ""}
    return client.post(f"{HERE}/spara", data=fields | choices | typed)


def stored(installation: Installation, code: str) -> Questionnaire:
    with installation.database.reading() as session:
        row = session.scalars(select(Questionnaire).where(Questionnaire.code == code)).one()
        assert row.versions
        session.expunge_all()
        return row


def test_a_questionnaire_is_brought_looked_at_and_saved(
    organiser: FlaskClient, staffed: Installation
) -> None:
    preview = sent(organiser, FOREIGN, "visit.xlsx")
    assert preview.status_code == 200
    assert "12 questions come in" in preview.text
    assert "survey, row 16" in preview.text
    assert "Places on a map cannot be answered here" in preview.text
    assert "How likely?" in preview.text
    taken = saved(organiser, preview, kod="efter-tillfalle")
    assert taken.status_code == 422
    assert "There is a questionnaire with this code already" in taken.text
    answer = saved(organiser, taken, kod="besok")
    assert (answer.status_code, answer.location) == (303, f"{PLACE}/besok")
    made = stored(staffed, "besok").written
    assert made.draft
    assert made.content == questionnaire_file.read(FOREIGN, "sv").document


def test_a_partners_answers_give_the_questions_they_were_asked(
    organiser: FlaskClient, staffed: Installation, tmp_path: Path
) -> None:
    labels = {"nytta": {1: "Ingen", 2: "Viss", 3: "Stor", 9: "Vägrar"}}
    frame = pd.DataFrame({"nytta": [1.0, 3.0, 9.0], "epost": ["anna@partner.example", "", ""]})
    raw = sav(tmp_path, frame, variable_value_labels=labels, missing_ranges={"nytta": [9]})
    preview = sent(organiser, raw, "Partner 2011.sav")
    assert "Variable View, row 1" in preview.text
    assert "Declared to be no answers, and so no options: Vägrar" in preview.text
    assert "Holds no answers to a question" in preview.text
    assert "anna@partner.example" not in preview.text
    assert saved(organiser, preview).location == f"{PLACE}/partner-2011"
    assert [each["code"] for each in stored(staffed, "partner-2011").written.content["questions"]] == [
        "nytta"
    ]
    damaged = sent(organiser, raw[:-8], "Partner 2011.sav")
    assert (damaged.status_code, "not an SPSS file" in damaged.text) == (422, True)


def test_a_file_becomes_the_draft_of_what_is_there(organiser: FlaskClient, staffed: Installation) -> None:
    """Out and in again nothing changes; another file is a draft, unless somebody was there first."""
    out = organiser.get(f"{PLACE}/efter-tillfalle/xlsform.xlsx")
    before = stored(staffed, "efter-tillfalle")
    assert questionnaire_file.read(out.data, "sv").document == before.written.content
    preview = sent(organiser, NEW, "enkät 1.lss")
    chosen = f"efter-tillfalle:{before.written.digest}"
    assert f'value="{chosen}"' in preview.text
    assert saved(organiser, preview, som=chosen).status_code == 303
    after = stored(staffed, "efter-tillfalle")
    assert (len(after.versions), after.written.draft) == (len(before.versions) + 1, True)
    assert after.written.content == questionnaire_file.read(NEW, "sv").document
    late = saved(organiser, sent(organiser, FOREIGN, "visit.xlsx"), som=chosen)
    assert late.status_code == 409
    assert "Somebody else has changed" in late.text


def test_what_cannot_be_read_says_why(organiser: FlaskClient) -> None:
    picture = sent(organiser, b"\x89PNG", "bild.png")
    assert picture.status_code == 422
    assert "neither an Excel workbook" in picture.text
    nothing = sent(organiser, NOTHING, "plats.xlsx")
    assert nothing.status_code == 422
    assert "Nothing that participants could answer" in nothing.text
    assert "survey, row 2" in nothing.text
    fields = forms_of(sent(organiser, FOREIGN, "visit.xlsx"))[f"{HERE}/spara"]
    changed = organiser.post(f"{HERE}/spara", data=fields | {"fil": fields["fil"][:-3] + "abc"})
    assert changed.status_code == 422
    assert "Choose the file again" in changed.text


def run(installation: Installation, *arguments: str) -> Result:
    variables = environment(installation.settings)
    return CliRunner().invoke(folja, ["--language", "en", "questionnaire", *arguments], env=variables)


def test_by_command(staffed: Installation, tmp_path: Path) -> None:
    source, out = tmp_path / "visit.lss", tmp_path / "ut.xlsx"
    source.write_bytes(NEW)
    tried = run(staffed, "import", str(source), "--project", "liten", "--dry-run")
    assert "questions:" in tried.output
    assert "Quotas are left out." in tried.output
    assert "Nothing has been saved" in tried.output
    done = run(staffed, "import", str(source), "--project", "liten")
    assert done.exit_code == 0, done.output
    again = run(staffed, "import", str(source), "--project", "liten")
    assert (again.exit_code, "already" in again.output) == (1, True)
    assert run(staffed, "export", "visit", str(out), "--project", "liten").exit_code == 0
    assert (
        questionnaire_file.read(out.read_bytes(), "sv").document == stored(staffed, "visit").written.content
    )
    there = run(staffed, "export", "visit", str(out), "--project", "liten")
    assert (there.exit_code, "--force" in there.output) == (1, True)
    (tmp_path / "x.xlsx").write_bytes(NOTHING)
    nothing = run(staffed, "import", str(tmp_path / "x.xlsx"), "--project", "liten")
    assert nothing.exit_code == 1
    assert "survey:2" in nothing.output
