"""The words for what can be wrong with a programme file and the tables beside it."""

from datetime import date, datetime
from typing import Any

from surveys.commands.language import _
from surveys.importing.faults import Fault


def describe(fault: Fault) -> str:
    """Return one line: file, line, and what is wrong, in the language of the commands."""
    place = f"{fault.file}:{fault.line}" if fault.line else fault.file
    text = _all().get(fault.code)
    params = _Params({name: _shown(value) for name, value in fault.params.items()})
    reason = text % params if text else f"{fault.code} {dict(fault.params)}"
    return f"{place}: {reason}" if place else reason


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _all() -> dict[str, str]:
    return _files() | _tables() | _values() | _structure() | _forms() | _rules() | _kept()


def _files() -> dict[str, str]:
    return {
        "file_missing": _("there is no such file."),
        "file_unreadable": _("the file cannot be read: %(reason)s"),
        "file_too_big": _("the file is larger than %(megabytes)s MB."),
        "file_empty": _("the file is empty."),
        "file_outside": _("%(name)s does not lie beside the programme file; only files there are read."),
        "file_named_missing": _("there is no file %(name)s beside the programme file."),
        "not_utf8": _("the text is not UTF-8."),
        "unknown_encoding": _("the text is neither UTF-8, UTF-16 nor Windows-1252."),
        "nul_byte": _("there is a NUL byte: this is not a text file."),
        "bad_characters": _("there are control characters in the text."),
        "not_yaml": _("this is not YAML: %(reason)s"),
        "yaml_anchor": _("anchors and aliases (& and *) are not used here; write it out."),
        "yaml_tag": _("tags such as %(tag)s are not used here."),
        "yaml_several_documents": _("there is a second document (---) in the file."),
        "yaml_key_not_text": _("a name before the colon must be plain text."),
        "yaml_too_deep": _("more than %(levels)s levels inside each other."),
        "duplicate_key": _("“%(key)s” stands here a second time; the first is on line %(first)s."),
        "logotype_too_big": _("the logotype is larger than %(kilobytes)s kB."),
        "logotype_not_picture": _("%(name)s is neither a PNG nor a JPEG picture."),
        "logotype_without_text": _("a logotype needs a text (logotype_text) for those who cannot see it."),
    }


def _tables() -> dict[str, str]:
    return {
        "ragged_row": _("the row has %(cells)s cells, the first line %(columns)s."),
        "bad_quotes": _("the quotation marks do not match: %(reason)s"),
        "column_without_name": _("column %(number)s has no name."),
        "duplicate_column": _("there are two columns “%(column)s”."),
        "unknown_column": _("the column “%(column)s” is unknown. Known: %(known)s."),
        "missing_column": _("the column “%(column)s” is missing."),
        "missing_cell": _("“%(column)s” is blank."),
        "missing_name": _("%(participant)s has no name."),
        "missing_address": _("%(participant)s has no e-mail address."),
        "bad_participant_code": _("“%(value)s” cannot be a code: letters a–z, digits, point, dash."),
        "duplicate_participant": _("the code %(participant)s stands on line %(first)s already."),
        "duplicate_attendance": _("%(participant)s at %(occasion)s stands on line %(first)s already."),
        "person_contradicts": _(
            "%(participant)s: “%(column)s” is “%(value)s” here and “%(earlier)s” in another series."
        ),
        "unknown_gender": _("“%(value)s” is not a known gender. Known: %(allowed)s."),
        "unknown_state": _("“%(value)s” is not a known state. Known: %(allowed)s."),
        "unknown_organisation": _("there is no organisation with the code “%(value)s”."),
        "language_not_in_project": _("the project has no language “%(value)s”. It has: %(known)s."),
        "not_enrolled": _("“%(value)s” is not among the series' participants."),
        "theme_without_presence": _("%(participant)s has a theme but was not present."),
        "unknown_theme": _("the occasion %(occasion)s has no theme “%(value)s”."),
    }


