"""A partner's columns and values told from a questionnaire's, and rows read by the rules of every answer."""

from typing import Any

from surveys.domain.answer_columns import (
    ADDRESS,
    CODE,
    FileColumn,
    Use,
    faults,
    pieces,
    suggest,
    suggest_values,
    values_in,
)
from surveys.domain.answer_owners import Claim, Enrolled, owners
from surveys.domain.answer_questions import question_of, suggest_kind
from surveys.domain.answer_rows import Reading, RowRead, read_row
from surveys.domain.drafting import draft_faults
from surveys.domain.questionnaire import Form, parse


def text(words: str) -> dict[str, str]:
    return {"sv": words}


def option(code: str, label: str) -> dict[str, Any]:
    return {"code": code, "label": text(label)}


FORM: Form = parse(
    {
        "title": text("Efter utbildningen"),
        "questions": [
            {
                "code": "use",
                "kind": "scale",
                "text": text("I hur hög grad har du nytta av utbildningen?"),
                "scale": {
                    "points": [
                        option("1", "Inte alls"),
                        option("2", "I viss grad"),
                        option("3", "I hög grad"),
                    ]
                },
                "dont_know": True,
                "required": True,
            },
            {
                "code": "how",
                "kind": "several_choices",
                "text": text("Hur arbetar ni med det?"),
                "options": [option("talk", "Samtal, enskilt eller i grupp"), option("plan", "Planer")],
                "other": True,
            },
            {
                "code": "where",
                "kind": "one_choice",
                "text": text("Var arbetar du?"),
                "options": [option("city", "Staden"), option("region", "Regionen")],
                "other": True,
            },
            {"code": "hours", "kind": "number", "text": text("Timmar i veckan"), "minimum": 0, "decimals": 1},
            {"code": "day", "kind": "date", "text": text("Vilken dag gick du?")},
            {"code": "three", "kind": "words", "text": text("Tre ord"), "max_words": 3},
            {
                "code": "why",
                "kind": "long_text",
                "text": text("Varför inte?"),
                "relevant": "${use} = '1'",
            },
        ],
    }
)


def columns(*names: str) -> tuple[FileColumn, ...]:
    return tuple(FileColumn(name) for name in names)


def test_columns_are_told_by_code_text_row_of_a_grid_and_beginning() -> None:
    given = (
        FileColumn("ID"),
        FileColumn("E-post"),
        FileColumn("Deltagarkod"),
        FileColumn("1. I hur hög grad har du nytta av utbildningen?"),
        FileColumn("v2", label="Hur arbetar ni med det? – Planer"),
        FileColumn("HOW.talk"),
        FileColumn("how_text"),
        FileColumn("Bakgrund [Var arbetar du?]"),
        FileColumn("Timmar i veckan"),
        FileColumn("Vilken dag gick du"),
        FileColumn("tre"),
    )
    assert suggest(given, FORM) == [
        Use(),  # the number that forms give a row is no participant's code
        Use(ADDRESS),
        Use(CODE),
        Use("use"),
        Use("how", "plan"),
        Use("how", "talk"),
        Use("how", "text"),
        Use("where"),
        Use("hours"),
        Use("day"),
        Use(),  # too short to be the beginning of anything
    ]
    assert suggest(columns("I hur hög grad har du nytta av"), FORM) == [Use("use")]


def test_a_question_is_answered_by_one_column_or_option_by_option() -> None:
    assert suggest(columns("how", "how.plan", "use", "Use"), FORM) == [Use("how"), Use(), Use("use"), Use()]
    assert faults([Use("how"), Use("how", "plan"), Use("how", "text")], FORM) == [(1, "used_twice")]
    assert faults([Use("use"), Use("use"), Use("nothing"), Use("use", "1")], FORM) == [
        (1, "used_twice"),
        (2, "unknown_use"),
        (3, "unknown_use"),
    ]
    assert faults([Use(ADDRESS), Use()], FORM) == [(None, "no_question_column")]


