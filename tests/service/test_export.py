"""Exports of responses: what is in the file, what is not, and that spreadsheets read it as it was meant."""

import csv
import io
import re
import stat
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from surveys.cli import folja
from surveys.exporting import csv_file
from surveys.exporting.csv_file import CannotWrite, FileThere
from surveys.exporting.rows import Export
from surveys.installation import Installation
from surveys.models.deeds import Deed
from tests.support.answered import AFTER, NOW, OVERALL, Answering, one_question, spread
from tests.support.forms import DEGREE, EVERY_KIND, EVERY_WAY, local
from tests.support.installations import environment

Build = Callable[[Answering], Any]
FIXED = [
    "response_id",
    "person_code",
    "questionnaire",
    "version",
    "wave",
    "occasion",
    "occasion_number",
    "occasion_date",
    "submitted_on",
]


def built(installation: Installation, build: Build, told_by: list[str] | None = None) -> int:
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys, response_rows=True, told_by=told_by)
        build(answering)
        return answering.series.id


def exported(
    installation: Installation, build: Build | int, now: datetime = NOW, **options: Any
) -> tuple[Export, list[dict[str, str]]]:
    """The export and its rows, read back with Python's csv."""
    series_id = build if isinstance(build, int) else built(installation, build)
    text = io.StringIO(newline="")
    with installation.database.reading() as session:
        export = Export(session, installation.keys, series_id, now, "sv", **options)
        count = csv_file.write(export, text)
    rows = list(csv.DictReader(io.StringIO(text.getvalue(), newline=""), delimiter=";", strict=True))
    assert count == export.count == len(rows)
    return export, rows


def test_a_row_says_where_its_answers_belong(installation: Installation) -> None:
    def build(it: Answering) -> None:
        it.measured(spread("overall", 1, 2, 3, 1), invited=9)

    export, rows = exported(installation, build)

    assert list(rows[0]) == [*FIXED, "language", "overall", "overall.label"]
    assert len(rows) == 7
    assert len({row["response_id"] for row in rows}) == len({row["person_code"] for row in rows}) == 7
    assert {tuple(row[name] for name in FIXED[2:]) for row in rows} == {
        ("efter1", "1", "occasion", "t1", "1", "2026-05-06", "2026-08-13")
    }
    assert sorted((row["overall"], row["overall.label"]) for row in rows) == [
        ("1", "I mycket liten grad"),
        *[("2", "I liten grad")] * 2,
        *[("3", "I hög grad")] * 3,
        ("4", "I mycket hög grad"),
    ]
    assert (export.count, export.too_few, export.waiting) == (7, 0, 0)


def test_every_kind_has_its_columns(installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(EVERY_KIND)), it.occasion("t1", "Ansvar", "Bemötande"))
        it.ask(mailing, 20)
        it.answer(mailing, EVERY_WAY)

    _, rows = exported(installation, build)
    row = next(row for row in rows if row["missed"])

    assert {name: row[name] for name in list(row)[len(FIXED) + 1 :]} == {
        "theme": "B",
        "theme.label": "B. Bemötande",
        "new-A": "2",
        "new-A.label": "I liten grad",
        "new-B": "4",
        "new-B.label": "I mycket hög grad",
        "overall": "dk",
        "overall.label": "Vet ej",
        "role": "other",
        "role.label": "Annat",
        "role.text": "'=Kassör",
        "use.a": "1",
        "use.b": "0",
        "use.c": "0",
        "use.other": "1",
        "use.text": "Allt",
        "hours": "1,5",
        "missed": "Kaffe",
        "more": 'Rad ett\nrad två; med "citat" åäö',
        "words.1": "Åtgärd",
        "words.2": "ärlig",
        "words.3": "",
        "order.a": "2",
        "order.b": "",
        "order.c": "1",
        "began": "2026-11-22",
        "quoted": "yes",
        "quoted.label": "Samtycker",
    }
    nothing = next(row for row in rows if not row["new-A"])
    assert set(list(nothing.values())[len(FIXED) + 1 :]) == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "\t", "\r", "\n", "＝"])
