"""What a draft of a questionnaire must be to be kept, and the codes that are made from what people write."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from surveys.domain.questionnaire import BadForm, Form, FormFault, parse
from surveys.domain.texts import has_bad_characters

MOST_QUESTIONS = 200
MOST_OPTIONS = 500  # of one question, or points of its scale
LONGEST_TEXT = 5000
QUESTION_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
OPTION_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,15}", re.ASCII)
QUESTIONNAIRE_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
# Addresses beside those of questionnaires.
RESERVED_CODES = frozenset({"importera", "ny", "skalor"})
# What can be mended later: a draft that asks nothing yet can be kept, not used.
_UNFINISHED = {"asks_nothing"}

Document = Mapping[str, Any]


def draft_faults(document: object) -> tuple[FormFault, ...]:
    """What keeps a document from being kept as a draft; empty where nothing does."""
    try:
        found = tuple(_own_answers(parse(document)))
    except BadForm as bad:
        found = tuple(each for each in bad.faults if each.code not in _UNFINISHED)
    more = tuple(_text_faults(document, ()))
    if isinstance(document, Mapping):
        questions = document.get("questions")
        if isinstance(questions, list):
            more += tuple(_number_faults(questions))
    return found + more


def says_the_same(one: Document, other: Document) -> bool:
    """Whether two documents ask the same, however they are written: with or without what is left at its
    default, and under which code a scale is kept.
    """
    try:
        forms = parse(one), parse(other)
    except BadForm:
        return one == other
    return forms[0] == forms[1] and one.get("partly_translated") == other.get("partly_translated")


def missing_texts(document: Document, languages: Collection[str]) -> tuple[FormFault, ...]:
    """The texts that lack one of ``languages``, as faults ``missing_language``."""
    try:
        parse(document, languages)
    except BadForm as bad:
        return tuple(each for each in bad.faults if each.code == "missing_language")
    return ()


def code_from(
    text: str, pattern: re.Pattern[str], taken: Collection[str], usual: str, longest: int = 30
) -> str:
    """A code made from what people read: without accents, words joined; ``usual`` where nothing is left.

    Followed by 2, 3 … where it is taken.
    """
    joint = "-" if pattern is QUESTIONNAIRE_CODE else "_"
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain) or [usual]
    code = words[0][:longest]
    for word in words[1:]:
        if len(code) + len(word) >= longest:
            break
        code = f"{code}{joint}{word}"
    if not pattern.fullmatch(code):
        code = f"{usual}{joint}{code}"[:longest]
    return free(code, taken, joint, longest)


def free(code: str, taken: Collection[str], joint: str = "_", longest: int = 40) -> str:
    """``code``, or with 2, 3 … after it where that is taken."""
    number, found = 1, code
    while found in taken:
        number += 1
        end = f"{joint}{number}"
        found = code[: longest - len(end)] + end
    return found


def _own_answers(form: Form) -> Iterator[FormFault]:
    """Conditions on the answer to the very question: it would never be asked, or always."""
    named = [("groups", place, each.code, each.relevant) for place, each in enumerate(form.groups)]
    named += [("questions", place, each.code, each.relevant) for place, each in enumerate(form.questions)]
    for kind, place, code, relevant in named:
        if relevant is not None and relevant.about_own:
            yield FormFault((kind, place, "relevant"), "circular", {"codes": code})


def _number_faults(questions: list[Any]) -> Iterator[FormFault]:
    if len(questions) > MOST_QUESTIONS:
        yield FormFault(("questions",), "too_many_questions", {"most": MOST_QUESTIONS})
    for place, question in enumerate(questions):
        for path in (("options",), ("scale", "points")):
            held: Any = question
            for step in path:
                held = held.get(step) if isinstance(held, Mapping) else None
            if isinstance(held, list) and len(held) > MOST_OPTIONS:
                yield FormFault(("questions", place, *path), "too_many_options", {"limit": MOST_OPTIONS})


def _text_faults(value: object, path: tuple[str | int, ...]) -> Iterator[FormFault]:
    if isinstance(value, str):
        if has_bad_characters(value):
            yield FormFault(path, "bad_characters")
        elif len(value) > LONGEST_TEXT:
            yield FormFault(path, "too_long", {"most": LONGEST_TEXT})
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _text_faults(part, (*path, str(key)))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _text_faults(part, (*path, position))
