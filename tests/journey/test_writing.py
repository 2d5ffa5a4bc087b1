"""How moments, numbers and rates are written on the pages, in Swedish and English."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, g

from surveys.domain.statistics import Rate
from surveys.web import filters

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # 13.00 in Stockholm
SUMMER = datetime(2026, 7, 3, 22, 5, tzinfo=UTC)  # after midnight in Stockholm


@contextmanager
def page(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(f"/?sprak={language}"):
        yield


def plain(text: str) -> str:
    """With ordinary spaces, so that the cases can be read."""
    return text.replace("\u00a0", " ").replace("\u202f", "_")


@pytest.mark.parametrize(
    ("write", "value", "swedish", "english"),
    [
        (filters.day, NOON, "tis 1 dec 2026", "Tue 1 Dec 2026"),
        (filters.day, date(2026, 3, 31), "tis 31 mars 2026", "Tue 31 March 2026"),
        (filters.day, SUMMER, "lör 4 juli 2026", "Sat 4 July 2026"),
        (filters.short_date, date(2026, 10, 5), "5 okt 2026", "5 Oct 2026"),
        (filters.clock, NOON, "13.00", "13:00"),
        (filters.number, 1234567, "1_234_567", "1,234,567"),
        (filters.number, Decimal("-1234.5"), "−1_234,5", "−1,234.5"),
        (filters.number, "0.50", "0,50", "0.50"),
        (filters.number, 3.25, "3,25", "3.25"),
        (filters.percent, 78.6, "78,6 %", "78.6%"),
        (filters.percent, 100, "100 %", "100%"),
    ],
)
def test_dates_and_numbers(
    sqlite_app: Flask, write: Callable[[Any], str], value: object, swedish: str, english: str
) -> None:
    for language, wanted in (("sv", swedish), ("en", english)):
        with page(sqlite_app, language):
            assert plain(write(value)) == wanted


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ((77, 98), None, "(78.6%)"),
        (Rate(65, 100, "invited"), None, "(65.0%)"),
        ((1, 8), 1, "(12.5%)"),
        ((1, 8), 0, "(13%)"),  # half up, never half to even
        ((1, 1000), 1, "(0.1%)"),
        ((1234, 5000), 0, "1,234 of 5,000 (25%)"),
        ((0, 0), None, "0 of 0"),
    ],
)
def test_a_rate_names_both_its_counts(sqlite_app: Flask, value: Any, decimals: int | None, text: str) -> None:
    with page(sqlite_app, "en"):
        assert plain(filters.rate(value, decimals)).endswith(text)


def test_a_rate_takes_the_project_s_decimals(sqlite_app: Flask) -> None:
    class Project:
        decimals = 2

    with page(sqlite_app, "en"):
        g.project = Project()
        assert plain(filters.rate((77, 98))) == "77 of 98 (78.57%)"


def test_a_moment_is_written_in_the_project_s_zone_and_another_zone_is_named(sqlite_app: Flask) -> None:
    with page(sqlite_app, "en"):
        assert plain(filters.when(NOON)) == "Tue 1 Dec 2026 at 13:00"
        assert plain(filters.when(NOON, "Europe/London")).startswith("Tue 1 Dec 2026 at 12:00 (")
        assert "London" in filters.when(NOON, "Europe/London")
        g.timezone = "Europe/London"
        assert plain(filters.when(NOON)) == "Tue 1 Dec 2026 at 12:00"
        assert plain(filters.when(NOON, "Europe/London")) == "Tue 1 Dec 2026 at 12:00"


def test_a_span_says_the_day_once_where_it_can(sqlite_app: Flask) -> None:
    starts = datetime(2026, 12, 1, 13, 0)  # noqa: DTZ001 (a wall time)
    with page(sqlite_app, "en"):
        assert (
            plain(filters.span(starts, starts.replace(hour=16, minute=30))) == "Tue 1 Dec 2026 at 13:00–16:30"
        )
        two_days = plain(filters.span(starts, starts.replace(day=2, hour=16)))
        assert two_days == "Tue 1 Dec 2026 at 13:00 – Wed 2 Dec 2026 at 16:00"


def test_the_templates_know_every_way_to_ask_for_a_text(sqlite_app: Flask) -> None:
    asked = """{{ _("One %(what)s", what="<a>") }} {{ ngettext("one", "%(num)s", 2) }}
    {{ pgettext("context", "Series") }} {{ npgettext("context", "one", "%(num)s", 3) }}"""
    with page(sqlite_app, "en"):
        written = sqlite_app.jinja_env.from_string(asked).render().split()
    assert written == ["One", "&lt;a&gt;", "2", "Series", "3"]


def test_the_same_template_writes_both_languages(sqlite_app: Flask) -> None:
    template = sqlite_app.jinja_env.from_string("{{ n|number }} {{ p|percent }}")
    for language, wanted in (("sv", "1_234,5 78,6 %"), ("en", "1,234.5 78.6%"), ("sv", "1_234,5 78,6 %")):
        with page(sqlite_app, language):
            assert plain(template.render(n=Decimal("1234.5"), p=78.6)) == wanted
