"""Rows as Python has them, and as GoogleSQL's messages do.

| BigQuery            | Python                                              |
|---------------------|-----------------------------------------------------|
| INT64, FLOAT64      | int, float                                          |
| BOOL, STRING, BYTES | bool, str, bytes                                    |
| DATE                | datetime.date                                       |
| DATETIME, TIMESTAMP | datetime.datetime without a zone; a TIMESTAMP's UTC |
| NUMERIC             | decimal.Decimal                                     |
| ARRAY, STRUCT       | tuple of its elements, tuple of its fields          |

It is what DuckDB's client gives for the same types, but for lists and dictionaries, which are
taken too. NULL is None.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from google.protobuf.message import Message

from googlesql.types import Type, kind

_EPOCH = datetime(1970, 1, 1)
_NUMERIC_SCALE = 9  # digits behind the point
_EXACT = Context(prec=77)  # more digits than a NUMERIC has
_PLAIN = {
    "INT64": "int64_value",
    "BOOL": "bool_value",
    "DOUBLE": "double_value",
    "STRING": "string_value",
    "BYTES": "bytes_value",
}


@dataclass(frozen=True)
class Rows:
    """A table or the result of a query: its columns' types and its rows, in no order."""

    columns: dict[str, Type]
    rows: list[tuple] = field(default_factory=list)


def write(value: Any, type_: Type, cell: Message) -> None:
    """Put a value of a type into an empty ValueProto; TypeError for a type that is not above."""
    if value is None:
        return
    name = kind(type_)
    if name in _PLAIN:
        setattr(cell, _PLAIN[name], value)
    elif name == "DATE":
        cell.date_value = (value - _EPOCH.date()).days
    elif name == "TIMESTAMP":
        seconds, rest = divmod(value - _EPOCH, timedelta(seconds=1))
        cell.timestamp_value.seconds = seconds
        cell.timestamp_value.nanos = rest.microseconds * 1000
    elif name == "NUMERIC":
        scaled = int(_EXACT.scaleb(Decimal(value), _NUMERIC_SCALE))
        length = (scaled if scaled >= 0 else ~scaled).bit_length() // 8 + 1
        cell.numeric_value = scaled.to_bytes(length, "little", signed=True)
    elif name == "ARRAY":
        cell.array_value.SetInParent()
        for item in value:
            write(item, type_.array_type.element_type, cell.array_value.element.add())
    elif name == "STRUCT":
        cell.struct_value.SetInParent()
        items = value.values() if isinstance(value, dict) else value
        for item, part in zip(items, type_.struct_type.field, strict=True):
            write(item, part.field_type, cell.struct_value.field.add())
    else:
        raise TypeError(f"no value of type {name} can be given to GoogleSQL here")


def read(cell: Message, type_: Type) -> Any:
    """The value that a ValueProto of a type holds; TypeError for a type that is not above."""
    if cell.WhichOneof("value") is None:
        return None
    name = kind(type_)
    if name in _PLAIN:
        return getattr(cell, _PLAIN[name])
    if name == "DATE":
        return _EPOCH.date() + timedelta(days=cell.date_value)
    if name == "TIMESTAMP":
        held = cell.timestamp_value
        return _EPOCH + timedelta(seconds=held.seconds, microseconds=held.nanos // 1000)
    if name == "DATETIME":
        return _datetime(cell.datetime_value)
    if name == "NUMERIC":
        scaled = int.from_bytes(cell.numeric_value, "little", signed=True)
        return _EXACT.scaleb(Decimal(scaled), -_NUMERIC_SCALE)
    if name == "ARRAY":
        element = type_.array_type.element_type
        return tuple(read(item, element) for item in cell.array_value.element)
    if name == "STRUCT":
        parts = zip(cell.struct_value.field, type_.struct_type.field, strict=True)
        return tuple(read(item, part.field_type) for item, part in parts)
    raise TypeError(f"no value of type {name} can be read from GoogleSQL here")


def _datetime(held: Message) -> datetime:
    """GoogleSQL packs the parts of a DATETIME into the bits of a number."""
    bits = held.bit_field_datetime_seconds
    parts = []
    for width in (6, 6, 5, 5, 4):  # second, minute, hour, day, month; the rest is the year
        parts.append(bits & ((1 << width) - 1))
        bits >>= width
    return datetime(bits, *reversed(parts), microsecond=held.nanos // 1000)


def frozen(value: Any) -> Any:
    """A value from DuckDB as this module has it: lists and dictionaries are tuples."""
    if isinstance(value, dict):
        return tuple(frozen(item) for item in value.values())
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


def write_rows(table: Rows, content: Message) -> None:
    """Put rows into an empty TableContent."""
    types = list(table.columns.values())
    content.table_data.SetInParent()  # it is given, also where it has no rows
    for row in table.rows:
        cells = content.table_data.row.add().cell
        for value, type_ in zip(row, types, strict=True):
            write(value, type_, cells.add())


def read_rows(content: Message, columns: dict[str, Type]) -> Rows:
    """The rows of a TableContent of these columns."""
    types = list(columns.values())
    rows = [
        tuple(read(cell, type_) for cell, type_ in zip(row.cell, types, strict=True))
        for row in content.table_data.row
    ]
    return Rows(columns, rows)
