"""The words and numbers of a report in its own language, whatever language its maker reads."""

from datetime import date
from decimal import Decimal

from surveys.catalogues import catalogue, language_of
from surveys.domain import dates
from surveys.domain.texts import LocalText, pick

HARD_SPACE = "\u00a0"


class Words:
    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = catalogue(language)
        self._manner = language_of(language)

    def _(self, message: str, **values: object) -> str:
        """The message in the language of the report, with its values filled in."""
        text = self._texts.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, several: str, num: int, /, **values: object) -> str:
        return self._texts.ngettext(one, several, num) % {"num": self.number(num), **values}

    def pgettext(self, context: str, message: str) -> str:
        return str(self._texts.pgettext(context, message))

    def local(self, text: LocalText | None) -> str:
        return pick(text or {}, self.language)

    def number(self, value: int | Decimal) -> str:
        return self._manner.number(Decimal(value))

    def percent(self, value: Decimal) -> str:
        return self._manner.percent.format(number=self.number(value))

    def of(self, count: int, base: int) -> str:
        """ "77 av 98", held together."""
        counted = self._("%(k)s of %(n)s", k=self.number(count), n=self.number(base))
        return counted.replace(" ", HARD_SPACE)

    def day(self, value: date) -> str:
        return dates.short_day(value, self.language)

    def listed(self, items: list[str]) -> str:
        return ", ".join(items)
