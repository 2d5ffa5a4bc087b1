"""The questionnaires of a project, read as participants see them."""

from collections.abc import Sequence

from flask import abort, g

from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form, ThemeRef, expand
from surveys.models.followup import FollowUpRule
from surveys.models.questionnaire import Questionnaire
from surveys.queries import answering
from surveys.queries import projects as queries
from surveys.web.answer_privacy import PRIVACY_TEXTS
from surveys.web.answer_questions import questions_html
from surveys.web.filters import local
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import address, blueprint, crumbs, page
from surveys.web.phrases import _


@blueprint.get("/projekt/<project>/enkater")
@staff("organiser", "evaluator", "reader")
def questionnaires(project: str) -> str:
    session = reading_session()
    found = queries.questionnaires_of(session, g.project.id)
    return page(
        "questionnaires",
        crumbs=crumbs((_("Questionnaires"), None)),
        questionnaires=found,
        titles=queries.newest_titles(session, [each.id for each in found]),
        uses={each.id: queries.used_in(session, each.id) for each in found},
    )


@blueprint.get("/projekt/<project>/enkater/<questionnaire>")
@staff("organiser", "evaluator", "reader")
def questionnaire(project: str, questionnaire: str) -> str:
    session = reading_session()
    found = queries.questionnaire(session, g.project.id, questionnaire) or abort(404)
    version = found.versions[-1]
    form = answering.form_of(session.connection(), version.id, version.digest)
    uses = queries.used_in(session, found.id)
    themes = themes_of(uses) if form.needs_themes else ()
    return page(
        "questionnaire",
        crumbs=crumbs((_("Questionnaires"), address("enkater")), (_title(found, form), None)),
        here=address("enkater", found.code),
        questionnaire=found,
        version=version,
        form=form,
        themes=themes,
        uses=uses,
        questions=questions_html(expand(form, themes)),
        privacy_text=PRIVACY_TEXTS[PrivacyMode(found.privacy_mode)],
    )


def themes_of(uses: Sequence[FollowUpRule]) -> tuple[ThemeRef, ...]:
    """The themes of the first occasion that has any; else two made-up ones, so that the questions show."""
    for rule in uses:
        for occasion in queries.occasions_of(reading_session(), rule.series_id):
            if occasion.themes:
                return tuple(ThemeRef(theme.code, theme.title) for theme in occasion.themes)
    return tuple(ThemeRef(code, _("(title of theme %(code)s)", code=code)) for code in "AB")


def _title(found: Questionnaire, form: Form) -> str:
    return local(form.title) or found.code
