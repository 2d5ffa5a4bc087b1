"""The form of an indicator: only what its kind needs; for a new one, a part of one, a revision."""

from collections.abc import Mapping

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.indicator_definition import GENDERS
from surveys.domain.indicators import Definition, Kind
from surveys.domain.numbers import canonical, swedish
from surveys.domain.participation import STAGES
from surveys.domain.series import BadFields
from surveys.results import indicator_acts
from surveys.results.indicator_choices import Choices, choices
from surveys.results.indicators import Ended, IndicatorResult, NoIndicator, read_indicator
from surveys.web.evaluate import indicator_words as told
from surveys.web.evaluate.base import as_evaluator, blueprint, page
from surveys.web.filters import local
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, crumbs
from surveys.web.organise.calendar import today
from surveys.web.organise.planning import FAULTS
from surveys.web.phrases import _

HERE = "/projekt/<project>/resultat/indikatorer"
SEVERAL = ("series", "questions", "indexes", "outcomes", "organisations", "work_groups")
IN_FORM = (
    "title", "stage", "outcomes", "series", "indexes", "measure", "questions", "threshold", "base",
    "organisations", "work_groups", "gender", "minimum_answers", "unit", "baseline", "target", "direction",
    "reads_on", "note", "decided_on", "reason", "approved_by",
)  # fmt: skip
Shown = str | Response | tuple[str, int]


@blueprint.get(f"{HERE}/ny")
@staff("organiser", "evaluator")
def new_indicator(project: str) -> str:
    """First which kind (``?slag=``), then its form; a part (``?del-av=``) is of the kind of its whole."""
    whole = _whole()
    kind = whole.kind if whole else _kind()
    if kind is None:
        return page(
            "indicator_kinds", crumbs=way((_("New indicator"), None)), kinds=told.KINDS, here=home("ny")
        )
    fields = {"decided_on": today(clock.now()).isoformat()}
    if whole:
        fields |= _filled(whole.definition) | {"title": "", "target": "", "baseline": "", "note": ""}
    return _form_page(kind, fields, _many(whole.definition) if whole else {}, whole=whole)


@blueprint.post(f"{HERE}/ny")
@staff("organiser", "evaluator")
def add_indicator(project: str) -> Shown:
    whole = _whole(ended=True)
    kind = whole.kind if whole else _kind()
    if kind is None:
        return redirect(home("ny"), 303)
    raw, many = request.form.to_dict(), _sent()
    known = choices(reading_session(), g.project).known
    try:
        code = indicator_acts.add_indicator(
            installation().database,
            g.project.id,
            kind,
            raw,
            many,
            known,
            g.user.user_id,
            clock.now(),
            whole.code if whole else "",
        )
    except BadFields as bad:
        return _form_page(kind, raw, many, bad.faults, whole), 422
    except Ended:
        return _form_page(kind, raw, many, whole=whole, ended=True), 409
    except (NoIndicator, indicator_acts.NotAPart):
        abort(404)
    flash(_("The indicator is there."), "positive")
    return redirect(home(code), 303)


@blueprint.get(f"{HERE}/<indicator>/revidera")
@staff("organiser", "evaluator")
def revise_form(project: str, indicator: str) -> str:
    found = found_indicator(indicator)
    newest = found.versions[-1]
    fields = _filled(newest.definition) | {
        "decided_on": today(clock.now()).isoformat(),
        "seen": str(newest.number),
    }
    return _form_page(found.kind, fields, _many(newest.definition), revised=found)


@blueprint.post(f"{HERE}/<indicator>/revidera")
@staff("organiser", "evaluator")
def revise_indicator(project: str, indicator: str) -> Shown:
    found = found_indicator(indicator, ended=True)
    raw, many = request.form.to_dict(), _sent()
    seen = raw.get("seen", "")
    known = choices(reading_session(), g.project).known
    try:
        indicator_acts.revise(
            installation().database,
            g.project.id,
            found.code,
            int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else 0,
            raw,
            many,
            known,
            g.user.user_id,
            clock.now(),
        )
    except BadFields as bad:
        return _form_page(found.kind, raw, many, bad.faults, revised=found), 422
    except indicator_acts.NothingChanged:
        return _form_page(found.kind, raw, many, {"title": "nothing_changed"}, revised=found), 422
    except indicator_acts.Revised:
        raw["seen"] = str(found.versions[-1].number)
        return _form_page(found.kind, raw, many, revised=found, conflict=True), 409
    except Ended:
        return _form_page(found.kind, raw, many, revised=found, ended=True), 409
    except NoIndicator:
        abort(404)
    flash(_("The new version is there, beside those before it."), "positive")
    return redirect(home(found.code), 303)


