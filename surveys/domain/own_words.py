"""What somebody wrote in their own words: answers to text questions, and beside "other"."""

from collections.abc import Iterator, Mapping

from surveys.domain.question import Answer
from surveys.domain.questionnaire import Form
from surveys.domain.questions import OneChoice, SeveralChoices, TextQuestion


def own_words(form: Form, answers: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    """Yield (code, text) of each such answer. ``form`` may be expanded or not: a code may name a theme."""
    questions = {each.code: each for each in form.questions}
    for code, value in answers.items():
        question = questions.get(code) or questions.get(code.partition("-")[0])
        if isinstance(question, TextQuestion) and value:
            yield code, value
        elif isinstance(question, OneChoice | SeveralChoices) and value and value.get("text"):
            yield code, value["text"]
