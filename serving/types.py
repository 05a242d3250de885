"""BigQuery's types as the online store holds them.

Each has a Python type, one of four stored forms (int, float, str, bytes) whose order is the order
of the values, and a JSON form:

    type          Python             stored                    JSON
    INT64         int                int                       number
    FLOAT64       float              float                     number, "NaN", "Infinity"
    BOOL          bool               int                       true, false
    STRING        str                str                       string
    BYTES         bytes              bytes                     string, base64
    DATE          datetime.date      int: days since 1970      string, ISO 8601
    DATETIME      datetime, no zone  int: microseconds         string, ISO 8601
    TIME          datetime.time      int: microseconds         string, ISO 8601
    TIMESTAMP     datetime, UTC      int: microseconds         string, ISO 8601, Z
    NUMERIC       decimal.Decimal    bytes: 16, offset binary  string
    ARRAY<one of> list               bytes, see `_array`       list

NULL is None in every form.
"""

import base64
import binascii
import math
import operator
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any

from serving import texts
from serving.errors import UnsupportedError, ValueRefusedError

Stored = int | float | str | bytes

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_PLAIN = datetime(1970, 1, 1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_INT64 = 1 << 63


class Form(StrEnum):
    """How a value is stored; SQLite's names."""

    INTEGER = "INTEGER"
    REAL = "REAL"
    TEXT = "TEXT"
    BLOB = "BLOB"


@dataclass(frozen=True, slots=True, eq=False)
class FeatureType:
    """One type of BigQuery's.

    store   Python value -> stored value; raises TypeError or ValueError
    load    stored value -> Python value; None where they are the same
    dump    Python value -> JSON value; None where they are the same
    parse   JSON value, or text -> Python value; raises TypeError or ValueError
    """

    name: str
    form: Form | None
    store: Callable[[Any], Stored]
    load: Callable[[Any], Any] | None
    dump: Callable[[Any], Any] | None
    parse: Callable[[Any], Any]
    element: "FeatureType | None" = None

    @property
    def is_key(self) -> bool:
        """Whether an entity can be told by it: equality must be plain."""
        return self.form not in (None, Form.REAL) and self.element is None

    def require_held(self, column: str) -> None:
        """Raises UnsupportedError, naming `column`, if no online store can hold it."""
        if self.form is None:
            raise UnsupportedError(
                f"{column} is {self.name}, which the online store cannot hold: it holds"
                f" {', '.join(_SCALARS)} and ARRAY of one of them."
            )

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__


def feature_type(text: str) -> FeatureType:
    """The type of that name; one that no online store can hold has no form."""
    return _find(re.sub(r"\s+", "", str(text)).upper()) or FeatureType(
        str(text), None, None, None, None, None
    )


def refused(value: object, type_: FeatureType, column: str, why: str = "") -> ValueRefusedError:
    """The error for a value that is not of its column's type."""
    kind = "float" if isinstance(value, texts.Number) else type(value).__name__
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return ValueRefusedError(f"{column} is {type_}; {shown} ({kind}) is not{why and ': ' + why}.")


def stored(value: object, type_: FeatureType, column: str) -> Stored | None:
    """The stored form of one value; raises ValueRefusedError naming `column`."""
    if value is None:
        return None
    try:
        return type_.store(value)
    except (TypeError, ValueError, OverflowError, ArithmeticError) as error:
        raise refused(value, type_, column, str(error)) from None


def parsed(value: object, type_: FeatureType, column: str) -> Any:
    """The Python value of a JSON value or a text; raises ValueRefusedError naming `column`."""
    if value is None:
        return None
    try:
        return type_.parse(value)
    except (TypeError, ValueError, OverflowError, ArithmeticError) as error:
        raise refused(value, type_, column, str(error)) from None


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of a moment; raises ValueError if it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - EPOCH) // _MICROSECOND


def stored_moment(value: object, column: str) -> int:
    """Microseconds since 1970 of a moment; raises ValueRefusedError naming `column`."""
    try:
        return microseconds(value)
    except (AttributeError, TypeError, ValueError):
        raise ValueRefusedError(
            f"{column} is a moment with a time zone; {value!r} is not."
        ) from None


