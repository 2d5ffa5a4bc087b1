"""What kinds of indicators, stages, measures and faults are called on the pages of indicators."""

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
VERDICTS: Mapping[str, str] = {
    "met": "positive",
    "partly": "warning",
    "not_met": "danger",
    "unknown": "neutral",
}
STAGES: Words = {
    "registered": _l("registered"),
    "present": _l("present at least once"),
    "started": _l("started"),
    "completed": _l("completed"),
    "dropped_out": _l("dropped out"),
}
MEASURES: Words = {
    "mean": _l("its mean"),
    "share": _l("the share with a value or a higher one"),
    "higher": _l("the share of pairs that have risen"),
}
ORIGINS: Words = {
    "due": _l("on the reading date"),
    "asked": _l("read by hand"),
    "typed": _l("noted"),
}
FAULTS: Words = {
    "no_such_class": _l("Choose a class that all the questions have."),
    "two_at_most": _l("Answers are told apart by at most two of gender, organisation and work group."),
    "of_all_only": _l("Pairs and indexes are told of all together: no page shows them by group."),
    "answered_only": _l("Of a group the base is those who answered."),
    "in_the_future": _l("This day has not come yet."),
    "before_the_last": _l("The version before holds from a later day. Choose that day or a later one."),
    "ambiguous_number": _l("Write a thousand without a point or comma: 1000."),
    "too_many_decimals": _l("This has more decimals than can be kept."),
    "number_too_long": _l("This number is too long."),
    "not_a_number": _l("Write a number."),
}
