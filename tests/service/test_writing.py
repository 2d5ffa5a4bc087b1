"""Questionnaires written: drafts, versions, what is asked meanwhile, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from surveys.answers import responses, uncoded
from surveys.course import programme
from surveys.database import Database
from surveys.domain.questionnaire import digest
from surveys.exporting import programme_file
from surveys.importing.programme_file import read_programme
from surveys.installation import Installation
from surveys.models.deeds import Deed
from surveys.models.followup import FollowUpRule, Mailing
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.models.response import Response
from surveys.queries import answering, sheets
from surveys.queries import writing as queries
from surveys.running import access
from surveys.writing import drafts, keeping
from surveys.writing.drafts import BadForm, BadQuestionnaire, Changed, NoDraft, Wanted
from surveys.writing.faults import InUse, ThemesWithoutOccasion
from tests.support.forms import EVERY_KIND, NOW, Asked, ask, filled, local
from tests.support.small import small_programme
from tests.support.waiting import until

SIMPLE: dict[str, Any] = {
    "title": local("Hur gick det?"),
    "minutes": 1,
    "questions": [{"code": "said", "kind": "short_text", "text": local("Vad blev det?")}],
}
EMPTY = SIMPLE | {"questions": []}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def asked(installation: Installation) -> Asked:
    """Somebody who has the questionnaire *efter* to answer."""
    return ask(installation, "Anna")[0]


def project_id(db: Database) -> int:
    with db.reading() as session:
        return session.scalars(select(Project.id)).one()


def read(db: Database, code: str = "efter") -> Questionnaire | None:
    with db.reading() as session:
        found = session.scalar(select(Questionnaire).where(Questionnaire.code == code))
        if found is not None:
            assert found.versions is not None
        session.expunge_all()
        return found


def versions(db: Database, code: str = "efter") -> list[tuple[int, bool, str]]:
    """Number, whether it is a draft, and the Swedish title of each version."""
    found = read(db, code)
    assert found is not None
    return [(each.number, each.draft, each.content["title"]["sv"]) for each in found.versions]


def save(db: Database, document: dict[str, Any], seen: dict[str, Any], code: str = "efter") -> int:
    return drafts.save_draft(db, project_id(db), code, document, digest(seen), None, LATER)


def shown(installation: Installation, asked: Asked) -> str:
    """The title that whoever opens the link sees."""
    view = responses.open_form(installation.database, installation.keys, asked.public_id, asked.token, LATER)
    return view.form.title["sv"]


def deeds(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Deed.action).order_by(Deed.id)))


def test_a_draft_is_asked_of_nobody_before_it_is_taken_into_use(
    installation: Installation, asked: Asked
) -> None:
    db = installation.database
    answered = {"q-overall": ["4"]}
    responses.save(db, installation.keys, asked.public_id, asked.token, filled(answered, submit=False), NOW)
    changed = EVERY_KIND | {"title": local("Nytt namn")}
    assert save(db, changed, EVERY_KIND) == 2
    assert versions(db) == [(1, False, "Efter tillfället"), (2, True, "Nytt namn")]
    later = EVERY_KIND | {"title": local("Ännu ett namn")}
    assert save(db, later, changed) == 2
    assert shown(installation, asked) == "Efter tillfället"
    with pytest.raises(Changed):
        drafts.publish(db, project_id(db), "efter", digest(changed), None, LATER)
    assert drafts.publish(db, project_id(db), "efter", digest(later), None, LATER) == 2
    assert versions(db)[1] == (2, False, "Ännu ett namn")
    # Who has begun stays; who has not is asked the new one.
    assert shown(installation, asked) == "Efter tillfället"
    with db.transaction() as session:
        session.execute(delete(Response))
    assert shown(installation, asked) == "Ännu ett namn"
    assert deeds(db) == ["version_begun", "version_published"]


def test_the_first_answer_locks_a_version_until_then_the_draft_takes_its_place(
    installation: Installation, asked: Asked
) -> None:
    db, keys, link = installation.database, installation.keys, (asked.public_id, asked.token)
    before = responses.open_form(db, keys, *link, LATER)
    changed = EVERY_KIND | {"title": local("Nytt namn")}
    assert save(db, changed, EVERY_KIND) == 2
    found = read(db)
    assert found is not None
    assert found.becomes == 1
    assert drafts.publish(db, project_id(db), "efter", digest(changed), None, LATER) == 1
    assert versions(db) == [(1, False, "Nytt namn")]
    # The mail that was sent leads to the new questions; a page with the old ones sends nothing in.
    answer = {"q-overall": ["4"]}
    with pytest.raises(responses.FormChanged) as caught:
        responses.save(db, keys, *link, filled(answer, submit=False, version=before.version), LATER)
    assert (caught.value.view.form.title["sv"], caught.value.view.revision) == ("Nytt namn", 0)
    now_asked = caught.value.view.version
    responses.save(db, keys, *link, filled(answer, submit=False, version=now_asked), LATER)
    assert save(db, EVERY_KIND, changed) == 2
    assert drafts.publish(db, project_id(db), "efter", digest(EVERY_KIND), None, LATER) == 2
    assert shown(installation, asked) == "Nytt namn"


@pytest.mark.parametrize("paper", [False, True], ids=["page", "paper"])
def test_an_answer_that_comes_while_the_questions_change_is_not_kept_under_others(
    installation: Installation, asked: Asked, paper: bool
) -> None:
    db, keys, link = installation.database, installation.keys, (asked.public_id, asked.token)
    user = access.add_user(db, "lo@kurser.example", "Lo", "tre små gröna ekar")
    with db.reading() as session:
        mailing = session.scalars(select(Mailing)).one()
        where = mailing.rule.series.project_id, mailing.id
        seen = uncoded.sheet(session, mailing, LATER).version
    before, refused = responses.open_form(db, keys, *link, LATER), []
    fields = {"q-overall": ["4"]}

    def answer() -> None:
        try:
            if paper:
                uncoded.enter(db, *where, fields, "sv", seen, "the-page-that-is-sent", user, LATER)
            else:
                responses.save(db, keys, *link, filled(fields, version=before.version), LATER)
        except (responses.FormChanged, uncoded.Faulty) as fault:
            refused.append(fault)

    answering = threading.Thread(target=answer)
    with db.transaction() as session:
        held = queries.hold_unanswered(session, 1)
        assert held is not None
        changed = EVERY_KIND | {"title": local("Nytt namn")}
        held.content, held.digest = changed, digest(changed)
        session.flush()
        answering.start()
        if db.engine.dialect.name == "postgresql":  # SQLite has one writer at a time: it waits to begin
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            until(lambda: session.scalar(waiting))
    answering.join()
    (fault,) = refused
    if isinstance(fault, responses.FormChanged):
        assert fault.view.form.title["sv"] == "Nytt namn"
    else:
        assert fault.changed
    with db.reading() as session:
        assert session.scalar(select(Response)) is None


def test_a_page_that_is_read_while_the_questions_change_is_not_remembered_as_the_old_one(
    installation: Installation, asked: Asked
) -> None:
    db, keys = installation.database, installation.keys

    def change_to(document: dict[str, Any]) -> None:
        with db.transaction() as session:
            held = queries.hold_unanswered(session, 1)
            assert held is not None
            held.content, held.digest = document, digest(document)

    with db.looking() as connection:
        row = answering.asked(connection, keys, asked.public_id)
        assert row is not None
        change_to(EVERY_KIND | {"title": local("Nytt namn")})
        assert sheets.sheet_of(connection, row)[1].title["sv"] == "Nytt namn"
    change_to(EVERY_KIND)
    assert shown(installation, asked) == "Efter tillfället"


def test_two_who_write_at_once_overwrite_nothing(installation: Installation, asked: Asked) -> None:
    db = installation.database
    mine, hers = EVERY_KIND | {"minutes": 3}, EVERY_KIND | {"minutes": 4}
    save(db, hers, EVERY_KIND)
    with pytest.raises(Changed) as caught:
        save(db, mine, EVERY_KIND)
    assert (caught.value.document, caught.value.digest) == (hers, digest(hers))
    # The same again, as a double click sends it, is no conflict and no change.
    assert save(db, hers, EVERY_KIND) == 2
    assert save(db, EVERY_KIND | {"minutes": 5}, hers) == 2
    number = project_id(db)
    drafts.undo(db, number, "efter", digest(EVERY_KIND | {"minutes": 5}), None, LATER)
    found = read(db)
    assert found is not None
    assert found.draft is not None
    assert found.draft.content == hers
    drafts.undo(db, number, "efter", digest(hers), None, LATER)
    drafts.discard_draft(db, number, "efter", digest(EVERY_KIND | {"minutes": 5}), None, LATER)
    assert versions(db) == [(1, False, "Efter tillfället")]
    for call in (drafts.undo, drafts.publish, drafts.discard_draft):
        with pytest.raises(NoDraft):
            call(db, number, "efter", digest(EVERY_KIND), None, LATER)


def test_making_changing_and_removing(installation: Installation, asked: Asked) -> None:
    db = installation.database
    number = project_id(db)
    pair = [Wanted("fore", "pre", "pseudonymous", EMPTY), Wanted("slut", "post", "pseudonymous", SIMPLE)]
    assert drafts.create_set(db, number, pair, None, NOW) == ["fore", "slut"]
    for wanted, faults in (
        (replace(pair[0], code="Före"), {"code": "bad_code"}),
        (replace(pair[0], code="efter"), {"code": "code_taken"}),
        (
            replace(pair[0], code="x", wave="?", privacy_mode="?"),
            {"wave": "unknown_wave", "privacy_mode": "mode_not_offered"},
        ),
    ):
        with pytest.raises(BadQuestionnaire) as caught:
            drafts.create_questionnaire(db, number, wanted, None, NOW)
        assert caught.value.faults == faults
    faulty = [replace(pair[0], code="y"), replace(pair[0], code="z", document={})]
    with pytest.raises(BadForm):
        drafts.create_set(db, number, faulty, None, NOW)
    assert read(db, "y") is None
    with pytest.raises(BadForm):  # it asks nothing: to be mended before anybody is asked
        drafts.publish(db, number, "fore", digest(EMPTY), None, NOW)
    save(db, SIMPLE, EMPTY, "fore")
    assert "questionnaire_changed" not in deeds(db)  # the same sitting as the making
    keeping.change_settings(db, number, "fore", "innan", "pre", "named", None, NOW)
    drafts.publish(db, number, "innan", digest(SIMPLE), None, NOW)
    with pytest.raises(BadQuestionnaire) as caught:
        keeping.change_settings(db, number, "innan", "fore", "pre", "named", None, NOW)
    assert caught.value.faults == {"code": "code_in_use"}
    keeping.remove_questionnaire(db, number, "slut", None, NOW)
    assert read(db, "slut") is None
    with db.reading() as session:
        removed = session.scalars(select(Deed).where(Deed.action == "questionnaire_removed")).one()
        assert removed.subject.startswith("gone:questionnaire:")
    with pytest.raises(InUse) as used:
        keeping.remove_questionnaire(db, number, "efter", None, NOW)
    assert used.value.uses == keeping.Uses(("Kursen",), (), 0)


def test_what_answers_is_locked_and_keeps_its_mode(installation: Installation, asked: Asked) -> None:
    db = installation.database
    given = filled({"q-overall": ["4"]})
    responses.save(db, installation.keys, asked.public_id, asked.token, given, NOW)
    with pytest.raises(BadQuestionnaire) as caught:
        keeping.change_settings(db, project_id(db), "efter", "efter", "occasion", "named", None, NOW)
    assert caught.value.faults == {"privacy_mode": "privacy_mode_in_use"}
    assert save(db, SIMPLE, EVERY_KIND) == 2
    found = read(db)
    assert found is not None
    assert [each.locked_at for each in found.versions] == [NOW, None]


def test_themes_need_an_occasion(installation: Installation, asked: Asked) -> None:
    db = installation.database
    with db.transaction() as session:
        session.execute(update(FollowUpRule).values(anchor="series_end"))
    changed = EVERY_KIND | {"minutes": 9}
    save(db, changed, EVERY_KIND)
    with pytest.raises(ThemesWithoutOccasion) as caught:
        drafts.publish(db, project_id(db), "efter", digest(changed), None, NOW)
    assert caught.value.series == ("Kursen",)


def test_a_programme_file_carries_drafts_and_leaves_alone_those_it_does_not_know(
    installation: Installation, tmp_path: Path
) -> None:
    db, folder = installation.database, tmp_path / "liten"
    programme.load(db, small_programme(), NOW)
    number = project_id(db)
    drafts.create_questionnaire(db, number, Wanted("utkast", "other", "pseudonymous", SIMPLE), None, NOW)
    stored = read(db, "fore")
    assert stored is not None
    document = stored.versions[0].content
    drafts.save_draft(db, number, "fore", document | {"minutes": 9}, digest(document), None, NOW)
    # One that asks nothing yet, and one with a scale that is in no library.
    blank, points = Wanted("tom", "other", "pseudonymous", EMPTY), [{"code": "1", "label": local("Nej")}]
    scale = {"points": [*points, {"code": "2", "label": local("Ja")}], "top": 2}
    own = {"code": "own", "kind": "scale", "text": {"sv": "Bara på svenska?"}, "scale": scale}
    unsaid = Wanted("egen", "other", "pseudonymous", SIMPLE | {"questions": [own]})
    drafts.create_set(db, number, [blank, unsaid], None, NOW)
    dumped = programme.dump(db, "liten")
    assert {each.code: each.draft for each in dumped.programme.questionnaires}["utkast"]
    assert not programme.load(db, dumped, NOW).changed
    assert [each[:2] for each in versions(db, "fore")] == [(1, False), (2, True)]
    # Elsewhere the file makes the same, written and read; a draft that is there it replaces, with a way back.
    programme_file.write(dumped, folder)
    again = read_programme(folder / "liten.yaml")
    drafts.save_draft(db, number, "fore", EMPTY, digest(document | {"minutes": 9}), None, NOW)
    assert programme.load(db, again, NOW).changed
    draft = next(each for each in read(db, "fore").versions if each.draft)
    assert (draft.content["minutes"], draft.previous) == (9, EMPTY)
    assert not programme.load(db, again, NOW).changed
    # The file changes what has been answered: a version of its own, after the draft, which then comes last.
    with db.transaction() as session:
        in_use = QuestionnaireVersion.draft.is_(False)
        session.execute(update(QuestionnaireVersion).where(in_use).values(locked_at=NOW))
    entry = dumped.programme.questionnaires[0].model_copy(update={"minutes": 30})
    asks = [entry, *dumped.programme.questionnaires[1:]]
    newer = replace(dumped, programme=dumped.programme.model_copy(update={"questionnaires": asks}))
    programme.load(db, newer, NOW)
    assert [each[:2] for each in versions(db, "fore")] == [(1, False), (2, True), (3, False)]
    assert drafts.publish(db, number, "fore", digest(document | {"minutes": 9}), None, NOW) == 4
    assert [each[:2] for each in versions(db, "fore")] == [(1, False), (3, False), (4, False)]
