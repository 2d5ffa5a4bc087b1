"""Which questionnaire a ready pattern proposes."""

import pytest

from surveys.domain.patterns import Candidate, pattern, proposed

POST = Candidate("efter", "post", needs_themes=False, used=False)
USED = Candidate("efter-2", "post", needs_themes=False, used=True)
HALF = Candidate("halvar", "follow_up", needs_themes=False, used=False)
HALF_USED = Candidate("halvar-2", "follow_up", needs_themes=False, used=True)
THEMES = Candidate("teman", "post", needs_themes=True, used=False)
OCCASION = Candidate("tillfalle", "occasion", needs_themes=True, used=False)
OCCASION_USED = Candidate("tillfalle-2", "occasion", needs_themes=True, used=True)


@pytest.mark.parametrize(
    ("code", "candidates", "wanted"),
    [
        ("six_months", [POST, HALF], "halvar"),
        ("six_months", [THEMES, POST], "efter"),
        ("six_months", [THEMES], None),
        ("six_months", [HALF_USED, POST], "efter"),
        ("six_months", [USED, HALF_USED], "halvar-2"),
        ("six_months", [USED], "efter-2"),
        ("after", [HALF, THEMES], None),
        ("after_occasion", [OCCASION_USED, OCCASION], "tillfalle"),
        ("after_occasion", [OCCASION_USED, POST], "tillfalle-2"),
        ("before", [], None),
        ("log", [POST, OCCASION], None),
    ],
)
def test_what_a_pattern_proposes(code: str, candidates: list[Candidate], wanted: str | None) -> None:
    chosen = pattern(code)
    assert chosen is not None
    assert proposed(chosen, candidates) == wanted
