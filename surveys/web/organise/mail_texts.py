"""The wording of the project's mails: which are its own, changed, looked at, and back to the built-in."""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain import wording
from surveys.domain.wording import Fault
from surveys.mail.outgoing import Wording
from surveys.mail.specimens import built_in
from surveys.outbox import mail_texts
from surveys.outbox.mail_texts import BadMailText, MailTextConflict, Preview, UnknownMailText
from surveys.queries import mail_texts as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.mail_html import shown_html
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.mail_preview import office
from surveys.web.phrases import _

LIST = "/projekt/<project>/installningar/mejltexter"
ONE = f"{LIST}/<kind>/<language>"
KINDS = {
    "invitation": _l("Invitation to a questionnaire"),
    "reminder": _l("Reminder of a questionnaire"),
    "log_prompt": _l("Question for the learning log"),
    "log_reminder": _l("Reminder of a question for the learning log"),
    "moved": _l("Message that the occasion is changed"),
    "cancelled": _l("Message that the occasion is cancelled"),
    "reinstated": _l("Message that the occasion is held after all"),
    "own_page": _l("Link to the person's own page"),
}
FIELDS = {
    "name": _l("the receiver's name"),
    "project": _l("the name of the project"),
    "series": _l("the title of the series"),
    "occasion": _l("the title of the occasion; of the series, where there is no occasion"),
    "when": _l("when the occasion is"),
    "place": _l("where the occasion is"),
    "before": _l("what the receiver was told before the change"),
    "title": _l("the title of the questionnaire, or the question for the log"),
    "link": _l("the receiver's own link; alone on a line it becomes a button"),
    "closes": _l("when it closes"),
    "minutes": _l("how many minutes it takes"),
    "number": _l("which reminder it is: 1, 2, 3"),
    "sender": _l("the sender of the mails"),
}
FAULTS = {
    "blank": _l("Fill this in."),
    "too_long": _l("This is too long."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "line_break": _l("A subject is one line."),
    "unbalanced_brace": _l("A brace is missing. A field is written as {name}, a brace itself as {{ or }}."),
    "unknown_field": _l("%(what)s cannot be used here. Use the fields in the list."),
    "link_missing": _l("%(what)s is missing. Without it the receiver cannot get any further."),
}


@dataclass(frozen=True)
class _Form:
    """What the form holds; ``seen`` is the mark of the text it was made from."""

    typed: Wording
    seen: str
    faults: dict[str, str]


@blueprint.get(LIST)
@staff("organiser")
def mail_texts_page(project: str) -> str:
    own = {(each.kind, each.language): each for each in queries.own_texts(reading_session(), g.project.id)}
    return page("mail_texts", crumbs=_way(), kinds=KINDS, own=own, here=_list_address())


@blueprint.get(ONE)
@staff("organiser")
def mail_text_page(project: str, kind: str, language: str) -> str:
    stored = _stored(kind, language)
    begins = built_in(office(), kind, language) if stored is None else stored
    return _edit_page(kind, language, _Form(begins, mail_texts.mark_of(stored), {}), stored is not None)


@blueprint.post(ONE)
@staff("organiser")
def change_mail_text(project: str, kind: str, language: str) -> Response | str | tuple[str, int]:
    """Save the text, or with ``preview`` show it and keep what was typed."""
    is_own = _stored(kind, language) is not None
    typed = Wording(request.form.get("subject", ""), request.form.get("body", ""))
    form, now = _Form(typed, request.form.get("seen", ""), {}), clock.now()
    try:
        if "preview" in request.form:
            shown = mail_texts.preview(office(), g.project, kind, language, typed, now)
            return _edit_page(kind, language, form, is_own, shown)
        mail_texts.change(
            installation().database, g.project.id, kind, language, typed, form.seen, g.user.user_id, now
        )
    except BadMailText as bad:
        told = {name: _told(fault) for name, fault in bad.faults.items()}
        return _edit_page(kind, language, _Form(typed, form.seen, told), is_own), 422
    except MailTextConflict as conflict:
        again = _Form(typed, mail_texts.mark_of(conflict.stored), {})
        stored = conflict.stored or built_in(office(), kind, language)
        return _edit_page(kind, language, again, conflict.stored is not None, conflict=stored), 409
    flash(_("The text is saved. It is used from the next mail on."), "positive")
    return redirect(_list_address(), 303)


@blueprint.get(f"{ONE}/aterstall")
@staff("organiser")
def ask_to_restore_mail_text(project: str, kind: str, language: str) -> Response | str:
    stored = _stored(kind, language)
    return redirect(_list_address(), 303) if stored is None else _restore_page(kind, language, stored)


@blueprint.post(f"{ONE}/aterstall")
@staff("organiser")
def restore_mail_text(project: str, kind: str, language: str) -> Response | tuple[str, int]:
    _stored(kind, language)
    seen, now = request.form.get("seen", ""), clock.now()
    try:
        mail_texts.restore(installation().database, g.project.id, kind, language, seen, g.user.user_id, now)
    except MailTextConflict as conflict:
        # There is one: where the built-in text is used already, nothing is done.
        return _restore_page(kind, language, conflict.stored or Wording("", ""), conflict=True), 409
    flash(_("The built-in text is used again."), "positive")
    return redirect(_list_address(), 303)


def _stored(kind: str, language: str) -> Wording | None:
    """The project's own text, None without one; 404 for what is no text of the project's."""
    try:
        return mail_texts.stored_text(reading_session(), g.project, kind, language)
    except UnknownMailText:
        abort(404)


def _edit_page(
    kind: str,
    language: str,
    form: _Form,
    is_own: bool,
    shown: Preview | None = None,
    conflict: Wording | None = None,
) -> str:
    title = _title(kind, language)
    return page(
        "mail_text",
        crumbs=_way((title, None)),
        title=title,
        form=form,
        fields=[(f"{{{name}}}", FIELDS[name]) for name in wording.FIELDS[kind]],
        in_subject=[f"{{{name}}}" for name in wording.subject_fields(kind)],
        is_own=is_own,
        shown=shown,
        html=shown_html(shown.html) if shown else "",
        conflict=conflict,
        language=language,
        here=_list_address(kind, language),
    )


def _restore_page(kind: str, language: str, stored: Wording, conflict: bool = False) -> str:
    title = _title(kind, language)
    return page(
        "mail_text_restore",
        crumbs=_way((title, _list_address(kind, language)), (_("Back to the built-in text"), None)),
        title=title,
        stored=stored,
        seen=mail_texts.mark_of(stored),
        conflict=conflict,
        built=mail_texts.preview(office(), g.project, kind, language, None, clock.now()),
        language=language,
        here=_list_address(kind, language),
    )


def _title(kind: str, language: str) -> str:
    return f"{KINDS[kind]} ({language_name(language)})"


def _told(fault: Fault) -> str:
    return str(FAULTS[fault.code]) % {"what": fault.what} if fault.what else str(FAULTS[fault.code])


def _list_address(*parts: str) -> str:
    return address("installningar", "mejltexter", *parts)


def _way(*items: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    start = (_("Settings"), address("installningar"))
    last = _list_address() if items else None
    return crumbs(start, (_("Wording of the mails"), last), *items)
