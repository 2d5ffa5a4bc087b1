"""A project's settings: names, figures, logotype; the privacy texts and the members to read."""

from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, FileField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from surveys.course import profile
from surveys.domain.pictures import LARGEST_LOGOTYPE_BYTES
from surveys.queries import projects as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _
from surveys.web.sent_file import sent_file

FAULTS = {
    "blank": _l("Fill this in."),
    "too_long": _l("This is too long."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "bad_address": _l("This is not an e-mail address. Write it as name@organisation.se."),
    "out_of_range": _l("Choose one of the values."),
    "logotype_too_large": _l("The picture is larger than 200 kB. Choose a smaller one."),
    "logotype_not_a_picture": _l("This is not a PNG or JPEG picture."),
    "logotype_missing": _l("Choose a picture first."),
}
EMBLEMS = {
    "": _l("None"),
    "eu_cofunded": _l("With the words “Co-funded by the European Union”"),
    "eu_funded": _l("With the words “Funded by the European Union”"),
}


class Needed:
    """Marks a field that has to be filled in. Whether it is, the use-case says, with all other faults."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        pass


class ProfileForm(FlaskForm):  # type: ignore[misc]
    title = StringField(_l("Name of the project"), [Needed()])
    sender_name = StringField(
        _l("Sender of the mails"),
        [Needed()],
        description=_l("The name that stands as sender."),
    )
    reply_to = StringField(
        _l("Replies go to"),
        [Needed()],
        description=_l("The e-mail address that gets the answers when somebody replies to a mail."),
    )
    decimals = SelectField(
        _l("Decimals in percentages and means"),
        [Needed()],
        choices=[str(number) for number in profile.DECIMALS],
        description=_l("Changes how figures are shown, not what they are."),
        validate_choice=False,
    )
    minimum_group = SelectField(
        _l("Fewest answers for a result to be shown"),
        [Needed()],
        choices=[str(number) for number in profile.MINIMUM_GROUP],
        description=_l("With fewer answers, only their number is shown."),
        validate_choice=False,
    )
    logotype_text = StringField(
        _l("The logotype in words"),
        description=_l("Read aloud to those who do not see it, such as: The City of Gothenburg."),
    )
    emblem = SelectField(
        _l("Emblem of the European Union"),
        [Needed()],
        choices=[SelectChoice(*each) for each in EMBLEMS.items()],
        description=_l("Shown on questionnaires, learning logs, mails and printed lists."),
        validate_choice=False,
    )
    seen = HiddenField()


class LogotypeForm(FlaskForm):  # type: ignore[misc]
    logotype = FileField(
        _l("Picture"),
        [Needed()],
        description=_l(
            "PNG or JPEG, at most 200 kB. On the pages of a questionnaire it stands only if it is at most "
            "8 kB, so that they stay light."
        ),
    )


class NothingForm(FlaskForm):  # type: ignore[misc]
    """A button alone, with its token."""


@blueprint.get("/projekt/<project>/installningar")
@staff("organiser")
def settings(project: str) -> str:
    return _settings_page(_filled(profile.profile_of(g.project)), LogotypeForm(formdata=None))


@blueprint.post("/projekt/<project>/installningar")
@staff("organiser")
def change_settings(project: str) -> Response | tuple[str, int]:
    form = ProfileForm()
    if not form.validate_on_submit():
        return _settings_page(form, LogotypeForm(formdata=None)), 422
    try:
        profile.change_profile(installation().database, g.project.id, _wanted(form), form.seen.data or "")
    except profile.BadProfile as bad:
        for name, code in bad.faults.items():
            form[name].errors = [FAULTS[code]]
        return _settings_page(form, LogotypeForm(formdata=None)), 422
    except profile.ProfileConflict as conflict:
        form.seen.data = conflict.stored.mark
        return _settings_page(form, LogotypeForm(formdata=None), conflict.stored), 409
    flash(_("The settings are saved."), "positive")
    return redirect(address("installningar"), 303)


@blueprint.post("/projekt/<project>/installningar/logotyp")
@staff("organiser")
def set_logotype(project: str) -> Response | tuple[str, int]:
    form = LogotypeForm()
    _name, content = sent_file("logotype", LARGEST_LOGOTYPE_BYTES)
    try:
        if not content:
            raise profile.BadLogotype("logotype_missing")
        profile.set_logotype(installation().database, g.project.id, content)
    except profile.BadLogotype as bad:
        form.logotype.errors = [FAULTS[bad.code]]
        return _settings_page(_filled(profile.profile_of(g.project)), form), 422
    flash(_("The logotype is saved."), "positive")
    return redirect(address("installningar"), 303)


@blueprint.post("/projekt/<project>/installningar/logotyp/ta-bort")
@staff("organiser")
def remove_logotype(project: str) -> Response:
    profile.remove_logotype(installation().database, g.project.id)
    flash(_("The logotype is removed."), "positive")
    return redirect(address("installningar"), 303)


@blueprint.get("/projekt/<project>/logotyp")
@staff("organiser", "evaluator", "reader")
def logotype(project: str) -> FlaskResponse:
    found = queries.logotype(reading_session(), g.project.id) or abort(404)
    content, media_type = found
    return FlaskResponse(content, mimetype=media_type)


def _settings_page(
    form: ProfileForm, logotype_form: LogotypeForm, stored: profile.Profile | None = None
) -> str:
    return page(
        "settings",
        crumbs=crumbs((_("Settings"), None)),
        form=form,
        logotype_form=logotype_form,
        nothing=NothingForm(formdata=None),
        stored=stored,
        emblems=EMBLEMS,
        members=queries.members(reading_session(), g.project.id),
    )


def _filled(stored: profile.Profile) -> ProfileForm:
    values: dict[str, Any] = {name: getattr(stored, name) for name in profile.LONGEST}
    return ProfileForm(
        formdata=None,
        **values,
        decimals=str(stored.decimals),
        minimum_group=str(stored.minimum_group),
        emblem=stored.emblem,
        seen=stored.mark,
    )


def _wanted(form: ProfileForm) -> profile.Profile:
    texts = {name: form[name].data or "" for name in profile.LONGEST}
    return profile.Profile(
        **texts,
        decimals=_number(form.decimals.data),
        minimum_group=_number(form.minimum_group.data),
        emblem=form.emblem.data or "",
    )


def _number(text: str | None) -> int:
    """A number of one or two digits; anything else is out of every range."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 3 else -1
