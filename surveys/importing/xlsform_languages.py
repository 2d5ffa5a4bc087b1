"""Languages as XLSForm's columns name them ("label::Svenska (sv)") ↔ their tags (BCP 47)."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError

TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_IN_PARENTHESES = re.compile(r"(?P<name>.*)\((?P<tag>[^()]*)\)\s*")
# Those known by their own name without a tag beside it; English names are known of all languages.
_OWN_NAMES = ("sv", "fi", "nb", "nn", "da", "is", "de", "fr", "es", "pt", "it", "nl", "pl", "ar", "ru", "uk")


def tag_of(written: str) -> str:
    """The tag of a language as a column names it, "" where it cannot be told."""
    found = _IN_PARENTHESES.fullmatch(written.strip())
    tag = _canonical(found["tag"] if found else written)
    if tag and (found or tag.split("-")[0] in _english()):
        return tag
    name = (found["name"] if found else written).strip().casefold()
    return _names().get(name, "")


def written(tag: str) -> str:
    """How a column names the language of a tag: "Svenska (sv)"."""
    language = tag.partition("-")[0]
    try:
        name = Locale.parse(language).get_language_name(language)
    except (UnknownLocaleError, ValueError):
        name = None
    return f"{(name or tag)[:1].upper()}{(name or tag)[1:]} ({tag})"


def _canonical(written: str) -> str:
    parts = written.strip().replace("_", "-").split("-")
    tag = "-".join([parts[0].lower(), *(_cased(part) for part in parts[1:])])
    return tag if TAG.fullmatch(tag) and len(tag) <= 35 else ""


def _cased(part: str) -> str:
    """A region in capitals, a script with one, all else small."""
    if len(part) == 2:
        return part.upper()
    return part.capitalize() if len(part) == 4 and part.isalpha() else part.lower()


@cache
def _english() -> dict[str, str]:
    return {tag: name for tag, name in Locale.parse("en").languages.items() if "_" not in tag}


@cache
def _names() -> dict[str, str]:
    """English and own names in small letters → tag."""
    names = {name.casefold(): tag for tag, name in _english().items()}
    own = {tag: Locale.parse(tag).get_language_name(tag) for tag in _OWN_NAMES}
    return names | {name.casefold(): tag for tag, name in own.items() if name}
