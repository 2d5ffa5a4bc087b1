"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    change,
    exports,
    log_pages,
    reports,
    reports_advice,
    reports_files,
    reports_settings,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "change",
    "exports",
    "log_pages",
    "reports",
    "reports_advice",
    "reports_files",
    "reports_settings",
    "results",
]
