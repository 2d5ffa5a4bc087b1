"""The questions of a form as they are printed: each kind in its own way, with words that say what to do."""

from collections.abc import Iterator, Sequence

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
from surveys.domain.texts import pick
from surveys.printing.content import Piece, heading, optional, text
from surveys.web import filters
from surveys.web.phrases import _, ngettext
from surveys.web.relevance_words import relevance_in_words

LINES = 7  # of a long text
SHORT = 100  # letters that fit a line of handwriting, and a little more
SIDE_BY_SIDE = (
    72  # letters of the longest word of a point times the points, that fit the breadth of the paper
)
LONGEST_LABEL = 34
BREAKS = 700  # letters of a question that may go over two pages
MOST_TOGETHER = 14  # options of a question that may not


def parts(form: Form, language: str) -> list[Piece]:
    """What is printed of ``form`` in ``language``, numbered; groups stand under their titles."""
    return list(_parts(form, language))


def numbers(form: Form) -> dict[str, int]:
    """The number of each question that asks something, by its code."""
    asking = (each.code for each in form.questions if each.asks)
    return {code: number for number, code in enumerate(asking, 1)}


def _parts(form: Form, language: str) -> Iterator[Piece]:
    numbered, before = numbers(form), ""
    for question in form.questions:
        group = form.group(question.group) if question.group != before else None
        before = question.group
        if group is not None:
            said = optional(pick(group.text, language), language)
            yield {"way": "group", "text": heading(pick(group.title, language), language), "hint": said}
        yield _part(question, numbered.get(question.code), form, language)


def _part(question: Question, number: int | None, form: Form, language: str) -> Piece:
    way = _way(question, language)
    words = pick(question.text, language)
    hints = (pick(question.hint, language), way.pop("instruction", ""))
    condition = relevance_in_words(question, form)
    return {
        "number": str(number or ""),
        "text": heading(words, language),
        "hint": optional("\n".join(each for each in hints if each), language),
        "condition": optional(_("Answer only if %(condition)s.", condition=condition), language)
        if condition
        else None,
        "long": len(words) > BREAKS or len(way.get("options", ())) > MOST_TOGETHER,
        "options": [],
        "lines": 0,
        "unit": None,
        "parts": [],
        "other": None,
        **way,
    }


def _way(question: Question, language: str) -> Piece:
    """How a kind is answered by hand. ``instruction`` stands under the question."""
    match question:
        case ScaleQuestion():
            way = "side_by_side" if _fits(question.choices, language) else "listed"
            return {"way": way, "options": _labels(question.choices, language), "instruction": _one()}
        case ThemeChoice():
            return {"way": "listed", "options": _labels(question.choices, language), "instruction": _one()}
        case OneChoice() | SeveralChoices():
            return _listed(question, language)
        case Consent():
            return {"way": "listed", "options": [text(_("Yes, I agree"), language)]}
        case Ranking():
            options = _labels(question.choices, language)
            return {"way": "ranked", "options": options, "instruction": _ranked(question)}
        case NumberQuestion():
            unit = optional(pick(question.unit, language), language)
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


def _listed(question: OneChoice | SeveralChoices, language: str) -> Piece:
    other = text(_("If something else, what?"), language) if question.other else None
    way: Piece = {"way": "listed", "options": _labels(question.choices, language), "other": other}
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


def _fits(points: Sequence[Point], language: str) -> bool:
    """Whether the points can stand beside each other, each label under its box."""
    labels = [point.shown(language) for point in points]
    longest = max((len(word) for label in labels for word in label.split()), default=0)
    return longest * len(labels) <= SIDE_BY_SIDE and max(map(len, labels), default=0) <= LONGEST_LABEL
