"""How the answers to a series are told: response rows, or tables by every background variable."""

from dataclasses import dataclass, field

from flask import flash, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys import clock
from surveys.domain.telling import Telling
from surveys.results import telling_acts as use
from surveys.results.telling_acts import Choice, Given
from surveys.web.evaluate.base import below_results, blueprint, page
from surveys.web.evaluate.breakdown import variable_name
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _

HERE = "/projekt/<project>/insatser/<series>/resultat/redovisning"
FAULTS = {
    "unknown": _l("Choose among the variables in the list."),
    "too_many": _l("Response rows carry two variables at most. Choose two, one or none."),
    "blank": _l("Write why: answers can be seen already, and the reason stays with the choice."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "too_long": _l("This is too long."),
}


@dataclass
class Typed:
    """The form as it stands: ``telling`` is rows or groups."""

    telling: str
    variables: list[str]
    why: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def wanted(self, choice: Choice) -> Telling:
        """All of those there are is the same as no choice, in tables."""
        rows = self.telling == "rows"
        chosen = tuple(name for name in choice.variables if name in self.variables)
        strange = tuple(name for name in self.variables if name not in choice.variables)
        everything = not rows and not strange and set(chosen) == set(choice.variables)
        return Telling(rows, None if everything else chosen + strange)


@blueprint.get(HERE)
@staff("evaluator")
def telling(project: str, series: str) -> str:
    choice = _choice()
    stored = choice.stored
    # what rows carry where nobody has chosen
    without = stored.wanted if stored.rows else choice.variables
    chosen = without if stored.variables is None else stored.variables
    return _page(choice, Typed("rows" if stored.rows else "groups", list(chosen)), use.mark(stored))


@blueprint.post(HERE)
@staff("evaluator")
def choose_telling(project: str, series: str) -> Response | str | tuple[str, int]:
    """First what the choice gives beside what there is now; then, with ``sure``, it is made."""
    form, choice = request.form, _choice()
    typed = Typed(form.get("telling", ""), form.getlist("variables"), form.get("why", ""))
    wanted, seen = typed.wanted(choice), form.get("seen", "")
    typed.errors = {
        name: str(FAULTS[code]) for name, code in use.faults_of(wanted, choice, typed.why).items()
    }
    if typed.errors:
        return _page(choice, typed, seen), 422
    if "edit" in form or not _may(choice):
        return _page(choice, typed, seen)
    if "sure" not in form:
        return _sure(choice, typed, wanted, seen)
    try:
        use.choose(
            installation().database,
            g.series.id,
            wanted,
            typed.why,
            seen,
            g.user.user_id,
            clock.now(),
            g.role == "administrator",
        )
    except use.TellingConflict as conflict:
        return _page(choice, typed, use.mark(conflict.stored), conflict=True), 409
    except use.Settled:
        return _page(_choice(), typed, seen), 403
    except use.BadTelling as bad:
        typed.errors = {name: str(FAULTS[code]) for name, code in bad.faults.items()}
        return _page(choice, typed, seen), 422
    flash(_("The choice is saved."), "positive")
    return redirect(series_address("resultat", "redovisning"), 303)


def _choice() -> Choice:
    return use.read_choice(reading_session(), g.series.id, clock.now())


def _may(choice: Choice) -> bool:
    return not choice.settled or g.role == "administrator"


def _page(choice: Choice, typed: Typed, seen: str, conflict: bool = False) -> str:
    return page(
        "telling",
        crumbs=below_results(_("How answers are told")),
        tabs=series_tabs(),
        choice=choice,
        typed=typed,
        seen=seen,
        conflict=conflict,
        may=_may(choice),
        now_given=_given(choice.stored),
        splits=_splitting(choice),
        variable_name=variable_name,
        here=series_address("resultat", "redovisning"),
    )


def _sure(choice: Choice, typed: Typed, wanted: Telling, seen: str) -> str:
    return page(
        "telling_sure",
        crumbs=below_results(_("How answers are told")),
        tabs=series_tabs(),
        typed=typed,
        seen=seen,
        sides=(_given(choice.stored), _given(wanted)),
        splits=_splitting(choice),
        settled=choice.settled,
        variable_name=variable_name,
        here=series_address("resultat", "redovisning"),
    )


def _splitting(choice: Choice) -> frozenset[str]:
    """The variables by which somebody is told apart from the others at all."""
    return frozenset(name for name, fewest in choice.fewest if fewest is not None)


def _given(wanted: Telling) -> Given:
    return use.given_by(reading_session(), g.series.id, wanted, clock.now())
