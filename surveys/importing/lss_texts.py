"""Texts of LimeSurvey, which may be HTML, as plain text; what cannot be told in words is named."""

import re
from html.parser import HTMLParser

LONGEST = 20_000
_BLOCKS = frozenset({"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "tr", "blockquote"})
_LOST = frozenset(
    {"img", "video", "audio", "iframe", "object", "embed", "table", "input", "select", "button"}
)
_UNREAD = frozenset({"script", "style", "title"})
# {TOKEN:FIRSTNAME}, {q1.shown}: what LimeSurvey puts in while it is answered
EXPRESSION = re.compile(r"\{[^\s{}][^{}]{0,400}\}")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self._unread = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
            self.lost.add(tag)
        elif tag in _LOST:
            self.lost.add(tag)
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))
        if tag == "li":
            self.parts.append("\n– ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            if address.startswith(("http", "mailto:")) and address not in "".join(self.parts[start:]):
                self.parts.append(f" ({address.removeprefix('mailto:')})")
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag in ("p", "div") else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without HTML, and what was lost of it (names of elements)."""
    if "<" not in text and "&" not in text:
        return text.strip(), ()
    parser = _Plain()
    parser.feed(text[:LONGEST])
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), tuple(sorted(parser.lost))
