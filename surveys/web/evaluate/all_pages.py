"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    breakdown,
    change,
    exports,
    indicator_forms,
    indicators,
    figure_check,
    log_pages,
    outside,
    outside_edit,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "breakdown",
    "change",
    "exports",
    "indicator_forms",
    "indicators",
    "figure_check",
    "log_pages",
    "outside",
    "outside_edit",
    "results",
]