def test_values_are_told_by_label_and_never_by_place() -> None:
    use = FORM.questions[0]
    plain_cells = FileColumn("use")
    assert suggest_values(use, plain_cells, ["3 – I hög grad", "inte alls ", "2", "4", "Vet inte"]) == {
        "3 – I hög grad": "3",
        "inte alls ": "1",
        "2": "2",
        "Vet inte": "dk",
    }
    # the other survey counts from the best down: its labels tell, and a 2 without a known label tells nothing
    turned = FileColumn("use", values={"1": "I hög grad", "2": "Sådär", "3": "Inte alls", "9": "Vägrar"})
    turned = FileColumn("use", values=turned.values, missing=frozenset({"9"}))
    assert suggest_values(use, turned, ["1", "2", "3", "9"]) == {"1": "3", "3": "1", "9": ""}


def test_an_answer_of_several_is_taken_apart_but_no_option_is() -> None:
    assert pieces("Planer;Samtal, enskilt eller i grupp;", ()) == ["Planer", "Samtal, enskilt eller i grupp"]
    counted = values_in(
        FORM.questions[1],
        Use("how"),
        ["Samtal, enskilt eller i grupp, Planer", "Planer", "", "Samtal, enskilt eller i grupp, Bön, Planer"],
    )
    assert counted == {"Samtal, enskilt eller i grupp": 2, "Planer": 3, "Bön": 1}


def reading(*given: FileColumn, **values: dict[str, str]) -> Reading:
    uses = suggest(given, FORM)
    known = {
        number: values.get(use.question, {}) for number, use in enumerate(uses) if use.question in values
    }
    return Reading(FORM, given, tuple(uses), known)


def test_a_row_becomes_answers_of_the_questionnaire() -> None:
    how = reading(
        *columns("kod", "use", "how", "where", "hours", "day", "three", "why", "Kommentar"),
        use={"I hög grad": "3", "–": ""},
        how={"Planer": "plan", "Bön": "other"},
        where={"Staden": "city", "Kyrkan": "other"},
    )
    cells = ("D-1", "I hög grad", "Planer;Bön", "Kyrkan", "7,5", "2011-03-29 13:05", "bra, nyttigt", "", "x")
    assert read_row(how, 2, cells) == RowRead(
        2,
        {
            "use": "3",
            "how": {"codes": ["plan", "other"], "text": "Bön"},
            "where": {"code": "other", "text": "Kyrkan"},
            "hours": "7.5",
            "day": "2011-03-29",
            "three": ["bra", "nyttigt"],
        },
        code="D-1",
    )
    # what was required and is missing is missing, as on paper; what would not have been asked is left out
    row = read_row(how, 3, ("", "–", "Planer", "", "", "", "", "Ingen tid", ""))
    assert (row.answers, row.faults, row.left_out) == ({"how": {"codes": ["plan"]}}, (), 1)
    assert read_row(how, 4, ("D-3", "–", "", "", "", "", "", "", "x")) == RowRead(4, {}, code="D-3")


def test_every_cell_that_cannot_be_taken_is_named() -> None:
    how = reading(*columns("use", "how.plan", "hours", "day", "three"), use={"Ja": "3"})
    row = read_row(how, 5, ("Kanske", "ibland", "-1", "i går", "a;b;c;d"))
    assert [(fault.column, fault.code) for fault in row.faults] == [
        (0, "unknown_value"),
        (1, "not_a_tick"),
        (4, "too_many_words"),
        (2, "too_small"),
        (3, "not_a_date"),
    ]
    assert [fault.code for fault in read_row(how, 6, ("Ja",), ragged=True).faults] == ["ragged_row"]


