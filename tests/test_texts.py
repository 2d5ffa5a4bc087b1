"""The interface is complete in every language that has a catalogue: nothing missing, nothing left over.

And participants' own texts are easy to read: LIX (C. H. Björnsson, Läsbarhet, 1968) is words a sentence and
words of more than six letters in a hundred, added. Newspapers lie at about 50, children's books under 30.
"""

import ast
import gettext
import re
from functools import cache
from pathlib import Path

import pytest

from surveys.catalogues import FOLDER, languages
from tests.support import texts

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
STOPS = re.compile(r"[.?!:]+(?=\s|$)")
CALLS = {"_", "_l", "ngettext"}
EASY_ENOUGH = {"sv": 40, "sv-simple": 30}

translated = pytest.mark.parametrize("language", texts.translated())


def key(message: object) -> object:
    return message.id, message.context  # type: ignore[attr-defined]


def scope(language: str) -> str:
    return languages()[language].scope


@cache
def parsed(folder: str) -> dict[Path, list[ast.AST]]:
    """Every module in a folder, as the nodes of its tree."""
    files = sorted((texts.ROOT / folder).rglob("*.py"))
    return {path: list(ast.walk(ast.parse(path.read_text("utf-8")))) for path in files}


def lix(written: list[str]) -> float:
    """Of all texts together; each ends a sentence."""
    sentences = [each for text in written for each in STOPS.split(text) if WORD.search(each)]
    words = [word for each in sentences for word in WORD.findall(PLACEHOLDER.sub("", each))]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


@translated
def test_every_text_has_a_translation(language) -> None:
    catalogue = texts.shipped(language)
    kept = {key(message) for message in catalogue}
    wanted = texts.collected(scope(language))
    missing = [str(key(message)) for message in wanted if key(message) not in kept]
    assert not missing, "make texts, then translate: " + "; ".join(missing)
    assert not texts.untranslated(catalogue)


@translated
def test_no_text_is_left_over(language) -> None:
    used = {key(message) for message in texts.collected(scope(language))}
    assert [key(message) for message in texts.shipped(language) if key(message) not in used] == []


def test_no_text_hides_within_the_call_of_another() -> None:
    """What collects them does not look into the values that a text is filled in with."""
    known = {each for message in texts.collected() for each in _forms(message.id)}
    hidden = [
        f"{path.name}:{node.lineno}"
        for folder in ("surveys", "scheduler")
        for path in (texts.ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS
        for each in node.args
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value not in known
    ]
    assert hidden == []


def _forms(text: object) -> tuple[object, ...]:
    return text if isinstance(text, tuple) else (text,)


def test_no_text_hides_in_an_f_string() -> None:
    """There it would be asked for and never collected."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for folder in ("surveys", "scheduler")
        for path, nodes in parsed(folder).items()
        for outer in nodes
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in texts.KEYWORDS
    ]
    assert hidden == []


@translated
def test_placeholders_survive_translation(language) -> None:
    for message in texts.shipped(language):
        ids, strings = (
            (message.id, message.string)
            if isinstance(message.id, (tuple, list))
            else ((message.id,), (message.string,))
        )
        wanted = {found for text in ids for found in PLACEHOLDER.findall(text)}
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= wanted, message.id
        assert set(PLACEHOLDER.findall(strings[-1])) == set(PLACEHOLDER.findall(ids[-1])), message.id


@translated
def test_the_compiled_catalogue_is_in_step(language) -> None:
    with texts.catalogue_path(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in texts.shipped(language):
        if message.id and isinstance(message.id, str):
            found = (
                compiled.pgettext(message.context, message.id)
                if message.context
                else compiled.gettext(message.id)
            )
            assert found == message.string


@pytest.mark.parametrize(("language", "most"), EASY_ENOUGH.items())
def test_participants_read_easy_swedish(language, most) -> None:
    """All of it together, and each text that is long enough to be measured."""
    theirs = {key(message) for message in texts.collected("participant")}
    written = [
        message.string if isinstance(message.string, str) else message.string[-1]
        for message in texts.shipped(language)
        if message.id and key(message) in theirs
    ]
    running = [text for text in written if text[-1] in ".?"]
    assert lix(running) <= most
    assert [text for text in running if len(WORD.findall(text)) >= 25 and lix([text]) > most] == []


def test_nothing_else_lists_the_languages() -> None:
    """A language that is added is found by its folder, wherever languages are offered or looked up."""
    sets = [
        f"{path.name}:{node.lineno}"
        for path, nodes in parsed("surveys").items()
        if "demo" not in path.parts
        for node in nodes
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
        if {getattr(each, "value", "") for each in node.elts} >= {"sv", "en"}
    ]
    assert sets == []
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == set(languages())
