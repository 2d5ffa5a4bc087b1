"""Which days are quiet in Sweden: public holidays, and the eves that the law puts on a level with them."""

from datetime import date
from functools import cache

import holidays

# De facto: the eves of Midsummer, Christmas and the New Year (the Annual Leave Act, SFS 1977:480, section 7).
CATEGORIES = ("public", "de_facto")


def is_quiet_day(day: date) -> bool:
    """Whether ``day`` is a Swedish holiday or an eve that counts as one. Sundays are not counted here."""
    return day in _of_year(day.year)


@cache
def _of_year(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("SE", years=year, categories=CATEGORIES, expand=False))
