"""A series made and changed."""

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from surveys import clock
from surveys.course import series
from surveys.domain.series import BadFields, Description, described
from surveys.followups.difference import Difference
from surveys.queries import occasions as queries
from surveys.web.filters import day
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import (
    address,
    blueprint,
    crumbs,
    page,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.organise.planning import Answer, confirm_page, decide, raw, show_faults, typed
from surveys.web.organise.settings import Needed
from surveys.web.phrases import _, ngettext


class SeriesForm(FlaskForm):  # type: ignore[misc]
    title = StringField(_l("Name of the series"), [Needed()])
    audience = StringField(
        _l("For whom"), description=_l("Such as: front-line staff, or leaders of the authorities.")
    )
    subproject = SelectField(_l("Sub-project"), validate_choice=False)
    starts_on = StringField(
        _l("First day"),
        description=_l("Only if it is another day than that of the first occasion."),
    )
    ends_on = StringField(
        _l("Last day"), description=_l("Only if it is another day than that of the last occasion.")
    )
    attendance_kept = BooleanField(
        _l("Attendance is kept"),
        description=_l("What is sent to those who were there waits until you have said who was."),
    )
    completion_minimum = StringField(
        _l("Occasions to have completed it"),
        description=_l("How many a participant has to attend. Leave it empty if there is no such limit."),
    )
    seen = HiddenField()


@blueprint.get("/projekt/<project>/ny-insats")
@staff("organiser")
def new_series(project: str) -> str:
    return _form_page(_series_form(Description("")))


@blueprint.post("/projekt/<project>/ny-insats")
@staff("organiser")
def create_series(project: str) -> Answer:
    form = _with_choices(SeriesForm())
    try:
        if not form.validate_on_submit():
            return _form_page(form), 422
        code = series.create_series(installation().database, g.project.id, described(raw(form)))
    except BadFields as bad:
        show_faults(form, bad.faults)
        return _form_page(form), 422
    flash(_("The series is made. Now add its occasions."), "positive")
    return redirect(address("insatser", code), 303)


@blueprint.get("/projekt/<project>/insatser/<series>/andra")
@staff("organiser")
def edit_series(project: str, series: str) -> str:
    return _form_page(_series_form(_stored()))


@blueprint.post("/projekt/<project>/insatser/<series>/andra")
@staff("organiser")
def change_series(project: str, series: str) -> Answer:
    form = _with_choices(SeriesForm())
    if not form.validate_on_submit():
        return _form_page(form), 422
    if "edit" in request.form:
        return _form_page(form)
    try:
        return _change(form, described(raw(form)))
    except BadFields as bad:
        show_faults(form, bad.faults)
        return _form_page(form), 422


def _stored() -> Description:
    return series.description_of(g.series)


def _change(form: SeriesForm, wanted: Description) -> Answer:
    db, now = installation().database, clock.now()
    seen, stored = form.seen.data or "", _stored()

    def act(rehearse: bool) -> Difference:
        return series.change_series(db, g.series.id, wanted, seen, now, rehearse=rehearse)

    def ask(difference: Difference) -> str:
        return confirm_page(
            _("Change the series"),
            series_crumbs(_("Change the series")),
            difference,
            _change_button(difference),
            series_address(),
            fields=typed(),
            rows=_changes(form, stored, wanted),
        )

    def done() -> Response:
        flash(_("The series is saved."), "positive")
        return redirect(series_address(), 303)

    try:
        return decide(act, ask, done)
    except series.SeriesConflict as conflict:
        form.seen.data = series.mark(conflict.stored)
        return _form_page(form, _changes(form, conflict.stored, wanted)), 409


def _change_button(difference: Difference) -> str:
    count = len(difference.moved) + len(difference.added) + len(difference.dropped)
    if not count:
        return _("Save the series")
    return ngettext(
        "Save the series and change %(num)s mailing", "Save the series and change %(num)s mailings", count
    )


def _changes(form: SeriesForm, stored: Description, wanted: Description) -> list[tuple[str, str, str]]:
    """What differs, as rows for people: the label, what was, what will be."""
    return [
        (str(form[name].label.text), _shown(form, name, stored), _shown(form, name, wanted))
        for name in stored.__dict__
        if getattr(stored, name) != getattr(wanted, name)
    ]


def _shown(form: SeriesForm, name: str, description: Description) -> str:
    value = getattr(description, name)
    if name == "subproject":
        return str({each.value: each.label for each in form.subproject.choices}.get(value or "", ""))
    if name in {"starts_on", "ends_on"}:
        return day(value) if value else "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in {None, ""} else str(value)


def _with_choices(form: SeriesForm) -> SeriesForm:
    parts = queries.subprojects(reading_session(), g.project.id)
    named = ((each.code, each.title) for each in parts)
    form.subproject.choices = [SelectChoice(*each) for each in (("", _("none")), *named)]
    return form


def _series_form(description: Description) -> SeriesForm:
    form = _with_choices(SeriesForm(formdata=None))
    form.title.data, form.audience.data = description.title, description.audience
    form.subproject.data = description.subproject or ""
    form.starts_on.data = description.starts_on.isoformat() if description.starts_on else ""
    form.ends_on.data = description.ends_on.isoformat() if description.ends_on else ""
    form.attendance_kept.data = description.attendance_kept
    form.completion_minimum.data = str(description.completion_minimum or "")
    form.seen.data = series.mark(description)
    return form


def _form_page(form: SeriesForm, conflict: list[tuple[str, str, str]] | None = None) -> str:
    new = "series" not in g
    heading = _("New series") if new else _("Change the series")
    return page(
        "series_form",
        crumbs=crumbs((_("Series"), address("insatser")), (heading, None)) if new else series_crumbs(heading),
        tabs=[] if new else series_tabs(),
        heading=heading,
        form=form,
        new=new,
        conflict=conflict,
    )