def test_no_text_starts_a_formula(sqlite_installation: Installation, start: str) -> None:
    text = f'{start}HYPERLINK("http://x.example")'
    content = one_question(kind="long_text")

    _, rows = exported(sqlite_installation, lambda it: it.measured([{"q": text}] + [{"q": "a"}] * 9, content))

    assert min(row["q"] for row in rows) == f"'{text}"


def test_true_numbers_are_never_touched(sqlite_installation: Installation) -> None:
    content = one_question(kind="number", decimals=1, minimum="-10")
    numbers = ["-5", "-0.5", "0", "1000", "12.5"]

    _, rows = exported(
        sqlite_installation, lambda it: it.measured([{"q": each} for each in numbers], content)
    )

    assert sorted(row["q"] for row in rows) == sorted(["-5", "-0,5", "0", "1000", "12,5"])


def test_labels_and_background_from_files_start_no_formula(sqlite_installation: Installation) -> None:
    scale = {
        "points": [{"code": "1", "label": local("- inte alls")}, {"code": "2", "label": local("= helt")}],
        "merged": [],
        "top": 1,
    }
    content = one_question(kind="scale", scale=scale)

    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(content)), it.occasion("t1"))
        it.ask(mailing, 6)
        it.answer(mailing, spread("q", 3, 3), background={"work_group": "=1+1"})

    _, rows = exported(sqlite_installation, build)

    assert {row["q.label"] for row in rows} == {"'- inte alls", "'= helt"}
    assert {row["work_group"] for row in rows} == {"'=1+1"}


def test_a_persons_answers_before_and_after_have_one_code(installation: Installation) -> None:
    def build(it: Answering) -> None:
        for wave, anchor in (("pre", "series_start"), ("post", "series_end")):
            rule = it.rule(it.questionnaire(OVERALL, code=wave, wave=wave), wave, anchor)
            mailing = it.mailing(rule)
            it.ask(mailing, 8)
            it.answer(mailing, spread("overall", 3, 3) if wave == "pre" else spread("overall", 1, 2, 4, 1))

    _, rows = exported(installation, build)
    before = {row["person_code"] for row in rows if row["wave"] == "pre"}
    after = {row["person_code"] for row in rows if row["wave"] == "post"}

    assert (len(before), len(after), len(before & after)) == (6, 8, 6)
    assert all(re.fullmatch("[0-9A-F]{6}-[0-9A-F]{6}", code) for code in after)
    assert {row["occasion"] for row in rows} == {""}


def test_responses_of_small_measurements_are_left_out_and_counted(sqlite_installation: Installation) -> None:
    sentinel = "Det här får ingen annan läsa 7f3a"

    def build(it: Answering) -> None:
        it.measured(spread("overall", 3, 3))
        it.measured([{"more": sentinel, "overall": "1"}] * 4, AFTER)

    export, rows = exported(sqlite_installation, build)

    assert (export.count, export.too_few) == (6, 4)
    assert {row["occasion"] for row in rows} == {"t1"}
    assert not any(sentinel in cell for row in rows for cell in row.values())