def _values() -> dict[str, str]:
    return {
        "blank": _("“%(field)s” is blank."),
        "not_text": _("“%(field)s” must be a text."),
        "too_long": _("“%(field)s” is longer than %(most)s characters."),
        "too_few": _("“%(field)s” needs at least %(least)s."),
        "too_many": _("“%(field)s” can have at most %(most)s."),
        "bad_code": _("“%(value)s” cannot be a code: a–z, digits, dash and underscore, no capitals."),
        "bad_question_code": _("“%(value)s” cannot be a question's code: a–z, digits and _, at most 60."),
        "bad_option_code": _(
            "“%(value)s” cannot be an option's code: a–z, digits, point, hyphen, underscore, at most 40."
        ),
        "bad_short_code": _("“%(value)s” cannot be a code: letters a–z, digits, underscore, at most 16."),
        "not_whole_number": _("“%(value)s” is not a whole number."),
        "not_number": _("“%(value)s” is not a number."),
        "out_of_range": _("“%(field)s” must be between %(lowest)s and %(highest)s, not %(value)s."),
        "not_yes_or_no": _("“%(value)s” is neither yes nor no."),
        "not_date": _("“%(value)s” is not a date; write it as 2011-03-29."),
        "not_wall_time": _("“%(value)s” is not a date and time; write it as 2011-03-29T13:00."),
        "not_clock_time": _("“%(value)s” is not a time of day; write it as 09:00."),
        "not_moment": _("“%(value)s” is neither a date nor a moment; write it as 2011-03-29T13:00+01:00."),
        "moment_without_offset": _(
            "“%(value)s” does not say in which zone; write it as 2011-03-29T13:00+01:00."
        ),
        "impossible_date": _("“%(value)s” does not exist in any calendar."),
        "unknown_zone": _("“%(value)s” is not a known time zone; write it as Europe/Stockholm."),
        "bad_address": _("“%(value)s” is not an e-mail address."),
        "unknown_language": _("“%(value)s” is not a language of Följa. Known: %(known)s."),
    }


def _structure() -> dict[str, str]:
    return {
        "missing_field": _("“%(field)s” is missing."),
        "unknown_field": _("“%(field)s” is not known here."),
        "not_among": _("“%(value)s” is not possible for “%(field)s”. Possible: %(allowed)s."),
        "wrong_shape": _("“%(field)s” has another shape than expected: %(expected)s."),
        "duplicate_code": _("the code “%(value)s” stands on line %(first)s already."),
        "missing_language": _("“%(field)s” has no text in the language “%(language)s”."),
        "repeated_language": _("a language stands twice."),
        "unknown_scale": _("there is no scale with the code “%(value)s”."),
        "questionnaire_draft": _("the questionnaire “%(value)s” is a draft, which nobody can be asked."),
        "unknown_questionnaire": _("there is no questionnaire with the code “%(value)s”."),
        "unknown_subproject": _("there is no subproject with the code “%(value)s”."),
        "unknown_occasion": _("there is no occasion with the code “%(value)s” in the series."),
        "ends_before_start": _("it ends (%(ends)s) before it starts (%(starts)s)."),
        "one_moment_missing": _("an occasion has both “starts” and “ends”, or neither."),
        "continues_itself": _("an occasion cannot continue itself."),
        "attendance_not_kept": _("the series says that attendance is not kept, but names a list."),
        "decision_missing": _(
            "the questionnaire “%(questionnaire)s” is sent, and its key is destroyed when it closes: say "
            "which decision orders that, as “destruction_decision” of the project."
        ),
        "anonymous_while_linked": _(
            "this says “anonymous” of answers that lead back to a person until the questionnaire closes."
        ),
        "absolute": _(
            "this promises that nobody can ever read the answers, which no public authority can keep."
        ),
        "privacy_blank": _(
            "the questionnaire “%(questionnaire)s” is sent, but these privacy texts are blank: %(fields)s."
        ),
    }


def _forms() -> dict[str, str]:
    return {
        "missing": _("“%(field)s” is missing."),
        "not_a_mapping": _("“%(field)s” must have parts of its own."),
        "not_a_list": _("“%(field)s” must be a list."),
        "not_a_text": _("“%(field)s” must be a text in each language."),
        "not_a_number": _("“%(value)s” is not a number."),
        "not_between": _("“%(field)s” must be between %(lowest)s and %(highest)s, not %(value)s."),
        "unknown_key": _("“%(field)s” is not known here."),
        "unknown_kind": _("“%(value)s” is not a kind of question."),
        "unknown_each": _("“each” can only be “theme”, and not for a choice of theme."),
        "repeated_code": _("the code “%(value)s” stands twice."),
        "reserved_code": _("the code “%(value)s” is taken by Följa itself."),
        "too_few_points": _("a scale needs at least two points."),
        "too_many_options": _("at most %(limit)s options can be put in order."),
        "not_a_date": _("“%(field)s” must be a date such as 2027-03-01, not %(value)s."),
        "nothing_to_check": _("a text to read has no answer to check."),
        "unknown_layout": _("the layout is one_page or one_at_a_time, not %(value)s."),
        "unknown_group": _("there is no group “%(value)s”."),
        "group_apart": _("the questions of the group “%(value)s” must stand together."),
        "unknown_question": _("no question with an answer has the code “%(name)s”."),
        "names_each_theme": _(
            "“%(name)s” is asked once a theme: only questions asked once a theme can name it."
        ),
        "circular": _("the conditions lead round in a circle: %(codes)s."),
        "expression_too_long": _("the expression is longer than %(limit)s characters."),
        "unknown_character": _(
            "character %(position)s of the expression, “%(character)s”, means nothing there."
        ),
        "bad_name": _("“%(name)s” in the expression is no code of a question."),
        "unknown_word": _("“%(word)s” in the expression is no known function; a text stands between quotes."),
        "unexpected": _("“%(found)s” was not expected at character %(position)s of the expression."),
        "missing_end": _("the expression ends too early."),
        "wrong_number_of_arguments": _("“%(word)s” takes %(wanted)s values between its brackets."),
        "too_deep": _("the expression has too many parts. Split it over several questions."),
        "too_few_options": _("a choice needs at least two options."),
        "merged_classes_not_whole": _("the merged classes must hold each point of the scale exactly once."),
        "minimum_above_maximum": _("the minimum is above the maximum."),
        "nothing_to_require": _("an information text has no answer to require."),
        "asks_nothing": _("the questionnaire asks nothing."),
        "draft_has_next": _("a draft has no draft beside it: leave out “next” or “draft”."),
        "theme_not_placed": _("the text in “%(language)s” does not say {theme} where the title goes."),
    }


