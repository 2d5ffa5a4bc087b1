"""A questionnaire of a programme file ↔ the document that is stored of it, with its scales written out."""

from collections.abc import Mapping
from typing import Any

from surveys.domain.choices import OTHER
from surveys.domain.condition_tree import AskedForm, Known
from surveys.domain.point_questions import DONT_KNOW
from surveys.importing.question_schema import (
    OneChoice,
    Question,
    Questionnaire,
    Scale,
    ScaleQuestion,
    ThemeChoice,
    Written,
)
from surveys.importing.schema import Programme, Series

JsonObject = dict[str, Any]


def content(questionnaire: Written, scales: Mapping[str, Scale]) -> JsonObject:
    """Return the document of a version: what a participant reads, in one canonical form.

    What is left at its default is left out, so that saying it or not is no change. A scale that is not in
    ``scales`` stays a code.
    """
    beside = Questionnaire.model_fields.keys() - Written.model_fields.keys()
    whole = questionnaire.model_dump(mode="json", exclude_defaults=True, exclude=set(beside))
    for question in whole["questions"]:
        scale = scales.get(question.get("scale", ""))
        if scale is not None:
            question["scale"] = scale.model_dump(mode="json", exclude_defaults=True)
    return whole


def known_to_conditions(programme: Programme, series: Series) -> Known:
    """Return what the conditions of a rule of ``series`` may name."""
    themes = {theme.code for occasion in series.occasions for theme in occasion.themes}
    scales = {scale.code: {point.code for point in scale.points} for scale in programme.scales}
    return Known(
        themes=themes,
        organisations={each.code for each in programme.organisations},
        questionnaires={
            each.code: AskedForm(
                each.privacy_mode,
                {question.code: _choices(question, scales, themes) for question in each.questions},
            )
            for each in programme.questionnaires
        },
    )


def _choices(question: Question, scales: Mapping[str, set[str]], themes: set[str]) -> set[str]:
    match question:
        case ScaleQuestion():
            return scales.get(question.scale, set()) | ({DONT_KNOW} if question.dont_know else set())
        case OneChoice():
            return {each.code for each in question.options} | ({OTHER} if question.other else set())
        case ThemeChoice():
            return themes
        case _:
            return set()
