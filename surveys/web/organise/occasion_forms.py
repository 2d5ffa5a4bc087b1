"""The forms of occasions: their fields, what stands in them, and what many at once come to."""

from collections.abc import Sequence
from datetime import time

from flask import g
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from surveys.course import occasions
from surveys.domain.occasion import KINDS, Description, TimeAndPlace, a_clock, both, span_of
from surveys.domain.pasted_dates import MOST_LINES, BadLines, Dated, pasted, recurring
from surveys.domain.series import BadField, BadFields, Fields
from surveys.models.programme import Occasion
from surveys.web.organise import words
from surveys.web.organise.planning import FAULTS, raw, zones
from surveys.web.organise.settings import Needed
from surveys.web.phrases import _

KIND_CHOICES = [SelectChoice(kind, words.OCCASION_KINDS[kind]) for kind in KINDS]
WAYS = (("pace", _l("At an even pace")), ("lines", _l("Pasted dates")))
PACES = (
    ("1", _l("every week")),
    ("2", _l("every other week")),
    ("3", _l("every third week")),
    ("4", _l("every fourth week")),
)


class WhenFields(FlaskForm):  # type: ignore[misc]
    starts_day = StringField(_l("Day"))
    starts_time = StringField(_l("Starts at"))
    ends_time = StringField(_l("Ends at"))
    ends_day = StringField(_l("Last day"), description=_l("If it lasts several days."))
    place = StringField(_l("Place"))
    timezone = SelectField(_l("Time zone"), [Needed()], validate_choice=False)


class DescriptionForm(FlaskForm):  # type: ignore[misc]
    title = StringField(_l("Name of the occasion"), [Needed()])
    number = StringField(_l("Number"), description=_l("Its place in the series, such as 3."))
    kind = SelectField(
        _l("Kind"),
        [Needed()],
        choices=KIND_CHOICES,
        validate_choice=False,
    )
    round = StringField(_l("Round"), description=_l("If the same occasion is held several times."))
    themes = TextAreaField(
        _l("Parallel themes"),
        description=_l("One a line, such as: A. Responsibility. Leave it empty if there is only one theme."),
    )
    continues = SelectField(_l("Continues"), validate_choice=False)
    measured = BooleanField(
        _l("Is measured"), description=_l("Follow-up rules apply to it. Otherwise it counts as not measured.")
    )
    seen = HiddenField()


class MoveForm(WhenFields):
    starts_day = StringField(_l("Day"), [Needed()])
    starts_time = StringField(_l("Starts at"), [Needed()])
    ends_time = StringField(_l("Ends at"), [Needed()])
    why = StringField(
        _l("Why"), description=_l("Kept in the history of the occasion. Participants do not see it.")
    )
    seen = HiddenField()


class RestForm(FlaskForm):  # type: ignore[misc]
    days = StringField(
        _l("Days later"), [Needed()], description=_l("7 is a week later. Write −7 for a week earlier.")
    )
    why = StringField(
        _l("Why"), description=_l("Kept in the history of the occasion. Participants do not see it.")
    )
    seen = HiddenField()


class OccasionForm(WhenFields, DescriptionForm):
    pass


class ManyForm(FlaskForm):  # type: ignore[misc]
    """Of the days either the pace or the dates are asked for: neither part is optional once it is chosen."""

    title = StringField(
        _l("Name of each occasion"),
        [Needed()],
        description=_l("They are numbered. A pasted line may have a name of its own."),
    )
    kind = SelectField(
        _l("Kind"),
        [Needed()],
        choices=KIND_CHOICES,
        validate_choice=False,
    )
    place = StringField(_l("Place"))
    starts_time = StringField(
        _l("Starts at"), description=_l("A pasted line may have times of its own. An even pace needs both.")
    )
    ends_time = StringField(_l("Ends at"))
    measured = BooleanField(_l("Are measured"))
    how = RadioField(
        _l("Which days"),
        choices=[SelectChoice(*each) for each in WAYS],
        default="pace",
        validate_choice=False,
    )
    first_day = StringField(_l("First day"), [Needed()])
    weeks = SelectField(
        _l("Pace"), [Needed()], choices=[SelectChoice(*each) for each in PACES], validate_choice=False
    )
    count = StringField(_l("How many"), [Needed()])
    lines = TextAreaField(
        _l("Dates"),
        [Needed()],
        description=_l(
            "One a line, from a mail or a spreadsheet: 2027-03-01, or 1/3 2027 13.00-16.00, "
            "or 1 March 2027 and a name."
        ),
    )
    seen = HiddenField()


def with_choices(
    form: DescriptionForm, present: Sequence[Occasion], itself: Occasion | None = None
) -> DescriptionForm:
    others = [each for each in present if itself is None or each.id != itself.id]
    named = ((each.code, _named(each)) for each in others)
    form.continues.choices = [SelectChoice(*each) for each in (("", _("none")), *named)]
    if isinstance(form, WhenFields):
        form.timezone.choices = zones()
    return form