def test_what_no_page_shows_of_a_question_is_in_no_row(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        few = [{"overall": "1"}, {"overall": "2"}, {"overall": "2"}, {"overall": "1"}, {"overall": "dk"}]
        it.measured([*few, {}, {}])  # four answers to the question, seven to the questionnaire
        it.measured(spread("overall", 0, 0, 0, 6))  # all the same
        it.measured(spread("overall", 0, 0, 1, 5))

    _, rows = exported(sqlite_installation, build)
    by_occasion = {
        code: sorted({row["overall"] + row["overall.label"] for row in rows if row["occasion"] == code})
        for code in ("t1", "t2", "t3")
    }

    assert by_occasion == {"t1": ["...."], "t2": ["...."], "t3": ["3I hög grad", "4I mycket hög grad"]}


def test_what_was_asked_by_answers_that_no_page_shows_is_in_no_row(sqlite_installation: Installation) -> None:
    content = one_question(kind="scale", scale=DEGREE)
    why = {"code": "why", "kind": "short_text", "text": local("Varför?"), "relevant": "${q} = '4'"}
    content["questions"].append(why)

    def build(it: Answering) -> None:
        it.measured([{"q": "4", "why": "Så"}] * 6, content=content)  # all the same
        it.measured([*[{"q": "4", "why": "Så"}] * 6, *[{"q": "1"}] * 6], content=content)

    _, rows = exported(sqlite_installation, build)
    by_occasion = {code: {row["why"] for row in rows if row["occasion"] == code} for code in ("t1", "t2")}

    assert by_occasion == {"t1": {".."}, "t2": {"Så", ""}}


def test_what_only_a_later_version_asks_is_weighed_against_those_who_had_it(
    sqlite_installation: Installation,
) -> None:
    content = one_question(kind="scale", scale=DEGREE)
    more = {"code": "more", "kind": "short_text", "text": local("Något mer?")}

    def build(it: Answering) -> None:
        questionnaire = it.questionnaire(content, code="fore", wave="pre")
        mailing = it.mailing(it.rule(questionnaire, "fore"))
        it.ask(mailing, 16)
        first = questionnaire.versions[-1]
        later = it.version(questionnaire, content | {"questions": [*content["questions"], more]})
        it.answer(mailing, spread("q", 6, 6), version=first)
        it.answer(mailing, [{"q": "4", "more": "Så"}] * 4, version=later)

    _, rows = exported(sqlite_installation, build)

    assert Counter(row["q"] for row in rows) == {"1": 6, "2": 6, "4": 4}
    assert {row["more"] for row in rows if row["q"] == "4"} == {".."}


def background(women: int, men: int, groups: str = "a") -> list[dict[str, str]]:
    genders = ["woman"] * women + ["man"] * men
    return [
        {"gender": gender, "work_group": groups[number % len(groups)]}
        for number, gender in enumerate(genders)
    ]


@pytest.mark.parametrize(
    ("first", "second", "carried"),
    [
        (background(6, 6), background(6, 6), ("gender", "work_group", "language")),
        (background(6, 6), background(8, 4), ("work_group", "language")),  # four men at the second occasion
        (background(10, 10, "ab"), background(10, 10, "ab"), ("gender", "work_group", "language")),
        (background(6, 6, "ab"), background(6, 6, "ab"), ("gender", "language")),  # three in each cross
        (background(12, 0), [{"gender": "woman"}] * 8 + [{}] * 4, ("work_group", "language")),  # four blank
    ],
)
def test_background_is_carried_only_where_every_combination_has_enough_rows(
    sqlite_installation: Installation,
    first: list[dict[str, str]],
    second: list[dict[str, str]],
    carried: tuple[str, ...],
) -> None:
    def build(it: Answering) -> None:
        rule = it.rule(it.questionnaire(OVERALL))
        for code, classes in (("t1", first), ("t2", second)):
            mailing = it.mailing(rule, it.occasion(code))
            it.ask(mailing, len(classes))
            given = [{"overall": str(number // 2 % 4 + 1)} for number in range(len(classes))]
            it.answer(mailing, given, background=classes)

    export, rows = exported(sqlite_installation, built(sqlite_installation, build, ["gender", "work_group"]))

    assert export.carried == carried
    assert set(export.carried) | set(export.not_carried) == {"gender", "work_group", "language"}
    assert [name for name in rows[0] if name in {"gender", "work_group", "language"}] == [
        "language",
        *(name for name in carried if name != "language"),
    ]


def test_rows_carry_nothing_that_the_tables_hide(sqlite_installation: Installation) -> None:
    """Six men who answered alike: no table of genders would show it, and so the rows do not either.

    Nor do they carry what was chosen second, lest a file of another day carries the first.
    """

    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(OVERALL)), it.occasion("t1"))
        it.ask(mailing, 18)
        it.answer(mailing, spread("overall", 6, 6, 6), background=background(12, 6, "ab"))

    export, _ = exported(sqlite_installation, built(sqlite_installation, build, ["gender", "work_group"]))

    assert export.carried == ("language",)
    assert export.not_carried == ("gender", "work_group")


def test_a_theme_too_fine_to_carry_is_not_told_as_an_answer(sqlite_installation: Installation) -> None:
    """The organiser's register knows who was in which theme: one row of theme B would be that person's."""
    themes = ["A"] * 9 + ["B"]

    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(EVERY_KIND)), it.occasion("t1", "Ansvar", "Bemötande"))
        it.ask(mailing, 10)
        given = [{"theme": theme, "overall": str(k % 2 + 3)} for k, theme in enumerate(themes)]
        it.answer(mailing, given, background=[{"theme": theme} for theme in themes])

    export, rows = exported(sqlite_installation, build)

    assert export.not_carried == ("theme",)
    assert {(row["theme"], row["theme.label"]) for row in rows} == {("..", "..")}
    assert {row["overall"] for row in rows} == {"3", "4"}


