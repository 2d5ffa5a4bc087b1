"""What the pages of follow-up rules share: the rule of the address, and what a rule can speak of."""

from flask import abort, g

from surveys.domain.rule_spec import RuleSpec
from surveys.models.followup import FollowUpRule
from surveys.queries import projects as project_queries
from surveys.queries import rules as queries
from surveys.web.filters import local
from surveys.web.guard import reading_session
from surveys.web.organise import conditions
from surveys.web.organise.base import Crumbs, series_address, series_crumbs
from surveys.web.organise.conditions import Choices
from surveys.web.phrases import _

RULES = "/projekt/<project>/insatser/<series>/regler"


def rule_of(code: str) -> FollowUpRule:
    return queries.rule(reading_session(), g.series.id, code) or abort(404)


def rule_crumbs(text: str) -> Crumbs:
    way = series_crumbs(_("Follow-up rules"))
    return [*way[:-1], (_("Follow-up rules"), series_address("regler")), (text, None)]


def occasion_titles() -> dict[str, str]:
    return {each.code: each.title for each in project_queries.occasions_of(reading_session(), g.series.id)}


def known_choices() -> Choices:
    if "condition_choices" not in g:
        g.condition_choices = conditions.choices(reading_session(), g.series)
    found: Choices = g.condition_choices
    return found


def asks() -> list[tuple[str, str]]:
    """What a rule can send: the questionnaires of the project, or a question for the log."""
    titles = [
        (f"q:{each.code}", local(version.content["title"]))
        for each, version in project_queries.asked_questionnaires(reading_session(), g.project.id)
    ]
    return [*titles, ("log", _("A question for the learning log"))]


def title_of(spec: RuleSpec) -> str:
    if spec.questionnaire is None:
        return _("Question for the learning log")
    return dict(asks()).get(f"q:{spec.questionnaire}", spec.questionnaire)
