"""On paper: printing the forms of a mailing, typing them in by code, and what the results say of it."""

from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.answers import paper
from surveys.demo import loading
from surveys.installation import Installation
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.response import Response
from surveys.queries import mailings
from tests.journey.test_mailings import mailing_of, read
from tests.support.pages import forms_of
from tests.support.staffed import NOW

pytestmark = pytest.mark.usefixtures("evening")
HERE = "/projekt/liten"
LOGOTYPE = Path(loading.__file__).parent / "gothenburg" / "logotyp.png"


@pytest.fixture
def sqlite_installation(staffed: Installation) -> Installation:
    return staffed


def forms(house: Installation, mailing_id: int) -> list[paper.PaperForm]:
    with house.database.reading() as session:
        found = session.scalars(select(Mailing).where(Mailing.id == mailing_id)).one()
        mailing = mailings.mailing(session, found.rule.series.project_id, mailing_id)
        assert mailing is not None
        return paper.forms(session, house.keys, mailing, NOW)


def responses(house: Installation) -> list[tuple[str, object]]:
    with house.database.reading() as session:
        wanted = select(Response).join(Response.rule).where(FollowUpRule.code == "efter")
        return [(each.source, each.answers) for each in session.scalars(wanted)]


def test_forms_are_printed_typed_in_by_code_and_told_apart(
    organiser: FlaskClient, sqlite_installation: Installation
) -> None:
    house, number = sqlite_installation, mailing_of(sqlite_installation, "efter", "expanded")
    with house.database.transaction() as session:
        project = session.get_one(Mailing, number).rule.series.project
        project.emblem, project.logotype, project.logotype_type = (
            "eu_funded",
            LOGOTYPE.read_bytes(),
            "image/png",
        )
    silent = [each for each in forms(house, number) if not each.answered]
    page = f"{HERE}/utskick/{number}/papper"
    shown = read(organiser.get(page).text)
    assert f"A file with {len(silent)} forms" in shown
    fields = forms_of(organiser.get(page))[page]
    printed = organiser.post(page, data=fields)
    assert (printed.status_code, printed.mimetype, printed.data[:5]) == (200, "application/pdf", b"%PDF-")
    blank = organiser.get(f"{page}.pdf?papper-blank=en&storlek-blank=storre")
    assert blank.data[:5] == b"%PDF-"
    assert "Personal forms printed on paper" in read(organiser.get(f"{HERE}/installningar/gjort").text)

    entry = f"{HERE}/enkatinmatning/{number}"
    assert f'href="{entry}"' in organiser.get(f"{HERE}/enkatinmatning").text
    # A paper that nobody was asked by: an answer, in the language that is said, and no person.
    loose = f"{entry}/utan-kod"
    assert f'href="{loose}"' in organiser.get(entry).text
    fields = forms_of(organiser.get(loose))[loose]
    wrong = organiser.post(loose, data=fields | {"save": "1", "q-overall": "99", "q-more": "Bra dag"})
    assert (wrong.status_code, "Bra dag" in wrong.text) == (422, True)
    sent = fields | {"save": "1", "q-overall": "2", "papper": "en"}
    next_one = organiser.post(loose, data=sent, follow_redirects=True)
    assert "A paper without a code is kept" in read(next_one.text)
    assert '<option value="en" lang="en" selected>' in next_one.text  # the next of the pile is so too
    assert "is kept already" in read(organiser.post(loose, data=sent, follow_redirects=True).text)
    with house.database.reading() as session:
        uncoded = session.scalars(select(Response).where(Response.uncoded)).one()
        assert (uncoded.language, uncoded.answers) == ("en", {"overall": "2"})
    of_series = f"{HERE}/insatser/kurs/resultat/matning/efter/t1"
    assert "Beside them 1 paper without a code" in read(organiser.get(of_series).text)
    undo = f"{entry}/angra"
    taken = organiser.post(undo, data=forms_of(organiser.get(entry))[undo], follow_redirects=True)
    assert "paper without a code is taken back" in read(taken.text)

    refused = organiser.get(f"{entry}/papper?kod=ZZZZ-ZZZZ")
    assert (refused.status_code, "No paper of this mailing has that code" in refused.text) == (422, True)
    form = silent[0]
    opened = organiser.get(f"{entry}/papper?kod={form.code.lower()}")
    assert form.person.name not in unescape(opened.text)  # the code is all that is seen of the person
    ((address, hidden),) = [(to, held) for to, held in forms_of(opened).items() if "papper" in to]
    before = len(responses(house))

    # Enter in a field keeps nothing; a fault keeps what was typed.
    assert "checked" in organiser.post(address, data=hidden | {"look": "1", "q-overall": "3"}).text
    faulty = organiser.post(address, data=hidden | {"save": "1", "q-overall": "99", "q-more": "Bra dag"})
    assert (faulty.status_code, "Bra dag" in faulty.text) == (422, True)
    assert len(responses(house)) == before
    kept = organiser.post(address, data=hidden | {"save": "1", "q-overall": "3"}, follow_redirects=True)
    assert f"Paper {form.code[:4]}-{form.code[4:]} is kept" in read(kept.text)
    assert [given for source, given in responses(house) if source == "paper"] == [
        {"overall": "3", "theme": "A"}  # the theme is the register's
    ]

    # The same paper again is shown to be there, and changes nothing.
    again = organiser.get(f"{entry}/papper?kod={form.code}", follow_redirects=True)
    assert "has answered already" in read(again.text)
    measured = f"{HERE}/insatser/kurs/resultat/matning/efter/t1"
    assert "of which 1 was typed in from paper" in read(organiser.get(measured).text)

    # Where answers have names a person may be chosen; who did not answer so may not be asked all.
    with house.database.transaction() as session:
        mailing = session.get_one(Mailing, number)
        assert mailing.rule.questionnaire is not None
        mailing.rule.questionnaire.privacy_mode = "named"
    other = silent[1].person
    assert f'href="{entry}/papper?person={other.code}"' in organiser.get(entry).text
    assert other.name in unescape(organiser.get(f"{entry}/papper?person={other.code}").text)
    with house.database.transaction() as session:
        session.get_one(Mailing, number).rule.questionnaire.privacy_mode = "pseudonymous"  # type: ignore[union-attr]
    assert organiser.get(f"{entry}/papper?person={other.code}").status_code == 422

    undo = f"{entry}/angra"
    undone = organiser.post(undo, data=forms_of(kept)[undo], follow_redirects=True)
    assert "is taken back" in read(undone.text)
    assert len(responses(house)) == before
    assert "could not be taken back" in read(
        organiser.post(undo, data=forms_of(kept)[undo], follow_redirects=True).text
    )