def occasion_form(present: Sequence[Occasion]) -> DescriptionForm:
    """An empty form, with what the next occasion is likely to have in common with the last."""
    form = with_choices(OccasionForm(formdata=None), present)
    form.seen.data, form.measured.data = occasions.mark_of_all(present), True
    form.timezone.data = g.project.timezone
    numbers = [each.number for each in present if each.number]
    form.number.data = str(max(numbers) + 1) if numbers else "" if present else "1"
    dated = [each for each in present if each.starts_wall and each.ends_wall]
    if dated and dated[-1].starts_wall and dated[-1].ends_wall:
        last = dated[-1]
        form.starts_time.data, form.ends_time.data = f"{last.starts_wall:%H:%M}", f"{last.ends_wall:%H:%M}"
        form.place.data, form.timezone.data = last.place or "", last.timezone
    return form


def many_form(present: Sequence[Occasion]) -> ManyForm:
    form = ManyForm(formdata=None)
    form.seen.data = occasions.mark_of_all(present)
    form.how.data, form.measured.data, form.count.data = "pace", True, "5"
    form.starts_time.data, form.ends_time.data = "13:00", "16:00"
    return form


def description_form(
    description: Description, present: Sequence[Occasion], itself: Occasion
) -> DescriptionForm:
    form = with_choices(DescriptionForm(formdata=None), present, itself)
    form.title.data, form.kind.data = description.title, description.kind
    form.number.data = "" if description.number is None else str(description.number)
    form.round.data, form.measured.data = description.round or "", description.measured
    form.continues.data = description.continues or ""
    form.themes.data = _theme_lines(description)
    form.seen.data = occasions.mark(description)
    return form


def move_form(occasion: Occasion) -> MoveForm:
    """When and where the occasion is, to be changed."""
    form = MoveForm(formdata=None)
    form.timezone.choices, form.timezone.data = zones(), occasion.timezone
    form.place.data, form.seen.data = occasion.place or "", str(occasion.sequence)
    if occasion.starts_wall and occasion.ends_wall:
        starts, ends = occasion.starts_wall, occasion.ends_wall
        form.starts_day.data, form.starts_time.data = starts.date().isoformat(), f"{starts:%H:%M}"
        form.ends_time.data = f"{ends:%H:%M}"
        form.ends_day.data = ends.date().isoformat() if ends.date() != starts.date() else ""
    return form


def changes(form: DescriptionForm, stored: Description, wanted: Description) -> list[tuple[str, str, str]]:
    """What differs, as rows for people: the label, what was, what will be."""
    return [
        (str(form[name].label.text), _shown(form, name, stored), _shown(form, name, wanted))
        for name in stored.__dict__
        if getattr(stored, name) != getattr(wanted, name)
    ]


def dates_of(form: ManyForm, zone: str) -> tuple[Description, TimeAndPlace, tuple[Dated, ...]]:
    """What all have in common, and the dates. Raises BadFields, BadLines."""
    values = raw(form)
    faults: dict[str, str] = {}
    common, where = _common(values | {"timezone": zone}, faults)
    fields = Fields(values, faults)
    times = {name: _clock(fields, name) for name in ("starts_time", "ends_time")}
    if values["how"] == "lines":
        if faults:
            raise BadFields(faults)
        return common, where, pasted(values["lines"], times["starts_time"], times["ends_time"], zone)
    return common, where, _paced(fields, times, zone)


def line_faults(bad: BadLines) -> list[str]:
    """What is wrong with pasted lines, for people."""
    return [
        _("Line %(line)s: %(fault)s", line=each.line, fault=FAULTS.get(each.code, each.code))
        + (f" “{each.text}”" if each.text else "")
        for each in bad.faults
    ]


def _common(values: dict[str, str], faults: dict[str, str]) -> tuple[Description, TimeAndPlace]:
    try:
        return both(values | {"starts_time": "", "ends_time": ""})
    except BadFields as bad:
        faults.update(bad.faults)
        return Description(""), TimeAndPlace(None, None, values["timezone"])


def _paced(fields: Fields, times: dict[str, time | None], zone: str) -> tuple[Dated, ...]:
    first = fields.day("first_day", needed=True)
    weeks, count = fields.whole("weeks", 1, 4, needed=True), fields.whole("count", 1, MOST_LINES, needed=True)
    for name, value in times.items():
        if value is None:
            fields.faults.setdefault(name, "blank")
    if fields.faults or not (first and weeks and count):
        raise BadFields(fields.faults)
    try:
        starts, ends = a_clock(fields.text("starts_time")), a_clock(fields.text("ends_time"))
        return recurring(Dated(*span_of(first, starts, None, ends, zone)), weeks, count)
    except BadField as bad:
        raise BadFields({"ends_time" if bad.code == "ends_before_start" else "first_day": bad.code}) from None


def _clock(fields: Fields, name: str) -> time | None:
    text = fields.text(name)
    try:
        return a_clock(text) if text else None
    except BadField as bad:
        fields.faults[name] = bad.code
        return None


def _named(occasion: Occasion) -> str:
    return f"{occasion.number}. {occasion.title}" if occasion.number else occasion.title


def _theme_lines(description: Description) -> str:
    return "\n".join(f"{code}. {title}" for code, title in description.themes.items())


def _shown(form: DescriptionForm, name: str, description: Description) -> str:
    value = getattr(description, name)
    if name in {"kind", "continues"}:
        labels = {each.value: each.label for each in form[name].choices}
        return str(labels.get(value or "", value))
    if name == "themes":
        return _theme_lines(description) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in {None, ""} else str(value)
