"""The register: participants of a series and of the project, one participant, and that person's links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import chasing
from surveys.models.followup import Invitation
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.outbox import sending
from surveys.queries import mails as mail_queries
from surveys.queries import people as queries
from surveys.queries import projects as project_queries
from surveys.queries import returns as return_queries
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import (
    address,
    blueprint,
    crumbs,
    page,
    page_number,
    series_address,
    series_crumbs,
    series_tabs,
)
from surveys.web.organise.returned import KINDS
from surveys.web.organise.stops import stops_of
from surveys.web.phrases import _


@dataclass(frozen=True)
class Asked:
    """What a person has been asked once: whether answered (None: a log, or what is not to be traced and has
    closed, of which nobody is to know).
    """

    invitation: Invitation
    title: str
    state: str  # open, closed, withdrawn
    answered: bool | None
    mails: Sequence[tuple[Message, str]]  # with the state to show


@blueprint.get("/projekt/<project>/deltagare")
@staff("organiser")
def participants(project: str) -> str:
    session = reading_session()
    search, order = _search(), _order()
    sheet = queries.participants(session, g.project.id, search, order, page_number())
    series = queries.series_by_participant(session, [each.id for each in sheet.rows])
    return page(
        "participants",
        crumbs=crumbs((_("Participants"), None)),
        sheet=sheet,
        series_of=series,
        search=search,
        order=order,
        here=address("deltagare"),
    )


@blueprint.get("/projekt/<project>/insatser/<series>/deltagare")
@staff("organiser")
def series_participants(project: str, series: str) -> str:
    session = reading_session()
    search, order = _search(), _order()
    return page(
        "series_participants",
        crumbs=series_crumbs(_("Participants")),
        tabs=series_tabs(),
        sheet=queries.enrolled(session, g.series.id, search, order, page_number()),
        states=queries.states(session, g.series.id),
        recorded=queries.recorded_occasions(session, g.series.id),
        search=search,
        order=order,
        here=series_address("deltagare"),
    )


@blueprint.get("/projekt/<project>/deltagare/<code>")
@staff("organiser")
def participant(project: str, code: str) -> str:
    session, now = reading_session(), clock.now()
    person = _person(code)
    enrolments = queries.enrolments_of(session, person.id)
    attended = queries.attended(session, [each.id for each in enrolments])
    return page(
        "participant",
        crumbs=crumbs((_("Participants"), address("deltagare")), (person.name, None)),
        person=person,
        enrolments=enrolments,
        attended={
            each.series_id: [a for a in attended if a.series_id == each.series_id] for each in enrolments
        },
        asked=_asked(enrolments, now),
        returned=return_queries.of_participant(session, person.id),
        returned_kinds=KINDS,
        stops=stops_of(person),
    )


@blueprint.get("/projekt/<project>/deltagare/<code>/lank/<int:invitation>/ny")
@staff("organiser")
def ask_to_replace(project: str, code: str, invitation: int) -> str:
    return _link_page("replace_link", code, invitation)


@blueprint.post("/projekt/<project>/deltagare/<code>/lank/<int:invitation>/ny")
@staff("organiser")
def replace_link(project: str, code: str, invitation: int) -> Response:
    person = _person(code)
    found = _invitation(person, invitation)
    house = installation()
    if sending.replace_link(house.database, house.keys, found.id, clock.now()):
        flash(_("The old link has ended. A mail with the new one is on its way."), "positive")
    else:
        flash(_("The old link has ended. It has closed, so no mail is sent."), "positive")
    return redirect(address("deltagare", person.code), 303)


@blueprint.get("/projekt/<project>/deltagare/<code>/lank/<int:invitation>/dra-tillbaka")
@staff("organiser")
def ask_to_withdraw(project: str, code: str, invitation: int) -> str:
    return _link_page("withdraw_link", code, invitation)


@blueprint.post("/projekt/<project>/deltagare/<code>/lank/<int:invitation>/dra-tillbaka")
@staff("organiser")
def withdraw_link(project: str, code: str, invitation: int) -> Response:
    person = _person(code)
    found = _invitation(person, invitation)
    sending.withdraw_invitation(installation().database, found.id, clock.now())
    flash(_("It is withdrawn. Nothing more is sent for it."), "positive")
    return redirect(address("deltagare", person.code), 303)


def _link_page(name: str, code: str, invitation: int) -> str:
    person = _person(code)
    found = _invitation(person, invitation)
    way = crumbs((_("Participants"), address("deltagare")), (person.name, address("deltagare", person.code)))
    return page(name, crumbs=[*way, (_("Link"), None)], person=person, invitation=found, title=_title(found))


def _asked(enrolments: Sequence[Enrolment], now: datetime) -> list[Asked]:
    session = reading_session()
    found = queries.invitations_of(session, [each.id for each in enrolments])
    asks = [each.public_id for each in found if each.rule.questionnaire_id is not None]
    answered = queries.answered(session, installation().keys, asks)
    mails = queries.messages_of(session, [each.id for each in found])
    titles = project_queries.newest_titles(
        session, [each.rule.questionnaire_id for each in found if each.rule.questionnaire_id is not None]
    )
    return [_one(each, each.public_id in answered, mails.get(each.id, []), titles, now) for each in found]


def _one(
    found: Invitation,
    answered: bool,
    mails: Sequence[Message],
    titles: dict[int, dict[str, str]],
    now: datetime,
) -> Asked:
    known = chasing.can_be_known(found.mailing, now)
    # Who was reminded tells who had not answered. Of logs the reminders are not here.
    told = mails if known else [each for each in mails if each.step == 0]
    return Asked(
        invitation=found,
        title=_named(found, titles),
        state=_link_state(found, now),
        answered=answered if known else None,
        mails=[(each, mail_queries.shown_state(each, now)) for each in told],
    )


def _link_state(invitation: Invitation, now: datetime) -> str:
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "open" if now < invitation.mailing.closes_at else "closed"


def _title(invitation: Invitation) -> str:
    asked = invitation.rule.questionnaire_id
    titles = {} if asked is None else project_queries.newest_titles(reading_session(), [asked])
    return _named(invitation, titles)


def _named(invitation: Invitation, titles: dict[int, dict[str, str]]) -> str:
    if invitation.rule.questionnaire_id is None:
        return _("Question for the learning log")
    return local(titles.get(invitation.rule.questionnaire_id, {}))


def _person(code: str) -> Participant:
    return queries.participant(reading_session(), g.project.id, code) or abort(404)


def _invitation(person: Participant, invitation_id: int) -> Invitation:
    return queries.invitation_of(reading_session(), person.id, invitation_id) or abort(404)


def _search() -> str:
    return request.args.get("sok", "")[:100].strip()


def _order() -> str:
    order = request.args.get("ordning", "name")
    return order if order.removeprefix("-") in queries.ORDERS else "name"
