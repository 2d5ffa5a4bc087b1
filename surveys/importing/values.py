"""Text of a programme file → typed value; every refusal carries a code of ours."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from surveys.catalogues import is_known, languages
from surveys.domain import timing
from surveys.domain.texts import language_tag

YES = ("true", "yes", "ja", "1")
NO = ("false", "no", "nej", "0")

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_QUESTION_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
_OPTION_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", re.ASCII)
_SHORT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,15}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)


def refuse(code: str, **params: Any) -> PydanticCustomError:
    """Return the error a schema raises for a fault of ours."""
    return PydanticCustomError(code, code, params)


def text(value: object) -> str:
    """Return trimmed text; refuses blank, control characters and what is not text."""
    if not isinstance(value, str):
        raise refuse("not_text")
    value = value.strip()
    if not value:
        raise refuse("blank")
    if _CONTROL.search(value):
        raise refuse("bad_characters")
    return value


def line_of_text(value: object, most: int = 200) -> str:
    value = " ".join(text(value).split())
    if len(value) > most:
        raise refuse("too_long", most=most)
    return value


def _matching(pattern: re.Pattern[str], form: str) -> Any:
    def check(value: Any) -> str:
        value = text(value)
        if not pattern.fullmatch(value):
            raise refuse(form, value=value[:80])
        return str(value)

    return check


def whole_number(value: Any) -> int:
    value = text(value)
    if not _WHOLE.fullmatch(value):
        raise refuse("not_whole_number", value=value[:80])
    return int(value)


def between(lowest: int, highest: int) -> Any:
    def check(number: int) -> int:
        if not lowest <= number <= highest:
            raise refuse("out_of_range", value=number, lowest=lowest, highest=highest)
        return number

    return check


def decimal_text(value: Any) -> str:
    """Return a decimal number in its canonical form ("1.5"); a decimal comma is understood."""
    value = text(value)
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation:
        raise refuse("not_number", value=value[:80]) from None
    if not number.is_finite() or abs(number) >= 10**12:
        raise refuse("not_number", value=value[:80])
    return f"{number.normalize():f}"


def yes_or_no(value: Any) -> bool:
    value = text(value).lower()
    if value in YES:
        return True
    if value in NO:
        return False
    raise refuse("not_yes_or_no", value=value[:80])


def calendar_date(value: Any) -> date:
    value = text(value)
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        raise refuse("impossible_date", value=value[:80]) from None
    raise refuse("not_date", value=value[:80])


def wall_time(value: Any) -> datetime:
    """Return a naive wall time, as ``2011-03-29T13:00``."""
    value = text(value)
    try:
        return timing.wall_time(value)
    except timing.ImpossibleDate:
        known = re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?$", value)
        raise refuse("impossible_date" if known else "not_wall_time", value=value[:80]) from None


def clock_time(value: Any) -> time:
    value = text(value)
    try:
        if _TIME.fullmatch(value):
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise refuse("not_clock_time", value=value[:80])


def zone(value: Any) -> str:
    value = text(value)
    try:
        timing.to_utc(timing.wall_time("2000-01-01T00:00"), value)
    except timing.UnknownZone:
        raise refuse("unknown_zone", value=value[:80]) from None
    return str(value)


def address(value: Any) -> str:
    """Return an e-mail address; looks nothing up. Names that only tests and demos use are addresses too."""
    value = text(value)
    try:
        # the mail server may not know SMTPUTF8: letters outside ASCII only in the domain, as punycode
        checked = validate_email(
            value, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        raise refuse("bad_address", value=value[:120]) from None
    return checked.ascii_email or checked.normalized


def language(value: Any) -> str:
    tag = language_tag(text(value))
    if tag is None or not is_known(tag):
        raise refuse("unknown_language", value=text(value)[:20], known=", ".join(languages()))
    return tag


Code = Annotated[str, BeforeValidator(_matching(_CODE, "bad_code"))]
QuestionCode = Annotated[str, BeforeValidator(_matching(_QUESTION_CODE, "bad_question_code"))]
OptionCode = Annotated[str, BeforeValidator(_matching(_OPTION_CODE, "bad_option_code"))]
ShortCode = Annotated[str, BeforeValidator(_matching(_SHORT_CODE, "bad_short_code"))]
Title = Annotated[str, BeforeValidator(line_of_text)]
Text = Annotated[str, BeforeValidator(text)]
Whole = Annotated[int, BeforeValidator(whole_number)]
Number = Annotated[str, BeforeValidator(decimal_text)]
YesNo = Annotated[bool, BeforeValidator(yes_or_no)]
Date = Annotated[date, BeforeValidator(calendar_date)]
WallTime = Annotated[datetime, BeforeValidator(wall_time)]
ClockTime = Annotated[time, BeforeValidator(clock_time)]
Zone = Annotated[str, BeforeValidator(zone)]
Address = Annotated[str, BeforeValidator(address)]
Language = Annotated[str, BeforeValidator(language)]
Local = dict[Language, Text]


def whole(lowest: int, highest: int) -> Any:
    """Return the type of a whole number between two limits, both allowed."""
    return Annotated[Whole, AfterValidator(between(lowest, highest))]


class Part(BaseModel):
    """What every part of the file is: nothing may stand in it that nobody asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
