"""What is printed of a questionnaire: true of the paper it stands on, in columns that fit, by its numbers."""

from collections.abc import Iterator
from typing import Any

import pytest

from surveys.answers.asking_project import AskingProject
from surveys.answers.paper import PaperForm
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import parse
from surveys.installation import Installation
from surveys.queries.chasing import Asked
from surveys.web import language, print_form
from surveys.web.print_form import Sheet
from surveys.web.print_questions import parts
from tests.support.compiled import app_of
from tests.support.forms import EVERY_KIND, local

PROJECT = AskingProject(
    "Kurser", ("sv", "ar"), "Kursledningen", "k@x.example", {}, None, None, "Europe/Stockholm"
)
ANNA = Asked(1, "i", 1, None, False, "p1", "Anna", "a@x.example", "sv", {}, None, None, None, None)
CODED = PaperForm(ANNA, "K7QM2F9X", "token", False)


@pytest.fixture(autouse=True)
def swedish(sqlite_installation: Installation) -> Iterator[None]:
    with app_of(sqlite_installation.settings).test_request_context("/"), language.speaking("sv"):
        yield


def sheet(mode: str, wording: dict[str, Any] | None = None) -> Sheet:
    return Sheet(PROJECT, None, parse(EVERY_KIND), PrivacyMode(mode), "", "sv", 13, wording=wording or {})


def told(content: dict[str, Any]) -> str:
    return " ".join(line for each in content["told"] for line in each["lines"])


def test_what_is_told_is_true_of_the_paper_it_stands_on() -> None:
    for mode in ("pseudonymous", "sealed", "anonymous"):
        blank = print_form.blank(sheet(mode), None)
        assert "varken namn eller kod" in told(blank)
        assert "länken i ditt mejl" not in told(blank)
        assert "De ser koden" not in told(blank)
        assert (blank["words"]["uncoded"], blank["name_line"]) == ("Utan kod", None)
        personal = print_form.personal(sheet(mode), [CODED], [None])
        assert "varken namn eller kod" not in told(personal)
        assert "K7QM-2F9X" in personal["copies"][0]["scan"]["alt"]
    # Where answers have names, the form without one asks for it.
    assert print_form.blank(sheet("named"), None)["name_line"]["lines"] == ["Ditt namn:"]
    assert print_form.personal(sheet("named"), [CODED], [None])["name_line"] is None
    # The project's own words stand on paper too.
    own = {"title": {"sv": "Svaren är förtroliga"}, "text": {"sv": "Vi läser dem bara tillsammans."}}
    said = told(print_form.personal(sheet("pseudonymous", own), [CODED], [None]))
    assert "Svaren är förtroliga. Vi läser dem bara tillsammans." in said


def columns(count: int, label: str, size: int) -> tuple[int, bool]:
    options = [{"code": f"o{number}", "label": local(f"{label}{number:02}")} for number in range(count)]
    question = {"code": "q", "kind": "one_choice", "text": local("Vad?"), "options": options}
    (part,) = parts(parse(EVERY_KIND | {"questions": [question]}), "sv", size)
    return part["columns"], part["long"]


def test_many_short_options_stand_in_columns_as_many_as_fit() -> None:
    assert columns(5, "", 13) == (1, False)
    assert columns(40, "Kommun ", 13) == (4, False)  # ten rows, which stay on one page
    assert columns(40, "Kommun ", 18) == (3, False)
    assert columns(40, "Kommun med namn ", 18) == (2, True)
    assert columns(40, "En kommun vars namn är så långt att ", 13) == (1, True)


def test_conditions_go_by_the_numbers_on_paper_and_hints_keep_their_own_direction() -> None:
    asked = {"code": "why", "kind": "long_text", "text": local("Varför?")}
    conditions = {
        "${overall} <= 2": "Besvara bara om svaret på fråga 3 är ”I liten grad” eller mindre.",
        "${missed} != '' and ${quoted} = 'yes'": "Besvara bara om fråga 7 har besvarats och svaret på "
        "fråga 12 är ”Ja, det går jag med på”.",
    }
    for relevant, said in conditions.items():
        questions = [*EVERY_KIND["questions"], asked | {"relevant": relevant}]
        made = parts(parse(EVERY_KIND | {"questions": questions}), "sv", 13)
        assert made[-1]["condition"]["lines"] == [said]
    overall = next(each for each in made if each["number"] == "3")
    hints = [hint["lines"] for hint in overall["hints"]]
    assert hints == [["Tänk på hela eftermiddagen."], ["Kryssa i en ruta."]]
    with language.speaking("ar"):
        arabic = next(each for each in parts(parse(EVERY_KIND), "ar", 13) if each["number"] == "3")
    assert [hint["dir"] for hint in arabic["hints"]] == ["ltr", "rtl"]
