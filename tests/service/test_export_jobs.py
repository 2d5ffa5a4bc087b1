"""Exports in the background: what is in the bundle, and that it lives no longer than the answers in it."""

import csv
import hashlib
import io
import re
import threading
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from sqlalchemy import func, select

from scheduler.exporter import Exporter
from surveys.answers import made_files
from surveys.backup import keeping
from surveys.course import profile, programme
from surveys.domain.telling import Telling
from surveys.exporting import jobs
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.export_job import ExportJob, ExportPart
from surveys.models.programme import Project
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.queries import export_jobs as queries
from surveys.results.change import read_change
from surveys.results.indexes import Wanted, declare_index
from surveys.results.telling_acts import choose, mark, read_choice
from surveys.running import access
from tests.support.answered import OVERALL, Answering, spread
from tests.support.forms import DEGREE, local

NOW = datetime.fromisoformat("2026-11-22T09:00:00+00:00")


DECLARED: dict[str, Any] = {
    **DEGREE,
    "merged": [
        {"codes": ["1", "2"], "label": local("Lågt")},
        {"codes": ["3", "4"], "label": local("Högt")},
    ],
}
CONTENT: dict[str, Any] = {
    **OVERALL,
    "questions": [
        {"code": "overall", "kind": "scale", "scale": DECLARED, "text": local("Hur nyttigt var det?")},
        {"code": "used", "kind": "scale", "scale": DECLARED, "text": local("Hur ofta används det?")},
        {
            "code": "way",
            "kind": "one_choice",
            "text": local("Hur?"),
            "options": [{"code": code, "label": local(f"Sätt {code}")} for code in "abc"],
        },
    ],
}
BEFORE = ("122334412322", "112233441233", "aabbccabcaab")
AFTER = ("233344412344", "122333442344", "bbbbccaacaab")


@pytest.fixture
def series(installation: Installation) -> int:
    """Before and after, twelve persons both times, with an index declared."""
    with installation.database.transaction() as session:
        it = Answering(session, installation.keys, response_rows=True)
        for wave, anchor, columns in (("pre", "series_start", BEFORE), ("post", "series_end", AFTER)):
            rule = it.rule(it.questionnaire(CONTENT, code=wave, wave=wave), wave, anchor)
            mailing = it.mailing(rule)
            it.ask(mailing, 12)
            it.answer(
                mailing,
                [
                    {"overall": overall, "used": used, "way": {"code": way}}
                    for overall, used, way in zip(*columns, strict=True)
                ],
            )
        found = it.series.id
    access.add_user(installation.database, "eva@prov.example", "Eva", "tre små gröna ekar")
    with installation.database.reading() as session:
        change = read_change(session, found, NOW)
    declare_index(installation.database, found, Wanted("Nytta", ("overall", "used"), 2), change, None, NOW)
    return found


def ordered(installation: Installation, series: int, now: datetime = NOW) -> str:
    return jobs.order(installation.database, series, 1, 1, True, "sv", "sv", now)


def worked(installation: Installation) -> Exporter:
    exporter = Exporter(installation, threading.Event())
    assert exporter.run()
    return exporter


def job(installation: Installation, public_id: str) -> ExportJob:
    with installation.database.reading() as session:
        found = queries.one(session, 1, public_id, True)
        assert found is not None
        session.expunge_all()
        return found


def how_many_parts(installation: Installation) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ExportPart)) or 0


