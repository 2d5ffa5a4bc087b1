"""Checks of a programme file's series: occasions and rules, against each other and the rest of the file."""

from collections.abc import Iterator

from surveys.domain import condition_tree, timing
from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import FIELDS
from surveys.domain.rule_spec import OCCASION_ANCHORS
from surveys.importing.checking import Check
from surveys.importing.contents import known_to_conditions
from surveys.importing.faults import Fault
from surveys.importing.question_schema import Questionnaire
from surveys.importing.schema import Occasion, Rule, Series
from surveys.importing.yaml_document import PathKey


def check_series(check: Check, here: PathKey, series: Series) -> Iterator[Fault]:
    """What is wrong with a series, its occasions and its rules."""
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
