"""The send calendar, what is done by hand with mailings and mails, chasing, and when sending stands still."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.message import Message
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.outbox import sending_state
from surveys.running import heartbeat
from tests.support.pages import forms_of
from tests.support.staffed import NOW, go, invitation, signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten"
BAD_TEXTS = ("", "x" * 501, "a\0b", "🙈" * 501)


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def house(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


def words(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(HERE + address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return read(answer.text)


def read(html: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("&#39;", "'")
    return text.replace(" ,", ",").replace("( ", "(").replace(" :", ":")


def post(client: FlaskClient, address: str, **fields: str) -> tuple[int, str]:
    """Send a form with the token of the page at ``address``; the status and the page one ends on."""
    token = next(iter(forms_of(client.get(HERE)).values()))["csrf_token"]
    answer = client.post(HERE + address, data={"csrf_token": token} | fields, follow_redirects=True)
    return answer.status_code, read(answer.text)


def mailing_of(house: Installation, rule: str, state: str, step: int = 0) -> int:
    with house.database.reading() as session:
        found = session.scalars(
            select(Mailing.id)
            .join(Mailing.rule)
            .where(FollowUpRule.code == rule, Mailing.state == state, Mailing.step == step)
            .order_by(Mailing.due_at)
        ).first()
        assert found is not None
        return found


def mailing(house: Installation, mailing_id: int) -> Mailing:
    with house.database.reading() as session:
        found = session.get_one(Mailing, mailing_id)
        session.expunge_all()
        return found


def mail_of(house: Installation, person: str, rule: str = "efter") -> int:
    asked = invitation(house, person, rule).id
    with house.database.reading() as session:
        return session.scalars(select(Message.id).where(Message.invitation_id == asked)).first() or 0


class TestCalendar:
    def test_sixty_days_ahead_and_a_way_on(self, organiser: FlaskClient) -> None:
        page = words(organiser, "/utskick")
        assert "Tue 9 March 2027" in page
        assert "Tue 13 April 2027" not in page
        assert "More is planned after Sat 3 April 2027." in page
        year = words(organiser, "/utskick?fran=2027-02-02&till=2028-04-02")
        assert "Tue 13 April 2027 09:00 After the course, first mail" in year

    def test_by_rule_and_one_rule_alone(self, organiser: FlaskClient, house: Installation) -> None:
        with house.database.reading() as session:
            rule = session.scalars(select(FollowUpRule.id).where(FollowUpRule.code == "logg")).one()
        page = words(organiser, "/utskick?ordna=regel&fran=2027-01-01&till=2027-12-31")
        first = page.index("Kursen: Before the course Tue")
        assert first < page.index("Kursen: After the occasion Tue")
        alone = words(organiser, f"/utskick?regel={rule}")
        assert "Question for the learning log, first mail" in alone
        assert "After the occasion, first mail" not in alone

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("fran=2027-02-30", "This is not a day"),
            ("fran=9999-12-31", "This is not a day"),
            ("till=igår", "This is not a day"),
            ("fran=2027-03-01&till=2027-02-01", "The last day is before the first."),
            ("regel=999999999999999999999", "Today and coming"),
            ("regel=-1&bara=något&ordna=x&s=-4", "Today and coming"),
            ("fran=2031-01-01", "No mailing in this time"),
            ("bara=deferred", "No mailing in this time"),
        ],
    )
    def test_what_cannot_be_is_said(self, organiser: FlaskClient, query: str, said: str) -> None:
        assert said in words(organiser, f"/utskick?{query}")
        assert said in words(organiser, f"/insatser/kurs/utskick?{query}")

    def test_one_person(self, organiser: FlaskClient) -> None:
        page = words(organiser, "/deltagare/p08/utskick")
        assert "first mail (2. Andra tillfället · Kursen) does not get it It is not recorded" in page
        assert organiser.get(f"{HERE}/utskick?person=p08").location == f"{HERE}/deltagare/p08/utskick"
        assert "Choose a person" in words(organiser, "/utskick?person=an")
        assert "Nobody found" in words(organiser, "/utskick?person=finns-inte")
        assert organiser.get(f"{HERE}/deltagare/nej/utskick").status_code == 404


class TestByHand:
    def test_send_now_shows_what_it_changes_and_then_does_it(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        one = mailing_of(house, "efter", "planned")
        before = mailing(house, one).due_at
        page = words(organiser, f"/utskick/{one}/skicka-nu")
        assert "mailings are moved 3" in page
        assert mailing(house, one).due_at == before
        status, page = post(organiser, f"/utskick/{one}/skicka-nu", why="De vill ha den i dag")
        assert status == 200
        assert "It goes within minutes." in page
        assert "Sent now, by hand, Organiser: De vill ha den i dag" in page
        go(house, NOW + timedelta(minutes=5))
        assert mailing(house, one).state == "expanded"
        status, page = post(organiser, f"/utskick/{one}/skicka-nu", why="Igen")
        assert "It has left already." in page

    def test_skip_and_undo(self, organiser: FlaskClient, house: Installation) -> None:
        one = mailing_of(house, "efter", "planned")
        post(organiser, f"/utskick/{one}/hoppa-over", why="Dubbelt")
        assert (mailing(house, one).state, mailing(house, one).reason) == ("cancelled", "skipped")
        page = words(organiser, f"/utskick/{one}")
        assert "Somebody has chosen to skip it." in page
        assert "Plan it again" in page
        post(organiser, f"/utskick/{one}/angra-hoppa-over", why="Nej, ändå")
        assert mailing(house, one).state == "planned"

    @pytest.mark.parametrize("why", BAD_TEXTS)
    def test_a_reason_that_cannot_be_kept(
        self, organiser: FlaskClient, house: Installation, why: str
    ) -> None:
        one = mailing_of(house, "efter", "planned")
        token = next(iter(forms_of(organiser.get(HERE)).values()))["csrf_token"]
        sent = {"csrf_token": token, "why": why}
        answer = organiser.post(f"{HERE}/utskick/{one}/hoppa-over", data=sent)
        assert answer.status_code == 422
        assert mailing(house, one).state == "planned"
        with house.database.reading() as session:
            assert session.scalars(select(Deed)).all() == []

    def test_one_mail_its_life_and_sent_again(self, organiser: FlaskClient, house: Installation) -> None:
        mail = mail_of(house, "p05")
        page = words(organiser, f"/utskick/mejl/{mail}")
        assert "First mail: Eva Ek sent" in page
        assert "Planned for this moment Tue 2 Feb 2027 at 18:30" in page
        assert "Taken by the receiver's mail server Tue 2 Feb 2027 at 19:00" in page
        status, page = post(organiser, f"/utskick/mejl/{mail}/igen", why="Hittar inte mejlet")
        assert (status, "It is on its way again." in page) == (200, True)
        assert "sent again" in page
        _status, page = post(organiser, f"/utskick/mejl/{mail}/igen", why="Igen")
        assert "The same mail is on its way already." in page
        go(house, NOW + timedelta(minutes=5))
        assert "Sent again 1 time" in words(organiser, f"/utskick/mejl/{newest(house)}")

    def test_reminders_about_the_log_have_no_page(self, organiser: FlaskClient, house: Installation) -> None:
        mail = mail_of(house, "p05", "logg")
        assert organiser.get(f"{HERE}/utskick/mejl/{mail}").status_code == 200
        with house.database.transaction() as session:
            session.execute(update(Message).where(Message.id == mail).values(kind="log_reminder", step=1))
        assert organiser.get(f"{HERE}/utskick/mejl/{mail}").status_code == 404
        assert organiser.get(f"{HERE}/utskick/mejl/{mail}/hoppa-over").status_code == 404
        assert "Nothing" not in words(organiser, "/deltagare/p05/utskick").partition("So far")[2]
        assert f"mejl/{mail}" not in organiser.get(f"{HERE}/deltagare/p05/utskick").text

    def test_what_is_not_there(self, organiser: FlaskClient, house: Installation) -> None:
        one = mailing_of(house, "efter", "planned")
        for end in (f"{one}/ata", "999999/hoppa-over", "mejl/999999", "mejl/1/ata", f"{10**30}/hoppa-over"):
            assert organiser.get(f"{HERE}/utskick/{end}").status_code == 404, end

    def test_a_mail_as_its_receiver_gets_it(self, organiser: FlaskClient, house: Installation) -> None:
        one = mailing_of(house, "efter", "expanded")
        page = words(organiser, f"/utskick/{one}/forhandsvisning?till=p05&mejlsprak=sv")
        assert "Hej Eva Ek" in page
        assert "Hello" in words(organiser, f"/utskick/{one}/forhandsvisning?till=p05&mejlsprak=en")
        assert "/s/" not in organiser.get(f"{HERE}/utskick/{one}/forhandsvisning?till=p05").text
        assert organiser.get(f"{HERE}/utskick/{one}/forhandsvisning?till=nej").status_code == 404
        status, page = post(organiser, f"/utskick/{one}/forhandsvisning", till="p05", mejlsprak="sv")
        assert (status, "A test mail is on its way to you." in page) == (200, True)
        assert "Nobody" in post(organiser, f"/utskick/{one}/forhandsvisning", till="nej")[1]
        with house.database.reading() as session:
            kinds = session.execute(select(Message.kind, Message.user_id.is_not(None))).all()
            assert ("test", True) in [tuple(each) for each in kinds]
        assert "sent 9" in words(organiser, f"/utskick/{one}")  # the test is not one of them

    def test_the_receiver_of_a_preview_is_chosen_by_name(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        one = mailing_of(house, "efter", "expanded")
        there = f"{HERE}/utskick/{one}/forhandsvisning"
        first = organiser.get(there).text
        assert '<option value="p01" selected>Anna Alm</option>' in first
        assert '<option value="p05">Eva Ek</option>' in first
        assert 'name="sok"' not in first  # all can be chosen
        found = organiser.get(f"{there}?sok=eva+EK").text
        assert re.findall(r'<option value="(p\d+)"( selected)?>', found) == [("p05", " selected")]
        assert "The mail to Eva Ek" in found
        nobody = organiser.get(f"{there}?sok=finns+inte").text
        assert "Nobody of that name takes part in the series." in nobody
        assert "The mail to Anna Alm" in nobody


def newest(house: Installation) -> int:
    with house.database.reading() as session:
        return session.scalars(select(Message.id).order_by(Message.id.desc())).first() or 0


class TestChasing:
    def test_the_list_a_note_and_the_file(self, organiser: FlaskClient, house: Installation) -> None:
        one = mailing_of(house, "efter", "expanded")
        assert "4 of 9 (44.4%)" in words(organiser, "/utskick/ej-svarat")
        page = words(organiser, f"/utskick/{one}/ej-svarat")
        assert "Eva Ek" in page
        assert "Anna Alm" not in page
        assert "2 of 5 have answered so far" in page
        asked = str(invitation(house, "p05").id)
        status, page = post(organiser, f"/utskick/{one}/ej-svarat", invitation=asked, note="=svarar i morgon")
        assert (status, "Organiser: =svarar i morgon" in page) == (200, True)
        file = organiser.get(f"{HERE}/utskick/{one}/ej-svarat.csv")
        assert file.mimetype == "text/csv"
        assert file.data.startswith(b"\xef\xbb\xbf")
        rows = file.data.decode("utf-8-sig").splitlines()
        assert len(rows) == 6
        assert "Anna" not in file.text
        status, page = post(organiser, f"/utskick/{one}/ej-svarat", invitation=asked, note="x" * 501)
        assert (status, "The note is too long" in page) == (422, True)
        for number in ("", "x", "-1", "9" * 12):
            assert post(organiser, f"/utskick/{one}/ej-svarat", invitation=number)[0] == 422
        another = str(invitation(house, "p05", "fore").id)
        assert post(organiser, f"/utskick/{one}/ej-svarat", invitation=another)[0] == 404

    def test_after_closing_nobody_knows_in_sealed_mode(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        one = mailing_of(house, "efter", "expanded")
        with house.database.transaction() as session:
            session.execute(update(Questionnaire).values(privacy_mode="sealed"))
        assert "This list disappears when the questionnaire closes" in words(
            organiser, f"/utskick/{one}/ej-svarat"
        )
        with house.database.transaction() as session:
            session.execute(
                update(Mailing).where(Mailing.id == one).values(closes_at=NOW - timedelta(minutes=1))
            )
        page = words(organiser, f"/utskick/{one}/ej-svarat")
        assert "Who has answered can no longer be known" in page
        assert "Eva Ek" not in page
        assert organiser.get(f"{HERE}/utskick/{one}/ej-svarat.csv").status_code == 404
        page = organiser.get(f"{HERE}/utskick/{one}?visa=ej-svarat").text
        assert "Anna Alm" in page
        assert 'data-label="Answer"' not in page

    def test_of_a_log_there_is_no_list(self, organiser: FlaskClient, house: Installation) -> None:
        one = mailing_of(house, "logg", "expanded")
        assert organiser.get(f"{HERE}/utskick/{one}/ej-svarat").status_code == 404


class TestStandingStill:
    def test_stopped_by_hand_and_begun_again(self, organiser: FlaskClient, house: Installation) -> None:
        assert "All sending is stopped" not in words(organiser, "")
        post(organiser, "/utskick/stopp", val="stop")
        assert "All sending is stopped" in words(organiser, "/resultat")
        with house.database.transaction() as session:
            one = session.get_one(Mailing, mailing_of(house, "efter", "planned", 1))
            one.due_at = one.intended_at = NOW - timedelta(minutes=1)
        page = words(organiser, "/utskick/stopp")
        assert "After the occasion, reminder 1" in page
        assert post(organiser, "/utskick/stopp", val="")[0] == 422
        assert post(organiser, "/utskick/stopp", val="allt")[0] == 422
        _status, page = post(organiser, "/utskick/stopp", val="skip")
        assert "What fell due meanwhile is skipped." in page
        assert not sending_state.state(house.database).is_muted
        assert mailing(house, one.id).state == "missed"

    def test_paused_by_itself_and_a_button_to_go_on(
        self, organiser: FlaskClient, house: Installation
    ) -> None:
        sending_state.pause(house.database, "sign_in_refused", "535 <b>nej</b>", NOW)
        html = organiser.get(HERE).text
        assert "Sending is paused" in html
        assert "535 &lt;b&gt;nej" in html
        _status, page = post(organiser, "/utskick/fortsatt")
        assert "Sending goes on." in page
        assert "Sending is paused" not in words(organiser, "")

    def test_silent(self, organiser: FlaskClient, house: Installation) -> None:
        heartbeat.beat(house.database, "planner", NOW - timedelta(hours=2))
        assert "Sending stands still" in words(organiser, "/deltagare")

    def test_those_who_do_not_plan_see_no_banner(self, sqlite_app: Flask, house: Installation) -> None:
        sending_state.mute(house.database, "by_hand", NOW)
        assert "All sending is stopped" not in words(signed_in(sqlite_app, "evaluator"), "")


class TestSendingHours:
    def test_shown_then_saved(self, organiser: FlaskClient, house: Installation) -> None:
        fields = forms_of(organiser.get(f"{HERE}/installningar/utskick"))[f"{HERE}/installningar/utskick"]
        wanted = {"quiet_from": "17:00", "quiet_to": "07:00", "quiet_weekends": "y", "weekly_cap": "3"}
        shown = organiser.post(f"{HERE}/installningar/utskick", data=fields | wanted)
        assert "mailings are moved 6" in read(shown.text)
        with house.database.reading() as session:
            assert session.scalars(select(Project.quiet_from)).one() is None
        again = forms_of(shown)[f"{HERE}/installningar/utskick"]
        saved = organiser.post(f"{HERE}/installningar/utskick", data=again | {"confirmed": "1"})
        assert saved.status_code == 303
        page = words(organiser, "/utskick")
        assert "Mon 8 Feb 2027 07:00 After the occasion, reminder 1" in page
        assert "put off by the week-end, should have gone Fri 5 Feb 2027 at 18:30" in page
        assert "put off by the quiet hours" in words(organiser, "/utskick?bara=deferred")
        one = mailing_of(house, "efter", "planned", 1)
        post(organiser, f"/utskick/{one}/trots-tyst-tid", why="Lovat")
        assert "in spite of the quiet time" in words(organiser, f"/utskick/{one}")
        # A form from before the change does not overwrite it.
        late = organiser.post(f"{HERE}/installningar/utskick", data=fields | {"weekly_cap": "9"})
        assert late.status_code == 409

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"quiet_from": "20:00"}, "Fill in both times"),
            ({"quiet_from": "25:00", "quiet_to": "07:00"}, "Write a time as 20:00."),
            ({"quiet_from": "07:00", "quiet_to": "07:00"}, "At least one hour of the day"),
            ({"weekly_cap": "-1"}, "Write a whole number from 1 to 50"),
            ({"weekly_cap": "٣"}, "Write a whole number from 1 to 50"),
            ({"weekly_cap": "9" * 400}, "Write a whole number from 1 to 50"),
            ({"quiet_from": "a\0", "quiet_to": "🙈"}, "Write a time as 20:00."),
        ],
    )
    def test_what_cannot_be(self, organiser: FlaskClient, typed: dict[str, str], said: str) -> None:
        fields = forms_of(organiser.get(f"{HERE}/installningar/utskick"))[f"{HERE}/installningar/utskick"]
        answer = organiser.post(f"{HERE}/installningar/utskick", data=fields | typed)
        assert answer.status_code == 422
        assert said in read(answer.text)
