"""The follow-up rules of a series: listed, switched off and on, removed."""

from flask import abort, flash, g, redirect, request

from surveys import clock
from surveys.followups import rules
from surveys.followups.difference import Difference
from surveys.models.followup import FollowUpRule
from surveys.queries import projects as project_queries
from surveys.queries import rules as queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise import conditions
from surveys.web.organise import rule_forms as forms
from surveys.web.organise.base import blueprint, page, series_address, series_crumbs, series_tabs
from surveys.web.organise.rule_editor import Shown, refused
from surveys.web.organise.rule_parts import (
    RULES,
    known_choices,
    occasion_titles,
    rule_crumbs,
    rule_of,
    title_of,
)
from surveys.web.organise.rules import in_words
from surveys.web.phrases import _, ngettext


@blueprint.get(RULES)
@staff("organiser")
def rules_page(project: str, series: str) -> str:
    session = reading_session()
    titles, found = occasion_titles(), project_queries.rules_of(session, g.series.id)
    asked = [rule.questionnaire_id for rule in found if rule.questionnaire_id is not None]
    known = known_choices()
    return page(
        "rules",
        crumbs=series_crumbs(_("Follow-up rules")),
        tabs=series_tabs(),
        rules=[
            (rule, in_words(rule, titles), conditions.in_words(rule.audience_filter, known)) for rule in found
        ],
        counts=queries.counts(session, g.series.id),
        titles=project_queries.newest_titles(session, asked),
        here=series_address("regler"),
    )


@blueprint.get(f"{RULES}/<rule>/vaxla")
@staff("organiser")
def ask_to_switch(project: str, series: str, rule: str) -> Shown:
    found = rule_of(rule)
    try:
        changed = _switch(found, not found.active, rehearse=True)
    except rules.BadRule as bad:
        form = forms.filled(rules.spec_of(found))
        form.fields["active"] = ["y"]
        return refused(form, found, bad.faults)
    return page(
        "rule_switch",
        crumbs=rule_crumbs(_("Switch off") if found.active else _("Switch on")),
        rule=found,
        title=title_of(rules.spec_of(found)),
        difference=changed.difference,
        button=_switch_button(found, changed.difference),
        here=series_address("regler"),
    )


@blueprint.post(f"{RULES}/<rule>/vaxla")
@staff("organiser")
def switch_rule(project: str, series: str, rule: str) -> Shown:
    found = rule_of(rule)
    wanted = request.form.get("active")
    if wanted not in {"on", "off"}:
        return redirect(series_address("regler", found.code, "vaxla"), 303)
    try:
        _switch(found, wanted == "on")
    except rules.BadRule as bad:
        return refused(forms.filled(rules.spec_of(found)), found, bad.faults)
    flash(_("The rule is switched on.") if wanted == "on" else _("The rule is switched off."), "positive")
    return redirect(series_address("regler"), 303)


@blueprint.get(f"{RULES}/<rule>/ta-bort")
@staff("organiser")
def ask_to_remove(project: str, series: str, rule: str) -> str:
    return _remove_page(rule_of(rule))


@blueprint.post(f"{RULES}/<rule>/ta-bort")
@staff("organiser")
def remove_rule(project: str, series: str, rule: str) -> Shown:
    found = rule_of(rule)
    try:
        rules.remove_rule(installation().database, g.series.id, found.code, g.user.user_id, clock.now())
    except rules.RuleHasSent:
        return _remove_page(found), 409
    except rules.RuleGone:
        pass
    flash(_("The rule is removed."), "positive")
    return redirect(series_address("regler"), 303)


def _switch(rule: FollowUpRule, active: bool, rehearse: bool = False) -> rules.Changed:
    house, now = installation(), clock.now()
    try:
        return rules.switch_rule(
            house.database, g.series.id, rule.code, active, g.user.user_id, now, rehearse, house.keys
        )
    except rules.RuleGone:
        abort(404)


def _switch_button(rule: FollowUpRule, difference: Difference) -> str:
    if rule.active:
        stopped = len(difference.dropped)
        if not stopped:
            return _("Switch off the rule")
        return ngettext(
            "Switch off the rule and stop %(num)s mailing",
            "Switch off the rule and stop %(num)s mailings",
            stopped,
        )
    added = len(difference.added)
    if not added:
        return _("Switch on the rule")
    return ngettext(
        "Switch on the rule and plan %(num)s mailing", "Switch on the rule and plan %(num)s mailings", added
    )


def _remove_page(rule: FollowUpRule) -> str:
    house, user, difference = installation(), g.user.user_id, None
    try:
        difference = rules.remove_rule(
            house.database, g.series.id, rule.code, user, clock.now(), rehearse=True, keys=house.keys
        ).difference
    except rules.RuleHasSent:
        pass
    except rules.RuleGone:
        abort(404)
    return page(
        "rule_remove",
        crumbs=rule_crumbs(_("Remove the rule")),
        rule=rule,
        title=title_of(rules.spec_of(rule)),
        difference=difference,
        here=series_address("regler"),
    )
