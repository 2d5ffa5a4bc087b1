"""A questionnaire as one participant would see it about one occasion, to try answers in. Nothing is saved."""

from collections.abc import Sequence
from dataclasses import replace

from flask import g, request
from markupsafe import Markup

from surveys import clock
from surveys.domain.questionnaire import Checked, Form, ThemeRef, check, expand
from surveys.models.people import Enrolment
from surveys.models.programme import Occasion, Series
from surveys.queries import projects as queries
from surveys.queries import writing as writing_queries
from surveys.web import language
from surveys.web.answer_questions import questions_html
from surveys.web.answer_texts import error_list, fault_text
from surveys.web.filters import local
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import blueprint, page
from surveys.web.organise.writing_base import ONE, desk, form_of, themes_for
from surveys.web.phrases import _


@blueprint.get(f"{ONE}/prova")
@staff("organiser")
def try_questionnaire(project: str, questionnaire: str) -> str:
    return _trial(questionnaire, None)


@blueprint.post(f"{ONE}/prova")
@staff("organiser")
def check_trial(project: str, questionnaire: str) -> str:
    """Check answers as when they are sent in, and show what is asked given them; keep nothing."""
    return _trial(questionnaire, request.form.to_dict(flat=False))


def _trial(code: str, typed: dict[str, list[str]] | None) -> str:
    at, session = desk(code), reading_session()
    every = queries.series_of(session, g.project.id)
    used = {rule.series_id for rule in queries.used_in(session, at.row.id)}
    chosen = _named(every, "insats") or next((each for each in every if each.id in used), None)
    people = writing_queries.people_to_try(session, chosen.id) if chosen else []
    occasions = queries.occasions_of(session, chosen.id) if chosen else []
    person = next((each for each in people if each.participant.code == request.values.get("person")), None)
    occasion = next((each for each in occasions if each.code == request.values.get("tillfalle")), None)
    form = form_of(at.document)
    shown = None if form is None else _fitted(form, occasion, person)
    with language.speaking(person.participant.language if person else language.current()):
        content, errors, left_out, checked = _tried(shown, typed)
    return page(
        "questionnaire_trial",
        crumbs=at.crumbs((_("Try it"), None)),
        at=at,
        every=every,
        chosen=chosen,
        people=people,
        occasions=occasions,
        person=person,
        occasion=occasion,
        content=content,
        found=errors,
        left_out=left_out,
        checked=checked,
        spoken=person.participant.language if person else "",
    )


def _named(every: Sequence[Series], name: str) -> Series | None:
    return next((each for each in every if each.code == request.values.get(name)), None)


def _fitted(form: Form, occasion: Occasion | None, person: Enrolment | None) -> Form:
    """The form with the themes of the occasion, or of any where none is chosen yet; the one that the register
    knows for the person is not asked.
    """
    themes = [ThemeRef(each.code, each.title) for each in occasion.themes] if occasion else themes_for(())
    known = None
    if occasion is not None and person is not None:
        known = writing_queries.theme_at(reading_session(), occasion.id, person.id)
    return expand(form, themes, known)


def _tried(
    form: Form | None, typed: dict[str, list[str]] | None
) -> tuple[Markup, list[tuple[str, str]], list[str], bool]:
    """The questions as HTML, what is wrong, what is not asked, and whether answers were checked."""
    if form is None:
        return Markup(""), [], [], False
    today = clock.now().date().isoformat()
    if typed is None:
        return questions_html(form), [], _not_asked(form, form.asked({}, today)), False
    checked: Checked = check(form, typed, complete=True, today=today)
    answers = check(form, typed, complete=False, today=today).answers
    asked = form.asked(answers, today)
    shown = replace(form, questions=tuple(each for each in form.questions if each.code in asked))
    faults = {code: fault_text(fault) for code, fault in checked.errors.items()}
    return (
        questions_html(shown, None, typed, faults),
        error_list(shown, checked),
        _not_asked(form, asked),
        True,
    )


def _not_asked(form: Form, asked: frozenset[str]) -> list[str]:
    return [local(each.text) for each in form.questions if each.code not in asked]
