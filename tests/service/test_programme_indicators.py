"""Indicators and organisations in levels in a programme file: in, in again, and out."""

from datetime import date
from pathlib import Path

import pytest

from surveys.course import programme
from surveys.domain.indicators import Verdict
from surveys.exporting import programme_file as writer
from surveys.importing.faults import ProgrammeFaults
from surveys.importing.programme_file import read_programme
from surveys.installation import Installation
from surveys.queries.programme import project_by_code
from surveys.results.indicators import IndicatorResult, read_indicators
from tests.service.test_programme import EARLY, change, folder, load

__all__ = ["folder"]  # the fixture

LEVELS = """\
  - {code: af-angered, name: AF Angered, below: af, spellings: [Angered, Arbetsförmedlingen i Angered]}
subprojects:
"""
ORIGINAL = '{from: 2025-01-01, title: Deltagare, unit: personer, target: "500", reads_on: 2026-01-31}'
REVISED = ORIGINAL.replace("500", "330").replace(
    "{from: 2025-01-01", "{from: 2025-02-15, reason: Färre platser, approved_by: Styrgruppen"
)
NEW = REVISED.replace("330", "300").replace("02-15", "03-15")
INDICATORS = f"""
outcome_kinds: [I arbete, I studier]
indicators:
  - code: polisen
    kind: outside
    versions: [{ORIGINAL}, {REVISED}]
    readings: [{{on: 2026-01-31, value: "326,5", source: Slutrapporten}}]
    generated_note: {{sv: Påhittat, en: Invented}}
  - {{code: kvinnor, kind: outside, whole: polisen, versions: [{ORIGINAL.replace("Deltagare", "Kvinnor")}]}}
  - code: nyttigt
    kind: share
    versions: [{{from: 2025-01-01, title: Nyttigt, questions: [kurs/efter-tillfalle/overall], threshold: "3",
      target: "75", gender: woman, organisation: af, reads_on: 2027-12-31}}]
  - {{code: laget, kind: index, versions: [{{from: 2025-01-01, title: Läget, indexes: [kurs/2/a+b],
      measure: share, threshold: "2,5", reads_on: 2027-12-31}}]}}
  - code: i-arbete
    kind: outcomes
    versions: [{{from: 2025-01-01, title: I arbete, stage: completed, series: [kurs],
      outcomes: [I arbete, I studier], as_share: yes, target: "40", reads_on: 2027-12-31}}]
  - code: dialoger
    kind: products
    versions: [{{from: 2025-01-01, title: Dialoger, unit: dialoger, target: "40", reads_on: 2027-12-31}}]
    products: [{{on: 2026-05-02, title: Medborgardialog, quantity: 2}}, {{on: 2026-05-02, title: Möte}}]
  - code: plan
    kind: yes_no
    versions: [{{from: 2025-01-01, title: Plan, reads_on: 2026-01-01}}]
    readings: [{{on: 2026-01-01, value: yes, source: Diariet}}]
"""


@pytest.fixture
def aimed(folder: Path) -> Path:
    """The small programme with an indicator of most kinds."""
    change(folder, "subprojects:\n", LEVELS)
    path = folder / "small.yaml"
    path.write_text(path.read_text(encoding="utf-8") + INDICATORS, encoding="utf-8")
    return folder


def read(installation: Installation) -> dict[str, IndicatorResult]:
    with installation.database.reading() as session:
        project = project_by_code(session, "liten")
        assert project is not None
        return {each.code: each for each in read_indicators(session, project, EARLY)}


def test_indicators_go_in_once_and_come_out_the_same(
    installation: Installation, aimed: Path, tmp_path: Path
) -> None:
    report = load(installation, aimed)
    assert (report.counts["indicators"].created, report.counts["organisations"].created) == (7, 3)
    found = read(installation)
    assert list(found) == ["polisen", "nyttigt", "laget", "i-arbete", "dialoger", "plan"]
    assert [each.definition.target for each in found["polisen"].versions] == [500, 330]
    assert [each.definition.title for each in found["polisen"].parts] == ["Kvinnor"]
    assert (found["polisen"].read.figure.value, found["polisen"].judgement.verdict) == (
        326.5,
        Verdict.NOT_MET,
    )
    assert (found["dialoger"].read.figure.value, found["plan"].judgement.verdict) == (3, Verdict.MET)
    assert found["nyttigt"].definition.minimum_answers == 5

    assert not load(installation, aimed).changed
    dumped = writer.write(programme.dump(installation.database, "liten"), tmp_path / "dump")
    assert not programme.load(installation.database, read_programme(dumped[0]), EARLY).changed
    text = dumped[0].read_text(encoding="utf-8").replace("code: liten", "code: kopia", 1)
    dumped[0].write_text(text, encoding="utf-8")
    programme.load(installation.database, read_programme(dumped[0]), EARLY)
    first, second = (programme.dump(installation.database, code).programme for code in ("liten", "kopia"))
    assert first.indicators == second.indicators
    assert first.organisations == second.organisations


def test_a_file_adds_a_version_and_changes_none(sqlite_installation: Installation, aimed: Path) -> None:
    load(sqlite_installation, aimed)
    change(aimed, REVISED, f"{REVISED}, {NEW}")
    assert load(sqlite_installation, aimed).counts["indicators"].changed == 1
    assert [each.decided_on for each in read(sqlite_installation)["polisen"].versions][-1] == date(
        2025, 3, 15
    )
    change(aimed, f"{ORIGINAL}, {REVISED}", f"{ORIGINAL.replace('500', '5')}, {REVISED}")
    with pytest.raises(ProgrammeFaults) as bad:
        load(sqlite_installation, aimed)
    assert [each.code for each in bad.value.faults] == ["indicator_version_stands"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("whole: polisen", "whole: nyttigt", "not_a_whole"),
        ("kurs/efter-tillfalle/overall", "kurs/efter-tillfalle/annan", "indicator_field"),
        ("reason: Färre platser, ", "", "indicator_field"),
        ("value: yes", "value: kanske", "indicator_field"),
        ("on: 2026-01-31", "on: 2029-01-31", "indicator_field"),
        ("kind: products", "kind: head_count", "indicator_field"),
        ("below: af", "below: af-angered", "organisation_circle"),
        ("below: af", "below: annan", "unknown_organisation"),
        ("spellings: [Angered", "spellings: [försäkringskassan", "spelling_taken"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_loaded(
    sqlite_installation: Installation, aimed: Path, old: str, new: str, code: str
) -> None:
    change(aimed, old, new)
    with pytest.raises(ProgrammeFaults) as bad:
        load(sqlite_installation, aimed)
    assert {each.code for each in bad.value.faults} == {code}
    assert all(each.line > 0 for each in bad.value.faults)
    with sqlite_installation.database.reading() as session:
        assert project_by_code(session, "liten") is None
