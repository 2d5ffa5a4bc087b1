"""All texts of a questionnaire's document, by keys that stay the same when questions are moved.

A key is a path of codes: "title", "questions/overall/text", "questions/role/options/a/label". A scale that
several questions have in the same words is one: "scales/grad/points/1/label".
"""

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.document import Path
from surveys.domain.texts import LocalText

TEXT_NAMES = ("title", "intro", "text", "hint", "unit", "label", "check_message", "generated_note")

Document = Mapping[str, Any]
Changes = Mapping[str, LocalText]  # key → language → text; "" takes it away


class UnknownText(KeyError):
    """A key that no text of the document has."""

    code = "unknown_text"


@dataclass(frozen=True)
class Worded:
    """A text of the document: its key, what it is (one of TEXT_NAMES), and where it stands.

    ``question`` is the code of the question it belongs to, "" for what belongs to all or none.
    """

    key: str
    name: str
    texts: LocalText
    question: str = ""
    places: tuple[Path, ...] = field(default=())

    def lacks(self, language: str) -> bool:
        return not self.texts.get(language)


def worded(document: Document) -> tuple[Worded, ...]:
    """Every text, in the order of the document."""
    found: dict[str, Worded] = {}
    shared = _shared_scales(document)
    for path, texts in _walked(document, ()):
        key, question = _key(document, path, shared)
        before = found.get(key)
        places = (*before.places, path) if before else (path,)
        found[key] = Worded(key, str(path[-1]), dict(texts), question, places)
    return tuple(found.values())


def languages_of(document: Document) -> tuple[str, ...]:
    """The languages that any text is in, in the order in which they come up."""
    return tuple(dict.fromkeys(language for each in worded(document) for language in each.texts))


def missing(document: Document, languages: Collection[str]) -> dict[str, int]:
    """How many texts each of ``languages`` lacks; those that lack none are left out."""
    every = worded(document)
    counts = {language: sum(each.lacks(language) for each in every) for language in languages}
    return {language: count for language, count in counts.items() if count}


def with_texts(document: Document, changes: Changes) -> dict[str, Any]:
    """The document with ``changes`` made. Raises :class:`UnknownText`."""
    made = deepcopy(dict(document))
    known = {each.key: each for each in worded(document)}
    for key, texts in changes.items():
        if key not in known:
            raise UnknownText(key)
        for place in known[key].places:
            held = _at(made, place)
            for language, text in texts.items():
                if text.strip():
                    held[language] = text.strip()
                else:
                    held.pop(language, None)
    return made


def without_language(document: Document, language: str) -> dict[str, Any]:
    """The document without its texts in ``language``; those that are in no other stay."""
    alone = {each.key for each in worded(document) if set(each.texts) == {language}}
    gone = {each.key: {language: ""} for each in worded(document) if each.key not in alone}
    return with_texts(document, gone)


def changed(document: Document, changes: Changes) -> dict[str, LocalText]:
    """Of ``changes`` to known texts, what is not so already."""
    known = {each.key: each.texts for each in worded(document)}
    differing = {
        key: {lang: text for lang, text in texts.items() if known[key].get(lang, "") != text.strip()}
        for key, texts in changes.items()
        if key in known
    }
    return {key: texts for key, texts in differing.items() if texts}


def _walked(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if isinstance(value, Mapping):
        for name in sorted(value, key=_rank):
            part = value[name]
            if name in TEXT_NAMES and isinstance(part, Mapping):
                yield (*path, name), part
            else:
                yield from _walked(part, (*path, name))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _walked(part, (*path, position))


def _rank(name: str) -> tuple[int, bool, str]:
    """Texts before what holds more of them, as they are read; the points of a scale before its classes."""
    return (TEXT_NAMES.index(name) if name in TEXT_NAMES else len(TEXT_NAMES), name == "merged", name)


def _key(document: Document, path: Path, shared: Collection[str]) -> tuple[str, str]:
    """The key of what stands at ``path``, and the question it belongs to."""
    parts: list[str] = []
    question, value = "", document
    for step in path:
        value = value[step]  # type: ignore[index]
        code = str(value.get("code", "")) if isinstance(value, Mapping) else ""
        if isinstance(step, int):
            parts.append(code or str(step + 1))
            question = parts[-1] if parts[:-1] == ["questions"] else question
        elif step == "scale" and code in shared:
            parts, question = ["scales", code], ""
        else:
            parts.append(step)
    return "/".join(parts), question


def _shared_scales(document: Document) -> set[str]:
    """Codes of scales that say the same wherever they stand."""
    said: dict[str, list[Any]] = {}
    for question in document.get("questions", ()):
        scale = question.get("scale") if isinstance(question, Mapping) else None
        if isinstance(scale, Mapping) and scale.get("code"):
            said.setdefault(str(scale["code"]), []).append(scale)
    return {code for code, each in said.items() if all(scale == each[0] for scale in each)}


def _at(document: Any, place: Path) -> dict[str, str]:
    found = document
    for step in place:
        found = found[step]
    held: dict[str, str] = found
    return held
