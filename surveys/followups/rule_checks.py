"""A stored follow-up rule and what it says; and what a rule may not be in its series and project."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain import condition_tree, rule_spec
from surveys.domain import questionnaire as forms
from surveys.domain.condition_tree import AudienceError
from surveys.domain.faults import Faulty
from surveys.domain.privacy import PrivacyMode
from surveys.domain.privacy_wording import blank_fields
from surveys.domain.rule_spec import RuleSpec
from surveys.domain.translating import missing
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Project, Series
from surveys.models.questionnaire import Questionnaire
from surveys.queries import projects
from surveys.queries import rules as queries


class BadRule(Faulty):
    """A rule that cannot be; ``faults`` maps a part of it to a stable code."""

    code = "bad_rule"


def spec_of(rule: FollowUpRule) -> RuleSpec:
    """What a rule says."""
    return RuleSpec(
        questionnaire=rule.questionnaire.code if rule.questionnaire is not None else None,
        log_prompt=rule.log_prompt,
        anchor=rule.anchor,
        offset_days=rule.offset_days,
        offset_minutes=rule.offset_minutes,
        at_time=rule.at_time,
        occasions=rule.occasions,
        audience=rule.audience,
        audience_filter=rule.audience_filter,
        attendance_wait_hours=rule.attendance_wait_hours,
        attendance_default=rule.attendance_default,
        reminder_days=list(rule.reminder_days),
        close_after_days=rule.close_after_days,
        late=rule.late,
        active=rule.active,
    )


def values_of(spec: RuleSpec, asks: Questionnaire | None) -> dict[str, Any]:
    """The columns of a rule that says this."""
    return {
        "questionnaire_id": asks.id if asks is not None else None,
        "log_prompt": dict(spec.log_prompt) if spec.log_prompt is not None else None,
        "anchor": spec.anchor,
        "offset_days": spec.offset_days,
        "offset_minutes": spec.offset_minutes,
        "at_time": spec.at_time,
        "occasions": dict(spec.occasions) if spec.occasions is not None else None,
        "audience": spec.audience,
        "audience_filter": dict(spec.audience_filter) if spec.audience_filter is not None else None,
        "attendance_wait_hours": spec.attendance_wait_hours,
        "attendance_default": spec.attendance_default,
        "reminder_days": list(spec.reminder_days),
        "close_after_days": spec.close_after_days,
        "late": spec.late,
        "active": spec.active,
    }


def checked(
    session: Session, series: Series, spec: RuleSpec, rule: FollowUpRule | None = None
) -> Questionnaire | None:
    """The questionnaire that the rule asks, if any; raises :class:`BadRule` with all that is wrong."""
    project = series.project
    faults = rule_spec.faults(spec, project.languages)
    asks = None
    if spec.questionnaire is not None:
        asks = projects.questionnaire(session, project.id, spec.questionnaire)
        _put(faults, "asks", _why_not_asked(project, spec, asks))
    if rule is not None and rule.questionnaire_id != (asks.id if asks else None):
        # Those already asked would find something else behind their link.
        _put(faults, "asks", "asks_other" if queries.has_sent(session, rule.id) else None)
    _put(faults, "occasions", _why_no_occasions(session, series, spec))
    _put(faults, "audience", _why_not_present(series, spec))
    _put(faults, "anchor", _why_no_anchor(session, series, spec))
    _put(faults, "conditions", _why_no_conditions(session, series, spec))
    if faults:
        raise BadRule(faults)
    return asks


def _put(faults: dict[str, str], part: str, code: str | None) -> None:
    if code is not None:
        faults.setdefault(part, code)


def _why_not_asked(project: Project, spec: RuleSpec, asks: Questionnaire | None) -> str | None:
    if asks is None:
        return "unknown_questionnaire"
    if asks.in_use is None:
        return "questionnaire_draft"
    if not spec.about_occasions and forms.parse(asks.in_use.content).needs_themes:
        return "themes_without_occasion"
    if spec.active and _is_untranslated(project, asks.in_use.content):
        return "untranslated"
    if spec.active and blank_fields(project.privacy):
        return "privacy_blank"
    if spec.active and not PrivacyMode(asks.privacy_mode).traceable and not project.destruction_decision:
        return "decision_missing"
    return None


def _is_untranslated(project: Project, content: Mapping[str, Any]) -> bool:
    """Whether somebody in the project would get it with texts in another language, and nobody meant that."""
    return not content.get("partly_translated") and bool(missing(content, project.languages))


def _why_no_occasions(session: Session, series: Series, spec: RuleSpec) -> str | None:
    which = spec.occasions or {}
    if "codes" not in which:
        return None
    known = {each.code for each in queries.occasions(session, series.id)}
    return None if set(which["codes"]) <= known else "unknown_occasion"


def _why_not_present(series: Series, spec: RuleSpec) -> str | None:
    kept = series.attendance_kept or spec.audience != "present"
    return None if kept else "present_not_kept"


def _why_no_anchor(session: Session, series: Series, spec: RuleSpec) -> str | None:
    if not spec.active or spec.anchor not in rule_spec.SERIES_ANCHORS:
        return None
    own = series.starts_on if spec.anchor == "series_start" else series.ends_on
    dated = own is not None or any(each.starts_at for each in queries.occasions(session, series.id))
    return None if dated else "series_without_dates"


def _why_no_conditions(session: Session, series: Series, spec: RuleSpec) -> str | None:
    if spec.audience_filter is None:
        return None
    try:
        condition_tree.validate(spec.audience_filter, queries.known_conditions(session, series))
    except AudienceError as error:
        return error.code
    return None
