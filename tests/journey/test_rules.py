"""Follow-up rules in the browser, as somebody without JavaScript builds them."""

import re
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from surveys.domain.rule_spec import RuleSpec
from surveys.followups import rules
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.people import Enrolment
from surveys.models.programme import Series
from tests.support.pages import forms_of, send
from tests.support.staffed import NOW

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/insatser/kurs/regler"
NEW = f"{HERE}/ny"
EDIT = f"{HERE}/efter/andra"
# What a person chooses by radios, checkboxes and lists, as the form stands for the rule "efter".
CHOSEN = {
    "asks": "q:efter-tillfalle",
    "anchor": "occasion_end",
    "way": "after",
    "which": "measured",
    "audience": "present",
    "default": "nobody",
    "late": "from_now",
    "active": "y",
}


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def words_of(answer: TestResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"\s+", " ", text).replace("\u00a0", " ").replace(" ,", ",").replace(" .", ".")


def fill(client: FlaskClient, page: TestResponse, do: str, **typed: Any) -> TestResponse:
    """Send the rule form of a page with what stands in it."""
    address = NEW if NEW in forms_of(page) else EDIT
    fields = forms_of(page)[address]
    return client.post(address, data=fields | CHOSEN | typed | {"do": do})


def confirm(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of the page that shows what a rule changes."""
    ((address, fields),) = [item for item in forms_of(page).items() if item[0].startswith(HERE)]
    return client.post(address, data=_many(page) | fields | {"do": "confirm"})


def _many(page: TestResponse) -> dict[str, list[str]]:
    """Fields that stand several times in the page, such as the values of a condition."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<textarea name="([^"]+)" hidden>\n([^<]*)</textarea>', page.text):
        found.setdefault(name, []).append(value)
    return found


def rule(installation: Installation, code: str) -> FollowUpRule | None:
    with installation.database.reading() as session:
        found = session.scalar(select(FollowUpRule).where(FollowUpRule.code == code))
        session.expunge_all()
        return found


def mailings(installation: Installation, code: str) -> int:
    with installation.database.reading() as session:
        wanted = select(func.count()).join(Mailing.rule).where(FollowUpRule.code == code)
        return session.scalar(wanted.where(Mailing.state == "planned")) or 0


def test_the_list_says_each_rule_and_what_can_be_done(organiser: FlaskClient) -> None:
    page = organiser.get(HERE)
    said = words_of(page)
    assert "2 hours after the end of each occasion that is measured" in said
    assert "for attendance, 48 hours; then it goes to nobody" in said
    assert "9 persons asked so far" in said
    for end in ("efter/andra", "efter/mottagare", "efter/vaxla", "ny?fran=efter", "slut/ta-bort"):
        assert f'href="{HERE}/{end}"' in page.text
    assert f'href="{HERE}/efter/ta-bort"' not in page.text


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("before", "When each person is registered, to everyone who takes part"),
        (
            "after_occasion",
            "2 hours after the end of each occasion that is measured, to those who were there",
        ),
        ("log", "1 day after the end of each occasion that is measured, at 09:00"),
        ("after", "1 day after the series ends, at 09:00"),
        ("six_months", "182 days after the series ends, at 09:00"),
    ],
)
def test_five_patterns_are_ready(organiser: FlaskClient, pattern: str, said: str) -> None:
    choices = organiser.get(NEW)
    assert f'href="{NEW}?monster={pattern}"' in choices.text
    assert said in words_of(choices)
    page = organiser.get(f"{NEW}?monster={pattern}")
    assert page.status_code == 200
    assert "Error" not in page.text


def test_a_rule_is_built_shown_and_saved(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    page = organiser.get(f"{NEW}?monster=after_occasion")
    assert "Tue 2 March 2027 at 18:30" in words_of(page)
    shown = fill(organiser, page, "show", hours="4", reminders="2", late="catch_up")
    assert "4 hours after the end" in words_of(shown)
    assert "Tue 2 March 2027 at 20:30" in words_of(shown)
    asked = fill(organiser, shown, "save", late="catch_up")
    assert "What this changes in what is sent" in words_of(asked)
    assert "Save the rule and change mailings" in asked.text
    assert rule(sqlite_installation, "efter-tillfalle") is None
    saved = confirm(organiser, asked)
    assert saved.status_code == 303
    found = rule(sqlite_installation, "efter-tillfalle")
    assert found is not None
    assert (found.offset_minutes, found.reminder_days, found.late) == (240, [2], "catch_up")
    assert mailings(sqlite_installation, "efter-tillfalle")
    assert "The rule is saved." in organiser.get(HERE).text


def test_one_goes_back_from_the_difference_and_nothing_is_lost(organiser: FlaskClient) -> None:
    asked = fill(organiser, organiser.get(EDIT), "save", hours="9", reminders="1, 5")
    ((address, fields),) = [item for item in forms_of(asked).items() if item[0].startswith(HERE)]
    back = organiser.post(address, data=fields | {"do": "back"})
    stands = forms_of(back)[EDIT]
    assert (stands["hours"], stands["reminders"]) == ("9", "1, 5")


def test_what_changes_nothing_in_what_is_sent_is_saved_at_once(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    saved = fill(organiser, organiser.get(EDIT), "save", wait="72")
    assert saved.status_code == 303
    found = rule(sqlite_installation, "efter")
    assert found is not None
    assert found.attendance_wait_hours == 72


def test_what_was_shown_is_what_is_saved(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    asked = fill(organiser, organiser.get(EDIT), "save", hours="3")
    with sqlite_installation.database.transaction() as session:
        session.execute(
            update(Mailing).where(Mailing.state == "planned").values(state="cancelled", reason="skipped")
        )
    again = confirm(organiser, asked)
    assert again.status_code in {200, 303}
    if again.status_code == 200:
        assert "Something has changed since you looked" in words_of(again)


def test_conditions_are_added_and_removed_without_a_script(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    page = fill(organiser, organiser.get(EDIT), "condition", **{"new-condition": "organisation"})
    assert "Försäkringskassan" in page.text
    refused = fill(organiser, page, "save")
    assert refused.status_code == 422
    assert "Choose at least one." in refused.text
    both = fill(
        organiser, page, "condition", **{"new-condition": "answered:uppfoljning", "c0-value": ["af", "fk"]}
    )
    values = {"c0-value": ["af"], "c0-not": "not", "c1-not": "", "join": "any"}
    shown = fill(organiser, both, "show", **values)
    said = words_of(shown)
    assert "Only if: Organisation is not Arbetsförmedlingen, or has answered After the course" in said
    asked = fill(organiser, both, "save", **values)
    # Seven were to get it; those of the other organisation are left.
    assert "These do not get it any more: Anna Alm" in words_of(asked)
    saved = confirm(organiser, asked)
    assert saved.status_code == 303
    found = rule(sqlite_installation, "efter")
    assert found is not None
    assert found.audience_filter == {
        "any": [
            {"not": {"is": "organisation", "codes": ["af"]}},
            {"is": "answered", "questionnaire": "uppfoljning", "yes": True},
        ]
    }
    page = fill(organiser, organiser.get(EDIT), "remove-0")
    assert "c1-is" not in page.text


def test_conditions_of_a_programme_file_stay_whole(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    leaf = {"is": "organisation", "codes": ["af"]}
    deep = {"all": [{"any": [leaf, {"is": "role", "values": ["chef"]}]}, {"not": {"all": [leaf]}}]}
    with sqlite_installation.database.transaction() as session:
        session.execute(update(FollowUpRule).where(FollowUpRule.code == "efter").values(audience_filter=deep))
    page = organiser.get(EDIT)
    assert "(Organisation is Arbetsförmedlingen, or Role is chef), and not: Organisation is" in words_of(page)
    saved = fill(organiser, page, "save", wait="72")
    assert saved.status_code == 303, words_of(saved)
    found = rule(sqlite_installation, "efter")
    assert found is not None
    assert (found.audience_filter, found.attendance_wait_hours) == (deep, 72)
    gone = fill(organiser, organiser.get(EDIT), "all-conditions")
    assert "None: it goes to all of them." in gone.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"hours": "två"}, "hours"),
        ({"hours": "9" * 30}, "hours"),
        ({"days": "9999"}, "days"),
        ({"days": "\ud83d"}, "days"),
        ({"at": "25:00"}, "at"),
        ({"at": "9\0"}, "at"),
        ({"reminders": "3, x"}, "reminders"),
        ({"reminders": "7, 3"}, "reminders"),
        ({"reminders": "1 2 3 4 5 6 7 8 9 10"}, "reminders"),
        ({"close": "-1"}, "close"),
        ({"close": ""}, "close"),
        ({"wait": "0"}, "wait"),
        ({"asks": "q:annan"}, "asks"),
        ({"asks": "", "days": "x"}, "asks"),
        ({"anchor": "year_9999"}, "anchor"),
        ({"which": "named"}, "which"),
        ({"which": "named", "occasion": ["t1", "t9"]}, "which"),
        ({"which": "party"}, "which"),
        ({"audience": "nobody"}, "audience"),
        ({"anchor": "series_end"}, "audience"),
        ({"late": "☃"}, "late"),
        ({"tree": "{"}, "conditions"),
        ({"tree": "[" * 100000}, "conditions"),
        ({"tree": '{"is": "organisation", "codes": ["zz"]}'}, "conditions"),
        ({"c0-is": "answer:", "c0-value": "a"}, "conditions"),
        ({"c0-is": "organisation", "c0-value": ["a\0b"]}, "conditions"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(
    organiser: FlaskClient, sqlite_installation: Installation, typed: dict[str, Any], field: str
) -> None:
    page = organiser.get(f"{NEW}?monster=after_occasion")
    fields = forms_of(page)[NEW] | CHOSEN | {"do": "save"} | typed
    sent = {name: _sendable(value) for name, value in fields.items()}
    refused = organiser.post(NEW, data=sent)
    assert refused.status_code == 422, words_of(refused)
    assert f'href="#{field}"' in refused.text
    assert f'id="{field}"' in refused.text
    summary = re.findall(r'<a href="#[^"]+">([^<]+)</a>', refused.text)
    assert summary
    assert all(": " in said for said in summary)
    assert rule(sqlite_installation, "efter-tillfalle") is None
    # And what lies ahead says the same instead of failing.
    assert organiser.post(f"{HERE}/visa", data=sent).status_code == 200


def _sendable(value: Any) -> Any:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def test_somebody_else_has_changed_the_rule_meanwhile(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    page = organiser.get(EDIT)
    with sqlite_installation.database.transaction() as session:
        session.execute(update(FollowUpRule).where(FollowUpRule.code == "efter").values(close_after_days=20))
    conflict = fill(organiser, page, "save", hours="5")
    assert conflict.status_code == 409
    assert "Somebody else has changed the rule" in conflict.text
    assert "after 20 days" in words_of(conflict)
    asked = fill(organiser, conflict, "save", hours="5")
    assert confirm(organiser, asked).status_code == 303
    found = rule(sqlite_installation, "efter")
    assert found is not None
    assert (found.offset_minutes, found.close_after_days) == (300, 14)


def test_a_rule_is_switched_off_and_on(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    page = organiser.get(f"{HERE}/efter/vaxla")
    assert "Switch off the rule and stop 5 mailings" in page.text
    assert send(organiser, page, "vaxla").status_code == 303
    assert mailings(sqlite_installation, "efter") == 0
    page = organiser.get(f"{HERE}/efter/vaxla")
    assert "Switch on the rule and plan 5 mailings" in page.text
    assert send(organiser, page, "vaxla").status_code == 303
    assert mailings(sqlite_installation, "efter") == 5
    # An old page, sent again, says what it wanted and does not turn it round.
    assert send(organiser, page, "vaxla").status_code == 303
    assert mailings(sqlite_installation, "efter") == 5


def test_what_goes_to_one_person_each_is_one_line_a_step(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    house, by_person = sqlite_installation, RuleSpec("uppfoljning", None, "registration", offset_days=60)
    spec = replace(by_person, at_time=time(9), reminder_days=[3])
    with house.database.transaction() as session:
        (series,) = session.scalars(select(Series))
        session.execute(update(Enrolment).values(registered_at=NOW))
        session.execute(
            update(Enrolment).where(Enrolment.id == 1).values(registered_at=NOW + timedelta(days=2))
        )
    code = rules.add_rule(house.database, series.id, spec, None, NOW).rule_code
    page = organiser.get(f"{HERE}/{code}/vaxla")
    said = words_of(page)
    assert said.count("After the course, first mail") == 1
    assert "After the course, first mail: Sat 3 April 2027 – Mon 5 April 2027 11 persons" in said
    assert "Anna Alm : Mon 5 April 2027 at 09:00" in said
    assert "Switch off the rule and stop 22 mailings" in said
    calendar = words_of(organiser.get("/projekt/liten/utskick"))
    assert "Sat 3 April 2027 09:00 After the course, first mail: 10 persons" in calendar
    overview = words_of(organiser.get("/projekt/liten"))
    assert "11 persons" not in overview


def test_a_rule_that_has_asked_nobody_is_removed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    page = organiser.get(f"{HERE}/slut/ta-bort")
    assert send(organiser, page, "ta-bort").status_code == 303
    assert rule(sqlite_installation, "slut") is None
    assert organiser.get(f"{HERE}/slut/ta-bort").status_code == 404
    assert send(organiser, page, "ta-bort").status_code == 404
    stays = organiser.get(f"{HERE}/efter/ta-bort")
    assert "The rule stays" in stays.text
    token = forms_of(stays)["/logga-ut"]
    assert organiser.post(f"{HERE}/efter/ta-bort", data=token).status_code == 409
    assert rule(sqlite_installation, "efter") is not None


def test_a_copy_is_a_new_rule_that_asks_the_same(organiser: FlaskClient) -> None:
    stands = forms_of(organiser.get(f"{NEW}?fran=logg"))[NEW]
    assert stands["prompt-sv"] == "Vad tar du med dig?"
    assert stands["minutes"] == "30"
    assert "rule" not in stands
    assert organiser.get(f"{NEW}?fran=finns-inte").status_code == 404


@pytest.mark.parametrize("address", [f"{HERE}/efter/mottagare", f"{HERE}/fore/mottagare"])
def test_everybody_left_out_has_a_reason(organiser: FlaskClient, address: str) -> None:
    page = organiser.get(address)
    said = words_of(page)
    assert "Karin Kvist Does not take part any more." in said
    if "efter" in address:
        assert "7 get it" not in said
        assert "Anna Alm" in said
        assert "It is not recorded whether the person was at the occasion. 4 persons" in said


def test_the_audience_of_a_mailing_and_of_what_is_typed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    with sqlite_installation.database.reading() as session:
        found = session.scalars(
            select(Mailing.id).join(Mailing.rule).where(FollowUpRule.code == "efter", Mailing.step == 1)
        ).first()
    page = organiser.get(f"/projekt/liten/utskick/{found}/mottagare")
    assert page.status_code == 200
    # Four have answered, so five can be reminded.
    assert "Has answered. 4 persons" in words_of(page)
    for strange in ("x", "-1", "9" * 30, "☃"):
        assert organiser.get(f"{HERE}/efter/mottagare", query_string={"utskick": strange}).status_code == 200
    assert organiser.get(f"/projekt/liten/utskick/{'9' * 30}/mottagare").status_code == 404


def test_a_series_with_nothing_in_it_says_what_to_do_next(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    with sqlite_installation.database.transaction() as session:
        kurs = session.scalars(select(Series)).one()
        session.add(
            Series(
                project_id=kurs.project_id,
                code="tom",
                title="Tom",
                audience="",
                attendance_kept=False,
                position=2,
                active=False,
            )
        )
    empty = "/projekt/liten/insatser/tom/regler"
    page = organiser.get(empty)
    assert "No follow-up rules yet" in page.text
    assert "have not been confirmed" in page.text
    form = organiser.get(f"{empty}/ny?monster=after_occasion")
    assert "Nothing lies ahead" in form.text
    assert "The series has no occasions yet." in form.text
