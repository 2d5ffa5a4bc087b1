"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    change,
    exports,
    figure_check,
    log_pages,
    outside,
    outside_edit,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "change",
    "exports",
    "figure_check",
    "log_pages",
    "outside",
    "outside_edit",
    "results",
]
