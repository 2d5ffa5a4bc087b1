"""Questionnaires from other programs, and out to them: looked at first, then saved as a draft."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.privacy import MODES, PrivacyMode
from surveys.domain.questionnaire import ThemeRef, expand, parse
from surveys.exporting.xlsform_file import workbook
from surveys.importing import questionnaire_file
from surveys.importing.files import Refused
from surveys.importing.losses import Loss, NothingLeft, Place
from surveys.models.questionnaire import WAVES
from surveys.queries import projects as queries
from surveys.web import loss_words
from surveys.web.answer_questions import questions_html
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.words import PRIVACY_MODES, Words
from surveys.web.organise.words import WAVES as WAVE_WORDS
from surveys.web.phrases import _
from surveys.web.sent_file import sent_file
from surveys.writing import drafts

START = "/projekt/<project>/enkater/importera"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # losses on one page; a file with more is best mended first
NEW = ""
FAULTS: Words = {
    "code_taken": _l("There is a questionnaire with this code already. Choose another code."),
    "bad_code": _l("A code begins with a–z or a digit, and has those, dashes and underscores."),
    "unknown_wave": _l("Choose what it measures."),
    "mode_not_offered": _l("Choose how answers are kept."),
}


@blueprint.get(START)
@staff("organiser")
def choose_questionnaire_file(project: str) -> str:
    return _start_page()


@blueprint.post(START)
@staff("organiser")
def look_at_questionnaire_file(project: str) -> str | tuple[str, int]:
    """What the file would make; nothing is saved."""
    name, content = sent_file("fil", questionnaire_file.LARGEST_BYTES)
    if not name:
        return _start_page(loss_words.refused(Refused(0, "file_missing"), _)), 422
    try:
        found = questionnaire_file.read(content, g.project.languages[0])
    except NothingLeft as nothing:
        return _start_page(loss_words.refused(nothing, _), nothing.losses), 422
    except Refused as refused:
        return _start_page(loss_words.refused(refused, _)), 422
    kept = {
        "document": found.document,
        "losses": [asdict(loss) for loss in found.losses],
        "more": found.more_losses,
        "name": name,
    }
    typed = {
        "kod": found.code or _free_code(name),
        "matning": found.wave if found.wave in WAVES else "other",
        "skydd": found.privacy_mode if found.privacy_mode in MODES else PrivacyMode.PSEUDONYMOUS.value,
        "som": NEW,
    }
    return _preview(kept, typed)


@blueprint.post(f"{START}/spara")
@staff("organiser")
def save_questionnaire_file(project: str) -> Response | tuple[str, int]:
    """Save what was looked at as a new questionnaire, or as the draft of one that is there."""
    try:
        kept = _seal().loads(request.form.get("fil", ""))
    except BadSignature:
        return _start_page(_("What was read is not there any more. Choose the file again.")), 422
    typed = {name: request.form.get(name, "").strip() for name in ("kod", "matning", "skydd", "som")}
    try:
        code = _save(kept["document"], typed)
    except drafts.BadQuestionnaire as bad:
        errors = {_FIELDS[name]: str(FAULTS[code]) for name, code in bad.faults.items()}
        return _preview(kept, typed, errors), 422
    except (drafts.Changed, drafts.NoQuestionnaire):
        changed = _("Somebody else has changed that questionnaire meanwhile. Choose once more.")
        return _preview(kept, typed | {"som": NEW}, {"som": changed}), 409
    except drafts.BadForm:
        return _start_page(_("What was read is not there any more. Choose the file again.")), 422
    flash(_("Saved as a draft. Nobody is asked before it is taken into use."), "positive")
    return redirect(address("enkater", code), 303)


@blueprint.get("/projekt/<project>/enkater/<questionnaire>/xlsform.xlsx")
@staff("organiser", "evaluator")
def questionnaire_workbook(project: str, questionnaire: str) -> FlaskResponse:
    """The questionnaire as an XLSForm: what is being written, else what is in use."""
    found = queries.questionnaire(reading_session(), g.project.id, questionnaire) or abort(404)
    version = found.written
    content = workbook(version.content, found.code, found.wave, found.privacy_mode, version.number)
    answer = FlaskResponse(content, mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{found.code}-{version.number}.xlsx")
    return answer


_FIELDS = {"code": "kod", "wave": "matning", "privacy_mode": "skydd"}


def _save(document: dict[str, Any], typed: Mapping[str, str]) -> str:
    db, now = installation().database, clock.now()
    if typed["som"] == NEW:
        wanted = drafts.Wanted(typed["kod"], typed["matning"], typed["skydd"], document)
        return drafts.create_questionnaire(db, g.project.id, wanted, g.user.user_id, now)
    code, _sign, seen = typed["som"].partition(":")
    drafts.save_draft(db, g.project.id, code, document, seen, g.user.user_id, now)
    return code


def _free_code(name: str) -> str:
    taken = {each.code for each in queries.questionnaires_of(reading_session(), g.project.id)}
    return questionnaire_file.code_of(name, taken)


def _seal() -> URLSafeSerializer:
    """What was read goes to the page and back; nobody else has made it, and it is small on the way."""
    return URLSafeSerializer(current_app.secret_key or "", salt=f"questionnaire-file-{g.project.id}")


def _lines(losses: list[Loss]) -> list[tuple[str, str, str]]:
    """(Where, about what, what became of it) of each loss."""
    return [
        (
            _("%(sheet)s, row %(row)s", sheet=loss.place.sheet, row=loss.place.row)
            if loss.place.row
            else loss.place.sheet,
            loss.subject,
            loss_words.told(loss, _),
        )
        for loss in losses[:SHOWN]
    ]


def _start_page(error: str = "", losses: tuple[Loss, ...] = ()) -> str:
    return page(
        "questionnaire_import",
        crumbs=crumbs((_("Questionnaires"), address("enkater")), (_("From a file"), None)),
        here=address("enkater", "importera"),
        error=error,
        lines=_lines(list(losses)),
        megabytes=questionnaire_file.LARGEST_BYTES // (1024 * 1024),
    )


def _preview(kept: dict[str, Any], typed: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    form = parse(kept["document"])
    losses = [
        Loss(Place(**each["place"]), each["subject"], each["code"], each["was"], each["params"])
        for each in kept["losses"]
    ]
    session = reading_session()
    found = queries.questionnaires_of(session, g.project.id)
    titles = queries.newest_titles(session, [each.id for each in found])
    themes = tuple(ThemeRef(code, _("(title of theme %(code)s)", code=code)) for code in "AB")
    return page(
        "questionnaire_import_preview",
        crumbs=crumbs(
            (_("Questionnaires"), address("enkater")),
            (_("From a file"), address("enkater", "importera")),
            (kept["name"], None),
        ),
        here=address("enkater", "importera"),
        form=form,
        file_name=kept["name"],
        lines=_lines(losses),
        lost=len(losses) + kept["more"],
        carried=len(form.questions),
        sealed=_seal().dumps(kept),
        typed=typed,
        errors=errors or {},
        targets=[
            (f"{each.code}:{each.written.digest}", local(titles.get(each.id, {})) or each.code)
            for each in found
        ],
        waves=[(code, str(WAVE_WORDS[code])) for code in WAVES],
        modes=[(code, str(PRIVACY_MODES[code])) for code in MODES],
        questions=questions_html(expand(form, themes)),
    )
