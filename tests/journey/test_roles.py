"""Every staff route × every role × own and another project. A route without an entry here fails."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from surveys.answers import outside_files, outside_rows, outside_saving
from surveys.course import programme
from surveys.domain import editing
from surveys.domain.figure_printed import Role
from surveys.domain.indicator_definition import Known
from surveys.domain.indicators import Kind
from surveys.domain.outside_table import Content, Source
from surveys.exporting import jobs
from surveys.followups import planning
from surveys.installation import Installation
from surveys.models.access import ROLES
from surveys.models.access import User as Account
from surveys.models.answer_key import AnswerKey
from surveys.models.followup import FollowUpRule, Invitation, Mailing
from surveys.models.message import Message
from surveys.models.outcome import OutcomeImport
from surveys.models.people import Enrolment, MailStop, Participant
from surveys.models.programme import Project, Series
from surveys.models.question_index import QuestionIndex
from surveys.models.questionnaire import Questionnaire
from surveys.models.returned import ReturnedMail
from surveys.queries import outside_answers as outside_queries
from surveys.register import own_page, people_import
from surveys.reporting import heading_sets, headings, reports
from surveys.reporting.words import Words
from surveys.results import indicator_acts, readings
from surveys.results.outside_keeping import add_table
from surveys.running import access
from surveys.web import guard
from surveys.writing import drafts
from tests.support.compiled import application
from tests.support.pages import forms_of
from tests.support.small import load_small, small_programme

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
AFTER_THE_FIRST = datetime(2027, 2, 2, 20, 0, tzinfo=UTC)
PASSWORD = "tre små gröna ekar"
P = "/projekt/<project>"
S = f"{P}/insatser/<series>"
OCCASION = f"{S}/tillfallen/<occasion>"
A = f"{S}/narvaro/<occasion>"
LINK = f"{P}/deltagare/<code>/lank/<int:invitation>"
Q = f"{P}/enkater/<questionnaire>"
UPLOAD = f"{S}/deltagare/importera/<upload>"
ENROLMENT = f"{P}/deltagare/<code>/deltagande/<int:enrolment>"
GOALS = f"{P}/resultat/indikatorer"
TEXTS = f"{P}/installningar/mejltexter"
TEXT = f"{TEXTS}/<kind>/<language>"
REPORTS = f"{P}/resultat/rapporter"
ANSWERS = f"{S}/resultat/svar-utifran/<taken>"
ANSWERS_BEGUN = f"{S}/resultat/svar-utifran/fil/<begun>"

KEY = "abcdefgh12345678"

# a administrator, o organiser, e evaluator, r reader, s supplier
EXPECTED = {
    "GET /projekt": "aoers",
    f"GET {P}": "aoers",
    f"GET {P}/logotyp": "aoer",
    f"GET {P}/insatser": "aoer",
    f"GET {S}": "aoer",
    f"GET {P}/ny-insats": "ao",
    f"POST {P}/ny-insats": "ao",
    f"GET {P}/tillfallen": "aoer",
    f"GET {S}/tillfallen": "aoer",
    f"GET {S}/andra": "ao",
    f"POST {S}/andra": "ao",
    f"GET {S}/ny-omgang": "ao",
    f"POST {S}/ny-omgang": "ao",
    f"GET {S}/ta-bort": "ao",
    f"POST {S}/ta-bort": "ao",
    f"POST {S}/stang-av": "ao",
    f"GET {S}/bekrafta": "ao",
    f"POST {S}/bekrafta": "ao",
    f"GET {S}/nytt-tillfalle": "ao",
    f"POST {S}/nytt-tillfalle": "ao",
    f"GET {S}/nya-tillfallen": "ao",
    f"POST {S}/nya-tillfallen": "ao",
    f"GET {OCCASION}": "ao",
    f"GET {OCCASION}/andra": "ao",
    f"POST {OCCASION}/andra": "ao",
    f"GET {OCCASION}/ta-bort": "ao",
    f"POST {OCCASION}/ta-bort": "ao",
    f"GET {OCCASION}/flytta": "ao",
    f"POST {OCCASION}/flytta": "ao",
    f"GET {OCCASION}/flytta-resten": "ao",
    f"POST {OCCASION}/flytta-resten": "ao",
    f"GET {OCCASION}/stall-in": "ao",
    f"POST {OCCASION}/stall-in": "ao",
    f"GET {OCCASION}/genomfor": "ao",
    f"POST {OCCASION}/genomfor": "ao",
    f"GET {S}/deltagare": "ao",
    f"GET {S}/narvaro": "ao",
    f"GET {A}": "ao",
    f"POST {A}": "ao",
    f"GET {A}/lista": "ao",
    f"GET {A}/narvaro.csv": "ao",
    f"GET {A}/fil": "ao",
    f"POST {A}/fil": "ao",
    f"POST {A}/fil/spara": "ao",
    f"GET {A}/koder": "ao",
    f"POST {A}/koder": "ao",
    f"GET {A}/qr": "ao",
    f"GET {A}/qr/dorr": "ao",
    f"GET {A}/qr/bild": "ao",
    f"GET {A}/qr/kod.svg": "ao",
    f"GET {A}/qr/ny": "ao",
    f"POST {A}/qr/ny": "ao",
    f"GET {S}/timmar.csv": "ao",
    f"GET {P}/timmar.csv": "ao",
    f"GET {P}/deltagare/<code>/retur/<int:returned>": "ao",
    f"GET {P}/deltagare/<code>/stopp/<int:stop>": "ao",
    f"POST {P}/deltagare/<code>/stopp/<int:stop>": "ao",
    f"GET {P}/deltagare/<code>/sida": "ao",
    f"POST {P}/deltagare/<code>/sida": "ao",
    f"GET {P}/kod/<page_id>": "ao",
    f"POST {P}/kod/<page_id>": "ao",
    f"GET {S}/regler": "ao",
    f"GET {S}/regler/ny": "ao",
    f"POST {S}/regler/ny": "ao",
    f"POST {S}/regler/visa": "ao",
    f"GET {S}/regler/<rule>/andra": "ao",
    f"POST {S}/regler/<rule>/andra": "ao",
    f"GET {S}/regler/<rule>/vaxla": "ao",
    f"POST {S}/regler/<rule>/vaxla": "ao",
    f"GET {S}/regler/<rule>/ta-bort": "ao",
    f"POST {S}/regler/<rule>/ta-bort": "ao",
    f"GET {S}/regler/<rule>/mottagare": "ao",
    f"GET {P}/utskick/<int:mailing>/mottagare": "ao",
    f"GET {S}/utskick": "ao",
    f"GET {P}/resultat": "aoer",
    f"GET {S}/resultat": "aoer",
    f"GET {S}/resultat/vagen": "aoer",
    f"GET {P}/resultat/personer": "aoer",
    f"GET {S}/resultat/matning/<rule>": "aoer",
    f"GET {S}/resultat/matning/<rule>/<place>": "aoer",
    f"GET {S}/resultat/fore-och-efter": "aoer",
    f"GET {S}/resultat/fritext": "aoer",
    f"GET {S}/resultat/fore-och-efter/index": "aoe",
    f"POST {S}/resultat/fore-och-efter/index": "aoe",
    f"GET {S}/resultat/fore-och-efter/index/<int:index>": "aoe",
    f"POST {S}/resultat/fore-och-efter/index/<int:index>": "aoe",
    f"POST {S}/resultat/fore-och-efter/index/<int:index>/ta-bort": "aoe",
    f"GET {S}/resultat/ord/<question>": "aoe",
    f"POST {S}/resultat/ord/<question>": "aoe",
    f"POST {S}/resultat/ord/<question>/ta-isar": "aoe",
    f"GET {S}/resultat/redovisning": "ae",
    f"POST {S}/resultat/redovisning": "ae",
    f"GET {S}/resultat/export": "aoe",
    f"POST {S}/resultat/export": "aoe",
    f"GET {S}/resultat/export/kodbok": "aoe",
    f"GET {S}/resultat/export/kodbok.pdf": "aoe",
    f"POST {S}/resultat/export/paket": "aoe",
    f"GET {S}/resultat/export/paket/<job>": "aoe",
    f"POST {S}/resultat/export/paket/<job>/hamta": "aoe",
    f"POST {S}/resultat/export/paket/<job>/bort": "aoe",
    f"GET {S}/resultat/uppdelning": "aoer",
    f"GET {P}/resultat/svar-utifran": "as",
    f"GET {S}/resultat/svar-utifran": "aoers",
    f"GET {S}/resultat/svar-utifran/ny": "aoes",
    f"POST {S}/resultat/svar-utifran/ny": "aoes",
    f"GET {ANSWERS}": "aoers",
    f"GET {ANSWERS_BEGUN}/kolumner": "aoes",
    f"POST {ANSWERS_BEGUN}/kolumner": "aoes",
    f"GET {ANSWERS_BEGUN}/varden": "aoes",
    f"POST {ANSWERS_BEGUN}/varden": "aoes",
    f"GET {ANSWERS_BEGUN}/granska": "aoes",
    f"POST {ANSWERS_BEGUN}/spara": "aoes",
    f"POST {ANSWERS_BEGUN}/avbryt": "aoes",
    f"GET {ANSWERS}/ta-ut": "aoes",
    f"POST {ANSWERS}/ta-ut": "aoes",
    f"GET {P}/resultat/sifferkontroll": "aoers",
    f"POST {P}/resultat/sifferkontroll": "aoers",
    f"GET {P}/resultat/utifran": "aoers",
    f"GET {P}/resultat/utifran/ny": "aoes",
    f"POST {P}/resultat/utifran/ny": "aoes",
    f"GET {P}/resultat/utifran/<table>": "aoers",
    f"GET {P}/resultat/utifran/<table>/andra": "aoes",
    f"POST {P}/resultat/utifran/<table>/andra": "aoes",
    f"GET {P}/resultat/utifran/<table>/ta-bort": "aoes",
    f"POST {P}/resultat/utifran/<table>/ta-bort": "aoes",
    f"GET {REPORTS}": "aoer",
    f"GET {REPORTS}/ny": "aoe",
    f"POST {REPORTS}/ny": "aoe",
    f"GET {REPORTS}/<report>": "aoer",
    f"GET {REPORTS}/<report>/rapport.docx": "aoer",
    f"GET {REPORTS}/<report>/rapport.pdf": "aoer",
    f"GET {REPORTS}/<report>/rapport.pptx": "aoer",
    f"GET {REPORTS}/<report>/siffror.xlsx": "aoer",
    f"POST {REPORTS}/<report>/igen": "aoe",
    f"GET {REPORTS}/<report>/signera": "aoe",
    f"POST {REPORTS}/<report>/signera": "aoe",
    f"GET {REPORTS}/<report>/ta-bort": "aoe",
    f"POST {REPORTS}/<report>/ta-bort": "aoe",
    f"GET {REPORTS}/<report>/rekommendationer": "aoe",
    f"POST {REPORTS}/<report>/rekommendationer": "aoe",
    f"GET {REPORTS}/<report>/uppfoljning": "aoe",
    f"POST {REPORTS}/<report>/uppfoljning": "aoe",
    f"GET {REPORTS}/mall": "aoe",
    f"POST {REPORTS}/mall": "aoe",
    f"GET {REPORTS}/mall.docx": "aoe",
    f"POST {REPORTS}/mall/ta-bort": "aoe",
    f"GET {REPORTS}/rubriker": "aoe",
    f"GET {REPORTS}/rubriker/ny": "aoe",
    f"POST {REPORTS}/rubriker/ny": "aoe",
    f"GET {REPORTS}/rubriker/<headings_set>": "aoe",
    f"POST {REPORTS}/rubriker/<headings_set>": "aoe",
    f"POST {REPORTS}/rubriker/<headings_set>/ta-bort": "aoe",
    f"GET {S}/loggar": "aoe",
    f"GET {P}/lardeloggar": "aoe",
    f"GET {P}/deltagare": "ao",
    f"GET {P}/deltagare/<code>": "ao",
    f"GET {LINK}/ny": "ao",
    f"POST {LINK}/ny": "ao",
    f"GET {LINK}/dra-tillbaka": "ao",
    f"POST {LINK}/dra-tillbaka": "ao",
    f"GET {S}/deltagare/importera": "ao",
    f"POST {S}/deltagare/importera": "ao",
    f"GET {S}/deltagare/importera/mall.csv": "ao",
    f"GET {UPLOAD}": "ao",
    f"GET {UPLOAD}/felaktiga.csv": "ao",
    f"GET {UPLOAD}/kolumner": "ao",
    f"POST {UPLOAD}/kolumner": "ao",
    f"POST {UPLOAD}/organisationer": "ao",
    f"POST {UPLOAD}/spara": "ao",
    f"POST {UPLOAD}/avbryt": "ao",
    f"GET {S}/deltagare/ny": "ao",
    f"POST {S}/deltagare/ny": "ao",
    f"GET {P}/deltagare/<code>/andra": "ao",
    f"POST {P}/deltagare/<code>/andra": "ao",
    f"GET {P}/deltagare/<code>/anmal": "ao",
    f"POST {P}/deltagare/<code>/anmal": "ao",
    f"GET {P}/deltagare/<code>/ta-bort": "ao",
    f"POST {P}/deltagare/<code>/ta-bort": "ao",
    f"GET {ENROLMENT}": "ao",
    f"POST {ENROLMENT}": "ao",
    f"POST {ENROLMENT}/ta-bort": "ao",
    f"POST {ENROLMENT}/utfall": "ao",
    f"POST {ENROLMENT}/utfall/<int:outcome>/ta-bort": "ao",
    f"GET {GOALS}": "aoer",
    f"GET {GOALS}/ny": "aoe",
    f"POST {GOALS}/ny": "aoe",
    f"GET {GOALS}/<indicator>": "aoer",
    f"GET {GOALS}/<indicator>/revidera": "aoe",
    f"POST {GOALS}/<indicator>/revidera": "aoe",
    f"POST {GOALS}/<indicator>/las-av": "aoe",
    f"POST {GOALS}/<indicator>/utfall": "aoe",
    f"POST {GOALS}/<indicator>/produkter": "aoe",
    f"POST {GOALS}/<indicator>/produkter/<int:entry>/ta-bort": "aoe",
    f"POST {GOALS}/<indicator>/grunder": "aoe",
    f"POST {GOALS}/<indicator>/grunder/<int:note>/ta-bort": "aoe",
    f"GET {GOALS}/<indicator>/ta-bort": "aoe",
    f"POST {GOALS}/<indicator>/ta-bort": "aoe",
    f"GET {P}/enkater": "aoer",
    f"GET {P}/enkater/importera": "ao",
    f"POST {P}/enkater/importera": "ao",
    f"POST {P}/enkater/importera/spara": "ao",
    f"GET {P}/enkater/<questionnaire>/xlsform.xlsx": "aoe",
    f"GET {P}/enkater/<questionnaire>": "aoer",
    f"GET {P}/enkater/ny": "ao",
    f"POST {P}/enkater/ny": "ao",
    f"GET {P}/enkater/skalor": "ao",
    f"GET {P}/enkater/skalor/ny": "ao",
    f"POST {P}/enkater/skalor/ny": "ao",
    f"GET {P}/enkater/skalor/<scale>": "ao",
    f"POST {P}/enkater/skalor/<scale>": "ao",
    f"GET {Q}/version/<int:number>": "aoer",
    f"GET {Q}/jamfor": "aoer",
    f"GET {Q}/prova": "ao",
    f"POST {Q}/prova": "ao",
    f"GET {Q}/installningar": "ao",
    f"POST {Q}/installningar": "ao",
    f"GET {Q}/ta-bort": "ao",
    f"POST {Q}/ta-bort": "ao",
    f"GET {Q}/skriv": "ao",
    f"POST {Q}/skriv": "ao",
    f"GET {Q}/skriv/borja": "ao",
    f"POST {Q}/skriv/borja": "ao",
    f"GET {Q}/skriv/kasta": "ao",
    f"POST {Q}/skriv/kasta": "ao",
    f"GET {Q}/skriv/text": "ao",
    f"POST {Q}/skriv/text": "ao",
    f"GET {Q}/skriv/grupp": "ao",
    f"POST {Q}/skriv/grupp": "ao",
    f"GET {Q}/skriv/grupp/<group>": "ao",
    f"POST {Q}/skriv/grupp/<group>": "ao",
    f"GET {Q}/skriv/fraga": "ao",
    f"POST {Q}/skriv/fraga": "ao",
    f"GET {Q}/skriv/fraga/<question>": "ao",
    f"POST {Q}/skriv/fraga/<question>": "ao",
    f"GET {P}/enkater/<questionnaire>/texter": "ao",
    f"GET {P}/installningar/sprak": "ao",
    f"POST {P}/installningar/sprak": "ao",
    f"POST {P}/enkater/<questionnaire>/texter": "ao",
    f"POST {P}/enkater/<questionnaire>/texter/ofullstandig": "ao",
    f"GET {P}/enkater/<questionnaire>/texter/<language>/ta-bort": "ao",
    f"POST {P}/enkater/<questionnaire>/texter/<language>/ta-bort": "ao",
    f"GET {P}/enkater/<questionnaire>/texter/fil.xlsx": "ao",
    f"GET {P}/enkater/<questionnaire>/texter/fil": "ao",
    f"POST {P}/enkater/<questionnaire>/texter/fil": "ao",
    f"POST {P}/enkater/<questionnaire>/texter/fil/spara": "ao",
    f"GET {P}/utskick": "ao",
    f"GET {P}/utskick/<int:mailing>": "ao",
    f"GET {P}/utskick/<int:mailing>/<act>": "ao",
    f"POST {P}/utskick/<int:mailing>/<act>": "ao",
    f"GET {P}/utskick/mejl/<int:message>": "ao",
    f"GET {P}/utskick/mejl/<int:message>/<act>": "ao",
    f"POST {P}/utskick/mejl/<int:message>/<act>": "ao",
    f"GET {P}/utskick/ej-svarat": "ao",
    f"GET {P}/utskick/<int:mailing>/ej-svarat": "ao",
    f"POST {P}/utskick/<int:mailing>/ej-svarat": "ao",
    f"GET {P}/utskick/<int:mailing>/ej-svarat.csv": "ao",
    f"GET {P}/utskick/<int:mailing>/forhandsvisning": "ao",
    f"POST {P}/utskick/<int:mailing>/forhandsvisning": "ao",
    f"GET {P}/utskick/<int:mailing>/papper": "ao",
    f"POST {P}/utskick/<int:mailing>/papper": "ao",
    f"GET {P}/utskick/<int:mailing>/papper.pdf": "ao",
    f"GET {P}/enkatinmatning": "ao",
    f"GET {P}/enkatinmatning/<int:mailing>": "ao",
    f"GET {P}/enkatinmatning/<int:mailing>/papper": "ao",
    f"POST {P}/enkatinmatning/<int:mailing>/papper": "ao",
    f"POST {P}/enkatinmatning/<int:mailing>/angra": "ao",
    f"GET {P}/enkatinmatning/<int:mailing>/utan-kod": "ao",
    f"POST {P}/enkatinmatning/<int:mailing>/utan-kod": "ao",
    f"GET {P}/enkater/<questionnaire>/papper.pdf": "aoer",
    f"POST {P}/utskick/fortsatt": "ao",
    f"GET {P}/utskick/stopp": "ao",
    f"POST {P}/utskick/stopp": "ao",
    f"GET {P}/deltagare/<code>/utskick": "ao",
    f"GET {P}/installningar/personuppgifter": "ao",
    f"POST {P}/installningar/personuppgifter": "ao",
    f"GET {P}/installningar/nycklar": "ao",
    f"GET {P}/installningar/nycklar/<key>/forstor": "ao",
    f"POST {P}/installningar/nycklar/<key>/forstor": "ao",
    f"GET {P}/installningar/utskick": "ao",
    f"POST {P}/installningar/utskick": "ao",
    f"GET {P}/installningar/gjort": "ao",
    f"GET {P}/installningar/utfall": "ao",
    f"POST {P}/installningar/utfall": "ao",
    f"POST {P}/installningar/utfall/<int:number>": "ao",
    f"GET {P}/installningar/utfall/mall.csv": "ao",
    f"GET {P}/installningar/utfall/fil": "ao",
    f"POST {P}/installningar/utfall/fil": "ao",
    f"POST {P}/installningar/utfall/fil/spara": "ao",
    f"POST {P}/installningar/utfall/fil/<int:file>/angra": "ao",
    f"GET {P}/installningar/organisationer": "ao",
    f"GET {P}/installningar/organisationer/<organisation>": "ao",
    f"POST {P}/installningar/organisationer/<organisation>": "ao",
    f"GET {TEXTS}": "ao",
    f"GET {TEXT}": "ao",
    f"POST {TEXT}": "ao",
    f"GET {TEXT}/aterstall": "ao",
    f"POST {TEXT}/aterstall": "ao",
    f"GET {P}/installningar": "ao",
    f"POST {P}/installningar": "ao",
    f"POST {P}/installningar/logotyp": "ao",
    f"POST {P}/installningar/logotyp/ta-bort": "ao",
}
PUBLIC = {
    "/",
    "/brevlada",  # guarded by itself: this machine alone, demo alone
    "/brevlada/<name>",
    "/brevlada/<name>/<int:number>",
    "/favicon.ico",
    "/halsa",
    "/health",
    "/interface",
    "/logga-in",
    "/logga-ut",
    "/personuppgifter",
    "/personuppgifter/<code>",
    "/static/<path:filename>",
    "/tillganglighet",
}
# Both projects have something that is called so.
IN_BOTH = {
    "project",
    "questionnaire",
    "kind",
    "language",
    "number",
    "question",
    "group",
    "scale",
    "organisation",
}
# Pages that are empty in this programme are a 404 to everyone; the role is still checked first.
BUNDLE = f"{S}/resultat/export/paket/<job>"
# An archive is for those alone who have the rights that it was made with.
WORDS = f"{S}/resultat/ord/<question>"
NOTHING_THERE = {
    f"GET {P}/logotyp",
    f"GET {BUNDLE}",
    f"POST {BUNDLE}/hamta",
    f"POST {BUNDLE}/bort",
    f"GET {WORDS}",
    f"POST {WORDS}",
    f"POST {WORDS}/ta-isar",
}


# A supplier gets none but the tables and files of their own; those of these addresses are another's.
ANOTHERS = {
    name for name, roles in EXPECTED.items() if "s" in roles and ("<table>" in name or "<taken>" in name)
}


@pytest.fixture
def settings_changes() -> dict[str, Any]:
    return {"demo": True}


@pytest.fixture
def values(sqlite_installation: Installation) -> dict[str, object]:
    """What stands for each variable of an address: things of the project *liten*."""
    installation = sqlite_installation
    load_small(installation, NOW)
    with_a_group(installation)
    programme.load(installation.database, another_programme(), NOW)
    while planning.expand_next(installation.database, installation.keys, AFTER_THE_FIRST):
        pass
    with installation.database.transaction() as session:
        person = session.scalars(select(Participant).where(Participant.code == "p01")).one()
        page_id = own_page.page_of(session, installation.keys, person.id).public_id
        came_back = ReturnedMail(
            digest="0" * 64, kind="auto_reply", received_at=NOW, participant_id=person.id
        )
        ended = MailStop(participant_id=person.id, scope="reminders", source="unsubscribe", stopped_at=NOW)
        series = session.scalars(select(Series).where(Series.code == "kurs")).first()
        assert series is not None
        key = AnswerKey(name=KEY, scope="sealed:1", mode="sealed", series_id=series.id, made_at=NOW)
        index = QuestionIndex(
            series_id=series.id, name="Index", questions=["a", "b"], minimum=1, declared_at=NOW
        )
        session.add_all([came_back, ended, key, index])
        session.flush()
        index_id = index.id
        returned, stop = came_back.id, ended.id
    upload, table = a_file_of_people(installation), a_table_from_elsewhere(installation)
    job = a_bundle(installation)
    report, headings_set = a_signed_report(installation)
    with installation.database.reading() as session:
        of_p01 = select(Invitation.id).join(Invitation.enrolment).join(Enrolment.participant)
        return {
            "series": "kurs",
            "code": "p01",
            "questionnaire": "fore",
            "number": 1,
            "question": "knows",
            "group": "all",
            "scale": "grad4",
            "rule": "efter",
            "place": "t1",
            "occasion": "t1",
            "page_id": page_id,
            "key": KEY,
            "returned": returned,
            "stop": stop,
            "invitation": session.scalars(of_p01.where(Participant.code == "p01")).first(),
            "mailing": session.scalars(
                select(Mailing.id)
                .where(Mailing.step == 0)
                .join(Mailing.rule)
                .where(FollowUpRule.code == "efter")
            ).first(),
            "upload": upload,
            "taken": answers_from_elsewhere(installation, taken=True),
            "begun": answers_from_elsewhere(installation, taken=False),
            "job": job,
            "table": table,
            "report": report,
            "headings_set": headings_set,
            "enrolment": session.scalars(
                select(Enrolment.id).join(Enrolment.participant).where(Participant.code == "p01")
            ).first(),
            "outcome": 1,
            "organisation": "af",
            "index": index_id,
            "indicator": an_indicator(installation),
            "entry": 1,
            "note": 1,
            "file": a_file_of_outcomes(installation),
            "message": session.scalars(select(Message.id).where(Message.kind == "invitation")).first(),
            "act": "hoppa-over",
            "kind": "invitation",
            "language": "sv",
        }


@pytest.fixture
def app(sqlite_installation: Installation, values: dict[str, object]) -> Iterator[Flask]:
    with application(sqlite_installation.settings) as app:
        yield app


def an_indicator(installation: Installation) -> str:
    """One from outside with a figure, so that it cannot be removed."""
    db = installation.database
    with db.reading() as session:
        project = session.scalars(select(Series.project_id)).first()
    raw = {"title": "Förtroende", "unit": "procent", "reads_on": "2027-06-30", "decided_on": "2027-01-01"}
    known = Known((), (), {}, 5)
    code = indicator_acts.add_indicator(db, project, Kind.OUTSIDE, raw, {}, known, None, NOW)
    readings.type_reading(db, project, code, {"value": "61", "on": "2026-12-31", "source": "SOM"}, None, NOW)
    return code


def a_signed_report(installation: Installation) -> tuple[str, str]:
    """A report that readers see too, and a set of headings."""
    db = installation.database
    with db.reading() as session:
        project = session.scalars(select(Project.id).where(Project.code == "liten")).one()
        user = session.scalars(select(Account.id)).first()
        assert user is not None
    sections = headings.default_set("interim", Words("sv"))
    order = reports.Order("interim", "sv", "Delrapport", ("kurs",), sections)
    made = reports.make(db, project, order, user, NOW)
    reports.sign(db, project, made, user, NOW)
    return made, heading_sets.keep(db, project, "", "ESF", "sv", sections, user, NOW)


def a_file_of_people(installation: Installation) -> str:
    access.add_user(installation.database, "den@liten.example", "Den som laddar upp", PASSWORD)
    with installation.database.reading() as session:
        series = session.scalars(select(Series.id)).first()
        user = session.scalars(select(Account.id)).first()
    content = b"Namn;E-post\nNils Ny;nils@ny.example\n"
    return people_import.upload(installation.database, series, user, "ny.csv", content, NOW)


def a_file_of_outcomes(installation: Installation) -> int:
    with installation.database.transaction() as session:
        project = session.scalars(select(Series.project_id)).first()
        user = session.scalars(select(Account.id)).first()
        file = OutcomeImport(project_id=project, user_id=user, made_at=NOW, file_name="utfall.csv", added=0)
        session.add(file)
        session.flush()
        return file.id


def answers_from_elsewhere(installation: Installation, taken: bool) -> str:
    """A file of answers that others have collected, taken in or only begun."""
    db = installation.database
    with db.reading() as session:
        series = session.scalars(select(Series.id)).first()
        assert series is not None
    source = {"name": "Förra enkäten", "collected_by": "Konsulten", "collected_on": "2026-12-01"}
    fields = source | {"questionnaire": "fore", "wave": "pre"}
    made = outside_files.begin(db, series, fields, "svar.csv", b"kod;knows\np01;1\n", None, NOW)
    if taken:
        with db.reading() as session:
            row = outside_queries.one(session, series, made)
            assert row is not None
            shown = outside_rows.sort_rows(session, outside_files.opened(session, row)).counted
        outside_saving.save(db, installation.keys, series, made, asdict(shown), False, "keep", None, NOW)
    return made


def a_table_from_elsewhere(installation: Installation) -> str:
    with installation.database.reading() as session:
        project = session.scalars(select(Series.project_id)).first()
    content = Content(
        title="Förra rapporten",
        kind="other",
        source=Source("Utvärderaren"),
        head=("", "Svar"),
        rows=(("A", "28 av 34 (85 %)"),),
        roles=(Role.LABEL, Role.COUNT),
    )
    return add_table(installation.database, project, content, None, None, NOW)


def with_a_group(installation: Installation) -> None:
    """Give the questionnaire "fore" a group of questions, in its draft."""
    with installation.database.reading() as session:
        stored = session.scalars(select(Questionnaire).where(Questionnaire.code == "fore")).one()
        project, document, digest = stored.project_id, stored.written.content, stored.written.digest
    grouped = editing.with_group(document, {"code": "all", "title": {"sv": "Allt"}}, ["knows", "expects"])
    drafts.save_draft(installation.database, project, "fore", grouped, digest, None, NOW)


def another_programme() -> Any:
    """A second project that has nothing of the first one's."""
    whole = small_programme()
    project = whole.programme.project.model_copy(update={"code": "annan", "title": "Ett annat projekt"})
    bare = whole.programme.model_copy(update={"project": project, "series": []})
    return replace(whole, programme=bare, people={}, enrolments={}, attendance={})