def test_ticks_are_told_by_mark_label_or_the_label_of_their_value() -> None:
    labelled = FileColumn("how.plan", values={"1": "Nej", "2": "Ja"}, missing=frozenset({"9"}))
    for column, cell, chosen in (
        (FileColumn("how.plan"), "X", True),
        (FileColumn("how.plan"), "Planer", True),
        (FileColumn("how.plan"), "0", False),
        (labelled, "2", True),
        (labelled, "1", False),
        (labelled, "9", False),
    ):
        answers = read_row(reading(column, FileColumn("hours")), 1, (cell, "1")).answers
        assert ("how" in answers) is chosen, (column, cell)


def test_rows_are_matched_with_people_and_none_twice() -> None:
    enrolled = [
        Enrolled(1, "D-1", ("anna@a.se", "a@a.se")),
        Enrolled(2, "D-2", ("shared@a.se",)),
        Enrolled(3, "D-3", ("shared@a.se",)),
        Enrolled(4, "D-4", ()),
    ]
    found = owners(
        [
            Claim(2, "A@a.se"),
            Claim(3, "shared@a.se", "d-3"),
            Claim(4, "shared@a.se"),
            Claim(5, "anna@a.se", "D-2"),
            Claim(6, "elsewhere@a.se"),
            Claim(7, "anonymous"),
            Claim(8, "new@a.se", "D-4"),
            Claim(9, "", "D-4"),
        ],
        enrolled,
    )
    assert found.by_line == {2: 1, 3: 3}
    assert (found.nobody, found.unsaid) == ((6,), (7,))
    assert found.faults == {4: "two_people", 5: "two_people", 8: "person_twice", 9: "person_twice"}


def test_questions_are_made_from_columns_where_there_are_none() -> None:
    grade = FileColumn(
        "V7", "Nytta", {"3": "Stor", "1": "Ingen", "2": "Viss", "8": "Vet ej"}, frozenset({"9"})
    )
    given: list[tuple[FileColumn, list[str], str]] = [
        (FileColumn("ID"), ["1", "2"], ""),
        (FileColumn("E-post"), ["a@a.se"], ""),
        (grade, ["3", "8", "9", ""], "scale"),
        (FileColumn("Kön"), ["Kvinna", "Man"] * 2, "one_choice"),
        (FileColumn("Betyg"), ["2 = Bra", "1 = Dåligt", "3 = Toppen"] * 2, "scale"),
        (FileColumn("Vad har du prövat?"), ["A;B", "A", "B;A;"], "several_choices"),
        (FileColumn("Timmar"), ["7,5", "8"], "number"),
        (FileColumn("Dag"), ["2011-03-29", "2011-03-30 10:00"], "date"),
        (FileColumn("Varför?"), ["För att", "Det gick; jag lovar", "x" * 300], "long_text"),
        (FileColumn("Tom"), ["", ""], ""),
    ]
    assert [suggest_kind(column, cells) for column, cells, _ in given] == [kind for *_, kind in given]
    questions: list[dict[str, Any]] = []
    for column, cells, kind in given:
        if kind:
            taken = [each["code"] for each in questions]
            questions.append(question_of(column, cells, kind, taken, "sv"))
    content = {"title": text("Partnerns enkät"), "questions": questions}
    assert draft_faults(content) == ()
    first, gender, mark, tried, hours, *_ = questions
    assert (first["code"], first["text"], first["dont_know"]) == ("v7", text("Nytta"), True)
    assert [point["code"] for point in first["scale"]["points"]] == ["1", "2", "3"]
    assert [each["code"] for each in gender["options"]] == ["Kvinna", "Man"]
    assert [point["label"]["sv"][0] for point in mark["scale"]["points"]] == ["1", "2", "3"]
    assert ([each["code"] for each in tried["options"]], hours["decimals"]) == (["A", "B"], 1)
    # and what was made reads the file that it was made from
    form = parse(content)
    uses = suggest([column for column, *_ in given], form)
    assert [use.question or "–" for use in uses[2:9]] == [each["code"] for each in questions]
    assert suggest_values(form.questions[0], grade, ["3", "8", "9"]) == {"3": "3", "8": "dk", "9": ""}
