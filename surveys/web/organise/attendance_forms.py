"""The list to tick as a form: what it shows of each person, and what comes back."""

from dataclasses import dataclass

from flask import request

from surveys.queries.attendance import ENDED, ListedPerson
from surveys.register.attendance import NOTHING, Change, Mark

TAKEN_AWAY = "-"


@dataclass(frozen=True)
class TickRow:
    """A person on the list: what is recorded, what stands in the form, what is wrong with it."""

    person: ListedPerson
    stored: Mark
    shown: Mark
    minutes: str
    seen: str
    error: str = ""
    conflict: bool = False


def mark_text(mark: Mark) -> str:
    """A mark as a hidden field: whether present, minutes, theme."""
    present = "" if mark.present is None else str(int(mark.present))
    return f"{present}:{mark.minutes or ''}:{mark.theme or ''}"


def mark_of_text(text: str) -> Mark:
    """What :func:`mark_text` wrote; anything else is a mark that is nowhere stored."""
    present, _colon, rest = text.partition(":")
    minutes, _colon, theme = rest.partition(":")
    return Mark(
        {"1": True, "0": False}.get(present),
        theme or None,
        int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 7 else None,
    )


def tick_row(
    person: ListedPerson, shown: Mark, minutes: str | None = None, error: str = "", conflict: bool = False
) -> TickRow:
    stored = Mark(person.present, person.theme, person.minutes)
    typed = str(shown.minutes or "") if minutes is None else minutes
    return TickRow(person, stored, shown, typed, mark_text(stored), error, conflict)


def filled_in(person: ListedPerson, filled: bool) -> Mark:
    if person.present is None and filled and person.state not in ENDED:
        return Mark(True)
    return Mark(person.present, person.theme, person.minutes)


def typed_changes() -> tuple[dict[int, Change], list[int]]:
    """What the form says of each person on it, and those whose minutes are none."""
    changes: dict[int, Change] = {}
    faulty = []
    for number in listed_numbers():
        minutes = request.form.get(f"m-{number}", "").strip()
        if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 7):
            faulty.append(number)
        seen = mark_of_text(request.form.get(f"s-{number}", ""))
        changes[number] = Change(seen, mark_typed(number))
    return changes, faulty


def listed_numbers() -> list[int]:
    names = (name[2:] for name in request.form if name.startswith("s-"))
    return [int(text) for text in names if text.isascii() and text.isdigit() and len(text) < 10]


def mark_typed(number: int) -> Mark:
    """What was ticked; whoever has a theme or minutes and no tick was there."""
    ticked = request.form.get(f"p-{number}", "")
    present = {"1": True, "0": False}.get(ticked)
    more = mark_of_text(
        f"1:{request.form.get(f'm-{number}', '').strip()}:{request.form.get(f't-{number}', '')}"
    )
    if ticked == TAKEN_AWAY or (present is None and more == Mark(True)):
        return NOTHING
    return Mark(False) if present is False else more
