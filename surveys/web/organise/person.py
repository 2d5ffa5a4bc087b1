"""One person by form: added to a series, corrected, removed; with what it leads to shown first."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.importing.people_rows import RowFault
from surveys.models.people import GENDERS, Participant
from surveys.queries import people as queries
from surveys.queries import projects as project_queries
from surveys.queries import register
from surveys.register import people
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.organise import people_words as texts
from surveys.web.organise.base import (
    address,
    blueprint,
    crumbs,
    page,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.organise.people_verdicts import told_consequence
from surveys.web.organise.words import GENDERS as GENDER_WORDS
from surveys.web.phrases import _

PERSON = "/projekt/<project>/deltagare/<code>"
NEW = "/projekt/<project>/insatser/<series>/deltagare/ny"
NEW_FIELDS = (*people.PERSON_FIELDS, "work_group", "starts", "ends", "code")


@blueprint.get(NEW)
@staff("organiser")
def new_person(project: str, series: str) -> str:
    blank = dict.fromkeys(NEW_FIELDS, "")
    return _new_page(blank | {"language": g.project.languages[0], "gender": "not_stated"}, {})


@blueprint.post(NEW)
@staff("organiser")
def add_person(project: str, series: str) -> Response | str | tuple[str, int]:
    typed = _typed(NEW_FIELDS)
    confirmed = request.form.get("bekrafta") == "ja"
    try:
        added = people.add(
            installation().database, g.series.id, typed, clock.now(), g.user.user_id, rehearse=not confirmed
        )
    except people.BadPerson as bad:
        return _new_page(typed, bad.faults), 422
    if not confirmed:
        return _new_page(typed, {}, added)
    said = _("%(name)s is enrolled.", name=added.name)
    flash(said, "positive")
    return redirect(series_address("deltagare"), 303)


@blueprint.get(f"{PERSON}/andra")
@staff("organiser")
def correct_person(project: str, code: str) -> str:
    person = person_of(code)
    return _correct_page(person, _fields_of(person), people.mark_of(person), {})


@blueprint.post(f"{PERSON}/andra")
@staff("organiser")
def save_person(project: str, code: str) -> Response | tuple[str, int]:
    person, typed = person_of(code), _typed(people.PERSON_FIELDS)
    seen = request.form.get("seen", "")
    try:
        people.change(installation().database, person.id, typed, seen, clock.now(), g.user.user_id)
    except people.BadPerson as bad:
        return _correct_page(person, typed, seen, bad.faults), 422
    except people.PersonConflict:
        return _correct_page(person, typed, people.mark_of(person), {}, _fields_of(person)), 409
    except people.PersonGone:
        abort(404)
    flash(_("The person is saved."), "positive")
    return redirect(address("deltagare", code), 303)


@blueprint.get(f"{PERSON}/anmal")
@staff("organiser")
def enrol_person(project: str, code: str) -> str:
    return _enrol_page(person_of(code), "")


@blueprint.post(f"{PERSON}/anmal")
@staff("organiser")
def enrol_known_person(project: str, code: str) -> Response | str | tuple[str, int]:
    person, wanted = person_of(code), request.form.get("insats", "")
    found = next((each for each in _free_series(person) if each.code == wanted), None)
    if found is None:
        return _enrol_page(person, wanted, error=_("Choose a series.")), 422
    confirmed = request.form.get("bekrafta") == "ja"
    added = people.add(
        installation().database,
        found.id,
        {"code": person.code},
        clock.now(),
        g.user.user_id,
        rehearse=not confirmed,
    )
    if not confirmed:
        return _enrol_page(person, wanted, added)
    flash(_("%(name)s is enrolled.", name=person.name), "positive")
    return redirect(address("deltagare", person.code), 303)


@blueprint.get(f"{PERSON}/ta-bort")
@staff("organiser")
def ask_to_remove_person(project: str, code: str) -> str:
    return _remove_page(person_of(code))


@blueprint.post(f"{PERSON}/ta-bort")
@staff("organiser")
def remove_person(project: str, code: str) -> Response | tuple[str, int]:
    person = person_of(code)
    try:
        people.remove_person(installation().database, person.id, clock.now(), g.user.user_id)
    except people.CannotRemove:
        return _remove_page(person), 409
    except people.PersonGone:
        abort(404)
    flash(_("%(name)s is removed.", name=person.name), "positive")
    return redirect(address("deltagare"), 303)


def person_of(code: str) -> Participant:
    """The participant of the address, else 404."""
    return queries.participant(reading_session(), g.project.id, code) or abort(404)


def person_crumbs(person: Participant, last: str) -> Any:
    """The way to a page about a person."""
    here = address("deltagare", person.code)
    return crumbs((_("Participants"), address("deltagare")), (person.name, here), (last, None))


def errors_of(faults: Mapping[str, RowFault]) -> dict[str, str]:
    """What is said at each field of a form, in the order of the fields."""
    order = [
        *(name for name in NEW_FIELDS if name in faults),
        *(name for name in faults if name not in NEW_FIELDS),
    ]
    return {name: texts.told(texts.ROW_FAULTS, *faults[name]) for name in order}


def choices() -> dict[str, Any]:
    """What the form of a person can choose among."""
    session = reading_session()
    return {
        "genders": [(code, str(GENDER_WORDS[code])) for code in GENDERS],
        "languages": [(code, language_name(code)) for code in g.project.languages],
        "organisations": register.organisations(session, g.project.id),
    }


def _typed(names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in names}


def _fields_of(person: Participant) -> dict[str, str]:
    return {
        "name": person.name,
        "email": person.email,
        "gender": person.gender,
        "language": person.language,
        "organisation": person.organisation.code if person.organisation else "",
        "role": person.role or "",
    }


def _new_page(
    typed: Mapping[str, str], faults: Mapping[str, RowFault], added: people.Added | None = None
) -> str:
    *start, last = series_crumbs(_("Participants"))
    return page(
        "person_new",
        crumbs=[*start, (last[0], series_address("deltagare")), (_("Add a person"), None)],
        tabs=series_tabs(),
        typed=typed,
        error_of=errors_of(faults),
        added=added,
        consequence=told_consequence(added.consequence) if added else None,
        notes=[texts.told(texts.NOTES, *note) for note in added.notes] if added else [],
        texts=texts,
        here=series_address("deltagare", "ny"),
        **choices(),
    )


def _correct_page(
    person: Participant,
    typed: Mapping[str, str],
    seen: str,
    faults: Mapping[str, RowFault],
    stored: Mapping[str, str] | None = None,
) -> str:
    return page(
        "person_change",
        crumbs=person_crumbs(person, _("Correct")),
        person=person,
        typed=typed,
        seen=seen,
        error_of=errors_of(faults),
        stored=stored,
        texts=texts,
        here=address("deltagare", person.code, "andra"),
        **choices(),
    )


def _free_series(person: Participant) -> list[Any]:
    """The series that a person is not in."""
    session = reading_session()
    taken = {each.series_id for each in queries.enrolments_of(session, person.id)}
    return [each for each in project_queries.series_of(session, g.project.id) if each.id not in taken]


def _enrol_page(
    person: Participant, wanted: str, added: people.Added | None = None, error: str | None = None
) -> str:
    return page(
        "person_enrol",
        crumbs=person_crumbs(person, _("Enrol")),
        person=person,
        free=_free_series(person),
        wanted=wanted,
        added=added,
        error=error,
        consequence=told_consequence(added.consequence) if added else None,
        texts=texts,
        here=address("deltagare", person.code, "anmal"),
    )


def _remove_page(person: Participant) -> str:
    session = reading_session()
    enrolments = queries.enrolments_of(session, person.id)
    return page(
        "person_remove",
        crumbs=person_crumbs(person, _("Remove")),
        person=person,
        enrolments=enrolments,
        kept=[each for each in enrolments if register.why_kept(session, each.id)],
        here=address("deltagare", person.code, "ta-bort"),
    )
