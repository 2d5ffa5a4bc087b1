"""The participant's learning log: its own link, its pages, no account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import logbook
from surveys.answers.log_view import BookView, EntryView, PromptView, UnknownEntry
from surveys.answers.logbook import EntryConflict
from surveys.domain.entry import FIELDS, BadEntry, EntryFault
from surveys.domain.texts import printable, unfolded
from surveys.web import language, links
from surveys.web.guard import installation
from surveys.web.logbook_texts import LINK_PROBLEMS, fault_text

blueprint = Blueprint("logbook", __name__)

Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class EntryForm:
    """The form for one entry, as it is shown: what was typed, what is wrong, where it belongs."""

    values: Mapping[str, str]
    entry_id: UUID
    revision: int = 0  # of the stored entry; 0: not stored yet
    faults: Mapping[str, EntryFault] = field(default_factory=dict)
    prompt: PromptView | None = None
    stored: EntryView | None = None
    conflict: bool = False
    notice: str = ""

    @property
    def errors(self) -> dict[str, str]:
        return {name: fault_text(name, fault) for name, fault in self.faults.items()}


@blueprint.get("/l/<token>")
def follow(token: str) -> Response:
    """Exchange the link for a cookie and a clean address; changes nothing that is stored."""
    public_id = logbook.resolve_link(installation().database, token)
    prompt = request.args.get("fraga", "")
    if prompt:
        address = url_for(".compose", public_id=public_id, fraga=prompt)
    else:
        address = url_for(".book", public_id=public_id)
    return links.keep(redirect(address, 303), public_id, token)


@blueprint.get("/logg/<public_id>")
def book(public_id: str) -> Page:
    return _page("book", _opened(public_id))


@blueprint.get("/logg/<public_id>/skriv")
def compose(public_id: str) -> Page:
    opened = _opened(public_id)
    values = {"written_on": opened.today.isoformat(), "text": "", "plan": ""}
    return _form_page(opened, EntryForm(values, uuid4(), prompt=_asked(opened)))


@blueprint.post("/logg/<public_id>/skriv")
def write(public_id: str) -> Page:
    opened = _opened(public_id)
    form = EntryForm(_typed(), _entry_id(), prompt=_asked(opened))
    if _is_only_another_language():
        return _form_page(opened, form)
    try:
        kept = logbook.write_entry(
            installation().database,
            public_id,
            links.held(public_id),
            request.form,
            opened.now,
            entry_id=form.entry_id,
            prompt=form.prompt.public_id if form.prompt else None,
        )
    except BadEntry as bad:
        return _form_page(opened, _with(form, faults=bad.faults), 422)
    except EntryConflict as conflict:
        return _form_page(opened, _against(form, conflict.stored), 409)
    flash(_("Your entry is saved. Only you can read it."), "positive")
    return _to_entry(public_id, kept)


@blueprint.get("/logg/<public_id>/<uuid:entry_id>")
def edit(public_id: str, entry_id: UUID) -> Page:
    opened = _opened(public_id)
    stored = opened.entry(entry_id)
    return _form_page(opened, EntryForm(_values(stored), entry_id, stored.revision, stored=stored))


@blueprint.post("/logg/<public_id>/<uuid:entry_id>")
def change(public_id: str, entry_id: UUID) -> Page:
    opened = _opened(public_id)
    form = EntryForm(_typed(), entry_id, _revision(), stored=_stored(opened, entry_id))
    if _is_only_another_language():
        return _form_page(opened, form)
    try:
        changed = logbook.change_entry(
            installation().database,
            public_id,
            links.held(public_id),
            entry_id,
            request.form,
            form.revision,
            opened.now,
        )
    except BadEntry as bad:
        return _form_page(opened, _with(form, faults=bad.faults), 422)
    except EntryConflict as conflict:
        return _form_page(opened, _against(form, conflict.stored), 409)
    except UnknownEntry:
        return _form_page(opened, _as_new(form), 409)
    if changed.shared:
        flash(_("Your changes are saved. The entry is still shared."), "positive")
    else:
        flash(_("Your changes are saved. Only you can read the entry."), "positive")
    return _to_entry(public_id, entry_id)


@blueprint.get("/logg/<public_id>/<uuid:entry_id>/dela")
def ask_to_share(public_id: str, entry_id: UUID) -> Page:
    opened = _opened(public_id)
    return _page("share", opened, entry=opened.entry(entry_id))


@blueprint.post("/logg/<public_id>/<uuid:entry_id>/dela")
def share(public_id: str, entry_id: UUID) -> Page:
    _opened(public_id)  # what is said afterwards is said in the writer's language
    db, token = installation().database, links.held(public_id)
    try:
        logbook.share_entry(db, public_id, token, entry_id, _revision(), clock.now())
    except EntryConflict as conflict:
        notice = _(
            "The entry has been changed since you opened this page. Read it again before you share it."
        )
        return _page("share", _opened(public_id), 409, entry=conflict.stored, notice=notice)
    flash(_("The entry is shared, without your name. You can stop sharing it at any time."), "positive")
    return _to_entry(public_id, entry_id)


@blueprint.post("/logg/<public_id>/<uuid:entry_id>/sluta-dela")
def unshare(public_id: str, entry_id: UUID) -> Page:
    _opened(public_id)
    logbook.unshare_entry(installation().database, public_id, links.held(public_id), entry_id)
    flash(_("The entry is no longer shared. Whoever has read it has read it; nobody new can."), "positive")
    return _to_entry(public_id, entry_id)


@blueprint.get("/logg/<public_id>/<uuid:entry_id>/ta-bort")
def ask_to_remove(public_id: str, entry_id: UUID) -> Page:
    opened = _opened(public_id)
    return _page("remove", opened, entry=opened.entry(entry_id))


@blueprint.post("/logg/<public_id>/<uuid:entry_id>/ta-bort")
def remove(public_id: str, entry_id: UUID) -> Page:
    _opened(public_id)
    logbook.remove_entry(installation().database, public_id, links.held(public_id), entry_id)
    flash(_("The entry is deleted."), "positive")
    return redirect(url_for(".book", public_id=public_id), 303)


@blueprint.get("/logg/<public_id>/logotyp")
def logotype(public_id: str) -> Response:
    """The project's logotype, for whoever holds a link of the project."""
    found = logbook.logotype(installation().database, public_id, links.held(public_id))
    return Response(found.content, mimetype=found.media_type)


