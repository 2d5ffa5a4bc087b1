"""Questions as HTML, each kind by its own template in ``templates/answer/kinds/``.

A question without typed text looks the same to everyone, so it is made once and kept; what people have
written is never kept.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from flask import current_app
from markupsafe import Markup

from surveys.domain.questionnaire import Form
from surveys.domain.questions import Question, ScaleQuestion, ThemeChoice
from surveys.domain.stops import Stop
from surveys.domain.texts import printable
from surveys.queries.sheets import SheetKey
from surveys.web import language
from surveys.web.answer_conditions import groups_of

Fields = Mapping[str, Sequence[str]]
_Key = tuple[object, ...]

_MOST_KEPT = 5000
_kept: dict[_Key, Markup] = {}


def questions_html(
    form: Form,
    sheet: SheetKey | None = None,
    fields: Fields | None = None,
    errors: Mapping[str, str] | None = None,
    asked: frozenset[str] | None = None,
) -> Markup:
    """All questions of ``form`` in the language of the page, filled in from ``fields``.

    ``errors`` are sentences by question code. Those that are not ``asked`` (None: all are) are there, out of
    sight. Without ``sheet``, which tells forms apart, nothing is kept.
    """
    if sheet and not fields and not errors:
        key = (sheet, language.current(), asked if form.conditions.order else None)
        return _remembered(key, lambda: _all(form, sheet, {}, {}, asked))
    return _all(form, sheet, fields or {}, errors or {}, asked)


def stop_html(
    form: Form, stop: Stop, sheet: SheetKey, fields: Fields, error: str, asked: frozenset[str]
) -> Markup:
    """One question by itself, its text the heading of the page, with what is to be read around it."""
    parts = [_made(each, {}, "") for each in stop.before if each.code in asked]
    parts.append(_question(stop.question, sheet, fields, error, heading=True))
    parts += [_made(each, {}, "") for each in stop.after if each.code in asked]
    return _group_html(form, stop.question.group, heading=False) + Markup("").join(parts)


def _all(
    form: Form,
    sheet: SheetKey | None,
    fields: Fields,
    errors: Mapping[str, str],
    asked: Collection[str] | None,
) -> Markup:
    first_in, parts = groups_of(form), []
    for each in form.questions:
        if group := first_in.get(each.code):
            together = [other.code for other in form.questions if other.group == group]
            in_sight = asked is None or any(code in asked for code in together)
            parts.append(_shut(_group_html(form, group), "group", group, in_sight))
        made = _question(each, sheet, fields, errors.get(each.code, ""))
        if asked is not None and each.code in form.conditions.of:
            made = _shut(made, "asked", each.code, each.code in asked)
        parts.append(made)
    return Markup("").join(parts)


def _shut(content: Markup, name: str, code: str, in_sight: bool) -> Markup:
    """A part that conditions show and hide. What was in sight is told by a field that comes along."""
    hidden, shut = ("", "") if in_sight else (Markup(" hidden"), Markup(" disabled"))
    field = Markup('<input type="hidden" name="seen-{}" value="1" autocomplete="off"{}>').format(code, shut)
    start = Markup('<div data-{}="{}"{}>').format(name, code, hidden)
    return start + content + (field if name == "asked" else Markup("")) + Markup("</div>")


def _group_html(form: Form, code: str, heading: bool = True) -> Markup:
    group = form.group(code) if code else None
    if group is None:
        return Markup("")
    template = current_app.jinja_env.get_template("answer/group.html")
    title, text = language.shown(group.title), language.shown(group.text)
    return Markup(  # noqa: S704 - the output of a template, which escapes what is put into it
        template.render(title=title, text=text, heading=heading)
    )


def _question(
    question: Question, sheet: SheetKey | None, fields: Fields, error: str, heading: bool = False
) -> Markup:
    values = {name: fields[name] for name in question.names() if name in fields}
    if not sheet or error or (values and not _is_only_a_choice(question)):
        return _made(question, values, error, heading)
    key = (sheet, language.current(), heading, question.code, *(fields.get(question.field, ())))
    return _remembered(key, lambda: _made(question, values, "", heading))


def _is_only_a_choice(question: Question) -> bool:
    return isinstance(question, ScaleQuestion | ThemeChoice)


def _made(question: Question, values: Fields, error: str, heading: bool = False) -> Markup:
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
            heading=heading,
        )
    )


def _remembered(key: _Key, make: Callable[[], Markup]) -> Markup:
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = make()
    return _kept[key]
