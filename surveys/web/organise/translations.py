"""The texts of a questionnaire in all its languages: a grid to write in, and what each language lacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.catalogues import is_known
from surveys.domain.texts import pick
from surveys.domain.translating import (
    Worded,
    changed,
    languages_of,
    missing,
    with_texts,
    without_language,
    worded,
)
from surveys.models.questionnaire import Questionnaire
from surveys.queries import languages as language_queries
from surveys.queries import projects as queries
from surveys.web import language
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import words
from surveys.web.organise.base import Crumbs, address, blueprint, crumbs, page
from surveys.web.organise.project_languages import addable
from surveys.web.organise.words import Words
from surveys.web.phrases import _
from surveys.writing import drafts

TEXTS = "/projekt/<project>/enkater/<questionnaire>/texter"
PREFIX = "t-"  # of the fields that hold texts, followed by their keys

NAMES: Words = {
    "title": _l("Title"),
    "intro": _l("Introduction"),
    "text": _l("Text"),
    "hint": _l("Hint"),
    "unit": _l("Unit"),
    "label": _l("Option"),
    "merged": _l("Class in results"),
    "check_message": _l("What is said where the answer does not fit"),
    "generated_note": _l("Note on what is generated"),
}
FAULTS: Words = {
    "missing": _l("There must be a text in at least one language."),
    "bad_characters": _l("The text holds characters that cannot be shown. Write it again."),
    "too_long": _l("The text is too long."),
}


@dataclass(frozen=True)
class Column:
    """A language of the questionnaire: how many texts it lacks, and how many participants read it."""

    code: str
    lacks: int
    readers: int
    is_projects: bool

    @property
    def name(self) -> str:
        return language.name(self.code)


@dataclass(frozen=True)
class Desk:
    """A questionnaire as it is written now: its draft, or what is in use where there is none."""

    row: Questionnaire
    document: Mapping[str, Any]
    digest: str

    @property
    def title(self) -> str:
        return pick(self.document["title"], language.current()) or self.row.code

    @property
    def here(self) -> str:
        return address("enkater", self.row.code, "texter")

    def crumbs(self, *items: tuple[str, str | None]) -> Crumbs:
        to_it = (self.title, address("enkater", self.row.code))
        return crumbs((_("Questionnaires"), address("enkater")), to_it, *items)

    def columns(self) -> list[Column]:
        """The project's languages and those that the questionnaire is in beside them."""
        codes = tuple(dict.fromkeys((*g.project.languages, *languages_of(self.document))))
        lacking = missing(self.document, codes)
        readers = language_queries.readers(reading_session(), g.project.id)
        return [
            Column(code, lacking.get(code, 0), readers.get(code, 0), code in g.project.languages)
            for code in codes
        ]

    def save(self, document: Mapping[str, Any], seen: str) -> None:
        """Keep the draft; raises as :func:`drafts.save_draft`."""
        house, now = installation(), clock.now()
        drafts.save_draft(
            house.database, g.project.id, self.row.code, dict(document), seen, g.user.user_id, now
        )


def desk(code: str) -> Desk:
    """The questionnaire of the address; 404 where there is none."""
    row = queries.questionnaire(reading_session(), g.project.id, code) or abort(404)
    return Desk(row, row.written.content, row.written.digest)


def what(each: Worded) -> str:
    """What a text is, for whoever translates it: "overall: Option"; of a scale its code."""
    name = str(words.said(NAMES, "merged" if "/merged/" in each.key else each.name))
    kind, _slash, rest = each.key.partition("/")
    of = rest.partition("/")[0] if kind in ("scales", "groups") else each.question
    return f"{of}: {name}" if of else name


@blueprint.get(TEXTS)
@staff("organiser")
def texts_grid(project: str, questionnaire: str) -> str:
    at = desk(questionnaire)
    return _grid(at, at.digest, _written(at) if request.args.get("kopia") else {})


@blueprint.post(TEXTS)
@staff("organiser")
def save_texts(project: str, questionnaire: str) -> Response | tuple[str, int]:
    at, into = desk(questionnaire), _into(desk(questionnaire))
    typed = {
        name.removeprefix(PREFIX): text for name, text in request.form.items() if name.startswith(PREFIX)
    }
    changes = changed(at.document, {key: {into: text} for key, text in typed.items()})
    try:
        at.save(with_texts(at.document, changes), request.form.get("seen", ""))
    except drafts.BadForm as bad:
        return _grid(at, request.form.get("seen", ""), typed, _faults(at, bad)), 422
    except drafts.Changed:
        told = _("The questionnaire was changed meanwhile. Look through your texts and save again.")
        return _grid(at, at.digest, typed, notice=told), 409
    flash(_("The texts are saved."), "positive")
    return redirect(_grid_address(at, into), 303)


