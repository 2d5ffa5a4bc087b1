"""The questions of a form as they are printed: each kind in its own way, with words that say what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from surveys.domain.consent import Consent
from surveys.domain.date_question import DateQuestion
from surveys.domain.questionnaire import Form
from surveys.domain.questions import (
    LongText,
    NumberQuestion,
    OneChoice,
    Question,
    ScaleQuestion,
    SeveralChoices,
    ShortText,
    ThemeChoice,
    Words,
)
from surveys.domain.ranking import Ranking
from surveys.domain.scales import Point
from surveys.domain.texts import LocalText, pick
from surveys.printing.content import Piece, heading, optional, text
from surveys.web import filters
from surveys.web.phrases import _, ngettext
from surveys.web.relevance_words import relevance_in_words

LINES = 7  # of a long text
SHORT = 100  # letters that fit a line of handwriting, and a little more
LINE = 936  # letters of a line times the size of the text in points
BOX = 6  # letters that a box to tick takes of a line, with the room about it
FEW = 8  # options that stand below each other, however short they are
LONGEST_LABEL = 34
BREAKS = 700  # letters of a question that may go over two pages
MOST_TOGETHER = 14  # options of a question that may not


@dataclass(frozen=True)
class Print:
    """How a form is printed: in which language, and how many letters fit a line."""

    form: Form
    language: str
    line: int

    def text(self, words: LocalText) -> str:
        return pick(words, self.language)


def parts(form: Form, language: str, size: int) -> list[Piece]:
    """What is printed of ``form`` in ``language`` and a text of ``size`` points, numbered; groups stand under
    their titles.
    """
    return list(_parts(Print(form, language, LINE // size)))


def numbers(form: Form) -> dict[str, int]:
    """The number of each question that asks something, by its code."""
    asking = (each.code for each in form.questions if each.asks)
    return {code: number for number, code in enumerate(asking, 1)}


def _parts(made: Print) -> Iterator[Piece]:
    form, language = made.form, made.language
    numbered, before = numbers(form), ""
    for question in form.questions:
        group = form.group(question.group) if question.group != before else None
        before = question.group
        if group is not None:
            said = optional(made.text(group.text), language)
            yield {"way": "group", "text": heading(made.text(group.title), language), "hint": said}
        yield _part(question, numbered, made)


def _part(question: Question, numbered: Mapping[str, int], made: Print) -> Piece:
    way, language = _way(question, made), made.language
    words = made.text(question.text)
    hints = (made.text(question.hint), way.pop("instruction", ""))
    condition = relevance_in_words(question, made.form, numbered)
    return {
        "number": str(numbered.get(question.code, "")),
        "text": heading(words, language),
        "hints": [text(each, language) for each in hints if each],
        "condition": optional(_("Answer only if %(condition)s.", condition=condition), language)
        if condition
        else None,
        "long": len(words) > BREAKS or _rows(way) > MOST_TOGETHER,
        "options": [],
        "columns": 1,
        "lines": 0,
        "unit": None,
        "parts": [],
        "other": None,
        **way,
    }


def _rows(way: Piece) -> int:
    return ceil(len(way.get("options", ())) / int(way.get("columns", 1)))


def _way(question: Question, made: Print) -> Piece:
    """How a kind is answered by hand. ``instruction`` stands under the question."""
    language = made.language
    match question:
        case ScaleQuestion():
            if _fits(question.choices, made):
                options = _labels(question.choices, language)
                return {"way": "side_by_side", "options": options, "instruction": _one()}
            return {**_listed(question.choices, made), "instruction": _one()}
        case ThemeChoice():
            return {**_listed(question.choices, made), "instruction": _one()}
        case OneChoice() | SeveralChoices():
            return _chosen(question, made)
        case Consent():
            return {"way": "listed", "options": [text(_("Yes, I agree"), language)]}
        case Ranking():
            options = _labels(question.choices, language)
            return {"way": "ranked", "options": options, "instruction": _ranked(question)}
        case NumberQuestion():
            unit = optional(made.text(question.unit), language)
            return {"way": "short", "unit": unit, "instruction": _limits(question)}
        case DateQuestion():
            return {"way": "date", "parts": _date_parts(language)}
        case ShortText():
            return {"way": "lines", "lines": 1 if question.max_length <= SHORT else 2}
        case LongText():
            return {"way": "lines", "lines": LINES}
        case Words():
            instruction = ngettext("One word.", "At most %(num)s words, one a line.", question.max_words)
            return {"way": "lines", "lines": question.max_words, "instruction": instruction}
    return {"way": "information"}


def _listed(points: Sequence[Point], made: Print) -> Piece:
    """Below each other; many short ones in columns, each read to its end before the next."""
    labels = _labels(points, made.language)
    longest = max((len(point.shown(made.language)) for point in points), default=0)
    fitting = (count for count in (4, 3, 2) if longest <= made.line // count - BOX)
    return {"way": "listed", "options": labels, "columns": next(fitting, 1) if len(points) > FEW else 1}


def _chosen(question: OneChoice | SeveralChoices, made: Print) -> Piece:
    other = text(_("If something else, what?"), made.language) if question.other else None
    way = _listed(question.choices, made) | {"other": other}
    if isinstance(question, OneChoice):
        return way | {"instruction": _one()}
    if question.max:
        return way | {
            "instruction": ngettext("Tick %(num)s box.", "Tick at most %(num)s boxes.", question.max)
        }
    return way | {"instruction": _("Tick all that apply.")}


def _one() -> str:
    return _("Tick one box.")


def _ranked(question: Ranking) -> str:
    if question.max and question.max < len(question.options):
        return _(
            "Write 1 in the box of what comes first, 2 at what comes next, up to %(places)s. "
            "Leave the other boxes empty.",
            places=question.places,
        )
    return _("Write 1 in the box of what comes first, 2 at what comes next, and so on.")


def _limits(question: NumberQuestion) -> str:
    least, most = (
        None if each is None else filters.number(each) for each in (question.minimum, question.maximum)
    )
    if least is not None and most is not None:
        return _("From %(minimum)s to %(maximum)s.", minimum=least, maximum=most)
    if least is not None:
        return _("%(minimum)s or more.", minimum=least)
    return _("%(maximum)s or less.", maximum=most) if most is not None else ""


def _date_parts(language: str) -> list[Piece]:
    named = ((_("year"), 4), (_("month"), 2), (_("day"), 2))
    return [{"label": text(label, language), "boxes": boxes} for label, boxes in named]


def _labels(points: Sequence[Point], language: str) -> list[Piece]:
    return [text(point.shown(language), language) for point in points]


def _fits(points: Sequence[Point], made: Print) -> bool:
    """Whether the points can stand beside each other, each label under its box."""
    labels = [point.shown(made.language) for point in points]
    longest = max((len(word) for label in labels for word in label.split()), default=0)
    return longest * len(labels) <= made.line and max(map(len, labels), default=0) <= LONGEST_LABEL
