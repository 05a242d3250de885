"""Values of BigQuery's types, read out of text as the lake reads them (`safe_cast_text`).

Of one text the lake and a push make one value, or both refuse it: `tests/functional/
test_push_like_lake.py` says where they differ, and why. Whatever text is not of a type raises
ValueError.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

_SPACES = " \t\n\v\f\r"
_INTEGER = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))")
_REAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:nan|inf|infinity))"
)
_DAY = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
# two digits may lack the first; a second 60 is the next minute's first
_CLOCK = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,9}))?"
_DATE = re.compile(_DAY)
_TIME = re.compile(_CLOCK)
_MOMENT = re.compile(
    rf"{_DAY}(?:[ Tt]{_CLOCK}(?:([Zz]| UTC)|([+-])(?:([0-9]{{1,2}})|([0-9]{{2}}):?([0-9]{{2}})))?)?"
)
_FARTHEST = timedelta(hours=14)
_NANO = Decimal("1e-9")
# digits are cut to 9 behind the point, halves away from zero, and none may be lost before it
_NUMERIC = Context(prec=38, rounding=ROUND_HALF_UP, traps=[InvalidOperation])
# a lake's longest number; Python needs the square of a text's length
_LONGEST = 4300


class Number(float):
    """A number of JSON that remembers how it was written."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> "Number":
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __repr__(self) -> str:
        return self.text


def integer(text: str) -> int:
    """Decimal digits, or hexadecimal ones behind 0x, with a sign and spaces around them or not."""
    found = _INTEGER.fullmatch(text.strip(_SPACES))
    if found is None or len(text) > _LONGEST:
        raise ValueError("an INT64 is written in digits")
    sign, hexadecimal, digits = found.groups()
    number = int(digits) if hexadecimal is None else int(hexadecimal, 16)
    return -number if sign == "-" else number


def real(text: str) -> float:
    """A number with a point and an exponent or not; inf, infinity and nan."""
    stripped = text.strip(_SPACES)
    if _REAL.fullmatch(stripped) is None:
        raise ValueError("a FLOAT64 is a number, NaN or Infinity")
    return float(stripped)


def numeric(text: str) -> Decimal:
    """A number of which 9 digits behind the point are kept."""
    stripped = text.strip(_SPACES)
    if _REAL.fullmatch(stripped) is None:
        raise ValueError("a NUMERIC is a number")
    number = Decimal(stripped)
    if not number.is_finite():
        raise ValueError("NUMERIC is a finite number")
    try:
        return number.quantize(_NANO, context=_NUMERIC)
    except ArithmeticError:
        raise ValueError("NUMERIC has 29 digits before the decimal point") from None


def boolean(text: str) -> bool:
    """true or false, in any case."""
    if text.isascii() and text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise ValueError("a BOOL is true or false")


def day(text: str) -> date:
    """YYYY-MM-DD; month and day may lack their first digit."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("a DATE is written as 2013-01-01")
    return date(*map(int, found.groups()))


def time_of_day(text: str) -> time:
    """HH:MM:SS, with a fraction or not."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("a TIME is written as 12:00:00")
    *clock, fraction = found.groups()
    return time(*map(int, clock), _microsecond(fraction))


def local_moment(text: str) -> datetime:
    """A DATETIME: a day, and a clock behind a T or a space or not."""
    moment, offset = _moment(text)
    if offset is not None:
        raise ValueError("a DATETIME has no time zone")
    return moment


def moment(text: str) -> datetime:
    """A TIMESTAMP: as a DATETIME, and behind it Z, UTC or an offset of up to 14 hours."""
    local, offset = _moment(text)
    if offset is None:
        raise ValueError("a TIMESTAMP needs a time zone, as in 2013-01-01T12:00:00Z")
    return (local - offset).replace(tzinfo=UTC)


def _moment(text: str) -> tuple[datetime, timedelta | None]:
    """The clock's moment, and how far ahead of UTC the clock is."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("a moment is written as 2013-01-01T12:00:00Z")
    *on_day, hour, minute, second, fraction, utc, sign, hours, two, minutes = found.groups()
    local = datetime(*map(int, on_day))
    if hour is None:
        return local, None
    leap = int(second) == 60
    clock = time(int(hour), int(minute), 59 if leap else int(second), _microsecond(fraction))
    local = datetime.combine(local, clock) + timedelta(seconds=leap)
    if utc is None and sign is None:
        return local, None
    offset = timedelta(hours=int(hours or two or 0), minutes=int(minutes or 0))
    if int(minutes or 0) > 59 or offset > _FARTHEST:
        raise ValueError("an offset is at most 14 hours")
    return local, -offset if sign == "-" else offset


def _microsecond(fraction: str | None) -> int:
    """What is finer than a microsecond is cut off."""
    return int((fraction or "0").ljust(6, "0")[:6])
