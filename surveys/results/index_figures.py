"""What is said of an index at two measurements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from surveys.domain.composite import View, index_value
from surveys.domain.index_views import Persons, index_views
from surveys.domain.paired import Number
from surveys.domain.privacy import Limit
from surveys.domain.reliability import cronbach_alpha
from surveys.domain.statistics import rounded
from surveys.models.question_index import QuestionIndex
from surveys.results.change_model import IndexChange, Side
from surveys.results.model import QuestionResult
from surveys.results.pairs import Ruler, paired_of, ruler_of, side_of
from surveys.results.table import same_answers

ALPHA_DECIMALS = 2

Asked = Mapping[str, QuestionResult]


def scale_of(index: QuestionIndex, asked: Asked) -> dict[str, Number] | None:
    """The numbers of the scale of its questions where all are asked on the same one and shown, else None."""
    questions = [asked[code] for code in index.questions if code in asked]
    if len(questions) < len(index.questions) or not all(each.shown for each in questions):
        return None
    measure = ruler_of(questions[0])
    alike = all(same_answers(each, questions[0]) for each in questions)
    return measure[1] if measure is not None and measure[0].numbers and alike else None


@dataclass(frozen=True)
class Places:
    """The measurements that are compared: ``before`` is None where its questions were not asked then.

    ``why_not`` says why persons are not laid beside each other; "" where they are. Where the questions were
    asked the first time alone, that is ``after``: :func:`as_before` puts the figures where they belong.
    """

    before: int | None
    after: int
    why_not: str


def index_change(
    index: QuestionIndex,
    asked: Asked,
    answers: Mapping[int, Persons],
    at: Places,
    limit: Limit,
    decimals: int,
    beside: Sequence[View],
    members: Sequence[bool] | None = None,
) -> tuple[IndexChange, list[View]]:
    """``answers``: measurement → person → question, of each measurement that asked all its questions alike;
    those of ``at`` among them; ``members``: who of the persons may be joined (None: all); ``beside``: what is
    shown of its questions and of the indexes before it. Returned with what is more of these: the same
    whichever two are compared, else two choices of them could be subtracted.
    """
    order = list(answers)
    shown = index_views(answers, index.minimum, limit, beside, members)
    paired = None
    if shown.found is not None and not at.why_not and at.before is not None:
        places = order.index(at.before), order.index(at.after)
        paired = paired_of(shown.found, places, Ruler({}), limit, decimals)
        if paired:  # who answered before alone is told of by question: here they would be one more group
            both = _having_both(answers[at.before], answers[at.after], index.minimum)
            paired = replace(paired, others=None, let_go=both - paired.n)
    told = {
        place: Counter(each for (each,) in whole.values if each is not None)
        for place, whole in shown.whole.items()
    }
    alphas = {place: _alpha(persons, shown.complete[place]) for place, persons in answers.items()}
    before = (0, None) if at.before is None else alphas[at.before]
    after = alphas[at.after]
    change = IndexChange(
        id=index.id,
        name=index.name,
        texts=tuple(asked[code].text for code in index.questions),
        minimum=index.minimum,
        whole_before=before[0],
        whole_after=after[0],
        alpha_before=before[1],
        alpha_after=after[1],
        paired=paired,
        why_not="" if paired else at.why_not or "too_few",
        declared_at=index.declared_at,
        codes=tuple(index.questions),
        values=tuple(sorted(told[at.after].items())),
        before=None if at.before is None else _side(told[at.before], decimals),
        after=_side(told[at.after], decimals),
    )
    return change, shown.views


def as_before(found: IndexChange) -> IndexChange:
    """An index worked out at one measurement, which is the first of the two that are compared."""
    return replace(
        found,
        whole_before=found.whole_after,
        alpha_before=found.alpha_after,
        before=found.after,
        whole_after=0,
        alpha_after=None,
        after=None,
        values=(),
    )


def _having_both(before: Persons, after: Persons, minimum: int) -> int:
    """How many have an index both times, joined or not."""
    both = zip(before, after, strict=True)
    return sum(None not in [index_value(each, minimum) for each in person] for person in both)


def _side(counted: Counter[Number], decimals: int) -> Side | None:
    return side_of(counted, Ruler({}), decimals) if counted else None


def _alpha(answers: Persons, complete: View) -> tuple[int, Decimal | None]:
    """Cronbach's alpha of those who are in the view, and how many they are."""
    rows = [
        [each for each in row if each is not None]
        for row, (value,) in zip(answers, complete.values, strict=True)
        if value is not None
    ]
    alpha = cronbach_alpha(rows)
    return len(rows), None if alpha is None else rounded(alpha, ALPHA_DECIMALS)
