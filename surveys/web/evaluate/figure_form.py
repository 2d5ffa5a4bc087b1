"""A pasted table and what its columns are said to be, as a form has it: read, checked, shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from surveys.domain.figure_check import LARGEST
from surveys.domain.figure_printed import Role
from surveys.importing.pasted_cell import plain_text
from surveys.importing.pasted_table import BadPaste, Pasted, read_pasted, roles_of, total_rows
from surveys.results.outside import Checked, check_pasted
from surveys.web.evaluate.figure_words import Words

MOST_POINTS = 100
PASTE_FAULTS: Words = {
    "nothing_pasted": _l("Paste a table, or write one: a row on each line, semicolons between the cells."),
    "too_long": _l("This is too long: %(most)s characters are the most. Paste one table at a time."),
    "too_many_rows": _l("A table may have %(most)s rows. Paste a part of it at a time."),
    "too_many_columns": _l("A table may have %(most)s columns. Paste a part of it at a time."),
    "too_many_cells": _l("A table may have %(most)s cells. Paste a part of it at a time."),
    "one_column": _l(
        "No columns were found. Copy the table from Word or Excel, or put semicolons between the cells."
    ),
    "no_figures": _l("There are no figures in this. Has the whole table been copied?"),
}
NUMBER_FAULTS: Words = {
    "not_a_number": _l("Write a whole number."),
    "scale_ends": _l("Write the lowest and the highest value of the scale, such as 1 and 5."),
}


@dataclass
class TableForm:
    """``typed`` as it was sent. ``pasted`` is None where the table could not be read: ``faults`` say why."""

    typed: Mapping[str, str]
    pasted: Pasted | None = None
    roles: tuple[Role, ...] = ()
    totals: frozenset[int] = frozenset()
    base: int | None = None
    scale: tuple[int, int] | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> str:
        """What the columns are called: the roles that were chosen are of these and no others."""
        return "\t".join(self.pasted.head) if self.pasted else ""

    @property
    def whole(self) -> bool:
        return self.pasted is not None and not self.faults

    def checked(self) -> Checked | None:
        if self.pasted is None or not self.whole:
            return None
        return check_pasted(self.pasted, self.roles, self.totals, self.base, self.scale)


def read_table_form(typed: Mapping[str, str]) -> TableForm:
    """The form as typed. Roles that were chosen for other columns than these are guessed anew."""
    form = TableForm(typed)
    try:
        form.pasted = read_pasted(typed.get("table", ""))
    except BadPaste as bad:
        form.faults["table"] = str(PASTE_FAULTS[bad.code]) % bad.params
    form.base = _whole(form, "base", 1, LARGEST)
    form.scale = _scale(form)
    if form.pasted is not None:
        form.roles, form.totals = _told(form.pasted, typed, form.columns)
    return form


def _told(pasted: Pasted, typed: Mapping[str, str], columns: str) -> tuple[tuple[Role, ...], frozenset[int]]:
    guessed = roles_of(pasted)
    # a browser sends line breaks and tabs of a hidden field as they are, but may trim what is around them
    if typed.get("columns", "").split() != columns.split() or "role-0" not in typed:
        return guessed, total_rows(pasted)
    known = {role.value: role for role in Role}
    roles = tuple(known.get(typed.get(f"role-{number}", ""), role) for number, role in enumerate(guessed))
    return roles, frozenset(row for row in range(len(pasted.rows)) if typed.get(f"total-{row}"))


def _whole(form: TableForm, name: str, least: int, most: int) -> int | None:
    text = plain_text(form.typed.get(name, "")).replace(" ", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        form.faults[name] = str(NUMBER_FAULTS["not_a_number"])
        return None
    return int(text)


def _scale(form: TableForm) -> tuple[int, int] | None:
    low, high = _whole(form, "low", 0, MOST_POINTS), _whole(form, "high", 0, MOST_POINTS)
    if low is None and high is None:
        return None
    if low is None or high is None or low >= high:
        form.faults.setdefault("low", str(NUMBER_FAULTS["scale_ends"]))
        return None
    return low, high