def test_a_rare_language_is_not_told(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(OVERALL)), it.occasion("t1"))
        it.ask(mailing, 8)
        it.answer(mailing, spread("overall", 4, 4), languages=["sv"] * 7 + ["en"])

    export, rows = exported(sqlite_installation, build)

    assert export.not_carried == ("language",)
    assert "language" not in rows[0]


@pytest.mark.parametrize(("papers", "told"), [(0, False), (3, False), (5, True)])
def test_what_came_on_paper_is_told_where_it_points_nobody_out(
    sqlite_installation: Installation, papers: int, told: bool
) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(OVERALL)), it.occasion("t1"))
        it.ask(mailing, 12)
        given = [{"overall": str(number % 2 + 1)} for number in range(12)]
        for response in it.answer(mailing, given)[:papers]:
            response.source = "paper"

    export, rows = exported(sqlite_installation, built(sqlite_installation, build, ["source"]))

    assert ("source" in export.carried) == told
    assert export.not_carried == (("source",) if papers and not told else ())
    if told:
        assert [row["source"] for row in rows].count("paper") == papers
    else:
        assert "source" not in rows[0]


def test_whoever_sees_who_answered_gets_no_codes_no_dates_and_nothing_open(
    sqlite_installation: Installation,
) -> None:
    def build(it: Answering) -> None:
        it.measured(spread("overall", 3, 3))
        it.measured(spread("overall", 4, 3), closes_in=timedelta(days=3))

    series_id = built(sqlite_installation, build)
    evaluator, all_rows = exported(sqlite_installation, series_id)
    organiser, rows = exported(sqlite_installation, series_id, as_evaluator=False)

    assert (evaluator.count, evaluator.waiting, organiser.count, organiser.waiting) == (13, 0, 6, 7)
    assert "person_code" not in rows[0]
    assert "submitted_on" not in rows[0]
    assert not {row["person_code"] for row in all_rows} & {cell for row in rows for cell in row.values()}


def test_named_answers_are_exported_without_names(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        questionnaire = it.questionnaire(OVERALL, privacy_mode="named")
        mailing = it.mailing(it.rule(questionnaire), it.occasion("t1"))
        it.ask(mailing, 6)
        it.answer(mailing, spread("overall", 3, 3))

    _, rows = exported(sqlite_installation, build)

    assert len(rows) == 6
    assert not any("Namn" in cell or "@" in cell for row in rows for cell in row.values())


def test_the_day_is_the_projects_own(sqlite_installation: Installation) -> None:
    def build(it: Answering) -> None:
        mailing = it.mailing(it.rule(it.questionnaire(OVERALL)), it.occasion("t1"))
        it.ask(mailing, 6)
        it.answer(mailing, spread("overall", 3, 3), submitted_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))

    _, rows = exported(sqlite_installation, build)

    assert {row["submitted_on"] for row in rows} == {"2026-07-01"}


def test_other_answers_under_the_same_code_have_columns_of_their_own(
    sqlite_installation: Installation,
) -> None:
    five = {
        "points": [{"code": str(n), "label": local(f"Steg {n}")} for n in range(1, 6)],
        "merged": [],
        "top": 2,
    }

    def build(it: Answering) -> None:
        for code, scale in (("fore", DEGREE), ("efter", five), ("senare", DEGREE)):
            rule = it.rule(
                it.questionnaire(one_question(kind="scale", scale=scale), code=code, wave="other"), code
            )
            mailing = it.mailing(rule)
            it.ask(mailing, 6)
            it.answer(mailing, spread("q", 2, 2, 2))

    _, rows = exported(sqlite_installation, build)

    assert list(rows[0])[-4:] == ["q", "q.label", "q_efter", "q_efter.label"]
    assert {row["questionnaire"] for row in rows if row["q"]} == {"fore", "senare"}
    assert {row["questionnaire"] for row in rows if row["q_efter"]} == {"efter"}


