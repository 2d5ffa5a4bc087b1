"""The texts people read: collected from code and templates, and their Swedish catalogue.

``python -m tests.support.texts`` (``make texts``) adds new ones to the catalogue, drops those that are
no longer used and compiles it. English is the language of the code and needs no catalogue.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

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


def collected() -> Catalog:
    """Return every text that code and templates mark, with where it stands."""
    catalog = Catalog(project="folja", charset="utf-8")
    for folder in FOLDERS:
        for name, line, message, comments, context in extract_from_dir(
            ROOT / folder,
            [(f"{pattern.removeprefix(folder + '/')}", method) for pattern, method in METHODS],
            keywords=KEYWORDS,
            comment_tags=("NOTE:",),
        ):
            catalog.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def catalogue_path(language: str) -> Path:
    return ROOT / "surveys/translations" / language / "LC_MESSAGES/messages.po"


def catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> list[str]:
    """Bring the catalogue in step with the code and compile it; return the texts not yet translated."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = catalogue(language) if path.exists() else Catalog(locale=language, charset="utf-8")
    kept.update(collected(), no_fuzzy_matching=True)
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
    for text in update("sv"):
        print("not translated:", text)
