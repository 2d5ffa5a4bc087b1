"""Formats out: one row builder (:mod:`surveys.exporting.rows`), many writers."""
