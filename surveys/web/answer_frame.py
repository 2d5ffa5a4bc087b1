"""The page around a form's questions, or a receipt: the same for everyone who is asked, but for a few places.

It is most of what a participant's page costs, so it is made once for an occasion, a language and a stage,
with marks in the personal places, and kept as the pieces between the marks. No answer and no name is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from surveys.answers.form_view import FormView
from surveys.web import language

# Of a private-use letter, which no text from a keyboard holds; the address needs one that it need not quote.
PUBLIC_ID = "---public-id---"
PLACES = ("person", "token", "edition", "moment", "content", "was", "code", "progress", "logotype")
MARKS = {name: f"\ue000{name}\ue000" for name in PLACES} | {"public_id": PUBLIC_ID}

_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class _Frame:
    common: FormView
    pieces: tuple[tuple[str, str], ...]  # a text, and the name of the place after it ("" at the end)


_kept: dict[tuple[object, ...], _Frame] = {}


def framed(
    name: str, view: FormView, places: Mapping[str, str], make: Callable[[FormView, dict[str, str]], str]
) -> str:
    """The page ``name`` of ``view`` with ``places`` (escaped HTML for those of ``PLACES`` it has) filled in.

    ``make`` renders the page from a view without anything personal and a mark for each place.
    """
    common = replace(view, person="", public_id=PUBLIC_ID, language="", response=None, revision=0,
                     answers=None, draft=None, saved_at=None, submitted_at=None)  # fmt: skip
    key = (name, view.sheet, language.current(), view.closes_at, view.stage)
    frame = _kept.get(key)
    # All that the page shows is compared, so that a changed title or privacy text shows at once.
    if frame is None or frame.common != common:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        frame = _kept[key] = _Frame(common, tuple(_pieces(make(common, MARKS))))
    filled = {**places, "public_id": view.public_id, "": ""}
    return "".join([part for text, place in frame.pieces for part in (text, filled[place])])


def _pieces(page: str) -> Iterator[tuple[str, str]]:
    while found := [(at, name) for name, mark in MARKS.items() if (at := page.find(mark)) >= 0]:
        at, name = min(found)
        yield page[:at], name
        page = page[at + len(MARKS[name]) :]
    yield page, ""
