"""A project in the database as the programme file that would make it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from surveys.course.programme_load.indicator_dumping import indicators
from surveys.importing import schema
from surveys.importing.people import AttendanceRow, EnrolmentRow, Person
from surveys.importing.programme_file import ProgrammeFile
from surveys.models.followup import FollowUpRule
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Occasion, Project, Series
from surveys.models.questionnaire import Questionnaire
from surveys.queries import organisations, outcomes, writing
from surveys.queries import programme as queries

Data = dict[str, Any]
LOGOTYPES = {"image/png": "logotype.png", "image/jpeg": "logotype.jpg"}


def document_of(session: Session, project: Project) -> ProgrammeFile:
    """Return the programme of ``project``; loading it changes nothing."""
    data = _programme(session, project)
    enrolments = {s.code: _enrolments(session, s) for s in project.series}
    return ProgrammeFile(
        programme=schema.Programme.model_validate(_texts(data)),
        people={each.code: _person(each) for each in queries.participants(session, project)},
        enrolments=enrolments,
        attendance={s.code: _attendance(session, s) for s in project.series},
        logotype=project.logotype,
    )


def _texts(value: Any) -> Any:
    """Return the data as the file has it: everything a text, nothing where there is nothing."""
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _programme(session: Session, project: Project) -> Data:
    questionnaires = queries.questionnaires(session, project)
    scales = _Scales({row.code: row.content for row in writing.scales(session, project.id)})
    asked = [_questionnaire(each, scales) for each in questionnaires]
    return {
        "folja": "1",
        "project": _project(project),
        "organisations": _organisations(session, project),
        "subprojects": [{"code": s.code, "title": s.title} for s in project.subprojects],
        "scales": scales.all,
        "questionnaires": asked,
        "series": [_series(session, each) for each in project.series],
        "outcome_kinds": [each.name for each in outcomes.kinds(session, project.id)],
        "indicators": indicators(session, project),
    }


def _project(project: Project) -> Data:
    return {
        "code": project.code,
        "title": project.title,
        "timezone": project.timezone,
        "from": project.from_on and project.from_on.isoformat(),
        "to": project.to_on and project.to_on.isoformat(),
        "languages": list(project.languages),
        "sender_name": project.sender_name,
        "reply_to": project.reply_to,
        "decimals": project.decimals,
        "minimum_group": project.minimum_group,
        "logotype": LOGOTYPES.get(project.logotype_type or "") if project.logotype else None,
        "logotype_text": project.logotype_text,
        "emblem": project.emblem,
        "sending": _sending(project),
        "privacy": project.privacy,
        "destruction_decision": project.destruction_decision,
        "privacy_wording": project.privacy_wording,
        "generated_note": project.generated_note,
    }


def _organisations(session: Session, project: Project) -> list[Data]:
    """Those that count. What was merged into one is not among its spellings: it stays known by itself."""
    codes = {each.id: each.code for each in project.organisations if not each.merged_into_id}
    spellings = organisations.names(session, project.id)
    return [
        {
            "code": each.code,
            "name": each.name,
            "below": codes.get(each.parent_id) if each.parent_id else None,
            "spellings": [name.name for name in spellings if name.organisation_id == each.id],
        }
        for each in project.organisations
        if each.id in codes
    ]


def _sending(project: Project) -> Data:
    return {
        "quiet_from": f"{project.quiet_from:%H:%M}" if project.quiet_from else None,
        "quiet_to": f"{project.quiet_to:%H:%M}" if project.quiet_to else None,
        "weekends": project.quiet_weekends,
        "holidays": project.quiet_holidays,
        "weekly_cap": project.weekly_cap,
    }


class _Scales:
    """The project's library, and the scales written out in questionnaires under their codes again."""

    def __init__(self, library: Mapping[str, Data]) -> None:
        self._by_code: dict[str, Data] = dict(library)

    @property
    def all(self) -> list[Data]:
        return list(self._by_code.values())

    def code(self, scale: Data) -> str:
        """Return the code of an equal scale; two that differ under one code get one each."""
        wanted = str(scale.get("code") or "scale")
        for code in (wanted, *(f"{wanted}-{number}" for number in range(2, 1000))):
            known = self._by_code.setdefault(code, {**scale, "code": code})
            if known == {**scale, "code": code}:
                return code
        return wanted


