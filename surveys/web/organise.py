"""The organiser's pages, put together: each noun has its own module."""

from surveys.web import (
    organise_mailings,
    organise_people,
    organise_projects,
    organise_questionnaires,
    organise_settings,
)
from surveys.web.organise_base import blueprint

__all__ = [
    "blueprint",
    "organise_mailings",
    "organise_people",
    "organise_projects",
    "organise_questionnaires",
    "organise_settings",
]
