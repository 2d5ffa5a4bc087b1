"""What kinds of indicators, judgements, bases, stages and reasons are called on the pages of indicators."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

Words = Mapping[str, LazyString]

KINDS: Mapping[str, tuple[LazyString, LazyString]] = {
    "head_count": (
        _l("Head count"),
        _l("Persons, each counted once: registered, present, started, completed."),
    ),
    "attendances": (
        _l("Attendances"),
        _l("How many times somebody was there; one person may count several times."),
    ),
    "share": (_l("Share of answers"), _l("How many of those who answered chose a class, or one above it.")),
    "mean": (_l("Mean"), _l("The mean of the answers on a scale of numbers.")),
    "pairs": (
        _l("Share answering higher"),
        _l("How many of those who answered both before and after answered higher afterwards."),
    ),
    "index": (
        _l("Index"),
        _l("Several questions as one, as declared under before and after: its mean, or a share."),
    ),
    "products": (_l("Number of products"), _l("Dialogues held, agreements, plans: each noted with its day.")),
    "yes_no": (_l("Yes or no"), _l("Whether something is there, noted with its source.")),
    "outside": (_l("Figure from outside"), _l("Statistics somebody else has made, noted with their source.")),
    "outcomes": (
        _l("Outcomes for persons"),
        _l("Persons in work, in studies …, as noted of each participant."),
    ),
}
VERDICTS: Mapping[str, tuple[LazyString, str]] = {
    "met": (_l("met"), "positive"),
    "partly": (_l("partly met"), "warning"),
    "not_met": (_l("not met"), "danger"),
    "unknown": (_l("cannot be judged"), "neutral"),
}
STAGES: Words = {
    "registered": _l("registered"),
    "present": _l("present at least once"),
    "started": _l("started"),
    "completed": _l("completed"),
    "dropped_out": _l("dropped out"),
}
BASES: Words = {
    "answered": _l("all who answered the question"),
    "invited": _l("questionnaires sent out"),
    "pairs": _l("paired answers (the same person before and after)"),
    "attendances": _l("attendances"),
    "index": _l("all who have answered enough of the index’s questions"),
    **STAGES,
}
MEASURES: Words = {
    "mean": _l("its mean"),
    "share": _l("the share with a value or a higher one"),
    "higher": _l("the share of pairs that have risen"),
}
GENDERS: Words = {
    "woman": _l("women"),
    "man": _l("men"),
    "other": _l("another gender"),
    "not_stated": _l("gender not stated"),
}
LACKING: Words = {
    "too_few": _l("not shown: too few answers"),
    "until_closed": _l("the questionnaire has not closed yet"),
    "too_close": _l("not shown: beside the figures of today it would tell what a few have answered"),
    "not_measured": _l("nothing has been measured"),
    "nothing_typed": _l("no figure has been noted"),
    "no_reading_then": _l("nothing had been read by then"),
    "no_series": _l("the series is not there any more"),
    "attendance_not_kept": _l("attendance is not kept in the series"),
    "no_completion_rule": _l("the series does not say when it is completed"),
    "nobody": _l("there is nobody to take the share of"),
    "more_than_asked": _l(
        "papers that nobody was asked by are among the answers, so they are no share of what was sent"
    ),
    "not_numeric": _l("the classes of the question are no numbers"),
    "no_figure": _l("there is no figure"),
    "under_minimum": _l("fewer answers than the least that was decided"),
    "not_joined": _l("nothing tells which answers before and after are one person’s"),
    "other_answers": _l("the question did not have the same answers before and after"),
    "not_ordered": _l("the answers have no order"),
    "not_asked": _l("its questions are not asked alike before and after"),
    "index_gone": _l("no index holds these questions any more"),
    "no_such_group": _l("nobody there is known to belong to the group, or all are"),
    "other_classes": _l("the question had other answers there"),
}
SHORT: Words = {"too_few": _l("not reported – too few answers"), "no_reading_then": _l("not read then")}
ORIGINS: Words = {
    "due": _l("on the reading date"),
    "asked": _l("read by hand"),
    "typed": _l("noted"),
}
FAULTS: Words = {
    "no_such_class": _l("Choose a class that all the questions have."),
    "answered_only": _l("Of a group the base is those who answered."),
    "in_the_future": _l("This day has not come yet."),
    "before_the_last": _l("The version before holds from a later day. Choose that day or a later one."),
    "ambiguous_number": _l("Write a thousand without a point or comma: 1000."),
    "too_many_decimals": _l("This has more decimals than can be kept."),
    "number_too_long": _l("This number is too long."),
    "not_a_number": _l("Write a number."),
}
