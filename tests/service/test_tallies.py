"""Answers counted and kept: the same figures as counted at each look, and nothing that was taken back."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from surveys.answers import closing as keys_closing
from surveys.answers import responses, withdrawing
from surveys.database import Database
from surveys.installation import Installation
from surveys.models.programme import Series
from surveys.models.response import Response
from surveys.models.tally import Snapshot, StoredCell, StoredTally
from surveys.queries import tallies as queries
from surveys.results import aggregates
from surveys.results.aggregates import Work
from surveys.results.at_date import AtDate, read_series_at
from surveys.results.cells import COUNTED_LIVE
from surveys.results.model import QuestionResult, SeriesResults
from surveys.results.series import read_series
from tests.support.answered import AFTER, Answering
from tests.support.answered import NOW as LATER
from tests.support.forms import CLOSES, NOW, Asked, ask, filled

MANY = COUNTED_LIVE + 100


def _round(db: Database, now: datetime, go_on: Callable[[], None] = lambda: None) -> list[bool]:
    return [aggregates.count(db, task, now, go_on) for task in aggregates.work(db, now)]


def _all(db: Database, now: datetime, go_on: Callable[[], None] = lambda: None) -> bool:
    """Count the one measurement there is, however few have answered."""
    with db.reading() as session:
        ((key, asking),) = queries.asking(session).items()
    return aggregates.count(db, Work(key, asking.series_id, None), now, go_on)


def _read(db: Database, as_evaluator: bool = True, now: datetime = LATER) -> SeriesResults:
    with db.reading() as session:
        return read_series(session, 1, now, as_evaluator)


def _many(installation: Installation, closes_in: timedelta = timedelta(days=-1)) -> None:
    """A measurement with more answers than are counted at a look."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        rule = it.rule(it.questionnaire(AFTER))
        mailing = it.mailing(rule, it.occasion("t1", "Ansvar"), closes_in)
        it.ask(mailing, 2)
        (first, _) = it.answer(mailing, [{"overall": "1"}, {"overall": "dk", "words": ["Bra", "bra"]}])
        names = [column.name for column in Response.__table__.columns if column.name != "id"]
        row = {name: getattr(first, name) for name in names}
        session.execute(insert(Response), [_another(row, number) for number in range(MANY - 2)])


def _another(row: dict[str, Any], number: int) -> dict[str, Any]:
    answers: dict[str, Any] = {"overall": str(1 + number % 4), "new-A": "2"}
    if number % 7 == 0:
        answers = {"words": ["nyttigt", f"ord {number % 3}"], "more": f"Text {number}"}
    nobody = {"uncoded": True, "source": "paper", "pairing_key": None, "response_key": f"{number:064x}"}
    return {**row, **nobody, "answers": answers, "background": {"gender": ("woman", "man")[number % 2]}}


def test_what_is_kept_is_what_is_counted_and_says_when_it_is_no_longer(installation: Installation) -> None:
    db = installation.database
    _many(installation, timedelta(days=1))
    live = _read(db)
    assert _round(db, LATER) == [True]
    assert _read(db) == live
    assert _round(db, LATER + timedelta(hours=1)) == []

    with db.transaction() as session:
        session.execute(
            update(Response)
            .where(Response.revision == 1, Response.response_key == f"{1:064x}")
            .values(revision=2, answers={"overall": "4"})
        )
    (stale,) = _read(db).measurements
    assert stale.counted_at == LATER
    assert stale.questions == live.measurements[0].questions, "no figure of the answers is newer than others"

    # Who may not read the answers one by one sees no two that differ by one of them.
    closed = LATER + timedelta(days=2)
    (exact,) = _read(db, as_evaluator=False, now=closed).measurements
    assert exact.counted_at is None
    assert exact.questions != stale.questions

    assert aggregates.work(db, LATER + timedelta(seconds=59)) == [], "not at every answer"
    assert aggregates.work(db, LATER - timedelta(hours=1)), "a clock put back keeps nobody waiting"
    assert _round(db, closed) == [True]
    (fresh,) = _read(db, now=closed).measurements
    assert (fresh.counted_at, fresh.questions) == (None, exact.questions)


def _answer(installation: Installation, person: Asked, overall: str = "3") -> None:
    responses.save(
        installation.database,
        installation.keys,
        person.public_id,
        person.token,
        filled({"q-overall": [overall], "q-theme": ["A"]}),
        NOW,
    )


def _answered(installation: Installation, how_many: int, **options: Any) -> list[Asked]:
    asked = ask(installation, *(f"P{number}" for number in range(how_many)), **options)
    for person in asked[:-1]:
        _answer(installation, person)
    return asked


def _kept(db: Database) -> tuple[int, int]:
    """How many responses the tally says that it holds, and how many its groups hold."""
    with db.reading() as session:
        said = session.scalar(select(func.sum(StoredTally.responses))) or 0
        return said, sum(each.answers["responses"] for each in session.scalars(select(StoredCell)))


def test_an_answer_taken_back_while_it_is_counted_is_not_kept(installation: Installation) -> None:
    db = installation.database
    asked = _answered(installation, 8)

    def withdraw() -> None:
        assert withdrawing.withdraw(db, installation.keys, asked[0].public_id, asked[0].token, NOW)

    assert not _all(db, NOW, withdraw)
    assert _kept(db) == (0, 0)
    assert _all(db, NOW)
    assert _kept(db) == (6, 6)
    withdrawing.withdraw(db, installation.keys, asked[1].public_id, asked[1].token, NOW)
    assert _kept(db) == (0, 0), "it left with the answer, not at the next round"


