"""What the pages of reports call kinds and states, and what they say of faults."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.web.phrases import _

KINDS: Mapping[str, LazyString] = {
    "interim": _l("Interim report"),
    "midterm": _l("Midterm report"),
    "final": _l("Final report"),
    "one_page": _l("One page for the steering group"),
}
KIND_HINTS: Mapping[str, LazyString] = {
    "interim": _l("On the way: occasions and questions so far, and what is recommended."),
    "midterm": _l("As an interim report, with before and after beside each other."),
    "final": _l("Everything, with sections for conclusions and horizontal principles to write yourself."),
    "one_page": _l("The key figures, the table of occasions and the recommendations."),
}
OUTCOMES: Mapping[str, LazyString] = {
    "": _l("Not followed up yet"),
    "done": _l("Done"),
    "partly": _l("Partly done"),
    "not_done": _l("Not done"),
}
_FAULTS: Mapping[str, LazyString] = {
    "blank": _l("Write something here."),
    "bad_characters": _l("This holds a character that cannot be used. Write it anew."),
    "too_long": _l("This is too long."),
    "unknown": _l("Choose one of those that are offered."),
    "none_chosen": _l("Choose at least one."),
    "too_many": _l("There are too many. Take some away."),
    "twice": _l("A section that Följa fills in can only be there once."),
    "not_a_number": _l("Write a number."),
    "bad_date": _l("Write the date as year-month-day, such as 2027-03-31."),
    "followed_up": _l("A later report has followed this recommendation up, so it cannot be taken away."),
}
_OUTCOME_FAULTS: Mapping[str, LazyString] = {
    "blank": _l("Say why it has not been done, or not all of it."),
}
_TEMPLATE_FAULTS: Mapping[str, LazyString] = {
    "file_empty": _l("Choose a Word file first."),
    "file_too_large": _l("The file is larger than %(megabytes)s MB."),
    "unpacks_too_big": _l("The file unpacks to too much. Save it anew in Word, without large pictures."),
    "not_word": _l("This is no Word file that can be read. Save it in Word as .docx."),
    "malformed_xml": _l("This is no Word file that can be read. Save it in Word as .docx."),
    "forbidden_xml": _l("This is no Word file that can be read. Save it in Word as .docx."),
    "macros": _l("The file holds macros. Save it in Word as .docx, without macros."),
    "other_files_inside": _l("Another file is embedded in the file. Take it out first."),
    "fetches": _l(
        "The file fetches something from elsewhere when it is opened, such as a linked picture or template."
        " Put the picture in the file itself, or detach the template."
    ),
    "unknown_places": _l(
        "Följa does not know these places: %(names)s. The names that can be used are below."
    ),
    "no_report_place": _l("There is no place for the report. Write {{ rapport }} on a line of its own."),
    "two_report_places": _l("{{ rapport }} is there more than once. Leave one of them."),
    "report_place_not_alone": _l(
        "{{ rapport }} must stand alone in a paragraph of the text, not in a table, a text box, a"
        " header or a footer."
    ),
}
# The places of a template, and what takes them.
PLACES: Mapping[str, LazyString] = {
    "{{ rapport }}": _l("the whole report, on a line of its own; the only one that must be there"),
    "{{ titel }}": _l("the title of the report"),
    "{{ projekt }}": _l("the name of the project"),
    "{{ typ }}": _l("what kind of report it is"),
    "{{ status }}": _l("preliminary, or who signed it off and when"),
    "{{ fakta }}": _l("series, the day of the figures, and who made it; on a line of its own"),
    "{{ innehåll }}": _l("a table of contents; on a line of its own"),
    "{{ logotyp }}": _l("the project’s logotype; on a line of its own"),
    "{{ emblem }}": _l("the emblem of the European Union with its sentence; on a line of its own"),
}


def fault(code: str) -> str:
    return str(_FAULTS.get(code, code))


def outcome_fault(code: str) -> str:
    return str(_OUTCOME_FAULTS.get(code) or fault(code))


def template_fault(code: str, params: Mapping[str, object]) -> str:
    said = str(_TEMPLATE_FAULTS.get(code, _TEMPLATE_FAULTS["not_word"]))
    return said % params if params else said


def standing(report: object) -> tuple[str, str]:
    """The tag of a report: what it says, and its kind."""
    if getattr(report, "signed_at", None) is None:
        return _("preliminary"), "warning"
    return _("final"), "positive"
