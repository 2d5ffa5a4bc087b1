"""Answers that others have collected: taken in whole, in no rate, joined where they may be, out again."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from surveys.answers import outside_files, outside_saving
from surveys.answers.outside_files import BadImport, opened
from surveys.answers.outside_rows import sort_rows
from surveys.answers.outside_saving import ChangedMeanwhile, FaultyRows, UnknownPeople
from surveys.domain.answer_source import AnswerSource
from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.outside_answers import OutsideAnswers
from surveys.models.response import Response
from surveys.queries import outside_answers as queries
from surveys.queries import planning as planning_queries
from surveys.results.change import read_change
from surveys.results.series import read_series
from tests.support.answered import NOW, OVERALL, Answering, spread

FIELDS = {
    "questionnaire": "efteråt",
    "wave": "pre",
    "name": "Förenkät i Forms",
    "collected_by": "Konsulten AB",
    "collected_on": "2026-01-15",
}
LABELS = {1: "Inte alls", 2: "Lite", 3: "Ganska", 4: "Mycket"}


@dataclass
class Made:
    project: int
    series: int


@pytest.fixture
def made(installation: Installation) -> Made:
    """A post-measurement that twenty have answered, p0 to p19."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys)
        it.people(24)
        rule = it.rule(it.questionnaire(OVERALL, code="efteråt", wave="post"), "efter", "series_end")
        sent = it.mailing(rule)
        it.ask(sent, 20)
        it.answer(sent, spread("overall", 2, 2, 8, 8))
        return Made(it.project.id, it.series.id)


def file_of(*rows: str) -> bytes:
    return "\r\n".join(("E-post;Hur nyttigt var det?;Anställningsår", *rows)).encode("cp1252")


def begun(installation: Installation, made: Made, content: bytes, **fields: str) -> str:
    return outside_files.begin(
        installation.database, made.series, FIELDS | fields, "förenkät.csv", content, None, NOW
    )


def counted(installation: Installation, made: Made, public_id: str) -> dict[str, int]:
    with installation.database.reading() as session:
        row = queries.one(session, made.series, public_id)
        assert row is not None
        return asdict(sort_rows(session, opened(session, row)).counted)


def save(
    installation: Installation, made: Made, public_id: str, leave_faulty: bool = False, unknown: str = ""
) -> int:
    shown = counted(installation, made, public_id)
    return outside_saving.save(
        installation.database,
        installation.keys,
        made.series,
        public_id,
        shown,
        leave_faulty,
        unknown,
        None,
        NOW,
    )


def test_an_earlier_survey_is_paired_and_stands_in_no_rate(installation: Installation, made: Made) -> None:
    rows = [f"P{number}@prov.example;{1 + number % 2};2009" for number in range(20)]
    content = file_of(*rows, "okänd@annan.example;2;2010", ";3;2011", ";;2012")
    with installation.database.reading() as session:
        before = read_series(session, made.series, NOW)
    public_id = begun(installation, made, content)
    shown = counted(installation, made, public_id)
    assert shown == {
        "rows": 22, "matched": 20, "unknown": 1, "unsaid": 1, "faulty": 0, "twice": 0, "left_out": 0,
    }  # fmt: skip
    with pytest.raises(UnknownPeople):
        save(installation, made, public_id)

    assert save(installation, made, public_id, unknown="keep") == 22

    with installation.database.reading() as session:
        change = read_change(session, made.series, NOW)
        results = read_series(session, made.series, NOW)
        assert change.before is not None
        assert change.before.outside == AnswerSource("Förenkät i Forms", "Konsulten AB", date(2026, 1, 15))
        assert change.pairs == 20
        assert (change.before.counts.outside, change.before.counts.answers) == (22, 22)
        assert change.before.rate is None
        assert change.questions[0].paired is not None
        assert results.funnel.sent.invited == before.funnel.sent.invited
        assert results.funnel.sent.submitted == before.funnel.sent.submitted
        assert results.funnel.answered == before.funnel.answered
        assert (results.funnel.response, results.funnel.invited) == (
            before.funnel.response, before.funnel.invited,
        )  # fmt: skip
        rows_kept = session.scalars(select(Response).where(Response.source == "outside")).all()
        assert {each.privacy_mode for each in rows_kept} == {"pseudonymous"}
        assert {each.enrolment_id for each in rows_kept} == {None}
        assert sorted(each.background.get("gender", "") for each in rows_kept) == ["", "", *["woman"] * 20]
        row = queries.one(session, made.series, public_id)
        assert row is not None
        assert queries.content(session, row) is None  # addresses stood in it