@blueprint.errorhandler(logbook.BookError)
def link_problem(error: logbook.BookError) -> Page:
    code = error.code
    if request.endpoint != "logbook.follow" and not _holds_link():
        code = "no_cookie"
    problem = LINK_PROBLEMS[code]
    # What was typed comes back to whoever sent it, where opening the link again lets it be kept.
    typed = dict(request.form.lists()) if code == "no_cookie" else {}
    typed.pop("csrf_token", None)
    return render_template("logbook/link.html", problem=problem, typed=typed), problem.status


@blueprint.errorhandler(logbook.NoLogotype)
def no_logotype(_error: logbook.NoLogotype) -> Page:
    abort(404)


@blueprint.errorhandler(UnknownEntry)
def no_entry(_error: UnknownEntry) -> Page:
    return _page("no_entry", _opened(_public_id()), 404)


@blueprint.errorhandler(CSRFError)
def expired(_error: CSRFError) -> Page:
    """The session behind the form has ended: show the page again, with everything that was typed."""
    try:
        opened = _opened(_public_id())
    except logbook.BookError as gone:  # the link has gone with the session: a browser closed and restored
        return link_problem(gone)
    notice = _("The page had been open for too long. Nothing is lost. Press the button again.")
    if request.endpoint == "logbook.write":
        return _form_page(opened, EntryForm(_typed(), _entry_id(), prompt=_asked(opened), notice=notice), 400)
    entry_id = (request.view_args or {}).get("entry_id")
    if not isinstance(entry_id, UUID):
        return _page("book", opened, 400, notice=notice)
    if request.endpoint == "logbook.change":
        form = EntryForm(_typed(), entry_id, _revision(), stored=_stored(opened, entry_id), notice=notice)
        return _form_page(opened, form, 400)
    page = {"logbook.share": "share", "logbook.remove": "remove"}.get(request.endpoint or "")
    entry = _stored(opened, entry_id)
    if page is None or entry is None:
        return _page("book", opened, 400, notice=notice)
    return _page(page, opened, 400, entry=entry, notice=notice)


def _opened(public_id: str) -> BookView:
    opened = logbook.open_book(installation().database, public_id, links.held(public_id), clock.now())
    language.prefer(opened.language, opened.project.languages)
    g.timezone = opened.project.timezone
    return opened


def _page(name: str, opened: BookView, status: int = 200, **values: object) -> Page:
    return render_template(f"logbook/{name}.html", book=opened, **({"notice": ""} | values)), status


def _form_page(opened: BookView, form: EntryForm, status: int = 200) -> Page:
    plan = opened.plan_before(form.stored.id if form.stored else None)
    return _page("entry", opened, status, form=form, last_plan=plan, notice=form.notice)


def _to_entry(public_id: str, entry_id: UUID) -> Response:
    return redirect(url_for(".book", public_id=public_id, _anchor=f"e-{entry_id}"), 303)


def _with(form: EntryForm, *, faults: Mapping[str, EntryFault]) -> EntryForm:
    return EntryForm(form.values, form.entry_id, form.revision, faults, form.prompt, form.stored)


def _against(form: EntryForm, stored: EntryView) -> EntryForm:
    # Sent again, the form is made from the stored entry: whoever has seen both may choose.
    return EntryForm(
        form.values, stored.id, stored.revision, prompt=form.prompt, stored=stored, conflict=True
    )


def _as_new(form: EntryForm) -> EntryForm:
    notice = _("The entry has been deleted on another page. What you wrote is here; save it as a new entry.")
    return EntryForm(form.values, uuid4(), prompt=form.prompt, notice=notice)


def _asked(opened: BookView) -> PromptView | None:
    return opened.prompt(request.values.get("fraga", ""))


def _stored(opened: BookView, entry_id: UUID) -> EntryView | None:
    return next((entry for entry in opened.entries if entry.id == entry_id), None)


def _typed() -> dict[str, str]:
    return {name: printable(unfolded(request.form.get(name, ""))) for name in FIELDS}


def _values(entry: EntryView) -> dict[str, str]:
    return {"written_on": entry.written_on.isoformat(), "text": entry.text, "plan": entry.plan}


def _is_only_another_language() -> bool:
    return "language" in request.form


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _entry_id() -> UUID:
    try:
        return UUID(request.form.get("entry", ""))
    except ValueError:
        return uuid4()


def _public_id() -> str:
    return str((request.view_args or {}).get("public_id", ""))


def _holds_link() -> bool:
    return bool(links.held(_public_id()))
