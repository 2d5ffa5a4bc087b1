"""Questionnaires on paper: blank, and one a person for those of a mailing who have not answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response as FlaskResponse
from flask import abort, flash, g, redirect, request
from werkzeug.wrappers import Response

from surveys import clock
from surveys.answers import chasing, paper
from surveys.answers.asking_project import Logotype, asking
from surveys.answers.paper import PaperForm
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form, ThemeRef, expand
from surveys.models.followup import Mailing
from surveys.models.questionnaire import Questionnaire
from surveys.printing import typesetting
from surveys.printing.content import Piece
from surveys.queries import mailings as mailing_queries
from surveys.queries import projects as queries
from surveys.web import language, print_form
from surveys.web.guard import installation, reading_session, staff
from surveys.web.organise.base import address, asked_by, blueprint, crumbs, page
from surveys.web.organise.writing_base import form_of, themes_for
from surveys.web.phrases import _
from surveys.web.print_form import Sheet, WayIn

MOST_DIGITS = 6
SIZES = {"stor": 13, "storre": 18}  # points


@dataclass(frozen=True)
class Choices:
    """What was chosen for a print. ``only``: forms only for those who prefer the language."""

    language: str
    size: str
    only: bool
    links: bool
    part: int


@blueprint.get("/projekt/<project>/enkater/<questionnaire>/papper.pdf")
@staff("organiser", "evaluator", "reader")
def questionnaire_on_paper(project: str, questionnaire: str) -> Response:
    """The newest version without a name or a code, to be read or filled in by hand."""
    session = reading_session()
    found = queries.questionnaire(session, g.project.id, questionnaire) or abort(404)
    form = _form(found)
    chosen = _chosen()
    themes = themes_for(queries.used_in(session, found.id)) if form.needs_themes else ()
    with language.speaking(chosen.language):
        sheet = _sheet(found, expand(form, themes), chosen, about="")
        return _pdf(print_form.blank(sheet, None), found.code)


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/papper.pdf")
@staff("organiser")
def mailing_on_paper(project: str, mailing: int) -> Response:
    """The form of a mailing without name and code; its QR code leads to the page at the occasion's door."""
    one, chosen = asking_mailing(mailing), _chosen()
    with language.speaking(chosen.language):
        return _pdf(print_form.blank(_sheet_of(one, chosen), _door(one)), one.rule.code)


@blueprint.get("/projekt/<project>/utskick/<int:mailing>/papper")
@staff("organiser")
def paper_of_mailing(project: str, mailing: int) -> str:
    return _choices_page(asking_mailing(mailing))


@blueprint.post("/projekt/<project>/utskick/<int:mailing>/papper")
@staff("organiser")
def personal_papers(project: str, mailing: int) -> Response:
    """One form a person, with a code each; who made the file, and when, is kept."""
    one, chosen, house = asking_mailing(mailing), _chosen(), installation()
    links = chosen.links and may_have_links(paper.mode_of(one))
    only = chosen.language if chosen.only else None
    try:
        forms = paper.print_forms(
            house.database,
            house.keys,
            g.project.id,
            one.id,
            g.user.user_id,
            links,
            clock.now(),
            only,
            chosen.part,
        )
    except paper.NothingToPrint:
        flash(_("There is nobody to print a form for: all have answered, or it has closed."), "warning")
        return redirect(paper_address(one), 303)
    with language.speaking(chosen.language):
        ways = _ways(one, forms, links)
        return _pdf(print_form.personal(_sheet_of(one, chosen), forms, ways), f"{one.rule.code}-personliga")


def asking_mailing(mailing_id: int) -> Mailing:
    """The mailing of a questionnaire; 404 of a log."""
    one = mailing_queries.mailing(reading_session(), g.project.id, mailing_id) or abort(404)
    if one.rule.questionnaire is None:
        abort(404)
    return one


def paper_address(one: Mailing) -> str:
    return address("utskick", str(one.id), "papper")


def may_have_links(mode: PrivacyMode) -> bool:
    """Whether personal links may be put on paper, which outlives the key that makes answers traceable."""
    return mode.traceable


