"""What the pages about people call fields, columns and faults of rows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from surveys.web.filters import short_date, when
from surveys.web.language import name as language_name
from surveys.web.organise import words
from surveys.web.organise.words import Words
from surveys.web.phrases import _

FIELDS: Words = {
    "code": _l("Code"),
    "name": _l("Name"),
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "email": _l("E-mail"),
    "gender": _l("Gender"),
    "language": _l("Language"),
    "organisation": _l("Organisation"),
    "role": _l("Role"),
    "work_group": _l("Work group"),
    "state": _l("State of the enrolment"),
    "registered": _l("Registered on"),
    "registered_at": _l("Registered on"),
    "starts": _l("The person's own first day"),
    "starts_on": _l("The person's own first day"),
    "ends": _l("The person's own last day"),
    "ends_on": _l("The person's own last day"),
    "attribute": _l("Keep it under its own name"),
    "on": _l("Day"),
    "kind": _l("Outcome"),
    "note": _l("Note"),
}
VERDICTS: Words = {
    "faulty": _l("faulty"),
    "new": _l("new in the series"),
    "changed": _l("changed"),
    "same": _l("as before"),
}
VERDICT_TAGS = {"faulty": "danger", "new": "positive", "changed": "info", "same": "neutral"}
COLUMN_FAULTS: Words = {
    "chosen_twice": _l("Two columns cannot hold the same. Choose something else for this one."),
    "unknown_field": _l("Choose one of the values."),
    "nameless_column": _l("A column without a name cannot be kept. Leave it out."),
    "no_address_column": _l("Say which column holds the e-mail addresses."),
    "no_name_column": _l("Say which column holds the names."),
    "name_twice": _l("Choose either the whole name or first name and last name, not both."),
}
FILE_FAULTS: Words = {
    "file_missing": _l("Choose a file first."),
    "file_empty": _l("The file is empty."),
    "file_too_big": _l("The file is larger than %(megabytes)s MB. Divide it into several."),
    "no_rows": _l("The file has names of columns, but no rows."),
    "no_columns": _l("No line with names of columns was found, such as Name and E-mail."),
    "too_many_rows": _l("The file has more than %(most)s rows. Divide it into several."),
    "too_many_columns": _l("The file has more than %(most)s columns. Take away those that are not needed."),
    "unknown_encoding": _l("The text of the file cannot be read. Save it as CSV in UTF-8, or as XLSX."),
    "nul_byte": _l("This is not a text file. Choose a file in CSV or XLSX."),
    "bad_quotes": _l("The quotation marks on line %(line)s do not match."),
    "old_workbook": _l("This is an old Excel file, or one with a password. Save it as XLSX without one."),
    "not_workbook": _l("The Excel file is damaged and cannot be read. Save it anew, or as CSV."),
    "sheet_missing": _l("The Excel file has no sheet."),
    "unpacks_too_big": _l("The Excel file holds far more than it should. Save only the list, in a new file."),
}
ROW_FAULTS: Words = {
    "ragged_row": _l("The row has another number of cells than the first line."),
    "blank": _l("%(field)s is blank."),
    "bad_characters": _l("%(field)s holds characters that cannot be shown. Write it again."),
    "too_long": _l("%(field)s is too long."),
    "bad_address": _l("“%(value)s” is not an e-mail address."),
    "bad_participant_code": _l("“%(value)s” cannot be a code: letters a–z, digits, point, dash."),
    "unknown_gender": _l("“%(value)s” is not a known gender. Write woman, man, other or not stated."),
    "unknown_language": _l("“%(value)s” is not a known language. Write sv, en, ar or its name."),
    "language_not_in_project": _l("The project has no mails in %(value)s."),
    "unknown_state": _l(
        "“%(value)s” is not a known state. Write registered, started, completed, cancelled or dropped out."
    ),
    "not_date": _l("%(field)s: “%(value)s” is not a date. Write it as 2027-03-29."),
    "impossible_date": _l("%(field)s: %(value)s does not exist in the calendar."),
    "year_out_of_range": _l("%(field)s: the year must be between 2000 and 2100."),
    "ends_before_start": _l("The last day comes before the first."),
    "unknown_organisation": _l("There is no organisation called “%(value)s”. Say above what it is."),
    "missing_name": _l("The name is missing."),
    "missing_address": _l("The e-mail address is missing."),
    "duplicate_row": _l("The same person stands on line %(first)s already."),
    "has_other_code": _l("The person is in the project already, with the code %(code)s."),
    "in_the_future": _l("%(field)s: %(value)s has not come yet."),
    "unknown_outcome": _l("“%(value)s” is not in the list of outcomes."),
    "several_such": _l("Several persons have this name and address: %(codes)s. Add a column with the code."),
}
NOTES: Words = {
    "shares_address": _l("%(name)s (%(code)s) has the same address. Both will be mailed there."),
}
STATES: Words = {
    "uploaded": _l("not matched"),
    "checking": _l("being checked"),
    "checked": _l("ready to save"),
    "saving": _l("being saved"),
    "saved": _l("saved"),
    "failed": _l("could not be read"),
    "stopped": _l("stopped"),
}
LATE: Words = {
    "catch_up": _l("Newcomers whom it is meant for get it at once, while it is open."),
    "from_now": _l("Newcomers do not get it: its rule counts from now on."),
    "nothing": _l("Newcomers get neither it nor anything more by its rule."),
}


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def told(texts: Words, code: str, params: Mapping[str, Any], line: int = 0) -> str:
    """The sentence for a fault of a file or of one of its rows."""
    if code not in texts:
        return _("This cannot be read: %(code)s", code=code)
    shown = _Params({name: value(name, each) for name, each in params.items()} | {"line": line})
    return str(texts[code]) % shown


def value(name: str, given: Any) -> str:
    """A value of a field as it is read, "–" for none."""
    if given is None or given == "":
        return "–"
    match name:
        case "field":
            return words.said(FIELDS, str(given))
        case "gender":
            return words.said(words.GENDERS, str(given))
        case "state":
            return words.said(words.ENROLMENT_STATES, str(given))
        case "language":
            return language_name(str(given))
        case "starts_on" | "ends_on" | "registered_at":
            return _moment(str(given))
        case _:
            return str(given)


def _moment(text: str) -> str:
    if len(text) == len("2027-03-29"):
        return short_date(date.fromisoformat(text))
    return when(datetime.fromisoformat(text))


def change(name: str, before: Any, after: Any) -> str:
    """ "Role: planner → coordinator"."""
    return f"{words.said(FIELDS, name)}: {value(name, before)} → {value(name, after)}"
