"""An attacker with a solver against what is shown of groups.

He knows the rule, every n down to the smallest group, and the answers of all that is shown: everyone, each
class of each variable, each cell of each cross (so every filter as well). A count of a hidden group is
*recovered* where only one whole number agrees with all that, unless a shown group that it lies in answered
alike as a whole.

``FOLJA_ATTACKS`` says how many tables; how many were tried and how wide the answers were is printed
(``pytest -s``).
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from surveys.domain.privacy import Limit, Verdict, shown
from surveys.domain.suppression import Group, Part, decide
from tests.support.solving import Attack, Interval, options_apart, told_of_all

ATTACKS = int(os.environ.get("FOLJA_ATTACKS", "40"))
VARIABLES = ("gender", "organisation", "work_group")


def random_table(chance: Random, several: bool = False) -> tuple[list[Part], tuple[str, ...]]:
    """A measurement as they are: mostly women, a large organisation and small ones, groups within them, some
    of whom nothing is known, and answers that gather in a few classes.
    """
    variables = VARIABLES[: chance.choice((2, 2, 2, 3))]
    organisations = {f"o{k}": chance.random() ** 2 + 0.05 for k in range(chance.randint(2, 5))}
    classes = chance.randint(2, 5)
    weights = [chance.random() ** 2 + 0.03 for _ in range(classes)]
    found: dict[tuple[str, ...], tuple[list[int], int]] = {}
    for _ in range(chance.randint(8, 90)):
        (organisation,) = chance.choices(list(organisations), list(organisations.values()))
        work_group = f"{organisation}{chance.randrange(2)}" if chance.random() < 0.9 else "across"
        (gender,) = chance.choices(("woman", "man", "other", ""), (70, 22, 3, 5))
        key = (gender, organisation, work_group)[: len(variables)]
        counts, n = found.get(key, ([0] * classes, 0))
        if several:
            counts = [
                count + (chance.random() < weight) for count, weight in zip(counts, weights, strict=True)
            ]
        else:
            counts[chance.choices(range(classes), weights)[0]] += 1
        found[key] = counts, n + 1
    parts = [
        Part(dict(zip(variables, key, strict=True)), tuple(counts), n) for key, (counts, n) in found.items()
    ]
    return parts, variables


def may_not_be_shown(attack: Attack, group: Group, limit: Limit) -> bool:
    held = attack.groups[group]
    counts = [attack.count(held, kind) for kind in range(attack.classes)]
    return shown(counts, attack.size(held), limit) is not Verdict.SHOWN


def recovered(
    parts: Sequence[Part], variables: Sequence[str], told: set[Group], limit: Limit
) -> list[Interval]:
    """What the attacker is told of the counts of groups that may not be shown."""
    attack = Attack(parts, variables, told)
    secret = [
        group for group in attack.groups if group not in told and may_not_be_shown(attack, group, limit)
    ]
    targets = [each for each in attack.targets(secret) if not told_of_all(attack, *each)]
    return attack.intervals(targets)


def everything_large(parts: Sequence[Part], variables: Sequence[str], limit: Limit) -> set[Group]:
    """The same without complementary suppression: each group is judged by itself."""
    attack = Attack(parts, variables, ())
    return {group for group in attack.groups if not may_not_be_shown(attack, group, limit)}


def test_no_hidden_group_is_recovered_from_any_table() -> None:
    found: Counter[str] = Counter()
    widths: list[float] = []
    for seed in range(ATTACKS):
        chance = Random(seed)
        parts, variables = random_table(chance)
        limit = Limit(chance.choice((5, 5, 5, 7, 10)))
        pattern = decide(parts, variables, limit)
        attacked = recovered(parts, variables, set(pattern.groups), limit)

        assert [each for each in attacked if each.recovered] == [], seed
        found["hidden groups"] += len({each.group for each in attacked})
        found["shown groups"] += len(pattern.groups)
        found["counts attacked"] += len(attacked)
        found["true within"] += sum(each.low <= each.true <= each.high for each in attacked)
        widths += [(each.high - each.low) / each.n for each in attacked]

    assert found["shown groups"] > 3 * ATTACKS
    assert found["true within"] == found["counts attacked"] > 10 * ATTACKS
    widths.sort()
    spread = [round(widths[len(widths) * at // 100], 2) for at in (0, 5, 25, 50, 75)]
    print(f"\n{ATTACKS} tables: {dict(found)}, recovered 0; width of n, least, 5, 25, 50, 75 %: {spread}")


def test_without_complements_the_attacker_recovers_groups() -> None:
    hit = 0
    for seed in range(12):
        chance = Random(seed)
        parts, variables = random_table(chance)
        limit = Limit(5)
        attacked = recovered(parts, variables, everything_large(parts, variables, limit), limit)
        hit += any(each.recovered for each in attacked)

    assert hit >= 6


def test_nor_among_whole_persons_alone() -> None:
    """A count may be 2.5 to 3.4 by linear programming, and then 3."""
    for seed in range(1000, 1000 + ATTACKS // 8):
        chance = Random(seed)
        parts, variables = random_table(chance)
        limit = Limit(5)
        told = set(decide(parts, variables, limit).groups)
        narrow = sorted(recovered(parts, variables, told, limit), key=lambda each: each.high - each.low)[:6]
        attack = Attack(parts, variables, told)
        for each in narrow:
            low, high = attack.whole_numbers(each.group, each.kind)
            assert low < high, (seed, each)


def test_nor_where_several_answers_may_be_given() -> None:
    for seed in range(2000, 2000 + ATTACKS // 5):
        chance = Random(seed)
        parts, variables = random_table(chance, several=True)
        limit = Limit(5)
        told = set(decide(parts, variables, limit, several=True).groups)
        for option in options_apart(parts):
            attack = Attack(option, variables, told)
            secret = [group for group in attack.groups if group not in told]
            secret = [each for each in secret if attack.size(attack.groups[each]) < limit]
            targets = [each for each in attack.targets(secret) if each[1] == 0]
            targets = [each for each in targets if not told_of_all(attack, *each)]
            assert [each for each in attack.intervals(targets) if each.recovered] == [], seed


def test_nor_from_pairs_beside_the_whole_measurement() -> None:
    """Who answered both before and after is a variable like any other: those who did not are left over."""
    for seed in range(4000, 4000 + ATTACKS // 5):
        chance = Random(seed)
        parts, variables = random_table(chance)
        waves = [part for each in parts for part in _in_pairs(each, chance)]
        names, limit = ("pair", *variables[:2]), Limit(5)
        told = set(decide(waves, names, limit, crossed=variables[:2]).groups)
        attacked = recovered(waves, names, told, limit)
        wanted = [each for each in attacked if "pair" not in {name for name, _ in each.group[:-1]}]
        assert [each for each in wanted if each.recovered] == [], seed


def _in_pairs(part: Part, chance: Random) -> list[Part]:
    draw: Callable[[int], int] = lambda count: sum(chance.random() < 0.7 for _ in range(count))  # noqa: E731
    both = tuple(map(draw, part.counts))
    alone = tuple(a - b for a, b in zip(part.counts, both, strict=True))
    named = (("both", both), ("alone", alone))
    return [Part({**part.background, "pair": name}, counts, sum(counts)) for name, counts in named]