class User:
    """A signed-in browser whose POSTs carry the token of its forms, so that they reach the guard."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._token = forms_of(client.get("/projekt"))["/logga-ut"]["csrf_token"]

    def open(self, method: str, address: str) -> TestResponse:
        return self._client.open(address, method=method, data={"csrf_token": self._token}, buffered=True)


def a_bundle(installation: Installation) -> str:
    with installation.database.reading() as session:
        where = select(Series.id, Series.project_id).where(Series.code == "kurs").limit(1)
        series, project = session.execute(where).one()
        user = session.scalars(select(Account.id).limit(1)).one()
    return jobs.order(installation.database, series, project, user, True, "sv", "sv", NOW)


def signed_in(app: Flask, project: str, role: str) -> User:
    db = app.extensions["folja"].database
    email = f"{role}@{project}.example"
    access.add_user(db, email, role, PASSWORD)
    access.set_role(db, email, project, role)
    client = app.test_client()
    fields = forms_of(client.get("/logga-in"))["/logga-in"]
    answer = client.post("/logga-in", data=fields | {"email": email, "password": PASSWORD})
    assert answer.status_code == 303
    return User(client)


def staff_routes(app: Flask) -> list[tuple[str, Rule, frozenset[str]]]:
    """(method and address, rule, roles) of every staff route."""
    return [
        (f"{method} {rule.rule}", rule, audience.roles)
        for rule, audience in guard.routes(app)
        if audience is not None and audience.kind == "staff"
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def address(app: Flask, rule: Rule, project: str, values: dict[str, object]) -> str:
    missing = rule.arguments - values.keys() - {"project"}
    assert not missing, f"{rule.rule}: tell this test what stands for {missing}"
    chosen = {name: values[name] for name in rule.arguments if name != "project"}
    if "project" in rule.arguments:
        chosen["project"] = project
    with app.test_request_context():
        return app.url_for(rule.endpoint, _external=False, **chosen)


def test_every_staff_route_has_an_entry_with_its_roles(app: Flask) -> None:
    initials = {role[0]: role for role in ROLES}
    found = {name: roles for name, _, roles in staff_routes(app)}
    assert found == {name: {initials[letter] for letter in letters} for name, letters in EXPECTED.items()}


def test_everything_else_is_public_or_a_participant_s(app: Flask) -> None:
    for rule, audience in guard.routes(app):
        assert audience is not None
        if audience.kind == "public":
            assert rule.rule in PUBLIC
        elif audience.kind == "participant":
            assert rule.rule.startswith(
                ("/s/", "/svar/", "/l/", "/logg/", "/avsluta/", "/min/", "/t/", "/ny-lank")
            ), rule.rule


def test_a_view_without_an_audience_stops_the_application(app: Flask) -> None:
    app.add_url_rule("/oppet", "forgotten", lambda: "")
    with pytest.raises(guard.UnguardedRoute, match="/oppet"):
        guard.check_every_route(app)


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_in_one_s_own_project(app: Flask, values: dict[str, object], role: str) -> None:
    client = signed_in(app, "liten", role)
    wrong = {}
    for name, rule, _ in staff_routes(app):
        answer = client.open(name.partition(" ")[0], address(app, rule, "liten", values))
        admitted = answer.status_code != 404
        expected = role[0] in EXPECTED[name] and not (role == "supplier" and name in ANOTHERS)
        if name not in NOTHING_THERE and admitted != expected:
            wrong[name] = answer.status_code
        assert answer.status_code < 500, name
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix_in_another_project(app: Flask, values: dict[str, object], role: str) -> None:
    client = signed_in(app, "annan", role)
    for name, rule, _ in staff_routes(app):
        if "project" not in rule.arguments:
            continue
        method = name.partition(" ")[0]
        answer = client.open(method, address(app, rule, "liten", values))
        assert answer.status_code == 404, name
        if rule.arguments - IN_BOTH:
            # Under one's own project, but with a thing that is another's.
            answer = client.open(method, address(app, rule, "annan", values))
            assert answer.status_code == 404, f"{name} with another project's object"


def test_nobody_who_is_not_signed_in_sees_anything(app: Flask, values: dict[str, object]) -> None:
    client = app.test_client()
    for name, rule, _ in staff_routes(app):
        for project in ("liten", "finns-inte"):
            answer = client.open(address(app, rule, project, values), method=name.partition(" ")[0])
            assert answer.status_code == 303, name
            assert answer.location.startswith("/logga-in"), name


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_shows_what_can_be_opened_and_no_more(app: Flask, role: str) -> None:
    client = signed_in(app, "liten", role)
    page = client.open("GET", "/projekt/liten").text
    for section in (
        "insatser",
        "deltagare",
        "enkater",
        "utskick",
        "resultat",
        "lardeloggar",
        "installningar",
    ):
        there = client.open("GET", f"/projekt/liten/{section}").status_code == 200
        assert (f'<a href="/projekt/liten/{section}"' in page) == there, section
