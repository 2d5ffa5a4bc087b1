"""The difference of two shares: the examples that its author printed."""

import pytest

from surveys.domain.differences import newcombe


# Newcombe 1998, table II, method 10: the eight examples, with the later group first as there.
@pytest.mark.parametrize(
    ("later", "earlier", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_is_the_one_printed(
    later: tuple[int, int], earlier: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe(earlier, later)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_turned_round_it_is_the_same_with_the_other_sign() -> None:
    one, other = newcombe((48, 80), (56, 70)), newcombe((56, 70), (48, 80))
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_a_share_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        newcombe((0, 0), (1, 2))