def mailing_form(one: Mailing) -> Form:
    """What a mailing asks, with the themes of its occasion and the question which of them it was."""
    assert one.rule.questionnaire is not None  # noqa: S101 - of a log there is no such page
    form = _form(one.rule.questionnaire)
    return expand(
        form, [ThemeRef(each.code, each.title) for each in one.occasion.themes] if one.occasion else []
    )


def _form(found: Questionnaire) -> Form:
    """The version that is asked now, or the draft where none is yet; it may ask nothing to print."""
    return form_of((found.in_use or found.written).content) or abort(404)


def _choices_page(one: Mailing) -> str:
    session, now = reading_session(), clock.now()
    known = chasing.can_be_known(one, now)
    silent = (
        [each for each in paper.forms(session, installation().keys, one, now) if not each.answered]
        if known
        else []
    )
    mode, title = paper.mode_of(one), asked_by([one])[one.id]
    return page(
        "paper",
        crumbs=crumbs(
            (_("Mailings"), address("utskick")),
            (title, address("utskick", str(one.id))),
            (_("On paper"), None),
        ),
        one=one,
        title=title,
        here=paper_address(one),
        mode=mode,
        links=may_have_links(mode),
        languages=[(code, language.name(code)) for code in g.project.languages],
        silent={code: sum(each.person.language == code for each in silent) for code in g.project.languages},
        total=len(silent),
        files=_files(len(silent)),
        open=paper.is_open(one, now),
        sent=one.state in ("expanding", "expanded"),
    )


def _files(total: int) -> list[tuple[str, str]]:
    """The parts that many forms are printed in, and which of them each holds."""
    most = paper.MOST_IN_A_FILE
    return [
        (str(first // most), f"{first + 1}–{min(first + most, total)}") for first in range(0, total, most)
    ]


def _chosen() -> Choices:
    # The form without name stands on the same page, so its fields have names of their own.
    asked = request.form.get("papper") or request.args.get("papper-blank", "")
    part = request.form.get("del", "")
    size = request.form.get("storlek") or request.args.get("storlek-blank", "")
    return Choices(
        language=asked if asked in g.project.languages else g.project.languages[0],
        size=size if size in SIZES else "stor",
        only=request.form.get("vilka") == "spraket",
        links="lank" in request.form,
        part=int(part) if part.isascii() and part.isdigit() and len(part) < MOST_DIGITS else 0,
    )


def _sheet_of(one: Mailing, chosen: Choices) -> Sheet:
    found, occasion = one.rule.questionnaire, one.occasion
    assert found is not None  # noqa: S101 - of a log there is no such page
    about = one.rule.series.title
    if occasion is not None:
        number = _("Occasion %(number)s", number=occasion.number) + ": " if occasion.number else ""
        about = f"{number}{occasion.title}"
    return _sheet(found, mailing_form(one), chosen, about, one)


def _sheet(
    found: Questionnaire, form: Form, chosen: Choices, about: str, one: Mailing | None = None
) -> Sheet:
    project = g.project
    logotype = Logotype(project.logotype, project.logotype_type) if project.logotype else None
    return Sheet(
        project=asking(project),
        logotype=logotype,
        form=form,
        mode=PrivacyMode(found.privacy_mode),
        about=about,
        language=chosen.language,
        size=SIZES[chosen.size],
        closes_at=one.closes_at if one else None,
        timezone=one.timezone if one else None,
        wording=(project.privacy_wording or {}).get(found.privacy_mode) or {},
    )


def _door(one: Mailing) -> WayIn | None:
    if one.occasion is None:
        return None
    return print_form.by_door(f"{installation().settings.base_url}/t/{one.occasion.door_id}")


def _ways(one: Mailing, forms: Sequence[PaperForm], links: bool) -> list[WayIn | None]:
    if not links:
        return [_door(one)] * len(forms)
    return [print_form.by_link(f"{installation().settings.base_url}/s/{each.link}") for each in forms]


def _pdf(content: Piece, name: str) -> Response:
    answer = FlaskResponse(typesetting.pdf("paper", content), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"papper-{name}.pdf")
    return answer
