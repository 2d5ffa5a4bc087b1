"""Real pages in a real Chromium, and the accessibility check on them."""

import importlib.resources
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.support import chromium, run_folder
from tests.support.staffed import PASSWORD

# A page that is there shows within seconds; the default of 30 s would only make failures slow.
TIMEOUT_MS = 10_000
expect.set_options(timeout=TIMEOUT_MS)
PHONE_WIDTH = 320
WIDTHS = (1280, PHONE_WIDTH)
# No width changes a colour: tests/test_house.py holds the style sheets to what this rests on.
CONTRAST = "color-contrast"
# The rules of axe 4.12 that ask where a thing stands, how wide it is or whether it flows within text; the
# others read the document and which of it is rendered. (Of axe's rules, target-size is off unless asked for.)
OF_PLACE = (
    "aria-hidden-focus",
    "link-in-text-block",
    "scrollable-region-focusable",
    "skip-link",
    "th-has-data-cells",
)
# What reads colours, and so may be otherwise in dark ones, where the same elements are rendered.
OF_COLOUR = (CONTRAST, "link-in-text-block")
AXE = """([skipped, only]) => axe.run(document, {
  resultTypes: ["violations"],
  preload: false,
  rules: Object.fromEntries(skipped.map(rule => [rule, {enabled: false}])),
  ...(only.length ? {runOnly: only} : {}),
}).then(found => found.violations)"""
# The document, and of each element: not there (0), there but kept from the eye (1), seen (2). Axe's own
# answer, isVisibleOnScreen, would take as long as the rules that it saves.
RENDERED = """() => document.documentElement.outerHTML + [...document.querySelectorAll("*")].map(e => {
  if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true}))
    return 0;
  const box = e.getBoundingClientRect();
  return box.width < 2 || box.height < 2 || box.right <= 0 || box.bottom + scrollY <= 0
      || getComputedStyle(e).clipPath !== "none" ? 1 : 2;
}).join("")"""
# Of every text that is seen, all that its contrast follows from: its colour and size, and what stands behind
# it. One of each look that is not known yet is measured. Where something stands (position) is taken to be the
# same wherever it looks the same.
MEASURED = """known => {
  const behind = new Map([[null, ""]]), looks = new Map(), measured = new Set(known);
  const ground = e => {
    if (!behind.has(e)) {
      const s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode,
        s.position === "relative" ? "static" : s.position].join(" ");
      const bare = own === "rgba(0, 0, 0, 0) none 1 none normal static";
      behind.set(e, bare ? ground(e.parentElement) : own + "; " + ground(e.parentElement));
    }
    return behind.get(e);
  };
  for (const e of document.body.querySelectorAll("*")) {
    const says = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!says && !e.matches("input, select, textarea")) continue;
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true}))
      continue;
    const box = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (box.width < 2 || box.height < 2 || s.clipPath !== "none") continue;
    const look = [e.localName, s.color, s.fill, s.fontSize, s.fontWeight, s.textShadow, e.disabled, ground(e)]
      .join("; ");
    if (!measured.has(look) && !looks.has(look)) looks.set(look, e);
  }
  if (!looks.size) return {looks: [], violations: []};
  return axe.run({include: [...looks.values()]}, {
    resultTypes: ["violations"], preload: false, runOnly: ["color-contrast"],
  }).then(found => ({looks: [...looks.keys()], violations: found.violations}));
}"""
PHONE = {"width": 320, "height": 800}
PageMaker = Callable[..., Page]
_good: set[str] = set()  # the looks whose contrast is enough


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a worker process."""
    program = chromium.found()
    if program is None:
        reason = "no Chromium was found and none could be installed"
        pytest.fail(reason) if run_folder.in_ci() else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program[0], args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> "Contexts":
    return Contexts(browser)


@pytest.fixture
def new_page(request: pytest.FixtureRequest, contexts: "Contexts") -> Iterator[PageMaker]:
    """Return a maker of pages, each with cookies of its own; takes what Playwright's new_context takes.

    ``new_page(viewport={"width": 390, "height": 844}, locale="en-GB", java_script_enabled=False)``
    """
    request.node.user_properties.append(("browser", str(chromium.found()[1])))  # type: ignore[index]
    faults: list[str] = []
    lent = []

    def make(**options: Any) -> Page:
        context = contexts.lend(**({"locale": "sv-SE"} | options))
        lent.append(context)
        page = context.new_page()
        page.set_viewport_size(options.get("viewport", {"width": 1280, "height": 800}))
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda message: _note(message, faults))
        return page

    yield make
    for context in lent:
        contexts.give_back(context)
    assert not faults, "the browser complained:\n" + "\n".join(faults)


class Contexts:
    """Contexts that are used again: Chromium takes half a second to make one.

    What a page leaves in one is cookies, which are cleared; all else belongs to the address of its test.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._kinds: dict[BrowserContext, str] = {}

    def lend(self, **options: Any) -> BrowserContext:
        kind = repr(sorted((name, value) for name, value in options.items() if name != "viewport"))
        if self._free[kind]:
            return self._free[kind].pop()
        made = self._browser.new_context(**options)
        made.set_default_timeout(TIMEOUT_MS)
        # Handed over once, not at every page; our Content-Security-Policy does not reach it.
        made.add_init_script(_axe())
        self._kinds[made] = kind
        return made

    def give_back(self, context: BrowserContext) -> None:
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._free[self._kinds[context]].append(context)