def _rules() -> dict[str, str]:
    return (
        {
            "rows_carry_few": _("response rows carry at most two of “told_by”."),
            "asks_one_thing": _("a rule has either “questionnaire” or “log_prompt”."),
            "kind_or_codes": _("“occasions” has either “kind” or “codes”."),
            "occasions_without_use": _("a rule that counts from %(anchor)s has no occasions."),
            "present_not_kept": _("those present cannot be asked: the series keeps no attendance."),
            "present_without_occasion": _(
                "those present can only be asked about an occasion, not from %(anchor)s."
            ),
            "themes_without_occasion": _(
                "“%(value)s” asks about themes, which only an occasion has; the rule counts from %(anchor)s."
            ),
            "series_without_dates": _("the rule counts from the series' dates, but the series has none."),
            "reminder_not_later": _("a reminder comes at least 1 day after the first mail, not %(days)s."),
            "reminders_unordered": _("the reminder after %(later)s days follows one after %(earlier)s."),
            "reminder_after_closing": _(
                "the reminder after %(days)s days comes after closing (%(close_after_days)s days)."
            ),
            "closes_too_soon": _(
                "closing comes at least 1 day after the first mail, not %(close_after_days)s."
            ),
            "outside_calendar": _("the rule leads outside the calendar."),
            "quiet_hours_half": _("quiet hours have both “quiet_from” and “quiet_to”, or neither."),
            "quiet_hours_whole_day": _("quiet hours that end when they begin leave no time to send."),
        }
        | _audience()
        | _indicators()
    )


def _indicators() -> dict[str, str]:
    return {
        "organisation_circle": _("the organisation “%(value)s” stands below itself."),
        "spelling_taken": _("“%(value)s” is what another organisation is called already."),
        "not_a_whole": _("no indicator of the same kind with the code “%(value)s” stands before it."),
        "indicator_of_other_kind": _(
            "the indicator “%(indicator)s” is of the kind %(kind)s, which cannot change."
        ),
        "indicator_field": _("the indicator “%(indicator)s”: “%(field)s” does not fit (%(why)s)."),
        "indicator_version_stands": _(
            "version %(number)s of the indicator “%(indicator)s” has been decided and stays as it is; "
            "write a new one after it."
        ),
    }


def _audience() -> dict[str, str]:
    return {
        "audience_not_a_tree": _(
            "“audience_filter” is one of all, any, not or a condition with “is” and its parts."
        ),
        "audience_empty": _("a group without conditions, or a condition without values."),
        "audience_too_deep": _("conditions lie more than %(most)s levels inside each other."),
        "audience_too_many": _("more than %(most)s conditions or values."),
        "audience_unknown_code": _("a condition names “%(value)s” (%(kind)s), which is not there."),
        "audience_answers_not_known": _(
            "a condition looks at the questionnaire “%(questionnaire)s”, whose answers no person is tied to."
        ),
    }


def _kept() -> dict[str, str]:
    """What the database holds already and a file may not undo."""
    return {
        "occasion_has_sent": _(
            "mails have been sent about the occasion “%(occasion)s”: keep it, and say “cancelled: true”."
        ),
        "occasion_has_attendance": _(
            "attendance is recorded for the occasion “%(occasion)s”: keep it, and say “cancelled: true”."
        ),
        "occasion_has_answers": _(
            "answers collected by others have been taken in about the occasion “%(occasion)s”: keep it, or"
            " undo that import."
        ),
        "rule_has_sent": _("the rule “%(rule)s” has sent mails: keep it, and say “active: false”."),
        "rule_asks_other": _(
            "the rule “%(rule)s” has sent mails and cannot ask something else; make a new rule instead."
        ),
        "theme_in_use": _(
            "the theme “%(theme)s” of “%(occasion)s” has been asked about or chosen; it must stay."
        ),
        "privacy_mode_in_use": _(
            "the questionnaire “%(questionnaire)s” has been answered as “%(mode)s”; that cannot change."
        ),
    }
