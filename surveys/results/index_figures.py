"""What is said of an index at two measurements."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from surveys.domain.composite import index_values
from surveys.domain.paired import Number
from surveys.domain.pairing import Values, joined
from surveys.domain.privacy import Limit, Verdict, shown
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
) -> IndexChange:
    """``answers``: measurement → person → question, of each measurement that asked all its questions alike;
    ``places``: the two that are compared, both among them.
    """
    order = list(answers)
    persons = list(zip(*answers.values(), strict=True))
    values: Sequence[Values] = index_values(persons, index.minimum, limit)
    before, after = (order.index(place) for place in places)
    found = joined(values, limit)
    paired = paired_of(found, (before, after), Ruler({}), limit, decimals)
    everyone = found.at(after)
    told = shown(list(everyone.values()), everyone.total(), limit) is Verdict.SHOWN
    whole = [[row for row in answers[place] if None not in row] for place in places]
    alphas = [_alpha(rows, limit) for rows in whole]
    return IndexChange(
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
        values=tuple(sorted(everyone.items())) if told else (),
    )


def _alpha(rows: Sequence[Sequence[Number | None]], limit: Limit) -> Fraction | None:
    if len(rows) < limit:
        return None
    return cronbach_alpha([[each for each in row if each is not None] for row in rows])
