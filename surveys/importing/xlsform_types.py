"""What the word in XLSForm's column "type" means here. Source: https://xlsform.org and pyxform's aliases."""

import re
from dataclasses import dataclass

BEGIN, END = "begin_group", "end_group"  # "end" alone is when the form was sent
GROUP, REPEAT = "group", "repeat"

# First of each: what it becomes where the row does not say more; the others: what folja::kind may make of it.
KINDS = {
    "text": ("short_text", "long_text", "words", "theme_choice"),
    "integer": ("number",),
    "decimal": ("number",),
    "range": ("number",),
    "date": ("date",),
    "note": ("information",),
    "acknowledge": ("consent",),
    "select_one": ("one_choice", "scale"),
    "select_multiple": ("several_choices",),
    "rank": ("ranking",),
    "time": ("short_text",),
    "datetime": ("short_text",),
    "barcode": ("short_text",),
}
AS_TEXT = frozenset({"time", "datetime", "barcode"})
MEDIA = frozenset({"image", "photo", "audio", "video", "file", "background-audio"})
PLACES = frozenset({"geopoint", "geotrace", "geoshape", "start-geopoint", "osm", "location", "gps"})
COMPUTED = frozenset({"calculate", "hidden"})
TOLD_BY_DEVICE = frozenset(
    {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email"}
    | {"audit", "instanceid", "imei", "device id", "phone number", "start time", "end time"}
)
OUTSIDE = frozenset({"csv-external", "xml-external", "xml-external-instance"})

_ALIASES = {
    "string": "text",
    "int": "integer",
    "trigger": "acknowledge",
    "select one external": "select_one_external",
    "date time": "datetime",
}
_SELECTS = {
    "add select one prompt using": "select_one",
    "add select multiple prompt using": "select_multiple",
    "select all that apply from": "select_multiple",
    "select all that apply": "select_multiple",
    "select one from": "select_one",
    "select multiple from": "select_multiple",
    "select_one_from_file": "file",
    "select one from file": "file",
    "select_multiple_from_file": "file",
    "select multiple from file": "file",
    "select_one_external": "file",
    "select one external": "file",
    "select1": "select_one",
    "select_one": "select_one",
    "select one": "select_one",
    "select_multiple": "select_multiple",
    "select multiple": "select_multiple",
    "rank": "rank",
}
_SELECT = re.compile(
    rf"(?P<word>{'|'.join(sorted(map(re.escape, _SELECTS), key=len, reverse=True))})\s+(?P<list>\S+)"
    r"(?P<other>\s+(or_other|or specify other|or other))?",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"(?P<word>begin|end)[ _](?P<what>group|repeat|lgroup|looped group|loop)\b.*", re.IGNORECASE
)


@dataclass(frozen=True)
class Type:
    """``word`` is one of KINDS, BEGIN, END, or whatever stood there; ``list`` that of a select.

    ``what`` is a group or a repeat. ``other``: one can also answer something else.
    """

    word: str
    list: str = ""
    other: bool = False
    what: str = ""


def read_type(written: str) -> Type:
    """The meaning of a cell of the column "type"."""
    text = " ".join(written.split())
    if control := _CONTROL.fullmatch(text):
        what = GROUP if control["what"].lower() == "group" else REPEAT
        return Type(f"{control['word'].lower()}_group", what=what)
    if select := _SELECT.fullmatch(text):
        word = _SELECTS[select["word"].lower()]
        return Type(word, list=select["list"], other=bool(select["other"]))
    word = text.lower()
    word = _ALIASES.get(word, word)
    plain = re.fullmatch(r"(?:q|add) (\w+)(?: prompt)?", word)
    word = plain[1] if plain else word
    return Type(_ALIASES.get(word, word))
