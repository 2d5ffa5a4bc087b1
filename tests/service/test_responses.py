"""Opening, saving, sending in and correcting, on both databases."""

import threading
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from surveys.answers import responses, withdrawing
from surveys.answers.form_view import FormView
from surveys.answers.responses import Saved
from surveys.answers.steps import Step, mark
from surveys.installation import Installation
from surveys.models.followup import Invitation, Mailing
from surveys.models.people import Attendance, Enrolment
from surveys.models.questionnaire import QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries import answering
from tests.support.forms import CLOSES, EVERY_KIND, NOW, Asked, ask, filled, reopen, replace, revise, withdraw

GOOD = {"q-overall": ["3"], "q-missed": ["=HYPERLINK(1)"]}
GOOD_ANSWERS = {"overall": "3", "missed": "=HYPERLINK(1)"}
OTHER = {"q-overall": ["1"]}


def open_form(installation: Installation, asked: Asked, now: Any = NOW) -> FormView:
    return responses.open_form(installation.database, installation.keys, asked.public_id, asked.token, now)


def save(
    installation: Installation,
    asked: Asked,
    raw: Mapping[str, list[str]] | None = GOOD,
    edition: str = "",
    *,
    now: Any = NOW,
    **given: Any,
) -> Saved:
    house, form = installation, filled(raw, edition=edition, **given)
    return responses.save(house.database, house.keys, asked.public_id, asked.token, form, now)


def now_saved(installation: Installation, asked: Asked, now: Any = NOW) -> str:
    """The edition of a page opened now."""
    return open_form(installation, asked, now).edition


def kept(installation: Installation) -> Response:
    with installation.database.reading() as session:
        response = session.scalars(select(Response)).one()
        session.expunge(response)
        return response


