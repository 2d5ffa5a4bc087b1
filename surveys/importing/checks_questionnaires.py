"""Checks of a programme file's scales and questionnaires, as they would be stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveys.domain.drafting import draft_faults
from surveys.domain.questionnaire import BadForm, FormFault, parse
from surveys.importing.checking import Check
from surveys.importing.contents import content
from surveys.importing.faults import Fault
from surveys.importing.question_schema import Questionnaire, Scale
from surveys.importing.yaml_document import PathKey

THEME = "{theme}"


def check_scales(check: Check) -> Iterator[Fault]:
    """What is wrong with the scales, in every language of the project."""
    for number, scale in enumerate(check.programme.scales):
        document = {
            "title": dict.fromkeys(check.languages, "x"),
            "questions": [
                {
                    "code": "x",
                    "kind": "scale",
                    "text": dict.fromkeys(check.languages, "x"),
                    "scale": scale.model_dump(mode="json", exclude_defaults=True),
                }
            ],
        }
        yield from _form_faults(check, document, ("scales", number), skip=3)


def check_questionnaires(check: Check) -> Iterator[Fault]:
    """What is wrong with the questionnaires; a draft need not be finished."""
    known = {scale.code: scale for scale in check.programme.scales}
    written = check.raw.codes("scales")
    stand_in = _stand_in(check.languages)
    for number, questionnaire in enumerate(check.programme.questionnaires):
        here: PathKey = ("questionnaires", number)
        document = content(questionnaire, known)
        if questionnaire.next is not None:
            yield from _draft(check, questionnaire, known, (*here, "next"))
        if questionnaire.draft:
            yield from _draft_faults(check, document, here)
            continue
        for place, question in enumerate(document["questions"]):
            path: PathKey = (*here, "questions", place)
            if question["kind"] == "scale":
                if isinstance(question["scale"], str) and question["scale"] not in written:
                    yield check.fault((*path, "scale"), "unknown_scale", value=question["scale"])
                # the scale's own faults are told where it stands
                question["scale"] = stand_in
            if question.get("each") == "theme":
                yield from _theme_placed(check, (*path, "text"), question["text"])
        yield from _form_faults(check, document, here)


def _draft(
    check: Check, questionnaire: Questionnaire, known: Mapping[str, Scale], here: PathKey
) -> Iterator[Fault]:
    """The draft beside what is in use."""
    if questionnaire.draft:
        yield check.fault(here, "draft_has_next", questionnaire=questionnaire.code)
    elif questionnaire.next is not None:
        yield from _draft_faults(check, content(questionnaire.next, known), here)


def _draft_faults(check: Check, document: dict[str, Any], here: PathKey) -> Iterator[Fault]:
    """What nobody is asked yet need not be finished: texts may be missing, and questions."""
    stand_in = _stand_in(check.languages)
    for place, question in enumerate(document["questions"]):
        if question["kind"] == "scale":
            if isinstance(question["scale"], str) and question["scale"] not in check.raw.codes("scales"):
                path = (*here, "questions", place, "scale")
                yield check.fault(path, "unknown_scale", value=question["scale"])
            question["scale"] = stand_in
    for fault in draft_faults(document):
        yield _told(check, fault, here)


def _stand_in(languages: Sequence[str]) -> dict[str, Any]:
    label = dict.fromkeys(languages, "x")
    return {"points": [{"code": "1", "label": label}, {"code": "2", "label": label}]}


def _theme_placed(check: Check, path: PathKey, text: Mapping[str, str]) -> Iterator[Fault]:
    for language, words in text.items():
        if THEME not in words:
            yield check.fault((*path, language), "theme_not_placed", language=language)


def _form_faults(check: Check, document: dict[str, Any], here: PathKey, skip: int = 0) -> Iterator[Fault]:
    try:
        parse(document, check.languages)
    except BadForm as bad:
        for fault in bad.faults:
            yield _told(check, fault, here, skip)


def _told(check: Check, fault: FormFault, here: PathKey, skip: int = 0) -> Fault:
    field = next((step for step in reversed(fault.path) if isinstance(step, str)), "")
    return check.fault((*here, *fault.path[skip:]), fault.code, **{"field": field, **fault.params})
