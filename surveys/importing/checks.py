"""Checks across a programme file: what its parts say of each other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import FIELDS, promises_too_much
from surveys.importing.checking import Check, Raw
from surveys.importing.checks_questionnaires import check_questionnaires, check_scales
from surveys.importing.checks_series import check_series
from surveys.importing.faults import Fault
from surveys.importing.schema import Programme
from surveys.importing.yaml_document import PathKey, YamlDocument


def check_programme(programme: Programme, document: YamlDocument, raw: Raw) -> list[Fault]:
    """Return what is wrong across the parts of ``programme``, with the lines of ``document``."""
    check = Check(programme, document, raw)
    faults = [
        *_project(check),
        *_repeated_codes(check),
        *_levels(check),
        *_texts(check),
        *check_scales(check),
        *check_questionnaires(check),
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
    for name in ("organisations", "subprojects", "scales", "questionnaires", "series", "indicators"):
        yield from _repeated(check, (name,), getattr(programme, name))
    for number, series in enumerate(programme.series):
        here: PathKey = ("series", number)
        yield from _repeated(check, (*here, "occasions"), series.occasions)
        yield from _repeated(check, (*here, "rules"), series.rules)
        for place, occasion in enumerate(series.occasions):
            yield from _repeated(check, (*here, "occasions", place, "themes"), occasion.themes)


def _levels(check: Check) -> Iterator[Fault]:
    """What an organisation stands below is there, and is not below it."""
    above = {each.code: each.below for each in check.programme.organisations}
    known = check.raw.codes("organisations")
    for number, each in enumerate(check.programme.organisations):
        path: PathKey = ("organisations", number, "below")
        if each.below is not None and each.below not in known:
            yield check.fault(path, "unknown_organisation", value=each.below)
        way, place = {each.code}, each.below
        while place is not None and place not in way:
            way.add(place)
            place = above.get(place)
        if place == each.code:
            yield check.fault(path, "organisation_circle", value=each.code)


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
        yield from _promises(check, ("project", "privacy", field), text, PrivacyMode.ANONYMOUS)
    yield from _wordings(check)
    for number, questionnaire in enumerate(programme.questionnaires):
        note = questionnaire.generated_note
        yield from _languages(check, ("questionnaires", number, "generated_note"), note)
    for number, indicator in enumerate(programme.indicators):
        note = indicator.generated_note
        yield from _languages(check, ("indicators", number, "generated_note"), note)
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


def _wordings(check: Check) -> Iterator[Fault]:
    for mode, wording in (check.programme.project.privacy_wording or {}).items():
        here: PathKey = ("project", "privacy_wording", mode)
        for part, texts in (("title", wording.title), ("text", wording.text)):
            yield from _languages(check, (*here, part), texts)
            yield from _promises(check, (*here, part), texts, PrivacyMode(mode))


def _promises(check: Check, here: PathKey, texts: Mapping[str, str], mode: PrivacyMode) -> Iterator[Fault]:
    for text in texts.values():
        if why := promises_too_much(text, mode):
            yield check.fault(here, why)
