"""Answers of others, in whatever file they come: SPSS, Excel, and what forms on the web hand out."""

import io
import struct
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from surveys.domain.questionnaire import parse
from surveys.domain.questions import ScaleQuestion
from surveys.importing import answer_file, questionnaire_file
from surveys.importing.files import Refused


def sav(tmp_path: Path, frame: pd.DataFrame, **kwargs: object) -> bytes:
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(frame, str(path), **kwargs)
    return path.read_bytes()


def test_an_spss_file_keeps_labels_and_tells_declared_missing_values_from_answers(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "kod": ["D-1", "D-2", ""],
            "q1": [1.0, 99.0, None],
            "q2": [0.5, -8.0, 12.0],
            "dag": [date(2011, 3, 29), None, date(2011, 3, 30)],
        }
    )
    raw = sav(
        tmp_path,
        frame,
        column_labels=["Deltagarkod", "Hur nöjd är\n du?", "Timmar", "Dag"],
        variable_value_labels={"q1": {1: "Mycket nöjd", 5: "Missnöjd", 99: "Vet ej"}},
        missing_ranges={"q1": [99], "q2": [{"lo": -9, "hi": -5}]},
    )
    found = answer_file.read(raw)
    kod, q1, q2, dag = found.columns
    assert (kod.name, q1.label) == ("kod", "Hur nöjd är du?")
    assert q1.values == {"1": "Mycket nöjd", "5": "Missnöjd", "99": "Vet ej"}
    assert (q1.missing, q2.missing, dag.missing) == ({"99"}, {"-8"}, set())
    assert [(row.line, row.cells) for row in found.rows] == [
        (1, ("D-1", "1", "0.5", "2011-03-29")),
        (2, ("D-2", "99", "-8", "")),
        (3, ("", "", "12", "2011-03-30")),
    ]


def test_an_spss_file_that_is_broken_or_lies_of_its_size_is_refused(tmp_path: Path) -> None:
    raw = sav(tmp_path, pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    for broken in (raw[:-8], raw[:4] + b"\0" * 500):
        with pytest.raises(Refused) as refused:
            answer_file.read(broken)
        assert refused.value.code in {"not_sav", "no_columns"}
    cases = raw.index(struct.pack("<i", 2), 76)  # how many there are, as the header says
    assert cases == 80
    lying = raw[:cases] + struct.pack("<i", 100_000_000) + raw[cases + 4 :]
    with pytest.raises(Refused) as refused:
        answer_file.read(lying)
    assert refused.value.code == "too_many_rows"


def test_a_file_that_kills_its_reader_kills_nobody_else(tmp_path: Path) -> None:
    """A number that says it is written as text, with a value declared missing: the library (pyreadstat 1.3.7)
    reads where nothing is. Should it learn to refuse that itself, so much the better.
    """
    frame = pd.DataFrame({"a": [1.0, 9.0], "b": ["x", "y"]})
    raw = sav(tmp_path, frame, missing_ranges={"a": [9]}, variable_value_labels={"a": {1: "Ja", 9: "Vet ej"}})
    number, text = b"\x02\x08\x05\x00A ", b"\x02\x08\x01\x00A "
    assert raw.count(number) == 1
    with pytest.raises(Refused) as refused:
        answer_file.read(raw.replace(number, text))
    assert refused.value.code == "not_sav"


def test_too_many_variables_or_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = pd.DataFrame({f"v{number}": [1.0] for number in range(answer_file.MOST_COLUMNS + 1)})
    with pytest.raises(Refused) as refused:
        answer_file.read(sav(tmp_path, wide))
    assert (refused.value.code, refused.value.params) == ("too_many_columns", {"most": 199})
    monkeypatch.setattr(answer_file, "MOST_CELLS", 4)
    for raw in (sav(tmp_path, pd.DataFrame({"a": [1.0] * 3, "b": [1.0] * 3})), b"a;b\n1;2\n3;4\n5;6\n"):
        with pytest.raises(Refused) as refused:
            answer_file.read(raw)
        assert refused.value.code == "too_many_cells"


def test_a_sheet_from_forms_keeps_whole_questions_as_names() -> None:
    question = (
        "I hur hög grad anser du att utbildningen har gett dig verktyg som du kan använda i ditt arbete?"
    )
    book = openpyxl.Workbook()
    book.active.append(["ID", "Starttid", "E-post", question])
    book.active.append([1, "2011-03-29 09:00", "anonymous", "I hög grad"])
    file = io.BytesIO()
    book.save(file)
    found = answer_file.read(file.getvalue())
    assert found.columns[3].name == question
    assert found.rows[0].cells == ("1", "2011-03-29 09:00", "anonymous", "I hög grad")
    assert found.cells(3) == ["I hög grad"]
    assert len(found.digest) == 64
    with pytest.raises(Refused) as refused:
        answer_file.read(b"Fr\xc3\xa5ga 1;Fr\xc3\xa5ga 2\n")
    assert refused.value.code == "no_rows"


def test_a_questionnaire_is_made_from_an_spss_file(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Q1": [1.0, 99.0, 3.0],
            "Kon": [1.0, 2.0, 2.0],
            "fritext": ["Bra", "", "Dåligt"],
            "ID": [1.0, 2.0, 3.0],
        }
    )
    raw = sav(
        tmp_path,
        frame,
        file_label="Partnerns enkät",
        column_labels=["Hur nöjd är du?", "Kön", "Vad tyckte du?", None],
        variable_value_labels={
            "Q1": {1: "Inte", 3: "Mycket", 2: "Lite", 99: "Vägrar"},
            "Kon": {1: "M", 2: "K"},
        },
        missing_ranges={"Q1": [99]},
    )
    found = questionnaire_file.read(raw, "sv")
    form = parse(found.document)
    assert form.title == {"sv": "Partnerns enkät"}
    assert [(each.code, each.kind, each.text["sv"]) for each in form.questions] == [
        ("q1", "scale", "Hur nöjd är du?"),
        ("kon", "one_choice", "Kön"),
        ("fritext", "short_text", "Vad tyckte du?"),
    ]
    scale = form.questions[0]
    assert isinstance(scale, ScaleQuestion)
    assert [point.label["sv"] for point in scale.scale.points] == ["Inte", "Lite", "Mycket"]
    assert [(loss.place.row, loss.subject, loss.code, loss.was) for loss in found.losses] == [
        (1, "Q1", "scale_lowest_first", ""),
        (1, "Q1", "missing_left_out", "Vägrar"),
        (4, "ID", "variable_left_out", ""),
    ]
