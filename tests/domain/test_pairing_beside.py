"""Pairs beside tables by background: whoever is hidden by the one is not told by the other."""

from collections.abc import Sequence

from surveys.domain.pairing import Values, joined
from surveys.domain.pairing_beside import Table, joined_beside_tables
from surveys.domain.privacy import Limit
from surveys.domain.suppression import Part, decide

LIMIT = Limit(5)
WOMEN: list[Values] = [(1, 2), (2, 2), (2, 1), (3, 1), (1, 1), (3, 2)] * 4  # afterwards none answered 3
MEN: list[Values] = [(2, 2), (1, 3), (3, 3), (2, 1)] * 3


def tables(persons: Sequence[Values], genders: Sequence[str]) -> list[Table]:
    found = []
    for place in range(2):
        parts = []
        for gender in sorted(set(genders)):
            held = [each for each, own in zip(persons, genders, strict=True) if own == gender]
            them = [each[place] for each in held if each[place] is not None]
            counts = tuple(them.count(one) for one in (1, 2, 3))
            parts.append(Part({"gender": gender}, counts, sum(counts)))
        known = [{"gender": each} for each in genders]
        found.append(Table(known, decide(parts, ("gender",), LIMIT)))
    return found


def test_the_only_man_who_answered_once_takes_men_with_him() -> None:
    once: list[Values] = [(None, 1), (None, 1), (None, 2), (None, 2), (None, 1), (None, 3)]
    persons = [*WOMEN, *MEN, *once]
    genders = ["woman"] * len(WOMEN) + ["man"] * len(MEN) + ["woman"] * 5 + ["man"]

    assert all(joined(persons, LIMIT).members(persons)[: len(WOMEN) + len(MEN)])
    members = joined_beside_tables(persons, LIMIT, tables(persons, genders)).members(persons)
    men = [member for member, gender in zip(members, genders, strict=True) if gender == "man"]
    assert men.count(False) > 1
    assert any(members)


def test_where_nothing_is_shown_by_background_pairs_are_as_they_were() -> None:
    persons = [*WOMEN, *MEN]
    nothing = [Table([{}] * len(persons), decide([], (), LIMIT))] * 2
    assert joined_beside_tables(persons, LIMIT, nothing) == joined(persons, LIMIT)
