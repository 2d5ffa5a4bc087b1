"""What the editor calls each kind of question, and what can be said of it beside what all have.

A kind that is not described here can be edited all the same, but for what is its own.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from surveys.domain.questions import KINDS


@dataclass(frozen=True)
class Part:
    """One thing that can be said of a kind. ``how`` is asked and read: whole, decimal, date, flag, text (in
    each language), options (a list of labels) or scale.
    """

    name: str
    how: str
    label: LazyString
    hint: LazyString | str = ""


@dataclass(frozen=True)
class KindInfo:
    name: LazyString | str
    about: LazyString | str = ""
    parts: tuple[Part, ...] = ()


_OPTIONS = Part("options", "options", _l("Options"))
_OTHER = Part("other", "flag", _l("Also “other”, in the participant's own words"))
_DONT_KNOW = Part("dont_know", "flag", _l("Also “don't know”, which is counted apart"))
_LENGTH = Part("max_length", "whole", _l("Longest answer, in characters"), _l("Blank for the usual."))
_INFO = {
    "scale": KindInfo(
        _l("Scale"),
        _l("One point of a labelled scale, such as to a very small – to a very large extent."),
        (Part("scale", "scale", _l("Scale")), _DONT_KNOW),
    ),
    "one_choice": KindInfo(_l("One choice"), _l("One of several options."), (_OPTIONS, _OTHER)),
    "several_choices": KindInfo(
        _l("Several choices"),
        _l("All the options that apply."),
        (
            _OPTIONS,
            _OTHER,
            Part("max", "whole", _l("Choose at most"), _l("Blank where any number may be chosen.")),
        ),
    ),
    "ranking": KindInfo(
        _l("Ranking"),
        _l("Options put in order, the most important first."),
        (_OPTIONS, Part("max", "whole", _l("How many are placed"), _l("Blank to place them all."))),
    ),
    "number": KindInfo(
        lazy_pgettext("question", "Number"),
        _l("A number with a unit and limits."),
        (
            Part("unit", "text", _l("Unit"), _l("Such as hours.")),
            Part("minimum", "decimal", _l("Least")),
            Part("maximum", "decimal", _l("Most")),
            Part("decimals", "whole", _l("Decimals")),
        ),
    ),
    "date": KindInfo(
        _l("Date"),
        _l("A day in the calendar."),
        (Part("earliest", "date", _l("Earliest day")), Part("latest", "date", _l("Latest day"))),
    ),
    "short_text": KindInfo(_l("Short text"), _l("One line in one's own words."), (_LENGTH,)),
    "long_text": KindInfo(_l("Long text"), _l("Several lines in one's own words."), (_LENGTH,)),
    "words": KindInfo(
        _l("Association words"),
        _l("A few single words, counted together."),
        (Part("max_words", "whole", _l("Most words")),),
    ),
    "theme_choice": KindInfo(
        _l("Choice of theme"),
        _l("Which parallel theme the person took part in. Not asked where the attendance list says it."),
    ),
    "consent": KindInfo(_l("Consent"), _l("A statement to agree to, with a box to tick.")),
    "information": KindInfo(_l("Text to read"), _l("A text between the questions, without an answer.")),
}


def kinds() -> dict[str, KindInfo]:
    """All kinds, in the order they are offered."""
    ordered = [*(code for code in _INFO if code in KINDS), *(code for code in KINDS if code not in _INFO)]
    return {code: _INFO.get(code, KindInfo(code)) for code in ordered}


def info(kind: str) -> KindInfo:
    return _INFO.get(kind, KindInfo(kind))