@blueprint.post(f"{TEXTS}/ofullstandig")
@staff("organiser")
def allow_partly_translated(project: str, questionnaire: str) -> Response:
    """Say that the questionnaire may be used although texts are missing, or take that back."""
    at = desk(questionnaire)
    document = {name: part for name, part in at.document.items() if name != "partly_translated"}
    if request.form.get("partly"):
        document["partly_translated"] = True
    return _kept(at, document, _("Your choice is saved."))


@blueprint.get(f"{TEXTS}/<language>/ta-bort")
@staff("organiser")
def ask_about_language(project: str, questionnaire: str, language: str) -> str:
    at = desk(questionnaire)
    column = next((each for each in at.columns() if each.code == language), None) or abort(404)
    count = len(worded(at.document)) - column.lacks
    return page("texts_remove", crumbs=_way(at, column.name), at=at, column=column, count=count)


@blueprint.post(f"{TEXTS}/<language>/ta-bort")
@staff("organiser")
def remove_language(project: str, questionnaire: str, language: str) -> Response:
    at = desk(questionnaire)
    return _kept(at, without_language(at.document, language), _("The texts in the language are removed."))


def _kept(at: Desk, document: Mapping[str, Any], told: str) -> Response:
    try:
        at.save(document, request.form.get("seen", ""))
    except drafts.Changed:
        flash(_("The questionnaire was changed meanwhile. Do it again."), "warning")
    else:
        flash(told, "positive")
    return redirect(at.here, 303)


def _grid(
    at: Desk,
    seen: str,
    typed: Mapping[str, str],
    errors: Sequence[tuple[str, str]] = (),
    notice: str = "",
) -> str:
    columns, into = at.columns(), _into(at)
    base = _language("fran") or next((each.code for each in columns if each.code != into), into)
    every = worded(at.document)
    only_missing = "saknas" in request.values
    shown = [each for each in every if not only_missing or each.lacks(into) or each.key in typed]
    used = {each.code for each in columns}
    return page(
        "texts",
        crumbs=_way(at),
        at=at,
        columns=columns,
        base=base,
        into=into,
        rows=[(number, each, typed.get(each.key)) for number, each in enumerate(shown)],
        count=len(every),
        only_missing=only_missing,
        addable=addable(used),
        what=what,
        prefix=PREFIX,
        seen=seen,
        errors=errors,
        notice=notice,
    )


def _way(at: Desk, more: str = "") -> Crumbs:
    if more:
        return at.crumbs((_("Texts"), at.here), (more, None))
    return at.crumbs((_("Texts"), None))


def _grid_address(at: Desk, into: str) -> str:
    rest = "&saknas=1" if request.values.get("saknas") else ""
    return f"{at.here}?till={into}{rest}#texter"


def _into(at: Desk) -> str:
    """The language that is written: the one asked for, else the first that lacks anything."""
    columns = at.columns()
    lacking = (each.code for each in columns[1:] if each.lacks)
    return _language("till") or next(lacking, columns[-1].code)


def _language(name: str) -> str:
    wanted = request.values.get(name, "")
    return wanted if is_known(wanted) else ""


def _written(at: Desk) -> dict[str, str]:
    """What the missing texts of a language may begin from: those they are translated from."""
    into, base = _into(at), _language("fran") or at.columns()[0].code
    return {each.key: each.texts.get(base, "") for each in worded(at.document) if each.lacks(into)}


def _faults(at: Desk, bad: drafts.BadForm) -> list[tuple[str, str]]:
    """Pairs of a field's id and what is wrong there, as the page numbers its fields."""
    return list(_fault_lines(worded(at.document), bad))


def _fault_lines(every: Sequence[Worded], bad: drafts.BadForm) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(every):
        for fault in bad.faults:
            if any(fault.path[: len(place)] == place for place in each.places):
                told = str(FAULTS[fault.code]) if fault.code in FAULTS else fault.code
                yield f"t{number}", f"{what(each)}: {told}"
