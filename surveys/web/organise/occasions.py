"""An occasion: its page, described anew, removed."""

from collections.abc import Callable, Sequence

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.course import occasions
from surveys.domain.occasion import Description, described
from surveys.domain.series import BadFields
from surveys.followups.difference import Difference
from surveys.models.programme import Occasion
from surveys.queries import mailings as mailing_queries
from surveys.queries import occasions as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import asked_by, blueprint, page, series_address, series_crumbs, series_tabs
from surveys.web.organise.occasion_forms import DescriptionForm, changes, description_form, with_choices
from surveys.web.organise.planning import Answer, confirm_page, decide, raw, show_faults, typed
from surveys.web.phrases import _, ngettext


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>")
@staff("organiser")
def occasion_page(project: str, series: str, occasion: str) -> str:
    session, found = reading_session(), occasion_or_404(occasion)
    about = mailing_queries.of_occasions(session, g.series.id).get(found.id, [])
    return page(
        "occasion",
        crumbs=series_crumbs(name_of(found)),
        tabs=series_tabs(),
        occasion=found,
        about=about,
        asks=asked_by(about),
        told=queries.changes_of(session, found.id),
        deeds=mailing_queries.deeds(session, g.project.id, [f"occasion:{found.id}"]),
        kept=occasions.why_kept(session, found),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/andra")
@staff("organiser")
def edit_occasion(project: str, series: str, occasion: str) -> str:
    found = occasion_or_404(occasion)
    return _edit_page(found, description_form(occasions.description_of(found), present(), found))


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/andra")
@staff("organiser")
def change_occasion(project: str, series: str, occasion: str) -> Answer:
    found = occasion_or_404(occasion)
    form = with_choices(DescriptionForm(), present(), found)
    if not form.validate_on_submit():
        return _edit_page(found, form), 422
    if "edit" in request.form:
        return _edit_page(found, form)
    try:
        return _change(found, form, described(raw(form)))
    except BadFields as bad:
        show_faults(form, bad.faults)
        return _edit_page(found, form), 422


@blueprint.get("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/ta-bort")
@staff("organiser")
def ask_removal(project: str, series: str, occasion: str) -> Answer:
    return _remove(occasion_or_404(occasion), rehearse=True)


@blueprint.post("/projekt/<project>/insatser/<series>/tillfallen/<occasion>/ta-bort")
@staff("organiser")
def remove_occasion(project: str, series: str, occasion: str) -> Answer:
    return _remove(occasion_or_404(occasion), rehearse=False)


def occasion_or_404(code: str) -> Occasion:
    return queries.occasion(reading_session(), g.series.id, code) or abort(404)


def occasion_address(occasion: Occasion, *parts: str) -> str:
    return series_address("tillfallen", occasion.code, *parts)


def name_of(occasion: Occasion) -> str:
    return f"{occasion.number}. {occasion.title}" if occasion.number else occasion.title


def present() -> Sequence[Occasion]:
    """The occasions of the series at hand."""
    return queries.occasions_of(reading_session(), g.series.id)


def _change(occasion: Occasion, form: DescriptionForm, wanted: Description) -> Answer:
    db, now, heading = installation().database, clock.now(), _("Change the occasion")
    seen, stored = form.seen.data or "", occasions.description_of(occasion)

    def act(rehearse: bool) -> Difference:
        return occasions.change_description(db, occasion.id, wanted, seen, now, rehearse=rehearse)

    def ask(difference: Difference) -> str:
        return confirm_page(
            heading,
            crumbs_of(occasion, heading),
            difference,
            _change_button(difference),
            occasion_address(occasion),
            fields=typed(),
            rows=changes(form, stored, wanted),
        )

    try:
        return decide(act, ask, _told(occasion, _("The occasion is saved.")))
    except occasions.OccasionConflict as conflict:
        form.seen.data = occasions.mark(conflict.stored)
        return _edit_page(occasion, form, changes(form, conflict.stored, wanted)), 409


def _change_button(difference: Difference) -> str:
    count = len(difference.moved) + len(difference.added) + len(difference.dropped)
    if not count:
        return _("Save the occasion")
    return ngettext(
        "Save the occasion and change %(num)s mailing", "Save the occasion and change %(num)s mailings", count
    )


def _told(occasion: Occasion, text: str) -> Callable[[], Response]:
    def done() -> Response:
        flash(text, "positive")
        return redirect(occasion_address(occasion), 303)

    return done


def _remove(occasion: Occasion, *, rehearse: bool) -> Answer:
    db, heading = installation().database, _("Remove the occasion")
    try:
        difference = occasions.remove_occasion(
            db, occasion.id, g.user.user_id, clock.now(), rehearse=rehearse
        )
    except occasions.CannotRemove as kept:
        return _cannot_remove_page(occasion, kept.code), 200 if rehearse else 409
    if not rehearse:
        flash(_("The occasion is removed."), "positive")
        return redirect(series_address(), 303)
    count = len(difference.dropped)
    what = ngettext(
        "Remove the occasion and %(num)s mailing", "Remove the occasion and %(num)s mailings", count
    )
    return confirm_page(
        heading,
        crumbs_of(occasion, heading),
        difference,
        what if count else heading,
        occasion_address(occasion),
        danger=True,
        editable=False,
        note=_("“%(title)s” disappears altogether. This cannot be undone.", title=name_of(occasion)),
    )


def _cannot_remove_page(occasion: Occasion, code: str) -> str:
    heading = _("Remove the occasion")
    return page(
        "occasion_kept",
        crumbs=crumbs_of(occasion, heading),
        tabs=series_tabs(),
        occasion=occasion,
        heading=heading,
        why=code,
    )


def crumbs_of(occasion: Occasion, heading: str) -> list[tuple[str, str | None]]:
    *before, _last = series_crumbs(heading)
    return [*before, (name_of(occasion), occasion_address(occasion)), (heading, None)]


def _edit_page(
    occasion: Occasion, form: DescriptionForm, conflict: list[tuple[str, str, str]] | None = None
) -> str:
    heading = _("Change the occasion")
    return page(
        "occasion_edit",
        crumbs=crumbs_of(occasion, heading),
        tabs=series_tabs(),
        heading=heading,
        occasion=occasion,
        form=form,
        conflict=conflict,
    )
