"""What has been done by hand, listed in one place."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.followups import rules
from surveys.installation import Installation
from surveys.mail.outgoing import Wording
from surveys.models.access import User
from surveys.models.deeds import Deed
from surveys.models.followup import Mailing
from surveys.models.message import Message
from surveys.models.people import Enrolment, MailStop, Participant
from surveys.models.programme import Project, Series
from surveys.outbox import mail_texts, mailing_acts, sending_state, stops
from surveys.queries import deeds
from tests.support.staffed import NOW

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten/installningar/gjort"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def lines(client: FlaskClient, address: str = HERE) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    rows = answer.text.split("<tr>")[2:]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip().replace("\u00a0", " ") for row in rows]


def test_nothing_yet(organiser: FlaskClient) -> None:
    assert "Nothing has been done by hand yet" in organiser.get(HERE).text
    assert HERE in organiser.get("/projekt/liten/installningar/utskick").text


def test_wordings_lifted_stops_and_all_else_are_listed(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    db = sqlite_installation.database
    with db.transaction() as session:
        user = session.scalars(select(User.id).where(User.email == "organiser@folja.example")).one()
        project = session.scalars(select(Project.id)).one()
        series = session.scalars(select(Series.id)).one()
        person = session.scalars(select(Participant.id).where(Participant.code == "p05")).one()
        planned = session.scalars(
            select(Mailing.id).where(Mailing.state == "planned", Mailing.step == 1)
        ).first()
        stop = MailStop(participant_id=person, scope="everything", source="unsubscribe", stopped_at=NOW)
        session.add(stop)
    text = Wording("Om {title}", "{link}")
    mail_texts.change(db, project, "reminder", "sv", text, mail_texts.mark_of(None), user, NOW)
    stops.lift_by_hand(db, person, stop.id, user, NOW + timedelta(minutes=1))
    mailing_acts.skip(db, planned or 0, user, "<b>Behövs inte</b>", NOW + timedelta(minutes=2))
    rules.switch_rule(db, series, "slut", False, user, NOW + timedelta(minutes=3))
    sending_state.mute(db, "by_hand", NOW + timedelta(minutes=4), user)
    found = lines(organiser)
    assert [line.split(" Tue ")[0] for line in found] == [
        "All sending stopped –",
        "Rule switched off After the course (Kursen)",
        "Skipped After the occasion, reminder 1 (1. Första tillfället)",
        "Ended mails let go again Eva Ek",
        "Wording of a mail changed Reminder of a questionnaire (Svenska)",
    ]
    assert [line for line in found if "2 Feb 2027 at 21:0" not in line or "Organiser" not in line] == []
    assert found[0].endswith("Stopped by hand")
    page = organiser.get(HERE).text
    assert "&lt;b&gt;Behövs inte&lt;/b&gt;" in page
    assert f'href="/projekt/liten/utskick/{planned}"' in page
    assert 'href="/projekt/liten/deltagare/p05"' in page


def test_a_notice_is_named_by_its_kind_and_not_by_its_number(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    with sqlite_installation.database.transaction() as session:
        mail = session.scalars(select(Message).where(Message.kind == "invitation")).first()
        assert mail is not None
        mail.kind, mail.step = "moved", 2
        session.add(
            Deed(
                project_id=session.scalars(select(Project.id)).one(),
                done_at=NOW,
                action="send_again",
                subject=f"message:{mail.id}",
            )
        )
    assert "Sent again Message that the occasion is changed" in lines(organiser)[0]


def test_what_is_gone_strange_or_secret_has_no_name(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    db = sqlite_installation.database
    with db.transaction() as session:
        project = session.scalars(select(Project.id)).one()
        mail = session.scalars(select(Message).where(Message.kind == "invitation")).first()
        assert mail is not None
        mail.kind, mail.step = "log_reminder", 1
        enrolment = session.scalars(select(Enrolment.id)).first()
        done = {
            f"message:{mail.id}": "send_message_now",
            "mailing:999999": "skip",
            "occasion:999999": "move_occasion",
            f"enrolment:{enrolment}": "enrolment_dropped_out",
            "series:1": "occasion_removed",
            "whatever": "of_a_newer_version",
        }
        for minute, (subject, action) in enumerate(done.items()):
            session.add(
                Deed(
                    project_id=project,
                    done_at=NOW - timedelta(minutes=minute),
                    action=action,
                    subject=subject,
                    details={"title": "Fjärde"} if action == "occasion_removed" else None,
                )
            )
    assert [line.split(" Tue ")[0] for line in lines(organiser)] == [
        "Sent now, by hand –",
        "Skipped –",
        "Moved –",
        "Participation: dropped out Anna Alm",
        "Removed Fjärde (Kursen)",
        "of_a_newer_version –",
    ]


def test_page_by_page(organiser: FlaskClient, sqlite_installation: Installation) -> None:
    with sqlite_installation.database.transaction() as session:
        project = session.scalars(select(Project.id)).one()
        session.add_all(
            Deed(project_id=project, done_at=NOW, action="skip", subject=f"mailing:{each}")
            for each in range(deeds.PER_PAGE + 1)
        )
    assert len(lines(organiser)) == deeds.PER_PAGE
    assert len(lines(organiser, f"{HERE}?s=2")) == len(lines(organiser, f"{HERE}?s=99")) == 1
