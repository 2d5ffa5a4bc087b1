"""Spellings of association words counted as one: declared and taken apart by evaluators and organisers."""

from dataclasses import dataclass, field

from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.results import word_spellings
from surveys.results.word_spellings import BadSpellings, NotTogether, NoWords, Spellings, Wanted
from surveys.web.evaluate.base import as_evaluator, below_results, blueprint, page
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import series_address, series_tabs
from surveys.web.phrases import _

PAGE = "/projekt/<project>/insatser/<series>/resultat/ord/<question>"
Shown = str | Response | tuple[str, int]


@dataclass
class SpellingForm:
    """What was typed, and what is wrong with it by field."""

    words: list[str] = field(default_factory=list)
    counted_as: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@blueprint.get(PAGE)
@staff("organiser", "evaluator")
def spellings(project: str, series: str, question: str) -> str:
    return _page(_known(question), SpellingForm())


@blueprint.post(PAGE)
@staff("organiser", "evaluator")
def count_together(project: str, series: str, question: str) -> Shown:
    typed = SpellingForm(request.form.getlist("words"), request.form.get("counted_as", ""))
    known = _known(question)
    wanted = Wanted(question, tuple(dict.fromkeys(typed.words)), typed.counted_as)
    try:
        word_spellings.count_together(
            installation().database, g.series.id, wanted, known, g.user.user_id, clock.now()
        )
    except BadSpellings as error:
        typed.errors = {name: _fault(name, code) for name, code in error.faults.items()}
        return _page(known, typed), 422
    flash(_("The spellings are counted as “%(word)s”.", word=" ".join(typed.counted_as.split())), "positive")
    return redirect(series_address("resultat", "ord", question), 303)


@blueprint.post(f"{PAGE}/ta-isar")
@staff("organiser", "evaluator")
def take_apart(project: str, series: str, question: str) -> Response:
    word = request.form.get("word", "")
    try:
        word_spellings.take_apart(
            installation().database, g.series.id, question, word, g.user.user_id, clock.now()
        )
    except NotTogether:
        abort(404)
    flash(_("“%(word)s” is taken apart: each spelling is a word of its own again.", word=word), "positive")
    return redirect(series_address("resultat", "ord", question), 303)


def _known(question: str) -> Spellings:
    try:
        return word_spellings.read_spellings(
            reading_session(), g.series.id, question, clock.now(), as_evaluator()
        )
    except NoWords:
        abort(404)


def _page(known: Spellings, typed: SpellingForm) -> str:
    return page(
        "word_spellings",
        crumbs=below_results(_("Spellings")),
        tabs=series_tabs(),
        known=known,
        typed=typed,
        here=series_address("resultat", "ord", known.question),
    )


def _fault(name: str, code: str) -> str:
    return {
        ("words", "none_chosen"): _("Choose the words that are to count as one."),
        ("words", "only_itself"): _("Choose at least one word that is spelled in another way."),
        ("counted_as", "blank"): _("Write the word that they are to count as."),
        ("counted_as", "too_long"): _("The word is too long: at most 100 characters."),
        ("counted_as", "bad_characters"): _("The word holds characters that cannot be kept."),
        ("counted_as", "counted_otherwise"): _(
            "That spelling is counted as another word already. Take it apart first, or choose that word too."
        ),
    }[name, code]
