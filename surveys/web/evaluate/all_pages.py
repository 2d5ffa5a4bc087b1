"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    breakdown,
    change,
    exports,
    figure_check,
    indexes,
    indicator_forms,
    indicators,
    log_pages,
    outside,
    outside_edit,
    reports,
    reports_advice,
    reports_files,
    reports_settings,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "breakdown",
    "change",
    "exports",
    "figure_check",
    "indexes",
    "indicator_forms",
    "indicators",
    "log_pages",
    "outside",
    "outside_edit",
    "reports",
    "reports_advice",
    "reports_files",
    "reports_settings",
    "results",
]
