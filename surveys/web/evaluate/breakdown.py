"""A measurement by background: one variable, two crossed, or one within a class of another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, g, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys import clock
from surveys.catalogues import is_known, language_of
from surveys.domain.suppression import NOT_STATED
from surveys.results.breakdown import (
    Breakdown,
    GroupResult,
    QuestionGroups,
    TooManyVariables,
    UnknownVariable,
    read_breakdown,
)
from surveys.results.grouped import Variable
from surveys.results.kinds import share
from surveys.results.model import Bar, Measurement, QuestionResult, SeriesResults, Share
from surveys.results.series import UnknownMeasurement, read_rates
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.guard import reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.organise.words import GENDERS
from surveys.web.phrases import _

NAMES: Mapping[str, LazyString] = {
    "gender": _l("Gender"),
    "organisation": _l("Organisation"),
    "work_group": _l("Work group"),
    "theme": _l("Parallel theme"),
    "language": _l("Language"),
    "source": _l("Way of answering"),
}
SOURCES: Mapping[str, LazyString] = {
    "web": _l("on the web"),
    "paper": _l("on paper"),
    "outside": _l("elsewhere"),
}


@dataclass(frozen=True)
class Asked:
    """What the form holds: codes, empty where nothing is chosen."""

    measurement: str = ""
    by: str = ""
    also: str = ""
    only: str = ""
    question: str = ""

    @property
    def within(self) -> tuple[str, str] | None:
        name, colon, value = self.only.partition(":")
        return (name, value) if colon else None


@blueprint.get("/projekt/<project>/insatser/<series>/resultat/uppdelning")
@staff("organiser", "evaluator", "reader")
def breakdown(project: str, series: str) -> str:
    """``matning`` is a rule and a place, ``efter`` and ``och`` variables, ``inom`` a variable and a class."""
    names = ("matning", "efter", "och", "inom", "fraga")
    asked = Asked(*(request.args.get(name, "").strip() for name in names))
    rates = read_rates(reading_session(), g.series.id, clock.now(), as_evaluator())
    made = [each for each in rates.measurements if each.asked]
    if asked.measurement and asked.measurement not in map(address_of, made):
        abort(404)
    found, fault = _found(rates, made, asked)
    return page(
        "breakdown",
        crumbs=below_results(_("Breakdown")),
        tabs=series_tabs(),
        made=made,
        found=found,
        fault=fault,
        asked=asked,
        questions=_questions(found, asked),
        says=Words,
        rows_of=rows_of,
        address_of=address_of,
        telling=series_address("resultat", "redovisning"),
    )


def address_of(measurement: Measurement) -> str:
    """How a measurement is named in the address of this page."""
    return f"{measurement.rule_code}/{measurement.place}" if measurement.place else measurement.rule_code


def _found(
    rates: SeriesResults, made: Sequence[Measurement], asked: Asked
) -> tuple[Breakdown | None, str | None]:
    """The table asked for; where it cannot be had, the nearest that can, and why."""
    chosen = next((each for each in made if address_of(each) == asked.measurement), None)
    one = chosen or next((each for each in made if each.shown), None) or next(iter(made), None)
    if one is None:
        return None, None
    try:
        return _read(one, asked), None
    except TooManyVariables:
        fault = _("Two variables at a time: choose either a second variable or a filter.")
        return _read(one, Asked(by=asked.by, also=asked.also)), fault
    except UnknownVariable:
        fault = _("What you chose cannot be shown together here. This is the first variable by itself.")
        return _read(one, Asked()), fault


def _read(one: Measurement, asked: Asked) -> Breakdown:
    session, now = reading_session(), clock.now()
    try:
        return read_breakdown(
            session,
            g.series.id,
            one.rule_code,
            one.place,
            now,
            as_evaluator(),
            asked.by,
            asked.also,
            asked.within,
        )
    except UnknownMeasurement:
        abort(404)


def _questions(found: Breakdown | None, asked: Asked) -> list[QuestionGroups]:
    """The question chosen, or all where none of that code is."""
    every = list(found.questions) if found else []
    return [each for each in every if each.together.result.code == asked.question] or every


def variable_name(code: str) -> str:
    """A project's own variables are called what the project calls them."""
    return str(NAMES.get(code, code))


class Words:
    """What the template asks this module to say."""

    @staticmethod
    def variable(variable: Variable) -> str:
        return variable_name(variable.name)

    @staticmethod
    def one(variable: Variable, code: str) -> str:
        if code == NOT_STATED:
            return _("not known")
        words = {"gender": GENDERS, "source": SOURCES}.get(variable.name, {})
        if variable.name == "language":
            return language_of(code).name if is_known(code) else code
        return str(words.get(code) or variable.labels.get(code, code))

    @staticmethod
    def title(found: Breakdown) -> str:
        """The variables of the table; within a class, its name last."""
        names = " + ".join(Words.variable(each) for each in (found.by, found.also) if each is not None)
        return f"{names} ({Words.one(*found.only)})" if found.only else names

    @staticmethod
    def group(found: Breakdown, group: GroupResult) -> str:
        """ "kvinna", or "Försäkringskassan, kvinna"; of the whole table, all or the class it is within."""
        asked = [each for each in (found.by, found.also) if each is not None]
        if group.classes:
            return ", ".join(Words.one(each, code) for each, code in zip(asked, group.classes, strict=True))
        return Words.one(*found.only) if found.only else _("All")

    @staticmethod
    def classes(question: QuestionGroups) -> list[Bar]:
        """The columns: every class that a group shown has."""
        found = {bar.code: bar for each in rows_of(question) for bar in each.result.points}
        return list(found.values())

    @staticmethod
    def shares(found: Breakdown, question: QuestionGroups, group: GroupResult) -> list[Share]:
        """What a group shown has of each column."""
        own = {bar.code: bar.share for bar in group.result.points}
        none = share(0, group.result.n or 0, found.series.decimals)
        return [own.get(bar.code, none) for bar in Words.classes(question)]

    @staticmethod
    def example(question: QuestionGroups) -> QuestionResult | None:
        """A result that is shown, for what all of them have."""
        return next((each.result for each in rows_of(question) if each.result.shown), None)


def rows_of(question: QuestionGroups) -> list[GroupResult]:
    """The lines of a table: all of it together first."""
    return [question.together, *question.groups]
