"""Results of questions that not everybody was asked: not asked is not missing, and tells nothing hidden."""

from collections.abc import Sequence
from typing import Any

from surveys.domain.privacy import Limit, Verdict
from surveys.domain.questionnaire import Form, parse
from surveys.domain.tally import tally
from surveys.results.model import QuestionResult
from surveys.results.questions import Tallied, tallied_results

YES_NO = [{"code": code, "label": {"sv": code}} for code in ("yes", "no")]


def asked(kind: str, code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "text": {"sv": code}, **more}


FORM = parse(
    {
        "title": {"sv": "Enkät"},
        "questions": [
            asked("one_choice", "was", options=YES_NO),
            asked("one_choice", "used", options=YES_NO, relevant="${was} = 'yes'"),
            asked("short_text", "how", relevant="${used} = 'yes'"),
            asked(
                "ranking", "order", options=[{"code": code, "label": {"sv": code}} for code in "abc"], max=2
            ),
            asked("date", "began"),
            asked("consent", "quoted", relevant="${was} = 'yes'"),
        ],
    }
)


def counted(version: int, form: Form, responses: Sequence[dict[str, Any]]) -> Tallied:
    texts = {code: [given[code] for given in responses if code in given] for code in ("how", "more")}
    return Tallied(version, form, tally(form, responses), texts)


def results(*responses: dict[str, Any]) -> dict[str, QuestionResult]:
    found = tallied_results([counted(1, FORM, responses)], Limit(5), decimals=1)
    return {each.code: each for each in found}


def was(code: str, **more: Any) -> dict[str, Any]:
    return {"was": {"code": code}, **more}


def used(code: str) -> dict[str, Any]:
    return {"used": {"code": code}}


def test_not_asked_is_counted_apart_from_missing() -> None:
    found = results(
        *[was("no")] * 4,
        *[was("yes", **used("yes"))] * 3,
        *[was("yes", **used("no"))] * 3,
        was("yes", quoted="yes"),
    )
    assert (found["used"].n, found["used"].missing, found["used"].not_asked) == (6, 1, 4)
    assert found["was"].not_asked == 0
    assert (found["quoted"].n, found["quoted"].not_asked) == (7, 4)
    assert [bar.share.count for bar in found["quoted"].points] == [1, 6]


def test_what_was_asked_by_answers_that_are_not_shown_tells_not_even_how_many() -> None:
    """All were there, which is not told of so few; nor is it told that all were asked what follows."""
    found = results(*[was("yes", **used("yes"))] * 3, *[was("yes", **used("no"))] * 3)
    assert found["was"].verdict is Verdict.ALL_SAME
    assert (found["used"].n, found["used"].shown, found["used"].not_asked) == (None, False, 0)
    assert found["how"].n is None


def test_texts_are_weighed_against_those_who_were_asked() -> None:
    few = [was("yes", **used("yes"), how="Så")] * 3
    found = results(*few, *[was("yes", **used("no"))] * 8, *[was("no")] * 8)
    assert found["used"].shown
    assert found["how"].verdict is Verdict.TOO_FEW
    assert found["how"].texts == ()


def test_texts_of_a_later_version_are_weighed_against_those_who_had_it() -> None:
    later = parse(
        {"title": {"sv": "Enkät"}, "questions": [asked("date", "began"), asked("short_text", "more")]}
    )
    few, many = [{"more": "Så"}] * 4, [{"began": f"2026-11-{day}"} for day in range(10, 22)]
    found = tallied_results([counted(1, FORM, many), counted(2, later, few)], Limit(5), decimals=1)
    seen = {each.code: each for each in found}
    assert (seen["began"].n, seen["began"].missing) == (12, 4)
    assert (seen["more"].verdict, seen["more"].texts) == (Verdict.TOO_FEW, ())


def test_a_share_is_of_those_who_answered_that_question_and_rounded_half_up() -> None:
    scale = {"points": [{"code": code, "label": {"sv": code}} for code in "1234"]}
    form = parse(
        {
            "title": {"sv": "Enkät"},
            "questions": [
                asked("scale", "good", scale=scale, dont_know=True),
                asked("several_choices", "ways", options=YES_NO),
            ],
        }
    )
    goods = ["4"] * 1 + ["3"] * 4 + ["1"] * 11 + ["dk"] * 3 + [None]
    ways = [["yes", "no"]] * 6 + [["yes"], ["no"]] + [None] * 12
    given = [
        {**({"good": good} if good else {}), **({"ways": {"codes": way}} if way else {})}
        for good, way in zip(goods, ways, strict=True)
    ]
    good, way = tallied_results([counted(1, form, given)], Limit(5), decimals=1)
    assert (good.n, good.dont_know, good.missing) == (16, 3, 1)
    assert [str(bar.share.percent) for bar in good.points] == ["68.8", "0.0", "25.0", "6.3"]  # 68.75, 6.25
    assert good.top is not None
    assert (good.top.share.count, str(good.top.share.percent)) == (5, "31.3")
    assert [(bar.share.base, str(bar.share.percent)) for bar in way.points] == [(8, "87.5")] * 2


def test_options_stand_by_how_many_put_them_first() -> None:
    found = results(*[was("no", order=["c", "a"])] * 4, *[was("yes", order=["a"])] * 3, was("no"))
    assert [(each.code, each.places, each.count) for each in found["order"].placed] == [
        ("c", (4, 0), 4),
        ("a", (3, 4), 7),
        ("b", (0, 0), 0),
    ]
    alike = results(*[was("no", order=["c", "a"])] * 4, *[was("yes", order=["c"])] * 3)
    assert alike["order"].verdict is Verdict.ALL_SAME
    assert alike["order"].placed == ()


def test_dates_are_shown_by_month() -> None:
    found = results(*[was("no", began="2026-11-22")] * 4, *[was("yes", began="2026-12-01")] * 3)
    assert [(bar.code, bar.share.count) for bar in found["began"].points] == [("2026-11", 4), ("2026-12", 3)]
