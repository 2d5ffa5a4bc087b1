"""What the demo's respondents answer: exactly the counts of the figures, the rest drawn with a fixed seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from surveys.demo import texts
from surveys.demo.figures import Figures
from surveys.domain.questions import Answer

SEED = 2013
TOP_SHARE, BOTTOM_SHARE = 0.35, 0.25  # of the two upper points the highest, of the two lower the lowest
BEFORE = {
    "knows_others": (12, 30, 38, 15, 5),
    "knows_methods": (9, 25, 41, 19, 6),
    "cooperates": (10, 27, 33, 20, 6),
    "same_picture": (11, 29, 36, 12, 2),
}
AFTER = {
    "knows_others": (2, 10, 31, 40, 17),
    "knows_methods": (2, 12, 33, 38, 15),
    "cooperates": (4, 16, 34, 32, 11),
    "same_picture": (4, 19, 39, 27, 5),
}

Sheet = dict[str, Answer]


@dataclass(frozen=True)
class Asked:
    """One questionnaire sent at one target; ``occasion`` is "" where the whole series is asked about."""

    series: str
    rule: str
    occasion: str

    def rng(self) -> Random:
        return Random(f"{SEED}/{self.series}/{self.rule}/{self.occasion}")  # noqa: S311


def answers(asked: Asked, figures: Figures) -> list[Sheet]:
    """Return one sheet of answers for each who answers; empty where nobody does."""
    makers: dict[tuple[str, str], Callable[[Asked, Figures], list[Sheet]]] = {
        ("offensivt", "fore"): _before,
        ("offensivt", "efter"): _half_day,
        ("offensivt", "slut"): _after,
        ("bredd", "efter"): _bredd,
        ("england", "partner"): _partner,
    }
    maker = makers.get((asked.series, asked.rule))
    return maker(asked, figures) if maker else []


class _Group:
    """Respondents with a leaning of their own, so that whoever likes one thing tends to like the next."""

    def __init__(self, size: int, rng: Random) -> None:
        self.rng = rng
        self.sheets: list[Sheet] = [{} for _ in range(size)]
        self._leaning = [rng.gauss(0, 1) for _ in range(size)]

    def deal(self, code: str, counts: Sequence[tuple[str, int]]) -> None:
        """Give out ``counts`` (highest point first) exactly; whoever is left over does not answer."""
        number = sum(count for _, count in counts)
        order = self.rng.sample(range(len(self.sheets)), number)
        order.sort(key=lambda person: self._leaning[person] + self.rng.gauss(0, 1), reverse=True)
        values = [point for point, count in counts for _ in range(count)]
        for person, value in zip(order, values, strict=True):
            self.sheets[person][code] = value

    def give(self, code: str, share: float, make: Callable[[Random], Any]) -> None:
        """Let about ``share`` of the group answer with what ``make`` draws."""
        for sheet in self.sheets:
            if self.rng.random() < share:
                sheet[code] = make(self.rng)

    def words(self, code: str, main: Sequence[str], most: int = 3) -> None:
        """Give out association words; the main ones are the most common, in their order."""
        size = len(self.sheets)
        quotas = [(word, max(3, round(size * 0.42 * 0.72**place))) for place, word in enumerate(main)]
        ceiling = min([count for _, count in quotas], default=6) - 1
        others = self.rng.sample(texts.OTHER_WORDS, 6)
        quotas += [(word, self.rng.randint(1, max(1, min(ceiling, size // 8)))) for word in others]
        for word, count in quotas:
            free = [sheet for sheet in self.sheets if len(sheet.get(code, ())) < most]
            for sheet in self.rng.sample(free, min(count, len(free))):
                sheet[code] = [*sheet.get(code, ()), word]


def _half_day(asked: Asked, figures: Figures) -> list[Sheet]:
    occasion = figures.of("offensivt", asked.occasion)
    group = _Group(occasion["answered"], asked.rng())
    for name, top in occasion["top_two"].items():
        code = name.replace("theme_", "new_knowledge-")
        group.deal(code, _four(top["k"], top["n"]))
    group.words("association", occasion["main_associations"])
    return group.sheets


def _four(upper: int, number: int) -> list[tuple[str, int]]:
    highest, lowest = round(upper * TOP_SHARE), round((number - upper) * BOTTOM_SHARE)
    return [("4", highest), ("3", upper - highest), ("2", number - upper - lowest), ("1", lowest)]


def _before(asked: Asked, figures: Figures) -> list[Sheet]:
    group = _series_wide(asked, figures.data["offensivt"]["pre"]["answered"], BEFORE)
    group.give("time_in_work", 0.97, _time_in_work)
    group.give("cases", 0.8, lambda rng: str(rng.randint(8, 75)))
    group.give("wish", 0.3, lambda rng: rng.choice(texts.WISHES))
    return group.sheets


def _after(asked: Asked, figures: Figures) -> list[Sheet]:
    group = _series_wide(asked, figures.data["offensivt"]["post"]["answered"], AFTER)
    group.give("used", 0.95, _used)
    group.give("changed", 0.4, lambda rng: rng.choice(texts.CHANGES))
    return group.sheets


def _series_wide(asked: Asked, number: int, shares: Mapping[str, Sequence[int]]) -> _Group:
    group = _Group(number, asked.rng())
    for code, percent in shares.items():
        counts = [number * each // 100 for each in percent]
        points = [(str(point), count) for point, count in enumerate(counts, start=1)]
        spare = number - sum(counts)
        unsure = [("dk", spare)] if code in {"cooperates", "same_picture"} else []
        group.deal(code, [*reversed(points), *unsure])
    return group


def _time_in_work(rng: Random) -> dict[str, str]:
    if rng.random() < 0.03:
        return {"code": "other", "text": "Går i pension i vår"}
    return {"code": rng.choice("abbccc")}


def _used(rng: Random) -> dict[str, list[str]]:
    if rng.random() < 0.1:
        return {"codes": ["nothing"]}
    known = ("contacts", "talks", "plans", "laws")
    chosen = set(rng.sample(known, rng.randint(1, 3)))
    return {"codes": [code for code in known if code in chosen]}


def _bredd(asked: Asked, figures: Figures) -> list[Sheet]:
    occasion = figures.of("bredd", asked.occasion)
    group = _Group(occasion["answered"], asked.rng())
    points = [(str(point), count) for point, count in enumerate(occasion["counts"], start=1)]
    group.deal("whole", list(reversed(points)))
    group.give("comment", 0.3, lambda rng: rng.choice(texts.BREDD_COMMENTS))
    for sheet in group.sheets:
        if "whole" not in sheet:  # whoever sent in nothing at all would not have answered
            sheet["comment"] = group.rng.choice(texts.BREDD_COMMENTS)
    return group.sheets


def _partner(asked: Asked, figures: Figures) -> list[Sheet]:
    number = figures.of("england", asked.occasion, "partner_survey")["answered"]
    group = _Group(number, asked.rng())
    group.deal("programme", _four(round(number * 0.85), number))
    group.deal("hosts", _four(round(number * 0.75), number))
    group.give("bring_home", 0.8, lambda rng: rng.choice(texts.BROUGHT_HOME))
    group.give("improve", 0.4, lambda rng: rng.choice(texts.IMPROVEMENTS))
    return group.sheets
