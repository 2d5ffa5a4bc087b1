"""Questionnaires in the programme file as types: scales, groups, and each kind of question."""

from typing import Annotated, Literal

from pydantic import Field

from surveys.domain.drafting import MOST_OPTIONS, MOST_QUESTIONS
from surveys.importing.values import (
    Code,
    Date,
    Local,
    Number,
    OptionCode,
    Part,
    QuestionCode,
    Text,
    YesNo,
    whole,
)

Mode = Literal["named", "pseudonymous", "sealed", "anonymous"]


class Point(Part):
    code: OptionCode
    label: Local


class Merged(Part):
    label: Local
    codes: Annotated[list[OptionCode], Field(min_length=1)]


class Scale(Part):
    code: Code
    points: Annotated[list[Point], Field(max_length=MOST_OPTIONS)]
    merged: list[Merged] = []
    top: whole(0, 11) = 2  # type: ignore[valid-type]


class Option(Part):
    code: OptionCode
    label: Local


class QuestionBase(Part):
    code: QuestionCode
    each: Literal["theme"] | None = None
    text: Local
    hint: Local | None = None
    required: YesNo = False
    group: QuestionCode | None = None
    relevant: Text | None = None
    check: Text | None = None
    check_message: Local | None = None
    generated_note: Local | None = None


class ScaleQuestion(QuestionBase):
    kind: Literal["scale"]
    scale: Code
    dont_know: YesNo = False


class OneChoice(QuestionBase):
    kind: Literal["one_choice"]
    options: Annotated[list[Option], Field(max_length=MOST_OPTIONS)]
    other: YesNo = False


class SeveralChoices(OneChoice):
    kind: Literal["several_choices"]  # type: ignore[assignment]
    max: whole(1, MOST_OPTIONS) | None = None  # type: ignore[valid-type]


class NumberQuestion(QuestionBase):
    kind: Literal["number"]
    unit: Local | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    decimals: whole(0, 6) = 0  # type: ignore[valid-type]


class ShortText(QuestionBase):
    kind: Literal["short_text"]
    max_length: whole(1, 1000) = 200  # type: ignore[valid-type]


class LongText(QuestionBase):
    kind: Literal["long_text"]
    max_length: whole(1, 20_000) = 5000  # type: ignore[valid-type]


class Words(QuestionBase):
    kind: Literal["words"]
    max_words: whole(1, 10) = 3  # type: ignore[valid-type]
    max_length: whole(1, 100) = 40  # type: ignore[valid-type]


class ThemeChoice(QuestionBase):
    kind: Literal["theme_choice"]


class Ranking(QuestionBase):
    kind: Literal["ranking"]
    options: Annotated[list[Option], Field(max_length=20)]
    max: whole(1, 20) | None = None  # type: ignore[valid-type]


class DateQuestion(QuestionBase):
    kind: Literal["date"]
    earliest: Date | None = None
    latest: Date | None = None


class Consent(QuestionBase):
    kind: Literal["consent"]


class Information(QuestionBase):
    kind: Literal["information"]


Question = Annotated[
    ScaleQuestion
    | OneChoice
    | SeveralChoices
    | NumberQuestion
    | ShortText
    | LongText
    | Words
    | ThemeChoice
    | Ranking
    | DateQuestion
    | Consent
    | Information,
    Field(discriminator="kind"),
]


class Group(Part):
    code: QuestionCode
    title: Local
    text: Local | None = None
    relevant: Text | None = None


class Written(Part):
    title: Local
    intro: Local | None = None
    minutes: whole(0, 240) = 0  # type: ignore[valid-type]
    layout: Literal["one_page", "one_at_a_time"] = "one_page"
    partly_translated: YesNo = False
    groups: Annotated[list[Group], Field(max_length=60)] = []
    questions: Annotated[list[Question], Field(max_length=MOST_QUESTIONS)]


class Questionnaire(Written):
    code: Code
    wave: Literal["pre", "post", "occasion", "follow_up", "other"]
    privacy_mode: Mode = "pseudonymous"
    draft: YesNo = False
    generated_note: Local | None = None
    next: Written | None = None
