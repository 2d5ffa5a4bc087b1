"""A project's own wording of its mails, on both databases; and ours as what one may begin from."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys.catalogues import catalogue, languages
from surveys.config import Settings
from surveys.database import Database
from surveys.domain import wording
from surveys.installation import Installation
from surveys.mail.office import Office
from surveys.mail.outgoing import Wording
from surveys.mail.specimens import built_in
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.models.texts import MailText
from surveys.outbox import mail_texts
from surveys.outbox.mail_texts import KINDS, BadMailText, MailTextConflict, UnknownMailText
from tests.support.books import a_project

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
BUILT_IN = mail_texts.mark_of(None)
OURS = Wording("{title}, {project}", "Hej {name}\r\n\r\nSvara här:\n{link}\n")
KEPT = Wording("{title}, {project}", "Hej {name}\n\nSvara här:\n{link}")


class Texts:
    """The texts of one project."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.transaction() as session:
            project = a_project()
            session.add(project)
            session.flush()
            self.project_id = project.id

    def change(self, wanted: Wording, seen: str, kind: str = "invitation", language: str = "sv") -> Wording:
        return mail_texts.change(self.db, self.project_id, kind, language, wanted, seen, None, NOW)

    def restore(self, seen: str) -> None:
        mail_texts.restore(self.db, self.project_id, "invitation", "sv", seen, None, NOW)

    def stored(self) -> list[Wording]:
        with self.db.reading() as session:
            return [Wording(each.subject, each.body) for each in session.scalars(select(MailText))]

    def deeds(self) -> list[Deed]:
        with self.db.reading() as session:
            found = list(session.scalars(select(Deed).order_by(Deed.id)))
            session.expunge_all()
            return found


@pytest.fixture
def texts(installation: Installation) -> Texts:
    return Texts(installation.database)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder: Path = tmp_path_factory.mktemp("office")
    return Office(Settings(instance=folder, database_url="", base_url="https://folja.example"))


def test_a_text_is_kept_cleaned_and_can_be_taken_back(texts: Texts) -> None:
    assert texts.change(OURS, BUILT_IN) == KEPT
    assert texts.stored() == [KEPT]
    texts.restore(mail_texts.mark_of(KEPT))
    assert texts.stored() == []
    texts.restore("whatever")  # there is nothing to take back
    assert [each.action for each in texts.deeds()] == ["mail_text", "mail_text"]
    assert (texts.deeds()[1].details or {})["after"] is None


def test_saved_twice_it_is_one_text_and_one_deed(texts: Texts) -> None:
    texts.change(OURS, BUILT_IN)
    texts.change(OURS, BUILT_IN)
    assert texts.stored() == [KEPT]
    assert len(texts.deeds()) == 1


def test_two_at_the_same_text(texts: Texts) -> None:
    texts.change(OURS, BUILT_IN)
    other = Wording("En annan", "{link}")
    with pytest.raises(MailTextConflict) as conflict:
        texts.change(other, BUILT_IN)
    assert conflict.value.stored == KEPT
    with pytest.raises(MailTextConflict):
        texts.restore(BUILT_IN)
    assert texts.stored() == [KEPT]
    texts.change(other, mail_texts.mark_of(KEPT))
    assert texts.stored() == [other]


@pytest.mark.parametrize(
    ("kind", "language"), [("test", "sv"), ("", "sv"), ("invitation", "xx"), ("\0", "\0")]
)
def test_no_such_text(texts: Texts, kind: str, language: str) -> None:
    with pytest.raises(UnknownMailText):
        texts.change(OURS, BUILT_IN, kind, language)


@pytest.mark.parametrize(
    ("field", "text", "code", "what"),
    [
        ("subject", " \n ", "blank", ""),
        ("subject", "Till {name}", "unknown_field", "{name}"),
        ("subject", "{link}", "unknown_field", "{link}"),
        ("subject", "x" * 201, "too_long", ""),
        ("subject", "a\0b", "bad_characters", ""),
        ("body", "", "blank", ""),
        ("body", "Hej {namn} {link}", "unknown_field", "{namn}"),
        ("body", "{} {link}", "unknown_field", "{}"),
        ("body", "{0} {link}", "unknown_field", "{0}"),
        ("body", "{name.__class__} {link}", "unknown_field", "{name.__class__}"),
        ("body", "{name!r} {link}", "unknown_field", "{name!r}"),
        ("body", "{name:>99999999} {link}", "unknown_field", "{name:>99999999}"),
        ("body", "{name {link}", "unknown_field", None),
        ("body", "{link} }", "unbalanced_brace", ""),
        ("body", "{link} {", "unbalanced_brace", ""),
        ("body", "{{link}}", "link_missing", "{link}"),
        ("body", "Hej {name}", "link_missing", "{link}"),
        ("body", "{link} \ud800", "bad_characters", ""),
        ("body", "{link}" + "x" * 10_000, "too_long", ""),
        ("body", "{link} {before}", "unknown_field", "{before}"),
    ],
)
def test_what_cannot_be_a_mail_is_refused_and_nothing_is_kept(
    texts: Texts, field: str, text: str, code: str, what: str | None
) -> None:
    wanted = Wording(text, KEPT.body) if field == "subject" else Wording(KEPT.subject, text)
    with pytest.raises(BadMailText) as bad:
        texts.change(wanted, BUILT_IN)
    fault = bad.value.faults[field]
    assert (fault.code, set(bad.value.faults)) == (code, {field}) or what is None
    assert what is None or fault.what == what
    assert texts.stored() == []


@pytest.mark.parametrize("language", list(languages()))
@pytest.mark.parametrize("kind", KINDS)
def test_ours_is_a_text_that_may_be_saved_as_it_is(office: Office, kind: str, language: str) -> None:
    ours = built_in(office, kind, language)
    assert wording.subject_fault(kind, ours.subject) is None, ours
    assert wording.body_fault(kind, ours.body) is None, ours
    project = Project(
        code="prov", title="Provprojektet", sender_name="Prov", reply_to="p@prov.example",
        timezone="Europe/Stockholm", emblem="eu_funded",
    )  # fmt: skip
    own, theirs = (mail_texts.preview(office, project, kind, language, text, NOW) for text in (ours, None))
    assert own.subject == theirs.subject
    assert "{" not in own.text + own.subject
    assert catalogue(language).gettext("Kim Example") in own.text
    # The same is said, though perhaps on other lines.
    missing = set(theirs.text.split()) - set(own.text.split())
    assert len(missing) < 10, missing


def test_a_text_for_a_language_without_a_catalogue_begins_in_swedish(office: Office) -> None:
    assert built_in(office, "own_page", "so") == built_in(office, "own_page", "sv")
