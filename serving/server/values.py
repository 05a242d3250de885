"""Values as JSON, the way BigQuery's TO_JSON_STRING writes them.

`serving.types` knows each type's JSON form. Two things are the server's: an INT64 beyond 2^53 is a
string of digits, because many readers of JSON would lose some of them, and a number that JSON lacks
is "NaN", "Infinity" or "-Infinity".
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from math import isfinite
from typing import Any

from serving.texts import Number
from serving.types import EPOCH, FeatureType

EXACT = 2**53
TIMES_KEPT = 4096
_MICROSECOND = timedelta(microseconds=1)

_encode = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def to_json(value: Any) -> bytes:
    """JSON in UTF-8."""
    try:
        text = _encode(value)
    except ValueError:  # rare, and looking for it in every answer would cost more than writing it
        text = _encode(_finite(value))
    return text.encode(errors="backslashreplace")  # half a surrogate pair, as JSON writes it


def from_json(text: bytes, as_written: bool = False) -> Any:
    """The value of a JSON text in UTF-8; raises ValueError saying what is wrong with it.

    Of equal keys of an object the first counts, as in the lake. `as_written` has numbers that are
    no plain integers remember how they were written.
    """
    decoder = _decoder_as_written if as_written else _decoder
    try:
        return decoder.decode(text.decode())
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{error.msg} at {place}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def column_writer(type_: FeatureType) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    """What makes a column of Python values ready for `to_json`; None where they are already."""
    if type_.name == "INT64":
        return _exact
    if type_.name == "ARRAY<INT64>":
        return lambda values: [value if value is None else _exact(value) for value in values]
    if type_.name in ("FLOAT64", "ARRAY<FLOAT64>") or type_.dump is None:
        return None
    dump = type_.dump
    return lambda values: [value if value is None else dump(value) for value in values]


def timestamp_text(microseconds: int | None) -> str | None:
    """Microseconds since 1970 as RFC 3339 in UTC; NULL stays NULL."""
    if microseconds is None:
        return None
    return (EPOCH + microseconds * _MICROSECOND).replace(tzinfo=None).isoformat() + "Z"


# many entities of a view share their times; the moments of requests are all different
_of_state = lru_cache(maxsize=TIMES_KEPT)(timestamp_text)


def timestamp_texts(column: Iterable[int | None]) -> list[str | None]:
    """A column of times of states."""
    return [_of_state(value) for value in column]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON; write it as a string")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else dict(reversed(pairs))


def _integer(text: str) -> int | Number:
    return Number(text) if text == "-0" else int(text)  # a FLOAT64 has a negative zero


_decoder = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
_decoder_as_written = json.JSONDecoder(
    parse_constant=_refuse, object_pairs_hook=_object, parse_float=Number, parse_int=_integer
)


def _exact(values: Sequence[int | None]) -> Sequence[int | str | None]:
    if all(value is None or -EXACT <= value <= EXACT for value in values):
        return values
    return [value if value is None or -EXACT <= value <= EXACT else str(value) for value in values]


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return value
