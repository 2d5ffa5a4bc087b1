"""Answers by background: the figures, and what is not shown wherever one looks."""

from collections.abc import Sequence
from typing import Any

import pytest

from surveys.domain.suppression import NOT_STATED
from surveys.installation import Installation
from surveys.models.programme import Organisation
from surveys.results.breakdown import (
    Breakdown,
    GroupResult,
    TooManyVariables,
    UnknownVariable,
    read_breakdown,
)
from tests.support.answered import AFTER, NOW, OVERALL, Answering, one_question
from tests.support.forms import DEGREE, local

Person = tuple[dict[str, Any], dict[str, str]]  # answers, background


def persons(background: dict[str, str], *counts: int, code: str = "overall") -> list[Person]:
    return [({code: str(point)}, background) for point, many in enumerate(counts, 1) for _ in range(many)]


WOMEN_A = {"gender": "woman", "organisation": "A"}
WOMEN_B = {"gender": "woman", "organisation": "B"}
MEN_A = {"gender": "man", "organisation": "A"}
MEN_B = {"gender": "man", "organisation": "B"}
MIXED = [
    *persons(WOMEN_A, 2, 3, 6, 4),
    *persons(WOMEN_B, 1, 4, 3, 5),
    *persons(MEN_A, 0, 1, 1, 1),
    *persons(MEN_B, 2, 1, 3, 4),
]


class Asked:
    """A measurement that these persons have answered, to be broken down."""

    def __init__(
        self, installation: Installation, people: Sequence[Person], content: dict[str, Any] = OVERALL
    ) -> None:
        self.database = installation.database
        with self.database.transaction() as session:
            it = Answering(session, installation.keys)
            for place, (code, name) in enumerate((("B", "Arbetsförmedlingen"), ("A", "Staden")), 1):
                session.add(Organisation(project_id=it.project.id, code=code, name=name, position=place))
            sent = it.mailing(it.rule(it.questionnaire(content)), it.occasion("t1", "Språk", "Hälsa"))
            it.ask(sent, len(people))
            it.answer(sent, [given for given, _ in people], background=[known for _, known in people])
            self.series = it.series.id

    def by(self, variable: str = "", **chosen: Any) -> Breakdown:
        with self.database.reading() as session:
            return read_breakdown(session, self.series, "efter", "t1", NOW, True, variable, **chosen)


def groups(found: Breakdown, question: int = 0) -> dict[tuple[str, ...], GroupResult]:
    return {each.classes: each for each in found.questions[question].groups}


def counts(each: GroupResult) -> list[int]:
    return [bar.share.count for bar in each.result.points]


def test_each_group_has_its_whole_distribution(sqlite_installation: Installation) -> None:
    found = Asked(sqlite_installation, MIXED).by("gender")
    women, men = groups(found)[("woman",)], groups(found)[("man",)]

    assert [each.name for each in found.variables] == ["gender", "organisation"]
    assert (women.responses, women.result.n, counts(women)) == (28, 28, [3, 7, 9, 9])
    assert women.result.top is not None
    assert women.result.top.share.count == 18
    assert counts(men) == [2, 2, 4, 5]
    assert counts(found.questions[0].together) == [5, 9, 13, 14]
    assert not found.questions[0].hidden


def test_a_cell_that_is_too_small_takes_the_rectangle_and_leaves_n(sqlite_installation: Installation) -> None:
    asked = Asked(sqlite_installation, MIXED)
    found = groups(asked.by("organisation", also="gender"))

    assert {each: group.result.n for each, group in found.items()} == {
        ("B", "woman"): 13,
        ("B", "man"): 10,
        ("A", "woman"): 15,
        ("A", "man"): 3,
    }
    assert not any(each.result.shown for each in found.values())
    for each in found.values():
        assert (each.result.points, each.result.top, each.result.middle) == ((), None, None)
    within = groups(asked.by("organisation", only=("gender", "woman")))
    assert [each.result.shown for each in within.values()] == [False, False]
    assert (
        groups(asked.by("gender", also="organisation"))[("woman", "A")].result == found[("A", "woman")].result
    )


def test_a_filter_shows_what_the_cross_shows(sqlite_installation: Installation) -> None:
    asked = Asked(sqlite_installation, [*MIXED, *persons(MEN_A, 2, 3, 0, 1)])
    found = groups(asked.by("organisation", also="gender"))
    within = asked.by("organisation", only=("gender", "man"))

    assert counts(found[("A", "man")]) == [2, 4, 1, 2]
    assert {(*each, "man"): one.result for each, one in groups(within).items()} == {
        each: one.result for each, one in found.items() if each[1] == "man"
    }
    assert within.questions[0].together.result.n == 19


def test_classes_stand_in_the_order_of_the_register_and_not_stated_last(
    sqlite_installation: Installation,
) -> None:
    found = Asked(sqlite_installation, [*MIXED, *persons({}, 3, 3, 2)]).by("organisation")
    (gender, organisation) = found.variables

    assert found.by == organisation
    assert organisation.classes == ("B", "A", NOT_STATED)
    assert organisation.labels == {"B": "Arbetsförmedlingen", "A": "Staden"}
    assert gender.classes[-1] == NOT_STATED
    assert counts(groups(found)[(NOT_STATED,)]) == [3, 3, 2, 0]


def test_how_many_were_asked_does_not_tell_what_is_hidden_of_another_question(
    sqlite_installation: Installation,
) -> None:
    first = {"code": "first", "kind": "scale", "scale": DEGREE, "text": local("Nytta?")}
    then = {**first, "code": "why", "relevant": "${first} = '1'", "text": local("Varför?")}
    answered = [
        ({"first": "1", "why": "2"} if number % 3 == 0 else {"first": "3"}, {"gender": gender})
        for gender, many in (("woman", 30), ("man", 30), ("other", 3))
        for number in range(many)
    ]
    found = Asked(sqlite_installation, answered, {**AFTER, "questions": [first, then]}).by("gender")

    hidden = {each for each, group in groups(found, 0).items() if not group.result.shown}
    assert ("other",) in hidden
    for each in hidden:
        why = groups(found, 1)[each]
        assert (why.result.shown, why.result.n) == (False, None)


def test_texts_beside_an_option_are_of_the_whole_measurement_alone(sqlite_installation: Installation) -> None:
    options = [{"code": code, "label": local(code)} for code in ("a", "b")]
    content = one_question(kind="one_choice", options=options, other=True)
    answered = [
        ({"q": {"code": "other", "text": "Eget"} if number % 2 else {"code": "a"}}, {"gender": gender})
        for gender in ("woman", "man")
        for number in range(20)
    ]
    for each in groups(Asked(sqlite_installation, answered, content).by("gender")).values():
        assert each.result.shown
        assert each.result.texts == ()


def test_what_cannot_be_asked_for_is_said(sqlite_installation: Installation) -> None:
    asked = Asked(sqlite_installation, MIXED)

    for wrong in ({"variable": "age"}, {"variable": "gender", "also": "gender"}):
        with pytest.raises(UnknownVariable):
            asked.by(**wrong)
    with pytest.raises(UnknownVariable):
        asked.by("gender", only=("organisation", "C"))
    with pytest.raises(TooManyVariables):
        asked.by("gender", also="organisation", only=("organisation", "A"))


def test_where_nobody_is_told_apart_there_is_nothing_to_break_down(sqlite_installation: Installation) -> None:
    found = Asked(sqlite_installation, persons({"gender": "woman"}, 3, 4, 5)).by()

    assert (found.variables, found.questions) == ((), ())
    assert found.measurement.shown
