"""Ready sets: questionnaires and questions for the log in our own words, to begin from.

Each is a file in ``sets/``; its documents are those of a version, but for scales, which stand by their code
and are written out here. Questions with the same code in several of them are meant to be compared.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from surveys.domain.texts import DEFAULT_LANGUAGE, LocalText

FOLDER = Path(__file__).parent / "sets"
# In the order they are offered.
CODES = ("pre_post", "after_occasion", "reflect_before", "trip_log", "six_months", "retrospective")

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class ReadyQuestionnaire:
    """``code`` is what it is called where that is free."""

    code: str
    wave: str
    document: JsonObject


@dataclass(frozen=True)
class ReadySet:
    """What is made at once; ``log_prompts`` are for follow-up rules of the learning log."""

    code: str
    title: LocalText
    about: LocalText
    questionnaires: tuple[ReadyQuestionnaire, ...]
    log_prompts: tuple[LocalText, ...]


def ready_sets() -> tuple[ReadySet, ...]:
    """All ready sets, in the order they are offered."""
    return tuple(_read(code) for code in CODES)


def ready_set(code: str) -> ReadySet | None:
    return _read(code) if code in CODES else None


@cache
def written_languages() -> frozenset[str]:
    """The languages that the sets are written in."""
    return frozenset(language for code in CODES for language in _read(code).title)


@cache
def ready_scales() -> Mapping[str, JsonObject]:
    """The ready-made scales by code, each with its code, as a version has them."""
    found = yaml.safe_load((FOLDER / "scales.yaml").read_text(encoding="utf-8"))
    return {each["code"]: each for each in found}


def fitted(document: JsonObject, languages: Collection[str]) -> JsonObject:
    """The same in ``languages`` alone; a text that is in none of them stays in Swedish."""
    made: JsonObject = _fitted(deepcopy(document), frozenset(languages))
    return made


def _fitted(value: Any, languages: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_fitted(each, languages) for each in value]
    if not isinstance(value, dict):
        return value
    texts = all(isinstance(each, str) for each in value.values())
    if value and texts and value.keys() <= written_languages():
        kept = {language: text for language, text in value.items() if language in languages}
        return kept or {DEFAULT_LANGUAGE: value[DEFAULT_LANGUAGE]}
    return {name: _fitted(part, languages) for name, part in value.items()}


@cache
def _read(code: str) -> ReadySet:
    found = yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    return ReadySet(
        code,
        found["title"],
        found["about"],
        tuple(
            ReadyQuestionnaire(each["code"], each["wave"], _written_out(each["document"]))
            for each in found.get("questionnaires", ())
        ),
        tuple(found.get("log_prompts", ())),
    )


def _written_out(document: JsonObject) -> JsonObject:
    for question in document["questions"]:
        if "scale" in question:
            question["scale"] = ready_scales()[question["scale"]]
    return document
