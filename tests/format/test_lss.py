"""LimeSurvey structure files, of both ways in which LimeSurvey has written them."""

from typing import Any

import pytest

from surveys.domain.expressions import BadExpression
from surveys.importing import lss
from surveys.importing.lss_expressions import Variable, translated
from surveys.importing.lss_texts import plain


def table(name: str, *rows: dict[str, Any]) -> str:
    inner = "".join(
        "<row>" + "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in row.items()) + "</row>\n"
        for row in rows
    )
    return f"<{name}><rows>\n{inner}</rows></{name}>\n"


def survey(*tables: str) -> bytes:
    body = "".join(tables)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>640</DBVersion>
{body}</document>""".encode()


def question(qid: int, kind: str, title: str, **more: Any) -> dict[str, Any]:
    return {"qid": qid, "parent_qid": 0, "sid": 7, "gid": 1, "type": kind, "title": title} | {
        "question_order": qid,
        "mandatory": "N",
        "other": "N",
        "relevance": "1",
        **more,
    }


def text(qid: int, **by_language: str) -> list[dict[str, Any]]:
    return [{"qid": qid, "language": each, "question": said} for each, said in by_language.items()]


NEW = survey(
    table("surveys", {"sid": 7, "language": "en", "additional_languages": "sv", "format": "S"}),
    table(
        "surveys_languagesettings",
        {"surveyls_language": "en", "surveyls_title": "Visit", "surveyls_welcometext": "<p>Hello<br>you</p>"},
        {"surveyls_language": "sv", "surveyls_title": "Besök", "surveyls_endtext": "Tack"},
    ),
    table("groups", {"gid": 1, "sid": 7, "group_order": 1, "grelevance": ""}),
    table("group_l10ns", {"gid": 1, "group_name": "About", "language": "en"}),
    table(
        "questions",
        question(1, "L", "work", other="Y", mandatory="Y"),
        question(2, "N", "age", relevance='((work.NAOK == "A1" or 7X1X1.NAOK == "-oth-"))'),
        question(3, "F", "agree"),
        question(4, "M", "uses", relevance='agree_R1.NAOK == "A2"'),
        question(5, "T", "why", relevance='uses_S2.NAOK == "Y" && !is_empty(age)'),
        question(6, "|", "file"),
        question(7, "X", "info", relevance="count(that.uses.NAOK) > 2"),
        question(8, "Y", "yes"),
        question(9, "K", "hours"),
        question(10, "R", "order"),
        question(11, "1", "dual"),
        question(12, "S", "secret"),
    ),
    table(
        "subquestions",
        {"qid": 31, "parent_qid": 3, "title": "R1", "question_order": 1},
        {"qid": 32, "parent_qid": 3, "title": "R2", "question_order": 2},
        {"qid": 41, "parent_qid": 4, "title": "S1", "question_order": 1},
        {"qid": 42, "parent_qid": 4, "title": "S2", "question_order": 2},
        {"qid": 91, "parent_qid": 9, "title": "H1", "question_order": 1},
    ),
    table(
        "question_l10ns",
        *text(1, en="Where do you <b>work</b>? <img src='x.png'>", sv="Var arbetar du?"),
        *text(2, en="How old?"),
        *text(3, en="Do you agree?"),
        *text(31, en="It helps"),
        *text(32, en="It is clear"),
        *text(4, en="What do you use, {TOKEN:FIRSTNAME}?"),
        *text(41, en="Phone"),
        *text(42, en="Paper"),
        *text(5, en="Why?"),
        *text(7, en="Read this"),
        *text(8, en="Yes?"),
        *text(9, en="Hours"),
        *text(91, en="a week"),
        *text(10, en="Order?"),
        *text(12, en="Secret"),
    ),
    table(
        "answers",
        {"aid": 1, "qid": 1, "code": "A1", "sortorder": 1, "scale_id": 0},
        {"aid": 2, "qid": 1, "code": "A2", "sortorder": 2, "scale_id": 0},
        {"aid": 3, "qid": 3, "code": "A1", "sortorder": 1, "scale_id": 0},
        {"aid": 4, "qid": 3, "code": "A2", "sortorder": 2, "scale_id": 0},
        {"aid": 5, "qid": 10, "code": "A1", "sortorder": 1, "scale_id": 0},
        {"aid": 6, "qid": 10, "code": "A2", "sortorder": 2, "scale_id": 0},
    ),
    table(
        "answer_l10ns",
        *({"aid": each, "answer": f"Answer {each}", "language": "en"} for each in range(1, 7)),
    ),
    table(
        "question_attributes",
        {"qid": 2, "attribute": "min_num_value_n", "value": "18"},
        {"qid": 2, "attribute": "num_value_int_only", "value": "1"},
        {"qid": 2, "attribute": "suffix", "value": "years", "language": "en"},
        {"qid": 4, "attribute": "random_order", "value": "1"},
        {"qid": 4, "attribute": "max_answers", "value": "2"},
        {"qid": 10, "attribute": "max_answers", "value": "1"},
        {"qid": 12, "attribute": "hidden", "value": "1"},
    ),
    table("conditions", {"qid": 8, "cqid": 2, "cfieldname": "7X1X2", "method": "<", "value": "30"}),
    table("quota", {"id": 1, "name": "Women", "qlimit": 5}),
)


def test_what_foelja_has_comes_in() -> None:
    document = lss.read(NEW).document
    asked = {each["code"]: each for each in document["questions"]}
    assert document["title"] == {"en": "Visit", "sv": "Besök"}
    assert document["intro"] == {"en": "Hello\nyou"}
    assert document["layout"] == "one_at_a_time"
    assert document["groups"] == [{"code": "About", "title": {"en": "About"}}]
    assert asked["work"] == {
        "code": "work",
        "kind": "one_choice",
        "text": {"en": "Where do you work?", "sv": "Var arbetar du?"},
        "required": True,
        "options": [
            {"code": "A1", "label": {"en": "Answer 1"}},
            {"code": "A2", "label": {"en": "Answer 2"}},
        ],
        "other": True,
        "group": "About",
    }
    assert (asked["age"]["minimum"], asked["age"]["unit"]) == ("18", {"en": "years"})
    assert asked["age"]["relevant"] == '${work} = "A1" or ${work} = "other"'
    assert asked["agree_R2"]["text"] == {"en": "Do you agree? – It is clear"}
    assert [point["code"] for point in asked["agree_R1"]["scale"]["points"]] == ["A1", "A2"]
    assert asked["uses"]["relevant"] == '${agree_R1} = "A2"'
    assert asked["uses"]["max"] == 2
    assert asked["why"]["relevant"] == "selected(${uses}, 'S2') and not(${age} = '')"
    assert asked["yes"]["relevant"] == "${age} < '30'"
    assert [asked[code]["kind"] for code in ("info", "hours_H1", "order")] == [
        "information",
        "number",
        "ranking",
    ]


def test_the_rest_is_listed_with_its_line() -> None:
    found = lss.read(NEW)
    assert [(loss.place.sheet, loss.subject, loss.code) for loss in found.losses] == [
        ("questions", "work", "html_left_out"),
        ("questions", "agree", "scale_lowest_first"),
        ("questions", "agree", "array_split"),
        ("questions", "uses", "attribute_left_out"),
        ("questions", "uses", "answer_in_text"),
        ("questions", "file", "type_media"),
        ("questions", "info", "relevant_unknown_word"),
        ("questions", "hours", "fields_split"),
        ("questions", "dual", "array_split_twice"),
        ("questions", "dual", "scale_lowest_first"),
        ("questions", "dual", "scale_lowest_first"),
        ("questions", "secret", "question_hidden"),
        ("quota", "Women", "quota_left_out"),
        ("surveys", "endtext", "survey_text_left_out"),
    ]
    lines = NEW.decode().splitlines()
    assert all(loss.subject in lines[loss.place.row - 1] for loss in found.losses[:10])


def part(qid: int, of: int, title: str, **more: Any) -> dict[str, Any]:
    return {"qid": qid, "parent_qid": of, "title": title, "question_order": qid} | more


def option(qid: int, code: str, scale: int = 0) -> dict[str, Any]:
    return {"qid": qid, "code": code, "answer": f"Option {code}", "language": "en", "scale_id": scale}


def attribute(qid: int, name: str, value: str, language: str = "") -> dict[str, Any]:
    return {"qid": qid, "attribute": name, "value": value, "language": language}


TABLES = survey(
    table("surveys", {"sid": 7, "language": "en"}),
    table("groups", {"gid": 1, "group_name": "G", "language": "en"}),
    table(
        "questions",
        question(1, "M", "own", question="Which?"),
        question(2, "1", "dual", question="Now and then"),
        question(3, ";", "when", question="When?"),
        question(4, ":", "days", question="Which days?"),
        question(5, "K", "hours", question="Hours"),
        question(6, "C", "well", question="Well?", relevance="hours_h.NAOK > 2"),
        question(7, "S", "size", question="Size", gid=9),
        question(8, "L", "kind", question="Kind"),
        question(9, "L", "sort", question="Sort", relevance='kind == "a b" and sort2 == "a b"'),
        question(10, "L", "sort2", question="Sort"),
        question(11, "T", "more", question="More", relevance='days_r_c == "Y" or dual_x_1 == "2"'),
        question(12, "F", "big", question="Big", relevance="dual_x_0.value == 1"),
    ),
    table(
        "subquestions",
        *(part(20 + at, 1, code, question=code.upper()) for at, code in enumerate("xyz")),
        part(30, 2, "x", question="X"),
        part(31, 2, "y", question="Y", relevance="size > 3"),
        part(40, 3, "r", question="Row"),
        part(41, 3, "c", question="Column", scale_id=1),
        part(42, 3, "d", question="Next", scale_id=1),
        part(50, 4, "r", question="Row"),
        part(51, 4, "c", question="Column", scale_id=1),
        part(52, 4, "d", question="Next", scale_id=1),
        part(60, 5, "h", question="a week"),
        part(70, 6, "w", question="Now", relevance="0"),
        part(80, 12, "b", question="Row"),
    ),
    table(
        "answers",
        *(option(2, code, scale) for scale in (0, 1) for code in "12"),
        *(option(8, code) for code in ("a b", "c")),
        *(option(9, code) for code in ("a_b", "c")),
        *(option(10, code) for code in ("a_b", "a b")),
        *(option(12, code) for code in ("1", "dk", "2")),
    ),
    table(
        "question_attributes",
        attribute(2, "array_filter", "own"),
        attribute(2, "dualscale_headerA", "Now", "en"),
        attribute(2, "dualscale_headerB", "Then", "en"),
        attribute(4, "multiflexible_checkbox", "1"),
        attribute(5, "min_num_value", "10"),
        attribute(5, "min_num_value_n", "1"),
        attribute(7, "numbers_only", "1"),
        attribute(12, "array_filter", "size"),
    ),
)


def test_tables_become_questions_with_their_rows_conditions() -> None:
    asked = {each["code"]: each for each in lss.read(TABLES).document["questions"]}
    assert list(asked) == [
        *("own", "dual_x_0", "dual_x_1", "dual_y_0", "dual_y_1", "when_r_c", "when_r_d", "days_r"),
        *("hours_h", "well_w", "kind", "sort", "sort2", "more", "big_b", "size"),
    ]
    assert asked["dual_y_1"]["text"] == {"en": "Now and then – Y – Then"}
    assert asked["dual_x_0"]["relevant"] == "not(not(selected(${own}, 'x')))"
    assert asked["dual_y_0"]["relevant"] == "${size} > 3 and not(not(selected(${own}, 'y')))"
    assert [asked[code]["kind"] for code in ("when_r_d", "days_r", "size")] == [
        *("short_text", "several_choices", "number"),
    ]
    assert asked["when_r_d"]["text"] == {"en": "When? – Row – Next"}
    assert asked["hours_h"]["minimum"] == "1"
    assert asked["well_w"]["relevant"] == "${hours_h} > 2 and 0"
    assert [point["code"] for point in asked["well_w"]["scale"]["points"]] == ["N", "U", "Y"]
    assert asked["sort"]["relevant"] == '${kind} = "a_b" and ${sort2} = "a_b_2"'
    assert asked["more"]["relevant"] == "selected(${days_r}, 'c') or ${dual_x_1} = \"2\""
    assert "relevant" not in asked["big_b"]
    assert asked["big_b"]["dont_know"] is True


def test_what_of_tables_is_lost_is_listed() -> None:
    found = [(loss.subject, loss.code, loss.was) for loss in lss.read(TABLES).losses]
    assert ("hours", "attribute_left_out", "10") in found  # of their sum
    assert ("big", "attribute_left_out", "size") in found  # no rows of that name
    assert ("big", "label_of_ours", "Option dk") in found
    assert ("big", "relevant_bad_name", "dual_x_0.value == 1") in found


def test_a_file_of_an_older_limesurvey() -> None:
    """There a question stands once for each language, with its texts."""
    found = lss.read(
        survey(
            table("surveys", {"language": "de-informal", "additional_languages": "en"}),
            table(
                "groups",
                {"gid": 1, "group_name": "Über dich", "group_order": 0, "language": "de-informal"},
                {"gid": 1, "group_name": "About you", "group_order": 0, "language": "en"},
            ),
            table(
                "questions",
                question(1, "E", "Q1", question="Mehr?", language="de-informal"),
                question(1, "E", "Q1", question="More?", language="en"),
            ),
            table(
                "subquestions",
                {"qid": 2, "parent_qid": 1, "title": "a", "question": "Zeit", "language": "de-informal"},
                {"qid": 2, "parent_qid": 1, "title": "a", "question": "Time", "language": "en"},
            ),
        )
    )
    (asked,) = found.document["questions"]
    assert asked["text"] == {"de-informal": "Mehr? – Zeit", "en": "More? – Time"}
    assert asked["scale"]["points"][0] == {"code": "D", "label": {"en": "Decrease"}}


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ('((a.NAOK == "A1"))', '${a} = "A1"'),
        ("a > 1 and (a < 5 || b.code ne 3)", "${a} > 1 and (${a} < 5 or ${b} != 3)"),
        ("!(a == 1) && m_x != 'Y'", "not(${a} = 1) and not(selected(${m}, 'x'))"),
        ("is_empty(m_x) or m_x", "not(selected(${m}, 'x')) or selected(${m}, 'x')"),
        ("a - (b - 1) == 2 / 1", "${a} - (${b} - 1) = 2 div 1"),
        ("7X1X2.NAOK == -1", "${a} = -1"),
        ("count(a) > 1", "unknown_word"),
        ("gone == 1", "bad_name"),
        ("a.value == 1", "bad_name"),  # its points, which are not here
        ("a == ", "missing_end"),
        ("a =~ b", "unknown_character"),
        ("(" * 60 + "a" + ")" * 60, "too_deep"),
    ],
)
def test_expressions(written: str, ours: str) -> None:
    known = {"a": Variable("a"), "b": Variable("b"), "m_x": Variable("m", "x"), "7X1X2": Variable("a")}
    assert said(written, known) == ours


def said(written: str, known: dict[str, Variable]) -> str:
    try:
        return translated(written, known)
    except BadExpression as bad:
        return bad.code


def test_texts_in_html() -> None:
    told = '<p>Läs <a href="https://a.se/x">mer</a>:</p><ul><li>ett</li><li>tv&aring;</li></ul><script>x</script>'
    assert plain(told) == ("Läs mer (https://a.se/x):\n\n– ett\n– två", ("script",))
    assert plain("2 < 3\noch mer")[0] == "2 < 3 och mer"
    assert (
        plain("<!--[if mso]><xml>x</xml><![endif]-->Ja <b title='a > b'>tack</b> &lt;b&gt;")[0]
        == "Ja tack <b>"
    )
    # Each of these took up to half a minute, or was more than could be read.
    for broken in ("<a ", "<a href='", "<!--", "<![", "</", "<script>", "<a href=x>"):
        assert len(plain(broken * 5_000)[0]) <= 20_000
