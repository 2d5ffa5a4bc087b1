"""Marks: a short digest of what a form was made from tells, when it comes back, whether that is still so."""

from collections.abc import Mapping
from hashlib import sha256


def mark(values: Mapping[str, object]) -> str:
    """The mark of the fields of a form."""
    return mark_of_text(repr(sorted(values.items())))


def mark_of_text(text: str) -> str:
    """The mark of what is one text; it may hold what cannot be stored."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
