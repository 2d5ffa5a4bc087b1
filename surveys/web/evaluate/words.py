"""What the pages of results call states, waves and reasons."""

from collections.abc import Mapping

from flask import g
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.domain.answer_source import AnswerSource
from surveys.results.model import Measurement, OccasionInfo
from surveys.web.filters import local, short_date
from surveys.web.phrases import _

WAVES: Mapping[str, LazyString] = {
    "pre": _l("Pre-measurement"),
    "post": _l("Post-measurement"),
    "occasion": _l("After the occasion"),
    "follow_up": _l("Follow-up measurement"),
    "other": _l("Other measurement"),
}
STATES: Mapping[str, tuple[LazyString, str]] = {
    "not_measured": (_l("not measured"), "neutral"),
    "cancelled": (_l("cancelled"), "neutral"),
    "planned": (_l("planned"), "neutral"),
    "open": (_l("open"), "info"),
    "closed": (_l("closed"), "neutral"),
}


def name_of(measurement: Measurement) -> str:
    """The occasion, or the questionnaire where it is about the whole series; and who else measured it."""
    if measurement.occasion is not None:
        name = occasion_name(measurement.occasion)
    else:
        name = local(measurement.title or {})
    return f"{name} ({measurement.outside.name})" if measurement.outside else name


def source_line(source: AnswerSource) -> str:
    """Where answers are from that nobody gave in Följa; and which supplier's user handed them in, for those
    who may know the users of the project.
    """
    told = _(
        "Source: “%(name)s”, collected by %(by)s, %(day)s. Taken in from a file, not asked in Följa.",
        name=source.name,
        by=source.collected_by,
        day=short_date(source.collected_on),
    )
    if not source.handed_in_by or g.role in ("reader", "supplier"):
        return told
    return f"{told} " + _("Handed in by %(name)s, supplier.", name=source.handed_in_by)


def occasion_name(occasion: OccasionInfo) -> str:
    number = f"{occasion.number}. " if occasion.number is not None else ""
    return f"{number}{occasion.title}" + (f", {occasion.round}" if occasion.round else "")


def days(occasion: OccasionInfo) -> str:
    """ "29 mars 2011", or the first and the last day."""
    if occasion.starts_on is None or occasion.ends_on is None:
        return _("date not known")
    if occasion.starts_on == occasion.ends_on:
        return short_date(occasion.starts_on)
    if (occasion.starts_on.year, occasion.starts_on.month) == (occasion.ends_on.year, occasion.ends_on.month):
        return f"{occasion.starts_on.day}–{short_date(occasion.ends_on)}"
    return f"{short_date(occasion.starts_on)} – {short_date(occasion.ends_on)}"