def test_the_bundle_holds_every_file_and_its_checksum(
    installation: Installation, series: int, tmp_path: Path
) -> None:
    public_id = ordered(installation, series)
    worked(installation)
    made = job(installation, public_id)
    content = b"".join(jobs.parts(installation.database, made.id))

    assert (made.state, made.size) == ("made", len(content))
    assert made.digest == hashlib.sha256(content).hexdigest()
    assert made.expires_at is not None
    assert made.finished_at is not None
    assert made.expires_at - made.finished_at == timedelta(days=7)
    archive = zipfile.ZipFile(io.BytesIO(content))
    lines = [line.split("  ") for line in archive.read("SHA256SUMS").decode().splitlines()]
    sums = {name: digest for digest, name in lines}
    names = {
        "responses.csv", "responses-utf8.csv", "answers.csv", "responses.xlsx", "responses.sav",
        "persons.sav", "results.xlsx", "results-funnel.csv", "results-measurements.csv",
        "results-questions.csv", "results-distributions.csv", "results-words.csv", "codebook.pdf",
        "results-before-after.csv", "results-before-after-classes.csv", "results-indexes.csv",
    }  # fmt: skip
    assert set(sums) == {f"kurs-{name}" for name in names} | {"README.txt"}
    assert set(archive.namelist()) == {*sums, "SHA256SUMS"}
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items())
    assert archive.read("kurs-codebook.pdf").startswith(b"%PDF")
    assert "kurs-persons.sav – en person per rad" in archive.read("README.txt").decode()
    archive.extractall(tmp_path)
    assert_counts_are_equal(tmp_path)


def test_without_rows_it_holds_the_tables_and_is_dropped_when_that_is_chosen(
    installation: Installation, series: int
) -> None:
    with_rows = ordered(installation, series)
    worked(installation)
    with installation.database.reading() as session:
        stored = read_choice(session, series, NOW).stored
    choose(installation.database, series, Telling(), "Tabeller", mark(stored), 1, NOW, administrator=True)
    assert (job(installation, with_rows).state, job(installation, with_rows).reason) == (
        "dropped",
        "told_otherwise",
    )
    assert how_many_parts(installation) == 0

    public_id = ordered(installation, series)
    worked(installation)
    content = b"".join(jobs.parts(installation.database, job(installation, public_id).id))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert not [name for name in archive.namelist() if "responses" in name or "answers" in name]
    assert {"kurs-results.xlsx", "kurs-codebook.pdf", "SHA256SUMS"} <= set(archive.namelist())
    readme = archive.read("README.txt").decode()
    assert "Inga svarsrader lämnas ut" in readme
    assert "personuppgifter" not in readme