def test_an_answer_that_comes_while_it_is_counted_makes_it_stale(installation: Installation) -> None:
    db = installation.database
    asked = _answered(installation, 8)
    assert _all(db, NOW, lambda: _answer(installation, asked[-1]))
    (seen,) = _read(db, now=NOW).measurements
    assert seen.counts.submitted == 8
    assert {question.n for question in seen.questions if question.code == "overall"} == {8}


def test_two_that_count_keep_the_same_once(installation: Installation) -> None:
    db = installation.database
    _answered(installation, 8)
    with closing(Database(db.url)) as other:
        assert _all(db, NOW, lambda: _also(other))
    assert _kept(db) == (7, 7)


def _also(db: Database) -> None:
    assert _all(db, NOW)


def test_a_snapshot_is_taken_at_closing_never_changed_and_loses_its_answers_with_a_withdrawal(
    installation: Installation,
) -> None:
    db = installation.database
    asked = _answered(installation, 8)
    closed = CLOSES + timedelta(days=1)
    assert _round(db, NOW) == []
    assert _round(db, closed) == [True]
    taken = _snapshots(db)
    assert [(each.why, each.day, each.responses) for each in taken] == [("closing", CLOSES.date(), 7)]
    assert taken[0].counts["submitted"] == 7
    assert _round(db, closed + timedelta(days=9)) == []

    withdrawing.withdraw(db, installation.keys, asked[0].public_id, asked[0].token, closed)
    assert _round(db, closed) == [True]
    first, later = _snapshots(db)
    assert (first.cells, first.responses, first.taken_at) == (None, 7, taken[0].taken_at)
    assert sum(each["answers"]["responses"] for each in later.cells or ()) == 6


def test_results_as_of_a_date_tell_nobody_who_came_in_between(installation: Installation) -> None:
    db, closed = installation.database, CLOSES + timedelta(days=1)
    asked = ask(installation, *(f"P{number}" for number in range(17)))
    month_end, day_after = date(2026, 11, 30), datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    for number, person in enumerate(asked[:12]):
        _answer(installation, person, "4" if number < 6 else "1")
    assert _round(db, day_after) == [True]
    for person in asked[12:16]:
        _answer(installation, person, "4")
    assert _round(db, closed) == [True]

    def at(day: date, as_evaluator: bool = False, now: datetime = closed) -> AtDate | None:
        with db.reading() as session:
            return next(iter(read_series_at(session, 1, day, now, as_evaluator).values()), None)

    def overall(found: AtDate | None) -> QuestionResult:
        assert found is not None
        return next(each for each in found.questions if each.code == "overall")

    assert at(month_end - timedelta(days=1)) is None
    assert at(month_end, now=CLOSES - timedelta(days=1)) is None, "still open"
    then, at_closing = at(month_end), at(CLOSES.date())
    assert then is not None
    assert (then.day, then.why, then.counts["submitted"]) == (month_end, "month", 12)
    # Four came in between, and all said the same.
    assert (overall(then).n, overall(then).shown) == (12, False)
    assert (overall(at_closing).n, overall(at_closing).shown) == (16, True)


@pytest.mark.parametrize(
    ("told_by", "rows", "shown"),
    [
        pytest.param(None, False, False, id="tables by gender"),
        pytest.param([], False, True, id="no tables by background"),
        pytest.param(["gender"], True, False, id="rows that carry gender"),
        pytest.param([], True, True, id="rows that carry nothing"),
    ],
)
def test_nor_beside_tables_by_background(
    installation: Installation, told_by: list[str] | None, rows: bool, shown: bool
) -> None:
    """Who came when, and of which gender, would be a cross whose cells are few."""
    db, closed = installation.database, CLOSES + timedelta(days=1)
    asked = ask(installation, *(f"P{number}" for number in range(32)))
    month_end = date(2026, 11, 30)
    for number, person in enumerate(asked[:20]):
        _answer(installation, person, "4" if number % 3 else "1")
    _round(db, datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    for number, person in enumerate(asked[20:]):
        _answer(installation, person, "4" if number % 2 else "1")
    with db.transaction() as session:
        for number, response in enumerate(session.scalars(select(Response).order_by(Response.id))):
            response.background = {"gender": "man" if number % 2 else "woman"}
        session.execute(update(Series).values(told_by=told_by, response_rows=rows))
    _round(db, closed)

    with db.reading() as session:
        (then,) = read_series_at(session, 1, month_end, closed, as_evaluator=False).values()
        (now,) = read_series_at(session, 1, CLOSES.date(), closed, as_evaluator=False).values()
    overall = [next(q for q in each.questions if q.code == "overall") for each in (then, now)]
    assert [each.shown for each in overall] == [shown, True]
    assert [each.n for each in overall] == [20, 32]


def test_of_what_is_to_lead_to_nobody_none_is_taken_before_it_does(installation: Installation) -> None:
    db, keys = installation.database, installation.keys
    _answered(installation, 8, privacy_mode="anonymous")
    assert _all(db, NOW)
    closed = CLOSES + timedelta(days=1)
    assert _round(db, closed) == []
    for name in keys_closing.due(db, keys, closed):
        keys_closing.close(db, keys, name, closed, Random(1))
    assert _kept(db) == (0, 0), "the groups from before closing were finer"
    assert _round(db, closed) == [True]
    with db.reading() as session:
        found = session.scalars(select(Response).where(Response.submitted_at.is_not(None)))
        rows = {
            _classes({**each.background, "language": each.language, "source": each.source}) for each in found
        }
    (snapshot,) = _snapshots(db)
    assert {_classes(each["background"]) for each in snapshot.cells or ()} == rows


def _classes(background: dict[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(background.items()) if value)


def _snapshots(db: Database) -> list[Snapshot]:
    with db.reading() as session:
        found = list(session.scalars(select(Snapshot).order_by(Snapshot.day)))
        session.expunge_all()
    return found
