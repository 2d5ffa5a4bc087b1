"""A new questionnaire: from a ready set, as a copy of another, or blank; its settings; its removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.drafting import QUESTIONNAIRE_CODE, RESERVED_CODES, code_from
from surveys.domain.privacy import PrivacyMode
from surveys.queries import projects as queries
from surveys.queries import writing as writing_queries
from surveys.web import language
from surveys.web.answer_privacy import PrivacyText, own_text
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import words
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.writing_base import ONE, JsonObject, desk
from surveys.web.organise.writing_words import fault_text
from surveys.web.phrases import _
from surveys.writing import drafts, keeping, sets
from surveys.writing.drafts import Wanted
from surveys.writing.faults import InUse

NEW = "/projekt/<project>/enkater/ny"
Shown = str | Response | tuple[str, int]


@dataclass
class Proposed:
    """One of the questionnaires that a page is about to make. ``document`` is without the title typed."""

    title: str
    code: str
    wave: str
    document: JsonObject
    questions: int
    faults: dict[str, str] = field(default_factory=dict)


@blueprint.get(NEW)
@staff("organiser")
def new_questionnaire(project: str) -> str:
    source = request.args.get("av", "")
    if not source:
        return page(
            "questionnaire_start",
            crumbs=crumbs((_("Questionnaires"), address("enkater")), (_("New questionnaire"), None)),
            sets=sets.ready_sets(),
            own=[
                (each.code, local(each.written.content["title"]) or each.code)
                for each in queries.questionnaires_of(reading_session(), g.project.id)
            ],
            here=address("enkater", "ny"),
        )
    return _settings_page(source, _proposed(source) or abort(404), PrivacyMode.PSEUDONYMOUS.value)


@blueprint.post(NEW)
@staff("organiser")
def add_questionnaire(project: str) -> Shown:
    """Make what the page proposed, with the titles, codes, measurements and privacy mode typed."""
    source, mode = request.form.get("av", ""), request.form.get("privacy_mode", "")
    proposed = _proposed(source)
    if not proposed:
        return redirect(address("enkater", "ny"), 303)
    main = g.project.languages[0]
    taken, _last = writing_queries.codes_and_last_position(reading_session(), g.project.id)
    wanted = []
    for number, each in enumerate(proposed):
        each.title = " ".join(request.form.get(f"title-{number}", "").split())
        each.wave = request.form.get(f"wave-{number}", "")
        typed = request.form.get(f"code-{number}", "").strip()
        each.code = typed or code_from(each.title, QUESTIONNAIRE_CODE, taken | RESERVED_CODES, "enkat")
        taken.add(each.code)
        if not each.title:
            each.faults["title"] = fault_text("blank")
        same = each.title == each.document["title"].get(main)
        # Translations of another title say something else.
        title = each.document["title"] if same else {main: each.title}
        wanted.append(Wanted(each.code, each.wave, mode, {**each.document, "title": title}))
    if any(each.faults for each in proposed):
        return _settings_page(source, proposed, mode), 422
    try:
        made = _made(wanted, proposed)
    except drafts.BadQuestionnaire:
        return _settings_page(source, proposed, mode), 422
    except drafts.BadForm:
        for each in proposed:
            each.faults["title"] = fault_text("bad_characters")
        return _settings_page(source, proposed, mode), 422
    if len(made) > 1:
        flash(
            _("The questionnaires are made, as drafts. Questions with the same code belong together."),
            "positive",
        )
        return redirect(address("enkater"), 303)
    return redirect(address("enkater", made[0], "skriv"), 303)


def _made(wanted: Sequence[Wanted], proposed: Sequence[Proposed]) -> list[str]:
    try:
        return drafts.create_set(installation().database, g.project.id, wanted, g.user.user_id, clock.now())
    except drafts.BadQuestionnaire as bad:
        for name, code in bad.faults.items():
            text = fault_text("bad_questionnaire_code" if code == "bad_code" else code)
            for each in proposed:
                each.faults.setdefault(name, text)
        raise


@blueprint.get(f"{ONE}/installningar")
@staff("organiser")
def questionnaire_settings(project: str, questionnaire: str) -> str:
    row = desk(questionnaire).row
    return _change_page(
        questionnaire, {"code": row.code, "wave": row.wave, "privacy_mode": row.privacy_mode}, {}
    )


@blueprint.post(f"{ONE}/installningar")
@staff("organiser")
def change_questionnaire_settings(project: str, questionnaire: str) -> Shown:
    desk(questionnaire)
    typed = {name: request.form.get(name, "").strip() for name in ("code", "wave", "privacy_mode")}
    try:
        keeping.change_settings(
            installation().database,
            g.project.id,
            questionnaire,
            **typed,
            user_id=g.user.user_id,
            now=clock.now(),
        )
    except drafts.BadQuestionnaire as bad:
        faults = {
            name: fault_text("bad_questionnaire_code" if code == "bad_code" else code)
            for name, code in bad.faults.items()
        }
        return _change_page(questionnaire, typed, faults), 422
    except drafts.NoQuestionnaire:
        abort(404)
    flash(_("The settings are saved."), "positive")
    return redirect(address("enkater", typed["code"]), 303)


@blueprint.get(f"{ONE}/ta-bort")
@staff("organiser")
def ask_to_remove_questionnaire(project: str, questionnaire: str) -> str:
    at = desk(questionnaire)
    return page(
        "questionnaire_remove",
        crumbs=at.crumbs((_("Remove"), None)),
        at=at,
        uses=keeping.uses_of(reading_session(), at.row),
    )


@blueprint.post(f"{ONE}/ta-bort")
@staff("organiser")
def remove_questionnaire(project: str, questionnaire: str) -> Shown:
    at = desk(questionnaire)
    try:
        keeping.remove_questionnaire(
            installation().database, g.project.id, at.row.code, g.user.user_id, clock.now()
        )
    except InUse as used:
        return page("questionnaire_remove", crumbs=at.crumbs((_("Remove"), None)), at=at, uses=used.uses), 409
    except drafts.NoQuestionnaire:
        abort(404)
    flash(_("The questionnaire is removed."), "positive")
    return redirect(address("enkater"), 303)


def _proposed(source: str) -> list[Proposed]:
    """What a source gives: ``mall:CODE`` (a ready set), ``enkat:CODE`` (a copy) or ``tom``; else nothing."""
    kind, _colon, code = source.partition(":")
    main = g.project.languages[0]
    if kind == "tom":
        empty: JsonObject = {"title": {}, "minutes": 3, "questions": []}
        return [Proposed("", "", "other", empty, 0)]
    if kind == "enkat":
        at = desk(code)
        return [_from(at.document, "", at.row.wave, _("%(title)s (copy)", title=at.title))]
    ready = sets.ready_set(code) if kind == "mall" else None
    if ready is None or not ready.questionnaires:
        return []
    taken, _last = writing_queries.codes_and_last_position(reading_session(), g.project.id)
    return [
        _from(
            document := sets.fitted(each.document, g.project.languages),
            code_from(each.code, QUESTIONNAIRE_CODE, taken | RESERVED_CODES, "enkat"),
            each.wave,
            document["title"].get(main) or local(document["title"]),
        )
        for each in ready.questionnaires
    ]


def _from(document: JsonObject, code: str, wave: str, title: str) -> Proposed:
    return Proposed(title, code, wave, document, len(document["questions"]))


def _modes() -> list[tuple[str, str]]:
    return [(mode.value, words.said(words.PRIVACY_MODES, mode.value)) for mode in PrivacyMode]


def _promises() -> list[tuple[str, PrivacyText]]:
    """What participants are told in each privacy mode, as the project words it."""
    wordings = g.project.privacy_wording or {}
    return [
        (
            words.said(words.PRIVACY_MODES, mode.value),
            own_text(wordings.get(mode.value) or {}, mode, language.current()),
        )
        for mode in PrivacyMode
    ]


def _waves() -> list[tuple[str, str]]:
    return [(wave, str(name)) for wave, name in words.WAVES.items()]


def _settings_page(source: str, proposed: Sequence[Proposed], mode: str) -> str:
    session = reading_session()
    known = queries.newest_titles(
        session, [each.id for each in queries.questionnaires_of(session, g.project.id)]
    )
    return page(
        "questionnaire_new",
        crumbs=crumbs(
            (_("Questionnaires"), address("enkater")),
            (_("New questionnaire"), address("enkater", "ny")),
            (_("What it is called"), None),
        ),
        source=source,
        proposed=proposed,
        titles={local(title) for title in known.values()},
        mode=mode,
        modes=_modes(),
        promises=_promises(),
        waves=_waves(),
        here=address("enkater", "ny"),
    )


def _change_page(code: str, typed: Mapping[str, Any], faults: Mapping[str, str]) -> str:
    at = desk(code)
    return page(
        "questionnaire_settings",
        crumbs=at.crumbs((_("Settings"), None)),
        at=at,
        typed=typed,
        faults=faults,
        modes=_modes(),
        promises=_promises(),
        waves=_waves(),
    )
