"""The organiser's pages: what they show, to whom, and what never stands on them."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from surveys.answers import logbook
from surveys.course import profile
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.log import LogBook
from surveys.models.message import Message
from surveys.models.people import Enrolment, Participant
from surveys.models.programme import Project, Series
from surveys.running import access, heartbeat
from surveys.web.organise.rules import in_words
from tests.support.books import a_project
from tests.support.compiled import application
from tests.support.pages import crawl, forms_of, send
from tests.support.staffed import NOW, PASSWORD, answer, copy_of, go, invitation, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten"
NAMES = ("Anna Alm", "Bo Berg", "Eva Ek", "Ida Ås")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
PRIVATE = "Det här är bara mitt."


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


@pytest.fixture
def installation(sqlite_installation: Installation) -> Installation:
    return sqlite_installation


@pytest.fixture(scope="module")
def standing(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all tests that only look."""
    folder = tmp_path_factory.mktemp("standing")
    with copy_of(built, folder, "http://127.0.0.1") as house, application(house.settings) as app:
        yield app


@pytest.fixture(scope="module")
def looking(standing: Flask) -> FlaskClient:
    """An organiser who changes nothing."""
    return signed_in(standing, "organiser")


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return words_of(answer)


def words_of(answer: TestResponse) -> str:
    """The page as one reads it: no tags, one space between words."""
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return (
        re.sub(r"\s+", " ", text)
        .replace("\u00a0", " ")
        .replace(" ,", ",")
        .replace("( ", "(")
        .replace(" :", ":")
    )


def write_private(installation: Installation, person: str) -> None:
    with installation.database.reading() as session:
        book = session.scalars(
            select(LogBook)
            .join(LogBook.enrolment)
            .join(Enrolment.participant)
            .where(Participant.code == person)
        ).one()
        public_id = book.public_id
    logbook.write_entry(
        installation.database,
        public_id,
        installation.keys.link_token(public_id, 1),
        {"written_on": "2027-02-02", "text": PRIVATE, "plan": PRIVATE},
        NOW,
        prompt=invitation(installation, person, "logg").public_id,
    )


class TestWhoSeesWhat:
    @pytest.mark.parametrize("role", ["evaluator", "reader"])
    def test_those_who_evaluate_see_no_person(self, sqlite_app: Flask, role: str) -> None:
        pages = crawl(signed_in(sqlite_app, role))
        assert f"{HERE}/insatser/kurs" in pages
        assert f"{HERE}/enkater/efter-tillfalle" in pages
        for address, text in pages.items():
            for name in NAMES:
                assert name not in text, f"{name} on {address}"
            people = re.findall(r"\w+@liten\.example", text)
            assert set(people) <= {"projektet@liten.example", "dataskydd@liten.example"}, address

    @pytest.mark.parametrize("role", ["evaluator", "reader"])
    def test_what_a_role_may_not_see_is_not_there(self, sqlite_app: Flask, role: str) -> None:
        client = signed_in(sqlite_app, role)
        for end in (
            "/deltagare",
            "/deltagare/p01",
            "/utskick",
            "/utskick/1",
            "/installningar",
            "/insatser/kurs/deltagare",
            "/insatser/kurs/regler",
            "/insatser/kurs/utskick",
        ):
            assert client.get(HERE + end).status_code == 404, end
        overview = client.get(HERE).text
        for end in ("/deltagare", "/utskick", "/installningar"):
            assert f'href="{HERE}{end}' not in overview

    def test_another_project_is_not_there(self, sqlite_app: Flask, installation: Installation) -> None:
        with installation.database.transaction() as session:
            session.add(a_project("annat"))
        access.add_user(installation.database, "x@folja.example", "X", PASSWORD)
        access.set_role(installation.database, "x@folja.example", "annat", "administrator")
        client = sqlite_app.test_client()
        page = client.get("/logga-in")
        send(client, page, "/logga-in", email="x@folja.example", password=PASSWORD)
        assert client.get("/projekt/annat").status_code == 200
        with installation.database.reading() as session:
            mailing = session.scalars(select(Mailing.id)).first()
        for end in (
            "/projekt/liten",
            "/projekt/annat/insatser/kurs",
            "/projekt/annat/deltagare/p01",
            f"/projekt/annat/utskick/{mailing}",
            "/projekt/annat/enkater/efter-tillfalle",
        ):
            assert client.get(end).status_code == 404, end