def moment(us: int) -> datetime:
    """The moment in UTC of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def order_of(value: Stored | None) -> tuple:
    """Sorts stored values as every store does: NULL first, NaN last."""
    if value is None:
        return (0,)
    if value != value:
        return (2,)
    return (1, value)


def _of_text(value: Any, read: Callable[[str], Any]) -> Any:
    """What a text, or a number by how it was written, says; another value is what it is."""
    if isinstance(value, texts.Number):
        return read(value.text)
    return read(value) if isinstance(value, str) else value


def _parser(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """The parser of a type that JSON has no values of."""
    return lambda value: read(value) if isinstance(value, str) else value


def _int(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    number = operator.index(value)
    if not -_INT64 <= number < _INT64:
        raise ValueError("it does not fit into 64 bits")
    return number


def _parse_int(value: Any) -> int:
    return _int(_of_text(value, texts.integer))


def _float(value: Any) -> float:
    if isinstance(value, bool | str | bytes):
        raise TypeError
    return float(value)


def _parse_float(value: Any) -> float:
    try:
        return _float(_of_text(value, texts.real))
    except OverflowError:  # an int of many digits
        return math.inf if value > 0 else -math.inf


def _dump_float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _bool(value: Any) -> int:
    # numpy's bool is no bool
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise TypeError
    return int(value)


def _parse_bool(value: Any) -> bool:
    return bool(_bool(_of_text(value, texts.boolean)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    # a lone surrogate is no text; UnicodeEncodeError is a ValueError
    value.encode()
    return value


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError
    return bytes(value)


def _parse_bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        return _bytes(value)
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("BYTES are written in base64") from None


def _dump_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _date(value: Any) -> int:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError
    return value.toordinal() - _EPOCH_DAY


def _load_date(days: int) -> date:
    return date.fromordinal(days + _EPOCH_DAY)


def _timestamp(value: Any) -> int:
    if not isinstance(value, datetime):
        raise TypeError
    return microseconds(value)


def _dump_timestamp(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _datetime(value: Any) -> int:
    if not isinstance(value, datetime):
        raise TypeError
    if value.tzinfo is not None:
        raise ValueError("a DATETIME has no time zone")
    return (value - _EPOCH_PLAIN) // _MICROSECOND


def _load_datetime(us: int) -> datetime:
    return _EPOCH_PLAIN + timedelta(microseconds=us)


def _time(value: Any) -> int:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise TypeError
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def _load_time(us: int) -> time:
    return (_EPOCH_PLAIN + timedelta(microseconds=us)).time()


# NUMERIC has 38 digits, 9 of them after the point; an offset makes it bytes in its own order
_NUMERIC = Context(prec=38, traps=[InvalidOperation, Inexact])
_NUMERIC_OFFSET = 1 << 127
_NANO = Decimal("1e-9")


def _numeric(value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("NUMERIC is a finite number")
    try:
        units = int(number.quantize(_NANO, context=_NUMERIC).scaleb(9, context=_NUMERIC))
    except ArithmeticError:
        raise ValueError("NUMERIC has 29 digits before and 9 after the decimal point") from None
    return (units + _NUMERIC_OFFSET).to_bytes(16, "big")


def _load_numeric(data: bytes) -> Decimal:
    return Decimal(int.from_bytes(data, "big") - _NUMERIC_OFFSET).scaleb(-9, context=_NUMERIC)


def _parse_numeric(value: Any) -> Decimal:
    # a float that does not say how it was written: its shortest text is what was
    return _of_text(repr(value) if type(value) is float else value, texts.numeric)


def _dump_numeric(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_NUMBER = struct.Struct(">Q")
_DOUBLE = struct.Struct(">d")
_NAN = b"\xff" * 8
_END = b"\x00\x01"


def sortable_int(value: int) -> bytes:
    """8 bytes that compare as the 64-bit number does."""
    return _NUMBER.pack(value + _INT64)


def _sortable_float(value: float) -> bytes:
    if value != value:
        return _NAN
    [bits] = _NUMBER.unpack(_DOUBLE.pack(value))
    return _NUMBER.pack(bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else _INT64))


def _load_sortable_float(bits: int) -> float:
    if bits == 0xFFFFFFFFFFFFFFFF:
        return math.nan
    bits ^= _INT64 if bits >> 63 else 0xFFFFFFFFFFFFFFFF
    return _DOUBLE.unpack(_NUMBER.pack(bits))[0]


def _array(element: FeatureType) -> FeatureType:
    """ARRAY of `element`; the stored bytes compare as the elements do, one after the other.

    Numbers take 8 bytes each. In texts and bytes a zero byte becomes 00 FF; each ends in 00 01.
    """
    load = element.load or (lambda value: value)
    dump = element.dump or (lambda value: value)

    def elements(value: Any) -> list:
        if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
            raise TypeError
        values = list(value)
        if any(item is None for item in values):
            raise ValueError("an ARRAY has no NULL elements")
        return values

    def store_fixed(value: Any) -> bytes:
        as_bytes = sortable_int if element.form is Form.INTEGER else _sortable_float
        return b"".join([as_bytes(element.store(item)) for item in elements(value)])

    def load_fixed(data: bytes) -> list:
        numbers = struct.unpack(f">{len(data) // 8}Q", data)
        if element.form is Form.INTEGER:
            return [load(number - _INT64) for number in numbers]
        return [_load_sortable_float(number) for number in numbers]

    def store_any(value: Any) -> bytes:
        parts = [element.store(item) for item in elements(value)]
        texts = [part.encode() if isinstance(part, str) else part for part in parts]
        return b"".join([text.replace(b"\x00", b"\x00\xff") + _END for text in texts])

    def load_any(data: bytes) -> list:
        parts = [part.replace(b"\x00\xff", b"\x00") for part in data.split(_END)[:-1]]
        return [load(part.decode() if element.form is Form.TEXT else part) for part in parts]

    fixed = element.form in (Form.INTEGER, Form.REAL)
    return FeatureType(
        name=f"ARRAY<{element.name}>",
        form=Form.BLOB,
        store=store_fixed if fixed else store_any,
        load=load_fixed if fixed else load_any,
        dump=lambda value: [dump(item) for item in value],
        parse=lambda value: [element.parse(item) for item in elements(value)],
        element=element,
    )


_SCALARS = {
    type_.name: type_
    for type_ in (
        FeatureType("INT64", Form.INTEGER, _int, None, None, _parse_int),
        FeatureType("FLOAT64", Form.REAL, _float, None, _dump_float, _parse_float),
        FeatureType("BOOL", Form.INTEGER, _bool, bool, None, _parse_bool),
        FeatureType("STRING", Form.TEXT, _text, None, None, _text),
        FeatureType("BYTES", Form.BLOB, _bytes, None, _dump_bytes, _parse_bytes),
        FeatureType("DATE", Form.INTEGER, _date, _load_date, date.isoformat, _parser(texts.day)),
        FeatureType(
            "DATETIME",
            Form.INTEGER,
            _datetime,
            _load_datetime,
            datetime.isoformat,
            _parser(texts.local_moment),
        ),
        FeatureType(
            "TIME", Form.INTEGER, _time, _load_time, time.isoformat, _parser(texts.time_of_day)
        ),
        FeatureType(
            "TIMESTAMP",
            Form.INTEGER,
            _timestamp,
            moment,
            _dump_timestamp,
            _parser(texts.moment),
        ),
        FeatureType("NUMERIC", Form.BLOB, _numeric, _load_numeric, _dump_numeric, _parse_numeric),
    )
}

# BigQuery's other names
_SYNONYMS = {
    "BOOLEAN": "BOOL",
    "BIGINT": "INT64",
    "BYTEINT": "INT64",
    "DECIMAL": "NUMERIC",
    "INT": "INT64",
    "INTEGER": "INT64",
    "SMALLINT": "INT64",
    "TINYINT": "INT64",
}
_PARAMETERS = re.compile(r"(STRING|BYTES|NUMERIC|DECIMAL)\([0-9,]+\)")


@cache
def _find(text: str) -> FeatureType | None:
    if text.startswith("ARRAY<") and text.endswith(">"):
        element = _find(text[6:-1])
        return _array(element) if element and element.element is None else None
    limited = _PARAMETERS.fullmatch(text)
    name = limited[1] if limited else text
    return _SCALARS.get(_SYNONYMS.get(name, name))
