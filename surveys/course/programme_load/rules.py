"""Loads what is asked and when: questionnaires with their versions, and follow-up rules."""

from typing import Any

from surveys.course.programme_load.plan import SeriesEntry
from surveys.course.programme_load.tally import Loading, assign
from surveys.domain.drafting import says_the_same
from surveys.domain.questionnaire import digest
from surveys.followups import gone
from surveys.followups.planning import forget_mailings
from surveys.importing import question_schema, schema
from surveys.importing.checks_series import offset_of
from surveys.importing.contents import content
from surveys.importing.yaml_document import PathKey
from surveys.models.followup import FollowUpRule
from surveys.models.programme import Project
from surveys.models.questionnaire import LibraryScale, Questionnaire, QuestionnaireVersion
from surveys.queries import programme as queries
from surveys.queries import writing


def load_questionnaires(loading: Loading, project: Project) -> dict[str, Questionnaire]:
    """Return the project's questionnaires by code, those that only the database has among them."""
    known = {row.code: row for row in queries.questionnaires(loading.session, project)}
    scales = {scale.code: scale for scale in loading.document.programme.scales}
    for position, entry in enumerate(loading.document.programme.questionnaires):
        values = {
            "project_id": project.id,
            "code": entry.code,
            "wave": entry.wave,
            "privacy_mode": entry.privacy_mode,
            "position": position,
            "generated_note": entry.generated_note,
        }
        row = known.get(entry.code)
        document = content(entry, scales)
        following = content(entry.next, scales) if entry.next else None
        if row is None:
            row = Questionnaire(**values, versions=[_version(1, document, entry.draft)])
            _bring_draft(row, following)
            loading.session.add(row)
            loading.counts["questionnaires"].created += 1
            known[entry.code] = row
            continue
        _check_privacy_mode(loading, ("questionnaires", position), entry, row)
        brought = _bring_version(loading, row, document, entry.draft)
        brought |= _bring_draft(row, following)
        loading.count("questionnaires", assign(row, values) | brought)
    _load_scales(loading, project)
    loading.session.flush()
    return known


def _load_scales(loading: Loading, project: Project) -> None:
    """The scales of the file go into the project's library; those that only the library has stay."""
    known = {row.code: row for row in writing.scales(loading.session, project.id)}
    for position, scale in enumerate(loading.document.programme.scales):
        content = scale.model_dump(mode="json", exclude_defaults=True)
        values = {"project_id": project.id, "code": scale.code, "position": position, "content": content}
        if scale.code in known:
            assign(known[scale.code], values)
        else:
            loading.session.add(LibraryScale(**values))


def _check_privacy_mode(
    loading: Loading, path: PathKey, entry: question_schema.Questionnaire, row: Questionnaire
) -> None:
    if row.privacy_mode != entry.privacy_mode and queries.has_been_asked(loading.session, row):
        params = {"questionnaire": row.code, "mode": row.privacy_mode}
        loading.fault((*path, "privacy_mode"), "privacy_mode_in_use", **params)


def _bring_version(loading: Loading, row: Questionnaire, document: dict[str, Any], only_draft: bool) -> bool:
    """What is not answered yet is replaced; once somebody has begun, changed content is a new version.

    A draft that somebody writes here stays as it is, unless the file has one too.
    """
    latest, draft = row.in_use, row.draft
    if latest is None and draft is not None and (only_draft or says_the_same(draft.content, document)):
        if says_the_same(draft.content, document):
            return assign(draft, {"draft": only_draft})
        return assign(draft, {"content": document, "digest": digest(document)})
    if latest is not None and says_the_same(latest.content, document):
        return False
    if latest is None or writing.hold_unanswered(loading.session, row.id) is None:
        row.versions.append(_version(row.versions[-1].number + 1, document))
    else:
        assign(latest, {"content": document, "digest": digest(document)})
    return True


def _bring_draft(row: Questionnaire, document: dict[str, Any] | None) -> bool:
    """The draft that the file has beside what is in use; what a draft said here can be brought back."""
    if document is None:
        return False
    draft, asked = row.draft, row.in_use
    if draft is None:
        if asked is not None and says_the_same(asked.content, document):
            return False
        row.versions.append(_version(row.versions[-1].number + 1, document, draft=True))
        return True
    if says_the_same(draft.content, document):
        return False
    return assign(draft, {"previous": draft.content, "content": document, "digest": digest(document)})


def _version(number: int, document: dict[str, Any], draft: bool = False) -> QuestionnaireVersion:
    return QuestionnaireVersion(
        number=number, content=document, digest=digest(document), locked_at=None, draft=draft
    )


def load_rules(loading: Loading, questionnaires: dict[str, Questionnaire], series: SeriesEntry) -> None:
    known = {row.code: row for row in queries.rules(loading.session, series.row)}
    for position, entry in enumerate(series.entry.rules):
        values = _rule_values(series, position, entry, questionnaires)
        row = known.get(entry.code)
        _check_asks_the_same(loading, (*series.path, "rules", position), row, values)
        loading.put("rules", row, FollowUpRule, values)
    wanted = {entry.code for entry in series.entry.rules}
    for code, row in known.items():
        if code not in wanted:
            _remove(loading, series, row)
    gone.let_go(loading.session, "rule", "mailing")


def _rule_values(
    series: SeriesEntry, position: int, entry: schema.Rule, questionnaires: dict[str, Questionnaire]
) -> dict[str, Any]:
    offset = offset_of(entry)
    return {
        "series_id": series.row.id,
        "code": entry.code,
        "position": position,
        "questionnaire_id": questionnaires[entry.questionnaire].id if entry.questionnaire else None,
        "log_prompt": entry.log_prompt,
        "anchor": entry.anchor,
        "offset_days": offset.days,
        "offset_minutes": offset.minutes,
        "at_time": offset.at,
        "audience": entry.audience,
        "audience_filter": entry.audience_filter,
        "late": entry.late,
        "attendance_wait_hours": entry.attendance_wait_hours,
        "attendance_default": entry.attendance_default,
        "occasions": entry.occasions.model_dump(exclude_none=True) if entry.occasions else None,
        "reminder_days": list(entry.reminders),
        "close_after_days": entry.close_after_days,
        "active": entry.active,
    }


def _check_asks_the_same(
    loading: Loading, path: PathKey, row: FollowUpRule | None, values: dict[str, Any]
) -> None:
    """Those already asked would find something else behind their link."""
    if row is None or row.questionnaire_id == values["questionnaire_id"]:
        return
    if queries.rule_has_sent(loading.session, row):
        loading.fault(path, "rule_asks_other", rule=row.code)


def _remove(loading: Loading, series: SeriesEntry, row: FollowUpRule) -> None:
    if queries.rule_has_sent(loading.session, row):
        loading.fault((*series.path, "rules"), "rule_has_sent", rule=row.code)
        return
    forget_mailings(loading.session, queries.mailings_of(loading.session, row, None))
    loading.session.delete(row)
    loading.counts["rules"].removed += 1
