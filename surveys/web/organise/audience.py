"""Who gets what a rule sends: the number and the list, and why everybody else does not."""

from collections import Counter
from collections.abc import Sequence

from flask import abort, g, request

from surveys.followups import planning
from surveys.followups.audience import Audience
from surveys.followups.rules_ahead import audience_of
from surveys.models.followup import FollowUpRule, Mailing
from surveys.queries import mailings as mailing_queries
from surveys.queries import rules as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import conditions, words
from surveys.web.organise.base import Crumbs, address, asked_by, blueprint, crumbs, page, series_address
from surveys.web.organise.rule_parts import RULES, known_choices, occasion_titles, rule_crumbs, rule_of
from surveys.web.organise.rules import in_words
from surveys.web.phrases import _

MOST_MAILINGS = 60
MOST_SHOWN = 500


@blueprint.get(f"{RULES}/<rule>/mottagare")
@staff("organiser")
def rule_audience(project: str, series: str, rule: str) -> str:
    """Of a rule at one of its mailings: the next one, unless another is chosen."""
    found = rule_of(rule)
    mailings = queries.first_mailings(reading_session(), found.id, MOST_MAILINGS)
    return _audience_page(
        found,
        _chosen(mailings),
        mailings,
        rule_crumbs(_("Who gets it")),
        series_address("regler", found.code, "mottagare"),
    )


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/mottagare")
@staff("organiser")
def mailing_audience(project: str, mailing: int) -> str:
    """Of one mailing, a reminder too."""
    one = mailing_queries.mailing(reading_session(), g.project.id, mailing) or abort(404)
    g.series = one.rule.series
    here = address("utskick", str(one.id))
    way = crumbs(
        (_("Mailings"), address("utskick")), (asked_by([one])[one.id], here), (_("Who gets it"), None)
    )
    return _audience_page(one.rule, one, [], way, f"{here}/mottagare")


def _audience_page(
    rule: FollowUpRule, mailing: Mailing | None, mailings: Sequence[Mailing], way: Crumbs, here: str
) -> str:
    session, keys = reading_session(), installation().keys
    found = audience_of(session, keys, mailing) if mailing else planning.who(session, keys, rule)
    return page(
        "audience",
        crumbs=way,
        rule=rule,
        said=in_words(rule, occasion_titles()),
        whom=conditions.in_words(rule.audience_filter, known_choices()),
        mailing=mailing,
        mailings=mailings,
        found=found,
        reasons=_reasons(found),
        most=MOST_SHOWN,
        here=here,
    )


def _chosen(mailings: Sequence[Mailing]) -> Mailing | None:
    """The mailing asked for in the address; else the next one to go, else the last."""
    wanted = request.args.get("utskick", "")
    for each in mailings:
        if str(each.id) == wanted:
            return each
    ahead = [each for each in mailings if each.state in {"planned", "waiting", "expanding"}]
    return next(iter(ahead), mailings[-1] if mailings else None)


def _reasons(found: Audience) -> list[tuple[str, int]]:
    """Each reason in words, with how many are left out for it; the most common first."""
    counts = Counter(each.reason for each in found.left_out)
    return [(words.said(words.LEFT_OUT, code), count) for code, count in counts.most_common()]
