"""What the planning pages share: the words of faults, fields from a form, and changes shown before done."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from surveys.followups.difference import Difference
from surveys.web.organise.base import Crumbs, page, series_tabs
from surveys.web.organise.settings import NothingForm

Answer = str | Response | tuple[str, int]

FAULTS = {
    "blank": _l("Fill this in."),
    "title_taken": _l("There is a series with this name already. Give this one another."),
    "too_long": _l("This is too long."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "not_a_choice": _l("Choose one of the values."),
    "not_a_number": _l("Write a whole number."),
    "out_of_range": _l("This number is too small or too large."),
    "not_a_date": _l("This is not a date. Write it as 2027-03-01."),
    "no_such_day": _l("There is no such day in the calendar."),
    "year_out_of_range": _l("The year has to be between 2000 and 2199."),
    "not_a_time": _l("This is not a time. Write it as 13:00."),
    "no_time": _l("Say at what time it starts and ends, on the line or above."),
    "ends_before_start": _l("The end has to come after the start."),
    "lasts_too_long": _l("It cannot last longer than 92 days. Check the year."),
    "unknown_zone": _l("There is no such time zone."),
    "too_many": _l("This is more than can be taken in at once."),
    "theme_twice": _l("Two themes have the same letter."),
    "theme_in_use": _l(
        "A theme that somebody has chosen, or has been asked about, cannot be taken away. "
        "Its words can be changed."
    ),
    "continues_circle": _l("The occasions would continue each other in a circle."),
    "twice": _l("The same date stands there twice."),
    "no_lines": _l("Paste at least one date."),
    "nothing_to_move": _l("The series has no dates to count from. Leave this empty."),
    "too_many_days": _l("That is more than ten years."),
    "nothing_changed": _l("Nothing is different from what is saved."),
    "outside_calendar": _l("The dates would end up outside the calendar."),
    "too_many_occasions": _l("A series can have at most 200 occasions."),
}


def raw(form: FlaskForm) -> dict[str, str]:
    """The fields of a form as text; a ticked box is "y"."""
    return {
        field.name: ("y" if field.data else "") if isinstance(field, BooleanField) else str(field.data or "")
        for field in form
    }


def show_faults(form: FlaskForm, faults: Mapping[str, str]) -> None:
    """Write the faults beside their fields; one of no field of this form goes to the first."""
    first = next(name for name in form._fields if name not in {"csrf_token", "seen"})
    for name, code in faults.items():
        field = form[name if name in form._fields else first]
        field.errors = [*field.errors, FAULTS.get(code, code)]


def zones() -> list[str]:
    """The time zones to choose from, the project's first."""
    home = str(g.project.timezone)
    return [home, *sorted(name for name in available_timezones() if "/" in name and _is_place(name, home))]


def _is_place(name: str, home: str) -> bool:
    return name != home and not name.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))


def typed() -> dict[str, list[str]]:
    """What the form held, to be sent again with the yes."""
    left_out = {"csrf_token", "sure", "edit", "quiet_override"}
    return {name: values for name, values in request.form.lists() if name not in left_out}


def decide(
    act: Callable[[bool], Difference],
    ask: Callable[[Difference], str],
    done: Callable[[], Response],
    *,
    always_ask: bool = False,
) -> Answer:
    """Carry a change out if it was said yes to, or if it changes nothing that is sent; else ask.

    ``act`` takes whether it is a rehearsal. Its errors are the caller's.
    """
    if "sure" not in request.form:
        shown = act(True)
        if always_ask or not shown.is_empty:
            return ask(shown)
    act(False)
    return done()


def confirm_page(
    heading: str, crumbs: Crumbs, difference: Difference, button: str, back: str, **values: Any
) -> str:
    """What a change does, with a button that says so. ``values``: see organise/confirm.html."""
    shown = {
        "fields": {},
        "danger": False,
        "editable": True,
        "quiet_choice": False,
        "asks_why": False,
        "rows": [],
        "lines": [],
    }
    return page(
        "confirm",
        heading=heading,
        crumbs=crumbs,
        tabs=series_tabs() if "series" in g else [],
        difference=difference,
        button=button,
        back=back,
        nothing=NothingForm(formdata=None),
        **(shown | values),
    )
