"""Figures from elsewhere: kept with their source and history, and laid beside the project's own answers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from surveys.course.series_removal import remove_series
from surveys.domain.figure_finding import Verdict
from surveys.domain.figure_printed import Role
from surveys.domain.outside_table import Content, Link, Source
from surveys.importing.pasted_table import read_pasted
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.outside import OutsideVersion
from surveys.queries import deeds
from surveys.results.outside import NoTable, OutsideFigures, read_table, read_tables
from surveys.results.outside_keeping import ChangedMeanwhile, add_table, change_table, remove_table
from tests.support.answered import AFTER, NOW, Answering, spread

SAVED = datetime(2027, 3, 1, 9, tzinfo=UTC)
TABLE = """Tillfälle;Enkätutskick;Svar;Svarsfrekvens;Helhet
1;20;16;80;75
2;8;4;50;75
Nästa år;20;16;80;81"""
PASTED = read_pasted(TABLE)
CONTENT = Content(
    title="Rapporten",
    kind="occasion",
    source=Source("Utvärderaren", "Slutrapport", "2013", "12"),
    head=PASTED.head,
    rows=PASTED.rows,
    roles=(Role.LABEL, Role.ASKED, Role.BASE, Role.RATE, Role.SHARE),
    unit="procent",
    links={4: Link("overall")},
)


@pytest.fixture
def project(installation: Installation) -> int:
    """t1: 16 of 20 answered, 12 of them in the upper points; t2: 4 of 8, too few."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.people(20)
        rule = it.rule(it.questionnaire(AFTER))
        for code, many, answers in (
            ("t1", 20, spread("overall", 2, 2, 6, 6)),
            ("t2", 8, spread("overall", 0, 1, 1, 2)),
        ):
            mailing = it.mailing(rule, it.occasion(code, present=many))
            it.ask(mailing, many)
            it.answer(mailing, answers)
        return it.project.id


def read(
    installation: Installation, project: int, public_id: str, number: int | None = None
) -> OutsideFigures:
    with installation.database.reading() as session:
        return read_table(session, project, public_id, NOW, as_evaluator=True, number=number)


def test_a_printed_figure_is_checked_against_the_answers_themselves(
    installation: Installation, project: int
) -> None:
    made = add_table(installation.database, project, CONTENT, "kurs", None, SAVED)

    one = read(installation, project, made)

    assert (one.checked.beside[0, 4].k, one.checked.beside[0, 4].n) == (12, 16)
    assert one.checked.verdict(0, 4) is Verdict.FOLLOWS
    assert (1, 4) not in one.checked.beside  # four answers are not shown, and here neither
    assert one.checked.beside[1, 2].k == 4  # how many answered is no secret
    assert one.checked.verdict(2, 4) is Verdict.FOLLOWS  # no occasion of ours: 13 of 16 is 81
    wrong = replace(CONTENT, rows=(("1", "20", "15", "80", "80"), *CONTENT.rows[1:]))
    change_table(installation.database, project, made, wrong, "kurs", 1, None, SAVED)
    checked = read(installation, project, made).checked
    assert [checked.verdict(0, column) for column in (1, 2, 3, 4)] == [
        Verdict.FOLLOWS, Verdict.DIFFERS, Verdict.FOLLOWS, Verdict.DIFFERS,
    ]  # fmt: skip
    assert [(each.fits[0].k, each.fits[0].n) for _, each in checked.faults] == [(16, 1), (12, 16)]


def test_what_a_table_said_is_kept_with_who_changed_it_and_goes_when_it_is_removed(
    installation: Installation, project: int
) -> None:
    db = installation.database
    made, other = (add_table(db, project, CONTENT, None, None, SAVED) for _ in range(2))
    changed = replace(CONTENT, title="Rapporten, rättad", source=Source("Utvärderaren", page="13"))
    change_table(db, project, made, changed, None, 1, None, SAVED)
    change_table(db, project, made, changed, None, 2, None, SAVED)  # the same again is no version

    with pytest.raises(ChangedMeanwhile):
        change_table(db, project, made, CONTENT, None, 1, None, SAVED)
    one = read(installation, project, made)
    assert [each.number for each in one.history] == [2, 1]
    assert (one.content, one.saved.at) == (changed, SAVED)
    assert read(installation, project, made, 1).content == CONTENT
    with pytest.raises(NoTable):
        read(installation, project, made, 7)

    remove_table(db, project, other, None, SAVED)
    with pytest.raises(NoTable):
        remove_table(db, project, other, None, SAVED)
    with db.reading() as session:
        assert [each.id for each in read_tables(session, project)] == [made]
        assert len(session.scalars(select(OutsideVersion)).all()) == 2
        done = session.scalars(select(Deed).order_by(Deed.id)).all()
        assert [each.action for each in done] == [
            "outside_added", "outside_added", "outside_changed", "outside_removed",
        ]  # fmt: skip
        told = deeds.about(session, project, {each.subject for each in done})
        assert [each.name for each in told.values()] == ["Rapporten, rättad"]


def test_another_project_s_table_is_not_there(installation: Installation, project: int) -> None:
    made = add_table(installation.database, project, CONTENT, None, None, SAVED)

    with pytest.raises(NoTable):
        read(installation, project + 1, made)
    with pytest.raises(NoTable):
        remove_table(installation.database, project + 1, made, None, SAVED)


def test_a_table_stays_when_the_series_it_was_laid_beside_is_removed(installation: Installation) -> None:
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        project, series = it.project.id, it.series.id
    made = add_table(installation.database, project, CONTENT, "kurs", None, SAVED)
    assert read(installation, project, made).series_title == "Kursen"

    remove_series(installation.database, series, None, SAVED)

    assert read(installation, project, made).series is None
