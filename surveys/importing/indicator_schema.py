"""Indicators as a programme file writes them: versions of a definition, and what was noted by hand."""

from typing import Annotated, Literal

from pydantic import Field

from surveys.importing.values import Code, Date, Local, Number, Part, Text, Title, Whole, YesNo, whole

Kind = Literal[
    "head_count", "attendances", "outcomes", "share", "mean", "pairs", "index", "products", "yes_no",
    "outside",
]  # fmt: skip


class Version(Part):
    """A definition from a day on; what its kind does not ask for is left out."""

    from_on: Date = Field(alias="from")
    reason: Title | None = None
    approved_by: Title | None = None
    title: Title
    stage: Title | None = None
    series: list[Code] = []
    gender: Title | None = None
    organisation: Code | None = None  # the same as one of organisations
    organisations: list[Code] = []
    work_groups: list[Title] = []
    outcomes: list[Title] = []
    as_share: YesNo = False
    questions: list[Title] = []
    indexes: list[Title] = []
    measure: Title | None = None
    threshold: Title | None = None
    base: Title | None = None
    unit: Title | None = None
    direction: Title | None = None
    baseline: Number | None = None
    target: Number | None = None
    reads_on: Date | None = None
    minimum_answers: Whole | None = None
    note: Text | None = None


class Reading(Part):
    """A figure that somebody else made."""

    on: Date
    value: Title
    source: Title


class Product(Part):
    on: Date
    title: Title
    quantity: whole(1, 100_000) = 1  # type: ignore[valid-type]


class Indicator(Part):
    """``whole`` is the code of what it is a part of, which stands before it."""

    code: Code
    kind: Kind
    whole: Code | None = None
    ended_on: Date | None = None
    versions: Annotated[list[Version], Field(min_length=1)]
    readings: list[Reading] = []
    products: list[Product] = []
    generated_note: Local | None = None
