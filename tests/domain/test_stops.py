"""One question at a time: the order, past what is not asked, and how far one has come."""

from typing import Any

from surveys.domain import stops
from surveys.domain.questionnaire import Form, parse
from surveys.domain.stops import Progress
from tests.support.forms import local


def form(*questions: dict[str, Any], groups: tuple[dict[str, Any], ...] = ()) -> Form:
    made = [{"kind": "short_text", "text": local(each["code"]), **each} for each in questions]
    return parse({"title": local("Prov"), "questions": made, "groups": list(groups)})


PLAIN = form({"code": "a"}, {"code": "b"}, {"code": "c"})
BRANCHING = form(
    {"code": "a"},
    {"code": "b", "relevant": "${a} = 'ja'"},
    {"code": "c"},
    {"code": "d", "relevant": "${c} = 'ja'"},
)


def test_texts_stand_with_the_question_after_them_and_the_last_ones_with_the_one_before() -> None:
    read = {"kind": "information"}
    found = stops.stops(form({"code": "i", **read}, {"code": "a"}, {"code": "b"}, {"code": "j", **read}))
    assert [
        (each.code, [text.code for text in each.before], [text.code for text in each.after]) for each in found
    ] == [("a", ["i"], []), ("b", [], ["j"])]


def test_one_goes_past_what_is_not_asked() -> None:
    no, yes = BRANCHING.asked({}), BRANCHING.asked({"a": "ja"})
    assert [stops.after(BRANCHING, each, no) for each in ("", "a", "c")] == ["a", "c", None]
    assert [stops.after(BRANCHING, each, yes) for each in ("a", "b", "c")] == ["b", "c", None]
    assert [stops.before(BRANCHING, each, no) for each in ("a", "c")] == [None, "a"]
    # What was just answered away is still a place to go on from.
    assert stops.after(BRANCHING, "b", no) == "c"


def test_one_goes_on_after_the_last_answer() -> None:
    asked = PLAIN.asked({})
    assert stops.where_left(PLAIN, {}, asked) == "a"
    assert stops.where_left(PLAIN, {"b": "x"}, asked) == "c"
    assert stops.where_left(PLAIN, {"a": "x", "c": "x"}, asked) is None


def test_progress_promises_no_more_than_is_known() -> None:
    asked = PLAIN.asked({})
    assert [stops.progress(PLAIN, each, asked) for each in "abc"] == [
        Progress(1, 2, 3), Progress(2, 1, 3), Progress(3, 0, 3),
    ]  # fmt: skip
    no, yes = BRANCHING.asked({}), BRANCHING.asked({"a": "ja", "c": "ja"})
    assert stops.progress(BRANCHING, "a", no) == Progress(1, 3, None)
    assert stops.progress(BRANCHING, "c", no) == Progress(2, 1, None)
    assert stops.progress(BRANCHING, "c", yes) == Progress(3, 1, None)
    assert stops.progress(BRANCHING, "d", yes) == Progress(4, 0, 4)
