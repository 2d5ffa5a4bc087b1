"""What kinds of indicators, judgements, bases, stages and reasons are called on the pages of indicators."""

from collections.abc import Callable, Iterator, Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.reporting import indicator_words as shared
from surveys.reporting.words import Words as WordsOf
from surveys.web import language

Words = Mapping[str, LazyString]


class _Shared(Mapping[str, str]):
    """Words that reports have too, in the language of the page."""

    def __init__(self, named: Callable[[WordsOf], dict[str, str]]) -> None:
        self._named = named

    def __getitem__(self, code: str) -> str:
        return self._of_page()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of_page())

    def __len__(self) -> int:
        return len(self._of_page())

    def _of_page(self) -> dict[str, str]:
        return self._named(WordsOf(language.of_page().code))


VERDICTS = _Shared(shared.verdicts)
STAGES = _Shared(shared.stages)
BASES = _Shared(shared.bases)
GENDERS = _Shared(shared.groups)
LACKING = _Shared(shared.lacking)
VERDICT_TAGS: Mapping[str, str] = {
    "met": "positive",
    "partly": "warning",
    "not_met": "danger",
    "unknown": "neutral",
}

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
MEASURES: Words = {
    "mean": _l("its mean"),
    "share": _l("the share with a value or a higher one"),
    "higher": _l("the share of pairs that have risen"),
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
