"""An evaluator sets a target, revises it, notes what others counted, and is told how it stands."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys.installation import Installation
from tests.support.pages import forms_of, send
from tests.support.staffed import NOW, signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/resultat/indikatorer"
NEW = f"{HERE}/ny"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def evaluator(sqlite_app: Flask) -> FlaskClient:
    return signed_in(sqlite_app, "evaluator")


def words(answer: TestResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"\s+", " ", text).replace("\u00a0", " ").replace(" ,", ",")


def fill(client: FlaskClient, there: str, address: str | None = None, **typed: str) -> TestResponse:
    """Fill in the form of a page that goes to ``address``, else to the page itself."""
    return send(client, client.get(there), address or there, **typed)


def test_a_target_from_its_start_to_its_judgement(evaluator: FlaskClient, sqlite_app: Flask) -> None:
    assert "No indicators yet" in words(evaluator.get(HERE))
    assert "Figure from outside" in words(evaluator.get(NEW))

    form = f"{NEW}?slag=outside"
    wrong = fill(evaluator, form, NEW, title="Deltagare, Polisen", target="femhundra")
    assert wrong.status_code == 422
    assert 'value="femhundra"' in wrong.text
    assert "Reading date: Fill this in." in words(wrong)
    basics = {"title": "Deltagare, Polisen", "unit": "personer", "reads_on": "2027-01-31"}
    made = fill(evaluator, form, NEW, **basics, target="500", decided_on="2026-01-01")
    one = f"{HERE}/deltagare-polisen"
    assert made.location == one
    assert "Cannot be judged: no figure has been noted." in words(evaluator.get(one))

    blank = fill(evaluator, f"{one}/revidera", target="330", decided_on="2026-02-15")
    assert "Reason: Fill this in." in words(blank)
    because = {"reason": "Färre platser", "approved_by": "Styrgruppen"}
    assert (
        fill(evaluator, f"{one}/revidera", target="330", decided_on="2026-02-15", **because).status_code
        == 303
    )
    early = {"value": "120", "on": "2026-06-30", "source": "Lägesrapporten"}
    assert fill(evaluator, one, f"{one}/utfall", **early).status_code == 303
    assert "Readings over time" not in words(evaluator.get(one))  # one is no course of events
    figure = {"value": "326", "on": "2027-01-31", "source": "Slutrapporten"}
    assert fill(evaluator, one, f"{one}/utfall", **figure).status_code == 303
    assert fill(evaluator, one, f"{one}/grunder", text="Få kunde avvara personal.").status_code == 303

    shown = words(evaluator.get(one))
    assert "326 of the target 330 personer: not met, 4 missing." in shown
    assert "500 → changed to 330 personer (from 15 Feb 2026)" in shown
    assert "Färre platser Approved by Styrgruppen" in shown
    assert "Source: Slutrapporten" in shown
    over_time = "30 June 2026: 120 personer; 31 Jan 2027: 326 personer. Target: 330 personer."
    assert over_time in shown.split("Readings over time", 1)[1]
    assert "Få kunde avvara personal." in shown
    then = words(evaluator.get(f"{one}?datum=2026-02-14"))
    assert "Target 500 personer" in then

    # with a figure it can be ended, and is read by nobody who may only write
    asked = evaluator.get(f"{one}/ta-bort")
    assert "End this indicator?" in words(asked)
    reader = signed_in(sqlite_app, "reader")
    assert "326 of the target" in words(reader.get(HERE))
    assert set(forms_of(reader.get(one))) == {"/logga-ut", one}
    assert send(evaluator, asked, f"{one}/ta-bort", end="1").status_code == 303
    assert "Indicators that are not followed any more" in words(evaluator.get(HERE))
    with time_machine.travel(NOW + timedelta(hours=3, minutes=30), tick=True):
        # half past midnight in Stockholm, and still the day before in UTC
        assert forms_of(evaluator.get(form))[NEW]["decided_on"] == "2027-02-03"


def test_two_spellings_of_an_organisation_are_put_together(organiser: FlaskClient) -> None:
    there = "/projekt/liten/installningar/organisationer"
    assert "Försäkringskassan" in words(organiser.get(there))
    fk = f"{there}/fk"
    assert fill(organiser, fk, do="name", name="FK").status_code == 303
    again = fill(organiser, fk, do="name", name="fk")
    assert again.status_code == 422
    assert "There is an organisation with this name already." in words(again)
    circle = fill(organiser, fk, do="parent", parent="finns-inte")
    assert circle.status_code == 422
    asked = fill(organiser, fk, do="merge", into="af")
    assert "“Försäkringskassan” becomes another spelling of Arbetsförmedlingen" in words(asked)
    assert "So do: FK." in words(asked)
    assert send(organiser, asked, fk, do="merge").status_code == 303
    shown = organiser.get(there)
    assert "counts as Arbetsförmedlingen" in words(shown)
    assert organiser.get(fk).status_code == 404
    assert send(organiser, shown, fk, do="part").status_code == 303
    assert organiser.get(fk).status_code == 200


def test_a_head_count_with_parts_and_a_share_of_few_answers(evaluator: FlaskClient) -> None:
    common = {"reads_on": "2027-06-30", "decided_on": "2026-01-01"}
    fill(evaluator, f"{NEW}?slag=head_count", NEW, title="Alla", stage="present", target="9", **common)
    for title, gender, target in (("Kvinnor", "woman", "1"), ("Män", "man", "40")):
        typed = {"title": title, "stage": "present", "gender": gender, "target": target, **common}
        part = fill(evaluator, f"{NEW}?del-av=alla", NEW, **typed)
        assert part.status_code == 303, words(part)
    shown = words(evaluator.get(HERE))
    assert "9 persons, the target is 9 persons: the whole is met, but not Män. Partly met." in shown
    assert "of the target 40 persons: not met" in shown
    kept = fill(evaluator, f"{HERE}/alla", f"{HERE}/alla/las-av")
    assert kept.status_code == 303
    assert "read by hand" in words(evaluator.get(f"{HERE}/alla"))

    form = evaluator.get(f"{NEW}?slag=share")
    question = re.findall(r'name="questions" value="(kurs/[^"]*/overall)"', form.text)[0]
    typed = {"title": "Nytta", "questions": question, "threshold": "3", "target": "75", **common}
    made = send(evaluator, form, NEW, **typed)
    assert made.status_code == 303
    # four have answered: neither the figure nor how it stands may be told
    answers = words(evaluator.get(made.location))
    assert "Cannot be judged: not shown: too few answers." in answers
    assert "4 of 4" not in answers
    revised = evaluator.get(f"{made.location}/revidera")
    of_group = {"gender": "woman", "reason": "Bara kvinnor", "approved_by": "Styrgruppen", "base": "invited"}
    wrong = send(evaluator, revised, f"{made.location}/revidera", **of_group)
    assert "Base: Of a group the base is those who answered." in words(wrong)
    again = typed | of_group | {"base": "answered"}
    assert send(evaluator, wrong, f"{made.location}/revidera", **again).status_code == 303
    assert "Gender women" in words(evaluator.get(made.location))

    assert "No index is declared yet." in words(evaluator.get(f"{NEW}?slag=index"))
    typed = {"title": "Läget", "measure": "share", "threshold": "2,5", **common}
    assert "Index: Fill this in." in words(fill(evaluator, f"{NEW}?slag=index", NEW, **typed))


def test_what_was_typed_for_an_ended_indicator_is_not_lost(evaluator: FlaskClient) -> None:
    common = {"unit": "personer", "reads_on": "2027-01-31", "decided_on": "2026-01-01", "target": "5"}
    fill(evaluator, f"{NEW}?slag=outside", NEW, title="Platser", **common)
    one = f"{HERE}/platser"
    figure = {"value": "3", "on": "2026-06-30", "source": "Lägesrapporten"}
    assert fill(evaluator, one, f"{one}/utfall", **figure).status_code == 303
    opened, revising = evaluator.get(one), evaluator.get(f"{one}/revidera")
    part = evaluator.get(f"{NEW}?del-av=platser")
    fill(evaluator, f"{one}/ta-bort", end="1")

    late = send(evaluator, opened, f"{one}/utfall", value="4", on="2026-09-30", source="Ett brev <b>")
    wrong = send(evaluator, opened, f"{one}/utfall", value="fyra", on="2026-09-30", source="Ett brev")
    grounds = send(evaluator, opened, f"{one}/grunder", text="Två platser var stängda.")
    because = {"reason": "Färre platser", "approved_by": "Styrgruppen", "target": "4"}
    revised = send(evaluator, revising, f"{one}/revidera", **because)
    added = send(evaluator, part, NEW, title="Platser i norr")

    ended = "The indicator has been ended meanwhile"
    for each in (late, wrong, grounds, revised, added):
        assert each.status_code == 409
        assert ended in words(each)
    assert "Outcome 4 Day 2026-09-30 Source Ett brev &lt;b&gt;" in words(late)
    assert "Outcome fyra" in words(wrong)
    assert "Grounds Två platser var stängda." in words(grounds)
    assert all(f'value="{each}"' in revised.text for each in because.values())
    assert 'value="Platser i norr"' in added.text
    assert "Save" not in words(revised).split("Approved by")[-1]
    again = evaluator.get(f"{one}/revidera")
    assert again.location == one  # whose page says that it has ended
    shown = words(evaluator.get(one))
    assert "Not followed any more since" in shown
    assert not any(each in shown for each in ("Ett brev", "Två platser", "Färre platser"))
