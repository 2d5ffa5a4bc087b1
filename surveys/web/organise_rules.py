"""A follow-up rule in words: "2 hours after each occasion, to those who were there …"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from surveys.models.followup import FollowUpRule
from surveys.web.filters import clock
from surveys.web.phrases import _, ngettext

_AFTER = {
    "occasion_start": _l("%(time)s after the start of %(occasions)s"),
    "occasion_end": _l("%(time)s after the end of %(occasions)s"),
    "series_start": _l("%(time)s after the series starts"),
    "series_end": _l("%(time)s after the series ends"),
    "registration": _l("%(time)s after each person's registration"),
}
_BEFORE = {
    "occasion_start": _l("%(time)s before the start of %(occasions)s"),
    "occasion_end": _l("%(time)s before the end of %(occasions)s"),
    "series_start": _l("%(time)s before the series starts"),
    "series_end": _l("%(time)s before the series ends"),
    "registration": _l("%(time)s before each person's registration"),
}
_AT_ONCE = {
    "occasion_start": _l("at the start of %(occasions)s"),
    "occasion_end": _l("at the end of %(occasions)s"),
    "series_start": _l("when the series starts"),
    "series_end": _l("when the series ends"),
    "registration": _l("when each person is registered"),
}
_SAME_DAY = {
    "occasion_start": _l("on the day %(occasions)s starts"),
    "occasion_end": _l("on the day %(occasions)s ends"),
    "series_start": _l("on the day the series starts"),
    "series_end": _l("on the day the series ends"),
    "registration": _l("on the day each person is registered"),
}
_EACH = {
    "session": _l("each session"),
    "trip": _l("each trip"),
    "meeting": _l("each meeting"),
    "seminar": _l("each seminar"),
}


@dataclass(frozen=True)
class RuleInWords:
    when: str
    to: str
    reminders: str
    closes: str


def in_words(rule: FollowUpRule, occasion_titles: Mapping[str, str]) -> RuleInWords:
    """Say a rule; ``occasion_titles`` by code, for rules that name their occasions."""
    return RuleInWords(_when(rule, occasion_titles), _to(rule), _reminders(rule), _closes(rule))


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(several)s and %(last)s", several=", ".join(parts[:-1]), last=parts[-1])


def _when(rule: FollowUpRule, titles: Mapping[str, str]) -> str:
    occasions = _occasions(rule, titles)
    if rule.at_time is None:
        return _counted(rule, occasions)
    if rule.offset_days:
        said = _around(rule.anchor, rule.offset_days, _days(abs(rule.offset_days)), occasions)
    else:
        said = str(_SAME_DAY[rule.anchor]) % {"occasions": occasions}
    said = _("%(day)s, at %(clock)s", day=said, clock=clock(rule.at_time))
    return said if not rule.offset_minutes else _then(said, rule.offset_minutes)


def _counted(rule: FollowUpRule, occasions: str) -> str:
    days, minutes = rule.offset_days, rule.offset_minutes
    if not days and not minutes:
        return str(_AT_ONCE[rule.anchor]) % {"occasions": occasions}
    if days and minutes and (days > 0) != (minutes > 0):
        return _then(_around(rule.anchor, days, _days(abs(days)), occasions), minutes)
    parts = [_days(abs(days))] if days else []
    return _around(rule.anchor, days or minutes, joined([*parts, *_clocked(abs(minutes))]), occasions)


def _around(anchor: str, sign: int, time: str, occasions: str) -> str:
    said = _BEFORE[anchor] if sign < 0 else _AFTER[anchor]
    return str(said) % {"time": time, "occasions": occasions}


def _then(said: str, minutes: int) -> str:
    time = joined(_clocked(abs(minutes)))
    if minutes < 0:
        return _("%(moment)s, less %(time)s", moment=said, time=time)
    return _("%(moment)s, plus %(time)s", moment=said, time=time)


def _occasions(rule: FollowUpRule, titles: Mapping[str, str]) -> str:
    which = rule.occasions or {}
    if "codes" in which:
        return joined([titles.get(code, code) for code in which["codes"]])
    if which.get("kind") in _EACH:
        return str(_EACH[which["kind"]])
    return _("each occasion that is measured")


def _to(rule: FollowUpRule) -> str:
    if rule.audience == "present" and rule.anchor.startswith("occasion"):
        if rule.series.attendance_kept:
            return _("to those who were there")
        return _("to everyone who takes part, since attendance is not kept")
    return _("to everyone who takes part")


def _reminders(rule: FollowUpRule) -> str:
    if not rule.reminder_days:
        return _("no reminders")
    *first, last = rule.reminder_days
    return _("after %(days)s", days=joined([*map(str, first), _days(last)]))


def _closes(rule: FollowUpRule) -> str:
    return _("after %(days)s", days=_days(rule.close_after_days))


def _days(count: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", count)


def _clocked(minutes: int) -> list[str]:
    hours, rest = divmod(minutes, 60)
    said = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    return [*said, ngettext("%(num)s minute", "%(num)s minutes", rest)] if rest else said
