"""The languages of the interface, and their texts: a folder each in ``translations/``, read once.

A folder is named by the language's BCP 47 tag and holds ``language.toml`` (what :class:`Language` says) and
the catalogue in ``LC_MESSAGES/``. Nothing else in the program lists languages. What a catalogue lacks is
taken from the one it falls back to, in the end from the code, which is in English.

Importing the module tells the domain how each language writes dates and calls the options that the program
adds to a question.

A questionnaire may be written in any language: for one without a folder, :func:`language_of` tells its name
and direction by CLDR, and the interface is in :data:`DEFAULT`. ``translations/offered.toml`` says which of
these are offered first.
"""

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers
from babel.support import NullTranslations, Translations

from surveys.domain import dates
from surveys.domain.choices import OTHER_LABEL
from surveys.domain.point_questions import DONT_KNOW_LABEL
from surveys.domain.statistics import swedish_order

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

    def number(self, exact: Decimal) -> str:
        """A number with the decimals it has: "1 234,5", "1,234.5"."""
        whole, point, part = f"{exact:,f}".replace("-", "\u2212").partition(".")
        return whole.replace(",", self.thousands_mark) + (self.decimal_mark + part if point else "")


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
    common = replace(languages()[DEFAULT], code=code, name=_own_names().get(code, code), scope="none")
    try:
        locale = Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return common
    direction: Literal["ltr", "rtl"] = "rtl" if locale.text_direction == "rtl" else "ltr"
    in_swedish = locale.get_display_name(DEFAULT) or code
    return replace(
        common,
        name=_own_names().get(code) or locale.display_name or in_swedish,
        in_swedish=in_swedish,
        direction=direction,
    )


@cache
def is_known(code: str) -> bool:
    """Whether there is such a language: one of the interface, one that is offered, or one of CLDR's."""
    return code in languages() or code in _own_names() or language_of(code).name != code


@cache
def offered_languages() -> dict[str, tuple[tuple[str, str], ...]]:
    """Tags and Swedish names of what may be written in, the likeliest first: of the interface (``ours``),
    the national ``minority`` languages, those that are ``large`` in Sweden, and ``other``: the rest that CLDR
    has data of and somebody grows up with.
    """
    file, names = _offered(), Locale.parse(DEFAULT).languages
    found = {"ours": [(code, each.in_swedish) for code, each in languages().items()]}
    found |= {group: list(file[group].items()) for group in ("minority", "large")}
    known = {code for group in found.values() for code, _name in group} | set(file["left_out"]["tags"])
    more = [code for code in locale_identifiers() if code in names and code.isalpha() and code not in known]
    found["other"] = [(code, names[code]) for code in more]
    return {
        group: tuple(each if group == "ours" else sorted(each, key=lambda one: swedish_order(one[1])))
        for group, each in found.items()
    }


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


@cache
def _offered() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "offered.toml").read_text("utf-8"))


def _own_names() -> dict[str, str]:
    return dict(_offered()["own_names"])


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
