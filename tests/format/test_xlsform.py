"""XLSForm: out and in again unchanged, accepted by pyxform; foreign ones read row by row."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from hypothesis import HealthCheck, given, settings
from pyxform.xls2xform import convert

from surveys.exporting.xlsform_file import workbook
from surveys.importing import xlsform
from tests.support.forms import EVERY_KIND
from tests.support.questionnaires import documents

SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much)


@settings(max_examples=30, suppress_health_check=SLOW, deadline=None)
@given(documents())
def test_out_and_in_again_is_the_same_questionnaire(document: dict[str, Any]) -> None:
    raw = workbook(document, "efter", "occasion", "sealed", 3)
    found = xlsform.read(raw, "sv")
    assert found.losses == ()
    assert found.document == document
    assert (found.code, found.wave, found.privacy_mode) == ("efter", "occasion", "sealed")
    convert(io.BytesIO(raw), file_type=".xlsx")  # raises where it is no XLSForm


def test_every_kind_goes_out_and_comes_in() -> None:
    raw = workbook(EVERY_KIND, "efter", "occasion", "pseudonymous", 1)
    assert xlsform.read(raw, "sv").document == EVERY_KIND


def book(**sheets: Sequence[Sequence[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


FOREIGN = book(
    survey=[
        [
            *("type", "name", "label::English", "label::Svenska (sv)", "relevant", "constraint", "required"),
            *("image", "bind::jr:constraintMsg", "hint", "appearance", "choice_filter", "Who asks"),
        ],
        ["start", "start"],
        ["begin group", "who", "About you", "Om dig"],
        ["select one from yn or specify other", "works here", "Do you work here?", "", "", "", "true()"],
        ["integer", "age", "Age", "Ålder", "${works here}=“y e s”", ".>0 and .<120"],
        ["begin_group", "inner", "", "", "${age} > 17"],
        ["decimal", "weight", "Weight", "", "regex(., 'x')", ". <= 200.5", "", "", "", "In kg"],
        ["end_group"],
        ["begin repeat", "child", "Each child"],
        ["date", "born", "Born", "", "", ". < date('2026-01-01')", "", "baby.png", "Too late"],
        ["end repeat"],
        ["text", "again", "Anything about you?"],
        ["end group"],
        ["calculate", "sum", "", "", "", "", ""],
        ["note", "thanks", "Thank you, ${age}", "", "${sum} > 1"],
        ["geopoint", "where", "Where"],
        ["select_one likely", "likely", "How likely?", "", "", "", "", "", "", "", "likert", "x = ${age}"],
        ["select_one gone", "gone", "Which?"],
        ["select_multiple yn", "both", "Which?", "", "", "count-selected(.) <= 2", "${age} > 3"],
        ["rank likely", "order", "Order?"],
        ["acknowledge", "ok", "Agreed"],
        ["time", "clock", "When?"],
        ["range", "slide", "How much?"],
        ["audio", "voice", "Say it"],
    ],
    choices=[
        ["list name", "name", "label::English", "label::Svenska (sv)", "x"],
        ["yn", "y e s", "Yes", "Ja"],
        ["yn", "n", "No", "Nej"],
        ["yn", "n", "No again"],
        ["likely", 1, "Hardly"],
        ["likely", 2, "Very"],
        ["likely", "dk", "No idea"],
    ],
    settings=[
        ["form_title", "form_id", "style", "default_language"],
        ["Visit", "Visit 1", "pages", "English"],
    ],
)


def test_what_foelja_has_comes_in() -> None:
    found = xlsform.read(FOREIGN, "sv")
    asked = {question["code"]: question for question in found.document["questions"]}
    assert found.document["title"] == {"en": "Visit"}
    assert found.code == "visit-1"
    assert [group["title"]["en"] for group in found.document["groups"]] == [
        "About you",
        "Each child",
        "About you",  # a group that goes on after another within it
    ]
    assert asked["works_here"] == {
        "code": "works_here",
        "kind": "one_choice",
        "text": {"en": "Do you work here?"},
        "options": [
            {"code": "y_e_s", "label": {"en": "Yes", "sv": "Ja"}},
            {"code": "n", "label": {"en": "No", "sv": "Nej"}},
        ],
        "other": True,
        "required": True,
        "group": "who",
    }
    assert asked["age"]["relevant"] == '${works_here}="y_e_s"'
    assert (asked["age"]["minimum"], asked["age"]["maximum"]) == ("1", "119")
    assert asked["weight"] == {
        "code": "weight",
        "kind": "number",
        "text": {"en": "Weight"},
        "hint": {"en": "In kg"},
        "decimals": 6,
        "maximum": "200.5",
        "group": "who",
    }
    assert (asked["born"]["check"], asked["born"]["check_message"]) == (
        ". < '2026-01-01'",
        {"en": "Too late"},
    )
    assert asked["likely"]["kind"] == "scale"
    assert asked["likely"]["dont_know"] is True
    assert asked["both"]["max"] == 2
    assert [asked[code]["kind"] for code in ("order", "ok", "clock", "slide")] == [
        "ranking",
        "consent",
        "short_text",
        "number",
    ]


def test_the_rest_is_listed_row_by_row() -> None:
    found = xlsform.read(FOREIGN, "sv")
    assert [(loss.place.sheet, loss.place.row, loss.subject, loss.code) for loss in found.losses] == [
        ("choices", 2, "yn", "option_renamed"),
        ("choices", 4, "yn", "option_twice"),
        ("survey", 1, "who_asks", "column_unknown"),
        ("survey", 2, "start", "type_of_device"),
        ("survey", 4, "works here", "renamed"),
        ("survey", 7, "weight", "relevant_unknown_word"),
        ("survey", 9, "child", "repeat_once"),
        ("survey", 10, "born", "media_left_out"),
        ("survey", 14, "sum", "type_computed"),
        ("survey", 15, "thanks", "answer_in_text"),
        ("survey", 15, "thanks", "relevant_unknown_question"),
        ("survey", 16, "where", "type_place"),
        ("survey", 17, "likely", "cell_left_out"),
        ("survey", 17, "likely", "label_of_ours"),
        ("survey", 17, "likely", "scale_lowest_first"),
        ("survey", 18, "gone", "list_missing"),
        ("survey", 19, "both", "required_sometimes"),
        ("survey", 22, "clock", "as_text"),
        ("survey", 23, "slide", "range_as_number"),
        ("survey", 24, "voice", "type_media"),
    ]


ALIKE = book(
    survey=[
        ["type", "name", "label", "relevant", "label::English (en)", "label::en"],
        ["select_one a", "x", "${y} of a?"],
        ["select_one b", "y", "Of b?", "", "One", "Two"],
        ["text", "z", "Words"],
        ["acknowledge", "ok", "Agreed?"],
        ["text", "t1", "1", "${x} = '1/2' and selected(${y}, '1/2') and '1/2' != ${z}"],
        ["text", "t2", "2", "${ok} = 'OK' and ${z} = 'OK' and '1/2' = ${x}"],
        ["text", "a-b", "3", ". = 'x'"],
        ["calculate", "a_b"],
        ["text", "t4", "4", "${a_b} > 1"],
        ["rank b", "r", "5", "selected(${y}, 'other')"],
        ["date", "d", "6", "selected(${r2}, 'other')"],
        ["rank c", "r2", "7"],
    ],
    choices=[
        ["list name", "name", "label", "media::image", "relevant"],
        ["a", "1/2", "Half", "half.png", "1"],
        ["a", "1", "One"],
        ["b", "1_2", "Half"],
        ["b", "1/2", "Half too"],
        ["b", "other", "Something else"],
        ["c", "other", "Others"],
        ["c", "1", "One"],
    ],
)


def test_names_mean_what_they_mean_in_their_own_question() -> None:
    """The same name may be another option elsewhere, or no option but a word that somebody wrote."""
    found = xlsform.read(ALIKE, "sv")
    asked = {each["code"]: each.get("relevant") for each in found.document["questions"]}
    assert asked == {
        **dict.fromkeys(("x", "y", "z", "ok", "a_b", "t4", "r2")),
        "t1": "${x} = '1_2' and selected(${y}, '1_2_2') and '1/2' != ${z}",
        "t2": "${ok} = 'yes' and ${z} = 'OK' and '1_2' = ${x}",
        "r": "selected(${y}, 'other')",
        "d": "selected(${r2}, 'other_')",
    }
    lost = [(loss.place.row, loss.subject, loss.code) for loss in found.losses]
    assert set(lost) >= {
        (1, "relevant", "column_unknown"),
        (2, "a", "media_left_out"),
        (2, "x", "answer_in_text"),
        (3, "y", "language_twice"),
        (3, "y", "label_of_ours"),
        (8, "a-b", "relevant_circular"),
        (10, "t4", "relevant_unknown_question"),  # what is worked out, not the question a-b
    }


def test_other_programs_read_what_a_consent_and_a_text_say() -> None:
    asked: list[dict[str, Any]] = [
        {"code": "ok", "kind": "consent", "text": {"sv": "Skriv ${namn} här"}},
        {
            "code": "t",
            "kind": "short_text",
            "text": {"sv": "T"},
            "relevant": "${ok} = 'yes' and '${x}' != ''",
        },
    ]
    document = {"title": {"sv": "${titel}"}, "questions": asked}
    raw = workbook(document, "a", "other", "named", 1)
    assert xlsform.read(raw, "sv").document == document
    form = convert(io.BytesIO(raw), file_type=".xlsx").xform
    assert "/ok  = 'OK'" in form
    assert "Skriv $\u2060{namn} här" in form
