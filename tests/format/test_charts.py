"""Charts: every figure is in the drawing and in its text, nothing stands outside it, and a gap is no zero."""

import re
from xml.etree import ElementTree as ET

import pytest

from surveys.charts.fills import FILLS, INKS
from surveys.charts.letters import width as width_of
from surveys.charts.letters import wrapped
from surveys.charts.specs import Bar, Bars, Chart, Dot, Dots, Level, Levels, Row, Stacked
from surveys.charts.svg import inline, svg
from surveys.config import ROOT
from surveys.printing.picture import png

DEGREES = ("I mycket liten grad", "I liten grad", "I hög grad", "I mycket hög grad")
LONG = "A Att mötas med respekt i ett svårt samtal <och> medborgare & Samverkansöverenskommelser"
CHARTS: dict[str, Chart] = {
    "stacked": Stacked(
        title="Ny kunskap",
        note="Antal svar.",
        source="Bas: de som har svarat på frågan.",
        classes=DEGREES,
        diverging=True,
        rows=(
            Row(LONG, (2, 9, 20, 1014)),
            Row("B", (0, 0, 0, 0)),
            Row("Före", None, "redovisas ej – för få svar", group="Hur var det?"),
            Row("Efter", (0, 1, 0, 0), group="Hur var det?"),
        ),
    ),
    "bars": Bars(title="Från anmäld till svar", rows=(Bar("Anmälda", 1398), Bar("Inskickade", 977, 1398))),
    "dots": Dots(
        title="Andel 3–4",
        rows=(Dot(LONG, 77, 98, 0.69, 0.86), Dot("2", 8, 13), Dot("3", None, None, note="ingen mätning")),
    ),
    "levels": Levels(
        title="Avläsningar",
        rows=(
            Level("1 feb 2026", 12, "12 personer", few=True),
            Level("1 jun 2026", None, note="redovisas ej"),
            Level(LONG, 326, "326 personer"),
        ),
        ticks=((0, "0"), (200, "200"), (400, "400")),
        target=330,
        target_said="Mål: 330 personer",
    ),
}
SPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [360, 720])
def test_a_drawing_stands_alone_and_holds_all_that_is_in_it(name: str, width: int) -> None:
    root = ET.fromstring(svg(CHARTS[name], "sv", width))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby", "").split() == [root[0].get("id"), root[1].get("id")]
    height = float(root.get("height", "0"))
    for text in root.iter(f"{SPACE}text"):
        size, x = float(text.get("font-size", "13")), float(text.get("x", "0"))
        room = width_of(text.text or "", size, text.get("font-weight") == "bold")
        left = x - {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")] * room
        assert left >= -1, text.text
        assert left + room <= width + 1, text.text
        assert 0 < float(text.get("y", "0")) <= height, text.text
    for rect in root.iter(f"{SPACE}rect"):
        if rect.get("x"):
            assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= width


def test_what_is_drawn_is_said_in_words_with_the_numbers_of_the_language() -> None:
    said = {name: ET.fromstring(svg(chart, "sv"))[1].text or "" for name, chart in CHARTS.items()}
    assert "I mycket hög grad 1\u202f014 (97,0\u00a0%), n = 1\u202f045" in said["stacked"]
    assert "Hur var det?: Före: redovisas ej – för få svar; Efter:" in said["stacked"]
    assert "Inskickade: 977 av 1\u202f398 (69,9\u00a0%)" in said["bars"]
    assert "3: ingen mätning" in said["dots"]
    assert said["levels"].endswith("326 personer. Mål: 330 personer.")
    assert "977 of 1,398 (69.9%)" in svg(CHARTS["bars"], "en")


def test_a_gap_has_no_mark_and_few_have_a_hollow_one() -> None:
    root = ET.fromstring(svg(CHARTS["dots"], "sv"))
    rings = [each.get("fill") for each in root.iter(f"{SPACE}circle")]
    assert sorted(map(str, rings)) == sorted(
        [INKS["paper"], INKS["mark"], INKS["paper"]]
    )  # one in the legend


def test_a_target_is_a_line_where_it_stands_on_the_axis() -> None:
    root = ET.fromstring(svg(CHARTS["levels"], "sv"))
    lines = [each.get("d", "") for each in root.iter(f"{SPACE}path") if each.get("stroke-width") == "2"]
    across = {float(re.findall(r"M([\d.]+) ", each)[0]) for each in lines[1:]}  # one in the legend
    marks = [float(each.get("cx", "0")) for each in root.iter(f"{SPACE}circle")][1:]  # one in the legend
    axis = across.pop()
    assert not across
    zero = marks[0] - (marks[1] - marks[0]) / (326 - 12) * 12
    assert axis == pytest.approx(zero + (marks[1] - zero) / 326 * 330, abs=0.1)


def test_the_ends_of_a_scale_differ_without_colour() -> None:
    assert {fill.pattern for name, fill in FILLS.items() if name.startswith("low")} == {"hatched"}
    assert "hatched" not in {fill.pattern for name, fill in FILLS.items() if name.startswith("high")}
    assert 'class="wide"' in inline(CHARTS["stacked"], "sv", 720, "a", "wide")
    assert 'id="a-low-3"' in inline(CHARTS["stacked"], "sv", 720, "a")


def test_a_file_has_the_colours_of_the_page_in_light() -> None:
    sheet = (ROOT / "surveys/static/css/folja.css").read_text()
    for name, fill in FILLS.items():
        assert f"--c-{name}: {fill.colour};" in sheet
    for name in ("ink", "muted", "line", "edge", "on-light"):
        assert f"--{name}: {INKS[name]};" in sheet


def test_a_picture_has_twice_the_pixels() -> None:
    picture = png(svg(CHARTS["stacked"], "sv", 360), 360)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 720


def test_a_page_has_no_style_of_its_own_in_a_drawing() -> None:
    for chart in CHARTS.values():
        drawing = inline(chart, "sv", 340, "c1")
        assert not re.search(r"<style|style=|#[0-9a-f]{6}", drawing)


def test_no_word_is_lost_where_a_label_breaks() -> None:
    assert "".join(wrapped(LONG, 90, 13)).replace(" ", "") == LONG.replace(" ", "")
    assert wrapped("av 78,6\u00a0%", 50, 13) == ("av", "78,6\u00a0%")