def home(*parts: str) -> str:
    return address("resultat", "indikatorer", *parts)


def way(*items: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The way to a page below the indicators."""
    results = (_("Results"), address("resultat"))
    if not items:
        return crumbs(results, (_("Indicators"), None))
    return crumbs(results, (_("Indicators"), home()), *items)


def found_indicator(code: str, ended: bool = False) -> IndicatorResult:
    """An indicator that goes on, else its page, which says that it has ended; where there is none, a 404.

    ``ended``: also one that does not go on, for who has typed something that is not to be lost.
    """
    try:
        found = read_indicator(reading_session(), g.project, code, clock.now(), as_evaluator())
    except NoIndicator:
        abort(404)
    if found.ended_on is not None and not ended:
        abort(redirect(home(found.code), 303))
    return found


def faults_in_words(faults: Mapping[str, str]) -> dict[str, str]:
    """In the order of the form."""
    names = sorted(faults, key=lambda name: IN_FORM.index(name) if name in IN_FORM else len(IN_FORM))
    return {name: told.fault(faults[name]) or str(FAULTS.get(faults[name], faults[name])) for name in names}


def _whole(ended: bool = False) -> IndicatorResult | None:
    code = request.values.get("del-av", "")
    found = found_indicator(code, ended) if code else None
    if found is not None and found.whole is not None:
        abort(404)
    return found


def _kind() -> Kind | None:
    code = request.values.get("slag", "")
    if code and code not in told.KINDS:
        abort(404)
    return Kind(code) if code else None


def _sent() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in SEVERAL}


def _many(definition: Definition) -> dict[str, list[str]]:
    return {name: list(getattr(definition, name)) for name in SEVERAL}


def _filled(definition: Definition) -> dict[str, str]:
    """A definition as the fields of its form."""
    numbers = {
        name: swedish(canonical(value))
        for name in ("baseline", "target")
        if (value := getattr(definition, name)) is not None
    }
    return numbers | {
        "title": definition.title,
        "note": definition.note,
        "stage": definition.stage,
        "gender": definition.gender,
        "as_share": "y" if definition.as_share else "",
        "threshold": _threshold(definition),
        "measure": definition.measure,
        "base": definition.base,
        "unit": definition.unit,
        "direction": definition.direction,
        "reads_on": definition.reads_on.isoformat() if definition.reads_on else "",
        "minimum_answers": str(definition.minimum_answers or ""),
    }


def _threshold(definition: Definition) -> str:
    """A class by its code, a value of an index as it is written."""
    return swedish(definition.threshold) if definition.kind is Kind.INDEX else definition.threshold


def _form_page(
    kind: Kind,
    fields: Mapping[str, str],
    many: Mapping[str, list[str]],
    faults: Mapping[str, str] | None = None,
    whole: IndicatorResult | None = None,
    revised: IndicatorResult | None = None,
    conflict: bool = False,
    ended: bool = False,
) -> str:
    offered = choices(reading_session(), g.project)
    heading = _heading(kind, whole, revised)
    above = revised or whole
    middle = [(above.definition.title, home(above.code))] if above else []
    return page(
        "indicator_form",
        crumbs=way(*middle, (heading, None)),
        heading=heading,
        kind=kind,
        fields=fields,
        many=many,
        errors=faults_in_words(faults or {}),
        whole=whole,
        revised=revised,
        conflict=conflict,
        ended=ended or (above is not None and above.ended_on is not None),
        offered=offered,
        classes=_classes(offered),
        stages=[(code, told.STAGES[code]) for code in STAGES],
        genders=[(code, told.genders()[code]) for code in GENDERS],
        told=told,
        same=lambda names: [(each, each) for each in names],
        here=home(),
    )


def _heading(kind: Kind, whole: IndicatorResult | None, revised: IndicatorResult | None) -> str:
    if revised is not None:
        return _("Revise")
    if whole is not None:
        return _("New part")
    return _("New indicator: %(kind)s", kind=str(told.KINDS[kind][0]).lower())


def _classes(offered: Choices) -> list[tuple[str, tuple[tuple[str, Mapping[str, str]], ...]]]:
    """The scales that the questions have, each once, by what its ends are called."""
    found = dict.fromkeys(
        tuple((code, tuple(sorted(label.items()))) for code, label in each.classes)
        for each in offered.questions
    )
    scales = [tuple((code, dict(label)) for code, label in scale) for scale in found]
    return [(f"{local(scale[0][1])} – {local(scale[-1][1])}", scale) for scale in scales]
