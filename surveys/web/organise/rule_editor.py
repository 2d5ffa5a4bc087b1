"""A follow-up rule built in words: from a pattern or from scratch, shown with what it changes, saved."""

from collections.abc import Mapping

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain import patterns
from surveys.domain.marks import mark_of_text
from surveys.domain.questionnaire import parse
from surveys.domain.rule_spec import RuleSpec
from surveys.followups import rules, rules_ahead
from surveys.followups.difference import Difference
from surveys.followups.rules_ahead import Turnover
from surveys.models.followup import FollowUpRule
from surveys.queries import projects as project_queries
from surveys.web.guard import installation, reading_session, staff
from surveys.web.language import name as language_name
from surveys.web.organise import conditions, log_prompts
from surveys.web.organise import rule_forms as forms
from surveys.web.organise.base import blueprint, page, series_address
from surveys.web.organise.conditions import Row
from surveys.web.organise.rule_forms import RuleForm
from surveys.web.organise.rule_parts import (
    RULES,
    asks,
    known_choices,
    occasion_titles,
    rule_crumbs,
    rule_of,
    title_of,
)
from surveys.web.organise.rule_texts import LABELS, fault_text, label_of
from surveys.web.organise.rules import RuleInWords, in_words
from surveys.web.phrases import _

MOMENTS_SHOWN = 5
PATTERNS: Mapping[str, LazyString] = {
    "before": _l("Before: when each person is registered"),
    "after_occasion": _l("After each occasion"),
    "log": _l("Learning log after each occasion"),
    "after": _l("After the series"),
    "six_months": _l("Follow-up after six months"),
}
Shown = str | Response | tuple[str, int]


@blueprint.get(f"{RULES}/ny")
@staff("organiser")
def new_rule(project: str, series: str) -> str:
    chosen = patterns.pattern(request.args.get("monster", ""))
    if chosen is not None:
        spec = patterns.fitted(chosen, g.series.attendance_kept)
        form = forms.filled(spec)
        form.fields["asks"] = ["log" if chosen.is_log else _questionnaire_for(chosen)]
        return _form_page(form, None)
    copied = request.args.get("fran", "")
    if copied:
        return _form_page(forms.filled(rules.spec_of(rule_of(copied))), None)
    if request.args.get("monster") == "eget":
        return _form_page(forms.filled(RuleSpec(None, None, "occasion_end")), None)
    return page(
        "rule_patterns",
        crumbs=rule_crumbs(_("New rule")),
        patterns=[
            (each.code, PATTERNS[each.code], in_words(patterns.fitted(each, kept), {}, kept))
            for kept in (g.series.attendance_kept,)
            for each in patterns.PATTERNS
        ],
        here=series_address("regler", "ny"),
    )


@blueprint.post(f"{RULES}/ny")
@staff("organiser")
def add_rule(project: str, series: str) -> Shown:
    return _edited(None)


@blueprint.get(f"{RULES}/<rule>/andra")
@staff("organiser")
def edit_rule(project: str, series: str, rule: str) -> str:
    found = rule_of(rule)
    return _form_page(forms.filled(rules.spec_of(found)), found)


@blueprint.post(f"{RULES}/<rule>/andra")
@staff("organiser")
def change_rule(project: str, series: str, rule: str) -> Shown:
    return _edited(rule_of(rule))


@blueprint.post(f"{RULES}/visa")
@staff("organiser")
def show_moments(project: str, series: str) -> str:
    """The next moments of a rule as it stands in the form: a part of the page, for its script."""
    form = forms.typed(request.form.to_dict(flat=False))
    log_prompts.use(form, g.project.languages)
    return page("rule_moments", **_ahead(form, form.one("rule") or None))


# The form and what comes of it


def _edited(rule: FollowUpRule | None) -> Shown:
    form = forms.typed(request.form.to_dict(flat=False))
    log_prompts.use(form, g.project.languages)
    do = form.one("do", "save")
    if do == "condition":
        form.put_rows([*form.rows, Row(form.one("new-condition"))])
        return _form_page(form, rule)
    if do.startswith("remove-"):
        number = do.removeprefix("remove-")
        form.put_rows([row for place, row in enumerate(form.rows) if str(place) != number])
        return _form_page(form, rule)
    if do == "all-conditions":
        form.fields.pop("tree", None)
        return _form_page(form, rule)
    if do in {"show", "back"}:
        return _form_page(form, rule)
    return _save(form, rule, confirmed=do == "confirm")


def _save(form: RuleForm, rule: FollowUpRule | None, confirmed: bool) -> Shown:
    spec, unread = forms.read(form, g.project.languages)
    try:
        changed = _change(rule, spec, form, rehearse=True)
        if unread:
            raise rules.BadRule({})
        people = _turnover(rule, spec)
        print_ = _print_of(changed.difference, people)
        quiet = changed.difference.is_empty and not people
        if not quiet and not (confirmed and form.one("shown") == print_):
            return _confirm_page(form, rule, spec, changed.difference, people, print_, again=confirmed)
        saved = _change(rule, spec, form)
    except rules.BadRule as bad:
        return refused(form, rule, {**bad.faults, **unread})
    except rules.RuleConflict as conflict:
        form.fields["seen"] = [conflict.stored.mark]
        return _form_page(form, rule, stored=conflict.stored), 409
    except rules.RuleGone:
        flash(_("Somebody else has removed the rule."), "warning")
        return redirect(series_address("regler"), 303)
    flash(_("The rule is saved."), "positive")
    return redirect(f"{series_address('regler')}#{saved.rule_code}", 303)


