"""Questionnaires that hypothesis makes: any document that the rules let through, in canonical form."""

from decimal import Decimal
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from surveys.domain.questionnaire import BadForm, parse

Document = dict[str, Any]

LANGUAGES = ("sv", "en", "ar", "sv-simple")
CODES: st.SearchStrategy[str] = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,9}", fullmatch=True) | st.sampled_from(
    ["meta", "data", "name", "other", "a_other", "a", "g"]
)
POINT_CODES: st.SearchStrategy[str] = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,5}", fullmatch=True)
# ${…} in a text is an answer to XLSForm, but not to us
WORDS = (
    (
        st.text(
            st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t='\"<&{}_x"), min_size=1
        )
        | st.sampled_from(["${", "Skriv ${namn}", "${a}", "$\u2060{a} ${b c} $\u2060\u2060{"])
    )
    .map(str.strip)
    .filter(bool)
)


def texts(draw: st.DrawFn, languages: tuple[str, ...]) -> dict[str, str]:
    first, *others = languages
    return {first: draw(WORDS)} | {each: draw(WORDS) for each in others if draw(st.booleans())}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document with one to six questions of any kind, in groups, with conditions."""
    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True)))
    codes = draw(st.lists(CODES, min_size=1, max_size=6, unique=True))
    group_codes = draw(st.lists(CODES, max_size=2, unique=True))
    groups = [_group(draw, code, languages) for code in group_codes]
    made: Document = {"title": texts(draw, languages)}
    made["questions"] = [_question(draw, code, codes[:at], languages) for at, code in enumerate(codes)]
    for place, question in enumerate(made["questions"]):
        # the first half in the first group, the next in the second, the last in none
        if groups and place < len(codes) - 1:
            question["group"] = groups[place * len(groups) // len(codes)]["code"]
    used = {question.get("group") for question in made["questions"]}
    if kept := [group for group in groups if group["code"] in used]:
        made["groups"] = kept
    made |= _some(draw, intro=lambda: texts(draw, languages), minutes=lambda: draw(st.integers(1, 240)))
    made |= _some(draw, layout=lambda: draw(st.sampled_from(["one_page", "one_at_a_time"])))
    try:
        parse(made)
    except BadForm:
        assume(False)
    return made


def _group(draw: st.DrawFn, code: str, languages: tuple[str, ...]) -> Document:
    group: Document = {"code": code, "title": texts(draw, languages)}
    return group | _some(draw, text=lambda: texts(draw, languages))


def _question(draw: st.DrawFn, code: str, before: list[str], languages: tuple[str, ...]) -> Document:
    kind = draw(st.sampled_from(sorted(_PARTS)))
    question: Document = {"code": code, "kind": kind, "text": texts(draw, languages)}
    question |= _PARTS[kind](draw, languages)
    question |= _some(
        draw, hint=lambda: texts(draw, languages), generated_note=lambda: texts(draw, languages)
    )
    if kind not in ("information", "theme_choice") and draw(st.booleans()):
        question["each"] = "theme"
    if len(before) > 0 and draw(st.booleans()):
        question["relevant"] = _expression(draw, before)
    if kind != "information":
        question |= _some(draw, required=lambda: True)
        if draw(st.booleans()):
            question["check"] = _expression(draw, [*before, "."])
            question |= _some(draw, check_message=lambda: texts(draw, languages))
    return question


def _expression(draw: st.DrawFn, names: list[str]) -> str:
    def name() -> str:
        found = draw(st.sampled_from(names))
        return found if found == "." else "${" + found + "}"

    one = st.sampled_from(
        [f"{name()} > 3", f"selected({name()}, 'a')", f"{name()} != ''", f"{name()} <= -0.5", f". >= {4}"]
        if "." in names
        else [f"{name()} > 3", f"selected({name()}, 'a')", f'not({name()} = "’")', f"{name()} div 2 = 1"]
    )
    return draw(st.sampled_from([" and ", " or "])).join(draw(st.lists(one, min_size=1, max_size=3)))


def _some(draw: st.DrawFn, **parts: Any) -> Document:
    return {name: make() for name, make in parts.items() if draw(st.booleans())}


def _points(draw: st.DrawFn, languages: tuple[str, ...], taken: str) -> list[Document]:
    codes = draw(st.lists(POINT_CODES, min_size=2, max_size=4, unique=True))
    return [{"code": code, "label": texts(draw, languages)} for code in codes if code != taken]


def _scale(draw: st.DrawFn, languages: tuple[str, ...]) -> Document:
    points = _points(draw, languages, "dk")
    scale: Document = {"points": points}
    scale |= _some(draw, top=lambda: draw(st.integers(0, len(points))), code=lambda: draw(CODES))
    if draw(st.booleans()):
        scale["merged"] = [{"label": texts(draw, languages), "codes": [point["code"] for point in points]}]
    return {"scale": scale} | _some(draw, dont_know=lambda: True)


def _choice(draw: st.DrawFn, languages: tuple[str, ...]) -> Document:
    return {"options": _points(draw, languages, "other")} | _some(draw, other=lambda: True)


def _several(draw: st.DrawFn, languages: tuple[str, ...]) -> Document:
    return _choice(draw, languages) | _some(draw, max=lambda: 2)


def _ranking(draw: st.DrawFn, languages: tuple[str, ...]) -> Document:
    return {"options": _points(draw, languages, "other")} | _some(draw, max=lambda: 1)


def _number(draw: st.DrawFn, languages: tuple[str, ...]) -> Document:
    limits = sorted(draw(st.lists(st.decimals(-999, 999, places=2), min_size=2, max_size=2)))
    lowest, highest = (f"{Decimal(limit):f}" for limit in limits)
    return _some(
        draw,
        minimum=lambda: lowest,
        maximum=lambda: highest,
        decimals=lambda: draw(st.integers(1, 6)),
        unit=lambda: texts(draw, languages),
    )


def _date(draw: st.DrawFn, _languages: tuple[str, ...]) -> Document:
    first, last = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    return _some(draw, earliest=first.isoformat, latest=last.isoformat)


def _text(draw: st.DrawFn, _languages: tuple[str, ...]) -> Document:
    return _some(draw, max_length=lambda: draw(st.integers(1, 1000)))


def _words(draw: st.DrawFn, _languages: tuple[str, ...]) -> Document:
    return _some(
        draw, max_length=lambda: draw(st.integers(1, 100)), max_words=lambda: draw(st.integers(1, 10))
    )


def _nothing(_draw: st.DrawFn, _languages: tuple[str, ...]) -> Document:
    return {}


_PARTS = {
    "scale": _scale,
    "one_choice": _choice,
    "several_choices": _several,
    "ranking": _ranking,
    "number": _number,
    "date": _date,
    "short_text": _text,
    "long_text": _text,
    "words": _words,
    "theme_choice": _nothing,
    "consent": _nothing,
    "information": _nothing,
}
