"""Questions as HTML, each kind by its own template in ``templates/answer/kinds/``.

A question without typed text looks the same to everyone, so it is made once and kept; what people have
written is never kept.
"""

from collections.abc import Callable, Mapping, Sequence

from flask import current_app
from markupsafe import Markup

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Question, ScaleQuestion, ThemeChoice
from surveys.domain.texts import printable
from surveys.queries.answering import SheetKey
from surveys.web import language

Fields = Mapping[str, Sequence[str]]
_Key = tuple[object, ...]

_MOST_KEPT = 5000
_kept: dict[_Key, Markup] = {}


def questions_html(
    form: Form,
    sheet: SheetKey | None = None,
    fields: Fields | None = None,
    errors: Mapping[str, str] | None = None,
) -> Markup:
    """All questions of ``form`` in the language of the page, filled in from ``fields``.

    ``errors`` are sentences by question code. Without ``sheet``, which tells forms apart, nothing is kept.
    """
    if sheet and not fields and not errors:
        return _remembered((sheet, language.current()), lambda: _all(form, sheet, {}, {}))
    return _all(form, sheet, fields or {}, errors or {})


def _all(form: Form, sheet: SheetKey | None, fields: Fields, errors: Mapping[str, str]) -> Markup:
    return Markup("").join(
        _question(each, sheet, fields, errors.get(each.code, "")) for each in form.questions
    )


def _question(question: Question, sheet: SheetKey | None, fields: Fields, error: str) -> Markup:
    values = {name: fields[name] for name in question.names() if name in fields}
    if not sheet or error or (values and not _is_only_a_choice(question)):
        return _made(question, values, error)
    key = (sheet, language.current(), question.code, *(fields.get(question.field, ())))
    return _remembered(key, lambda: _made(question, values, ""))


def _is_only_a_choice(question: Question) -> bool:
    return isinstance(question, ScaleQuestion | ThemeChoice)


def _made(question: Question, values: Fields, error: str) -> Markup:
    template = current_app.jinja_env.get_template(f"answer/kinds/{question.kind}.html")
    code = language.current()
    return Markup(  # noqa: S704 - the output of a template, which escapes what is put into it
        template.render(
            question=question,
            name=question.field,
            text=language.shown(question.text),
            hint=language.shown(question.hint),
            values={name: [printable(each) for each in typed] for name, typed in values.items()},
            error=error,
            language=code,
        )
    )


def _remembered(key: _Key, make: Callable[[], Markup]) -> Markup:
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = make()
    return _kept[key]
