"""Conditions in plain words: "”Hur många timmar?” är mer än 3 och ”Vad?” omfattar ”Kontakterna”".

For whoever reads a form on paper or writes one. What cannot be said simply is given as it was written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from surveys.domain.consent import Consent
from surveys.domain.expressions import Expression, Tree
from surveys.domain.questionnaire import Form
from surveys.domain.questions import Question
from surveys.domain.texts import pick
from surveys.web import language
from surveys.web.filters import number
from surveys.web.phrases import _


def in_words(expression: Expression, form: Form, numbers: Mapping[str, int] | None = None) -> str:
    """The condition in the language of the page; its own text where it has no simple words."""
    try:
        return _Teller(form, numbers or {}).said(expression.parsed)
    except _NoWords:
        return expression.text


def relevance_in_words(question: Question, form: Form, numbers: Mapping[str, int] | None = None) -> str:
    """When a question is asked, its group's condition included; "" where it always is.

    ``numbers`` are those that questions have on paper: then they go by these, and not by their texts.
    """
    parts = [in_words(each, form, numbers) for each in form.conditions.of.get(question.code, ())]
    return _("%(left)s and %(right)s", left=parts[0], right=parts[1]) if len(parts) == 2 else "".join(parts)


class _NoWords(Exception):
    """A part of an expression that is not said in words."""


class _Teller:
    def __init__(self, form: Form, numbers: Mapping[str, int]) -> None:
        self._form, self._numbers = form, numbers

    def said(self, tree: Tree) -> str:
        match tree:
            case ("and" | "or" as word, left, right):
                joined = _("%(left)s and %(right)s") if word == "and" else _("%(left)s or %(right)s")
                return joined % {"left": self._part(left, word), "right": self._part(right, word)}
            case ("not", part):
                return _("not: %(part)s", part=self.said(part))
            case ("selected", ("answer", name), ("text" | "number", _value) as value):
                return self._about(name, _("%(question)s includes %(answer)s"), value)
            case (("=" | "!=") as sign, ("answer", name), ("text", "")):
                text = _("%(question)s is not answered") if sign == "=" else _("%(question)s is answered")
                return text % {"question": self._numbered(name) or self._quoted(name)}
            case (sign, ("answer", name), ("text" | "number", _value) as value) if sign in _COMPARED:
                return self._about(name, _COMPARED[sign](), value)
        raise _NoWords

    def _part(self, tree: Tree, around: str) -> str:
        said = self.said(tree)
        return f"({said})" if tree[0] in ("and", "or") and tree[0] != around else said

    def _about(self, name: str, text: str, value: Tree) -> str:
        number_of = self._numbers.get(name)
        asked = _("the answer to question %(number)s", number=number_of) if number_of else self._quoted(name)
        return text % {"question": asked, "answer": self._answer(name, value)}

    def _numbered(self, name: str) -> str:
        return _("question %(number)s", number=self._numbers[name]) if name in self._numbers else ""

    def _quoted(self, name: str) -> str:
        question = self._form.question(name)
        if question is None:  # a theme that the register knows is not asked for
            raise _NoWords
        return _("“%(text)s”", text=pick(question.text, language.current()).rstrip())

    def _answer(self, name: str, value: Tree) -> str:
        kind, given = value
        code = f"{given:g}" if kind == "number" else str(given)
        question = self._form.question(name)
        if self._numbers and isinstance(question, Consent):
            return _("“%(text)s”", text=_("Yes, I agree"))  # as the box on paper says
        choices: Any = getattr(question, "choices", ())
        label = next((point.shown(language.current()) for point in choices if point.code == code), "")
        if label:
            return _("“%(text)s”", text=label)
        return number(code) if kind == "number" else code


_COMPARED: dict[str, Callable[[], str]] = {
    "=": lambda: _("%(question)s is %(answer)s"),
    "!=": lambda: _("%(question)s is something else than %(answer)s"),
    ">": lambda: _("%(question)s is more than %(answer)s"),
    "<": lambda: _("%(question)s is less than %(answer)s"),
    ">=": lambda: _("%(question)s is %(answer)s or more"),
    "<=": lambda: _("%(question)s is %(answer)s or less"),
}
