"""When a project's mails may go: quiet hours, week-ends, holidays and the weekly cap."""

import re
from datetime import time

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField

from surveys import clock
from surveys.course import sending_settings
from surveys.course.sending_settings import MOST_A_WEEK, SendingSettings
from surveys.followups.difference import Difference
from surveys.web import filters
from surveys.web.guard import installation, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _

FAULTS = {
    "half": _l("Fill in both times, or neither."),
    "all_day": _l("At least one hour of the day must be left for sending."),
    "bad_time": _l("Write a time as 20:00."),
    "out_of_range": _l("Write a whole number from 1 to 50, or leave it empty."),
}
_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)(?:[.:]00)?", re.ASCII)
_NOT_A_NUMBER = -1


class SendingForm(FlaskForm):  # type: ignore[misc]
    quiet_from = StringField(
        _l("Quiet from"), description=_l("What would go then waits until the quiet hours are over.")
    )
    quiet_to = StringField(_l("Quiet until"))
    quiet_weekends = BooleanField(_l("Nothing is sent on Saturdays and Sundays"))
    quiet_holidays = BooleanField(
        _l("Nothing is sent on Swedish public holidays and their eves"),
        description=_l(
            "Holidays are those of Sweden with their eves, such as Midsummer Eve and Christmas Eve."
        ),
    )
    weekly_cap = StringField(
        _l("Most mails to one person in a week"),
        description=_l(
            "Over all series of the project, Monday to Sunday. Reminders give way to first mails. "
            "Empty means no limit."
        ),
    )
    seen = HiddenField()


@blueprint.get("/projekt/<project>/installningar/utskick")
@staff("organiser")
def sending_settings_page(project: str) -> str:
    return _form_page(_filled(sending_settings.settings_of(g.project)))


@blueprint.post("/projekt/<project>/installningar/utskick")
@staff("organiser")
def change_sending_settings(project: str) -> Response | str | tuple[str, int]:
    form = SendingForm()
    if not form.validate_on_submit() or (wanted := _wanted(form)) is None:
        return _form_page(form), 422
    if "change" in request.form:
        return _form_page(form)
    confirmed = "confirmed" in request.form
    try:
        difference = sending_settings.change_sending(
            installation().database,
            g.project.id,
            wanted,
            form.seen.data or "",
            g.user.user_id,
            clock.now(),
            rehearse=not confirmed,
        )
    except sending_settings.BadSendingSettings as bad:
        for name, code in bad.faults.items():
            form[name].errors = [FAULTS[code]]
        return _form_page(form), 422
    except sending_settings.SendingSettingsConflict as conflict:
        form.seen.data = conflict.stored.mark
        return _form_page(form, conflict.stored), 409
    if not confirmed:
        return _confirm_page(form, wanted, difference)
    flash(_("The sending hours are saved."), "positive")
    return redirect(address("installningar", "utskick"), 303)


def _form_page(form: SendingForm, stored: SendingSettings | None = None) -> str:
    rows = _compared(stored, _wanted(form) or stored) if stored else []
    return page("sending_settings", crumbs=_way(), form=form, difference=None, rows=rows)


def _confirm_page(form: SendingForm, wanted: SendingSettings, difference: Difference) -> str:
    rows = _compared(sending_settings.settings_of(g.project), wanted)
    return page("sending_settings", crumbs=_way(), form=form, difference=difference, rows=rows)


def _way() -> list[tuple[str, str | None]]:
    return crumbs((_("Settings"), address("installningar")), (_("When mails may go"), None))


def _filled(stored: SendingSettings) -> SendingForm:
    return SendingForm(
        formdata=None,
        quiet_from=_written(stored.quiet_from),
        quiet_to=_written(stored.quiet_to),
        quiet_weekends=stored.quiet_weekends,
        quiet_holidays=stored.quiet_holidays,
        weekly_cap="" if stored.weekly_cap is None else str(stored.weekly_cap),
        seen=stored.mark,
    )


def _wanted(form: SendingForm) -> SendingSettings | None:
    """What the form asks for; None where a time is none, which the field then says."""
    times = {}
    for field in (form.quiet_from, form.quiet_to):
        text = (field.data or "").strip()
        found = _TIME.fullmatch(text)
        if text and not found:
            field.errors = [FAULTS["bad_time"]]
        times[field.name] = time(int(found[1]), int(found[2])) if found else None
    if form.quiet_from.errors or form.quiet_to.errors:
        return None
    return SendingSettings(
        times["quiet_from"],
        times["quiet_to"],
        bool(form.quiet_weekends.data),
        bool(form.quiet_holidays.data),
        _cap(form.weekly_cap.data),
    )


def _cap(text: str | None) -> int | None:
    """The cap; None without one; a number that cannot be where it is none."""
    text = (text or "").strip()
    if not text:
        return None
    small = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_A_WEEK))
    return int(text) if small else _NOT_A_NUMBER


def _written(moment: time | None) -> str:
    return "" if moment is None else moment.strftime("%H:%M")


def _compared(before: SendingSettings, after: SendingSettings | None) -> list[tuple[str, str, str]]:
    labels = (
        _("Quiet hours"),
        _("Nothing is sent on Saturdays and Sundays"),
        _("Nothing is sent on Swedish public holidays and their eves"),
        _("Most mails to one person in a week"),
    )
    return list(zip(labels, _said(before), _said(after or before), strict=True))


def _said(settings: SendingSettings) -> tuple[str, str, str, str]:
    hours = _("none")
    if settings.quiet_from is not None and settings.quiet_to is not None:
        hours = f"{filters.clock(settings.quiet_from)}–{filters.clock(settings.quiet_to)}"
    yes, no = _("yes"), _("no")
    return (
        hours,
        yes if settings.quiet_weekends else no,
        yes if settings.quiet_holidays else no,
        _("no limit") if settings.weekly_cap is None else str(settings.weekly_cap),
    )
