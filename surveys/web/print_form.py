"""A printed form as content: who asks and why, how to answer, the questions, and one copy a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.answers.asking_project import AskingProject, Logotype
from surveys.answers.paper import PaperForm
from surveys.domain.privacy import PrivacyMode
from surveys.domain.questionnaire import Form
from surveys.domain.texts import pick
from surveys.printing import content
from surveys.printing.content import Piece, text
from surveys.printing.fonts import settable
from surveys.web import print_project, qr
from surveys.web.answer_privacy import PRIVACY_TEXTS
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
    return _content(sheet, [{"name": None, "code": None, "link": _link(sheet, way_in)}])


def personal(sheet: Sheet, forms: Iterable[PaperForm], links: Sequence[WayIn | None]) -> Piece:
    """One copy for each of ``forms``, with a cover to keep; ``links`` stand on the covers."""
    return _content(
        sheet,
        [
            {
                "name": text(each.person.name, sheet.language),
                "code": written_code(each.code),
                "link": _link(sheet, link),
            }
            for each, link in zip(forms, links, strict=True)
        ],
    )


def written_code(code: str) -> str:
    """A code as it is printed, in two halves."""
    return f"{code[:CODE_HALF]}-{code[CODE_HALF:]}"


def _content(sheet: Sheet, copies: list[Piece]) -> Piece:
    language, title = sheet.language, pick(sheet.form.title, sheet.language)
    named = sheet.mode.keeps_link
    return {
        **content.document(
            f"{title} – {sheet.project.title}",
            sheet.project.sender_name,
            language,
            sheet.size,
            print_project.page_words(),
        ),
        "project": print_project.head(sheet.project, sheet.logotype, language),
        "words": {"code": settable(_("Code:"))},
        "heading": content.heading(title, language),
        "lead": content.optional(sheet.about, language),
        "told": [text(each, language) for each in _told(sheet) if each],
        "law": print_project.law(sheet.project, language),
        "keep": [
            text(_("Keep this sheet. Hand in the other sheets, on which your name does not stand."), language)
        ]
        if not named
        else [text(_("Keep this sheet. Hand in the other sheets."), language)],
        "how": [text(_how(), language)],
        "ends": [text(_("Thank you for your answers."), language)],
        "parts": parts(sheet.form, language),
        "copies": copies,
    }


def _told(sheet: Sheet) -> list[str]:
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
    privacy = PRIVACY_TEXTS[sheet.mode]
    return [
        pick(form.intro, language),
        f"{asks} {purpose}" if purpose else "",
        f"{minutes if form.minutes else ''} {closes}".strip(),
        f"{privacy.title}. {privacy.text}",
        _typed_in(sheet.mode),
    ]


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
