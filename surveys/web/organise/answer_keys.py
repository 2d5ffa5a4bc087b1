"""The keys of sealed and anonymous answers: what stands under each, and destroying one by hand."""

from dataclasses import dataclass
from random import SystemRandom

from flask import abort, flash, g, redirect, request
from flask_babel import lazy_gettext as _l

from surveys import clock
from surveys.answers import closing
from surveys.course.privacy_settings import DECISION, decision_faults
from surveys.models.answer_key import AnswerKey
from surveys.queries import answer_keys as queries
from surveys.queries import projects as project_queries
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.planning import Answer
from surveys.web.organise.privacy_settings import FAULTS
from surveys.web.phrases import _

ADDRESS = "/projekt/<project>/installningar/nycklar"
WHY_NOT = _l("Tick the box first: what is destroyed cannot be brought back.")


@dataclass(frozen=True)
class Line:
    """A key as the list shows it; ``closes_at`` is when the last of what stands under it closes."""

    key: AnswerKey
    what: str
    standing: queries.Standing
    asked: int
    answered: int


@blueprint.get(ADDRESS)
@staff("organiser")
def answer_keys(project: str) -> str:
    found = queries.of_project(reading_session(), g.project.id)
    return page(
        "answer_keys",
        crumbs=crumbs((_("Settings"), address("installningar")), (_("Keys"), None)),
        lines=[_line(each) for each in found],
        here=address("installningar", "nycklar"),
    )


@blueprint.get(f"{ADDRESS}/<key>/forstor")
@staff("organiser")
def ask_to_destroy_key(project: str, key: str) -> str:
    return _page(_key(key), dict(g.project.destruction_decision or {}), {})


@blueprint.post(f"{ADDRESS}/<key>/forstor")
@staff("organiser")
def destroy_key(project: str, key: str) -> Answer:
    found, house = _key(key), installation()
    typed = {part: request.form.get(f"decision.{part}", "").strip() for part in DECISION}
    decision = {part: text for part, text in typed.items() if text}
    faults = decision_faults(decision, needed=False)
    faults |= {f"decision.{part}": "blank" for part in DECISION if part not in decision}
    errors = {field: str(FAULTS[code]) for field, code in faults.items()}
    if "sure" not in request.form:
        errors["sure"] = str(WHY_NOT)
    if errors:
        return _page(found, typed, errors), 422
    now, chance = clock.now(), SystemRandom()
    reading_session().rollback()  # what somebody reads cannot be cleared away
    closing.close(house.database, house.keys, found.name, now, chance, decision, g.user.user_id)
    flash(_("The key is destroyed. The answers cannot be led back to anybody."), "positive")
    return redirect(address("installningar", "nycklar"), 303)


def _key(name: str) -> AnswerKey:
    """The key of the address that is not destroyed yet, else 404."""
    found = queries.in_project(reading_session(), g.project.id, name)
    return found if found is not None and found.destroyed_at is None else abort(404)


def _page(key: AnswerKey, decision: dict[str, str], errors: dict[str, str]) -> str:
    back = address("installningar", "nycklar")
    return page(
        "answer_key_destroy",
        crumbs=crumbs((_("Settings"), address("installningar")), (_("Keys"), back), (_("Destroy"), None)),
        line=_line(key),
        decision=decision,
        errors=errors,
        back=back,
    )


def _line(key: AnswerKey) -> Line:
    session = reading_session()
    asked, answered = queries.asked_under(session, key)
    return Line(key, _what(key), queries.standing(session, key), asked, answered)


def _what(key: AnswerKey) -> str:
    """What stands under a key: a series, or a questionnaire in it and the occasion it is about."""
    session = reading_session()
    if key.rule is None or key.rule.questionnaire is None:
        return key.series.title
    titles = project_queries.newest_titles(session, [key.rule.questionnaire.id])
    title = local(titles.get(key.rule.questionnaire.id) or {}) or key.rule.questionnaire.code
    occasion = queries.occasion_of(session, key)
    return ", ".join([title, key.series.title, *([occasion.title] if occasion is not None else [])])
