"""A table of figures from elsewhere: what must be said of it before it is kept, and its document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.domain.figure_printed import Role
from surveys.domain.series import Fields

KINDS = ("pre", "post", "occasion", "follow_up", "registered", "other")
LONGEST = {"title": 200, "who": 200, "report": 300, "published": 40, "page": 80, "unit": 120, "note": 500}
LINKS = ("top", "class")


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures are from: who made them, in which report, when it came ("2013", "28 februari 2013"), on
    which page."""

    who: str
    report: str = ""
    published: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What of a series' own results a column is laid beside: the upper points of a question (``class_code``
    ""), or one of its merged classes. ``theme`` is "" for a question not asked by theme."""

    question: str
    theme: str = ""
    class_code: str = ""


@dataclass(frozen=True)
class Content:
    """What a version of a table says. ``links``: column → own results. ``unit``: what is counted."""

    title: str
    kind: str
    source: Source
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    roles: tuple[Role, ...]
    totals: tuple[int, ...] = ()
    base: int | None = None
    scale: tuple[int, int] | None = None
    unit: str = ""
    note: str = ""
    links: Mapping[int, Link] = field(default_factory=dict)


def described(raw: Mapping[str, str], faults: dict[str, str]) -> dict[str, Any]:
    """Title, kind, source, unit and note as their fields say; faults by field go into ``faults``."""
    fields = Fields(raw, faults)
    kind = raw.get("kind", "")
    if kind not in KINDS:
        faults["kind"] = "blank"
    return {
        "title": fields.line("title", LONGEST["title"], needed=True),
        "kind": kind,
        "source": Source(
            who=fields.line("who", LONGEST["who"], needed=True),
            report=fields.line("report", LONGEST["report"]),
            published=fields.line("published", LONGEST["published"]),
            page=fields.line("page", LONGEST["page"]),
        ),
        "unit": fields.line("unit", LONGEST["unit"]),
        "note": fields.line("note", LONGEST["note"]),
    }


def document_of(content: Content) -> dict[str, Any]:
    """The content as it is stored."""
    source = content.source
    return {
        "title": content.title,
        "kind": content.kind,
        "source": {
            "who": source.who,
            "report": source.report,
            "published": source.published,
            "page": source.page,
        },
        "unit": content.unit,
        "note": content.note,
        "head": list(content.head),
        "rows": [list(row) for row in content.rows],
        "roles": [role.value for role in content.roles],
        "totals": list(content.totals),
        "base": content.base,
        "scale": list(content.scale) if content.scale else None,
        "links": {
            str(column): [link.question, link.theme, link.class_code]
            for column, link in content.links.items()
        },
    }


def content_of(document: Mapping[str, Any]) -> Content:
    """A stored document as content."""
    source, scale = document["source"], document["scale"]
    return Content(
        title=document["title"],
        kind=document["kind"],
        source=Source(
            source["who"],
            source["report"],
            source["published"],
            source["page"],
        ),
        unit=document["unit"],
        note=document["note"],
        head=tuple(document["head"]),
        rows=tuple(map(tuple, document["rows"])),
        roles=tuple(map(Role, document["roles"])),
        totals=tuple(document["totals"]),
        base=document["base"],
        scale=(scale[0], scale[1]) if scale else None,
        links={int(column): Link(*link) for column, link in document["links"].items()},
    )


def same_name(text: str, names: Sequence[str]) -> bool:
    """Whether the first cell of a row names an occasion: by number, code or title, or by number and title."""
    plain = " ".join(text.split()).casefold().rstrip(".")
    return bool(plain) and plain in {" ".join(each.split()).casefold().rstrip(".") for each in names if each}
