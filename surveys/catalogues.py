"""The languages of the interface, and their texts: a folder each in ``translations/``, read once.

A folder is named by the language's BCP 47 tag and holds ``language.toml`` (what :class:`Language` says) and
the catalogue in ``LC_MESSAGES/``. Nothing else in the program lists languages. What a catalogue lacks is
taken from the one it falls back to, in the end from the code, which is in English.

Importing the module tells the domain how each language writes dates and calls the options that the program
adds to a question.

A questionnaire may be written in any language: for one without a folder, :func:`language_of` tells its name
and direction by CLDR, and the interface is in :data:`DEFAULT`.
"""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers
from babel.support import NullTranslations, Translations

from surveys.domain import dates
from surveys.domain.choices import DONT_KNOW_LABEL, OTHER_LABEL

FOLDER = Path(__file__).parent / "translations"
DEFAULT = "sv"


@dataclass(frozen=True)
class Language:
    """A language as its folder describes it.

    ``name`` is in the language itself, ``in_swedish`` in Swedish; ``also_called`` are other names in files
    of people. ``fallback`` is the tag of the catalogue that fills the gaps. ``scope``: "all" has staff's
    pages too, "participant" only what participants see, "none" no catalogue at all. ``clock`` is a format of
    strftime, ``moment`` and ``percent`` are formats of {day}, {clock} and {number}; days begin with Monday.
    ``locale`` is what Babel calls it, ``comma`` what stands between things listed.
    """

    code: str
    name: str
    in_swedish: str
    direction: Literal["ltr", "rtl"]
    scope: Literal["all", "participant", "none"]
    reviewed: bool
    locale: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    clock: str
    moment: str
    decimal_mark: str
    thousands_mark: str
    percent: str
    comma: str = ", "
    order: int = 0
    fallback: str = ""
    also_called: tuple[str, ...] = ()

    @property
    def catalogue_code(self) -> str:
        """The language that the texts around it are in: itself, where it has a catalogue."""
        return DEFAULT if self.scope == "none" else self.code


@cache
def languages() -> dict[str, Language]:
    """Every language of the interface by its tag, in the order in which they are offered."""
    found = (_read(path) for path in FOLDER.glob("*/language.toml"))
    return {each.code: each for each in sorted(found, key=lambda each: (each.order, each.code))}


@cache
def for_staff() -> tuple[str, ...]:
    """The tags of the languages that all pages are in."""
    return tuple(code for code, each in languages().items() if each.scope == "all")


@cache
def language_of(code: str) -> Language:
    """The language of a tag, also of one without a catalogue: its name and direction as CLDR has them."""
    if code in languages():
        return languages()[code]
    common = replace(languages()[DEFAULT], code=code, name=code, scope="none")
    try:
        locale = Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return common
    direction: Literal["ltr", "rtl"] = "rtl" if locale.text_direction == "rtl" else "ltr"
    return replace(
        common,
        name=locale.display_name or code,
        in_swedish=locale.get_display_name(DEFAULT) or code,
        direction=direction,
    )


@cache
def is_known(code: str) -> bool:
    """Whether there is such a language: one of the interface, or one that CLDR has data of."""
    return code in languages() or language_of(code).name != code


@cache
def every_language() -> tuple[tuple[str, str], ...]:
    """Tags and Swedish names of the languages of the interface, then of all that CLDR has data of."""
    ours = [(code, each.in_swedish) for code, each in languages().items()]
    names = Locale.parse(DEFAULT).languages
    more = [(code, names[code]) for code in locale_identifiers() if code in names and code not in languages()]
    plain = [(code, name) for code, name in more if code.isalpha()]
    return (*ours, *sorted(plain, key=lambda each: each[1].casefold()))


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts in ``language``; those of its fallback, and at last the code's own, where it lacks one."""
    known = language_of(language)
    path = FOLDER / known.catalogue_code / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        texts = Translations(file)
    if known.fallback:
        texts.add_fallback(catalogue(known.fallback))
    return texts


def _read(path: Path) -> Language:
    given = tomllib.loads(path.read_text("utf-8"))
    lists = {name: tuple(each) for name, each in given.items() if isinstance(each, list)}
    return Language(code=path.parent.name, **{**given, **lists})


def _tell_the_domain() -> None:
    """Give the rules of the field, which read no files, what they write in every language."""
    dates.MANNERS.update(languages())
    for code in languages():
        DONT_KNOW_LABEL[code] = str(catalogue(code).pgettext("answer", "Don’t know"))
        OTHER_LABEL[code] = str(catalogue(code).pgettext("answer", "Other"))


_tell_the_domain()
