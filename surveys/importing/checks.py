"""Checks across a programme file: what its parts say of each other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveys.domain import condition_tree, timing
from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import FIELDS, promises_too_much
from surveys.importing.checking import Check, Raw
from surveys.importing.checks_questionnaires import check_questionnaires, check_scales
from surveys.importing.contents import known_to_conditions
from surveys.importing.faults import Fault
from surveys.importing.question_schema import Questionnaire
from surveys.importing.schema import Occasion, Programme, Rule, Series
from surveys.importing.yaml_document import PathKey, YamlDocument

OCCASION_ANCHORS = ("occasion_start", "occasion_end")


def check_programme(programme: Programme, document: YamlDocument, raw: Raw) -> list[Fault]:
    """Return what is wrong across the parts of ``programme``, with the lines of ``document``."""
    check = Check(programme, document, raw)
    faults = [
        *_project(check),
        *_repeated_codes(check),
        *_texts(check),
        *check_scales(check),
        *check_questionnaires(check),
    ]
    for number, series in enumerate(programme.series):
        faults += _series(check, ("series", number), series)
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


def _series(check: Check, here: PathKey, series: Series) -> Iterator[Fault]:
    if series.subproject and series.subproject not in check.raw.codes("subprojects"):
        yield check.fault((*here, "subproject"), "unknown_subproject", value=series.subproject)
    if series.starts_on and series.ends_on and series.starts_on > series.ends_on:
        params = {"starts": series.starts_on, "ends": series.ends_on}
        yield check.fault((*here, "ends_on"), "ends_before_start", **params)
    if series.attendance_list and series.attendance == "not_kept":
        yield check.fault((*here, "attendance_list"), "attendance_not_kept")
    for number, occasion in enumerate(series.occasions):
        yield from _occasion(check, (*here, "occasions", number), series, occasion)
    for number, rule in enumerate(series.rules):
        yield from _rule(check, (*here, "rules", number), series, rule)


def _occasion(check: Check, here: PathKey, series: Series, occasion: Occasion) -> Iterator[Fault]:
    if occasion.starts and occasion.ends:
        place = occasion.timezone or check.programme.project.timezone
        if timing.to_utc(occasion.ends, place) <= timing.to_utc(occasion.starts, place):
            params = {"starts": occasion.starts, "ends": occasion.ends}
            yield check.fault((*here, "ends"), "ends_before_start", **params)
    if occasion.continues == occasion.code:
        yield check.fault((*here, "continues"), "continues_itself")
    elif occasion.continues and occasion.continues not in check.raw.of_series(series.code, "occasions"):
        yield check.fault((*here, "continues"), "unknown_occasion", value=occasion.continues)


def _rule(check: Check, here: PathKey, series: Series, rule: Rule) -> Iterator[Fault]:
    if rule.questionnaire and rule.questionnaire not in check.raw.codes("questionnaires"):
        yield check.fault((*here, "questionnaire"), "unknown_questionnaire", value=rule.questionnaire)
    if any(each.draft and each.code == rule.questionnaire for each in check.programme.questionnaires):
        yield check.fault((*here, "questionnaire"), "questionnaire_draft", value=rule.questionnaire)
    yield from _rule_schedule(check, here, rule)
    yield from _rule_occasions(check, here, series, rule)
    if rule.audience == "present" and series.attendance == "not_kept":
        yield check.fault((*here, "audience"), "present_not_kept")
    yield from _rule_audience(check, here, series, rule)
    if rule.active and rule.anchor.startswith("series_") and not _has_dates(series):
        yield check.fault((*here, "anchor"), "series_without_dates")
    if rule.active and rule.questionnaire:
        yield from _privacy(check, rule.questionnaire)
        yield from _decision(check, rule.questionnaire)


def _rule_audience(check: Check, here: PathKey, series: Series, rule: Rule) -> Iterator[Fault]:
    if rule.audience_filter is None:
        return
    try:
        condition_tree.validate(rule.audience_filter, known_to_conditions(check.programme, series))
    except condition_tree.AudienceError as error:
        yield check.fault((*here, "audience_filter"), error.code, **error.params)


def _rule_schedule(check: Check, here: PathKey, rule: Rule) -> Iterator[Fault]:
    anchor = timing.wall_time("2011-03-29T12:00")
    try:
        timing.steps(
            anchor, check.programme.project.timezone, offset_of(rule), rule.reminders, rule.close_after_days
        )
    except timing.TimingError as error:
        field = "close_after_days" if error.code == "closes_too_soon" else "reminders"
        yield check.fault((*here, field), error.code, **vars(error))


def offset_of(rule: Rule) -> timing.Offset:
    """Return the rule's offset as the calendar counts it; hours are elapsed time, as minutes are."""
    minutes = rule.offset.hours * 60 + rule.offset.minutes
    return timing.Offset(days=rule.offset.days, minutes=minutes, at=rule.offset.at)


def _rule_occasions(check: Check, here: PathKey, series: Series, rule: Rule) -> Iterator[Fault]:
    if rule.anchor in OCCASION_ANCHORS:
        known = check.raw.of_series(series.code, "occasions")
        for code in (rule.occasions.codes if rule.occasions else None) or ():
            if code not in known:
                yield check.fault((*here, "occasions", "codes"), "unknown_occasion", value=code)
        return
    if rule.occasions:
        yield check.fault((*here, "occasions"), "occasions_without_use", anchor=rule.anchor)
    if rule.audience == "present":
        yield check.fault((*here, "audience"), "present_without_occasion", anchor=rule.anchor)
    questionnaire = _questionnaire(check, rule.questionnaire)
    if questionnaire and any(q.each or q.kind == "theme_choice" for q in questionnaire.questions):
        params = {"value": questionnaire.code, "anchor": rule.anchor}
        yield check.fault((*here, "questionnaire"), "themes_without_occasion", **params)


def _questionnaire(check: Check, code: str | None) -> Questionnaire | None:
    return next((q for q in check.programme.questionnaires if q.code == code), None)


def _has_dates(series: Series) -> bool:
    return bool(series.starts_on and series.ends_on) or any(o.starts for o in series.occasions)


def _wordings(check: Check) -> Iterator[Fault]:
    for mode, wording in (check.programme.project.privacy_wording or {}).items():
        here: PathKey = ("project", "privacy_wording", mode)
        for part, texts in (("title", wording.title), ("text", wording.text)):
            yield from _languages(check, (*here, part), texts)
            for text in texts.values():
                if why := promises_too_much(text, PrivacyMode(mode)):
                    yield check.fault((*here, part), why)


def _decision(check: Check, questionnaire: str) -> Iterator[Fault]:
    """A questionnaire whose key is destroyed at closing needs a decision that orders it."""
    asked = _questionnaire(check, questionnaire)
    if asked is None or PrivacyMode(asked.privacy_mode).traceable:
        return
    if check.programme.project.destruction_decision is None:
        params = {"questionnaire": questionnaire}
        yield check.fault(("project", "destruction_decision"), "decision_missing", **params)


def _privacy(check: Check, questionnaire: str) -> Iterator[Fault]:
    """A questionnaire that is sent says who asks and why; a project without these texts cannot send."""
    written = check.raw.data.get("project") if isinstance(check.raw.data, dict) else None
    if not isinstance(written, dict):
        return
    blank = [field for field in FIELDS if not getattr(check.programme.project.privacy, field)]
    if blank:
        params = {"fields": ", ".join(blank), "questionnaire": questionnaire}
        yield check.fault(("project", "privacy"), "privacy_blank", **params)
