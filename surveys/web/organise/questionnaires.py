"""The questionnaires of a project: which there are, what is asked now, their versions side by side."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, g, request

from surveys.domain.comparison import Compared, Likeness, compare
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form
from surveys.models.questionnaire import Questionnaire, QuestionnaireVersion
from surveys.queries import projects as queries
from surveys.queries import writing as writing_queries
from surveys.web.answer_privacy import PRIVACY_TEXTS
from surveys.web.filters import local
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.organise.writing_base import ONE, desk, form_of, preview
from surveys.web.organise.writing_words import LIKENESSES, classes_in_words
from surveys.web.phrases import _
from surveys.writing.keeping import uses_of


@dataclass(frozen=True)
class Side:
    """A version that can be compared: ``key`` is its questionnaire's code and its number."""

    key: str
    name: str
    version: QuestionnaireVersion


@blueprint.get("/projekt/<project>/enkater")
@staff("organiser", "evaluator", "reader")
def questionnaires(project: str) -> str:
    session = reading_session()
    found = queries.questionnaires_of(session, g.project.id)
    titles = queries.newest_titles(session, [each.id for each in found])
    return page(
        "questionnaires",
        crumbs=crumbs((_("Questionnaires"), None)),
        questionnaires=found,
        titles=titles,
        called=Counter(local(title) for title in titles.values()),
        uses={each.id: queries.used_in(session, each.id) for each in found},
    )


@blueprint.get(ONE)
@staff("organiser", "evaluator", "reader")
def questionnaire(project: str, questionnaire: str) -> str:
    """What of it is asked now (or the draft, where nothing is yet), and its versions."""
    at, session = desk(questionnaire), reading_session()
    version = at.row.in_use or at.row.written
    uses = queries.used_in(session, at.row.id)
    form = form_of(version.content)
    return page(
        "questionnaire",
        crumbs=crumbs((_("Questionnaires"), address("enkater")), (local(version.content["title"]), None)),
        at=at,
        questionnaire=at.row,
        version=version,
        form=form,
        uses=uses,
        questions=preview(version.content, uses),
        privacy_text=PRIVACY_TEXTS[PrivacyMode(at.row.privacy_mode)],
        answered=writing_queries.answered_versions(session, at.row.id),
        can_remove=not uses_of(session, at.row),
        akin=_akin(at.row, form),
        series=queries.series_of(session, g.project.id) if not uses else (),
    )


@blueprint.get(f"{ONE}/version/<int:number>")
@staff("organiser", "evaluator", "reader")
def questionnaire_version(project: str, questionnaire: str, number: int) -> str:
    at = desk(questionnaire)
    version = next((each for each in at.row.versions if each.number == number), None) or abort(404)
    return page(
        "questionnaire_version",
        crumbs=at.crumbs((_("Version %(number)s", number=at.row.becomes if version.draft else number), None)),
        at=at,
        version=version,
        questions=preview(version.content, queries.used_in(reading_session(), at.row.id)),
    )


@blueprint.get(f"{ONE}/jamfor")
@staff("organiser", "evaluator", "reader")
def compare_versions(project: str, questionnaire: str) -> str:
    """Two versions, of this questionnaire or of this and another, question by question."""
    at = desk(questionnaire)
    sides = list(_sides(at.row))
    mine = [each for each in sides if each.key.startswith(f"{at.row.code}:")]
    before = _chosen(sides, request.args.get("fran")) or mine[max(len(mine) - 2, 0)]
    after = _chosen(sides, request.args.get("till")) or mine[-1]
    return page(
        "comparison",
        crumbs=at.crumbs((_("What remains comparable"), None)),
        at=at,
        sides=sides,
        before=before,
        after=after,
        compared=compared(before.version.content, after.version.content),
        likenesses=LIKENESSES,
        classes_in_words=classes_in_words,
        counted=_counted,
    )


def compared(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Compared, ...]:
    """The questions of two documents beside each other; nothing where one of them asks nothing yet."""
    first, second = form_of(before), form_of(after)
    return compare(first, second) if first and second else ()


def _counted(found: Sequence[Compared]) -> list[tuple[str, int]]:
    """How many questions there are of each likeness, in their order."""
    counts = [(each, sum(one.likeness is each for one in found)) for each in Likeness]
    return [(str(LIKENESSES[each]), count) for each, count in counts if count]


def _chosen(sides: Sequence[Side], key: str | None) -> Side | None:
    return next((each for each in sides if each.key == key), None)


def _sides(row: Questionnaire) -> Iterator[Side]:
    """The versions of a questionnaire, and of each other one what is asked now or written."""
    for each in queries.questionnaires_of(reading_session(), g.project.id):
        versions = each.versions if each.id == row.id else [each.in_use or each.written]
        for version in versions:
            title = local(version.content["title"]) or each.code
            number = each.becomes if version.draft else version.number
            name = _("%(title)s, version %(number)s", title=title, number=number)
            shown = _("%(name)s (draft)", name=name) if version.draft else name
            yield Side(f"{each.code}:{version.number}", shown, version)


def _akin(row: Questionnaire, form: Form | None) -> list[tuple[Side, int]]:
    """The other questionnaires that ask some of the same questions, with how many."""
    if form is None:
        return []
    mine = {each.code for each in form.questions if each.asks}
    found = []
    for side in _sides(row):
        other = None if side.key.startswith(f"{row.code}:") else form_of(side.version.content)
        shared = mine & {each.code for each in other.questions if each.asks} if other else set()
        if shared:
            found.append((side, len(shared)))
    return found
