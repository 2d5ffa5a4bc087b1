"""Outcomes of persons: the list of kinds, a file judged row by row, saved, and undone."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from surveys.domain.indicators import Kind
from surveys.domain.series import BadFields
from surveys.importing.files import Refused
from surveys.installation import Installation
from surveys.models.outcome import OutcomeKind
from surveys.models.people import Enrolment, Outcome, Participant
from surveys.models.programme import Project
from surveys.register import outcome_file, outcomes
from surveys.results import indicator_acts
from surveys.results.indicator_choices import choices
from surveys.running import access
from tests.support.small import load_small

NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
FILE = """\
kod;namn;utfall;datum;anteckning
p01;;I arbete;2027-05-03;deltid
p02;;i  ARBETE;2027-05-03;
p03;;I studier;2027-02-30;
p04;;Pensionär;2027-05-03;
p99;;I arbete;2027-05-03;
p01;;I arbete;2027-05-03;en gång till
p05;;I arbete;2027-06-02;
p06;;;;
"""


Place = tuple[Installation, int, int]  # with its project and a user


@pytest.fixture
def place(installation: Installation) -> Place:
    """The small programme with two kinds of outcomes."""
    return _made(installation)


@pytest.fixture
def sqlite_place(sqlite_installation: Installation) -> Place:
    return _made(sqlite_installation)


def _made(installation: Installation) -> Place:
    load_small(installation, datetime(2027, 1, 4, 9, tzinfo=UTC))
    user = access.add_user(installation.database, "o@prov.example", "Organisatör", "tre små gröna ekar")
    with installation.database.reading() as session:
        project = session.scalars(select(Project.id)).one()
    for name in ("I arbete", "I studier"):
        outcomes.add_kind(installation.database, project, {"name": name}, user, NOW)
    return installation, project, user


def judged(installation: Installation, text: str) -> outcome_file.Judged:
    with installation.database.reading() as session:
        project = session.scalars(select(Project)).one()
        return outcome_file.judge(session, project, outcome_file.read(text.encode()), NOW)


def noted(installation: Installation) -> list[tuple[str, date, str, str]]:
    with installation.database.reading() as session:
        rows = session.execute(
            select(Participant.code, Outcome.on_date, Outcome.kind, Outcome.note)
            .join(Enrolment, Enrolment.id == Outcome.enrolment_id)
            .join(Participant, Participant.id == Enrolment.participant_id)
            .order_by(Participant.code)
        )
        return [tuple(row) for row in rows]


def test_a_file_is_judged_saved_once_and_undone(place: Place) -> None:
    installation, project, user = place
    db = installation.database
    seen = judged(installation, FILE)
    said = [(row.line, row.verdict, row.fault[0] if row.fault else "") for row in seen.rows]
    assert said == [
        (2, "new", ""),
        (3, "new", ""),
        (4, "faulty", "impossible_date"),
        (5, "faulty", "unknown_outcome"),
        (6, "faulty", "unknown_person"),
        (7, "faulty", "twice"),
        (8, "faulty", "in_the_future"),
    ]
    with pytest.raises(outcome_file.ChangedMeanwhile):
        outcome_file.save(db, project, seen.cells, "sett av någon annan", "utfall.csv", user, NOW)
    assert outcome_file.save(db, project, seen.cells, seen.mark, "utfall.csv", user, NOW) == 2
    day = date(2027, 5, 3)
    assert noted(installation) == [("p01", day, "I arbete", "deltid"), ("p02", day, "I arbete", "")]

    again = judged(installation, FILE)
    assert (again.of("new"), again.of("same"), again.of("faulty")) == (0, 3, 4)
    with pytest.raises(outcome_file.ChangedMeanwhile):
        outcome_file.save(db, project, seen.cells, seen.mark, "utfall.csv", user, NOW)

    # what is written anew by hand is no part of the file any more
    with db.reading() as session:
        wanted = select(Enrolment.id).join(Enrolment.participant).where(Participant.code == "p02")
        enrolment = session.scalars(wanted).one()
        (number,) = session.scalars(select(Outcome.import_id).distinct())
    by_hand = {"on": "2027-05-03", "kind": "I arbete", "note": "heltid"}
    outcomes.add_outcome(db, enrolment, by_hand, user, NOW)
    assert outcome_file.undo(db, project, number, user, NOW) == 1
    assert noted(installation) == [("p02", day, "I arbete", "heltid")]
    with pytest.raises(outcome_file.UndoneAlready):
        outcome_file.undo(db, project, number, user, NOW)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("utfall;datum\nI arbete;2027-05-03\n", "nobody_named"),
        ("kod;datum\np01;2027-05-03\n", "no_kind_column"),
        ("kod;utfall\np01;I arbete\n", "no_on_column"),
        ("kod;utfall;datum\np01;;\n", "no_rows"),
        ("kod;utfall;datum\n" + "p01;I arbete;2027-05-03\n" * 2001, "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_used(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        outcome_file.read(text.encode())
    assert refused.value.code == code


def test_the_list_keeps_what_is_noted_and_counted(sqlite_place: Place) -> None:
    installation, project, user = sqlite_place
    db = installation.database
    with db.reading() as session:
        kinds = {each.name: each.id for each in session.scalars(select(OutcomeKind))}
        known = choices(session, session.scalars(select(Project)).one()).known
    with pytest.raises(BadFields) as bad:
        outcomes.add_kind(db, project, {"name": "i ARBETE"}, user, NOW)
    assert bad.value.faults == {"name": "name_taken"}

    seen = judged(installation, FILE)
    outcome_file.save(db, project, seen.cells, seen.mark, "utfall.csv", user, NOW)
    with pytest.raises(outcomes.KindInUse):
        outcomes.remove_kind(db, project, kinds["I arbete"], user, NOW)
    outcomes.rename_kind(db, project, kinds["I arbete"], {"name": "Har arbete"}, user, NOW)
    assert {kind for _code, _day, kind, _note in noted(installation)} == {"Har arbete"}

    counted = {
        "title": "Studier",
        "stage": "registered",
        "reads_on": "2027-12-31",
        "decided_on": "2027-01-01",
    }
    many = {"outcomes": ["I studier"]}
    indicator_acts.add_indicator(db, project, Kind.OUTCOMES, counted, many, known, user, NOW)
    with pytest.raises(outcomes.KindInUse) as used:
        outcomes.remove_kind(db, project, kinds["I studier"], user, NOW)
    assert used.value.indicators == ("Studier",)
    with pytest.raises(outcomes.KindInUse):
        outcomes.rename_kind(db, project, kinds["I studier"], {"name": "Studerar"}, user, NOW)
