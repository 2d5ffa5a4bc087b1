"""What the pages for writing questionnaires call languages, faults and changes."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.domain.comparison import scale_of
from surveys.domain.question import Question
from surveys.domain.questionnaire import FormFault
from surveys.web.filters import local
from surveys.web.phrases import _

Words = Mapping[str, LazyString]

LAYOUTS: Words = {
    "one_page": _l("All questions on one page"),
    "one_at_a_time": _l("One question at a time"),
}
FAULTS: Words = {
    "missing": _l("Fill this in."),
    "blank": _l("Fill this in."),
    "missing_language": _l("A text is missing in a language."),
    "bad_characters": _l("This holds characters that cannot be shown. Write it again."),
    "too_long": _l("This is too long. %(most)s characters are the most."),
    "bad_code": _l("A code is made of a–z, digits and underscores and begins with a letter."),
    "bad_questionnaire_code": _l("A code is made of a–z, digits and dashes, no capitals."),
    "repeated_code": _l("Another one has this code already."),
    "code_taken": _l("Another one has this code already."),
    "code_in_use": _l("The questionnaire has been in use, so its code stays."),
    "reserved_code": _l("This code means something else. Choose another one."),
    "unknown_wave": _l("Choose one of the values."),
    "mode_not_offered": _l("Choose one of the values."),
    "privacy_mode_in_use": _l("Somebody has answered already, so what they were promised stays."),
    "not_between": _l("Write a number from %(lowest)s to %(highest)s."),
    "not_a_number": _l("Write a number."),
    "not_a_date": _l("Write a day such as 2026-11-22."),
    "minimum_above_maximum": _l("The least is larger than the most."),
    "latest_before_earliest": _l("The latest day comes before the earliest."),
    "too_few_options": _l("Write at least two options."),
    "too_many_options": _l("These are too many options. %(limit)s are the most."),
    "too_few_points": _l("Write at least two points."),
    "no_scale": _l("Choose a scale."),
    "repeated_label": _l("Two of them are called the same. Nobody could tell them apart."),
    "lines_differ": _l("Write as many lines in each language, or leave one of them blank."),
    "not_a_place": _l("Write the place as a number."),
    "bad_places": _l("Write the places of the points, such as 1–2 or 3."),
    "own_not_chosen": _l("Below, a scale of its own is written. Choose that one, or undo what is written."),
    "merged_classes_not_whole": _l("Each point belongs to exactly one class."),
    "nothing_to_require": _l("A text to read cannot be required."),
    "nothing_to_check": _l("A text to read cannot be checked."),
    "too_many_questions": _l("These are too many questions. %(most)s are the most."),
    "unknown_question": _l("There is no question with the code %(name)s."),
    "names_each_theme": _l("%(name)s is asked about each theme, so only a question like that can name it."),
    "circular": _l("These conditions lead back to themselves: %(codes)s."),
    "expression_too_long": _l("This is too long."),
    "unknown_character": _l("Position %(position)s: “%(character)s” has no meaning here."),
    "bad_name": _l("Position %(position)s: “%(name)s” is not the code of a question."),
    "unknown_word": _l("Position %(position)s: “%(word)s” is not known."),
    "unexpected": _l("Position %(position)s: “%(found)s” does not fit here."),
    "missing_end": _l("Position %(position)s: something is missing at the end."),
    "wrong_number_of_arguments": _l(
        "Position %(position)s: %(word)s takes %(wanted)s values in its parentheses."
    ),
    "number_too_large": _l("The number is larger than can be counted with."),
    "too_deep": _l("This lies too deep within itself. Write it simpler."),
    "unknown_group": _l("The group is not there any more."),
    "group_apart": _l("The questions of a group stand together."),
    "asks_nothing": _l("There is no question to answer yet."),
    "none_chosen": _l("Choose at least one."),
}


LIKENESSES: Words = {
    "same": _l("same wording"),
    "reworded": _l("changed wording"),
    "other_answers": _l("changed answers to choose from"),
    "new": _l("new"),
    "removed": _l("removed"),
}


def classes_in_words(question: Question | None) -> str:
    """Which points of a question's scale are counted together: "Poor or less good (1–2), top 2"."""
    scale = scale_of(question)
    if scale is None:
        return ""
    named = [f"{local(each.label)} ({', '.join(each.codes)})" for each in scale.merged]
    return "; ".join([*named, _("the %(count)s upper ones", count=scale.top)])


class _Params(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def fault_text(code: str, params: Mapping[str, object] | None = None) -> str:
    """What is wrong, in a sentence."""
    text = FAULTS.get(code)
    return (
        str(text) % _Params(params or {})
        if text is not None
        else _("This cannot be kept (%(code)s).", code=code)
    )


def told(fault: FormFault) -> str:
    return fault_text(fault.code, fault.params)
