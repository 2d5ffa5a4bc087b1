"""Which languages a project uses: those of its mails and participants, the first being its default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from surveys.catalogues import is_known
from surveys.database import Database
from surveys.domain.translating import missing
from surveys.models.deeds import Deed
from surveys.models.programme import Project
from surveys.models.questionnaire import Questionnaire
from surveys.queries import languages as queries
from surveys.queries import projects

MOST = 12


@dataclass(frozen=True)
class LanguageFault:
    """Why the languages cannot be so: ``code`` is unknown_language, too_many, has_readers (``count``
    participants read it) or untranslated (``questionnaires`` in use lack texts in it, by their codes).
    """

    code: str
    language: str = ""
    count: int = 0
    questionnaires: tuple[str, ...] = ()


class BadLanguages(ValueError):
    """The languages that were wanted cannot be; ``faults`` says why, nothing was changed."""

    code = "bad_languages"

    def __init__(self, faults: Sequence[LanguageFault]) -> None:
        super().__init__("; ".join(f"{each.language}: {each.code}" for each in faults))
        self.faults = tuple(faults)


def change_languages(
    db: Database, project_id: int, wanted: Sequence[str], user_id: int | None, now: datetime
) -> list[str]:
    """Let the project use ``wanted`` beside its default, which stays; returns all of them.

    A language can be added once every questionnaire in use has its texts in it or may be sent without, and
    taken away when nobody reads it. A change leaves a deed. Raises :class:`BadLanguages`.
    """
    with db.transaction() as session:
        project = projects.hold_project(session, project_id)
        languages = list(dict.fromkeys((project.languages[0], *wanted)))
        if faults := [*_added(session, project, languages), *_taken_away(session, project, languages)]:
            raise BadLanguages(faults)
        if languages != project.languages:
            session.add(_deed(project, languages, user_id, now))
        project.languages = languages
        return languages


def _deed(project: Project, languages: Sequence[str], user_id: int | None, now: datetime) -> Deed:
    before, after = list(project.languages), list(languages)
    return Deed(
        project_id=project.id,
        user_id=user_id,
        done_at=now,
        action="languages_changed",
        subject=f"project:{project.id}",
        why=f"{', '.join(before)} → {', '.join(after)}",
        details={"before": before, "after": after},
    )


def _added(session: Session, project: Project, languages: Sequence[str]) -> list[LanguageFault]:
    if len(languages) > MOST:
        return [LanguageFault("too_many", count=MOST)]
    faults = []
    used = projects.questionnaires_of(session, project.id)
    for language in languages:
        if language in project.languages:
            continue
        if not is_known(language):
            faults.append(LanguageFault("unknown_language", language))
        elif lacking := tuple(each.code for each in used if _lacks(each, language)):
            faults.append(LanguageFault("untranslated", language, questionnaires=lacking))
    return faults


def _taken_away(session: Session, project: Project, languages: Sequence[str]) -> list[LanguageFault]:
    readers = queries.readers(session, project.id)
    gone = [each for each in project.languages if each not in languages]
    return [LanguageFault("has_readers", each, readers[each]) for each in gone if readers.get(each)]


def _lacks(questionnaire: Questionnaire, language: str) -> bool:
    version = questionnaire.in_use
    if version is None or version.content.get("partly_translated"):
        return False
    return bool(missing(version.content, [language]))
