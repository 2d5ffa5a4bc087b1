"""Checks across a programme file: what its parts say of each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import FIELDS, promises_too_much
from surveys.domain.questionnaire import BadForm, parse
from surveys.importing.checking import Check, Raw
from surveys.importing.checks_series import check_series
from surveys.importing.contents import content
from surveys.importing.faults import Fault
from surveys.importing.schema import Programme
from surveys.importing.yaml_document import PathKey, YamlDocument

THEME = "{theme}"


def check_programme(programme: Programme, document: YamlDocument, raw: Raw) -> list[Fault]:
    """Return what is wrong across the parts of ``programme``, with the lines of ``document``."""
    check = Check(programme, document, raw)
    faults = [
        *_project(check),
        *_repeated_codes(check),
        *_texts(check),
        *_scales(check),
        *_questionnaires(check),
    ]
    for number, series in enumerate(programme.series):
        faults += check_series(check, ("series", number), series)
    return faults


def _project(check: Check) -> Iterator[Fault]:
    project = check.programme.project
    if project.from_on and project.to_on and project.from_on > project.to_on:
        yield check.fault(("project", "to"), "ends_before_start", starts=project.from_on, ends=project.to_on)
    if len(set(project.languages)) < len(project.languages):
        yield check.fault(("project", "languages"), "repeated_language")
    if project.logotype and not project.logotype_text:
        yield check.fault(("project", "logotype"), "logotype_without_text")


def _repeated_codes(check: Check) -> Iterator[Fault]:
    programme = check.programme
    for name in ("organisations", "subprojects", "scales", "questionnaires", "series"):
        yield from _repeated(check, (name,), getattr(programme, name))
    for number, series in enumerate(programme.series):
        here: PathKey = ("series", number)
        yield from _repeated(check, (*here, "occasions"), series.occasions)
        yield from _repeated(check, (*here, "rules"), series.rules)
        for place, occasion in enumerate(series.occasions):
            yield from _repeated(check, (*here, "occasions", place, "themes"), occasion.themes)


def _repeated(check: Check, path: PathKey, parts: Iterable[Any]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for number, part in enumerate(parts):
        here = (*path, number, "code")
        if part.code in first:
            yield check.fault(here, "duplicate_code", value=part.code, first=first[part.code])
        first.setdefault(part.code, check.document.line(here))


def _texts(check: Check) -> Iterator[Fault]:
    """Every text outside the questionnaires' contents is there in every language of the project."""
    programme = check.programme
    yield from _languages(check, ("project", "generated_note"), programme.project.generated_note)
    for field in FIELDS:
        text = getattr(programme.project.privacy, field)
        yield from _languages(check, ("project", "privacy", field), text or None)
    yield from _wordings(check)
    for number, questionnaire in enumerate(programme.questionnaires):
        note = questionnaire.generated_note
        yield from _languages(check, ("questionnaires", number, "generated_note"), note)
    for number, series in enumerate(programme.series):
        here: PathKey = ("series", number)
        yield from _languages(check, (*here, "generated_note"), series.generated_note)
        for place, occasion in enumerate(series.occasions):
            path = (*here, "occasions", place, "generated_note")
            yield from _languages(check, path, occasion.generated_note)
        for place, rule in enumerate(series.rules):
            yield from _languages(check, (*here, "rules", place, "log_prompt"), rule.log_prompt)


def _languages(check: Check, path: PathKey, text: Mapping[str, str] | None) -> Iterator[Fault]:
    if text is None:
        return
    for language in check.languages:
        if not text.get(language):
            yield check.fault(path, "missing_language", field=path[-1], language=language)


def _scales(check: Check) -> Iterator[Fault]:
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


def _questionnaires(check: Check) -> Iterator[Fault]:
    known = {scale.code: scale for scale in check.programme.scales}
    written = check.raw.codes("scales")
    stand_in = _stand_in(check.languages)
    for number, questionnaire in enumerate(check.programme.questionnaires):
        here: PathKey = ("questionnaires", number)
        document = content(questionnaire, known)
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
            params = {
                "field": next((s for s in reversed(fault.path) if isinstance(s, str)), ""),
                **fault.params,
            }
            yield check.fault((*here, *fault.path[skip:]), fault.code, **params)


def _wordings(check: Check) -> Iterator[Fault]:
    for mode, wording in (check.programme.project.privacy_wording or {}).items():
        here: PathKey = ("project", "privacy_wording", mode)
        for part, texts in (("title", wording.title), ("text", wording.text)):
            yield from _languages(check, (*here, part), texts)
            for text in texts.values():
                if why := promises_too_much(text, PrivacyMode(mode)):
                    yield check.fault((*here, part), why)
