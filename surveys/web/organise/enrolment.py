"""How a person takes part in a series: changed with what it leads to shown first, taken away, outcomes."""

from dataclasses import asdict

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.database import LARGEST_ID
from surveys.models.people import ENROLMENT_STATES, Enrolment, Participant
from surveys.queries import outcomes as outcome_queries
from surveys.queries import register
from surveys.register import outcomes, people, people_enrolment
from surveys.register.people_enrolment import Consequence, Participation
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import people_words as texts
from surveys.web.organise.base import address, blueprint, page
from surveys.web.organise.people_verdicts import told_consequence
from surveys.web.organise.person import errors_of, person_crumbs, person_of
from surveys.web.phrases import _

HERE = "/projekt/<project>/deltagare/<code>/deltagande/<int:enrolment>"


@blueprint.get(HERE)
@staff("organiser")
def enrolment(project: str, code: str, enrolment: int) -> str:
    person, found = _found(code, enrolment)
    shown = people_enrolment.participation_of(found)
    return _page(person, found, shown, shown.mark)


@blueprint.post(HERE)
@staff("organiser")
def change_enrolment(project: str, code: str, enrolment: int) -> Response | str | tuple[str, int]:
    person, found = _found(code, enrolment)
    stored = people_enrolment.participation_of(found)
    wanted = Participation(**{name: request.form.get(name, "").strip() for name in asdict(stored)})
    seen, confirmed = request.form.get("seen", ""), request.form.get("bekrafta") == "ja"
    try:
        led = people_enrolment.change_enrolment(
            installation().database, found.id, wanted, seen, clock.now(), g.user.user_id, not confirmed
        )
    except people.BadPerson as bad:
        return _page(person, found, wanted, seen, errors=errors_of(bad.faults)), 422
    except people.PersonConflict:
        return _page(person, found, wanted, stored.mark, conflict=True), 409
    except people.PersonGone:
        abort(404)
    if not confirmed and led.changed:
        return _page(person, found, wanted, seen, led)
    flash(_("The enrolment is saved."), "positive")
    return redirect(address("deltagare", person.code), 303)


@blueprint.post(f"{HERE}/ta-bort")
@staff("organiser")
def remove_enrolment(project: str, code: str, enrolment: int) -> Response:
    person, found = _found(code, enrolment)
    try:
        people_enrolment.remove_enrolment(installation().database, found.id, clock.now(), g.user.user_id)
    except people.CannotRemove:
        flash(_("It has left traces and cannot be removed. Choose another state instead."), "warning")
        return redirect(_there(person, found), 303)
    except people.PersonGone:
        abort(404)
    flash(_("The enrolment is removed."), "positive")
    return redirect(address("deltagare", person.code), 303)


@blueprint.post(f"{HERE}/utfall")
@staff("organiser")
def add_outcome(project: str, code: str, enrolment: int) -> Response | tuple[str, int]:
    person, found = _found(code, enrolment)
    typed = {name: request.form.get(name, "") for name in ("on", "kind", "note")}
    try:
        outcomes.add_outcome(installation().database, found.id, typed, g.user.user_id, clock.now())
    except people.BadPerson as bad:
        shown = people_enrolment.participation_of(found)
        return _page(person, found, shown, shown.mark, errors=errors_of(bad.faults), outcome=typed), 422
    except people.PersonGone:
        abort(404)
    flash(_("The outcome is noted."), "positive")
    return redirect(_there(person, found), 303)


@blueprint.post(f"{HERE}/utfall/<int:outcome>/ta-bort")
@staff("organiser")
def remove_outcome(project: str, code: str, enrolment: int, outcome: int) -> Response:
    person, found = _found(code, enrolment)
    if outcome <= LARGEST_ID:
        db, user, now = installation().database, g.user.user_id, clock.now()
        outcomes.remove_outcome(db, found.id, outcome, user, now)
    flash(_("The outcome is removed."), "positive")
    return redirect(_there(person, found), 303)


def _found(code: str, enrolment_id: int) -> tuple[Participant, Enrolment]:
    person = person_of(code)
    if enrolment_id > LARGEST_ID:
        abort(404)
    return person, register.enrolment(reading_session(), person.id, enrolment_id) or abort(404)


def _there(person: Participant, enrolment: Enrolment) -> str:
    return address("deltagare", person.code, "deltagande", str(enrolment.id))


def _page(
    person: Participant,
    found: Enrolment,
    shown: Participation,
    seen: str,
    led: Consequence | None = None,
    errors: dict[str, str] | None = None,
    conflict: bool = False,
    outcome: dict[str, str] | None = None,
) -> str:
    stored = people_enrolment.participation_of(found)
    session = reading_session()
    return page(
        "enrolment",
        crumbs=person_crumbs(person, found.series.title),
        person=person,
        enrolment=found,
        stored=stored,
        shown=shown,
        seen=seen,
        states=ENROLMENT_STATES,
        led=led,
        consequence=told_consequence(led.told) if led else None,
        error_of=errors or {},
        conflict=conflict,
        outcomes=register.outcomes(session, [found.id]),
        outcome=outcome or {},
        kinds=[each.name for each in outcome_queries.kinds(session, g.project.id)],
        to_kinds=address("installningar", "utfall"),
        kept=register.why_kept(session, found.id),
        texts=texts,
        here=_there(person, found),
    )