def assert_counts_are_equal(folder: Path) -> None:
    """The tables of results against the rows of SPSS, one a person: classes, pairs, crossings, index."""
    frame, _ = pyreadstat.read_sav(str(folder / "kurs-persons.sav"), user_missing=True)
    for row in table(folder, "distributions"):
        codes, named = row["Kod"], {"a": 1, "b": 2, "c": 3}
        assert codes in {"overall", "used", "way"}
        column = frame[f"{codes}_{row['Enkät']}"]
        wanted = [named.get(code) or int(code) for code in row["Klass"].split("+")]
        assert int(row["Antal"]) == int(column.isin(wanted).sum()), row
        assert int(row["Av"]) == len(column)
    frame["nytta_pre"] = frame["overall_pre"] + frame["used_pre"]
    frame["nytta_post"] = frame["overall_post"] + frame["used_post"]
    pairs = table(folder, "before-after")
    assert [(row["Vad som jämförs"], row["Kod"]) for row in pairs] == [
        ("fråga", "overall"),
        ("fråga", "used"),
        ("fråga", "way"),
        ("index", ""),
    ]
    for row, name in ((pairs[0], "overall"), (pairs[1], "used"), (pairs[3], "nytta")):
        more = frame[f"{name}_post"] - frame[f"{name}_pre"]
        ways = [int((more > 0).sum()), int((more == 0).sum()), int((more < 0).sum())]
        assert [int(row[each]) for each in ("Högre", "Lika", "Lägre")] == ways
        assert int(row["Par"]) == len(frame) == 12
        assert 0 < float(row["p, Wilcoxon"].replace(",", ".")) < 1
    crossed = {
        (row["Kod"], row["Vad som räknas"], row["Klass"]): (
            int(row["Har tillkommit"]),
            int(row["Har lämnat"]),
        )
        for row in table(folder, "before-after-classes")
        if row["Har tillkommit"]
    }
    high = {name: frame["overall_" + name] >= 3 for name in ("pre", "post")}
    over = int((high["post"] & ~high["pre"]).sum()), int((high["pre"] & ~high["post"]).sum())
    assert crossed["overall", "sammanslagna klasser", "Högt"] == over
    assert crossed["overall", "övre klasser", "I hög grad + I mycket hög grad"] == over
    to_b = (frame["way_post"] == 2) & (frame["way_pre"] != 2)
    assert crossed["way", "klass", "Sätt b"][0] == int(to_b.sum()) > 0
    first, second = table(folder, "indexes")
    assert (first["Index"], first["Frågor"], first["Alfa"][:2]) == ("Nytta", "overall + used", "0,")
    for line, end in ((first, "pre"), (second, "post")):
        values = frame[[f"overall_{end}", f"used_{end}"]].dropna().mean(axis=1)
        assert int(line["n"]) == len(values)
        assert abs(float(line["Medelvärde"].replace(",", ".")) - values.mean()) <= 0.05


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"kurs-results-{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_an_answer_taken_back_takes_the_files_with_it(installation: Installation, series: int) -> None:
    made, waiting = ordered(installation, series), ""
    worked(installation)
    waiting = ordered(installation, series)
    claimed = jobs.claim(installation.database, "w", NOW)
    assert claimed is not None
    jobs.put_part(installation.database, claimed, 0, b"x", NOW)
    assert how_many_parts(installation) == 2

    with installation.database.writing() as connection:
        made_files.drop_of_rule(connection, 1)

    assert how_many_parts(installation) == 0
    gone = job(installation, made)
    assert (gone.state, gone.reason) == ("dropped", "answer_taken_back")
    assert job(installation, waiting).state == "waiting"
    with pytest.raises(jobs.Interrupted):
        jobs.finish(installation.database, claimed, 1, "x", 7, NOW)
    with pytest.raises(jobs.UnknownJob):
        jobs.fetched(installation.database, series, 1, made, True, 1, NOW)
    worked(installation)
    assert job(installation, waiting).state == "made"


def test_a_higher_limit_takes_the_files_with_it_and_a_lower_one_does_not(
    installation: Installation, series: int
) -> None:
    def limit(number: int) -> None:
        with installation.database.reading() as session:
            seen = profile.profile_of(session.scalars(select(Project)).one())
        profile.change_profile(installation.database, 1, replace(seen, minimum_group=number), seen.mark)

    limit(7)
    public_id = ordered(installation, series)
    worked(installation)
    limit(6)
    assert job(installation, public_id).state == "made"
    waiting = ordered(installation, series)

    limit(7)

    assert (job(installation, public_id).state, job(installation, public_id).reason) == (
        "dropped",
        "limit_raised",
    )
    assert (job(installation, waiting).state, how_many_parts(installation)) == ("waiting", 0)

    worked(installation)
    document = programme.dump(installation.database, "prov")
    higher = document.programme.project.model_copy(update={"minimum_group": 8})
    changed = document.programme.model_copy(update={"project": higher})
    programme.load(installation.database, replace(document, programme=changed), NOW)
    assert (job(installation, waiting).reason, how_many_parts(installation)) == ("limit_raised", 0)


