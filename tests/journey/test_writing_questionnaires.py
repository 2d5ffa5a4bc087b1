"""An organiser writes questionnaires in the morning, in a browser without JavaScript."""

import re
from dataclasses import fields
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.domain import editing
from surveys.domain.questions import KINDS, Question
from surveys.installation import Installation
from surveys.models.questionnaire import Questionnaire
from surveys.web.organise.kind_fields import info
from tests.support.pages import forms_of, send
from tests.support.staffed import sign_in

pytestmark = pytest.mark.usefixtures("evening")
ALL = "/projekt/liten/enkater"
NEW = f"{ALL}/ny"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def organiser(sqlite_client: FlaskClient) -> FlaskClient:
    sqlite_client.set_cookie("folja-language", "en")
    assert sign_in(sqlite_client, "organiser").status_code == 303
    return sqlite_client


def stored(installation: Installation, code: str) -> Questionnaire:
    with installation.database.reading() as session:
        found = session.scalars(select(Questionnaire).where(Questionnaire.code == code)).one()
        assert found.versions
        session.expunge_all()
        return found


def codes(installation: Installation, code: str) -> list[str]:
    return [each["code"] for each in stored(installation, code).written.content["questions"]]


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")


def change(client: FlaskClient, here: str, **typed: str) -> TestResponse:
    """Save a question with what its form holds, lists included, but for what is typed."""
    page = client.get(here)
    found = re.search(r'<select id="scale".*?value="([^"]+)" selected', page.text, re.DOTALL)
    ticked = dict(re.findall(r'type="checkbox" id="[^"]+" name="([^"]+)" value="([^"]+)" checked', page.text))
    return send(client, page, here, **({"do": "save", "scale": found[1] if found else ""} | ticked | typed))


def press(client: FlaskClient, edit: str, do: str) -> TestResponse:
    return send(client, client.get(edit), edit, do=do)


def test_all_that_a_kind_of_question_has_can_be_written_in_the_editor() -> None:
    common = {each.name for each in fields(Question)}
    # The options of a choice of theme are the occasion's; the length of a word is nobody's concern.
    aside = {"theme_choice": {"options"}, "words": {"max_length"}}
    for code, kind in KINDS.items():
        own = {each.name for each in fields(kind)} - common - aside.get(code, set())
        assert own == {part.name for part in info(code).parts}, code


