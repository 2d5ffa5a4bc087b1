"""The evaluator's pages, put together: each noun has its own module."""

from surveys.web.evaluate import (
    change,
    export_bundles,
    export_codebook,
    exports,
    log_pages,
    results,
)
from surveys.web.evaluate.base import blueprint

__all__ = [
    "blueprint",
    "change",
    "export_bundles",
    "export_codebook",
    "exports",
    "log_pages",
    "results",
]
