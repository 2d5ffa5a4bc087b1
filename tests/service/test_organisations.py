"""Organisations in levels and with other spellings: two that are one are put together, and apart again."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from surveys.domain.indicator_definition import Known
from surveys.domain.indicators import Kind
from surveys.domain.series import BadFields
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule
from surveys.models.people import Participant
from surveys.models.programme import Organisation, Project
from surveys.queries import organisations as queries
from surveys.register import organisations as register
from surveys.register.people_register import folded, read_register
from surveys.results.indicator_acts import add_indicator
from surveys.results.indicators import read_indicator
from tests.support.answered import NOW, Answering


@pytest.fixture
def built(installation: Installation) -> Installation:
    """Göteborgs stad with Angered below it; "SDF Angered" is the same, with three of the eight people."""
    with installation.database.transaction() as session:
        answering = Answering(session, installation.keys)
        answering.people(8)
        project = answering.project.id
        city, angered, sdf = (
            Organisation(project_id=project, code=code, name=name, position=number)
            for number, (code, name) in enumerate(
                (("stad", "Göteborgs stad"), ("angered", "Angered"), ("sdf", "SDF Angered"))
            )
        )
        session.add_all([city, angered, sdf])
        session.flush()
        angered.parent_id = city.id
        for number, person in enumerate(answering.persons):
            person.participant.organisation_id = (sdf if number < 3 else angered if number < 7 else city).id
    return installation


def project(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalars(select(Project.id)).one()


def act(installation: Installation, what: Any, *args: Any, **options: Any) -> Any:
    return what(installation.database, project(installation), *args, None, NOW, **options)


def people(installation: Installation) -> dict[str, int]:
    with installation.database.reading() as session:
        found = queries.people(session, project(installation))
        rows = queries.everyone(session, project(installation))
        return {each.code: found.get(each.id, 0) for each in rows}


def test_two_are_put_together_and_made_two_again(built: Installation) -> None:
    act(built, register.add_name, "sdf", "Stadsdelen Angered")
    shown = act(built, register.merge, "sdf", "angered", rehearse=True)
    assert (shown.people, shown.spellings) == (3, ("Stadsdelen Angered",))
    assert people(built) == {"stad": 1, "angered": 4, "sdf": 3}

    act(built, register.merge, "sdf", "angered")
    assert people(built) == {"stad": 1, "angered": 7, "sdf": 0}
    with built.database.reading() as session:
        # a file that writes it any of the ways means the one that was kept
        spellings = dict(queries.spellings(session, project(built)))
        angered = session.scalars(select(Organisation).where(Organisation.code == "angered")).one()
        assert {spellings[each] for each in ("SDF Angered", "sdf", "Stadsdelen Angered")} == {angered.id}
    with pytest.raises(register.NoOrganisation):
        act(built, register.merge, "sdf", "stad")

    assert act(built, register.part, "sdf") == 3
    assert people(built) == {"stad": 1, "angered": 4, "sdf": 3}
    with built.database.reading() as session:
        names = queries.names(session, project(built))
        sdf = session.scalars(select(Organisation).where(Organisation.code == "sdf")).one()
        assert [(each.name, each.organisation_id) for each in names] == [("Stadsdelen Angered", sdf.id)]


def test_whoever_has_moved_since_stays_where_they_are(built: Installation) -> None:
    act(built, register.merge, "sdf", "angered")
    with built.database.transaction() as session:
        city = session.scalars(select(Organisation).where(Organisation.code == "stad")).one()
        first = session.scalars(select(Participant).order_by(Participant.id)).first()
        assert first is not None
        first.organisation_id = city.id
    assert act(built, register.part, "sdf") == 2
    assert people(built) == {"stad": 2, "angered": 4, "sdf": 2}


def test_counts_roll_up_by_level_and_spellings_are_read_in_files(built: Installation) -> None:
    raw = {"title": "Staden", "stage": "registered", "reads_on": "2027-01-01"}
    raw["decided_on"] = date(2026, 1, 1).isoformat()
    known = Known([], ["stad"], {}, 5)
    code = add_indicator(
        built.database, project(built), Kind.HEAD_COUNT, raw, {"organisations": ["stad"]}, known, None, NOW
    )

    def counted() -> Any:
        with built.database.reading() as session:
            row = session.get_one(Project, project(built))
            return read_indicator(session, row, code, NOW).read.figure.value

    assert counted() == 5
    act(built, register.merge, "sdf", "angered")
    assert counted() == 8
    with built.database.reading() as session:
        row = session.get_one(Project, project(built))
        known_names = read_register(session, row.series[0], {}).organisations
        assert known_names[folded("sdf  angered")] == known_names["angered"]


def test_what_cannot_be(built: Installation) -> None:
    with pytest.raises(register.Circle):
        act(built, register.set_parent, "stad", "angered")
    with pytest.raises(register.Circle):
        act(built, register.merge, "stad", "angered")
    with pytest.raises(BadFields) as taken:
        act(built, register.add_name, "stad", "ÁNGERED")
    assert taken.value.faults == {"name": "name_taken"}
    with built.database.transaction() as session:
        answering_rule = FollowUpRule(
            series_id=session.get_one(Project, project(built)).series[0].id,
            code="efter",
            position=1,
            log_prompt={"sv": "?"},
            anchor="series_end",
            offset_days=0,
            offset_minutes=0,
            audience="everyone",
            audience_filter={"all": [{"kind": "organisation", "codes": ["sdf"]}]},
            reminder_days=[],
            close_after_days=14,
            active=False,
        )
        session.add(answering_rule)
    with pytest.raises(register.NamedByRules) as named:
        act(built, register.merge, "sdf", "angered")
    assert named.value.series == ("Kursen",)
