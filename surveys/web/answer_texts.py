"""What the answer pages say when an answer cannot be taken, or a link does not lead to a form."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from surveys.domain.questionnaire import Checked, Form
from surveys.domain.questions import Unacceptable
from surveys.domain.stops import Progress
from surveys.web import language
from surveys.web.filters import day
from surveys.web.links import LinkProblem

LINK_PROBLEMS = {
    "unknown_link": LinkProblem(
        404,
        _l("The link does not lead to a questionnaire"),
        _l(
            "Part of the address may be missing. Open the link from the mail again, or copy the whole "
            "address. If that does not help, ask for a new link here."
        ),
    ),
    "replaced_link": LinkProblem(
        410,
        _l("The link has been replaced by a newer one"),
        _l("Use the link in the latest mail from us. What you have saved is still there."),
    ),
    "withdrawn_link": LinkProblem(
        410,
        _l("The link has been withdrawn"),
        _l("You do not need to answer. Reply to the mail you got it in if you want to know why."),
        mailable=False,
    ),
    "not_open_yet": LinkProblem(
        403,
        _l("The questionnaire is not open yet"),
        _l("The link is right. Open it again when the questionnaire has opened."),
        mailable=False,
    ),
    "no_cookie": LinkProblem(
        403,
        _l("Open the questionnaire from the mail"),
        _l(
            "This browser does not have the link to the questionnaire any more. Open the link from the mail "
            "again. What you have saved is still there. The browser has to accept cookies."
        ),
    ),
}


def fault_text(fault: Unacceptable) -> str:
    """Return the sentence for an answer that cannot be taken."""
    if fault.code == "does_not_fit":  # its parameters are the questionnaire's own words, by language
        own = language.shown({code: str(text) for code, text in fault.params.items()})
        return own or str(_("This answer does not fit with your other answers."))
    if fault.code in _PLAIN:
        return str(_PLAIN[fault.code])
    return _WITH_LIMITS[fault.code](fault.params)


def error_list(form: Form, checked: Checked) -> list[tuple[str, str]]:
    """Pairs of the field to go to and what is wrong there, in the order of the questions.

    The sentence is the one at the field; several questions may have the same, so theirs stands first.
    """
    faulty = (each for each in form.questions if each.code in checked.errors)
    return [
        (each.names()[0], language.sentence(each.text, fault_text(checked.errors[each.code])))
        for each in faulty
    ]


def progress_text(progress: Progress) -> str:
    """How far one has come, in words; no more is promised than is known."""
    if progress.total is not None:
        return str(_("Question %(number)s of %(total)s", number=progress.number, total=progress.total))
    more = ngettext("at most %(num)s more", "at most %(num)s more", progress.left)
    return str(_("Question %(number)s, %(more)s", number=progress.number, more=more))


Params = Mapping[str, str | int]


def _number(value: str | int) -> str:
    return str(value).replace(".", language.of_page().decimal_mark)


def _day(value: str | int) -> str:
    return day(date.fromisoformat(str(value)))


def _too_many(params: Params) -> str:
    most = int(params["max"])
    return str(ngettext("Choose at most %(num)s answer.", "Choose at most %(num)s answers.", most))


def _too_many_decimals(params: Params) -> str:
    decimals = int(params["decimals"])
    if decimals == 0:
        return str(_("Write a whole number, without decimals."))
    return str(ngettext("Write at most %(num)s decimal.", "Write at most %(num)s decimals.", decimals))


_PLAIN = {
    "required": _l("This question needs an answer."),
    "nothing_answered": _l("Answer at least one question before you send in."),
    "not_an_option": _l("Choose one of the answers that are listed."),
    "bad_characters": _l(
        "The text held characters that cannot be shown. They are removed. Read it through and send again."
    ),
    "not_a_number": _l("Write a number with digits, for example 3 or 1,5."),
    "ambiguous_number": _l(
        "The number can be read in two ways. Write a thousand as 1000 and one and a half as 1,5."
    ),
    "other_and_option": _l(
        "You have chosen one of the answers and written another. Choose the last answer, or empty the text."
    ),
    "number_too_long": _l("The number has too many digits."),
    "not_a_date": _l("Write a date, for example 2027-03-01 or 1 March 2027."),
    "no_such_day": _l("There is no such day. Look at the day and the month."),
    "year_out_of_range": _l("Write a year between 1900 and 2100."),
}
_WITH_LIMITS: dict[str, Callable[[Params], str]] = {
    "too_many": _too_many,
    "too_long": lambda params: _(
        "The text is %(length)s characters long. At most %(limit)s fit. Shorten it.", **params
    ),
    "too_many_decimals": _too_many_decimals,
    "too_early": lambda params: _("Write %(day)s or a later day.", day=_day(params["earliest"])),
    "too_late": lambda params: _("Write %(day)s or an earlier day.", day=_day(params["latest"])),
    "no_such_place": lambda params: _("Choose places from 1 to %(places)s.", **params),
    "place_twice": lambda params: _("Place %(place)s is given twice. Give each place once.", **params),
    "place_skipped": lambda params: _(
        "Place %(place)s is missing. Give the places in order, from 1.", **params
    ),
    "too_small": lambda params: _("Write %(minimum)s or more.", minimum=_number(params["minimum"])),
    "too_large": lambda params: _("Write %(maximum)s or less.", maximum=_number(params["maximum"])),
}
