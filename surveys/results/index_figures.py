"""What is said of an index at two measurements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from surveys.domain.composite import View, index_value, joined_beside, shown_beside
from surveys.domain.paired import Number
from surveys.domain.privacy import Limit
from surveys.domain.reliability import cronbach_alpha
from surveys.domain.statistics import rounded
from surveys.models.question_index import QuestionIndex
from surveys.results.change_model import IndexChange
from surveys.results.model import QuestionResult
from surveys.results.pairs import Ruler, paired_of, ruler_of
from surveys.results.table import same_answers

ALPHA_DECIMALS = 2

Asked = Mapping[str, QuestionResult]
Persons = Sequence[Sequence[Number | None]]  # an entry a question


def scale_of(index: QuestionIndex, asked: Asked) -> dict[str, Number] | None:
    """The numbers of the scale of its questions where all are asked on the same one and shown, else None."""
    questions = [asked[code] for code in index.questions if code in asked]
    if len(questions) < len(index.questions) or not all(each.shown for each in questions):
        return None
    measure = ruler_of(questions[0])
    alike = all(same_answers(each, questions[0]) for each in questions)
    return measure[1] if measure is not None and measure[0].numbers and alike else None


def index_change(
    index: QuestionIndex,
    asked: Asked,
    answers: Mapping[int, Persons],
    places: tuple[int, int],
    limit: Limit,
    decimals: int,
    beside: Sequence[View],
) -> tuple[IndexChange, list[View]]:
    """``answers``: measurement → person → question, of each measurement that asked all its questions alike;
    ``places``: the two that are compared, both among them; ``beside``: what is shown of its questions and of
    the indexes before it. Returned with what is more of these.
    """
    order = list(answers)
    values = [
        tuple(index_value(at, index.minimum) for at in person)
        for person in zip(*answers.values(), strict=True)
    ]
    before, after = (order.index(place) for place in places)
    found, own = joined_beside(values, limit, beside)
    paired = paired_of(found, (before, after), Ruler({}), limit, decimals)
    if paired:  # who answered before alone is told of by question: here they would be one more group
        paired = replace(paired, others=None)
    afterwards = shown_beside([each[after] for each in values], limit, [*beside, own])
    whole = [[row for row in answers[place] if None not in row] for place in places]
    alphas = [_alpha(rows, limit) for rows in whole]
    change = IndexChange(
        id=index.id,
        name=index.name,
        texts=tuple(asked[code].text for code in index.questions),
        minimum=index.minimum,
        whole_before=len(whole[0]),
        whole_after=len(whole[1]),
        alpha_before=None if alphas[0] is None else rounded(alphas[0], ALPHA_DECIMALS),
        alpha_after=None if alphas[1] is None else rounded(alphas[1], ALPHA_DECIMALS),
        paired=paired,
        why_not="" if paired else "too_few",
        declared_at=index.declared_at,
        codes=tuple(index.questions),
        values=tuple(sorted(Counter(each for (each,) in afterwards.values if each is not None).items())),
    )
    return change, [own, afterwards]


def _alpha(rows: Sequence[Sequence[Number | None]], limit: Limit) -> Fraction | None:
    if len(rows) < limit:
        return None
    return cronbach_alpha([[each for each in row if each is not None] for row in rows])
