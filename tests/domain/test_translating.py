"""Every text of a questionnaire has a key; translations are put in, taken out and counted by it."""

from copy import deepcopy

import pytest

from surveys.domain.questionnaire import parse
from surveys.domain.translating import (
    UnknownText,
    changed,
    languages_of,
    missing,
    with_texts,
    without_language,
    worded,
)
from tests.support.forms import EVERY_KIND

SHARED = {
    "code": "grad",
    "points": [{"code": "1", "label": {"sv": "Lite"}}, {"code": "2", "label": {"sv": "Mycket"}}],
    "merged": [
        {"label": {"sv": "Lite alls"}, "codes": ["1"]},
        {"label": {"sv": "Mycket alls"}, "codes": ["2"]},
    ],
}
DOCUMENT = {
    "title": {"sv": "Efter", "en": "After"},
    "intro": {"sv": "Hej"},
    "groups": [{"code": "g", "title": {"sv": "Först"}}],
    "questions": [
        {"code": "a", "kind": "scale", "group": "g", "text": {"sv": "A?", "en": "A?"}, "scale": SHARED},
        {"code": "b", "kind": "scale", "text": {"sv": "B?"}, "scale": deepcopy(SHARED)},
        {
            "code": "c",
            "kind": "number",
            "text": {"sv": "C?"},
            "unit": {"sv": "timmar"},
            "check": ". < 9",
            "check_message": {"sv": "För många."},
        },
        {
            "code": "d",
            "kind": "one_choice",
            "text": {"sv": "D?"},
            "options": [{"code": "x", "label": {"sv": "X"}}, {"code": "y", "label": {"sv": "Y"}}],
        },
    ],
}


def test_keys_are_codes_in_reading_order_and_a_scale_is_said_once() -> None:
    assert [each.key for each in worded(DOCUMENT)] == [
        "title",
        "intro",
        "groups/g/title",
        "questions/a/text",
        "scales/grad/points/1/label",
        "scales/grad/points/2/label",
        "scales/grad/merged/1/label",
        "scales/grad/merged/2/label",
        "questions/b/text",
        "questions/c/text",
        "questions/c/unit",
        "questions/c/check_message",
        "questions/d/text",
        "questions/d/options/x/label",
        "questions/d/options/y/label",
    ]
    assert {each.question for each in worded(DOCUMENT)} == {"", "a", "b", "c", "d"}


def test_nothing_of_a_form_is_left_out() -> None:
    """Whatever parse asks for in a language that is not there, the walk finds."""
    every = {each.key: {"fi": "x"} for each in worded(EVERY_KIND)}
    parse(with_texts(EVERY_KIND, every), languages=["sv", "fi"])


def test_a_text_of_a_shared_scale_is_written_wherever_it_stands() -> None:
    made = with_texts(DOCUMENT, {"scales/grad/points/1/label": {"en": " A little "}})
    labels = [question["scale"]["points"][0]["label"] for question in made["questions"][:2]]
    assert labels == [{"sv": "Lite", "en": "A little"}] * 2
    assert "en" not in SHARED["points"][0]["label"]  # what it was made from stays


def test_scales_that_differ_have_keys_of_their_own() -> None:
    other = deepcopy(DOCUMENT)
    other["questions"][1]["scale"]["points"][0]["label"]["sv"] = "Föga"
    keys = [each.key for each in worded(other)]
    assert "questions/a/scale/points/1/label" in keys
    assert "questions/b/scale/points/1/label" in keys


def test_missing_texts_are_counted_a_language() -> None:
    assert languages_of(DOCUMENT) == ("sv", "en")
    assert missing(DOCUMENT, ["sv", "en", "ar"]) == {"en": 13, "ar": 15}


def test_a_language_is_taken_out_but_no_text_is_left_empty() -> None:
    assert languages_of(without_language(DOCUMENT, "en")) == ("sv",)
    only = with_texts(DOCUMENT, {"intro": {"sv": "", "en": "Hi"}})
    assert worded(without_language(only, "en"))[1].texts == {"en": "Hi"}


def test_what_is_so_already_is_no_change_and_an_unknown_key_is_refused() -> None:
    asked = {
        "title": {"sv": "Efter ", "en": "Later"},
        "questions/a/text": {"en": "A?"},
        "nothing": {"en": "x"},
    }
    assert changed(DOCUMENT, asked) == {"title": {"en": "Later"}}
    with pytest.raises(UnknownText):
        with_texts(DOCUMENT, asked)
