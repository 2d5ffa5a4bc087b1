"""The HTML part of a mail, taken down to what may stand on a page of ours: no styles, scripts or pictures."""

from html.parser import HTMLParser

from markupsafe import Markup, escape

KEPT = frozenset({"p", "blockquote", "ul", "ol", "li", "strong", "em", "h2", "h3"})
# What stands in these is not for reading.
SILENT = frozenset({"head", "title", "style", "script", "template", "iframe", "object"})


class _Taking(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self._has_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif self._silent:
            return
        elif tag == "br":
            self.parts.append("<br>")
        elif tag in KEPT:
            self._begin(tag, f"<{tag}>")
        elif tag == "a":
            self._begin(tag, self._link(dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in self._open:
            while self._open[-1] != tag:
                self.parts.append(f"</{self._open.pop()}>")
            self.parts.append(f"</{self._open.pop()}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(str(escape(data)))

    def finished(self) -> Markup:
        self.close()
        while self._open:
            self.parts.append(f"</{self._open.pop()}>")
        return Markup("".join(self.parts))  # noqa: S704 (every part is ours or escaped)

    def _begin(self, tag: str, text: str) -> None:
        self._open.append(tag)
        self.parts.append(text)

    def _link(self, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            return "<a>"
        # As in the mail: the first link is what it asks for, the others stand in the text.
        looks = "" if self._has_button else ' class="button"'
        self._has_button = True
        return f'<a{looks} href="{escape(address)}">'


def shown_html(html: str) -> Markup:
    """Return the readable part of ``html`` as safe markup."""
    taking = _Taking()
    taking.feed(html)
    return taking.finished()
