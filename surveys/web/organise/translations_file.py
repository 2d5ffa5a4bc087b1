"""Translations of a questionnaire out as a workbook, and in again: looked at first, then saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.catalogues import is_known
from surveys.domain.texts import LocalText
from surveys.domain.translating import UnknownText, changed, languages_of, with_texts, worded
from surveys.exporting.texts_file import workbook
from surveys.importing.files import Refused
from surveys.importing.sheets import LARGEST_BYTES
from surveys.importing.texts_file import TextsRead, read_texts
from surveys.web.guard import staff
from surveys.web.organise import people_words
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.translations import FAULTS, TEXTS, Desk, desk, what
from surveys.web.organise.words import Words
from surveys.web.phrases import _
from surveys.web.sent_file import sent_file
from surveys.writing import drafts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_FAULTS: Words = {
    "no_key_column": _l("The file has no column called key. Begin from the file that you can fetch here."),
    "no_language_column": _l("No column is called by a language, such as sv or ar."),
    "language_twice": _l("Two columns are called %(language)s."),
}
ROW_FAULTS: Words = {
    "unknown_text": _l("The questionnaire has no text with the key “%(key)s”."),
    "key_twice": _l("The key “%(key)s” stands on an earlier row."),
    **FAULTS,
}


@dataclass(frozen=True)
class Change:
    """A text as it is and as it would be."""

    what: str
    language: str
    before: str
    after: str


@blueprint.get(f"{TEXTS}/fil.xlsx")
@staff("organiser")
def texts_workbook(project: str, questionnaire: str) -> FlaskResponse:
    at = desk(questionnaire)
    languages = list(dict.fromkeys((*g.project.languages, *languages_of(at.document))))
    wanted = request.args.get("till", "")
    if is_known(wanted) and wanted not in languages:
        languages.append(wanted)
    answer = FlaskResponse(workbook(at.document, languages, what), mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=at.row.code + "-" + _("texts") + ".xlsx")
    return answer


@blueprint.get(f"{TEXTS}/fil")
@staff("organiser")
def choose_texts_file(project: str, questionnaire: str) -> str:
    return _file_page(desk(questionnaire))


@blueprint.post(f"{TEXTS}/fil")
@staff("organiser")
def look_at_texts_file(project: str, questionnaire: str) -> str | tuple[str, int]:
    """What the file would change; nothing is saved."""
    at, (name, raw) = desk(questionnaire), sent_file("fil", LARGEST_BYTES)
    if not name:
        return _file_page(at, people_words.told(people_words.FILE_FAULTS, "file_missing", {})), 422
    try:
        read = read_texts(raw, at.document)
    except Refused as refused:
        faults = {**people_words.FILE_FAULTS, **FILE_FAULTS}
        return _file_page(at, people_words.told(faults, refused.code, refused.params, refused.line)), 422
    return _preview(at, read)


@blueprint.post(f"{TEXTS}/fil/spara")
@staff("organiser")
def save_texts_file(project: str, questionnaire: str) -> Response | tuple[str, int]:
    """Save what was looked at, if the questionnaire is as it was then."""
    at = desk(questionnaire)
    try:
        at.save(with_texts(at.document, _looked_at()), request.form.get("seen", ""))
    except (UnknownText, drafts.BadForm, ValueError):
        return _file_page(at, _("The texts do not fit the questionnaire. Choose the file again.")), 422
    except drafts.Changed:
        told = _("The questionnaire was changed meanwhile. Choose the file again.")
        return _file_page(at, told), 409
    flash(_("The texts are saved."), "positive")
    return redirect(at.here, 303)


def _looked_at() -> Mapping[str, LocalText]:
    """The changes as the preview sent them along. Raises ValueError where they are not of that shape."""
    given: Any = json.loads(request.form.get("changes", ""))
    if not isinstance(given, dict) or not all(_is_local(each) for each in given.values()):
        raise ValueError("changes")
    return {str(key): texts for key, texts in given.items()}


def _is_local(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return all(is_known(code) and isinstance(text, str) for code, text in value.items())


def _file_page(at: Desk, error: str = "") -> str:
    return page("texts_file", crumbs=_way(at), at=at, columns=at.columns(), error=error)


def _preview(at: Desk, read: TextsRead) -> str:
    known = {each.key: each for each in worded(at.document)}
    changes = [
        Change(what(known[key]), code, known[key].texts.get(code, ""), text)
        for key, texts in changed(at.document, read.changes).items()
        for code, text in texts.items()
    ]
    return page(
        "texts_preview",
        crumbs=_way(at),
        at=at,
        changes=changes,
        faults=[(each.line, people_words.told(ROW_FAULTS, each.code, each.params)) for each in read.faults],
        sent=json.dumps(read.changes, ensure_ascii=False),
        seen=at.digest,
    )


def _way(at: Desk) -> list[tuple[str, str | None]]:
    return at.crumbs((_("Texts"), at.here), (_("Translations from a file"), None))
