"""Every two measurements beside each other, as files hold them."""

from surveys.exporting.change_tables import change_tables
from surveys.exporting.words import Words
from surveys.installation import Installation
from surveys.results.change import read_change, read_changes
from surveys.results.indexes import Wanted, declare_index
from tests.service.test_change import QUESTIONS, SEVERAL, asked, change_of
from tests.support.answered import NOW, OVERALL, Answering

FIRST, LATER = "2223112423", "3323314414"


def three(it: Answering) -> None:
    """Before, after and later, where everybody answers as after; and one that asks something else."""
    content = {**SEVERAL, "questions": QUESTIONS[:2]}
    for code, wave, points in (("fore", "pre", FIRST), ("slut", "post", LATER), ("sen", "follow_up", LATER)):
        asked(it, code, wave, [{"a": each, "b": each} for each in points], content)
    asked(it, "annat", "post", [{"overall": each} for each in LATER], OVERALL)


def test_the_tables_hold_every_two_measurements_and_say_nothing_twice(installation: Installation) -> None:
    db = installation.database
    change = change_of(installation, three)
    series_id = change.series.id
    declare_index(db, series_id, Wanted("Läget", ("a", "b"), 2), change, None, NOW)
    with db.reading() as session:
        changes = read_changes(session, series_id, NOW)
        pairs = [
            (each.before.rule_code, each.after.rule_code) for each in changes if each.before and each.after
        ]
        assert pairs == [("fore", "slut"), ("fore", "sen"), ("slut", "sen")]
        for chosen, each in zip(pairs, changes, strict=True):
            assert each == read_change(session, series_id, NOW, chosen=chosen)  # what the page says

    found = {each.code: each for each in change_tables(changes, Words("en"), "sv")}
    table = found["before-after"]
    rows = [dict(zip(table.heading, row, strict=True)) for row in table.rows]
    told = [(row["Code"] or row["Question"], row["Pairs"], row["Higher"], row["Lower"]) for row in rows]
    assert told == [
        *[("a", 10, 5, 1), ("b", 10, 5, 1), ("Läget", 10, 5, 1)] * 2,
        *[("a", 10, 0, 0), ("b", 10, 0, 0), ("Läget", 10, 0, 0)],
    ]
    assert len({(row["First measurement"], row["Second measurement"]) for row in rows}) == 3
    assert [row[3:6] for row in found["indexes"].rows[1:]] == [
        (name, 10, found["indexes"].rows[1][5]) for name in (row[3] for row in found["indexes"].rows[1:])
    ]
    assert len(found["indexes"].rows) == 3  # a measurement each
    assert len({row[2:4] for row in found["before-after-classes"].rows}) == 3


def test_one_measurement_alone_has_the_table_of_its_indexes(sqlite_installation: Installation) -> None:
    db = sqlite_installation.database
    content = {**SEVERAL, "questions": QUESTIONS[:2]}
    answers = [{"a": each, "b": each} for each in FIRST]
    change = change_of(sqlite_installation, lambda it: asked(it, "fore", "pre", answers, content))
    declare_index(db, change.series.id, Wanted("Läget", ("a", "b"), 2), change, None, NOW)
    with db.reading() as session:
        (table,) = change_tables(read_changes(session, change.series.id, NOW), Words("en"), "sv")

    assert table.code == "indexes"
    assert [str(each) for each in table.rows[0][-5:]] == ["10", "2.2", "0.9", "10", "1.00"]
