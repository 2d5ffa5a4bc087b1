"""The attributes of a LimeSurvey question: limits that are carried over, and what is noted as lost."""

import re

from surveys.importing.exchanged import Builder, JsonObject
from surveys.importing.losses import Place
from surveys.importing.lss_survey import LssQuestion

# Attributes that change what is asked, with the values that say nothing.
_NOTED = {
    "random_order": ("0",),
    "answer_order": ("normal",),
    "array_filter": (),
    "array_filter_exclude": (),
    "exclude_all_others": (),
    "exclude_all_others_auto": ("0",),
    "em_validation_q": (),
    "em_validation_sq": (),
    "equals_num_value": (),
    "min_answers": ("0",),
    "prefix": (),
    "time_limit": (),
    "other_replace_text": (),
    "other_comment_mandatory": ("0",),
    "other_numbers_only": ("0",),
    "random_group": (),
    "location_mapservice": ("0",),
}
# What these say of some kinds is carried over, or made a condition; of others it is noted.
_CARRIED = {
    "max_answers": "MPR",
    "min_num_value": "N",
    "max_num_value": "N",
    "max_subquestions": "R",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_LONGEST = {"short_text": 1000, "long_text": 20_000}
_DECIMALS = 6
# A slider goes so far where nothing else is said.
_SLIDER = {"slider_min": "0", "slider_max": "100"}
_LOWEST = ("min_num_value_n", "multiflexible_min", "slider_min", "min_num_value")
_HIGHEST = ("max_num_value_n", "multiflexible_max", "slider_max", "max_num_value")


def note(builder: Builder, question: LssQuestion, place: Place, done: tuple[str, ...] = ()) -> None:
    """Note what attributes say that is not carried over, but for those that are ``done`` with."""
    everywhere = {name: nothing for name, nothing in _NOTED.items() if name not in done}
    elsewhere = {name: ("0",) for name, kinds in _CARRIED.items() if question.kind not in kinds}
    for name, nothing in (everywhere | elsewhere).items():
        value = next((each for each in question.attributes.get(name, {}).values() if each), "")
        if value and value not in nothing:
            builder.lose(place, question.code, "attribute_left_out", value, attribute=name)
    if pattern := question.row.get("preg"):
        builder.lose(place, question.code, "attribute_left_out", pattern, attribute="preg")
    if question.row.get("mandatory") == "S":
        builder.lose(place, question.code, "required_softly")


def limits(builder: Builder, question: LssQuestion, place: Place) -> JsonObject:
    """The limits of each number. LimeSurvey may also limit the sum of several, which is noted elsewhere."""
    slider = _SLIDER if question.attribute("slider_layout") == "1" else {}
    found: JsonObject = {}
    for ours, names in (("minimum", _LOWEST), ("maximum", _HIGHEST)):
        own = (name for name in names if question.kind in _CARRIED.get(name, question.kind))
        text = next((value for name in own if (value := question.attribute(name) or slider.get(name))), "")
        if _NUMBER.fullmatch(text):
            found[ours] = text
        elif text:
            builder.lose(place, question.code, "attribute_left_out", text, attribute=ours)
    if question.attribute("num_value_int_only") != "1":
        found["decimals"] = _DECIMALS
    return found


def length(builder: Builder, question: LssQuestion, place: Place, kind: str) -> JsonObject:
    """How long a text may be."""
    written = question.attribute("maximum_chars")
    most = whole(written)
    if written not in ("", "0") and not 0 < most <= _LONGEST[kind]:
        builder.lose(place, question.code, "attribute_left_out", written, attribute="maximum_chars")
    return {"max_length": most} if 0 < most <= _LONGEST[kind] else {}


def days(builder: Builder, question: LssQuestion, place: Place) -> JsonObject:
    """The first and the last day that may be answered."""
    found: JsonObject = {}
    for ours, name in (("earliest", "date_min"), ("latest", "date_max")):
        text = question.attribute(name)
        if _DAY.fullmatch(text):
            found[ours] = text
        elif text:
            builder.lose(place, question.code, "attribute_left_out", text, attribute=name)
    return found


def whole(text: str) -> int:
    """A whole number, 0 for anything else."""
    return int(text) if re.fullmatch(r"\d{1,6}", text) else 0