def count(installation: Installation, table: Any = Response) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_link_leads_to_its_form_and_changes_nothing(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    assert responses.open_link(installation.database, asked.token) == asked.public_id
    view = open_form(installation, asked)
    assert [question.code for question in view.form.questions][:4] == ["about", "theme", "new-A", "new-B"]
    assert (view.person, view.revision, view.current, view.closes_at) == ("Anna", 0, {}, CLOSES)
    assert view.occasion is not None
    assert view.occasion.title == "Ansvar och roller"
    assert count(installation) == 0


def test_sending_in_keeps_the_answers_and_locks_the_version(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    saved = save(installation, asked)
    assert (saved.revision, saved.submitted) == (1, True)
    response = kept(installation)
    assert (response.answers, response.draft) == (GOOD_ANSWERS, None)
    assert (response.submitted_at, response.started_at, response.revision) == (NOW, NOW, 1)
    with installation.database.reading() as session:
        assert session.scalars(select(QuestionnaireVersion.locked_at)).one() == NOW


def test_outside_named_nothing_refers_to_the_register(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    save(installation, asked)
    response = kept(installation)
    assert response.enrolment_id is None
    assert response.response_key == installation.keys.response_key(asked.public_id)
    assert response.pairing_key == installation.keys.pairing_key(asked.enrolment)
    held = {value for value in vars(response).values() if isinstance(value, str)}
    assert not held & {asked.public_id, asked.enrolment, asked.token, "Anna"}


def test_with_names_the_response_knows_the_enrolment(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna", privacy_mode="named")
    save(installation, asked)
    assert kept(installation).enrolment_id == asked.enrolment_id


@pytest.mark.parametrize(
    ("theme_known", "raw", "theme"),
    [(True, {}, "B"), (True, {"q-theme": ["A"]}, "B"), (False, {"q-theme": ["A"]}, "A"), (False, {}, None)],
)
def test_background_is_coarse_and_the_theme_the_registers_if_known(
    installation: Installation, theme_known: bool, raw: dict[str, list[str]], theme: str | None
) -> None:
    (asked,) = ask(installation, "Anna", theme_known=theme_known)
    save(installation, asked, GOOD | raw)
    response = kept(installation)
    expected = {"gender": "woman", "organisation": "fk", "work_group": "Grupp A"}
    assert response.background == (expected | {"theme": theme} if theme else expected)
    assert response.answers == (GOOD_ANSWERS | {"theme": theme} if theme else GOOD_ANSWERS)


def test_a_theme_that_the_register_knows_is_not_asked_for(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna", theme_known=True)
    assert open_form(installation, asked).form.question("theme") is None


def test_a_draft_is_kept_beside_what_was_sent_in(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    first = save(installation, asked)
    save(installation, asked, OTHER, first.edition, submit=False, now=NOW + timedelta(hours=1))
    response = kept(installation)
    assert (response.answers, response.draft) == (GOOD_ANSWERS, {"overall": "1"})
    assert response.submitted_at == NOW
    view = open_form(installation, asked)
    assert (view.current, view.answers, view.revision) == ({"overall": "1"}, GOOD_ANSWERS, 2)
    save(installation, asked, OTHER, view.edition)
    response = kept(installation)
    assert (response.answers, response.draft) == ({"overall": "1"}, None)


def test_a_draft_alone_counts_as_started_not_as_answered(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    save(installation, asked, {"q-missed": ["Kaffe"]}, submit=False)
    response = kept(installation)
    assert (response.answers, response.draft, response.submitted_at) == (None, {"missed": "Kaffe"}, None)
    with installation.database.reading() as session:
        assert answering.answered_keys(session, asked.rule_id, asked.target) == set()
        assert not answering.is_answered(session, installation.keys.response_key(asked.public_id))


def test_who_has_answered_is_asked_by_computing_the_key(installation: Installation) -> None:
    anna, bo = ask(installation, "Anna", "Bo")
    save(installation, anna)
    with installation.database.reading() as session:
        keys = answering.answered_keys(session, anna.rule_id, anna.target)
        assert answering.is_answered(session, installation.keys.response_key(anna.public_id))
    assert installation.keys.response_key(anna.public_id) in keys
    assert installation.keys.response_key(bo.public_id) not in keys


def test_a_draft_with_a_fault_keeps_the_rest(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    saved = save(installation, asked, GOOD | {"q-hours": ["fem"]}, submit=False)
    assert list(saved.checked.errors) == ["hours"]
    assert kept(installation).draft == GOOD_ANSWERS


def test_an_untouched_form_saved_keeps_nothing(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna", theme_known=True)
    assert save(installation, asked, {"q-missed": [" "]}, submit=False).revision == 0
    assert count(installation) == 0


def test_what_cannot_be_sent_in_is_kept_out_whole(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    with pytest.raises(responses.Incomplete) as incomplete:
        save(installation, asked, {"q-missed": ["Kaffe"], "q-hours": ["fem"]})
    assert sorted(incomplete.value.checked.errors) == ["hours", "overall"]
    assert count(installation) == 0


@pytest.mark.parametrize("edition", ["", "1", "7-x"])
def test_the_same_again_changes_nothing(installation: Installation, edition: str) -> None:
    (asked,) = ask(installation, "Anna")
    save(installation, asked)
    assert save(installation, asked, GOOD, edition, now=NOW + timedelta(hours=1)).revision == 1
    assert (count(installation), kept(installation).submitted_at) == (1, NOW)


def test_correcting_gives_one_response(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    first, later = save(installation, asked), NOW + timedelta(days=1)
    assert save(installation, asked, OTHER, first.edition, now=later).revision == 2
    response = kept(installation)
    assert (response.answers, response.submitted_at, response.started_at) == ({"overall": "1"}, later, NOW)


@pytest.mark.parametrize("submit", [True, False])
def test_two_devices_never_overwrite_each_other_unseen(installation: Installation, submit: bool) -> None:
    (asked,) = ask(installation, "Anna")
    save(installation, asked)
    with pytest.raises(responses.Conflict) as conflict:
        save(installation, asked, OTHER, submit=submit)
    assert (conflict.value.stored, conflict.value.mine) == (GOOD_ANSWERS, {"overall": "1"})
    assert kept(installation).answers == GOOD_ANSWERS
    save(installation, asked, OTHER, conflict.value.view.edition)
    assert kept(installation).answers == {"overall": "1"}


def test_what_was_taken_back_elsewhere_does_not_come_again_unseen(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    house, old = installation, save(installation, asked).edition
    for _ in range(2):
        assert withdrawing.withdraw(house.database, house.keys, asked.public_id, asked.token, NOW)
    with pytest.raises(responses.Conflict):
        save(installation, asked, OTHER, old, submit=False)
    assert count(installation) == 0
    save(installation, asked)  # anew: the first revision of another response
    with pytest.raises(responses.Conflict):
        save(installation, asked, OTHER, old)
    assert kept(installation).answers == GOOD_ANSWERS


def test_double_clicks_at_the_same_moment_give_one_response(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    start, faults = threading.Barrier(4), []

    def click() -> None:
        start.wait()
        try:
            save(installation, asked)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
            faults.append(error)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert kept(installation).revision == 1


def test_two_people_never_answer_as_each_other(installation: Installation) -> None:
    anna, bo = ask(installation, "Anna", "Bo")
    with pytest.raises(responses.UnknownLink):
        responses.open_form(installation.database, installation.keys, anna.public_id, bo.token, NOW)
    save(installation, anna)
    assert open_form(installation, bo).current == {}


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1] + "xy"[token[-1] == "x"], lambda _: "", lambda _: "a\0b\ud800"]
)
def test_a_link_with_a_letter_changed_leads_nowhere(installation: Installation, change: Any) -> None:
    (asked,) = ask(installation, "Anna")
    with pytest.raises(responses.UnknownLink):
        responses.open_link(installation.database, change(asked.token))
    with pytest.raises(responses.UnknownLink):
        responses.open_form(
            installation.database, installation.keys, asked.public_id, change(asked.token), NOW
        )


@pytest.mark.parametrize("public_id", ["", "finns-inte", "a\0b", "å" * 40])
def test_an_address_that_is_nobodys_is_unknown(installation: Installation, public_id: str) -> None:
    (asked,) = ask(installation, "Anna")
    with pytest.raises(responses.UnknownLink):
        responses.open_form(installation.database, installation.keys, public_id, asked.token, NOW)
    with pytest.raises(responses.UnknownLink):
        responses.logotype(installation.database, public_id, asked.token)


def test_a_replaced_link_says_so_and_the_new_one_opens(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    token = replace(installation, asked)
    with pytest.raises(responses.ReplacedLink):
        responses.open_link(installation.database, asked.token)
    with pytest.raises(responses.ReplacedLink):
        open_form(installation, asked)
    with pytest.raises(responses.ReplacedLink):
        save(installation, asked)
    assert responses.open_link(installation.database, token) == asked.public_id


def test_a_withdrawn_link_opens_nothing(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    withdraw(installation, asked)
    with pytest.raises(responses.WithdrawnLink):
        responses.open_link(installation.database, asked.token)
    with pytest.raises(responses.WithdrawnLink):
        save(installation, asked)


def test_a_form_opens_at_its_moment(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    reopen(installation, NOW + timedelta(hours=1), CLOSES)
    with pytest.raises(responses.NotOpenYet) as early:
        open_form(installation, asked)
    assert early.value.opens_at == NOW + timedelta(hours=1)
    assert not open_form(installation, asked, NOW + timedelta(hours=1)).closed


@pytest.mark.parametrize(
    ("after_closing", "closed", "taken"),
    [
        (timedelta(seconds=-1), False, True),
        (timedelta(0), True, True),
        (timedelta(minutes=14, seconds=59), True, True),
        (timedelta(minutes=15), True, False),
        (timedelta(days=400), True, False),
    ],
)
def test_closing_has_a_grace_for_who_is_writing(
    installation: Installation, after_closing: timedelta, closed: bool, taken: bool
) -> None:
    (asked,) = ask(installation, "Anna")
    now = CLOSES + after_closing
    assert open_form(installation, asked, now).closed is closed
    if taken:
        assert save(installation, asked, now=now).revision == 1
    else:
        with pytest.raises(responses.Closed):
            save(installation, asked, now=now)
        assert count(installation) == 0


def without(code: str) -> dict[str, Any]:
    content = deepcopy(EVERY_KIND)
    content["questions"] = [each for each in content["questions"] if each["code"] != code]
    return content


def test_a_response_in_progress_stays_on_its_version(installation: Installation) -> None:
    anna, bo = ask(installation, "Anna", "Bo")
    save(installation, anna)
    revise(installation, without("missed"))
    assert open_form(installation, anna).form.question("missed") is not None
    assert open_form(installation, bo).form.question("missed") is None
    save(installation, anna, GOOD | {"q-words.1": ["Rolig"]}, now_saved(installation, anna))
    assert (kept(installation).answers or {})["missed"] == "=HYPERLINK(1)"


def test_a_replaced_draft_is_seen_at_once(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    before = open_form(installation, asked)
    revise(installation, without("missed"))
    assert open_form(installation, asked).form.question("missed") is None
    with pytest.raises(responses.FormChanged):
        save(installation, asked, version=before.version)
    assert count(installation) == 0
    assert save(installation, asked, version=open_form(installation, asked).version).revision == 1


def test_a_draft_locks_the_version_as_well(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    save(installation, asked, {"q-missed": ["Kaffe"]}, submit=False)
    revise(installation, without("missed"))
    assert open_form(installation, asked).current == {"missed": "Kaffe"}
    assert open_form(installation, asked).form.question("missed") is not None


def test_answering_leaves_no_trace_in_the_register(installation: Installation) -> None:
    (asked,) = ask(installation, "Anna")
    before = register(installation)
    save(installation, asked)
    assert register(installation) == before


def register(installation: Installation) -> list[tuple[Any, ...]]:
    tables = (Enrolment.__table__, Attendance.__table__, Invitation.__table__, Mailing.__table__)
    with installation.database.reading() as session:
        return [tuple(row) for table in tables for row in session.execute(select(table))]


class TestOneQuestionAtATime:
    def step(
        self, installation: Installation, asked: Asked, code: str, was: Any = None, **typed: str
    ) -> Saved:
        step = Step(code, mark(was))
        raw = {f"q-{name}": [value] for name, value in typed.items()}
        return save(installation, asked, raw, submit=False, step=step)

    def test_each_step_keeps_what_the_others_saved(self, installation: Installation) -> None:
        (asked,) = ask(installation, "Anna")
        self.step(installation, asked, "overall", overall="3", hours="99")  # only its own fields count
        self.step(installation, asked, "hours", hours="1,5")
        assert kept(installation).draft == {"overall": "3", "hours": "1.5"}
        self.step(installation, asked, "hours", "1.5", hours="")
        assert kept(installation).draft == {"overall": "3"}

    def test_only_the_same_question_is_in_conflict(self, installation: Installation) -> None:
        (asked,) = ask(installation, "Anna")
        self.step(installation, asked, "overall", overall="3")
        self.step(installation, asked, "missed", missed="Kaffe")  # opened before that, on another device
        with pytest.raises(responses.Conflict):
            self.step(installation, asked, "overall", overall="1")
        assert self.step(installation, asked, "overall", overall="3").revision == 2  # the same once more
        assert self.step(installation, asked, "overall", "3", overall="1").revision == 3

    def test_an_answer_that_cannot_be_taken_leaves_the_earlier_one(self, installation: Installation) -> None:
        (asked,) = ask(installation, "Anna")
        self.step(installation, asked, "hours", hours="5")
        with pytest.raises(responses.Incomplete) as stopped:
            self.step(installation, asked, "hours", "5", hours="fem")
        assert stopped.value.checked.errors["hours"].code == "not_a_number"
        assert kept(installation).draft == {"hours": "5"}

    def test_what_is_saved_is_sent_in_as_it_was_looked_through(self, installation: Installation) -> None:
        (asked,) = ask(installation, "Anna")
        first = self.step(installation, asked, "overall", overall="3").edition
        last = self.step(installation, asked, "missed", missed="Kaffe").edition
        with pytest.raises(responses.Conflict):
            save(installation, asked, None, first)
        assert [save(installation, asked, None, last).revision for _ in range(2)] == [3, 3]
        assert kept(installation).answers == {"overall": "3", "missed": "Kaffe"}


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_the_server_keeps_the_plan_of_the_select_behind_every_page(installation: Installation) -> None:
    """Planning it takes tens of times as long as running it."""
    (anna,) = ask(installation, "Anna Ek")
    for _ in range(7):  # the driver asks for it from the sixth time on
        open_form(installation, anna)
    with installation.database.looking() as connection:
        kept = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("token_hash" in each for each in kept)
