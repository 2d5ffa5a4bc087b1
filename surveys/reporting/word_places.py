"""The named places of a Word template: `{{ rapport }}` and the others, wherever Word has split their letters.

They are names and nothing more. A template is not run: nobody's file can ask for anything but these words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

REPORT = "report"
# What may stand in a template → what it means.
NAMES: Mapping[str, str] = {
    "rapport": REPORT,
    "report": REPORT,
    "titel": "title",
    "title": "title",
    "projekt": "project",
    "project": "project",
    "status": "status",
    "typ": "kind",
    "kind": "kind",
    "fakta": "facts",
    "facts": "facts",
    "innehåll": "contents",
    "contents": "contents",
    "logotyp": "logotype",
    "logotype": "logotype",
    "emblem": "emblem",
}
# These take the place of their whole paragraph.
BLOCKS = frozenset({REPORT, "facts", "contents", "logotype", "emblem"})
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Found:
    """A place in a template: its name as it stands there, its paragraph, and whether that is the document's
    own (not a table's, a header's or a text box's).
    """

    written: str
    paragraph: Any
    in_body: bool

    @property
    def name(self) -> str | None:
        return NAMES.get(self.written.casefold())

    @property
    def alone(self) -> bool:
        """Whether nothing else stands in the paragraph."""
        return _PLACE.fullmatch(text_of(self.paragraph).strip()) is not None


def places(document: Any) -> Iterator[Found]:
    """Every place of a template, of its body and of its headers and footers."""
    for element in parts(document):
        for paragraph in element.iter(f"{_W}p"):
            for match in _PLACE.finditer(text_of(paragraph)):
                yield Found(match[1], paragraph, paragraph.getparent().tag == f"{_W}body")


def parts(document: Any) -> Iterator[Any]:
    """The elements that hold paragraphs: the body, and each header and footer once."""
    yield document.element.body
    seen: set[int] = set()
    for section in document.sections:
        for kind in ("header", "footer", "first_page_header", "first_page_footer"):
            each = getattr(section, kind)
            if not each.is_linked_to_previous and id(each.part) not in seen:
                seen.add(id(each.part))
                yield each.part.element


def fill(paragraph: Any, values: Mapping[str, str]) -> None:
    """Put words in the places of a paragraph; each keeps the looks of the letter it begins with.

    From the last to the first: what has been put in is not looked at again.
    """
    for match in reversed(list(_PLACE.finditer(text_of(paragraph)))):
        value = values.get(NAMES.get(match[1].casefold(), ""), "")
        at = 0
        for node in paragraph.iter(f"{_W}t"):
            text = node.text or ""
            start, end = max(match.start() - at, 0), min(match.end() - at, len(text))
            if start < len(text) and end > 0 and start < end:
                put = value if at + start == match.start() else ""
                node.text = text[:start] + put + text[end:]
                node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            at += len(text)


def text_of(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{_W}t"))
