"""The interface is complete in Swedish: nothing missing, nothing doubtful, nothing left over."""

import ast
import gettext
import re

import pytest

from tests.support import texts

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def key(message: object) -> object:
    return message.id, message.context  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def swedish():
    return texts.catalogue("sv")


@pytest.fixture(scope="module")
def collected():
    return texts.collected()


def test_every_text_has_a_swedish_one(swedish, collected) -> None:
    kept = {key(message) for message in swedish}
    missing = [str(key(message)) for message in collected if key(message) not in kept]
    assert not missing, "make texts, then translate: " + "; ".join(missing)
    assert not texts.untranslated(swedish)


def test_no_text_is_left_over(swedish, collected) -> None:
    used = {key(message) for message in collected}
    assert [key(message) for message in swedish if key(message) not in used] == []


def test_no_text_hides_in_an_f_string() -> None:
    """There it would be asked for and never collected."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for folder in ("surveys", "scheduler")
        for path in (texts.ROOT / folder).rglob("*.py")
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, ast.JoinedStr)
        for call in ast.walk(outer)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in texts.KEYWORDS
    ]
    assert hidden == []


def test_placeholders_survive_translation(swedish) -> None:
    for message in swedish:
        ids, strings = (
            (message.id, message.string)
            if isinstance(message.id, (tuple, list))
            else ((message.id,), (message.string,))
        )
        wanted = {found for text in ids for found in PLACEHOLDER.findall(text)}
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= wanted, message.id
        assert set(PLACEHOLDER.findall(strings[-1])) == set(PLACEHOLDER.findall(ids[-1])), message.id


def test_the_compiled_catalogue_is_in_step(swedish) -> None:
    with texts.catalogue_path("sv").with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in swedish:
        if message.id and isinstance(message.id, str):
            found = (
                compiled.pgettext(message.context, message.id)
                if message.context
                else compiled.gettext(message.id)
            )
            assert found == message.string
