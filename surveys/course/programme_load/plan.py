"""Loads what is held: project, organisations, series and their occasions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from surveys.answers import made_files
from surveys.course.programme_load.levels import load_organisations
from surveys.course.programme_load.tally import Loading, assign
from surveys.course.rescheduling import forget_changes, record_change
from surveys.domain import timing
from surveys.domain.pictures import picture_type
from surveys.domain.privacy_wording import FIELDS
from surveys.followups import gone
from surveys.followups.planning import forget_mailings
from surveys.importing import schema
from surveys.importing.yaml_document import PathKey
from surveys.models.people import Attendance
from surveys.models.programme import Occasion, Project, Series, Subproject, Theme
from surveys.outbox.notices import stand
from surveys.queries import programme as queries


@dataclass(frozen=True)
class SeriesEntry:
    """A series of the file beside its row."""

    path: PathKey
    entry: schema.Series
    row: Series


def load_project(loading: Loading) -> Project:
    entry = loading.document.programme.project
    row = queries.project_by_code(loading.session, entry.code)
    raised = row is not None and entry.minimum_group > row.minimum_group
    project = loading.put("projects", row, Project, _project_values(loading, entry))
    loading.session.flush()
    if raised:
        made_files.drop_of_project(loading.session.connection(), project.id)
    _load_listed(loading, project)
    return project


def _project_values(loading: Loading, entry: schema.Project) -> dict[str, Any]:
    logotype = loading.document.logotype
    return _sending_values(entry) | {
        "code": entry.code,
        "title": entry.title,
        "timezone": entry.timezone,
        "from_on": entry.from_on,
        "to_on": entry.to_on,
        "languages": list(entry.languages),
        "sender_name": entry.sender_name,
        "reply_to": entry.reply_to,
        "decimals": entry.decimals,
        "minimum_group": entry.minimum_group,
        "privacy": {name: getattr(entry.privacy, name) for name in FIELDS if getattr(entry.privacy, name)},
        **_own_words(entry),
        "logotype": logotype,
        "logotype_type": picture_type(logotype) if logotype else None,
        "logotype_text": entry.logotype_text if logotype else None,
        "generated_note": entry.generated_note,
    }


def _own_words(entry: schema.Project) -> dict[str, Any]:
    """Decision and wordings; what the file does not speak of stays as it is."""
    values: dict[str, Any] = {}
    if entry.destruction_decision is not None:
        values["destruction_decision"] = entry.destruction_decision.model_dump(mode="json")
    if entry.privacy_wording is not None:
        values["privacy_wording"] = {
            mode: wording.model_dump() for mode, wording in entry.privacy_wording.items()
        }
    return values


def _sending_values(entry: schema.Project) -> dict[str, Any]:
    """Quiet hours, the weekly cap and the emblem; what the file does not speak of stays as it is."""
    values: dict[str, Any] = {"emblem": entry.emblem} if entry.emblem else {}
    if entry.sending is None:
        return values
    return values | {
        "quiet_from": entry.sending.quiet_from,
        "quiet_to": entry.sending.quiet_to,
        "quiet_weekends": entry.sending.weekends,
        "quiet_holidays": entry.sending.holidays,
        "weekly_cap": entry.sending.weekly_cap,
    }


def _load_listed(loading: Loading, project: Project) -> None:
    """Organisations and subprojects: the file's are made or changed, others stay."""
    programme = loading.document.programme
    load_organisations(loading, project)
    subprojects = {row.code: row for row in project.subprojects}
    for position, part in enumerate(programme.subprojects):
        values = {"project_id": project.id, "code": part.code, "title": part.title, "position": position}
        loading.put("subprojects", subprojects.get(part.code), Subproject, values)
    loading.session.flush()
    loading.session.expire(project, ["organisations", "subprojects"])


def load_series(loading: Loading, project: Project) -> Iterator[SeriesEntry]:
    known = {row.code: row for row in project.series}
    subprojects = {row.code: row.id for row in project.subprojects}
    for position, entry in enumerate(loading.document.programme.series):
        values = {
            "project_id": project.id,
            "subproject_id": subprojects[entry.subproject] if entry.subproject else None,
            "code": entry.code,
            "title": entry.title,
            "audience": entry.audience or "",
            "attendance_kept": entry.attendance == "kept",
            "completion_minimum": entry.completion_minimum,
            "response_rows": entry.response_rows,
            "told_by": entry.told_by,
            "active": entry.active,
            "starts_on": entry.starts_on,
            "ends_on": entry.ends_on,
            "position": position,
            "generated_note": entry.generated_note,
        }
        before = known.get(entry.code)
        told_otherwise = before is not None and any(
            getattr(before, name) != values[name] for name in ("response_rows", "told_by")
        )
        row = loading.put("series", before, Series, values)
        loading.session.flush()
        if told_otherwise:
            connection = loading.session.connection()
            made_files.drop_of_series(connection, row.id, made_files.TOLD_OTHERWISE)
        yield SeriesEntry(("series", position), entry, row)


