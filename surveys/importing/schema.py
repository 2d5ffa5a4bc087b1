"""The programme file's YAML as types: what may stand where. Tables beside it are in :mod:`.people`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from surveys.domain.telling import MOST_IN_ROWS
from surveys.importing.conditions import Conditions
from surveys.importing.indicator_schema import Indicator
from surveys.importing.question_schema import Mode, Questionnaire, Scale
from surveys.importing.values import (
    Address,
    ClockTime,
    Code,
    Date,
    Language,
    Local,
    Part,
    ShortCode,
    Title,
    WallTime,
    Whole,
    YesNo,
    Zone,
    refuse,
    whole,
)


class Privacy(Part):
    """What the first screen says; blank ones are refused where a questionnaire is sent."""

    controller: Local = {}
    purpose: Local = {}
    legal_basis: Local = {}
    recipients: Local = {}
    retention: Local = {}
    rights: Local = {}
    contact: Local = {}


class Decision(Part):
    """What orders the keys of sealed and anonymous answers destroyed (gallringsbeslut)."""

    reference: Title
    on: Date
    by: Title


class Wording(Part):
    """What the first screen says of being traced, in the project's own words."""

    title: Local
    text: Local


class Sending(Part):
    """When no mail goes, and how many a week to one person."""

    quiet_from: ClockTime | None = None
    quiet_to: ClockTime | None = None
    weekends: YesNo = False
    holidays: YesNo = False
    weekly_cap: whole(1, 99) | None = None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _leaves_time(self) -> "Sending":
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise refuse("quiet_hours_half")
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise refuse("quiet_hours_whole_day")
        return self


class Project(Part):
    code: Code
    title: Title
    timezone: Zone
    from_on: Date | None = Field(None, alias="from")
    to_on: Date | None = Field(None, alias="to")
    languages: Annotated[list[Language], Field(min_length=1)] = ["sv"]
    sender_name: Title
    reply_to: Address
    decimals: whole(0, 2) = 1  # type: ignore[valid-type]
    minimum_group: whole(5, 10) = 5  # type: ignore[valid-type]
    logotype: Title | None = None
    logotype_text: Title | None = None
    emblem: Literal["eu_cofunded", "eu_funded"] | None = None
    sending: Sending | None = None
    privacy: Privacy = Privacy()
    destruction_decision: Decision | None = None
    privacy_wording: dict[Mode, Wording] | None = None
    generated_note: Local | None = None


class Organisation(Part):
    """``below`` is the code of the level above; ``spellings`` are other names that mean it."""

    code: Code
    name: Title
    below: Code | None = None
    spellings: list[Title] = []


class Subproject(Part):
    code: Code
    title: Title


class Theme(Part):
    code: ShortCode
    title: Title


class Occasion(Part):
    code: Code
    number: whole(0, 9999) | None = None  # type: ignore[valid-type]
    kind: Literal["session", "trip", "meeting", "seminar"] = "session"
    title: Title
    place: Title | None = None
    round: Annotated[Title, Field(max_length=64)] | None = None
    timezone: Zone | None = None
    starts: WallTime | None = None
    ends: WallTime | None = None
    measured: YesNo = True
    cancelled: YesNo = False
    continues: Code | None = None
    themes: list[Theme] = []
    generated_note: Local | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> "Occasion":
        if (self.starts is None) != (self.ends is None):
            raise refuse("one_moment_missing")
        return self


class Offset(Part):
    days: whole(-3650, 3650) = 0  # type: ignore[valid-type]
    hours: whole(-2400, 2400) = 0  # type: ignore[valid-type]
    minutes: whole(-144000, 144000) = 0  # type: ignore[valid-type]
    at: ClockTime | None = None


class Which(Part):
    """The occasions a rule follows: of one kind, or named one by one."""

    kind: Literal["session", "trip", "meeting", "seminar"] | None = None
    codes: Annotated[list[Code], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Which":
        if (self.kind is None) == (self.codes is None):
            raise refuse("kind_or_codes")
        return self


class Rule(Part):
    code: Code
    questionnaire: Code | None = None
    log_prompt: Local | None = None
    anchor: Literal[
        "series_start", "series_end", "occasion_start", "occasion_end",
        "registration", "person_start", "person_end",
    ]  # fmt: skip
    offset: Offset = Offset()
    audience: Literal["everyone", "present"] = "everyone"
    audience_filter: Conditions | None = None
    late: Literal["from_now", "catch_up", "nothing"] = "from_now"
    attendance_wait_hours: whole(1, 8760) = 48  # type: ignore[valid-type]
    attendance_default: Literal["nobody", "everyone"] = "nobody"
    occasions: Which | None = None
    reminders: list[Whole] = []
    close_after_days: Whole
    active: YesNo = True

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Rule":
        if (self.questionnaire is None) == (self.log_prompt is None):
            raise refuse("asks_one_thing")
        return self


class Series(Part):
    code: Code
    subproject: Code | None = None
    title: Title
    audience: Title | None = None
    attendance: Literal["kept", "not_kept"] = "kept"
    completion_minimum: whole(1, 999) | None = None  # type: ignore[valid-type]
    response_rows: YesNo = False
    told_by: list[Title] | None = None
    active: YesNo = True
    starts_on: Date | None = None
    ends_on: Date | None = None
    enrolments: Title | None = None
    attendance_list: Title | None = None
    occasions: list[Occasion] = []
    rules: list[Rule] = []
    generated_note: Local | None = None

    @model_validator(mode="after")
    def _rows_carry_few(self) -> "Series":
        if self.response_rows and len(self.told_by or ()) > MOST_IN_ROWS:
            raise refuse("rows_carry_few")
        return self


class Programme(Part):
    """The whole YAML file; ``folja: 1`` is the version of this format."""

    folja: Literal["1"]
    project: Project
    organisations: list[Organisation] = []
    subprojects: list[Subproject] = []
    scales: list[Scale] = []
    questionnaires: list[Questionnaire] = []
    series: list[Series] = []
    outcome_kinds: list[Title] = []
    indicators: list[Indicator] = []