def test_what_nobody_expected_is_said_at_once_and_the_log_tells_no_answer(
    sqlite_installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite_installation.database.transaction() as session:
        Answering(session, sqlite_installation.keys, response_rows=True).measured(spread("overall", 3, 3))
        version = session.scalars(select(QuestionnaireVersion)).one()
        version.content = {"questions": [{"code": "Hemligt", "kind": "Hemligt"}]}
    access.add_user(sqlite_installation.database, "eva@prov.example", "Eva", "tre små gröna ekar")
    public_id = ordered(sqlite_installation, 1)

    worked(sqlite_installation)

    failed = job(sqlite_installation, public_id)
    assert (failed.state, failed.reason, failed.tries) == ("failed", "broken", 1)
    assert re.search(r"export 1 failed: \w+ \(\w+\.py:\d+\)", caplog.text)
    assert "Hemligt" not in caplog.text


def test_files_are_deleted_when_their_time_is_over(installation: Installation, series: int) -> None:
    public_id = ordered(installation, series)
    worked(installation)
    expires = job(installation, public_id).expires_at
    assert expires is not None

    assert jobs.forget_old(installation.database, expires - timedelta(seconds=1)) == 0
    assert jobs.forget_old(installation.database, expires) == 1

    assert (job(installation, public_id).reason, how_many_parts(installation)) == ("time_over", 0)
    jobs.forget_old(installation.database, expires + timedelta(days=60))
    with installation.database.reading() as session:
        assert queries.of_series(session, series, True) == []


def test_it_is_there_for_the_same_rights_only_and_every_export_is_written_down(
    installation: Installation, series: int
) -> None:
    public_id = ordered(installation, series)
    worked(installation)

    with pytest.raises(jobs.UnknownJob):
        jobs.fetched(installation.database, series, 1, public_id, False, 1, NOW)
    jobs.fetched(installation.database, series, 1, public_id, True, 1, NOW)

    with installation.database.reading() as session:
        assert [each.action for each in session.scalars(select(Deed).order_by(Deed.id))] == [
            "index_declared",
            "export_ordered",
            "responses_exported",
        ]


def test_a_worker_that_dies_of_it_gives_up_in_the_end(installation: Installation, series: int) -> None:
    public_id = ordered(installation, series)
    later = NOW
    for _ in range(jobs.MOST_TRIES):
        assert jobs.claim(installation.database, "w", later) is not None
        assert jobs.claim(installation.database, "other", later) is None
        later += jobs.LEASE + timedelta(seconds=1)

    assert jobs.claim(installation.database, "w", later) is None
    assert (job(installation, public_id).state, job(installation, public_id).reason) == ("failed", "given_up")


def test_what_cannot_be_written_is_said_and_leaves_nothing(
    sqlite_installation: Installation,
) -> None:
    with sqlite_installation.database.transaction() as session:
        it = Answering(session, sqlite_installation.keys, response_rows=True)
        it.measured(spread("overall", 3, 3))
    access.add_user(sqlite_installation.database, "eva@prov.example", "Eva", "tre små gröna ekar")
    # no file can be laid where one stands in the way of the folder
    (sqlite_installation.settings.instance / "exports").write_text("")

    public_id = ordered(sqlite_installation, 1)
    worked(sqlite_installation)

    failed = job(sqlite_installation, public_id)
    assert (failed.state, failed.reason, how_many_parts(sqlite_installation)) == ("failed", "cannot_write", 0)


def test_no_backup_holds_the_files(installation: Installation, series: int, tmp_path: Path) -> None:
    public_id = ordered(installation, series)
    worked(installation)
    assert how_many_parts(installation) == 1
    ordered(installation, series)
    begun = jobs.claim(installation.database, "w", NOW)
    assert begun is not None

    keeping.back_up(installation, tmp_path / "kopia", NOW)
    installation.close()
    keeping.restore(installation.settings, tmp_path / "kopia", NOW, replace=True)

    assert how_many_parts(installation) == 0
    with installation.database.reading() as session:
        assert queries.one(session, series, public_id, True) is None
    # whoever was at it while the database was restored finds it gone, and puts nothing there
    with pytest.raises(jobs.Interrupted):
        jobs.go_on(installation.database, begun, 1, 2, NOW)
    with pytest.raises(jobs.Interrupted):
        jobs.put_part(installation.database, begun, 0, b"x", NOW)
    assert how_many_parts(installation) == 0
