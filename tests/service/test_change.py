"""Before and after: the same persons joined, the whole groups beside them, and nobody to be picked out."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select, update

from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.response import Response
from surveys.queries import indexes
from surveys.results.change import read_change
from surveys.results.change_model import Change, QuestionChange
from surveys.results.indexes import (
    BadIndex,
    NoIndex,
    Wanted,
    change_index,
    declare_index,
    history,
    remove_index,
)
from tests.support.answered import NOW, OVERALL, Answering, one_question
from tests.support.forms import DEGREE, local

Answers = Sequence[dict[str, Any] | None]
Build = Callable[[Answering], Any]
# d = 1, 1, 0, 0, 2, 0, 2, 0, -1, 1 on a scale of four
GOLDEN = tuple(zip("2223112423", "3323314414", strict=True))


def asked(
    it: Answering, code: str, wave: str, answers: Answers, content: Any = OVERALL, **changes: Any
) -> None:
    """A measurement of the whole series; the first persons answer, None is one who does not."""
    rule = it.rule(it.questionnaire(content, code=code, wave=wave, **changes), code, "series_start")
    sent = it.mailing(rule)
    it.ask(sent, len(answers))
    it.answer(sent, answers)


def overall(*points: str | None) -> list[dict[str, Any] | None]:
    return [None if point is None else {"overall": point} for point in points]


def both(it: Answering, pairs: Sequence[tuple[str | None, str | None]], **changes: Any) -> None:
    asked(it, "fore", "pre", overall(*(before for before, _ in pairs)), **changes)
    asked(it, "slut", "post", overall(*(after for _, after in pairs)), **changes)


def change_of(installation: Installation, build: Build, **options: Any) -> Change:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        build(it)
        series_id = it.series.id
    with installation.database.reading() as session:
        return read_change(session, series_id, options.pop("now", NOW), **options)


def only(change: Change) -> QuestionChange:
    (question,) = change.questions
    return question


def test_the_same_persons_are_joined_and_counted(installation: Installation) -> None:
    change = change_of(installation, lambda it: both(it, GOLDEN))
    paired = only(change).paired

    assert (change.pairs, change.before and change.before.counts.answers) == (10, 10)
    assert paired is not None
    assert (paired.higher.count, paired.same.count, paired.lower.count) == (5, 4, 1)
    assert paired.higher.percent == Decimal("50.0")
    assert paired.test.p == paired.holm == Fraction(10, 64)
    assert (paired.before.median, paired.after.median) == (Decimal("2.0"), Decimal("3.0"))
    assert (paired.before.mean, paired.after.mean) == (Decimal("2.2"), Decimal("2.8"))
    assert paired.over is not None
    assert (paired.over.before.count, paired.over.after.count) == (3, 7)
    assert (paired.over.test.up, paired.over.test.down, paired.over.test.p) == (4, 0, None)
    assert (paired.let_go, paired.others) == (0, None)


def test_who_answered_once_is_in_the_whole_groups_and_in_no_pair(sqlite_installation: Installation) -> None:
    once = (*[("1", None)] * 4, *[("2", None)] * 3, *[(None, "4")] * 3, *[(None, "1")] * 3)
    question = only(change_of(sqlite_installation, lambda it: both(it, [*GOLDEN, *once])))

    assert question.before is not None
    assert question.paired is not None
    assert (question.before.n, question.after.n, question.paired.n) == (17, 16, 10)
    assert question.paired.others is not None
    assert [bar.share.count for bar in question.paired.others.bars] == [4, 3, 0, 0]
    assert question.paired.let_go == 0


def test_the_few_who_answered_once_are_hidden_by_pairs_let_go(sqlite_installation: Installation) -> None:
    pairs = [*GOLDEN, *GOLDEN, *GOLDEN, ("4", None)]
    change = change_of(sqlite_installation, lambda it: both(it, pairs))
    paired = only(change).paired

    assert change.pairs == 30
    assert paired is not None
    assert (paired.n + paired.let_go, paired.let_go >= 5, paired.others) == (30, True, None)


@pytest.mark.parametrize(
    ("mode", "pairs", "why"),
    [
        ("pseudonymous", (*GOLDEN[:4], ("1", None), ("4", None)), "too_few"),
        ("anonymous", GOLDEN, "not_joined"),
    ],
)
def test_what_is_not_joined_says_why(
    sqlite_installation: Installation, mode: str, pairs: Any, why: str
) -> None:
    change = change_of(sqlite_installation, lambda it: both(it, [*pairs, (None, "2")], privacy_mode=mode))
    question = only(change)

    assert (question.paired, question.why_not) == (None, why)
    assert (change.pairs is None) == (mode == "anonymous")


def test_other_answers_are_shown_and_not_tested(sqlite_installation: Installation) -> None:
    scale = {
        **DEGREE,
        "points": [{"code": str(each), "label": local(f"Nytt {each}")} for each in range(1, 5)],
    }
    new = {**OVERALL, "questions": [{**OVERALL["questions"][0], "scale": scale, "text": local("Ny fråga?")}]}

    def build(it: Answering) -> None:
        asked(it, "fore", "pre", overall(*(before for before, _ in GOLDEN)))
        asked(it, "slut", "post", overall(*(after for _, after in GOLDEN)), new)

    question = only(change_of(sqlite_installation, build))

    assert (question.alike, question.same_wording) == (False, False)
    assert (question.paired, question.why_not) == (None, "other_answers")


def test_looking_back_is_a_column_of_its_own(sqlite_installation: Installation) -> None:
    """Where nothing was asked before, and without anything that joins two responses."""
    question = OVERALL["questions"][0]
    content = {**OVERALL, "questions": [{**question, "code": "overall_then", "text": local("Då?")}, question]}
    answers = [{"overall_then": before, "overall": after} for before, after in GOLDEN]
    change = change_of(
        sqlite_installation,
        lambda it: asked(it, "slut", "post", answers, content, privacy_mode="anonymous"),
    )
    found = only(change)

    assert (change.before, change.pairs, change.once) == (None, None, ())
    assert (found.before, found.paired) == (None, None)
    assert found.then is not None
    assert found.looking_back is not None
    assert (found.looking_back.higher.count, found.looking_back.test.p) == (5, Fraction(10, 64))


def test_any_two_measurements_are_chosen(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        both(it, GOLDEN)
        asked(it, "sex-manader", "follow_up", overall(*(before for before, _ in GOLDEN)))

    change = change_of(sqlite_installation, build, chosen=("slut", "sex-manader"))
    paired = only(change).paired

    assert [each.rule_code for each in change.choices] == ["fore", "slut", "sex-manader"]
    assert paired is not None
    assert (paired.higher.count, paired.lower.count) == (1, 5)


def test_two_choices_leave_nobody_to_be_subtracted(sqlite_installation: Installation) -> None:
    """One of thirty missed the last measurement, another the one in the middle."""
    pairs = GOLDEN * 3
    later = [*(before for before, _ in pairs[:28]), None, "4"]
    middle = [(before, None if place == 29 else after) for place, (before, after) in enumerate(pairs)]

    def build(it: Answering) -> None:
        both(it, middle)
        asked(it, "sex-manader", "follow_up", overall(*later))

    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys)
        build(it)
        series_id = it.series.id
    with sqlite_installation.database.reading() as session:
        first, second = (
            only(read_change(session, series_id, NOW, chosen=("fore", later))).paired
            for later in ("slut", "sex-manader")
        )

    assert first is not None
    assert second is not None
    assert first.before == second.before
    assert 20 <= first.n <= 25


def test_nothing_of_what_is_open_for_those_who_see_who_answered(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        both(it, GOLDEN)
        it.session.query(type(it.mailing(it.rule(it.questionnaire(code="x"), "x")))).update(
            {"closes_at": NOW.replace(year=NOW.year + 1)}
        )

    change = change_of(sqlite_installation, build, as_evaluator=False)

    assert (change.why_not, change.questions, change.pairs) == ("withheld", (), None)


def test_nothing_yet(sqlite_installation: Installation) -> None:
    assert change_of(sqlite_installation, lambda it: None).why_not == "nothing_before"


def test_numbers_are_compared_as_numbers(sqlite_installation: Installation) -> None:
    content = {**OVERALL, "questions": [{"code": "overall", "kind": "number", "text": local("Hur många?")}]}
    pairs = [(str(number), str(number + 3)) for number in range(8)] + [("5", "1")] * 2
    paired = only(change_of(sqlite_installation, lambda it: both(it, pairs, content=content))).paired

    assert paired is not None
    assert (paired.higher.count, paired.lower.count, paired.over) == (8, 2, None)
    assert paired.mean is not None
    assert paired.mean.mean == Fraction(16, 10)


def test_dont_know_is_no_answer(sqlite_installation: Installation) -> None:
    pairs = [*GOLDEN, *[("dk", "2")] * 6, ("dk", "3")]
    paired = only(change_of(sqlite_installation, lambda it: both(it, pairs))).paired

    assert paired is not None
    assert paired.n == 10


QUESTIONS = [
    {**OVERALL["questions"][0], "code": code, "text": local(f"Hur är det med {code}?")} for code in "abc"
]
SEVERAL = {**OVERALL, "questions": QUESTIONS}


def several(it: Answering, **changes: Any) -> None:
    """Three questions answered alike but for a little."""
    for code, wave, points in (("fore", "pre", "2223112423"), ("slut", "post", "3323314414")):
        answers = [
            {"a": each, "b": each, "c": str(min(4, int(each) + place % 2))}
            for place, each in enumerate(points)
        ]
        asked(it, code, wave, answers, SEVERAL, **changes)


def declared(installation: Installation, wanted: Wanted, **changes: Any) -> Change:
    db = installation.database
    with db.transaction() as session:
        it = Answering(session, installation.keys)
        several(it, **changes)
        series_id = it.series.id
    with db.reading() as session:
        change = read_change(session, series_id, NOW)
    declare_index(db, series_id, wanted, change, None, NOW)
    with db.reading() as session:
        return read_change(session, series_id, NOW)


def test_an_index_is_the_mean_of_several_questions(installation: Installation) -> None:
    (index,) = declared(installation, Wanted(" Läget  i stort ", ("a", "b", "c"), 2)).indexes

    assert (index.name, index.minimum, len(index.texts)) == ("Läget i stort", 2, 3)
    assert (index.whole_before, index.whole_after) == (10, 10)
    assert index.alpha_before is not None
    assert Decimal("0.9") < index.alpha_before < 1
    assert index.paired is not None
    assert index.paired.n == 10
    assert index.paired.test.p is not None
    assert index.paired.holm == index.paired.test.p
    assert index.paired.mean is not None
    # a and b went up for five and down for one; c with them, or by itself
    assert index.paired.higher.count + index.paired.same.count == 9
    assert index.paired.others is None


def test_an_index_is_changed_and_what_it_held_is_told(sqlite_installation: Installation) -> None:
    db = sqlite_installation.database
    change = declared(sqlite_installation, Wanted("Läget", ("a", "b"), 2))
    (series_id, number), later = (change.series.id, change.indexes[0].id), NOW + timedelta(days=3)
    wider = Wanted("Läget i stort", ("a", "b", "c"), 3)

    with pytest.raises(BadIndex) as bad:
        change_index(db, series_id, number, wider, " ", change, None, later)
    change_index(db, series_id, number, wider, "Fråga c  hör dit", change, None, later)
    change_index(db, series_id, number, wider, "En gång till", change, None, later)  # nothing is other
    declare_index(db, series_id, Wanted("Läget", ("b", "c"), 1), change, None, later)

    assert bad.value.faults == {"why": "blank"}
    with db.reading() as session:
        first, second = indexes.of_series(session, series_id)
        steps = history(session, first)
        assert [(each.name, each.questions, each.minimum, each.at, each.why) for each in steps] == [
            ("Läget i stort", ("a", "b", "c"), 3, later, "Fråga c hör dit"),
            ("Läget", ("a", "b"), 2, NOW, ""),
        ]
        assert [each.questions for each in history(session, second)] == [("b", "c")]
        assert len(read_change(session, series_id, NOW).indexes[0].texts) == 3


CHOICE: dict[str, Any] = {
    "kind": "one_choice",
    "options": [{"code": code, "label": local(code)} for code in ("ja", "nej")],
}


def chosen(*answers: str) -> list[dict[str, Any] | None]:
    return [{"q": {"code": each}} for each in answers]


def test_yes_or_no_is_compared_by_those_who_crossed_over(installation: Installation) -> None:
    content = one_question(**CHOICE)

    def build(it: Answering) -> None:
        asked(it, "fore", "pre", chosen(*["ja"] * 4, *["nej"] * 16), content)
        asked(it, "slut", "post", chosen(*["ja"] * 3, "nej", *["ja"] * 8, *["nej"] * 8), content)

    question = only(change_of(installation, build))

    assert (question.paired, question.why_not) == (None, "")
    assert question.classes is not None
    (yes,) = question.classes.classes  # "no" would say the same once more
    assert (question.classes.n, yes.label["sv"]) == (20, "ja")
    assert (yes.before.count, yes.after.count, yes.after.percent) == (4, 11, Decimal("55.0"))
    assert (yes.test.up, yes.test.down, yes.test.p, yes.holm) == (8, 1, Fraction(5, 128), Fraction(5, 128))


def test_of_more_than_two_every_option_is_tested_with_holm(sqlite_installation: Installation) -> None:
    options = [*CHOICE["options"], {"code": "kanske", "label": local("kanske")}]
    content = one_question(**CHOICE | {"options": options, "other": True})

    def build(it: Answering) -> None:
        asked(it, "fore", "pre", chosen(*["ja"] * 2, *["nej"] * 12, *["kanske"] * 6), content)
        asked(it, "slut", "post", chosen(*["ja"] * 10, *["nej"] * 3, *["kanske"] * 7), content)

    question = only(change_of(sqlite_installation, build))

    assert question.classes is not None
    found = {each.label["sv"]: each for each in question.classes.classes}
    assert list(found) == ["ja", "nej", "kanske", "Annat"]
    assert (found["ja"].test.up, found["ja"].test.down) == (8, 0)
    assert found["ja"].test.p == Fraction(2, 2**8)
    assert (found["nej"].test.p, found["nej"].holm) == (Fraction(2, 2**9), Fraction(4, 2**9))
    assert found["ja"].holm == Fraction(2, 2**8)
    assert found["Annat"].holm is None


def test_the_classes_declared_of_a_scale_are_tested_one_by_one(sqlite_installation: Installation) -> None:
    merged = [{"codes": ["1", "2"], "label": local("lågt")}, {"codes": ["3", "4"], "label": local("högt")}]
    question = OVERALL["questions"][0]
    content = {**OVERALL, "questions": [{**question, "scale": {**DEGREE, "merged": merged}}]}
    found = only(change_of(sqlite_installation, lambda it: both(it, GOLDEN, content=content)))

    assert found.paired is not None
    assert found.classes is not None
    assert [(each.before.count, each.after.count) for each in found.classes.classes] == [(7, 3), (3, 7)]


def test_an_index_needs_no_pairs_to_have_values(sqlite_installation: Installation) -> None:
    wanted = Wanted("Läget", ("a", "b"), 2)
    (index,) = declared(sqlite_installation, wanted, privacy_mode="anonymous").indexes

    assert (index.paired, index.why_not) == (None, "not_joined")
    assert dict(index.values) == {1: 2, 2: 1, 3: 4, 4: 3}
    assert (index.whole_before, index.whole_after) == (10, 10)
    assert index.alpha_after == 1


def test_pairs_do_not_tell_of_a_man_whom_the_tables_hide(sqlite_installation: Installation) -> None:
    """He answered only afterwards, and as no woman did: outside the pairs one answer would be his."""
    women = [*[("1", "2"), ("2", "2"), ("2", "1"), ("3", "1")] * 6, *[(None, "1")] * 3, *[(None, "2")] * 2]
    men = [*[("2", "2"), ("1", "3"), ("3", "3"), ("2", "1")] * 3, (None, "3")]

    def build(it: Answering, known: bool) -> None:
        both(it, [*women, *men])
        if known:
            those = {it.keys.pairing_key(each.public_id) for each in it.persons[: len(women)]}
            for each in it.session.scalars(select(Response)):
                each.background = {"gender": "woman" if each.pairing_key in those else "man"}

    beside = only(change_of(sqlite_installation, lambda it: build(it, True))).paired

    assert beside is not None
    assert beside.let_go > 0
    assert beside.n + beside.let_go == 36


def test_an_index_without_pairs_says_why(sqlite_installation: Installation) -> None:
    change = declared(sqlite_installation, Wanted("Läget", ("a", "b"), 2))
    with sqlite_installation.database.transaction() as session:
        session.execute(update(Response).values(pairing_key=None))
    with sqlite_installation.database.reading() as session:
        (index,) = read_change(session, change.series.id, NOW).indexes

    assert (index.paired, index.why_not) == (None, "too_few")


@pytest.mark.parametrize(
    ("wanted", "faults"),
    [
        (Wanted(" ", ("a", "b"), 1), {"name": "blank"}),
        (Wanted("x" * 121, ("a", "b"), 1), {"name": "too_long"}),
        (Wanted("Läget", ("a",), 1), {"questions": "too_few"}),
        (Wanted("Läget", ("a", "finns-inte"), 1), {"questions": "too_few"}),
        (Wanted("Läget", ("a", "b"), 3), {"minimum": "out_of_range"}),
    ],
)
def test_what_cannot_be_an_index(
    sqlite_installation: Installation, wanted: Wanted, faults: dict[str, str]
) -> None:
    with pytest.raises(BadIndex) as bad:
        declared(sqlite_installation, wanted)
    assert bad.value.faults == faults


def test_an_index_is_taken_back_and_both_deeds_are_told(sqlite_installation: Installation) -> None:
    db = sqlite_installation.database
    change = declared(sqlite_installation, Wanted("Läget", ("a", "b"), 2))

    remove_index(db, change.series.id, change.indexes[0].id, None, NOW)

    with pytest.raises(NoIndex):
        remove_index(db, change.series.id, change.indexes[0].id, None, NOW)
    with db.reading() as session:
        assert read_change(session, change.series.id, NOW).indexes == ()
        deeds = [(each.action, (each.details or {})["questions"]) for each in session.scalars(select(Deed))]
    assert deeds == [("index_declared", ["a", "b"]), ("index_removed", ["a", "b"])]


@pytest.mark.parametrize(("wave", "side"), [("pre", "before"), ("post", "after")])
def test_an_index_is_told_of_one_measurement_alone(
    sqlite_installation: Installation, wave: str, side: str
) -> None:
    db = sqlite_installation.database
    change = change_of(sqlite_installation, lambda it: three_asked_once(it, wave))
    assert [(each.question.code, each.before, each.after) for each in change.indexable] == [
        (code, wave == "pre", wave == "post") for code in "abc"
    ]
    declare_index(db, change.series.id, Wanted("Läget", ("a", "b", "c"), 2), change, None, NOW)
    with db.reading() as session:
        found = read_change(session, change.series.id, NOW)

    (index,) = found.indexes
    told = getattr(index, side)
    assert found.why_not == ("nothing_after" if wave == "pre" else "nothing_before")
    # 2 2 2 3 1 1 2 4 2 3 twice; the third time every second is one more, but for the 4: 70 / 30
    assert (told.n, told.mean, told.deviation) == (10, Decimal("2.3"), Decimal("0.9"))
    assert getattr(index, f"whole_{side}") == 10
    assert getattr(index, f"alpha_{side}") == Decimal("0.97")
    other = "before" if side == "after" else "after"
    assert (getattr(index, other), index.paired, index.why_not) == (None, None, "not_asked")


def three_asked_once(it: Answering, wave: str) -> None:
    answers = [
        {"a": each, "b": each, "c": str(min(4, int(each) + place % 2))}
        for place, each in enumerate("2223112423")
    ]
    asked(it, "enda", wave, answers, SEVERAL)


def test_an_index_holds_questions_that_some_measurement_asks_together(
    sqlite_installation: Installation,
) -> None:
    """Before: a and b; afterwards: b and c."""

    def build(it: Answering) -> None:
        first, second = ({**SEVERAL, "questions": part} for part in (QUESTIONS[:2], QUESTIONS[1:]))
        asked(it, "fore", "pre", [{"a": each, "b": each} for each in "2223112423"], first)
        asked(it, "slut", "post", [{"b": each, "c": each} for each in "3323314414"], second)

    db = sqlite_installation.database
    change = change_of(sqlite_installation, build)
    assert {each.question.code: (each.before, each.after) for each in change.indexable} == {
        "a": (True, False), "b": (True, True), "c": (False, True),
    }  # fmt: skip
    with pytest.raises(BadIndex) as bad:
        declare_index(db, change.series.id, Wanted("Läget", ("a", "c"), 1), change, None, NOW)
    assert bad.value.faults == {"questions": "asked_apart"}
    for name, codes in (("Före", ("a", "b")), ("Efter", ("b", "c"))):
        declare_index(db, change.series.id, Wanted(name, codes, 1), change, None, NOW)
    with db.reading() as session:
        first, second = read_change(session, change.series.id, NOW).indexes

    assert (first.before and first.before.mean, first.after) == (Decimal("2.2"), None)
    assert (second.before, second.after and second.after.mean) == (None, Decimal("2.8"))
    assert first.values == ()  # no indicator counts what was answered before


def test_what_an_index_tells_of_a_measurement_hangs_on_no_choice_of_two(
    sqlite_installation: Installation,
) -> None:
    """Some have no index then, or answered once: whoever is left out is so whichever two are compared."""

    def build(it: Answering) -> None:
        for place, (code, wave) in enumerate((("fore", "pre"), ("slut", "post"), ("sen", "follow_up"))):
            points = [None if (number + place) % 7 == 0 else str(1 + number % 4) for number in range(30)]
            answers = [
                None if each is None else {"a": each, **({} if (number + place) % 5 == 0 else {"b": each})}
                for number, each in enumerate(points)
            ]
            asked(it, code, wave, answers, {**SEVERAL, "questions": QUESTIONS[:2]})

    db = sqlite_installation.database
    change = change_of(sqlite_installation, build)
    for name, minimum in (("Båda", 2), ("Någon", 1)):
        declare_index(db, change.series.id, Wanted(name, ("a", "b"), minimum), change, None, NOW)
    told: dict[tuple[str, str], set[Any]] = {}
    with db.reading() as session:
        for chosen in (("fore", "slut"), ("fore", "sen"), ("slut", "sen")):
            for index in read_change(session, change.series.id, NOW, chosen=chosen).indexes:
                first, second = chosen
                told.setdefault((index.name, first), set()).add((index.before, index.alpha_before))
                told.setdefault((index.name, second), set()).add((index.after, index.alpha_after))

    assert len(told) == 6
    assert {len(each) for each in told.values()} == {1}
