"""Indexes of several questions at two measurements. An index need not have been asked both times: then it is
told of the one alone.

It ties its questions together, and tables by background tell of each of them: together they would tell what
hidden groups answered (docs/results.md has the figures). So beside such tables no index is told.
"""

from collections.abc import Iterator, Mapping, Sequence

from surveys.domain.composite import View
from surveys.domain.paired import Number
from surveys.models.question_index import QuestionIndex
from surveys.results.change_model import Indexable, IndexChange
from surveys.results.index_figures import Places, as_before, index_change, scale_of
from surveys.results.looked import THEN, Looked
from surveys.results.pairs import ruler_of
from surveys.results.sheets import Column
from surveys.results.table import same_answers


def indexable(look: Looked, before: int | None, after: int | None) -> Iterator[Indexable]:
    """The questions on scales of numbers that are shown: those of the second measurement, then others."""
    first = look.questions[before] if before is not None else {}
    second = look.questions[after] if after is not None else {}
    for code, question in (first | second).items():
        looks_back = code.endswith(THEN) and code.removesuffix(THEN) in second
        measure = ruler_of(question) if question.kind == "scale" and question.shown else None
        if measure is not None and measure[0].numbers and not looks_back:
            earlier = first.get(code)
            alike = earlier is not None and earlier.shown and same_answers(earlier, question)
            yield Indexable(question, before=alike, after=code in second)


def indexes_of(look: Looked) -> list[IndexChange]:
    """In the order in which they were declared, each with those before it beside it."""
    shown: dict[tuple[int, str], View] = {}
    found, earlier = [], list[View]()
    for index in look.declared:
        home = _home(look, index)
        for code in index.questions:
            if (home, code) not in shown and code in look.questions[home]:
                view = _shown_of(look, home, code)
                shown |= {(home, code): view} if view else {}
        beside = [shown[home, code] for code in index.questions if (home, code) in shown]
        one, own = _index(look, index, home, [*beside, *earlier])
        found.append(one)
        earlier += own
    return found


def _home(look: Looked, index: QuestionIndex) -> int:
    """The measurement whose questions it is made of: the second, unless only the first asked all of them."""
    places = [look.after] if look.before is None else [look.after, look.before]
    return next((each for each in places if scale_of(index, look.questions[each]) is not None), look.after)


def _shown_of(look: Looked, home: int, code: str) -> View | None:
    """What the page shows of a question, person by person, where its answers have an order."""
    question = look.questions[home][code]
    measure = ruler_of(question) if question.shown else None
    if measure is None:
        return None
    columns = look.columns_of(question, measure[1])
    persons = look.joining.persons(columns)
    return View(persons, look.joining.join(columns).members(persons))


def _index(
    look: Looked, index: QuestionIndex, home: int, beside: Sequence[View]
) -> tuple[IndexChange, list[View]]:
    asked = look.questions[home]
    scale = scale_of(index, asked)
    if scale is not None and not look.joining.beside_tables:
        answers = {
            place: look.joining.persons(columns)
            for place in range(len(look.measurements))
            if len(columns := _columns(look, index, home, place, scale)) == len(index.questions)
        }
        before = look.before if look.before in answers and home == look.after else None
        paired = before is not None and look.joined_at is not None
        why_not = "" if paired else "not_asked" if before is None or look.joined_at else "not_joined"
        at = Places(before, home, why_not)
        found, own = index_change(
            index, asked, answers, at, look.limit, look.decimals, beside, look.joining.members
        )
        return (found if home == look.after else as_before(found)), own
    texts = {code: each.text for questions in look.questions for code, each in questions.items()}
    found = IndexChange(
        index.id,
        index.name,
        tuple(texts[code] for code in index.questions if code in texts),
        index.minimum,
        why_not="not_asked" if scale is None else "beside_tables",
        declared_at=index.declared_at,
        codes=tuple(index.questions),
    )
    return found, []


def _columns(
    look: Looked, index: QuestionIndex, home: int, place: int, scale: Mapping[str, Number]
) -> list[Column]:
    """The columns of its questions at a measurement: those that are asked there alike, and shown."""
    asked, like = look.questions[place], look.questions[home]
    return [
        look.column_of(place, asked[code], scale)
        for code in index.questions
        if code in asked and asked[code].shown and same_answers(asked[code], like[code])
    ]