def load_occasions(loading: Loading, series: SeriesEntry) -> None:
    known = {row.code: row for row in queries.occasions(loading.session, series.row)}
    rows = dict(known)
    differs: set[str] = set()
    for position, entry in enumerate(series.entry.occasions):
        values = _occasion_values(loading, series, position, entry)
        if entry.code not in known:
            rows[entry.code] = Occasion(**values)
            loading.session.add(rows[entry.code])
        elif _change(loading, known[entry.code], values):
            differs.add(entry.code)
    loading.session.flush()
    for position, entry in enumerate(series.entry.occasions):
        row = rows[entry.code]
        link = {"continues_id": rows[entry.continues].id if entry.continues else None}
        path = (*series.path, "occasions", position)
        if _load_themes(loading, path, entry, row) | assign(row, link):
            differs.add(entry.code)
    loading.session.flush()
    _count(loading, series.entry.occasions, set(known), differs)
    wanted = {entry.code for entry in series.entry.occasions}
    _remove(loading, series, [row for code, row in known.items() if code not in wanted])


def _change(loading: Loading, row: Occasion, values: dict[str, Any]) -> bool:
    """Bring an occasion to what the file says; those who had a mail about it are told what moved."""
    before, ended_at = stand(row), row.ends_at
    differs = assign(row, values)
    record_change(loading.session, row, before, ended_at, loading.now)
    return differs


def _count(loading: Loading, entries: list[schema.Occasion], known: set[str], differs: set[str]) -> None:
    for entry in entries:
        if entry.code in known:
            loading.count("occasions", entry.code in differs)
        else:
            loading.counts["occasions"].created += 1


def _occasion_values(
    loading: Loading, series: SeriesEntry, position: int, entry: schema.Occasion
) -> dict[str, Any]:
    zone = entry.timezone or loading.document.programme.project.timezone
    return {
        "series_id": series.row.id,
        "code": entry.code,
        "number": entry.number,
        "round": entry.round,
        "position": position,
        "kind": entry.kind,
        "title": entry.title,
        "place": entry.place,
        "timezone": zone,
        "starts_wall": entry.starts,
        "ends_wall": entry.ends,
        "starts_at": timing.to_utc(entry.starts, zone) if entry.starts else None,
        "ends_at": timing.to_utc(entry.ends, zone) if entry.ends else None,
        "measured": entry.measured,
        "cancelled": entry.cancelled,
        "generated_note": entry.generated_note,
    }


def _load_themes(loading: Loading, path: PathKey, entry: schema.Occasion, row: Occasion) -> bool:
    """Bring the themes to what the file says; return whether any differed."""
    wanted = {theme.code: theme.title for theme in entry.themes}
    known = {theme.code: theme for theme in row.themes}
    differs = wanted != {code: theme.title for code, theme in known.items()}
    for code, theme in known.items():
        if code in wanted:
            theme.title = wanted[code]
        elif queries.occasion_has_sent(loading.session, row) or _chosen(loading, theme):
            loading.fault((*path, "themes"), "theme_in_use", theme=code, occasion=entry.code)
        else:
            row.themes.remove(theme)
    row.themes += [Theme(code=code, title=title) for code, title in wanted.items() if code not in known]
    return differs


def _chosen(loading: Loading, theme: Theme) -> bool:
    taken = select(Attendance.id).where(Attendance.theme_id == theme.id).limit(1)
    return loading.session.scalar(taken) is not None


def _remove(loading: Loading, series: SeriesEntry, rows: list[Occasion]) -> None:
    """Remove what the file no longer has, unless it has left traces that must not be lost."""
    for row in rows:
        if queries.occasion_has_sent(loading.session, row):
            loading.fault((*series.path, "occasions"), "occasion_has_sent", occasion=row.code)
        elif queries.occasion_has_attendance(loading.session, row):
            loading.fault((*series.path, "occasions"), "occasion_has_attendance", occasion=row.code)
        elif queries.occasion_has_answers(loading.session, row):
            loading.fault((*series.path, "occasions"), "occasion_has_answers", occasion=row.code)
        else:
            _delete(loading, row)
    gone.let_go(loading.session, "occasion", "mailing")


def _delete(loading: Loading, row: Occasion) -> None:
    row.continues_id = None  # so that a chain of occasions can go in any order
    forget_mailings(loading.session, queries.mailings_of(loading.session, None, row))
    forget_changes(loading.session, row.id)
    loading.session.flush()
    loading.session.delete(row)
    loading.counts["occasions"].removed += 1
