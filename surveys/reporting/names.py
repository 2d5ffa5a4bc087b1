"""What a report calls measurements, occasions, questions and reasons; and the names its figures keep."""

from surveys.reporting.words import Words
from surveys.results.model import Measurement, OccasionInfo, QuestionResult, SeriesResults

TOO_FEW = ".."  # in a table; its note says what it stands for


def series_key(series: SeriesResults) -> str:
    return series.code


def measurement_key(series: SeriesResults, measurement: Measurement) -> str:
    """The same for the same measurement in every version of a report."""
    return f"{series.code}/{measurement.rule_code or '-'}/{measurement.place or '-'}"


def question_key(series: SeriesResults, measurement: Measurement, question: QuestionResult) -> str:
    """With the versions of the questionnaire where it offered other answers in some of them."""
    several = sum(each.code == question.code for each in measurement.questions) > 1
    versions = "@" + "-".join(map(str, question.versions)) if several else ""
    return f"{measurement_key(series, measurement)}/{question.code}{versions}"


def measurement_name(words: Words, measurement: Measurement) -> str:
    """The occasion, or the questionnaire where it is about the whole series; and who else measured it."""
    if measurement.occasion is not None:
        name = occasion_name(measurement.occasion)
    else:
        name = words.local(measurement.title)
    return f"{name} ({measurement.outside.name})" if measurement.outside else name


def occasion_name(occasion: OccasionInfo) -> str:
    number = f"{occasion.number}. " if occasion.number is not None else ""
    return f"{number}{occasion.title}" + (f", {occasion.round}" if occasion.round else "")


def source(words: Words, measurement: Measurement) -> str:
    """Where the answers are from, of a measurement that others have made; else ""."""
    found = measurement.outside
    if found is None:
        return ""
    return words._(
        "%(name)s: source “%(survey)s”, collected by %(by)s, %(day)s; not asked in Följa, and in no"
        " response rate.",
        name=measurement_name(words, measurement),
        survey=found.name,
        by=found.collected_by,
        day=words.day(found.collected_on),
    )


def days(words: Words, occasion: OccasionInfo) -> str:
    """ "29 mars 2011", or the first and the last day."""
    if occasion.starts_on is None or occasion.ends_on is None:
        return words._("date not known")
    if occasion.starts_on == occasion.ends_on:
        return words.day(occasion.starts_on)
    return f"{words.day(occasion.starts_on)} – {words.day(occasion.ends_on)}"


def wave(words: Words, measurement: Measurement) -> str:
    return {
        "pre": words._("Pre-measurement"),
        "post": words._("Post-measurement"),
        "occasion": words._("After the occasion"),
        "follow_up": words._("Follow-up measurement"),
    }.get(measurement.wave, words._("Other measurement"))


def mode(words: Words, measurement: Measurement) -> str:
    return {
        "named": words._("with name"),
        "pseudonymous": words._("coded: confidential, not anonymous"),
        "sealed": words._("coded, the key is destroyed at closing"),
        "anonymous": words._("anonymous, cannot be connected"),
    }.get(measurement.privacy_mode, "")


def state(words: Words, measurement: Measurement) -> str:
    return {
        "not_measured": words._("not measured"),
        "cancelled": words._("cancelled"),
        "planned": words._("planned"),
        "open": words._("open"),
    }.get(measurement.state, words._("closed"))


def withheld(words: Words, measurement: Measurement) -> str:
    """Why a measurement that was made shows no answers."""
    if measurement.withheld == "until_closed":
        return words._("open: its answers are not in this report")
    if measurement.withheld == "gone":
        return words._("not kept: an answer has been taken back since")
    if measurement.withheld == "later_answers":
        return words._("not shown: beside the figures of today it would tell what a few have answered")
    return words._("not shown: too few answers")


def question_name(words: Words, question: QuestionResult) -> str:
    return words.local(question.text)


def top_name(words: Words, question: QuestionResult) -> str:
    """ "stor eller mycket stor"."""
    between = " " + words._("or") + " "
    return between.join(words.local(each) for each in (question.top.labels if question.top else ()))


def too_few_note(words: Words) -> str:
    return f"{TOO_FEW} " + words._("not shown: too few answers") + "."


def said_of(*parts: str) -> str:
    """A figure's label: from the series to the class."""
    return " · ".join(part for part in parts if part)
