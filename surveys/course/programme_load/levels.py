"""Loads the organisations of a programme file, with their levels and other spellings."""

from surveys.course.programme_load.tally import Loading, assign
from surveys.importing.schema import Organisation as Entry
from surveys.models.programme import Organisation, Project
from surveys.queries import organisations as queries
from surveys.register.organisations import other_name, taken_names
from surveys.register.people_register import plain


def load_organisations(loading: Loading, project: Project) -> None:
    """Those of the file are made or changed, others stay; so does what the file does not say of one."""
    entries = loading.document.programme.organisations
    rows = {row.code: row for row in project.organisations}
    known, changed = set(rows), set()
    for position, entry in enumerate(entries):
        values = {"project_id": project.id, "code": entry.code, "name": entry.name, "position": position}
        if entry.code in known:
            if assign(rows[entry.code], values):
                changed.add(entry.code)
        else:
            rows[entry.code] = Organisation(**values)
            loading.session.add(rows[entry.code])
    loading.session.flush()
    for position, entry in enumerate(entries):
        placed = _place(loading, position, entry, rows)
        if _spellings(loading, position, entry, rows[entry.code]) or placed:
            changed.add(entry.code)
    for entry in entries:
        if entry.code in known:
            loading.count("organisations", entry.code in changed)
        else:
            loading.counts["organisations"].created += 1


def _place(loading: Loading, position: int, entry: Entry, rows: dict[str, Organisation]) -> bool:
    if entry.below is None:
        return False
    row, above = rows[entry.code], rows[entry.below]
    if not queries.levels(loading.session, row.project_id).may_stand_below(row.id, above.id):
        # those that the file does not place stand where they stood
        loading.fault(("organisations", position, "below"), "organisation_circle", value=entry.code)
        return False
    changed = assign(row, {"parent_id": above.id})
    loading.session.flush()
    return changed


def _spellings(loading: Loading, position: int, entry: Entry, row: Organisation) -> bool:
    """Add the spellings that are not there yet."""
    mine = {
        each.key for each in queries.names(loading.session, row.project_id) if each.organisation_id == row.id
    }
    mine.add(plain(row.name))
    others = set(taken_names(loading.session, row.project_id)) - mine
    added = False
    for number, name in enumerate(entry.spellings):
        key = plain(name)
        if key in others:
            path = ("organisations", position, "spellings", number)
            loading.fault(path, "spelling_taken", value=name)
        elif key not in mine:
            loading.session.add(other_name(row, name))
            mine.add(key)
            added = True
    loading.session.flush()
    return added
