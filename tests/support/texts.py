"""The texts people read: collected from code and templates, and their catalogues.

``python -m tests.support.texts`` (``make texts``) adds new ones to the catalogue of every language, drops
those that are no longer used and compiles them. English is the language of the code and needs no catalogue.
A language whose scope is "participant" has what participants see, and nothing else.
"""

from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from surveys.catalogues import language_of, languages

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("surveys/**.py", "python"), ("scheduler/**.py", "python"), ("templates/**", "jinja2")]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
FOLDERS = ("surveys", "scheduler", "templates")
# Where participants' texts stand. What is shared with staff's pages counts as theirs.
PARTICIPANTS = (
    *(f"templates/{folder}/*" for folder in ("answer", "errors", "logbook", "own")),
    *(f"templates/{folder}/*" for folder in ("new_link", "public", "room", "unsubscribe")),
    "templates/base_participant.html",
    *(f"templates/macros/{name}.html" for name in ("forms", "participant", "shell")),
    "templates/mail/*",
    *(f"surveys/web/{name}.py" for name in ("answer*", "errors", "filters", "language", "links", "logbook*")),
    *(f"surveys/web/{name}.py" for name in ("new_link", "own_page", "public*", "room", "unsubscribe")),
    *(f"surveys/web/{name}.py" for name in ("print_*", "relevance_words")),
    "surveys/mail/*.py",
    "surveys/catalogues.py",
)  # fmt: skip
STAFF_MAILS = ("alarm", "closing_summary", "sending_paused", "staff")


@cache
def collected(scope: str = "all") -> Catalog:
    """Return every text that code and templates mark, with where it stands; or of participants'."""
    catalog = Catalog(project="folja", charset="utf-8")
    for place, line, message, comments, context in _marked():
        if scope == "all" or is_participants(place):
            catalog.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalog


@cache
def _marked() -> list[tuple[str, int, Any, list[str], str | None]]:
    return [
        (f"{folder}/{name}", line, message, comments, context)
        for folder in FOLDERS
        for name, line, message, comments, context in extract_from_dir(
            ROOT / folder,
            [(f"{pattern.removeprefix(folder + '/')}", method) for pattern, method in METHODS],
            keywords=KEYWORDS,
            comment_tags=("NOTE:",),
        )
    ]


def is_participants(place: str) -> bool:
    """Whether participants read the texts of a file, named from the top of the repository."""
    if place.startswith("templates/mail/") and Path(place).stem in STAFF_MAILS:
        return False
    return any(fnmatch(place, pattern) for pattern in PARTICIPANTS)


def translated() -> list[str]:
    """The languages that have a catalogue."""
    return [code for code in languages() if catalogue_path(code).exists()]


def catalogue_path(language: str) -> Path:
    return ROOT / "surveys/translations" / language / "LC_MESSAGES/messages.po"


@cache
def shipped(language: str) -> Catalog:
    """The catalogue as it lies in its folder, read once; nobody changes it."""
    return catalogue(language)


def catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language_of(language).locale)


def update(language: str) -> list[str]:
    """Bring the catalogue in step with the code and compile it; return the texts not yet translated."""
    path, known = catalogue_path(language), language_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = catalogue(language) if path.exists() else Catalog(locale=known.locale, charset="utf-8")
    kept.update(collected(known.scope), no_fuzzy_matching=True)
    kept.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, kept, width=100, sort_output=True, omit_header=False, no_location=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, kept)
    return untranslated(kept)


def untranslated(kept: Catalog) -> list[str]:
    """Return the texts without a translation, or with a doubtful one."""
    return [str(message.id) for message in kept if message.id and (not _whole(message) or message.fuzzy)]


def _whole(message: "object") -> bool:
    string = message.string  # type: ignore[attr-defined]
    return bool(string) and (isinstance(string, str) or all(string))


if __name__ == "__main__":
    for each in languages():
        if each != "en":
            for text in update(each):
                print(f"not translated to {each}:", text)
