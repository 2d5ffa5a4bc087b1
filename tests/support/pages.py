"""Forms of pages as a person without JavaScript sends them: every field, the hidden ones included."""

from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        elif not self.forms or name is None:
            return
        elif tag == "textarea":
            self._area = name
            self._fields[name] = ""
        elif tag == "select":
            self._fields[name] = ""
        elif tag == "input" and given.get("type") not in {"checkbox", "radio", "file", "submit"}:
            self._fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            # The line feed right after the tag belongs to the page, not to the field.
            self._fields[self._area] += data if self._fields[self._area] else data.removeprefix("\n")

    @property
    def _fields(self) -> dict[str, str]:
        return self.forms[-1][1]


def forms_of(page: TestResponse) -> dict[str, dict[str, str]]:
    """Return the fields of every form of a page as they stand, by the form's address."""
    parser = _Forms()
    parser.feed(page.text)
    return {action: dict(fields) for action, fields in parser.forms}


def send(client: FlaskClient, page: TestResponse, action: str, /, **typed: str) -> TestResponse:
    """Fill in the form of ``page`` that goes to an address ending with ``action``, and send it."""
    (address, fields), *more = [item for item in forms_of(page).items() if item[0].endswith(action)]
    assert not more, f"several forms go to …{action}"
    return client.post(address, data=fields | typed)
