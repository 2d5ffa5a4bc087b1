"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    exports,
    free_text,
    log_pages,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "exports",
    "free_text",
    "log_pages",
    "results",
]
