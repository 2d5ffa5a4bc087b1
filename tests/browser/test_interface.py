"""The design system in a real browser: every component, narrow and wide, light and dark, both languages."""

import math
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.browser import CONTRAST, OF_COLOUR, PageMaker, assert_accessible

pytestmark = pytest.mark.browser

WIDTHS = (320, 1280)
AAA = 7.0
TARGETS = ", ".join(
    (
        ".choice",
        ".button:not(.small)",
        "input:not([type=radio], [type=checkbox], [type=hidden])",
        "select",
        "textarea",
        "summary:not(.tag)",
        ".header a",
    )
)


@pytest.fixture
def settings_changes() -> dict[str, Any]:
    return {"demo": True}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("scheme", "language"), [("light", "sv"), ("dark", "sv"), ("light", "en")])
def test_the_components_have_no_fault_that_axe_finds(
    live_server: str, new_page: PageMaker, width: int, scheme: str, language: str
) -> None:
    """All rules in the light; in the dark what reads colours, which are the same in every language."""
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{live_server}/interface?sprak={language}")
    assert page.locator("html").get_attribute("lang") == language
    if scheme == "dark":
        assert_accessible(page, only=OF_COLOUR)
    else:
        assert_accessible(page, *(() if language == "sv" else (CONTRAST,)))
    assert_does_not_scroll_sideways(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/logga-in", "/finns/inte", "/svar/okand"])
def test_the_way_in_and_the_errors_have_none_either(
    live_server: str, new_page: PageMaker, width: int, address: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    page.goto(live_server + address)
    assert_accessible(page)
    assert_does_not_scroll_sideways(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_seven_to_one(live_server: str, new_page: PageMaker, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(f"{live_server}/interface")
    pairs = (
        *[(text, ground) for text in ("ink", "muted") for ground in ("paper", "surface", "sunken")],
        *[("accent", ground) for ground in ("paper", "surface")],
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        *[(kind, f"{kind}-soft") for kind in ("accent", "positive", "warning", "danger")],
        *[(kind, "surface") for kind in ("positive", "warning", "danger")],
        *[("ink", f"{kind}-soft") for kind in ("accent", "positive", "warning", "danger")],
        ("muted", "accent-soft"),
    )
    weak = {
        pair: round(ratio, 2)
        for pair in pairs
        if (ratio := contrast(colour(page, pair[0]), colour(page, pair[1]))) < AAA
    }
    assert not weak
    for ground in ("paper", "surface"):
        assert contrast(colour(page, "edge"), colour(page, ground)) >= 3, "the border of a field"


def test_everything_is_reached_and_seen_with_the_keyboard(live_server: str, page: Page) -> None:
    page.goto(f"{live_server}/interface")
    # The error summary takes the focus when the page opens.
    assert page.evaluate("document.activeElement.className") == "error-summary"
    reached = set()
    for _step in range(80):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
            const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
            const name = e.tagName + (e.id || e.name || e.textContent.trim().slice(0, 20));
            const inside = r.top >= 0 && r.bottom <= innerHeight || r.height > innerHeight;
            return [name, s.outlineStyle, s.outlineWidth, inside] }"""
        )
        if seen[0].startswith("BODY"):
            break
        assert seen[1] == "solid", seen
        assert seen[2] == "3px", seen
        assert seen[3], f"{seen[0]} has the focus outside the window"
        reached.add(seen[0])
    for wanted in ("INPUTnamn", "SELECTval", "TEXTAREAfritext"):
        assert wanted in reached


def test_participants_targets_are_44_points_high(live_server: str, new_page: PageMaker) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{live_server}/interface")
    small = page.evaluate(
        """targets => [...document.querySelectorAll(targets)]
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
        .filter(([, height]) => height < 44)""",
        TARGETS,
    )
    assert small == []


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (640, "200%")], ids=["400 % zoom", "200 % text"])
def test_enlarged_pages_still_read_downward(
    live_server: str, new_page: PageMaker, width: int, text: str
) -> None:
    page = new_page(viewport={"width": width, "height": 256})
    for address in ("/interface", "/logga-in"):
        page.goto(live_server + address)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        assert_does_not_scroll_sideways(page)


def test_nothing_moves_for_those_who_asked_for_stillness(live_server: str, new_page: PageMaker) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto(f"{live_server}/interface")
    assert page.evaluate(
        """() => [...document.querySelectorAll('*')].every(e => {
        const s = getComputedStyle(e);
        return s.transitionDuration === '0s' && s.animationName === 'none' })"""
    )


def test_print_leaves_the_controls_out(live_server: str, page: Page) -> None:
    page.goto(f"{live_server}/interface")
    page.emulate_media(media="print")
    for selector in (".buttons", ".tabs", ".breadcrumb", ".demo-bar", ".footer", ".pagination"):
        assert not page.locator(selector).first.is_visible(), selector
    for selector in (".chart", "table", ".timeline", ".summary-list"):
        assert page.locator(selector).first.is_visible(), selector


def test_a_participant_s_page_is_light(live_server: str, page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(f"{live_server}/svar/okand", wait_until="networkidle")
    assert len(sizes) == 2, "the page and its style; the third is the logotype"
    assert sum(sizes) < 10_000, "twenty of thirty kilobytes are left for questions and logotype"


def assert_does_not_scroll_sideways(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} points too wide"


def colour(page: Page, name: str) -> tuple[float, float, float]:
    """The custom property as the browser resolves it, as three shares of 1."""
    red, green, blue = page.evaluate(
        """name => {
        const e = document.createElement('i');
        e.style.color = `var(--${name})`;
        document.body.append(e);
        const parts = getComputedStyle(e).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
        e.remove();
        return parts }""",
        name,
    )
    return red / 255, green / 255, blue / 255


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple[float, float, float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
