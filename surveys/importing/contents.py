"""A questionnaire of a programme file ↔ the document that is stored of it, with its scales written out."""

from collections.abc import Mapping
from typing import Any

from surveys.importing.schema import Questionnaire, Scale

JsonObject = dict[str, Any]


def content(questionnaire: Questionnaire, scales: Mapping[str, Scale]) -> JsonObject:
    """Return the document of a version: what a participant reads, in one canonical form.

    What is left at its default is left out, so that saying it or not is no change. A scale that is not in
    ``scales`` stays a code.
    """
    whole = questionnaire.model_dump(
        mode="json", exclude_defaults=True, exclude={"code", "wave", "privacy_mode", "generated_note"}
    )
    for question in whole["questions"]:
        scale = scales.get(question.get("scale", ""))
        if scale is not None:
            question["scale"] = scale.model_dump(mode="json", exclude_defaults=True)
    return whole


def scales_of(questionnaire: JsonObject) -> list[JsonObject]:
    """Return the scales written out in a stored document, in the order of its questions."""
    return [question["scale"] for question in questionnaire["questions"] if "scale" in question]