class TestOverview:
    def test_what_comes_next_what_is_open_and_the_series(self, looking: FlaskClient) -> None:
        page = read(looking, HERE)
        assert "Fri 5 Feb 2027 18:30 After the occasion, reminder 1 (1. Första tillfället · Kursen)" in page
        assert "4 of 9 (44.4%) Tue 16 Feb 2027 at 18:30" in page
        assert "Kursen Delprojektet handläggare 11 3 2. Andra tillfället" in page

    def test_one_more_answer_changes_the_rate_everywhere(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        places = [HERE, f"{HERE}/insatser/kurs", f"{HERE}/utskick/{mailing_id(installation)}"]
        for address in places:
            assert "4 of 9 (44.4%)" in read(organiser, address)
        answer(installation, "p05", {"q-overall": ["3"]})
        for address in places:
            assert "5 of 9 (55.6%)" in read(organiser, address)

    def test_an_empty_project_says_what_to_do(self, sqlite_app: Flask, installation: Installation) -> None:
        with installation.database.transaction() as session:
            session.add(a_project("tomt"))
        access.set_role(installation.database, "organiser@folja.example", "tomt", "organiser")
        client = signed_in(sqlite_app, "organiser")
        for end, said in (
            ("", "folja programme load"),
            ("/insatser", "folja programme load"),
            ("/deltagare", "import its participants from a spreadsheet"),
            ("/enkater", "Make one from a ready set"),
            ("/utskick", "No mailing is planned"),
            ("/utskick?visa=tidigare", "Nothing has been sent yet"),
        ):
            assert said in read(client, f"/projekt/tomt{end}")

    def test_a_user_without_project_is_told_whom_to_ask(
        self, sqlite_app: Flask, installation: Installation
    ) -> None:
        access.add_user(installation.database, "ny@folja.example", "Ny", PASSWORD, "en")
        client = sqlite_app.test_client()
        page = client.get("/logga-in")
        send(client, page, "/logga-in", email="ny@folja.example", password=PASSWORD)
        assert "Ask the administrator" in client.get("/projekt?sprak=en").text


class TestSeries:
    def test_the_occasions_in_a_line_and_the_next_mailing_in_sight(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/insatser/kurs")
        assert "Next mailing: Fri 5 Feb 2027 at 18:30, After the occasion, reminder 1" in page
        assert "1. Första tillfället" in page
        assert "Tue 2 Feb 2027 at 13:00–16:30 · Storgatan 1" in page
        assert "After the occasion: answered by 4 of 9 (44.4%), closes Tue 16 Feb 2027 at 18:30" in page
        assert "Question for the learning log, Tue 2 Feb 2027 at 17:00" in page
        assert re.search(r"3\. Tredje tillfället .* not measured", page)
        assert "9 persons, 16 attendances" in page

    def test_participants_with_their_state_and_attendance(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/insatser/kurs/deltagare")
        assert "Ida Ås Arbetsförmedlingen Grupp 2 started 1 of 2" in page
        assert "Karin Kvist Arbetsförmedlingen Grupp 2 cancelled before 0 of 2" in page

    def test_a_series_that_is_not_there(self, looking: FlaskClient) -> None:
        assert looking.get(f"{HERE}/insatser/finns-inte").status_code == 404


RULE = {
    "anchor": "occasion_end",
    "offset_days": 0,
    "offset_minutes": 120,
    "at_time": None,
    "audience": "present",
    "occasions": None,
    "reminder_days": [3, 7],
    "close_after_days": 14,
    "attendance_wait_hours": 48,
    "attendance_default": "nobody",
    "late": "from_now",
}


class TestRules:
    def test_read_in_words(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/insatser/kurs/regler")
        assert "2 hours after the end of each occasion that is measured" in page
        assert "to those who were there" in page
        assert "after 3 and 7 days" in page
        assert "after 14 days" in page
        assert "14 days before the series starts, at 09:00" in page

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({}, "2 hours after the end of each occasion that is measured"),
            ({"offset_minutes": 0}, "at the end of each occasion that is measured"),
            (
                {"offset_minutes": 90, "occasions": {"kind": "trip"}},
                "1 hour and 30 minutes after the end of each trip",
            ),
            ({"occasions": {"codes": ["t1", "t2"]}}, "2 hours after the end of Ett and Två"),
            ({"occasions": {"codes": ["borta"]}}, "2 hours after the end of borta"),
            (
                {"offset_days": 1, "offset_minutes": 0, "anchor": "registration"},
                "1 day after each person's registration",
            ),
            (
                {"offset_days": -14, "offset_minutes": 0, "anchor": "series_start"},
                "14 days before the series starts",
            ),
            (
                {"offset_days": 2, "offset_minutes": 60},
                "2 days and 1 hour after the end of each occasion that is measured",
            ),
            (
                {"offset_days": -1, "offset_minutes": 60, "anchor": "series_start"},
                "1 day before the series starts, plus 1 hour",
            ),
            (
                {"offset_minutes": -30, "anchor": "occasion_start"},
                "30 minutes before the start of each occasion that is measured",
            ),
            (
                {"offset_minutes": 0, "at_time": time(18), "anchor": "series_end"},
                "on the day the series ends, at 18:00",
            ),
            (
                {"offset_days": 7, "offset_minutes": 0, "at_time": time(9)},
                "7 days after the end of each occasion that is measured, at 09:00",
            ),
        ],
    )
    def test_every_form_of_when(self, standing: Flask, change: dict[str, object], said: str) -> None:
        rule = FollowUpRule(**(RULE | change), series=Series(attendance_kept=True))
        with standing.test_request_context("/?sprak=en"):
            assert in_words(rule, {"t1": "Ett", "t2": "Två"}).when == said

    @pytest.mark.parametrize(
        ("change", "kept", "said"),
        [
            ({}, True, "to those who were there"),
            ({}, False, "to everyone who takes part, since attendance is not kept"),
            ({"audience": "everyone"}, True, "to everyone who takes part"),
            ({"anchor": "series_end"}, True, "to everyone who takes part"),
        ],
    )
    def test_to_whom(self, standing: Flask, change: dict[str, object], kept: bool, said: str) -> None:
        rule = FollowUpRule(**(RULE | change), series=Series(attendance_kept=kept))
        with standing.test_request_context("/?sprak=en"):
            assert in_words(rule, {}).to == said

    def test_without_reminders(self, standing: Flask) -> None:
        rule = FollowUpRule(**(RULE | {"reminder_days": []}), series=Series(attendance_kept=True))
        with standing.test_request_context("/?sprak=en"):
            assert in_words(rule, {}).reminders == "no reminders"


class TestParticipants:
    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("ida", ["Ida Ås"]),
            ("ås", ["Ida Ås"]),
            ("ÅS", ["Ida Ås"]),
            ("bo berg", ["Bo Berg"]),
            ("p05", ["Eva Ek"]),
            ("eva@liten", ["Eva Ek"]),
            ("%", []),
            ("_", []),
            ("' OR 1=1 --", []),
        ],
    )
    def test_search(self, looking: FlaskClient, search: str, found: list[str]) -> None:
        answer = looking.get(f"{HERE}/deltagare", query_string={"sok": search})
        assert answer.status_code == 200
        assert [name for name in NAMES if name in answer.text] == found
        if not found:
            assert "Nobody found" in answer.text

    def test_sorted_both_ways(self, looking: FlaskClient) -> None:
        names = [
            re.findall(r"<bdi>(.*?)</bdi>", looking.get(f"{HERE}/deltagare?ordning={order}").text)
            for order in ("name", "-name", "strange")
        ]
        assert names[0] == sorted(names[0]) == names[2]
        assert names[1] == names[0][::-1]

    def test_paged(self, organiser: FlaskClient, installation: Installation) -> None:
        with installation.database.transaction() as session:
            project = session.scalars(select(Project)).one()
            session.add_all(
                Participant(
                    project_id=project.id,
                    code=f"q{number:03}",
                    name=f"Qvist {number:03}",
                    email="q@liten.example",
                    gender="not_stated",
                    language="sv",
                    attributes={},
                )
                for number in range(100)
            )
        first = read(organiser, f"{HERE}/deltagare")
        assert "112 persons" in first
        assert "Page 1 of 3" in first
        assert "Qvist 099" in read(organiser, f"{HERE}/deltagare?s=3")
        for strange in ("0", "99", "-1", "x", "9" * 50):
            assert "112 persons" in read(organiser, f"{HERE}/deltagare?s={strange}")

    def test_one_participant(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/deltagare/p05")
        assert "eva@liten.example" in page
        assert "1. Första tillfället: present" in page
        assert "After the occasion open not answered" in page
        assert "First mail: sent Tue 2 Feb 2027 at 19:00" in page

    def test_that_somebody_has_answered_is_shown_and_nothing_more(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/deltagare/p01")
        assert "After the occasion open answered" in page
        assert "21:00" not in page  # when the answer came in

    def test_whether_somebody_has_written_in_the_log_is_not_shown(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        with installation.database.transaction() as session:
            session.execute(update(FollowUpRule).where(FollowUpRule.code == "logg").values(reminder_days=[2]))
            rule = session.scalars(select(FollowUpRule).where(FollowUpRule.code == "logg")).one()
            first = session.scalars(
                select(Mailing).where(Mailing.rule_id == rule.id, Mailing.step == 0)
            ).first()
            assert first is not None
            values = {
                name: getattr(first, name)
                for name in ("rule_id", "target", "occasion_id", "timezone", "closes_at")
            }
            reminder = Mailing(
                **values,
                step=1,
                intended_at=NOW + timedelta(days=2),
                due_at=NOW + timedelta(days=2),
                state="planned",
                due_wall=(NOW + timedelta(days=2)).replace(tzinfo=None),
            )
            session.add(reminder)
            session.flush()
            reminder_id = reminder.id
        write_private(installation, "p01")
        go(installation, NOW + timedelta(days=2))
        with installation.database.reading() as session:
            states = session.scalars(select(Message.state).where(Message.mailing_id == reminder_id)).all()
            assert sorted(set(states)) == ["cancelled", "sent"]
        with time_machine.travel(NOW + timedelta(days=2, minutes=1), tick=True):
            sign_in(organiser, "organiser")  # the session of the fixture is of another day
            pages = [read(organiser, f"{HERE}/deltagare/{code}").replace(code, "") for code in ("p01", "p02")]
            logs = [page[page.index("Question for the learning log") :] for page in pages]
            assert logs[0] == logs[1]
            mailing = read(organiser, f"{HERE}/utskick/{reminder_id}")
            assert "seen to 9" in mailing
            assert "Anna Alm" not in mailing
            assert "9 seen to" in read(organiser, f"{HERE}/utskick")

    @pytest.mark.parametrize("code", ["finns-inte", "p99", "a%00b", "%F0%9F%98%80"])
    def test_nobody_of_that_code(self, looking: FlaskClient, code: str) -> None:
        assert looking.get(f"{HERE}/deltagare/{code}").status_code == 404


class TestLinks:
    def address(self, installation: Installation, end: str, rule: str = "efter") -> str:
        return f"{HERE}/deltagare/p05/lank/{invitation(installation, 'p05', rule).id}/{end}"

    def test_a_new_link_asks_first_and_is_sent(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        asked = invitation(installation, "p05")
        old = installation.keys.link_token(asked.public_id, 1)
        page = organiser.get(self.address(installation, "ny"))
        assert "eva@liten.example" in page.text
        assert organiser.get(f"/s/{old}").status_code == 303
        answer = send(organiser, page, "/ny")
        assert answer.status_code == 303
        assert "A mail with the new one is on its way" in organiser.get(answer.location).text
        assert organiser.get(f"/s/{old}").status_code == 410
        new = installation.keys.link_token(asked.public_id, 2)
        assert organiser.get(f"/s/{new}").status_code == 303
        assert "Sent again: to be sent" in read(organiser, answer.location)

    def test_withdrawing_asks_first_and_can_be_undone(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        asked = invitation(installation, "p05")
        token = installation.keys.link_token(asked.public_id, 1)
        page = organiser.get(self.address(installation, "dra-tillbaka"))
        assert organiser.get(f"/s/{token}").status_code == 303
        answer = send(organiser, page, "/dra-tillbaka")
        assert organiser.get(f"/s/{token}").status_code == 410
        assert "After the occasion withdrawn" in read(organiser, answer.location)
        send(organiser, organiser.get(self.address(installation, "ny")), "/ny")
        assert organiser.get(f"/s/{installation.keys.link_token(asked.public_id, 2)}").status_code == 303

    def test_of_a_log_prompt_it_is_the_logs_link(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        page = organiser.get(self.address(installation, "ny", "logg"))
        assert "What is written in the log stays." in page.text
        with installation.database.reading() as session:
            book = session.scalars(
                select(LogBook.public_id)
                .join(LogBook.enrolment)
                .join(Enrolment.participant)
                .where(Participant.code == "p05")
            ).one()
        assert send(organiser, page, "/ny").status_code == 303
        assert organiser.get(f"/l/{installation.keys.link_token(book, 1)}").status_code == 410
        assert organiser.get(f"/l/{installation.keys.link_token(book, 2)}").status_code == 303

    def test_a_link_of_somebody_else_is_not_there(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        of_another = invitation(installation, "p06").id
        page = organiser.get(self.address(installation, "ny"))
        token = next(iter(forms_of(page).values()))["csrf_token"]
        for end in ("ny", "dra-tillbaka"):
            address = f"{HERE}/deltagare/p05/lank/{of_another}/{end}"
            assert organiser.get(address).status_code == 404
            assert organiser.post(address, data={"csrf_token": token}).status_code == 404


def mailing_id(installation: Installation, rule: str = "efter", step: int = 0) -> int:
    with installation.database.reading() as session:
        return (
            session.scalars(
                select(Mailing.id)
                .join(Mailing.rule)
                .where(FollowUpRule.code == rule, Mailing.step == step)
                .order_by(Mailing.due_at)
            ).first()
            or 0
        )


class TestMailings:
    def test_the_calendar_of_days(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/utskick")
        assert re.search(r"Tue 2 Feb 2027 today 17:00 Question for the learning log, first mail", page)
        assert "sent out 9 sent" in page
        assert re.search(r"Fri 5 Feb 2027 18:30 After the occasion, reminder 1 .*? planned", page)
        earlier = read(looking, f"{HERE}/utskick?visa=tidigare")
        assert "Tue 19 Jan 2027" in earlier
        assert "Fri 5 Feb 2027" not in earlier
        assert "Tue 2 Feb 2027 today" in read(looking, f"{HERE}/insatser/kurs/utskick")

    def test_who_has_not_answered(self, organiser: FlaskClient, installation: Installation) -> None:
        address = f"{HERE}/utskick/{mailing_id(installation)}"
        everyone = organiser.get(address).text
        silent = organiser.get(f"{address}?visa=ej-svarat").text
        assert [name for name in NAMES if name in everyone] == list(NAMES)
        assert [name for name in NAMES if name in silent] == ["Eva Ek", "Ida Ås"]

    def test_a_planned_one_says_how_many_it_would_go_to(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        with installation.database.reading() as session:
            planned = session.scalars(
                select(Mailing.id)
                .join(Mailing.rule)
                .where(FollowUpRule.code == "efter", Mailing.state == "planned", Mailing.step == 0)
            ).one()
        assert "Would go now to 7 persons" in read(organiser, f"{HERE}/utskick/{planned}")

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"state": "sent"}, "Eva Ek Arbetsförmedlingen sent not answered"),
            ({"state": "due", "reason": "unreachable"}, "to be sent The mail server could not be reached"),
            ({"state": "due", "reason": "deferred", "error": "451 later"}, "come back later. 451 later"),
            (
                {"state": "claimed", "reason": None, "next_attempt_at": NOW + timedelta(hours=2)},
                "being sent",
            ),
            (
                {"state": "claimed", "reason": None, "next_attempt_at": NOW - timedelta(hours=2)},
                "uncertain It may or may not have left",
            ),
            (
                {"state": "claimed", "reason": "uncertain", "next_attempt_at": NOW + timedelta(hours=2)},
                "uncertain It may or may not have left",
            ),
            (
                {"state": "missed", "reason": "uncertain"},
                "missed It may or may not have left, and has been tried five times",
            ),
            ({"state": "missed", "reason": "too_late"}, "missed Sending stood still"),
            (
                {"state": "refused", "reason": "refused", "error": "550 <b>nobody</b>"},
                "bounced The receiver's mail server refused it. Check the address. 550 &lt;b&gt;nobody",
            ),
            ({"state": "cancelled", "reason": "enrolment_ended"}, "not sent Does not take part any more."),
            ({"state": "cancelled", "reason": "of_a_newer_version"}, "not sent of_a_newer_version"),
        ],
    )
    def test_how_each_mail_stands(
        self, organiser: FlaskClient, installation: Installation, values: dict[str, object], said: str
    ) -> None:
        first = mailing_id(installation)
        asked = invitation(installation, "p05").id
        with installation.database.transaction() as session:
            session.execute(
                update(Message)
                .where(Message.mailing_id == first, Message.invitation_id == asked)
                .values(**values)
            )
        assert said in read(organiser, f"{HERE}/utskick/{first}").replace("&#39;", "'")
        assert organiser.get(f"{HERE}/deltagare/p05").status_code == 200

    @pytest.mark.parametrize(
        ("state", "reason", "said"),
        [
            ("waiting", "attendance", "waiting Waits until it is recorded who was at the occasion."),
            ("missed", "too_late", "missed It became due while sending stood still"),
            ("missed", "no_attendance", "missed Nobody recorded who was at the occasion in time"),
            ("cancelled", "occasion_cancelled", "cancelled The occasion is cancelled."),
        ],
    )
    def test_why_a_mailing_stands_as_it_does(
        self, organiser: FlaskClient, installation: Installation, state: str, reason: str, said: str
    ) -> None:
        reminder = mailing_id(installation, step=1)
        with installation.database.transaction() as session:
            session.execute(update(Mailing).where(Mailing.id == reminder).values(state=state, reason=reason))
        assert said in read(organiser, f"{HERE}/utskick")
        assert said in read(organiser, f"{HERE}/utskick/{reminder}")

    def test_that_sending_stands_still_is_said(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        heartbeat.beat(installation.database, "dispatcher", NOW)
        assert "Sending stands still" not in read(organiser, f"{HERE}/utskick")
        heartbeat.beat(installation.database, "dispatcher", NOW - timedelta(hours=2))
        assert "has not been heard of since Tue 2 Feb 2027 at 19:00" in read(organiser, f"{HERE}/utskick")

    def test_one_that_is_not_there(self, looking: FlaskClient) -> None:
        for address in ("999999", "0", "x", "9" * 30):
            assert looking.get(f"{HERE}/utskick/{address}").status_code == 404


class TestQuestionnaires:
    def test_read_as_participants_see_it_and_nothing_can_be_sent(self, looking: FlaskClient) -> None:
        answer = looking.get(f"{HERE}/enkater/efter-tillfalle")
        assert "Did you learn something new about Ansvar?" in answer.text
        assert "confidential, but not anonymous" in answer.text
        assert "<fieldset" in answer.text
        assert "disabled" in answer.text
        assert all(action.endswith("/logga-ut") for action in forms_of(answer))

    def test_the_list_says_what_is_locked(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/enkater")
        assert (
            "After the occasion after an occasion coded: confidential, not anonymous 1 locked Kursen" in page
        )
        assert "After the course after the series with name 1 Kursen" in page

    def test_one_that_is_not_there(self, looking: FlaskClient) -> None:
        assert looking.get(f"{HERE}/enkater/finns-inte").status_code == 404


class TestSettings:
    def test_changed_settings_show(self, organiser: FlaskClient) -> None:
        page = organiser.get(f"{HERE}/installningar")
        answer = send(
            organiser,
            page,
            "/installningar",
            title="Nytt namn",
            decimals="2",
            minimum_group="8",
            logotype_text="Bild",
        )
        assert answer.status_code == 303
        assert "The settings are saved." in organiser.get(answer.location).text
        overview = read(organiser, HERE)
        assert "Nytt namn" in overview
        assert "4 of 9 (44.44%)" in overview

    def test_faults_stand_at_their_fields_and_nothing_is_lost(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        page = organiser.get(f"{HERE}/installningar")
        answer = send(organiser, page, "/installningar", title="Nytt namn", reply_to="inte en adress")
        assert answer.status_code == 422
        assert answer.text.count("This is not an e-mail address.") == 2
        assert "<title>Error: " in answer.text
        fields = forms_of(answer)[f"{HERE}/installningar"]
        assert (fields["title"], fields["reply_to"]) == ("Nytt namn", "inte en adress")
        right = {"decimals": "1", "minimum_group": "5"}
        for change in ({"title": ""}, {"decimals": "7"}, {"minimum_group": "1"}, {"decimals": "x"}):
            assert send(organiser, page, "/installningar", **(right | change)).status_code == 422, change
        with installation.database.reading() as session:
            assert session.scalars(select(Project)).one().title == "Lilla projektet"

    def test_two_organisers(self, organiser: FlaskClient, installation: Installation) -> None:
        page = organiser.get(f"{HERE}/installningar")
        with installation.database.reading() as session:
            project = session.scalars(select(Project)).one()
            seen, project_id = profile.profile_of(project), project.id
        others = profile.Profile("Den andras", seen.sender_name, seen.reply_to, 1, 5)
        profile.change_profile(installation.database, project_id, others, seen.mark)
        mine = {"title": "Mitt", "decimals": "1", "minimum_group": "5"}
        conflict = send(organiser, page, "/installningar", **mine)
        assert conflict.status_code == 409
        assert "Den andras" in conflict.text
        assert send(organiser, conflict, "/installningar", **mine).status_code == 303
        assert "Mitt" in organiser.get(HERE).text

    def test_a_logotype_is_shown_and_removed(
        self, organiser: FlaskClient, installation: Installation
    ) -> None:
        asked = invitation(installation, "p05")
        organiser.get(f"/s/{installation.keys.link_token(asked.public_id, 1)}")
        assert "logotyp" not in organiser.get(f"/svar/{asked.public_id}").text
        assert self.upload(organiser, PNG).status_code == 303
        settings = organiser.get(f"{HERE}/installningar")
        assert f'src="{HERE}/logotyp"' in settings.text
        picture = organiser.get(f"{HERE}/logotyp")
        assert (picture.data, picture.mimetype) == (PNG, "image/png")
        assert "logotyp" in organiser.get(f"/svar/{asked.public_id}").text
        assert send(organiser, settings, "/logotyp/ta-bort").status_code == 303
        assert organiser.get(f"{HERE}/logotyp").status_code == 404

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG or JPEG"),
            (PNG + b"\0" * 200_000, "larger than 200 kB"),
            (b"", "Choose a picture first."),
        ],
    )
    def test_what_is_no_logotype(self, organiser: FlaskClient, content: bytes, said: str) -> None:
        answer = self.upload(organiser, content)
        assert answer.status_code == 422
        assert answer.text.count(said) == 2
        assert organiser.get(f"{HERE}/logotyp").status_code == 404

    def upload(self, client: FlaskClient, content: bytes) -> TestResponse:
        fields = forms_of(client.get(f"{HERE}/installningar"))[f"{HERE}/installningar/logotyp"]
        # The name and the type that a browser claims say nothing: the content decides.
        return client.post(
            f"{HERE}/installningar/logotyp",
            data={
                "csrf_token": fields["csrf_token"],
                "logotype": (BytesIO(content), "bild.png", "image/png"),
            },
        )

    def test_members_and_privacy_texts_to_read(self, looking: FlaskClient) -> None:
        page = read(looking, f"{HERE}/installningar")
        assert "evaluator@folja.example Evaluator" in page
        assert "The small municipality" in page
