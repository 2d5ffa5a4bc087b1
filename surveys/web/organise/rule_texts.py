"""What the form of a follow-up rule says: the names of its parts, and what is wrong with them."""

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

FAULTS: Mapping[str, LazyString] = {
    "asks_one_thing": _l("Choose what is to be sent."),
    "questionnaire_draft": _l("The questionnaire is a draft. Take it into use first."),
    "untranslated": _l(
        "Texts are missing in one of the project’s languages. Translate the questionnaire first, or say "
        "there that it may be sent although texts are missing."
    ),
    "unknown_questionnaire": _l("The questionnaire is not there any more. Choose another one."),
    "asks_other": _l(
        "People have already been asked by this rule, so it cannot ask something else. "
        "Switch it off and make a new one."
    ),
    "themes_without_occasion": _l(
        "The questionnaire asks about parallel themes, so the rule must count from an occasion."
    ),
    "privacy_blank": _l(
        "The project does not say yet who asks and why. Fill that in before anything is sent, "
        "or leave the rule switched off."
    ),
    "decision_missing": _l(
        "The key of this questionnaire is destroyed when it closes, and the project does not say yet which "
        "decision orders that. Write it down first, or leave the rule switched off."
    ),
    "blank": _l("Fill this in."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "too_long": _l("This is too long."),
    "unknown": _l("Choose one of the values."),
    "none_chosen": _l("Choose at least one."),
    "unknown_occasion": _l("One of the occasions is not there any more. Choose again."),
    "not_a_number": _l("Write a whole number, such as 3."),
    "not_a_time": _l("Write a time such as 09:00."),
    "not_days": _l("Write days with commas between, such as 3, 7."),
    "too_far": _l("This is too far away. Ten years are the most."),
    "outside_calendar": _l("This leads to a day that no calendar has."),
    "never_allowed": _l("The quiet hours of the project leave no moment for it."),
    "out_of_range": _l("This number is too small or too large."),
    "closes_too_soon": _l("It closes at least 1 day after the first mail."),
    "reminder_not_later": _l("A reminder comes at least 1 day after the first mail."),
    "reminders_unordered": _l("Each reminder has to come later than the one before."),
    "reminder_after_closing": _l("A reminder has to come before it closes."),
    "too_many": _l("That is too many."),
    "present_without_occasion": _l(
        "Only a rule that counts from an occasion can go to those who were there. Choose everyone."
    ),
    "present_not_kept": _l("Attendance is not kept in this series. Choose everyone."),
    "audience_not_a_tree": _l("The conditions cannot be read. Remove them and choose anew."),
    "audience_empty": _l("Choose at least one."),
    "audience_too_deep": _l("The conditions lie too deep within each other."),
    "audience_too_many": _l("Those are too many conditions. Twenty are the most."),
    "audience_unknown_code": _l("A condition names something that is not there any more. Remove it."),
    "audience_answers_not_known": _l(
        "A condition asks about a questionnaire whose answers nobody may know. Remove it."
    ),
    "series_without_dates": _l("The series has no dates yet, so there is nothing to count from."),
}
# The parts of the form from top to bottom and what they are called; a condition is c0, c1 …
LABELS: Mapping[str, LazyString] = {
    "asks": _l("Questionnaire or question"),
    "prompt": _l("The question in the log"),
    "days": _l("How long before or after"),
    "hours": _l("How long before or after"),
    "minutes": _l("How long before or after"),
    "anchor": _l("Counted from"),
    "at": _l("At a set time"),
    "which": _l("Which occasions"),
    "audience": _l("Those who take part"),
    "wait": _l("Hours to wait for the attendance list"),
    "default": _l("And if nobody has done so by then"),
    "conditions": _l("Conditions"),
    "c": _l("Conditions"),
    "reminders": _l("Remind after so many days"),
    "close": _l("Close after so many days"),
    "late": _l("Those who are enrolled after a mail has gone"),
}
# Where the fault of a part of a rule is shown, if not at the field of its name.
PLACES = {"offset": "days", "occasions": "which"}


def label_of(part: str) -> str:
    """What a part of a rule is called in the form; "" for one that has no name there."""
    return str(LABELS.get(_part(PLACES.get(part, part)), ""))


def fault_text(code: str) -> str:
    """What is said of a fault of a rule."""
    return str(FAULTS[code]) if code in FAULTS else code


def place(name: str) -> tuple[int, str]:
    """Sorts the parts of a rule as they stand in the form."""
    order, part = list(LABELS), _part(name)
    return order.index(part) if part in order else len(order), name


def _part(name: str) -> str:
    return name if name in LABELS else re.split(r"[-\d]", name)[0]
