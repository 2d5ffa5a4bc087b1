"""What the pages of the learning log say when something cannot be done."""

from flask_babel import lazy_gettext as _l

from surveys.domain.entry import EntryFault
from surveys.web.filters import number
from surveys.web.links import LinkProblem

LINK_PROBLEMS = {
    "unknown_link": LinkProblem(
        404,
        _l("The link does not lead to a learning log"),
        _l(
            "Part of the address may be missing. Open the link from the mail again, or copy the whole "
            "address. If that does not help, reply to the mail and ask for a new link."
        ),
    ),
    "replaced_link": LinkProblem(
        410,
        _l("The link has been replaced by a newer one"),
        _l("Use the link in the latest mail about your learning log. What you have written is still there."),
    ),
    "withdrawn_link": LinkProblem(
        410,
        _l("The link has been withdrawn"),
        _l("The project has closed this link. Reply to the mail you got it in if you want to know why."),
    ),
    "no_cookie": LinkProblem(
        403,
        _l("Open your learning log from the mail"),
        _l(
            "This browser does not have the link to the log any more. Open the link from the mail again. "
            "What you have saved is still there. The browser has to accept cookies."
        ),
    ),
}


def fault_text(field: str, fault: EntryFault) -> str:
    """Return the sentence for a field that cannot be kept."""
    text = _OF_FIELD.get((field, fault.code)) or _FAULTS[fault.code]
    return str(text) % {name: _written(value) for name, value in fault.params.items()}


def _written(value: int | str) -> str:
    return value if isinstance(value, str) else number(value)


_FAULTS = {
    "no_date": _l("Enter the date the entry is about."),
    "not_a_date": _l("Write the date as year-month-day, for example 2026-11-21."),
    "no_such_day": _l("There is no such day as %(day)s."),
    "in_the_future": _l("The date may not be later than today."),
    "empty": _l("Write something before you save."),
    "bad_characters": _l(
        "The text held characters that cannot be shown. They have been removed. "
        "Read it through and save again."
    ),
    "too_long": _l("The entry is %(length)s characters long. At most %(longest)s fit."),
}
_OF_FIELD = {
    ("plan", "too_long"): _l("The plan is %(length)s characters long. At most %(longest)s fit."),
}
