"""The send calendar and what belongs to it, in a real browser: accessible, whole on a phone, by keyboard."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from surveys.domain.rule_spec import RuleSpec
from surveys.followups import rules
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment
from surveys.models.programme import Series
from surveys.outbox import sending_state
from tests.support.browser import PHONE, PageMaker, look, sign_in
from tests.support.staffed import NOW, invitation

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("evening")]

HERE = "/projekt/liten"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def numbers(installation: Installation) -> tuple[int, int, int]:
    """A mailing that has gone, one that is planned, and a mail of the first."""
    with installation.database.reading() as session:
        of_rule = select(Mailing.id).join(Mailing.rule).where(FollowUpRule.code == "efter", Mailing.step == 0)
        gone = session.scalars(of_rule.where(Mailing.state == "expanded")).one()
        planned = session.scalars(of_rule.where(Mailing.state == "planned")).one()
        asked = invitation(installation, "p05").id
        mail = session.scalars(select(Message.id).where(Message.invitation_id == asked)).one()
    return gone, planned, mail


def test_every_page(new_page: PageMaker, live_server: str, sqlite_installation: Installation) -> None:
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    gone, planned, mail = numbers(sqlite_installation)
    for end in (
        "/utskick?ordna=regel&fran=2027-01-01&till=2027-12-31",
        "/utskick?person=an",
        "/deltagare/p05/utskick",
        f"/utskick/{planned}",
        f"/utskick/{planned}/skicka-nu",
        f"/utskick/{gone}/forhandsvisning",
        f"/utskick/{gone}/ej-svarat",
        "/utskick/ej-svarat",
        f"/utskick/mejl/{mail}",
        f"/utskick/mejl/{mail}/igen",
        "/installningar/utskick",
        "/utskick/stopp",
    ):
        page.goto(f"{live_server}{HERE}{end}")
        look(page)
    sending_state.pause(sqlite_installation.database, "unreachable", "no answer", NOW)
    page.goto(f"{live_server}{HERE}")
    expect(page.get_by_role("heading", name="Sending is paused")).to_be_visible()
    look(page)
    sending_state.mute(sqlite_installation.database, "restored", NOW)
    page.goto(f"{live_server}{HERE}/utskick/stopp")
    look(page)
    page.get_by_role("button", name="Let sending begin again").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    page.goto(f"{live_server}{HERE}/installningar/gjort")
    expect(page.get_by_role("rowheader", name="All sending stopped")).to_be_visible()
    look(page)


def test_those_to_one_person_each_are_opened(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    house, spec = sqlite_installation, RuleSpec("uppfoljning", None, "registration", offset_days=30)
    with house.database.transaction() as session:
        series = session.scalars(select(Series.id)).one()
        session.execute(update(Enrolment).values(registered_at=NOW))
    code = rules.add_rule(house.database, series, spec, None, NOW).rule_code
    page = new_page(viewport=PHONE)
    sign_in(page, live_server)
    for end in ("/utskick", f"/insatser/kurs/regler/{code}/vaxla"):
        page.goto(f"{live_server}{HERE}{end}")
        expect(page.get_by_text("Bo Berg")).to_be_hidden()
        page.locator("summary").filter(has_text="11 persons").press("Enter")
        expect(page.get_by_text("Bo Berg")).to_be_visible()
        look(page)


def test_quiet_hours_by_keyboard_without_javascript(
    new_page: PageMaker, live_server: str, sqlite_installation: Installation
) -> None:
    page = new_page(java_script_enabled=False, viewport=PHONE)
    sign_in(page, live_server)
    page.goto(f"{live_server}{HERE}/installningar/utskick")
    page.get_by_label("Quiet from").fill("17:00")
    page.get_by_role("button", name="Show what this changes").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Fill in both times")
    expect(page.get_by_label("Quiet from")).to_have_value("17:00")
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Show what this changes").press("Enter")
    expect(page.get_by_role("heading", name="What this changes in what is sent")).to_be_visible()
    page.get_by_role("button", name="Save and move").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The sending hours are saved.")
    page.goto(f"{live_server}{HERE}/utskick")
    expect(page.get_by_text("put off by the quiet hours").first).to_be_visible()
