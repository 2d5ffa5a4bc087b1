"""A report as a Word file, poured into the house's own template or ours."""

import io
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from surveys.catalogues import language_of
from surveys.domain.texts import printable
from surveys.reporting import word_places, word_xml
from surveys.reporting.document import ONE_PAGE, Chart, Document
from surveys.reporting.word_template import default_template

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMU_A_CM = 360_000
_WIDEST_CM = 16.0
_REGIONS = {"sv": "sv-SE", "en": "en-GB"}


@dataclass(frozen=True)
class Picture:
    """A PNG with its size in pixels and what it says; ``beside``: a sentence after it."""

    content: bytes
    width: int
    height: int
    alt: str
    beside: str = ""


@dataclass(frozen=True)
class Looks:
    """What surrounds a report: its pictures; ``chart`` draws one, or says that it cannot (None)."""

    kind: str
    chart: Callable[[Chart], Picture | None] = lambda _chart: None
    logotype: Picture | None = None
    emblem: Picture | None = None


def word(document: Document, looks: Looks, template: bytes | None = None) -> bytes:
    """Return the file. ``template`` is one that :mod:`surveys.reporting.templates` has taken in."""
    import docx  # noqa: PLC0415

    ours = default_template(document.language, document.kind == ONE_PAGE)
    file = docx.Document(io.BytesIO(template or ours))
    ids = _styles(file, document.language)
    writer = word_xml.Writer(document, ids, lambda chart: _placed(file, looks.chart(chart)))
    values = {
        "title": document.title,
        "project": document.project,
        "status": document.status,
        "kind": looks.kind,
    }
    made: Mapping[str, Callable[[], str]] = {
        "report": lambda: writer.body(document),
        "facts": lambda: writer.facts(document),
        "contents": lambda: writer.contents(document),
        "logotype": lambda: _pictured(file, looks.logotype),
        "emblem": lambda: _pictured(file, looks.emblem),
    }
    found = list(word_places.places(file))
    blocks = [place for place in found if place.name in made and place.alone and place.in_body]
    for paragraph in {
        id(place.paragraph): place.paragraph for place in found if place not in blocks
    }.values():
        word_places.fill(paragraph, {name: printable(value) for name, value in values.items()})
    for place in blocks:
        _replace(place.paragraph, made[place.name or ""]())
    _properties(file, document)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _styles(file: Any, language: str) -> dict[str, str]:
    """The ids of the styles that reports use; those that the template lacks are brought from ours."""
    known = _ids(file)
    missing = [name for name in word_xml.STYLES if name.casefold() not in known]
    if missing:
        import docx  # noqa: PLC0415

        ours = docx.Document(io.BytesIO(default_template(language)))
        origin = {each.name_val.casefold(): each for each in ours.styles.element.style_lst}
        taken = {each.styleId for each in file.styles.element.style_lst}
        for name in missing:
            _bring(file, origin[name.casefold()], taken)
        known = _ids(file)
    return {name: known[name.casefold()] for name in word_xml.STYLES}


def _ids(file: Any) -> dict[str, str]:
    return {each.name_val.casefold(): each.styleId for each in file.styles.element.style_lst if each.name_val}


def _bring(file: Any, style: Any, taken: set[str]) -> None:
    """Copy a style; what it is based on or numbered by may be another thing in this template."""
    copied = deepcopy(style)
    while copied.styleId in taken:
        copied.styleId += "F"
    taken.add(copied.styleId)
    normal = _ids(file).get("normal")
    for tag in ("link", "next", "numPr"):
        for each in list(copied.iter(f"{_W}{tag}")):
            each.getparent().remove(each)
    for based in copied.iter(f"{_W}basedOn"):
        if normal:
            based.set(f"{_W}val", normal)
    file.styles.element.append(copied)


def _placed(file: Any, picture: Picture | None) -> tuple[str, int, int] | None:
    """Put a picture into the file, no wider than the text."""
    if picture is None:
        return None
    relation, _image = file.part.get_or_add_image(io.BytesIO(picture.content))
    width = min(_WIDEST_CM, picture.width / 80 * 2.54) * _EMU_A_CM
    return relation, int(width), int(width * picture.height / picture.width)


def _pictured(file: Any, picture: Picture | None) -> str:
    if picture is None:
        return f"<w:body {word_xml.NAMESPACES}/>"
    relation, _image = file.part.get_or_add_image(io.BytesIO(picture.content))
    height = 1.3 * _EMU_A_CM
    size = int(height * picture.width / picture.height), int(height)
    return word_xml.emblem(relation, size, picture.alt, picture.beside)


def _replace(paragraph: Any, body: str) -> None:
    from docx.oxml import parse_xml  # noqa: PLC0415

    children: Iterable[Any] = list(parse_xml(body))
    for child in children:
        paragraph.addprevious(child)
    paragraph.getparent().remove(paragraph)


def _properties(file: Any, document: Document) -> None:
    """What the file says of itself: its title, who made it, and the language that it is proofread in."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    known = file.core_properties
    known.title, known.author = printable(document.title)[:255], printable(document.author)[:255]
    known.language, known.comments, known.keywords = document.language, "", ""
    region = _REGIONS.get(document.language, language_of(document.language).code)
    for defaults in file.styles.element.iter(f"{_W}rPrDefault"):
        properties = defaults.find(f"{_W}rPr")
        if properties is None:
            properties = OxmlElement("w:rPr")
            defaults.append(properties)
        language = properties.find(f"{_W}lang")
        if language is None:
            language = OxmlElement("w:lang")
            properties.append(language)
        language.set(f"{_W}val", region)
