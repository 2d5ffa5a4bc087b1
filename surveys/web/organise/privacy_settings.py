"""A project's privacy texts, the decision that keys are destroyed by, and its wording of each mode."""

from collections.abc import Mapping

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l

from surveys import clock
from surveys.course import privacy_settings as use
from surveys.course.privacy_settings import PrivacySettings
from surveys.domain.privacy import MODES
from surveys.domain.privacy_wording import FIELDS
from surveys.web.answer_privacy import PRIVACY_TEXTS
from surveys.web.guard import installation, staff
from surveys.web.organise import words
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.planning import Answer
from surveys.web.phrases import _

ADDRESS = "/projekt/<project>/installningar/personuppgifter"
LABELS = {
    "controller": _l("Who is responsible"),
    "purpose": _l("Purpose"),
    "legal_basis": _l("Legal basis"),
    "recipients": _l("Who receives it"),
    "retention": _l("How long it is kept"),
    "rights": _l("Your rights"),
    "contact": _l("Contact"),
}
FAULTS = {
    "blank": _l("Fill this in."),
    "blank_in_use": _l("A rule that is switched on sends a questionnaire, so this must be filled in."),
    "decision_in_use": _l(
        "A rule that is switched on sends a questionnaire whose key is destroyed, so a decision is needed."
    ),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "too_long": _l("This is too long."),
    "bad_date": _l("Write the date as 2027-03-01."),
    "half": _l("Write both heading and text, or neither."),
    "anonymous_while_linked": _l(
        "This says “anonymous” of answers that can be led back to a person now. Say what they are, or, where "
        "the key is destroyed at once, that they become anonymous when the questionnaire closes."
    ),
    "absolute": _l(
        "This promises that nobody can ever read the answers. What an authority keeps can be asked for, and "
        "secrecy is decided case by case."
    ),
}


@blueprint.get(ADDRESS)
@staff("organiser")
def privacy_settings(project: str) -> str:
    stored = use.settings_of(g.project)
    return _page(stored, stored.mark, {})


@blueprint.post(ADDRESS)
@staff("organiser")
def change_privacy_settings(project: str) -> Answer:
    wanted, seen = _typed(), request.form.get("seen", "")
    try:
        use.change_privacy(installation().database, g.project.id, wanted, seen, g.user.user_id, clock.now())
    except use.BadPrivacySettings as bad:
        return _page(wanted, seen, {name: str(FAULTS[code]) for name, code in bad.faults.items()}), 422
    except use.PrivacySettingsConflict as conflict:
        return _page(wanted, conflict.stored.mark, {}, conflict=True), 409
    flash(_("What participants are told is saved."), "positive")
    return redirect(address("installningar", "personuppgifter"), 303)


def _typed() -> PrivacySettings:
    def local(name: str) -> dict[str, str]:
        texts = {code: _text(f"{name}.{code}") for code in g.project.languages}
        return {code: text for code, text in texts.items() if text}

    wording = {
        mode.value: {part: local(f"{mode}.{part}") for part in use.PARTS}
        for mode in MODES
        if any(local(f"{mode}.{part}") for part in use.PARTS)
    }
    decision = {name: _text(f"decision.{name}") for name in use.DECISION}
    return PrivacySettings(
        {name: text for name in FIELDS if (text := local(name))},
        {name: text for name, text in decision.items() if text},
        wording,
    )


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _page(shown: PrivacySettings, seen: str, errors: Mapping[str, str], conflict: bool = False) -> str:
    return page(
        "privacy_settings",
        crumbs=crumbs((_("Settings"), address("installningar")), (_("What participants are told"), None)),
        shown=shown,
        seen=seen,
        errors=errors,
        conflict=conflict,
        fields=[(name, LABELS[name]) for name in FIELDS],
        modes=[(mode.value, words.PRIVACY_MODES[mode.value], PRIVACY_TEXTS[mode]) for mode in MODES],
        here=address("installningar", "personuppgifter"),
    )