def saved(installation: Installation, path: Path, replace: bool = False) -> int:
    series_id = built(installation, lambda it: it.measured(spread("overall", 3, 3)))
    with installation.database.reading() as session:
        return csv_file.save(Export(session, installation.keys, series_id, NOW, "sv"), path, replace)


def test_the_file_has_a_byte_order_mark_semicolons_and_is_for_its_owner(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "svar.csv"

    assert saved(sqlite_installation, path) == 6

    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfresponse_id;person_code;")
    assert content.count(b"\r\n") == 7
    assert "I liten grad" in content.decode("utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".svar*")) == []


def test_a_file_that_is_there_is_replaced_only_when_told(
    sqlite_installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "svar.csv"
    path.write_text("mitt")

    with pytest.raises(FileThere):
        saved(sqlite_installation, path)
    assert path.read_text() == "mitt"


@pytest.mark.parametrize("place", ["", "finns-inte/svar.csv"])
def test_what_cannot_be_written_is_said(
    sqlite_installation: Installation, tmp_path: Path, place: str
) -> None:
    with pytest.raises(CannotWrite):
        saved(sqlite_installation, tmp_path / place, replace=True)


@pytest.fixture
def command(installation: Installation) -> Callable[..., Any]:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(
        folja, ["--language", "en", "export", *arguments], env=environment(installation.settings)
    )


def test_the_command_prints_the_count(
    command: Callable[..., Any], installation: Installation, tmp_path: Path
) -> None:
    def build(it: Answering) -> None:
        it.measured(spread("overall", 3, 3))
        it.measured(spread("overall", 1, 1))

    built(installation, build)
    path = tmp_path / "svar.csv"

    done = command("kurs", "--format", "csv", "-o", str(path))

    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        f"6 responses written to {path}.",
        "2 responses are left out because too few answered those questionnaires.",
    ]
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file, delimiter=";"))) == 7

    for form, rows, told in (
        ("sav", "persons", "6 persons"),
        ("csv", "answers", "6 answers"),
        ("xlsx", "", "6 responses"),
    ):
        other = tmp_path / f"annat.{form}"
        chosen = ("--rows", rows) if rows else ()
        done = command("kurs", "--format", form, *chosen, "-o", str(other))
        assert (done.exit_code, done.output.split(" written")[0]) == (0, told)
        assert stat.S_IMODE(other.stat().st_mode) == 0o600
    refused = command("kurs", "--format", "xlsx", "--rows", "persons", "-o", str(other))
    assert (refused.exit_code, refused.output) == (1, "The format xlsx has rows of: responses.\n")

    with installation.database.reading() as session:
        deeds = [(each.action, each.user_id, each.details) for each in session.scalars(select(Deed))]
    assert len(deeds) == 4
    told = {"format": "csv", "rows": "responses", "by": "command"}
    assert deeds[0] == ("responses_exported", None, told)

    again = command("kurs", "-o", str(path))
    assert (again.exit_code, again.output) == (1, f"{path} is there already; --force replaces it.\n")
    assert command("kurs", "-o", str(path), "--force").exit_code == 0


def test_the_command_says_what_is_wrong_in_one_line(
    command: Callable[..., Any], installation: Installation, tmp_path: Path
) -> None:
    built(installation, lambda it: it.measured(spread("overall", 3, 3)))

    unknown = command("finns-inte", "-o", str(tmp_path / "svar.csv"))
    elsewhere = command("kurs", "-o", str(tmp_path / "finns" / "svar.csv"))

    assert (unknown.exit_code, unknown.output) == (1, "There is no series with the code finns-inte.\n")
    assert elsewhere.exit_code == 1
    assert elsewhere.output == f"{tmp_path}/finns/svar.csv cannot be written: No such file or directory\n"
