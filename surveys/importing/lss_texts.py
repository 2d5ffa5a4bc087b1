"""Texts of LimeSurvey, which may be HTML, as plain text; what cannot be told in words is named."""

import re
from html import unescape

LONGEST = 20_000
_BLOCKS = frozenset({"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "tr", "blockquote"})
_LOST = frozenset(
    {"img", "video", "audio", "iframe", "object", "embed", "table", "input", "select", "button"}
)
_UNREAD = frozenset({"script", "style", "title"})
# {TOKEN:FIRSTNAME}, {q1.shown}: what LimeSurvey puts in while it is answered
EXPRESSION = re.compile(r"\{[^\s{}][^{}]{0,400}\}")
# Nothing in it passes a "<", so that a text of any kind is read in one go. The parser of the standard library
# takes half a minute for some of this length, and gives up on others.
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})\b((?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*)>|<[!?][^<>]*>")
_ADDRESS = re.compile(r"\bhref\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"']+)", re.IGNORECASE)


class _Plain:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self._unread = 0
        self._links: list[tuple[str, int]] = []

    def read(self, text: str) -> None:
        at = 0
        for found in _ELEMENT.finditer(text):
            self._words(text[at : found.start()])
            at = found.end()
            ends, tag, said = found[1], (found[2] or "").lower(), found[3]
            if ends:
                self._end(tag)
            elif tag:
                self._begin(tag, said)
        self._words(text[at:])

    def _begin(self, tag: str, said: str) -> None:
        if tag in _UNREAD:
            self._unread += 1
            self.lost.add(tag)
        elif tag in _LOST:
            self.lost.add(tag)
        elif tag == "a":
            address = _ADDRESS.search(said)
            self._links.append((unescape(address[1].strip("\"'")) if address else "", len(self.parts)))
        if tag == "li":
            self.parts.append("\n– ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def _end(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            if address.startswith(("http", "mailto:")) and address not in "".join(self.parts[start:]):
                self.parts.append(f" ({address.removeprefix('mailto:')})")
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag in ("p", "div") else "\n")

    def _words(self, text: str) -> None:
        if text and not self._unread:
            self.parts.append(re.sub(r"\s+", " ", unescape(text)))


def plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without HTML, and what was lost of it (names of elements)."""
    if "<" not in text and "&" not in text:
        return text.strip(), ()
    parser = _Plain()
    parser.read(_without_comments(text[:LONGEST]))
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), tuple(sorted(parser.lost))


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + len("-->")
    return "".join([*parts, text[at:]])
