"""A printed form as content: who asks and why, how to answer, the questions, and one copy a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surveys.answers.asking_project import AskingProject, Logotype
from surveys.answers.paper import PaperForm
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form
from surveys.domain.texts import pick
from surveys.printing import content
from surveys.printing.content import Piece, text
from surveys.printing.fonts import settable
from surveys.web import print_project, qr
from surveys.web.answer_privacy import own_text
from surveys.web.filters import when
from surveys.web.phrases import _, ngettext
from surveys.web.print_questions import parts

CODE_HALF = 4


@dataclass(frozen=True)
class Sheet:
    """A questionnaire to print. ``about`` is the occasion or the series; ``closes`` None: not sent out."""

    project: AskingProject
    logotype: Logotype | None
    form: Form
    mode: PrivacyMode
    about: str
    language: str
    size: int  # points
    closes_at: datetime | None = None
    timezone: str | None = None
    wording: Mapping[str, Any] = field(default_factory=dict)  # the project's own words for the mode


@dataclass(frozen=True)
class WayIn:
    """How to answer on the web instead; ``address`` is drawn as a QR code and printed."""

    address: str
    words: str


def by_door(address: str) -> WayIn:
    """The page at an occasion's door."""
    words = _(
        "Would you rather answer on the web? Scan the code and write your e-mail address. You get a link."
    )
    return WayIn(address, words)


def by_link(address: str) -> WayIn:
    """The link of one person."""
    words = _("Would you rather answer on the web? Scan the code. The link is yours: give it to nobody.")
    return WayIn(address, words)


def blank(sheet: Sheet, way_in: WayIn | None) -> Piece:
    """The form without a name or a code."""
    copy = {"name": None, "code": None, "link": _link(sheet, way_in), "scan": None}
    return _content(sheet, [copy], coded=False)


def personal(sheet: Sheet, forms: Iterable[PaperForm], links: Sequence[WayIn | None]) -> Piece:
    """One copy for each of ``forms``, with a cover to keep; ``links`` stand on the covers."""
    return _content(
        sheet,
        [
            {
                "name": text(each.person.name, sheet.language),
                "code": written_code(each.code),
                "link": _link(sheet, link),
                "scan": _scan(written_code(each.code), sheet.language),
            }
            for each, link in zip(forms, links, strict=True)
        ],
        coded=True,
    )


def written_code(code: str) -> str:
    """A code as it is printed, in two halves."""
    return f"{code[:CODE_HALF]}-{code[CODE_HALF:]}"


def _content(sheet: Sheet, copies: list[Piece], *, coded: bool) -> Piece:
    language, title = sheet.language, pick(sheet.form.title, sheet.language)
    named = sheet.mode.keeps_link
    name_line = text(_("Your name:"), language) if named and not coded else None
    return {
        **content.document(
            f"{title} – {sheet.project.title}",
            sheet.project.sender_name,
            language,
            sheet.size,
            print_project.page_words(),
        ),
        "project": print_project.head(sheet.project, sheet.logotype, language),
        "words": {"code": settable(_("Code:")), "uncoded": "" if named else settable(_("Without a code"))},
        "heading": content.heading(title, language),
        "lead": content.optional(sheet.about, language),
        "told": [text(each, language) for each in _told(sheet, coded) if each],
        "law": print_project.law(sheet.project, language),
        "keep": [
            text(_("Keep this sheet. Hand in the other sheets, on which your name does not stand."), language)
        ]
        if not named
        else [text(_("Keep this sheet. Hand in the other sheets."), language)],
        "how": [text(_how(), language)],
        "name_line": name_line,
        "ends": [text(_("Thank you for your answers."), language)],
        "parts": parts(sheet.form, language, sheet.size),
        "copies": copies,
    }


def _told(sheet: Sheet, coded: bool) -> list[str]:
    language, form, project = sheet.language, sheet.form, sheet.project
    purpose = pick(project.privacy.get("purpose", {}), language)
    minutes = ngettext("It takes about %(num)s minute.", "It takes about %(num)s minutes.", form.minutes)
    closes = (
        _(
            "Hand it in so that it can be typed in before %(moment)s.",
            moment=when(sheet.closes_at, sheet.timezone),
        )
        if sheet.closes_at
        else ""
    )
    asks = _("%(sender)s asks.", sender=project.sender_name)
    return [
        pick(form.intro, language),
        f"{asks} {purpose}" if purpose else "",
        f"{minutes if form.minutes else ''} {closes}".strip(),
        *_privacy(sheet, coded),
    ]


def _privacy(sheet: Sheet, coded: bool) -> tuple[str, str]:
    """What is true of an answer on this paper: without a code it can be led to nobody, nor be taken back."""
    if coded or sheet.mode.keeps_link:
        own = own_text(sheet.wording, sheet.mode, sheet.language)
        title = str(own.title)
        return f"{title}{'' if title.endswith(('.', '?')) else '.'} {own.text}", _typed_in(sheet.mode)
    without = _(
        "This form has neither name nor code, so nobody can look up who has filled it in. Nor can your "
        "answers be compared with what you have answered before, or be changed or taken back once you have "
        "handed it in. Your handwriting, and what you write in your own words, may still tell who you are."
    )
    once = _(
        "What you write on paper is read and typed in by those who hold the course. Do not write your name "
        "on it. Answer once only: on paper or on the web."
    )
    return without, once


def _typed_in(mode: PrivacyMode) -> str:
    if mode.keeps_link:
        return _("What you write on paper is read and typed in by those who hold the course.")
    return _(
        "What you write on paper is read and typed in by those who hold the course. They see the code on the "
        "paper, not your name. Do not write your name on it."
    )


def _how() -> str:
    return _("Tick the boxes with a pen. If you change your mind, fill the wrong box and tick another.")


def _link(sheet: Sheet, way_in: WayIn | None) -> Piece | None:
    if way_in is None:
        return None
    drawing = qr.svg_file(way_in.address).decode()
    return dict(content.qr(drawing, _("QR code"), way_in.words, sheet.language, way_in.address))


def _scan(code: str, language: str) -> Piece:
    return dict(content.qr(qr.svg_file(code).decode(), _("QR code: %(code)s", code=code), "", language))
