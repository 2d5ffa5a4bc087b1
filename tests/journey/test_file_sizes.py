"""Every file that staff send in is read up to a limit of its own; one larger is refused in words."""

import io
import re

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from surveys.installation import Installation
from surveys.models.outcome import OutcomeKind
from tests.journey.test_outside_answers_pages import PAGES, SOURCE
from tests.journey.test_results_pages import PROJECT, signed_in
from tests.support.answered import OVERALL, Answering
from tests.support.forms import local
from tests.support.pages import forms_of

SERIES = f"{PROJECT}/insatser/kurs"
MEGABYTE = 1024 * 1024
FORMS = (  # a page, and what its address ends with where the form's own goes on
    (f"{PROJECT}/enkater/importera", ""),
    (f"{PROJECT}/enkater/eftermatning/texter/fil", ""),
    (f"{PROJECT}/installningar", "/logotyp"),
    (f"{PROJECT}/installningar/utfall/fil", ""),
    (f"{PROJECT}/resultat/rapporter/mall", ""),
    (f"{SERIES}/deltagare/importera", ""),
    (f"{SERIES}/narvaro/t1/fil", ""),
    (f"{PAGES}/ny", ""),
)


@pytest.fixture
def held(sqlite_installation: Installation) -> Installation:
    """One occasion, and a questionnaire after the series."""
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        it.people(2)
        it.occasion("t1", present=2)
        it.questionnaire({**OVERALL, "title": local("Eftermätning")}, "eftermatning", "post")
        session.add(OutcomeKind(project_id=it.project.id, name="I arbete", key="i arbete", position=1))
    return sqlite_installation


@pytest.mark.parametrize(("page", "more"), FORMS)
def test_a_file_that_is_too_large_is_refused_by_who_reads_it(
    held: Installation, sqlite_app: Flask, page: str, more: str
) -> None:
    client = signed_in(sqlite_app, "organiser")
    shown = client.get(page)
    fields = forms_of(shown)[page + more] | (SOURCE if page.startswith(PAGES) else {})
    (field,) = re.findall(r'<input(?=[^>]* type="file")[^>]* name="([^"]+)"', shown.text)
    for megabytes, status in ((3, 422), (15, 422), (17, 413)):
        file = FileStorage(io.BytesIO(b"PK\x03\x04" * (megabytes * MEGABYTE // 4)), "fil.xlsx", field)
        boundary, body = encode_multipart(fields | {field: file})
        answer = client.post(
            page + more, data=body, content_type=f"multipart/form-data; boundary={boundary}", buffered=True
        )
        assert answer.status_code == status, megabytes
        assert ("error-text" in answer.text) is (status == 422)
