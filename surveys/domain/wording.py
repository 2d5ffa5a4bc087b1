"""A project's own wording of its mails: plain text with fields such as ``{name}``.

A field is a name in braces; a brace itself is written twice. Lines whose fields are all empty are left out,
so that "Place: {place}" does not stand there alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from surveys.domain.texts import has_bad_characters

LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
_ALWAYS = ("name", "project", "series", "sender")
_OCCASION = ("occasion", "when", "place")
_ASKING = (*_ALWAYS, *_OCCASION, "title", "link", "closes", "minutes")
_LOG = tuple(name for name in _ASKING if name != "minutes")
_NOTICE = (*_ALWAYS, *_OCCASION)
# What may stand in each kind of mail; a kind that is not here has no wording of its own.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "invitation": _ASKING,
    "reminder": (*_ASKING, "number"),
    "log_prompt": _LOG,
    "log_reminder": (*_LOG, "number"),
    "moved": (*_NOTICE, "before"),
    "cancelled": _NOTICE,
    "reinstated": _NOTICE,
    "own_page": (*_ALWAYS, "occasion", "link"),
}
# Everybody sees a subject on the locked screen of a telephone: it holds neither the person nor the way in.
_NOT_IN_SUBJECT = frozenset({"name", "link"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text: a stable ``code``, and the field or line it is about ("" where none)."""

    code: str
    what: str = ""


class BadBraces(ValueError):
    """A brace is opened and not closed, or the other way round."""

    code = "unbalanced_brace"


def has_link(kind: str) -> bool:
    """Whether a kind of mail leads somewhere and must say where."""
    return "link" in FIELDS[kind]


def subject_fields(kind: str) -> list[str]:
    """The fields that may stand in the subject of a kind of mail."""
    return [name for name in FIELDS[kind] if name not in _NOT_IN_SUBJECT]


def subject_fault(kind: str, text: str) -> Fault | None:
    """What is wrong with a subject, which may be used as a mail's; None where nothing is."""
    if "\n" in text:
        return Fault("line_break")
    return _fault(text, LONGEST_SUBJECT, subject_fields(kind))


def body_fault(kind: str, text: str) -> Fault | None:
    """What is wrong with the text of a mail; None where nothing is."""
    fault = _fault(text, LONGEST_BODY, FIELDS[kind])
    if fault is None and has_link(kind) and "link" not in _names(text):
        return Fault("link_missing", "{link}")
    return fault


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its fields filled in. Raises KeyError or BadBraces for what was never accepted."""
    lines = (_line(line, values) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def paragraphs(text: str, apart: str = "") -> list[list[str]]:
    """The lines of each paragraph; blank lines part them, and a line that is ``apart`` is one by itself."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if apart and line.strip() == apart:
            found += [[apart], []]
        elif line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


def _fault(text: str, longest: int, allowed: "tuple[str, ...] | list[str]") -> Fault | None:
    if not text.strip():
        return Fault("blank")
    if has_bad_characters(text):
        return Fault("bad_characters")
    if len(text) > longest:
        return Fault("too_long")
    try:
        names = _names(text)
    except BadBraces:
        return Fault("unbalanced_brace")
    unknown = next((name for name in names if name not in allowed), None)
    return None if unknown is None else Fault("unknown_field", f"{{{unknown}}}")


def _names(text: str) -> list[str]:
    """The fields of a text, line by line, as they are written."""
    return [name for line in text.split("\n") for _, name in _pieces(line) if name is not None]


def _line(line: str, values: Mapping[str, str]) -> str | None:
    pieces = _pieces(line)
    names = [name for _, name in pieces if name is not None]
    if names and not any(values[name] for name in names):
        return None
    return "".join(literal + ("" if name is None else values[name]) for literal, name in pieces)


def _pieces(line: str) -> list[tuple[str, str | None]]:
    """(text before, name of the field or None) one after the other; raises BadBraces."""
    try:
        return [(literal, _whole(*field)) for literal, *field in Formatter().parse(line)]
    except ValueError as error:
        raise BadBraces from error


def _whole(name: str | None, spec: str | None, conversion: str | None) -> str | None:
    """What stands between the braces, all of it: "name!r" and "name:10" are no fields of ours."""
    if name is None:
        return None
    return name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
