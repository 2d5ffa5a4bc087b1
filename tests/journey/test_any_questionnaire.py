"""Any questionnaire, whatever a browser sends: an answer is kept or the page says what is wrong."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys import clock
from surveys.domain.questionnaire import ThemeRef, check, digest, expand, fields_of, parse
from surveys.domain.questions import Question
from surveys.installation import Installation
from surveys.keys import new_public_id, token_hash
from surveys.models.followup import FollowUpRule, Invitation
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from tests.support.forms import Asked, ask
from tests.support.pages import forms_of
from tests.support.questionnaires import documents

THEMES = (ThemeRef("A", "Ansvar"), ThemeRef("B", "Bemötande"))
# What is typed: what fits many kinds, and what fits none.
TYPED = (
    st.sampled_from(["", "1", "2", "a", "yes", "dk", "other", "2026-11-22", "-1", "3,5", "\0", "\ud800"])
    | st.text()
)
WRITTEN = ("number", "short_text", "long_text", "words", "date")
FEW = settings(
    max_examples=30,
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
    sqlite_installation: Installation,
    sqlite_client: FlaskClient,
    document: dict[str, Any],
    data: st.DataObject,
) -> None:
    who = asked_by(sqlite_installation, document)
    form = expand(parse(document), THEMES)
    page = opened(sqlite_client, who)
    raw = {name: [value] for each in form.questions for name, value in typed(data, each).items()}
    sent = post(sqlite_client, page, who, raw, "submit")

    expected = check(form, raw, today=clock.now().date().isoformat())
    stored = kept(sqlite_installation, who)
    if expected.errors:
        assert (sent.status_code, stored) == (422, None)
        assert "error-summary" in sent.text
    else:
        assert sent.status_code == 303
        assert stored == expected.answers
        assert sqlite_client.get(sent.location).status_code == 200
        again = post(
            sqlite_client, opened(sqlite_client, who), who, fields_of(form, expected.answers), "submit"
        )
        assert (again.status_code, kept(sqlite_installation, who)) == (303, expected.answers)


@FEW
@given(documents(), st.data())
def test_a_draft_comes_back_in_the_page_as_it_was_typed(
    sqlite_installation: Installation,
    sqlite_client: FlaskClient,
    document: dict[str, Any],
    data: st.DataObject,
) -> None:
    who = asked_by(sqlite_installation, document)
    form = expand(parse(document), THEMES)
    raw = {name: [value] for each in form.questions for name, value in typed(data, each).items()}
    sent = post(sqlite_client, opened(sqlite_client, who), who, raw, "save")

    assert sent.status_code in (303, 422)
    answers = check(form, raw, complete=False).answers
    assert check(form, fields_of(form, answers), complete=False).answers == answers
    view = opened(sqlite_client, who)
    assert view.status_code == 200
    shown = forms_of(view)[f"/svar/{who.public_id}"]
    written = [each for each in form.questions if each.kind in WRITTEN and each.code in answers]
    texts = {name: value for each in written for name, (value,) in each.fields(answers[each.code]).items()}
    assert {name: shown[name] for name in texts} == texts


def typed(data: st.DataObject, question: Question) -> dict[str, str]:
    """What is sent for each field: what is offered, or anything at all."""
    offered = [point.code for point in getattr(question, "choices", ())]
    values = st.sampled_from(offered) | TYPED if offered else TYPED
    return {name: data.draw(values, label=name) for name in question.names() if data.draw(st.booleans())}


def opened(client: FlaskClient, who: Asked) -> TestResponse:
    client.get(f"/s/{who.token}")
    return client.get(f"/svar/{who.public_id}")


def post(
    client: FlaskClient, page: TestResponse, who: Asked, raw: Mapping[str, list[str]], button: str
) -> TestResponse:
    fields = forms_of(page)[f"/svar/{who.public_id}"]
    hidden = {name: value for name, value in fields.items() if not name.startswith("q-")}
    sendable = {
        name: [value.encode("utf-8", "replace").decode() for value in values] for name, values in raw.items()
    }
    return client.post(f"/svar/{who.public_id}", data={**hidden, **sendable, button: "1"})


def asked_by(installation: Installation, document: dict[str, Any]) -> Asked:
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


def kept(installation: Installation, who: Asked) -> Any:
    key = installation.keys.response_key(who.public_id)
    with installation.database.reading() as session:
        return session.scalar(select(Response.answers).where(Response.response_key == key))
