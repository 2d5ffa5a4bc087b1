"""All tables; importing this package registers every one of them with the metadata."""

from surveys.models import access, followup, log, message, people, programme, questionnaire, response

__all__ = ["access", "followup", "log", "message", "people", "programme", "questionnaire", "response"]