def test_a_pair_and_a_form_after_the_occasion_from_ready_sets(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    assert "Before and after" in organiser.get(NEW).text
    pair = organiser.get(f"{NEW}?av=mall:pre_post")
    made = send(organiser, pair, NEW, **{"wave-0": "pre", "wave-1": "post", "privacy_mode": "pseudonymous"})
    assert made.status_code == 303
    page = organiser.get(f"{NEW}?av=mall:after_occasion")
    fields = {
        "wave-0": "occasion",
        "privacy_mode": "pseudonymous",
        "code-0": "",
    }
    assert send(organiser, page, NEW, **fields).location == f"{ALL}/efter-tillfallet/skriv"
    # Nothing of this can be sent before it is taken into use.
    rule = "/projekt/liten/insatser/kurs/regler/ny?monster=after_occasion"
    assert ":efter-tillfallet" not in organiser.get(rule).text
    start = f"{ALL}/efter-tillfallet/skriv/borja"
    assert send(organiser, organiser.get(start), start).status_code == 303
    assert ":efter-tillfallet" in organiser.get(rule).text
    # What to do next is said; and until somebody answers, a change is no new version.
    assert 'href="/projekt/liten/insatser/kurs/regler/ny"' in organiser.get(f"{ALL}/efter-tillfallet").text
    press(organiser, f"{ALL}/efter-tillfallet/skriv", "remove:words")
    asked_to = words_of(organiser.get(start))
    assert "Nobody has answered version 1 yet, so the draft takes its place." in asked_to
    assert "Take version 1 into use" in asked_to
    assert send(organiser, organiser.get(start), start).status_code == 303
    assert [each.number for each in stored(sqlite_installation, "efter-tillfallet").versions] == [1]
    # What is asked both times is said to belong together.
    page = organiser.get(f"{ALL}/formatning")
    assert "Asks some of the same questions:" in page.text
    compared = words_of(organiser.get(f"{ALL}/formatning/jamfor?fran=formatning:1&till=eftermatning:1"))
    assert "same wording 4" in compared
    assert "new 3" in compared
    assert "removed 1" in compared


def test_a_blank_questionnaire_is_filled_moved_about_and_undone(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    page = organiser.get(f"{NEW}?av=tom")
    fields = {"title-0": "Frågor", "wave-0": "other", "privacy_mode": "pseudonymous"}
    edit = str(send(organiser, page, NEW, **fields).location)
    assert edit == f"{ALL}/fragor/skriv"
    add = f"{edit}/fraga"

    def question(kind: str, **typed: Any) -> TestResponse:
        return send(organiser, organiser.get(f"{add}?slag={kind}"), add, do="save", **typed)

    assert (
        question("number", **{"text-sv": "Hur många timmar?", "maximum": "1,5", "decimals": "1"}).status_code
        == 303
    )
    choice = {"text-sv": "Vad?", "options-more-sv": "Mejl\nTelefon\n", "options-more-en": "Mail\nPhone"}
    assert question("one_choice", **choice).status_code == 303
    assert question("scale", **{"text-sv": "Hur väl?", "scale": "grad6"}).status_code == 303
    own = {"text-sv": "Hur då?", "scale": "own", "own-more-sv": "Lite\nLagom\nMycket"}
    assert question("scale", **own).status_code == 303
    assert codes(sqlite_installation, "fragor") == ["hur_manga_timmar", "vad", "hur_val", "hur_da"]
    # A label may change; the code that answers are kept under stays, whatever the order.
    here = f"{add}/vad"
    typed = {"options-0-sv": "Brev", "options-0-place": "2", "options-1-place": "1", "do": "save"}
    assert send(organiser, organiser.get(here), here, **typed).status_code == 303
    points = stored(sqlite_installation, "fragor").written.content["questions"][1]["options"]
    assert points == [
        {"code": "telefon", "label": {"sv": "Telefon", "en": "Phone"}},
        {"code": "mejl", "label": {"sv": "Brev", "en": "Mail"}},
    ]
    # What cannot be is said at its field, and nothing typed is lost.
    wrong = {"relevant": "${vada} = 'mejl'", "code": "hur_val", "do": "save", "text-sv": "Hur bra?"}
    refused = change(organiser, f"{add}/hur_da", **wrong)
    assert refused.status_code == 422
    assert "There is no question with the code vada." in refused.text
    assert "Another one has this code already." in refused.text
    assert forms_of(refused)[f"{add}/hur_da"]["text-sv"] == "Hur bra?"
    assert change(organiser, f"{add}/hur_da", relevant="${vad} = 'mejl'").status_code == 303
    assert "Asked if: “Vad?” is “Mail”" in words_of(organiser.get(edit))
    circle = {"relevant": "${hur_da} = '1'", "do": "save"}
    refused = send(organiser, organiser.get(f"{add}/vad"), f"{add}/vad", **circle)
    assert "lead back to themselves" in refused.text
    # One press each.
    for do in ("up:hur_da", "copy:vad", "down:hur_manga_timmar"):
        assert press(organiser, edit, do).status_code == 303
    assert codes(sqlite_installation, "fragor") == ["vad", "hur_manga_timmar", "vad_2", "hur_da", "hur_val"]
    told = organiser.get(press(organiser, edit, "remove:vad").location)
    assert "the answer is used in the conditions of: “Hur då?”. Change those first." in told.text
    renamed = change(organiser, f"{add}/vad", code="annat")
    assert (renamed.status_code, "“Hur då?”. Change those first." in renamed.text) == (422, True)
    # Three steps up, and the question stands before the one that decides whether it is asked.
    press(organiser, edit, "down:vad")
    assert "asks about a later question" not in organiser.get(edit).text
    for _step in range(3):
        press(organiser, edit, "up:hur_da")
    assert "asks about a later question" in organiser.get(edit).text
    for do in ("down:hur_da", "down:hur_da", "down:hur_da", "up:vad"):
        press(organiser, edit, do)
    alike = change(organiser, f"{add}/vad", **{"options-more-sv": "brev", "options-more-en": "Letter"})
    assert (alike.status_code, "Two of them are called the same" in alike.text) == (422, True)
    many = {"options-more-sv": "\n".join(map(str, range(70))), "options-more-en": ""}
    assert change(organiser, f"{add}/vad_2", **many).status_code == 303
    assert change(organiser, f"{add}/vad_2").status_code == 303
    held = editing.question_of(stored(sqlite_installation, "fragor").written.content, "vad_2")["options"]
    assert len(held) == 72
    press(organiser, edit, "remove:vad_2")
    press(organiser, edit, "undo")
    assert len(codes(sqlite_installation, "fragor")) == 5
    # Two who write at once: what the second sends changes nothing, and is not lost.
    old = organiser.get(f"{add}/hur_val")
    press(organiser, edit, "remove:vad_2")
    typed = {"text-sv": "Hur väl, egentligen?", "scale": "grad6", "do": "save"}
    late = send(organiser, old, f"{add}/hur_val", **typed)
    assert late.status_code == 409
    assert "Nothing has been overwritten" in late.text
    assert send(organiser, late, f"{add}/hur_val", do="save", scale="grad6").status_code == 303
    # Groups.
    group = f"{edit}/grupp"
    fields = {"title-sv": "Till sist", "members": ["hur_da", "hur_val"]}
    assert send(organiser, organiser.get(group), group, **fields).status_code == 303
    assert "Till sist" in organiser.get(edit).text
    # A trial keeps nothing, and says what is asked.
    trial = f"{ALL}/fragor/prova"
    page = organiser.get(f"{trial}?insats=kurs&person=p01&tillfalle=t1")
    assert "1 question is not asked" in words_of(page)
    page = send(organiser, page, trial, **{"q-vad": "mejl", "q-hur_manga_timmar": "7"})
    assert "Skriv 1,5 eller mindre." in page.text  # as the participant reads it
    page = send(organiser, page, trial, **{"q-vad": "mejl", "q-hur_manga_timmar": "1"})
    assert "These answers could be sent in." in page.text
    # Texts are missing in English: said, and taken into use only when that is meant.
    start = f"{edit}/borja"
    assert send(organiser, organiser.get(start), start).status_code == 422
    assert send(organiser, organiser.get(start), start, anyway="y").status_code == 303
    found = stored(sqlite_installation, "fragor")
    assert [(each.number, each.draft) for each in found.versions] == [(1, False)]
    assert send(organiser, organiser.get(f"{ALL}/fragor/ta-bort"), f"{ALL}/fragor/ta-bort").status_code == 303
    assert organiser.get(f"{ALL}/fragor").status_code == 404


def test_a_change_of_what_is_asked_is_a_new_version(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    edit = f"{ALL}/efter-tillfalle/skriv"
    assert "is in use and stays as it is" in organiser.get(edit).text
    press(organiser, edit, "remove:missed")
    changed = change(organiser, f"{edit}/fraga/overall", **{"text-sv": "Hur bra var det?"})
    assert changed.status_code == 303
    page = words_of(organiser.get(f"{edit}/borja"))
    assert "Whoever has begun to answer version 1 goes on with that one" in page
    assert "changed wording" in page
    assert "removed" in page
    assert send(organiser, organiser.get(f"{edit}/borja"), f"{edit}/borja").status_code == 303
    assert "version 2" in words_of(organiser.get(f"{ALL}/efter-tillfalle"))
    used = organiser.get(f"{ALL}/efter-tillfalle/ta-bort")
    assert "Follow-up rules send it in: Kursen." in used.text
    done = organiser.get("/projekt/liten/installningar/gjort").text
    assert "Version of a questionnaire taken into use" in done
    settings = f"{ALL}/efter-tillfalle/installningar"
    fields = {"wave": "occasion", "privacy_mode": "named", "code": "annat"}
    refused = send(organiser, organiser.get(settings), settings, **fields)
    assert refused.status_code == 422
    assert "what they were promised stays" in refused.text


def test_a_scale_of_the_library_is_changed_where_nobody_has_been_asked_yet(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    library = f"{ALL}/skalor"
    page = organiser.get(f"{library}/ny?av=grad6")
    new = {"points-0-sv": "1 – inte alls", "points-more-sv": "7 – helt", "do": "save"}
    assert send(organiser, page, f"{library}/ny", **new).status_code == 303
    assert f'href="{library}/1-inte-alls-7-helt"' in organiser.get(library).text
    # The scale of the small programme is in the library; a draft uses it and so does what is asked.
    here = f"{library}/grad4"
    press(organiser, f"{ALL}/fore/skriv", "copy:knows")
    page = organiser.get(here)
    assert "Before the course (draft)" in page.text
    changed = send(organiser, page, here, do="save", **{"points-3-sv": "Helt och hållet"})
    assert "changed in these drafts: fore." in organiser.get(changed.location).text
    asked, draft = (
        [
            each["scale"]["points"][3]["label"]["sv"]
            for each in version.content["questions"]
            if "scale" in each
        ]
        for version in stored(sqlite_installation, "fore").versions
    )
    assert asked == ["I mycket hög grad"]
    assert draft == ["Helt och hållet"] * 2
    assert send(organiser, page, here, do="save").status_code == 409
    # Classes are written by the places of the points; each point is in exactly one.
    classes = {"class-0-points": "1-3", "class-1-points": "3, 4"}
    twice = send(organiser, organiser.get(here), here, do="save", **classes)
    assert (twice.status_code, "Each point belongs to exactly one class." in twice.text) == (422, True)
    assert 'value="1-3"' in twice.text
    classes |= {"class-1-points": "4", "class-1-sv": "", "class-1-en": ""}
    assert send(organiser, organiser.get(here), here, do="save", **classes).status_code == 303
    compared = words_of(organiser.get(f"{ALL}/fore/jamfor?fran=fore:1&till=fore:2"))
    assert "counted together otherwise" in compared
    assert "(1, 2, 3); To a very large extent (4); the 2 upper ones" in compared
    cleared = {f"points-{number}-{code}": "" for number in (1, 2, 3) for code in ("sv", "en")}
    few = send(organiser, organiser.get(here), here, do="save", **cleared)
    assert few.status_code == 422
    assert "Write at least two points." in few.text
    assert send(organiser, organiser.get(here), here, do="remove").status_code == 303
    assert organiser.get(here).status_code == 404


def test_a_ready_question_for_the_log_is_put_into_the_form_of_a_rule(organiser: FlaskClient) -> None:
    new = "/projekt/liten/insatser/kurs/regler/ny"
    page = organiser.get(f"{new}?monster=log")
    shown = send(organiser, page, new, do="show", asks="log", **{"ready-prompt": "1"})
    assert forms_of(shown)[new]["prompt-sv"] == "Vad vill du pröva hemma, och när tänker du börja?"
    assert forms_of(shown)[new]["prompt-en"].startswith("What do you want to try at home")
