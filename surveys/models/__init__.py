"""All tables; importing this package registers every one of them with the metadata."""

from surveys.models import (
    access,
    answer_key,
    deeds,
    followup,
    imports,
    log,
    message,
    people,
    programme,
    question_index,
    questionnaire,
    response,
    returned,
    texts,
)

__all__ = [
    "access",
    "answer_key",
    "deeds",
    "followup",
    "imports",
    "log",
    "message",
    "people",
    "programme",
    "question_index",
    "questionnaire",
    "response",
    "returned",
    "texts",
]