@pytest.fixture
def page(new_page: PageMaker) -> Page:
    """A page of 1280 × 800 points in Swedish, with cookies of its own."""
    return new_page()


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    if "Content Security Policy" in message.text:
        faults.append(message.text)


def assert_accessible(page: Page, *skipped: str, only: Collection[str] = ()) -> None:
    """Fail with a readable list where axe finds anything against its rules on the page as it is now.

    ``skipped`` are names of rules that are not run; where ``only`` names some, no others are. Contrast, which
    takes most of the time, is measured of one text of each look, and not again where it was found good.
    """
    found = []
    if CONTRAST not in skipped and (CONTRAST in only or not only):
        measured = page.evaluate(MEASURED, list(_good))
        found += measured["violations"]
        if not found:
            _good.update(measured["looks"])
    if only != (CONTRAST,):
        found += page.evaluate(AXE, [[*skipped, CONTRAST], [rule for rule in only if rule != CONTRAST]])
    assert not found, f"axe on {page.url}:\n" + "\n".join(_readable(rule) for rule in found)


def assert_accessible_at_this_width(page: Page, seen: set[str], *, contrast: bool) -> None:
    """Fail where axe finds anything that it cannot have told at another width of the same page.

    ``seen`` holds what was rendered at the widths looked at so far, and takes what is rendered now. Where
    that is the same, only the rules that depend on where things stand can find something else, and the others
    are not run again; a label or a column head hidden on a narrow page makes it another page, with all rules.
    ``contrast``, two thirds of axe's time, is looked at when asked for, at any width.
    """
    rendered = page.evaluate(RENDERED)
    if rendered in seen:
        assert_accessible(page, only=(*OF_PLACE, CONTRAST) if contrast else OF_PLACE)
    else:
        assert_accessible(page, *(() if contrast else (CONTRAST,)))
    seen.add(rendered)


def look(page: Page) -> None:
    """Fail where the page does not pass axe or scrolls sideways, on a small phone or on a screen.

    Contrast is looked at on the phone alone, for no width changes a colour; at the second width the other
    rules are run where they can find something else (:func:`assert_accessible_at_this_width`).
    """
    before = page.viewport_size
    seen: set[str] = set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible_at_this_width(page, seen, contrast=width == PHONE_WIDTH)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url}, {width}"
    if before:
        page.set_viewport_size(before)


def follow(pressed: Locator) -> None:
    """Press a link or a button, and return when the page that it leads to is there.

    A click alone waits only for what the click itself begins: where the script of a form has something to
    save first, or the machine is slow, the old page would be looked at, or the one between.
    """
    with pressed.page.expect_navigation():
        pressed.click()


def sign_in(page: Page, server: str) -> None:
    """Sign in as the organiser of :mod:`tests.support.staffed`, in English."""
    page.goto(f"{server}/logga-in?sprak=en")
    page.get_by_label("E-mail address").fill("organiser@folja.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")


def _readable(rule: dict[str, Any]) -> str:
    places = [f"    {' '.join(map(str, node['target']))}  {node['html'][:160]}" for node in rule["nodes"]]
    return "\n".join([f"  {rule['id']} ({rule['impact']}): {rule['help']}", *places])


@cache
def _axe() -> str:
    return (
        importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    )
