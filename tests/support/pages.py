"""Pages as a person without JavaScript uses them: links followed, forms sent with their hidden fields."""

import re
from collections import Counter, deque
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')


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
        elif not self.forms or name is None or "disabled" in given:
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


def crawl(client: FlaskClient, start: str = "/projekt", of_a_kind: int = 6) -> dict[str, str]:
    """Return the pages that links lead to from ``start``, by address, in one language.

    All answer; those that only take a form say so (405). Of pages of one kind (the same rule of the address
    map and the same names in the query) the ``of_a_kind`` that are linked to first are opened.
    """
    seen: dict[str, str] = {}
    kinds: Counter[tuple[str, ...]] = Counter()
    waiting = deque([start])
    while waiting:
        address = waiting.popleft()
        if address in seen or address.startswith("/static") or "sprak=" in address:
            continue
        kind = _kind(client.application, address)
        kinds[kind] += 1
        if kinds[kind] > of_a_kind:
            continue
        page = client.get(address)
        assert page.status_code in {200, 303, 405}, f"{address}: {page.status_code}"
        seen[address] = unescape(page.get_data(as_text=True)) if page.mimetype.startswith("text") else ""
        waiting += [unescape(found) for found in LINK.findall(seen[address])]
    return seen


def _kind(app: Flask, address: str) -> tuple[str, ...]:
    parts = urlsplit(address)
    try:
        rule, _ = app.url_map.bind("").match(parts.path)
    except HTTPException:
        rule = parts.path  # takes a form only, or is not there: opened each
    return rule, *sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
