"""A YAML file as plain text values with the line each of them stands on.

Every scalar stays the text that was written (``no``, ``13:00`` and ``2011-03-29`` are what they look like)
until the schema gives it a type. Left empty, ``~`` and ``null`` mean that nothing was given. What makes YAML
surprising or dangerous is refused: anchors, aliases, tags, the same key twice, several documents.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from surveys.importing import files
from surveys.importing.faults import Fault
from surveys.importing.files import Refused

LARGEST_BYTES = 5 * 1024 * 1024
DEEPEST = 20

PathKey = tuple[str | int, ...]
_NOTHING = {"", "~", "null"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class YamlDocument:
    """``data`` is made of dict, list and str; ``lines`` gives the line of every path in it."""

    file: str
    data: Any
    lines: dict[PathKey, int] = field(default_factory=dict)

    def line(self, path: PathKey) -> int:
        """Return the line of ``path``, or of its nearest parent that stands in the file."""
        found: PathKey = ()
        for step in path:
            # a step the file does not have (the schema's own, or a missing field) is passed over
            found = (*found, step) if (*found, step) in self.lines else found
        return self.lines.get(found, 1)


def read_yaml(path: Path, name: str) -> tuple[YamlDocument | None, list[Fault]]:
    """Read the file at ``path``, called ``name`` in faults; None where it cannot be read as a whole."""
    try:
        return _document(_text(path), name)
    except Refused as refused:
        return None, [Fault(name, refused.line, refused.code, refused.params)]


def _text(path: Path) -> str:
    raw = files.content(path, LARGEST_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(raw[: error.start].count(b"\n") + 1, "not_utf8") from None


def _document(text: str, name: str) -> tuple[YamlDocument | None, list[Fault]]:
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise Refused(line, "bad_characters") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(mark.line + 1 if mark else 1, "not_yaml", reason=error.problem or "") from None
    if builder.document is None:
        raise Refused(1, "file_empty")
    return builder.document, builder.faults


@dataclass
class _Open:
    """A mapping or list that has begun and not ended."""

    node: dict[str, Any] | list[Any]
    path: PathKey
    key: str | None = None  # of a mapping, once it was read


class _Builder:
    """Makes the document from the parser's events, without recursion."""

    def __init__(self, name: str) -> None:
        self.document: YamlDocument | None = None
        self.faults: list[Fault] = []
        self._name = name
        self._stack: list[_Open] = []
        self._lines: dict[PathKey, int] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._begin_document(line)
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, "yaml_anchor")
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _begin_document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused(line, "yaml_several_documents")

    def _scalar(self, event: Any, line: int) -> None:
        _refuse_tag(event, line)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            self._key(top, event.value, line)
            return
        given = not (event.implicit[0] and event.value in _NOTHING)
        self._place(event.value if given else None, line)

    def _key(self, top: _Open, key: str, line: int) -> None:
        if (*top.path, key) in self._lines:
            first = self._lines[(*top.path, key)]
            self.faults.append(Fault(self._name, line, "duplicate_key", {"key": key, "first": first}))
        self._lines[(*top.path, key)] = line
        top.key = key

    def _begin(self, event: Any, line: int) -> None:
        _refuse_tag(event, line)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            raise Refused(line, "yaml_key_not_text")
        if len(self._stack) >= DEEPEST:
            raise Refused(line, "yaml_too_deep", levels=DEEPEST)
        node: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Open(node, self._place(node, line)))

    def _place(self, value: Any, line: int) -> PathKey:
        """Put ``value`` where it belongs and return its path."""
        if not self._stack:
            self._lines[()] = line
            self.document = YamlDocument(self._name, value, self._lines)
            return ()
        top = self._stack[-1]
        if isinstance(top.node, list):
            path: PathKey = (*top.path, len(top.node))
            self._lines[path] = line
            top.node.append(value)
            return path
        key = top.key or ""
        path = (*top.path, key)
        if value is not None:
            top.node[key] = value
        top.key = None
        return path


def _refuse_tag(event: Any, line: int) -> None:
    if event.tag not in (None, "", "!"):
        raise Refused(line, "yaml_tag", tag=event.tag)
