"""The words for what a file from another program does not give, and for why one is refused.

For pages and commands alike: each hands its own gettext.
"""

from collections.abc import Callable
from typing import Any

from surveys.importing.files import Refused
from surveys.importing.losses import Loss

Gettext = Callable[[str], str]


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def told(loss: Loss, _: Gettext) -> str:
    """What became of it, and why, in a sentence."""
    params = _Params({"was": loss.was, "subject": loss.subject} | dict(loss.params))
    words = _losses(_) | _texts(_) | _surveys(_)
    if loss.code in words:
        return str(words[loss.code] % params)
    kind, _sign, why = loss.code.partition("_")
    reason = (_reasons(_).get(why) or _("it does not follow the rules (%(code)s)")) % (params | {"code": why})
    return str((_kinds(_).get(kind) or "%(reason)s") % (params | {"reason": reason}))


def refused(error: Refused, _: Gettext) -> str:
    """Why nothing can be made of a file, in a sentence."""
    text = _refusals(_).get(error.code) or _("This file cannot be read.")
    return text % _Params(error.params | {"line": error.line})


def _kinds(_: Gettext) -> dict[str, str]:
    """How a loss that the rules cause is told; the reason follows."""
    return {
        "relevant": _("The condition is left out, so that it is always asked: %(reason)s."),
        "check": _("The check of the answer is left out: %(reason)s."),
        "part": _("“%(part)s” is left out: %(reason)s."),
        "question": _("The question is left out: %(reason)s."),
    }


def _reasons(_: Gettext) -> dict[str, str]:
    return {
        "unknown_question": _("it names “%(name)s”, which is no question with an answer here"),
        "names_each_theme": _("it names “%(name)s”, which is asked once a theme"),
        "circular": _("the conditions lead round in a circle"),
        "expression_too_long": _("it is too long"),
        "unknown_character": _("“%(character)s” has no meaning in Följa’s conditions"),
        "bad_name": _("“%(name)s” is no question here"),
        "unknown_word": _("“%(word)s” is not among the functions of Följa"),
        "unexpected": _("“%(found)s” was not expected there"),
        "missing_end": _("it ends too early"),
        "wrong_number_of_arguments": _("“%(word)s” takes another number of values"),
        "number_too_large": _("it holds a number that is too large"),
        "too_deep": _("it has too many parts"),
        "too_few_options": _("a choice needs at least two options"),
        "too_few_points": _("a scale needs at least two points"),
        "too_many_options": _("at most %(limit)s options can be put in order"),
        "reserved_code": _("the code “%(value)s” is taken by Följa itself"),
        "minimum_above_maximum": _("the lowest is above the highest"),
        "not_a_date": _("it is no date"),
        "not_a_number": _("it is no number"),
        "not_between": _("it must be between %(lowest)s and %(highest)s"),
        "unknown_key": _("Följa has no such thing"),
        "unknown_each": _("only “theme” is possible there"),
        "nothing_to_check": _("a text to read has no answer to check"),
        "nothing_to_require": _("a text to read has no answer to require"),
        "unknown_layout": _("there is no such layout"),
    }


def _losses(_: Gettext) -> dict[str, str]:
    """Types, columns and lists."""
    return {
        "type_of_device": _("Told by the telephone, not asked: left out."),
        "type_computed": _("Worked out, not asked: left out, and conditions that build on it too."),
        "type_media": _("Files cannot be sent in here: the question is left out."),
        "type_place": _("Places on a map cannot be answered here: the question is left out."),
        "type_unknown": _("There is no such kind of question here (%(was)s): left out."),
        "type_language": _("The language is chosen at the top of the page: left out."),
        "type_table": _("A table of more than %(most)s fields is left out. Write a question a field."),
        "as_text": _("Asked as a short text instead of “%(was)s”."),
        "range_as_number": _("Asked as a number with limits instead of a slider."),
        "kind_not_of_type": _("The kind “%(was)s” does not go with the type: the type decides."),
        "list_missing": _("There is no list “%(was)s” in the sheet choices: the question is left out."),
        "list_outside": _("Its options are in another file: the question is left out."),
        "sheet_left_out": _("The sheet is not read."),
        "column_unknown": _("There is no such column here: what is in it is left out."),
        "column_twice": _("The column stands there twice: the first is read."),
        "language_twice": _("There are two texts in the same language (%(language)s): this one is left out."),
        "language_unknown": _("Which language “%(was)s” is cannot be told: texts in it are left out."),
        "media_left_out": _("Pictures and sounds are left out: %(was)s"),
        "cell_left_out": _("“%(column)s” has no counterpart here and is left out: %(was)s"),
        "setting_left_out": _("The setting has no counterpart here: left out."),
        "macros_left_out": _("The workbook carries a program. It is neither run nor kept."),
        "own_column_unreadable": _("“%(column)s” cannot be read and is passed over."),
        "other_asks_for_words": _("The option “other” becomes Följa’s own, with a field for words."),
        "option_renamed": _("The option “%(was)s” is now called “%(name)s”."),
        "option_twice": _("The option “%(was)s” stands there twice: the first is kept."),
        "option_always_there": _("The option is always there: its condition is left out: %(was)s"),
        "label_of_ours": _("“%(was)s” (%(name)s) becomes Följa’s own answer, last and in Följa’s words."),
        "scale_lowest_first": _("Read as a scale, lowest first. Turn it round if it is the other way."),
        "option_too_many": _("More than %(most)s options: the rest are left out."),
        "variable_left_out": _("Holds no answers to a question, as far as can be told: left out. %(was)s"),
        "missing_left_out": _("Declared to be no answers, and so no options: %(was)s"),
        "option_without_name": _("A row without the name of a list or an option: left out."),
    }