def _questionnaire(row: Questionnaire, scales: _Scales) -> Data:
    asked, draft = row.in_use, row.draft
    return {
        "code": row.code,
        "wave": row.wave,
        "privacy_mode": row.privacy_mode,
        "draft": None if asked else True,
        **_written((asked or row.written).content, scales),
        "generated_note": row.generated_note,
        "next": _written(draft.content, scales) if asked and draft else None,
    }


def _written(content: Data, scales: _Scales) -> Data:
    questions = [
        {**question, "scale": scales.code(question["scale"])} if "scale" in question else question
        for question in content["questions"]
    ]
    return {**content, "questions": questions}


def _series(session: Session, row: Series) -> Data:
    people, present = queries.enrolments(session, row), queries.attendance(session, row)
    occasions = queries.occasions(session, row)
    codes = {occasion.id: occasion.code for occasion in occasions}
    return {
        "code": row.code,
        "subproject": row.subproject.code if row.subproject else None,
        "title": row.title,
        "audience": row.audience or None,
        "attendance": "kept" if row.attendance_kept else "not_kept",
        "completion_minimum": row.completion_minimum,
        "response_rows": row.response_rows,
        "told_by": row.told_by,
        "active": row.active,
        "starts_on": row.starts_on and row.starts_on.isoformat(),
        "ends_on": row.ends_on and row.ends_on.isoformat(),
        "enrolments": f"{row.code}-participants.csv" if people else None,
        "attendance_list": f"{row.code}-attendance.csv" if present else None,
        "generated_note": row.generated_note,
        "occasions": [_occasion(each, codes) for each in occasions],
        "rules": [_rule(each) for each in queries.rules(session, row)],
    }


def _occasion(row: Occasion, codes: dict[int, str]) -> Data:
    return {
        "code": row.code,
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "place": row.place,
        "round": row.round,
        "timezone": row.timezone,
        "starts": row.starts_wall and row.starts_wall.isoformat(),
        "ends": row.ends_wall and row.ends_wall.isoformat(),
        "measured": row.measured,
        "cancelled": row.cancelled,
        "continues": codes[row.continues_id] if row.continues_id else None,
        "themes": [{"code": theme.code, "title": theme.title} for theme in row.themes],
        "generated_note": row.generated_note,
    }


def _rule(row: FollowUpRule) -> Data:
    return {
        "code": row.code,
        "questionnaire": row.questionnaire.code if row.questionnaire else None,
        "log_prompt": row.log_prompt,
        "anchor": row.anchor,
        "offset": {
            "days": row.offset_days,
            "minutes": row.offset_minutes,
            "at": f"{row.at_time:%H:%M}" if row.at_time else None,
        },
        "audience": row.audience,
        "audience_filter": row.audience_filter,
        "late": row.late,
        "attendance_wait_hours": row.attendance_wait_hours,
        "attendance_default": row.attendance_default,
        "occasions": row.occasions,
        "reminders": list(row.reminder_days),
        "close_after_days": row.close_after_days,
        "active": row.active,
    }


def _person(row: Participant) -> Person:
    given = {
        "name": row.name,
        "email": row.email,
        "gender": row.gender,
        "language": row.language,
        "organisation": row.organisation.code if row.organisation else None,
        "role": row.role,
    }
    return Person(row.code, {name: value for name, value in given.items() if value}, row.attributes)


def _enrolments(session: Session, series: Series) -> tuple[EnrolmentRow, ...]:
    return tuple(_enrolment(each) for each in queries.enrolments(session, series))


def _enrolment(row: Enrolment) -> EnrolmentRow:
    return EnrolmentRow(
        0,
        row.participant.code,
        _person(row.participant),
        work_group=row.work_group,
        state=row.state,
        registered=row.registered_at,
        starts=row.starts_on,
        ends=row.ends_on,
    )


def _attendance(session: Session, series: Series) -> tuple[AttendanceRow, ...]:
    occasions = {each.id: each.code for each in queries.occasions(session, series)}
    people = {each.id: each.participant.code for each in queries.enrolments(session, series)}
    rows = queries.attendance(session, series)
    return tuple(
        AttendanceRow(
            0, people[a.enrolment_id], occasions[a.occasion_id], a.present, a.theme.code if a.theme else None
        )
        for a in rows
    )
