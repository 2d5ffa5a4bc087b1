"""Any questionnaire, whatever a browser sends: an answer is kept or the page says what is wrong."""

from collections.abc import Mapping

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys import clock
from surveys.domain.questionnaire import Form, ThemeRef, check, digest, expand, fields_of, parse
from surveys.domain.questions import Question
from surveys.installation import Installation
from surveys.keys import new_public_id, token_hash
from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from tests.support.forms import Asked, ask
from tests.support.pages import forms_of
from tests.support.questionnaires import Document, documents

THEMES = (ThemeRef("A", "Ansvar"), ThemeRef("B", "Bemötande"))
# What is typed: what fits many kinds, and what fits none.
TYPED = (
    st.sampled_from(["", "1", "2", "a", "yes", "dk", "other", "2026-11-22", "-1", "3,5", "\0", "\ud800"])
    | st.text()
)
WRITTEN = ("number", "short_text", "long_text", "words", "date")
FEW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


@FEW
@given(documents(), st.data())
def test_whatever_is_sent_is_kept_or_answered_with_what_is_wrong(
    sqlite_installation: Installation, sqlite_client: FlaskClient, document: Document, data: st.DataObject
) -> None:
    who, form, raw = asked_and_typed(sqlite_installation, document | {"layout": "one_page"}, data)
    sent = post(sqlite_client, opened(sqlite_client, who), who, raw, "submit")

    expected = check(form, raw, today=clock.now().date().isoformat())
    if expected.errors:
        assert (sent.status_code, answers_of(sqlite_installation, who)) == (422, None)
        assert "error-summary" in sent.text
        return
    if sent.status_code == 422:  # the answers led to questions that were not in sight
        sent = post(sqlite_client, sent, who, raw, "submit")
    assert (sent.status_code, answers_of(sqlite_installation, who)) == (303, expected.answers)
    assert sqlite_client.get(sent.location).status_code == 200
    again = post(
        sqlite_client, form_page(sqlite_client, who), who, fields_of(form, expected.answers), "submit"
    )
    assert (again.status_code, answers_of(sqlite_installation, who)) == (303, expected.answers)


@FEW
@given(documents(), st.data())
def test_a_draft_comes_back_in_the_page_as_it_was_typed(
    sqlite_installation: Installation, sqlite_client: FlaskClient, document: Document, data: st.DataObject
) -> None:
    who, form, raw = asked_and_typed(sqlite_installation, document | {"layout": "one_page"}, data)
    sent = post(sqlite_client, opened(sqlite_client, who), who, raw, "save")

    assert sent.status_code in (303, 422)
    answers = check(form, raw, complete=False).answers
    assert check(form, fields_of(form, answers), complete=False).answers == answers
    asked = form.asked(answers, clock.now().date().isoformat())
    view = form_page(sqlite_client, who)
    assert view.status_code == 200
    shown = forms_of(view)[f"/svar/{who.public_id}"]
    written = [each for each in form.questions if each.kind in WRITTEN and each.code in set(answers) & asked]
    texts = {name: value for each in written for name, (value,) in each.fields(answers[each.code]).items()}
    assert {name: shown[name] for name in texts} == texts


@FEW
@given(documents(), st.data())
def test_one_question_at_a_time_comes_to_the_same(
    sqlite_installation: Installation, sqlite_client: FlaskClient, document: Document, data: st.DataObject
) -> None:
    who, form, raw = asked_and_typed(sqlite_installation, document | {"layout": "one_at_a_time"}, data)
    hidden = hidden_of(opened(sqlite_client, who), who, "/vy") | {"was": ""}
    for question in form.questions:
        mine = {name: raw[name] for name in question.names() if name in raw}
        address = f"/svar/{who.public_id}/fraga/{question.code}"
        sent = sqlite_client.post(address, data={**hidden, **sendable(mine), "next": "1"})
        assert sent.status_code in (303, 404, 422), question
    overview = sqlite_client.get(f"/svar/{who.public_id}/oversikt")
    assert overview.status_code == 200
    saved = kept(sqlite_installation, who)
    draft = fields_of(form, saved.draft) if saved else {}
    fields = hidden_of(overview, who, "/oversikt")
    sent = sqlite_client.post(f"/svar/{who.public_id}/oversikt", data={**fields, "submit": "1"})

    expected = check(form, draft, today=clock.now().date().isoformat())
    assert sent.status_code == (422 if expected.errors else 303)
    if not expected.errors:
        assert answers_of(sqlite_installation, who) == expected.answers


def asked_and_typed(
    installation: Installation, document: Document, data: st.DataObject
) -> tuple[Asked, Form, dict[str, list[str]]]:
    """Somebody asked with a questionnaire, its form, and what they type in each field, or nothing."""
    form = expand(parse(document), THEMES)
    raw = {name: [value] for each in form.questions for name, value in typed(data, each).items()}
    return asked_by(installation, document), form, raw


def typed(data: st.DataObject, question: Question) -> dict[str, str]:
    """What is sent for each field: what is offered, or anything at all."""
    offered = [point.code for point in getattr(question, "choices", ())]
    values = st.sampled_from(offered) | TYPED if offered else TYPED
    return {name: data.draw(values, label=name) for name in question.names() if data.draw(st.booleans())}


def opened(client: FlaskClient, who: Asked) -> TestResponse:
    """The form as the link leads to it the first time."""
    client.get(f"/s/{who.token}")
    return form_page(client, who)


def form_page(client: FlaskClient, who: Asked) -> TestResponse:
    """The form for whoever has opened the link."""
    return client.get(f"/svar/{who.public_id}")


def hidden_of(page: TestResponse, who: Asked, ending: str = "") -> dict[str, str]:
    fields = forms_of(page)[f"/svar/{who.public_id}{ending}"]
    return {name: value for name, value in fields.items() if not name.startswith("q-")}


def sendable(raw: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """As a browser sends it: half a character becomes a question mark."""
    return {
        name: [value.encode("utf-8", "replace").decode() for value in values] for name, values in raw.items()
    }


def post(
    client: FlaskClient, page: TestResponse, who: Asked, raw: Mapping[str, list[str]], button: str
) -> TestResponse:
    return client.post(f"/svar/{who.public_id}", data={**hidden_of(page, who), **sendable(raw), button: "1"})


def asked_by(installation: Installation, document: Document) -> Asked:
    """A person asked with this questionnaire; the project and the course are there from before."""
    with installation.database.reading() as session:
        there = session.scalar(select(FollowUpRule.id)) is not None
    if not there:
        return ask(installation, "Anna", content=document, now=clock.now())[0]
    with installation.database.transaction() as session:
        session.execute(update(Response).values(response_key=Response.response_key + "x"))
        version = session.scalars(select(QuestionnaireVersion)).one()
        version.content, version.digest, version.locked_at = document, digest(document), None
        invitation = session.scalars(select(Invitation)).one()
        invitation.public_id = new_public_id()
        token = installation.keys.link_token(invitation.public_id, 1)
        invitation.token_hash = token_hash(token)
        return Asked(
            invitation.public_id, token, invitation.rule_id, invitation.target, invitation.enrolment_id, ""
        )


def answers_of(installation: Installation, who: Asked) -> object:
    found = kept(installation, who)
    return found and found.answers


def kept(installation: Installation, who: Asked) -> Response | None:
    key = installation.keys.response_key(who.public_id)
    with installation.database.reading() as session:
        found = session.scalar(select(Response).where(Response.response_key == key))
        if found is not None:
            session.expunge(found)
        return found
