"""``folja programme``: what an operator sees, in Swedish and English."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surveys.cli import folja
from surveys.installation import Installation
from tests.support.installations import environment
from tests.support.small import FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "small")
    return tmp_path / "small"


def run(installation: Installation, *arguments: str, language: str = "en") -> Result:
    variables = {**environment(installation.settings), "COLUMNS": "200", "TERM": "dumb"}
    return CliRunner().invoke(folja, ["--language", language, *arguments], env=variables)


def test_loading_loading_again_and_dumping(
    sqlite_installation: Installation, folder: Path, tmp_path: Path
) -> None:
    first = run(sqlite_installation, "programme", "load", str(folder / "small.yaml"))
    assert first.exit_code == 0, first.output
    row = next(line for line in first.output.splitlines() if "Participants" in line)
    assert "12" in row
    again = run(sqlite_installation, "programme", "load", str(folder / "small.yaml"))
    assert "Nothing changed" in again.output
    dumped = run(sqlite_installation, "programme", "dump", "liten", str(tmp_path / "ut"))
    assert dumped.exit_code == 0, dumped.output
    back = run(sqlite_installation, "programme", "load", str(tmp_path / "ut" / "liten.yaml"))
    assert "Nothing changed" in back.output


def test_all_faults_are_told_and_nothing_is_loaded(sqlite_installation: Installation, folder: Path) -> None:
    path = folder / "small.yaml"
    text = path.read_text(encoding="utf-8").replace("2027-02-02T16:30", "2027-02-02T12:30")
    path.write_text(text.replace("timezone: Europe/Stockholm", "timezone: Mars"), encoding="utf-8")
    people = (folder / "people.csv").read_text(encoding="utf-8").replace(",cia@liten.example", ",")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    result = run(sqlite_installation, "programme", "load", str(path))
    assert result.exit_code == 1
    assert "people.csv:4: p03 has no e-mail address." in result.output
    assert "small.yaml:5: “Mars” is not a known time zone" in result.output
    assert "3 faults; nothing has been loaded." in result.output
    missing = run(sqlite_installation, "programme", "dump", "liten", str(folder / "ut"))
    assert missing.exit_code == 1
    assert missing.output.strip() == "There is no project with the code liten."


def test_a_file_that_is_not_there(sqlite_installation: Installation, tmp_path: Path) -> None:
    result = run(sqlite_installation, "programme", "load", str(tmp_path / "borta.yaml"))
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == "borta.yaml: there is no such file."


def test_a_folder_that_cannot_be_written(sqlite_installation: Installation, folder: Path) -> None:
    run(sqlite_installation, "programme", "load", str(folder / "small.yaml"))
    result = run(sqlite_installation, "programme", "dump", "liten", str(folder / "small.yaml" / "ut"))
    assert result.exit_code == 1
    assert "cannot be written" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_swedish_has_words_for_faults(sqlite_installation: Installation, tmp_path: Path) -> None:
    result = run(sqlite_installation, "programme", "load", str(tmp_path / "borta.yaml"), language="sv")
    assert result.exit_code == 1
    assert "there is no such file" not in result.output
