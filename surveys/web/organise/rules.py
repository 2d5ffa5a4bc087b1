"""A follow-up rule in words: "2 hours after each occasion, to those who were there …"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from surveys.domain.rule_spec import RuleSpec
from surveys.models.followup import FollowUpRule
from surveys.web.filters import clock
from surveys.web.phrases import _, ngettext

_AFTER = {
    "occasion_start": _l("%(time)s after the start of %(occasions)s"),
    "occasion_end": _l("%(time)s after the end of %(occasions)s"),
    "series_start": _l("%(time)s after the series starts"),
    "series_end": _l("%(time)s after the series ends"),
    "registration": _l("%(time)s after each person's registration"),
    "person_start": _l("%(time)s after each person's own start"),
    "person_end": _l("%(time)s after each person's own end"),
}
_BEFORE = {
    "occasion_start": _l("%(time)s before the start of %(occasions)s"),
    "occasion_end": _l("%(time)s before the end of %(occasions)s"),
    "series_start": _l("%(time)s before the series starts"),
    "series_end": _l("%(time)s before the series ends"),
    "registration": _l("%(time)s before each person's registration"),
    "person_start": _l("%(time)s before each person's own start"),
    "person_end": _l("%(time)s before each person's own end"),
}
_AT_ONCE = {
    "occasion_start": _l("at the start of %(occasions)s"),
    "occasion_end": _l("at the end of %(occasions)s"),
    "series_start": _l("when the series starts"),
    "series_end": _l("when the series ends"),
    "registration": _l("when each person is registered"),
    "person_start": _l("when each person starts"),
    "person_end": _l("when each person ends"),
}
_SAME_DAY = {
    "occasion_start": _l("on the day %(occasions)s starts"),
    "occasion_end": _l("on the day %(occasions)s ends"),
    "series_start": _l("on the day the series starts"),
    "series_end": _l("on the day the series ends"),
    "registration": _l("on the day each person is registered"),
    "person_start": _l("on the day each person starts"),
    "person_end": _l("on the day each person ends"),
}
_EACH = {
    "session": _l("each session"),
    "trip": _l("each trip"),
    "meeting": _l("each meeting"),
    "seminar": _l("each seminar"),
}


_LATE = {
    "from_now": _l("only what is sent from then on"),
    "catch_up": _l("also what has gone already, while it is open"),
    "nothing": _l("nothing"),
}
Rule = FollowUpRule | RuleSpec


@dataclass(frozen=True)
class RuleInWords:
    """``waits`` is "" where the rule does not wait for attendance."""

    when: str
    to: str
    reminders: str
    closes: str
    late: str
    waits: str

    @property
    def whole(self) -> str:
        """All of when and whom in one sentence."""
        text = _("%(when)s, %(to)s", when=self.when, to=self.to)
        return text[:1].upper() + text[1:]


def in_words(
    rule: Rule, occasion_titles: Mapping[str, str], attendance_kept: bool | None = None
) -> RuleInWords:
    """Say a rule; ``occasion_titles`` by code, for rules that name their occasions.

    ``attendance_kept`` is the series', for a rule that is not in one yet.
    """
    kept = rule.series.attendance_kept if isinstance(rule, FollowUpRule) else bool(attendance_kept)
    return RuleInWords(
        _when(rule, occasion_titles),
        _to(rule, kept),
        _reminders(rule),
        _closes(rule),
        str(_LATE.get(rule.late, rule.late)),
        _waits(rule) if _for_present(rule) and kept else "",
    )


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(several)s and %(last)s", several=", ".join(parts[:-1]), last=parts[-1])


def _when(rule: Rule, titles: Mapping[str, str]) -> str:
    occasions = _occasions(rule, titles)
    if rule.at_time is None:
        return _counted(rule, occasions)
    if rule.offset_days:
        said = _around(rule.anchor, rule.offset_days, _days(abs(rule.offset_days)), occasions)
    else:
        said = str(_SAME_DAY[rule.anchor]) % {"occasions": occasions}
    said = _("%(day)s, at %(clock)s", day=said, clock=clock(rule.at_time))
    return said if not rule.offset_minutes else _then(said, rule.offset_minutes)


def _counted(rule: Rule, occasions: str) -> str:
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


def _occasions(rule: Rule, titles: Mapping[str, str]) -> str:
    which = rule.occasions or {}
    if "codes" in which:
        return joined([titles.get(code, code) for code in which["codes"]])
    if which.get("kind") in _EACH:
        return str(_EACH[which["kind"]])
    return _("each occasion that is measured")


def _for_present(rule: Rule) -> bool:
    return rule.audience == "present" and rule.anchor.startswith("occasion")


def _to(rule: Rule, kept: bool) -> str:
    if _for_present(rule):
        if kept:
            return _("to those who were there")
        return _("to everyone who takes part, since attendance is not kept")
    return _("to everyone who takes part")


def _waits(rule: Rule) -> str:
    time = joined(_clocked(60 * rule.attendance_wait_hours))
    if rule.attendance_default == "everyone":
        return _("for attendance, %(time)s; then it goes to everyone", time=time)
    return _("for attendance, %(time)s; then it goes to nobody", time=time)


def _reminders(rule: Rule) -> str:
    if not rule.reminder_days:
        return _("no reminders")
    *first, last = rule.reminder_days
    return _("after %(days)s", days=joined([*map(str, first), _days(last)]))


def _closes(rule: Rule) -> str:
    return _("after %(days)s", days=_days(rule.close_after_days))


def _days(count: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", count)


def _clocked(minutes: int) -> list[str]:
    hours, rest = divmod(minutes, 60)
    said = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    return [*said, ngettext("%(num)s minute", "%(num)s minutes", rest)] if rest else said
