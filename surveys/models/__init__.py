"""All tables; importing this package registers every one of them with the metadata."""

from surveys.models import (
    access,
    deeds,
    followup,
    imports,
    log,
    message,
    people,
    programme,
    questionnaire,
    response,
    returned,
    texts,
)

__all__ = [
    "access",
    "deeds",
    "followup",
    "imports",
    "log",
    "message",
    "people",
    "programme",
    "questionnaire",
    "response",
    "returned",
    "texts",
]