def _change(
    rule: FollowUpRule | None, spec: RuleSpec, form: RuleForm, rehearse: bool = False
) -> rules.Changed:
    house, now, user = installation(), clock.now(), g.user.user_id
    db, keys = house.database, house.keys
    if rule is None:
        return rules.add_rule(db, g.series.id, spec, user, now, rehearse, keys)
    return rules.change_rule(db, g.series.id, rule.code, spec, form.one("seen"), user, now, rehearse, keys)


def _turnover(rule: FollowUpRule | None, spec: RuleSpec) -> Turnover:
    if rule is None:
        return Turnover((), ())
    house = installation()
    return rules_ahead.turnover(house.database, house.keys, g.series.id, rule.code, spec, clock.now())


def _print_of(difference: Difference, people: Turnover) -> str:
    """A short digest of a difference: what is saved is what was shown."""
    return mark_of_text(repr((difference, people)))


def refused(form: RuleForm, rule: FollowUpRule | None, faults: Mapping[str, str]) -> tuple[str, int]:
    form.refuse(faults)
    return _form_page(form, rule), 422


def _form_page(form: RuleForm, rule: FollowUpRule | None, stored: RuleSpec | None = None) -> str:
    known = known_choices()
    tree = forms.kept_tree(form) if form.tree else None
    return page(
        "rule_form",
        crumbs=rule_crumbs(_("New rule") if rule is None else _("Change the rule")),
        form=form,
        rule=rule,
        asks=asks(),
        ready_prompts=log_prompts.choices(),
        occasions=[(code, title) for code, title in occasion_titles().items()],
        faults=form.faults(),
        labels=LABELS,
        rows=[(row, known.of(row)) for row in form.rows],
        kept_conditions=conditions.in_words(tree, known) if tree else "",
        languages=[(code, language_name(code)) for code in g.project.languages],
        can_add=[(each.key, each.label) for each in known.by_key.values()],
        conflict=_differences(stored, form) if stored is not None else [],
        here=series_address("regler"),
        ahead=_ahead(form, rule.code if rule else None),
    )


def _confirm_page(
    form: RuleForm,
    rule: FollowUpRule | None,
    spec: RuleSpec,
    difference: Difference,
    people: Turnover,
    print_: str,
    again: bool,
) -> str:
    form.fields.pop("do", None)
    form.fields.pop("csrf_token", None)
    form.fields["shown"] = [print_]
    return page(
        "rule_confirm",
        crumbs=rule_crumbs(_("What it changes")),
        form=form,
        rule=rule,
        title=title_of(spec),
        said=in_words(spec, occasion_titles(), g.series.attendance_kept),
        whom=conditions.in_words(spec.audience_filter, known_choices()),
        difference=difference,
        people=people,
        button=_save_button(difference),
        again=again,
        here=series_address("regler"),
    )


def _save_button(difference: Difference) -> str:
    """ "Save the rule: 5 mailings added, 2 fall away"."""
    counts = (
        (len(difference.moved), _l("%(num)s moved")),
        (len(difference.added), _l("%(num)s added")),
        (len(difference.dropped), _l("%(num)s fall away")),
        (len(difference.regrouped), _l("%(num)s to others")),
    )
    said = [str(text) % {"num": count} for count, text in counts if count]
    if not said:
        return _("Save the rule")
    return _("Save the rule and change mailings: %(changes)s", changes=", ".join(said))


def _ahead(form: RuleForm, code: str | None) -> dict[str, object]:
    """The rule in words and what lies ahead of it; without that where something must be put right first."""
    spec, unread = forms.read(form, g.project.languages)
    house, faults = installation(), dict(unread)
    try:
        outlook = rules_ahead.outlook(
            house.database, house.keys, g.series.id, code, spec, clock.now(), MOMENTS_SHOWN
        )
    except rules.BadRule as bad:
        faults = {**bad.faults, **unread}
    if faults:
        said = {part: fault_text(code) for part, code in faults.items()}
        named = [(label_of(part), text) for part, text in said.items()]
        return {"faults": [": ".join(filter(None, each)) for each in named]}
    return {
        "faults": [],
        "outlook": outlook,
        "said": in_words(spec, occasion_titles(), g.series.attendance_kept),
        "whom": conditions.in_words(spec.audience_filter, known_choices()),
    }


def _differences(stored: RuleSpec, form: RuleForm) -> list[tuple[str, str, str]]:
    """What is stored and what was typed, in words, for two who have changed the same rule."""
    spec, _unread = forms.read(form, g.project.languages)
    kept, titles = g.series.attendance_kept, occasion_titles()
    both = [_said(each, in_words(each, titles, kept)) for each in (stored, spec)]
    return [(name, both[0][name], both[1][name]) for name in both[0]]


def _said(spec: RuleSpec, said: RuleInWords) -> dict[str, str]:
    return {
        _("What"): title_of(spec),
        _("Sent"): said.when,
        _("To whom"): said.to,
        _("Conditions"): conditions.in_words(spec.audience_filter, known_choices()) or "–",
        _("Reminders"): said.reminders,
        _("Closing"): said.closes,
        _("Those who come later get"): said.late,
        _("Switched on"): _("yes") if spec.active else _("no"),
    }


def _questionnaire_for(chosen: patterns.Pattern) -> str:
    """The questionnaire that suits the pattern; "" where there is none."""
    session = reading_session()
    used = {rule.questionnaire_id for rule in project_queries.rules_of(session, g.series.id)}
    code = patterns.proposed(
        chosen,
        (
            patterns.Candidate(each.code, each.wave, parse(version.content).needs_themes, each.id in used)
            for each, version in project_queries.asked_questionnaires(session, g.project.id)
        ),
    )
    return f"q:{code}" if code else ""
