"""The last lines of a test run: how many tests ran on each database and in the browser.

The fixtures write what a test ran on into its ``user_properties``, which travel with the report
from the worker processes. Under CI a skipped test makes the run fail.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from _pytest.terminal import TerminalReporter

from tests.support import run_folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = _reporter(session.config)
    if reporter and run_folder.in_ci() and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> Iterator[None]:
    yield
    terminalreporter.section("Följa")
    passed = _calls(terminalreporter.stats.get("passed", []))
    for line in [*fault_table(passed), *looked_table(passed), *weighed_table(passed), *summary(passed)]:
        terminalreporter.write_line(line)
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        reasons = Counter(_reason(report) for report in skipped)
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"not run: {count} ({reason})")
        if run_folder.in_ci():
            terminalreporter.write_line("With CI=true nothing may be skipped: this run has failed.", red=True)


def summary(passed: list[dict[str, str]]) -> list[str]:
    """Return the closing line for the properties of the tests that passed."""
    databases = Counter(test["database"] for test in passed if "database" in test)
    engines = {test["database"]: test["engine"] for test in passed if "engine" in test}
    browsers = sorted({test["browser"] for test in passed if "browser" in test})
    in_browser = sum("browser" in test for test in passed)
    parts = [f"{databases[name]} on {engines.get(name, name)}" for name in ("sqlite", "postgresql")]
    parts.append(f"{in_browser} in the browser" + (f" ({', '.join(browsers)})" if browsers else ""))
    return [f"Följa: {len(passed)} passed, {', '.join(parts)}"]


def fault_table(passed: list[dict[str, str]]) -> list[str]:
    """Return a table, one line a fault: how often it was made, and what was lost and doubled by it."""
    sums: dict[str, Counter[str]] = {}
    for test in passed:
        if "fault" in test:
            name, *numbers = test["fault"].split("|")
            of = sums.setdefault(name, Counter())
            of.update(dict(zip(("runs", "mails", "lost", "doubled"), map(int, numbers), strict=True)))
    if not sums:
        return []
    width = max(map(len, sums))
    head = f"{'fault':<{width}}  {'runs':>5}  {'mails':>6}  {'lost':>5}  {'doubled':>7}"
    return [head] + [
        f"{name:<{width}}  {n['runs']:>5}  {n['mails']:>6}  {n['lost']:>5}  {n['doubled']:>7}"
        for name, n in sorted(sums.items())
    ]


def looked_table(passed: list[dict[str, str]]) -> list[str]:
    """Return a table, one line a template: in which states, languages and widths it was looked at."""
    seen: dict[str, set[tuple[str, ...]]] = {}
    for test in passed:
        for each in test.get("looked", "").split("\n"):
            if each:
                template, *rest = each.split("|")
                seen.setdefault(template, set()).add(tuple(rest))
    if not seen:
        return []
    lines = [f"{'template':<12}  {'states':>6}  {'languages':<9}  {'widths':<8}  {'pages':>5}  {'axe':>3}"]
    for template, pages in sorted(seen.items()):
        states, languages, widths = (sorted({page[at] for page in pages}) for at in range(3))
        lines.append(
            f"{template:<12}  {len(states):>6}  {' '.join(languages):<9}  {' '.join(widths):<8}"
            f"  {len(pages):>5}  {0:>3}"
        )
    return lines


def weighed_table(passed: list[dict[str, str]]) -> list[str]:
    """Return a line a participant page: its requests and bytes over the network, with nothing kept."""
    weighed = {each for test in passed for each in test.get("weighed", "").split("\n") if each}
    rows = sorted(each.split("|") for each in weighed)
    return [f"{name:<12}  {requests} requests  {int(size):>6} bytes" for name, requests, size in rows]


def _calls(reports: Iterable[pytest.TestReport]) -> list[dict[str, str]]:
    return [_properties(report) for report in reports if report.when == "call"]


def _properties(report: pytest.TestReport) -> dict[str, str]:
    """What a test has noted, by name; what it has noted more than once, a line each."""
    found: dict[str, str] = {}
    for name, value in report.user_properties:
        found[name] = (
            f"{found[name]}\n{value}" if name in ("looked", "weighed") and name in found else str(value)
        )
    return found


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    return place[2].removeprefix("Skipped: ") if isinstance(place, tuple) else str(place)


def _reporter(config: pytest.Config) -> TerminalReporter | None:
    # Worker processes report to the controller and have no terminal.
    plugin = config.pluginmanager.get_plugin("terminalreporter")
    return plugin if isinstance(plugin, TerminalReporter) and not hasattr(config, "workerinput") else None
