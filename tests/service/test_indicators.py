"""Indicators over a database: what is counted, versions that stay, readings that are taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from surveys.answers.tallies import forget
from surveys.domain.indicators import Kind, Verdict
from surveys.domain.series import BadFields
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.indicator import Indicator, IndicatorReading, IndicatorVersion
from surveys.models.message import Message
from surveys.models.people import Outcome
from surveys.models.programme import Organisation, Project
from surveys.models.response import Response
from surveys.queries import indicators as queries
from surveys.queries.results import Key
from surveys.register.outcomes import declared as declared_outcome
from surveys.results import aggregates, readings
from surveys.results import indicator_acts as acts
from surveys.results.indexes import Wanted, declare_index, remove_index
from surveys.results.indicator_choices import choices
from surveys.results.indicators import IndicatorResult, read_indicator, read_indicators
from tests.service.test_breakdown import MIXED, Asked
from tests.service.test_change import GOLDEN, both, declared
from tests.support.answered import NOW, Answering, spread
from tests.support.waiting import until_one_waits

TODAY = NOW.date()
SOON, PAST = (TODAY + timedelta(days=30)).isoformat(), (TODAY - timedelta(days=30)).isoformat()
COMMON = {"title": "Mål", "reads_on": SOON, "decided_on": "2026-01-10"}


@pytest.fixture
def built(installation: Installation) -> Installation:
    """Twelve persons, nine of them at one of two occasions; one measurement of 77, one of three answers."""
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys)
        answering.people(12)
        answering.measured([*spread("overall", 2, 17, 29, 29)], invited=98)
        answering.measured(spread("overall", 0, 0, 3, 0))
        answering.occasion("t9", present=9)
        police = Organisation(project_id=answering.project.id, code="polisen", name="Polisen", position=1)
        session.add(police)
        session.flush()
        for person in answering.persons[:4]:
            person.participant.organisation_id = police.id
            person.participant.gender = "man"
    return installation


def project(installation: Installation) -> Project:
    with installation.database.reading() as session:
        found = session.scalars(select(Project)).one()
        session.expunge_all()
        return found


def add(installation: Installation, kind: Kind, many: Any = None, whole: str = "", **raw: str) -> str:
    found = project(installation)
    with installation.database.reading() as session:
        known = choices(session, found).known
    return acts.add_indicator(
        installation.database, found.id, kind, COMMON | raw, many or {}, known, None, NOW, whole
    )


def look(installation: Installation, code: str, **options: Any) -> IndicatorResult:
    with installation.database.reading() as session:
        return read_indicator(session, project(installation), code, options.pop("now", NOW), **options)


def revise(installation: Installation, code: str, seen: int, **raw: str) -> None:
    found = project(installation)
    with installation.database.reading() as session:
        known = choices(session, found).known
        user = None
    acts.revise(installation.database, found.id, code, seen, COMMON | raw, {}, known, user, NOW)


def test_head_counts_attendances_and_groups_are_counted_apart(built: Installation) -> None:
    registered = add(built, Kind.HEAD_COUNT, stage="registered", target="100")
    present = add(built, Kind.HEAD_COUNT, stage="present", target="9")
    police = add(built, Kind.HEAD_COUNT, {"organisations": ["polisen"]}, stage="present", gender="man")
    times = add(built, Kind.ATTENDANCES)

    assert look(built, registered).read.figure.value == 98
    assert look(built, present).judgement.verdict is Verdict.MET
    assert look(built, police).read.figure.value == 4
    assert look(built, times).read.figure.value == 9
    held = TODAY - timedelta(days=200 - 3)
    assert look(built, present, day=held - timedelta(days=1)).read.figure.value == 0
    assert look(built, present, day=held).read.figure.value == 9


def test_a_share_is_made_of_what_is_shown_and_nothing_else(built: Installation) -> None:
    whole = {"questions": ["kurs/efter1/overall", "kurs/efter2/overall"]}
    code = add(built, Kind.SHARE, whole, threshold="3", target="75")
    found = look(built, code)
    figure = found.read.figure
    assert (figure.numerator, figure.denominator, figure.n, figure.left_out) == (58, 77, 77, 1)
    assert [(each.count, each.n, each.left_out) for each in found.read.behind] == [
        (58, 77, ""),
        (None, None, "too_few"),
    ]
    assert found.judgement.verdict is Verdict.MET  # 58 of 77 is 75.3

    invited = add(built, Kind.SHARE, whole, threshold="3", target="75", base="invited")
    assert look(built, invited).read.figure.value == Fraction(100 * 58, 98)
    few = add(built, Kind.SHARE, {"questions": ["kurs/efter2/overall"]}, threshold="3", target="75")
    assert look(built, few).read.figure.lacking == "too_few"
    assert look(built, few).judgement.verdict is Verdict.UNKNOWN
    mean = add(built, Kind.MEAN, {"questions": ["kurs/efter1/overall"]}, target="3")
    assert look(built, mean).read.figure.value == Fraction(2 + 34 + 87 + 116, 77)
    assert look(built, mean).judgement.verdict is Verdict.MET


def test_the_share_of_pairs_is_that_of_before_and_after(installation: Installation) -> None:
    with installation.database.transaction() as session:
        both(Answering(session, installation.keys), GOLDEN)
    asked_again = {"questions": ["kurs/slut/overall"]}
    code = add(installation, Kind.PAIRS, asked_again, target="60", baseline="0", minimum_answers="10")
    figure = look(installation, code).read.figure
    assert (figure.numerator, figure.denominator, figure.base) == (5, 10, "pairs")
    assert look(installation, code).judgement.verdict is Verdict.PARTLY
    more = add(installation, Kind.PAIRS, asked_again, target="60", minimum_answers="11")
    assert look(installation, more).judgement.why == "under_minimum"


def test_an_index_has_a_mean_shares_and_those_who_rose(installation: Installation) -> None:
    change = declared(installation, Wanted("Läget", ("a", "b", "c"), 2))
    (index,) = change.indexes
    assert index.paired is not None
    held = {"indexes": ["kurs/2/a+b+c"]}
    mean = look(installation, add(installation, Kind.INDEX, held, target="3", baseline="2"))
    assert (mean.read.figure.value, mean.read.figure.n, mean.read.figure.base) == (
        Fraction(29, 10),
        10,
        "index",
    )
    assert mean.judgement.verdict is Verdict.PARTLY
    share = add(installation, Kind.INDEX, held, measure="share", threshold="3,0", target="70")
    assert look(installation, share).read.figure.numerator == 7
    assert look(installation, share).judgement.verdict is Verdict.MET
    rose = look(installation, add(installation, Kind.INDEX, held, measure="higher", target="70")).read.figure
    assert (rose.numerator, rose.denominator, rose.base) == (index.paired.higher.count, 10, "pairs")
    assert look(installation, share, day=TODAY - timedelta(days=1)).read.figure.lacking == "no_reading_then"

    # another index under the same name is another figure
    remove_index(installation.database, change.series.id, index.id, None, NOW)
    again = Wanted("Läget", ("a", "b"), 2)
    declare_index(installation.database, change.series.id, again, change, None, NOW)
    assert look(installation, share).read.figure.lacking == "index_gone"


def test_a_group_is_told_as_the_breakdown_tells_it(sqlite_installation: Installation) -> None:
    Asked(sqlite_installation, MIXED)
    asked = {"questions": ["kurs/efter/overall"]}
    whole = add(sqlite_installation, Kind.SHARE, asked, threshold="3", target="60")
    in_a = asked | {"organisations": ["A"]}
    for title, gender, many in (("Kvinnor", "woman", asked), ("Män i A", "man", in_a)):
        asks = {"threshold": "3", "target": "60", "title": title, "gender": gender}
        add(sqlite_installation, Kind.SHARE, many, whole, **asks)
    found = look(sqlite_installation, whole)
    assert (found.read.figure.numerator, found.read.figure.denominator) == (27, 41)
    women, men = (each.read.figure for each in found.parts)
    assert (women.numerator, women.denominator) == (18, 28)
    assert (men.value, men.lacking, men.left_out) == (None, "too_few", 1)
    assert found.judgement.open == ("Män i A",)
    with pytest.raises(BadFields) as bad:
        add(sqlite_installation, Kind.SHARE, asked, threshold="3", base="invited", gender="woman")
    assert bad.value.faults == {"base": "answered_only"}
    with pytest.raises(BadFields) as bad:
        add(sqlite_installation, Kind.PAIRS, asked, gender="woman")
    assert bad.value.faults["gender"] == "of_all_only"


def test_outcomes_and_products_are_counted_as_of_a_day(built: Installation) -> None:
    with built.database.transaction() as session:
        people = session.scalars(select(Indicator)).all()
        assert not people
        project_id = session.scalars(select(Project.id)).one()
        ids = session.execute(text("SELECT id FROM enrolment ORDER BY id LIMIT 6")).scalars().all()
        session.add_all(Outcome(enrolment_id=each, on_date=date(2026, 9, 1), kind="i arbete") for each in ids)
        session.add(Outcome(enrolment_id=ids[0], on_date=date(2026, 10, 1), kind="i studier"))
        session.add(declared_outcome(project_id, "i arbete", 1))
    at_work = {"outcomes": ["i arbete"]}
    code = add(built, Kind.OUTCOMES, at_work, stage="present", as_share="y", target="60")
    figure = look(built, code).read.figure
    assert (figure.numerator, figure.denominator) == (5, 9)
    assert look(built, code, day=date(2026, 9, 15)).read.figure.numerator == 6
    # what came of it for four is not told: of one it would be that person's own
    few = add(built, Kind.OUTCOMES, at_work | {"organisations": ["polisen"]}, stage="present", as_share="y")
    assert look(built, few).read.figure.lacking == "too_few_persons"

    # nor by the difference of two: five of the nine are no men
    others = add(built, Kind.OUTCOMES, at_work, stage="present", gender="woman")
    assert look(built, others).read.figure.lacking == "few_persons_apart"
    assert look(built, code).read.figure.numerator == 5
    same = add(built, Kind.OUTCOMES, {"outcomes": ["i arbete"]}, stage="present")
    assert look(built, same).read.figure.numerator == 5

    talks = add(built, Kind.PRODUCTS, unit="dialoger", target="40")
    found = project(built)
    for on, many in (("2026-03-01", "30"), ("2026-05-01", "9")):
        raw = {"on": on, "title": "Medborgardialog", "quantity": many}
        acts.add_entry(built.database, found.id, talks, raw, None, NOW)
    assert look(built, talks).judgement.verdict is Verdict.NOT_MET
    assert look(built, talks, day=date(2026, 4, 1)).read.figure.value == 30


def test_a_revision_needs_reason_and_approver_and_leaves_the_original(built: Installation) -> None:
    code = add(built, Kind.OUTSIDE, unit="personer", target="500")
    changed = {"unit": "personer", "target": "330", "decided_on": "2026-02-15"}
    with pytest.raises(BadFields) as bad:
        revise(built, code, 1, **changed)
    assert set(bad.value.faults) == {"reason", "approved_by"}
    revise(built, code, 1, **changed, reason="Färre platser", approved_by="Styrgruppen")
    with pytest.raises(acts.Revised):
        revise(built, code, 1, **changed, reason="En gång till", approved_by="Styrgruppen")

    found = look(built, code)
    assert [each.definition.target for each in found.versions] == [500, 330]
    assert found.definition.target == 330
    # before it was decided the original held
    assert look(built, code, day=date(2026, 2, 14)).definition.target == 500


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_of_two_revisions_at_once_one_is_told_of_the_other(built: Installation) -> None:
    db, code = built.database, add(built, Kind.HEAD_COUNT, stage="present", target="9")
    typed = {"stage": "present", "target": "7", "reason": "Färre", "approved_by": "Styrgruppen"}
    with ThreadPoolExecutor(1) as other:
        with db.transaction() as session:
            (row,) = session.scalars(select(Indicator)).all()
            held = queries.hold(session, row.id)
            assert held is not None
            definition = dict(held.versions[0].definition) | {"target": "8"}
            session.add(
                IndicatorVersion(
                    indicator_id=row.id,
                    number=2,
                    decided_on=TODAY,
                    reason="Fler",
                    approved_by="Styrgruppen",
                    definition=definition,
                    made_at=NOW,
                )
            )
            session.flush()
            late = other.submit(revise, built, code, 1, **typed)
            until_one_waits(db)
        with pytest.raises(acts.Revised):
            late.result()


@pytest.mark.parametrize("table", [IndicatorVersion, IndicatorReading])
def test_nothing_writes_over_what_was_decided_or_read(built: Installation, table: Any) -> None:
    code = add(built, Kind.OUTSIDE, unit="procent", target="70")
    raw = {"value": "61", "on": PAST, "source": "SOM-institutet"}
    readings.type_reading(built.database, project(built).id, code, raw, None, NOW)
    column = {"reason": "annat"} if table is IndicatorVersion else {"source": "annan"}
    with pytest.raises(DatabaseError, match="never changed"), built.database.transaction() as session:
        session.execute(update(table).values(column))
    with pytest.raises(acts.HasReadings):
        acts.remove_indicator(built.database, project(built).id, code, None, NOW)


def test_a_reading_is_taken_once_when_its_date_has_passed(built: Installation) -> None:
    present = add(built, Kind.HEAD_COUNT, stage="present", target="9", reads_on=PAST)
    add(built, Kind.HEAD_COUNT, stage="present", target="9")
    add(built, Kind.OUTSIDE, unit="procent", target="70", reads_on=PAST)
    assert look(built, present).preliminary
    assert readings.take_due(built.database, NOW) == 1
    assert readings.take_due(built.database, NOW) == 0

    with built.database.transaction() as session:
        session.execute(text("UPDATE attendance SET present = false"))
    kept = look(built, present)
    assert kept.read.figure.value == 9
    assert not kept.preliminary
    assert kept.reading is not None
    assert kept.reading.on.isoformat() == PAST
    # what was put right afterwards is read again; the first reading stays beside it
    readings.read_now(built.database, project(built).id, present, None, NOW + timedelta(hours=1))
    again = look(built, present, now=NOW + timedelta(hours=2))
    assert again.read.figure.value == 0
    assert sorted(each.read.figure.value or 0 for each in again.readings) == [0, 9]


def test_answers_of_an_earlier_day_come_from_the_snapshot(built: Installation) -> None:
    for task in aggregates.work(built.database, NOW):
        aggregates.count(built.database, task, NOW)
    code = add(built, Kind.SHARE, {"questions": ["kurs/efter1/overall"]}, threshold="3", target="75")
    closing = TODAY - timedelta(days=1)
    figure = look(built, code, day=closing, now=NOW + timedelta(days=60)).read.figure
    assert (figure.numerator, figure.denominator, figure.n) == (58, 77, 77)
    assert look(built, code, day=closing - timedelta(days=1)).read.figure.lacking == "no_reading_then"

    # one of two measurements has lost its answers of that day: the other alone is not what the figure was
    both = {"questions": ["kurs/efter1/overall", "kurs/efter2/overall"]}
    code = add(built, Kind.SHARE, both, threshold="3", target="75")
    assert look(built, code, day=closing, now=NOW + timedelta(days=60)).read.figure.left_out == 1
    with built.database.writing() as connection:
        forget(connection, [Key(connection.scalar(select(FollowUpRule.id).limit(1)) or 0, "occasion:1")])
    later = look(built, code, day=closing, now=NOW + timedelta(days=60))
    assert later.read.figure.lacking == "no_reading_then"


def test_papers_that_nobody_was_asked_by_are_no_share_of_what_was_sent(built: Installation) -> None:
    with built.database.transaction() as session:
        of_rule = select(Response).join(Response.rule).where(FollowUpRule.code == "efter1")
        for each in session.scalars(of_rule).all():
            each.source, each.uncoded, each.pairing_key = "paper", True, None
        session.execute(delete(Message))
        session.execute(delete(Invitation))
    for answered in ("4", "1"):  # the second time nobody is in the class, and nobody was asked
        with built.database.transaction() as session:
            for number, each in enumerate(session.scalars(select(Response)).all()):
                each.answers = {"overall": answered if number % 2 else "2"}
        question = {"questions": ["kurs/efter1/overall"]}
        code = add(built, Kind.SHARE, question, threshold="4", target="75", base="invited")
        assert look(built, code).read.figure.lacking == "more_than_asked"


def test_a_reading_of_answers_is_not_shown_beside_one_answer_less(built: Installation) -> None:
    question = {"questions": ["kurs/efter1/overall"]}
    code = add(built, Kind.SHARE, question, threshold="3", target="75", reads_on=PAST)
    readings.take_due(built.database, NOW)
    assert look(built, code).reading is not None
    with built.database.transaction() as session:
        one = session.scalars(select(Response).where(Response.answers.is_not(None))).all()
        session.delete(next(each for each in one if each.rule.code == "efter1"))
    found = look(built, code)
    assert [each.read.figure.lacking for each in found.readings] == ["too_close"]
    assert (found.reading, found.read.figure.n, found.preliminary) == (None, 76, True)


def test_parts_have_targets_of_their_own_and_come_to_the_whole(built: Installation) -> None:
    whole = add(built, Kind.HEAD_COUNT, stage="present", target="9")
    add(built, Kind.HEAD_COUNT, whole=whole, title="Män", stage="present", gender="man", target="4")
    add(built, Kind.HEAD_COUNT, whole=whole, title="Kvinnor", stage="present", gender="woman", target="6")
    found = look(built, whole)
    assert (found.judgement.verdict, found.judgement.missed) == (Verdict.PARTLY, ("Kvinnor",))
    assert found.sum is not None
    assert found.sum.agrees
    assert not found.sum.targets_agree
    with built.database.reading() as session:
        listed = read_indicators(session, project(built), NOW)
    assert [each.code for each in listed] == [whole]
    with pytest.raises(acts.NotAPart):
        add(built, Kind.MEAN, {"questions": ["kurs/efter1/overall"]}, whole=whole)


def test_removed_without_a_trace_but_for_the_deed(built: Installation) -> None:
    code = add(built, Kind.HEAD_COUNT, stage="present", target="9")
    acts.add_note(built.database, project(built).id, code, "Svårt att rekrytera.", None, NOW)
    acts.remove_indicator(built.database, project(built).id, code, None, NOW)
    with built.database.reading() as session:
        assert session.scalars(select(Indicator)).all() == []
        deeds = session.scalars(select(Deed).order_by(Deed.id)).all()
        assert {each.subject.partition(":")[0] for each in deeds} == {"gone"}
        assert [each.action for each in deeds][-1] == "indicator_removed"
