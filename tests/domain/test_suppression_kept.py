"""What is decided of groups beside each other stays what it was, however fast it is decided.

The digest changes with the rule and nothing else: whoever means to change that writes the new one down.
"""

import hashlib
from random import Random

from surveys.domain.privacy import Limit
from surveys.domain.suppression import Part, Pattern, decide

TABLES = 60
DIGEST = "b58dce7142fcf5c6d5834189e4510ad8faa55a255b6bd258ccbbd32efa15e5ed"
VARIABLES = (("gender", "wwwmx"), ("organisation", "abcdef"), ("work_group", "xyz"), ("theme", "12"))


def pattern(seed: int) -> Pattern:
    """Of 10 to 150 persons with two to four variables and two to five classes; some may choose several."""
    random = Random(seed)
    variables = VARIABLES[: random.randint(2, 4)]
    classes, several = random.randint(2, 5), random.random() < 0.2
    counted: dict[tuple[str, ...], tuple[list[int], int]] = {}
    for _ in range(random.randint(10, 150)):
        key = tuple(offered[int(random.random() ** 2 * len(offered))] for _, offered in variables)
        counts, n = counted.get(key, ([0] * classes, 0))
        for _ in range(1 + several * int(2 * random.random())):
            counts[int(random.random() * classes)] += 1
        counted[key] = [min(each, n + 1) for each in counts], n + 1
    names = [name for name, _ in variables]
    parts = [
        Part(dict(zip(names, key, strict=True)), tuple(counts), n) for key, (counts, n) in counted.items()
    ]
    return decide(parts, names, Limit(5), several)


def test_the_same_tables_have_the_same_patterns() -> None:
    told = [sorted(map(str, pattern(seed).groups)) for seed in range(TABLES)]
    assert hashlib.sha256(repr(told).encode()).hexdigest() == DIGEST