def test_it_never_sends_and_is_taken_out_whole(installation: Installation, made: Made) -> None:
    db = installation.database
    public_id = begun(installation, made, file_of(*(f"p{n}@prov.example;{1 + n % 4};1" for n in range(8))))
    save(installation, made, public_id)
    with db.transaction() as session:
        planning.refresh_mailings(session, made.series, NOW)
        rule = session.scalars(select(FollowUpRule).where(FollowUpRule.outside)).one()
        for table in (Mailing, Invitation):
            found = select(func.count()).select_from(table).where(table.rule_id == rule.id)
            assert session.scalar(found) == 0
        assert rule not in planning_queries.rules_of(session, made.series)
        mails = session.scalar(select(func.count()).select_from(Message))

    outside_saving.take_out(db, made.series, public_id, None, NOW + timedelta(hours=1))

    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutsideAnswers)) == 0
        assert session.scalar(select(func.count()).select_from(FollowUpRule)) == 1
        assert session.scalar(select(func.count()).select_from(Response)) == 20
        assert session.scalar(select(func.count()).select_from(Message)) == mails
        deeds = session.scalars(select(Deed).order_by(Deed.id)).all()
        assert [each.action for each in deeds] == ["answers_taken_in", "answers_taken_out"]
        assert all(each.subject.startswith("gone:outside_answers:") for each in deeds)
        assert read_change(session, made.series, NOW).why_not == "nothing_before"


def test_nothing_is_taken_in_half_or_other_than_was_shown(installation: Installation, made: Made) -> None:
    rows = (
        "p0@prov.example;1;1",
        "P0@PROV.example;2;1",
        "p1@prov.example;finns inte;1",
        "p2@prov.example;4;1",
    )
    public_id = begun(installation, made, file_of(*rows))
    shown = counted(installation, made, public_id)
    assert (shown["rows"], shown["faulty"], shown["twice"], shown["matched"]) == (4, 3, 2, 1)
    with pytest.raises(FaultyRows):
        save(installation, made, public_id)
    with pytest.raises(ChangedMeanwhile):
        outside_saving.save(
            installation.database, installation.keys, made.series, public_id,
            shown | {"matched": 2}, True, "", None, NOW,
        )  # fmt: skip
    with installation.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 20
    outside_files.say_values(
        installation.database, made.series, public_id, {1: {"finns inte": "3", "1": "1", "2": "2", "4": "4"}}
    )
    assert counted(installation, made, public_id)["faulty"] == 2

    assert save(installation, made, public_id, leave_faulty=True) == 2


def test_what_is_to_lead_to_nobody_is_not_joined(installation: Installation, made: Made) -> None:
    with installation.database.transaction() as session:
        rule = session.scalars(select(FollowUpRule)).one()
        assert rule.questionnaire is not None
        rule.questionnaire.privacy_mode = "sealed"
    public_id = begun(installation, made, file_of("p0@prov.example;1;1", "p1@prov.example;2;1"))
    assert save(installation, made, public_id) == 2
    with installation.database.reading() as session:
        kept = session.scalars(select(Response).where(Response.source == "outside")).all()
        assert [(each.privacy_mode, each.pairing_key, each.background) for each in kept] == [
            ("anonymous", None, {})
        ] * 2


def test_what_is_wrong_with_a_file_and_its_source_is_said_at_once(
    installation: Installation, made: Made
) -> None:
    with pytest.raises(BadImport) as bad:
        begun(
            installation, made, b"PK\x03\x04 no workbook",
            name=" ", wave="occasion", collected_on="2030-01-01", questionnaire="x",
        )  # fmt: skip
    assert {field: code for field, (code, _) in bad.value.faults.items()} == {
        "file": "not_workbook",
        "name": "blank",
        "collected_on": "in_future",
        "questionnaire": "not_chosen",
        "occasion": "not_chosen",
    }
