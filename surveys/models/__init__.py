"""All tables; importing this package registers every one of them with the metadata."""

from surveys.models import (
    access,
    answer_key,
    deeds,
    export_job,
    followup,
    imports,
    indicator,
    log,
    message,
    people,
    programme,
    questionnaire,
    response,
    returned,
    tally,
    texts,
)

__all__ = [
    "access",
    "answer_key",
    "deeds",
    "export_job",
    "followup",
    "imports",
    "indicator",
    "log",
    "message",
    "people",
    "programme",
    "questionnaire",
    "response",
    "returned",
    "tally",
    "texts",
]
