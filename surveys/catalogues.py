"""The texts of the interface in each language, read once a process."""

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of ``language``; one that gives every text back as it is where there is none."""
    return Translations.load(FOLDER, [language])
