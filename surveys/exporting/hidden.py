"""Which questions of a measurement an export must leave out, because no page shows their answers either."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy.orm import Session

from surveys.domain.privacy import Limit
from surveys.domain.questions import DONT_KNOW, Question, TextQuestion, Words
from surveys.exporting.layout import Asked
from surveys.queries import results as queries
from surveys.queries.results import Key
from surveys.results.questions import Answered, question_results, signature

Hidden = frozenset[tuple[int, str]]  # version (id) and question


def hidden_questions(
    session: Session, series_id: int, key: Key, forms: Mapping[int, Asked], responses: int, limit: Limit
) -> Hidden:
    """Return the questions of ``forms`` (by version id) whose answers are not shown.

    A question that twice the limit have answered is shown whatever they answered, so the reading stops when
    that many have answered each; only what never gets there is judged answer by answer.
    """
    alike = [{signature(question) for question in asked.form.questions} for asked in forms.values()]
    everywhere = set.intersection(*alike) if alike else set()
    groups = {
        (version, question.code): signature(question)
        for version, asked in forms.items()
        for question in _countable(asked, responses, limit, everywhere)
    }
    if not groups:
        return frozenset()
    with closing(queries.answers(session, series_id, key)) as answers:
        few = _still_few(answers, groups, 2 * limit)
    if not few:
        return frozenset()
    doubtful = {place for place, group in groups.items() if group in few}
    given = _only(queries.answers(session, series_id, key), doubtful | _naming(forms))
    answered = [Answered(asked.version, asked.form, given.get(id_, ())) for id_, asked in forms.items()]
    ids = {asked.version: id_ for id_, asked in forms.items()}
    refused = {
        (ids[version], result.code)
        for result in question_results(answered, limit, decimals=0)
        if not result.shown
        for version in result.versions
    }
    hidden = refused & doubtful
    # What was asked by answers that are hidden tells them by being there or not.
    led = {
        (version, code)
        for version, asked in forms.items()
        for code in asked.form.conditions.led_by({code for at, code in hidden if at == version})
    }
    return frozenset(hidden | led)


def _naming(forms: Mapping[int, Asked]) -> set[tuple[int, str]]:
    """The questions whose answers conditions ask for."""
    return {
        (version, name)
        for version, asked in forms.items()
        for expressions in asked.form.conditions.of.values()
        for each in expressions
        for name in each.names
    }


def _countable(
    asked: Asked, responses: int, limit: Limit, everywhere: Collection[Hashable]
) -> Iterator[Question]:
    """Questions that may come to be hidden: not those in people's own words, once enough were asked.

    All were asked what stands in every version (``everywhere``) under no condition.
    """
    for question in asked.form.questions:
        own_words = isinstance(question, TextQuestion) or (
            isinstance(question, Words) and responses >= 2 * limit
        )
        of_all = question.code not in asked.form.conditions.of and signature(question) in everywhere
        if question.asks and not (own_words and of_all):
            yield question


def _still_few(
    answers: Iterable[tuple[Key, int, dict[str, Any]]],
    groups: Mapping[tuple[int, str], Hashable],
    enough: int,
) -> set[Hashable]:
    left, found = set(groups.values()), Counter[Hashable]()
    for _, version, given in answers:
        for code, value in given.items():
            group = groups.get((version, code))
            if group in left and value != DONT_KNOW:
                found[group] += 1
                if found[group] >= enough:
                    left.discard(group)
        if not left:
            break
    return left


def _only(
    answers: Iterable[tuple[Key, int, dict[str, Any]]], wanted: set[tuple[int, str]]
) -> dict[int, Sequence[Mapping[str, Any]]]:
    """All responses by version, with nothing but the answers to the wanted questions in them."""
    kept: dict[int, list[Mapping[str, Any]]] = {}
    for _, version, given in answers:
        few = {code: value for code, value in given.items() if (version, code) in wanted}
        kept.setdefault(version, []).append(few)
    return dict(kept)