def _texts(_: Gettext) -> dict[str, str]:
    """Questions, groups and texts."""
    return {
        "renamed": _("The code is now “%(name)s”: codes hold a–z, digits and underscores, and are unlike."),
        "without_text": _("There is no text: the name stands in its place."),
        "text_cut": _("The text is longer than %(most)s characters and is cut there."),
        "characters_taken_out": _("Control characters are taken out of the text."),
        "answer_in_text": _("An answer cannot be put into a text: it stands there as written. Rewrite it."),
        "required_sometimes": _("Required only sometimes: here it is not required."),
        "required_softly": _("Asked for twice before one may go on: here it is not required."),
        "group_in_group": _("A group within another becomes one of its own, asked under both conditions."),
        "group_not_ended": _("The group is not ended: it reaches to the last question."),
        "group_not_begun": _("A group ends here that was not begun: passed over."),
        "repeat_once": _("Repeated questions are asked once."),
        "row_without_type": _("The row has no type: left out."),
        "question_hidden": _("A hidden question is left out: %(was)s"),
        "html_left_out": _("The text is without its layout; this is not in it any more: %(was)s"),
    }


def _surveys(_: Gettext) -> dict[str, str]:
    """What LimeSurvey has beside questions."""
    return {
        "array_split": _("A table of %(rows)s rows becomes as many questions with a scale each."),
        "array_split_twice": _("A table of %(rows)s rows with two scales becomes two questions a row."),
        "fields_split": _("%(rows)s fields become as many questions."),
        "comment_left_out": _("The field for a comment is left out."),
        "labels_in_english": _("LimeSurvey’s own words beside the boxes come in Swedish and English only."),
        "attribute_left_out": _("“%(attribute)s” has no counterpart here and is left out: %(was)s"),
        "order_not_random": _("The order is not drawn by lot here."),
        "quota_left_out": _("Quotas are left out."),
        "assessment_left_out": _("Points for answers are left out."),
        "default_left_out": _("An answer filled in beforehand is left out."),
        "parameter_left_out": _("What the address fills in is left out."),
        "survey_text_left_out": _("The text is left out; Följa has its own page after the answer: %(was)s"),
    }


def _refusals(_: Gettext) -> dict[str, str]:
    return {
        "file_missing": _("Choose a file."),
        "file_empty": _("The file is empty."),
        "file_too_big": _("The file is larger than %(megabytes)s MB."),
        "unknown_file": _(
            "This is neither an Excel workbook (.xlsx) nor a file from LimeSurvey (.lss) or SPSS (.sav)."
        ),
        "old_workbook": _(
            "The workbook is of the old kind (.xls) or has a password. Save it as .xlsx without one."
        ),
        "not_sav": _("The file is damaged, or not an SPSS file (.sav). Save it anew in SPSS."),
        "no_rows": _("There is no row in the file."),
        "too_many_columns": _("The file has more than %(most)s columns. Keep those that are needed."),
        "too_many_cells": _("The file has more than %(most)s cells. Keep the columns that are needed."),
        "not_workbook": _("The workbook is damaged, locked, or not a workbook. Save it anew as .xlsx."),
        "unpacks_too_big": _("The file unpacks to more than %(megabytes)s MB."),
        "workbook_too_long": _(
            "A sheet has more than %(rows)s rows, or the workbook more than %(cells)s cells; empty ones "
            "with a format count too. Copy what is needed to a new workbook."
        ),
        "sheet_too_long": _("The sheet %(sheet)s goes on beyond row %(most)s. Remove what is further down."),
        "malformed_xml": _("The file is damaged (line %(line)s): this is not XML as it should be."),
        "forbidden_xml": _("The file declares things of its own (a document type). Such files are not read."),
        "xml_too_deep": _("More than %(most)s elements lie inside each other. Such files are not read."),
        "too_many_rows": _("The file has more than %(most)s rows in its tables."),
        "not_a_survey": _("This is not a survey from LimeSurvey but “%(kind)s”. Export it as .lss."),
        "no_questions": _("There is no question in the file."),
        "survey_missing": _("The workbook has no sheet called survey."),
        "groups_too_deep": _("More than %(most)s groups lie inside each other."),
        "too_many_questions": _("There are more than %(most)s questions. Split the questionnaire."),
        "too_many_options": _("The questions have more than %(most)s options together."),
        "asks_nothing": _("Nothing that participants could answer is left of the file."),
        "nothing_usable": _("The file contradicts itself in too many places."),
    }
