"""Values of options: what fits a type of the table, and what the row of an option allows.

A value of an option that BigQuery tunes may be a search space instead: {"hparam_range": [least,
greatest]} or {"hparam_candidates": [value, ...]}.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bqml_vocabulary.errors import ModelError

Option = Mapping[str, Any]


def _is_whole(value: Any) -> bool:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return is_integer and -(2**63) <= value < 2**63


def _is_number(value: Any) -> bool:
    is_numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return is_numeric and abs(value) <= sys.float_info.max


_SCALARS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "STRING": (lambda value: isinstance(value, str), "a STRING"),
    "BOOL": (lambda value: isinstance(value, bool), "TRUE or FALSE"),
    "INT64": (_is_whole, "a whole number"),
    "FLOAT64": (_is_number, "a finite number"),
}
_EXAMPLES = {"STRING": "['label']", "INT64": "[64, 32]", "FLOAT64": "[0.5, 0.25]"}


def _fields(type_: str) -> list[str]:
    """The types of the fields of a STRUCT."""
    return type_.removeprefix("STRUCT<").removesuffix(">").split(", ")


def _fits(value: Any, type_: str) -> bool:
    """Whether a value is of a type of the table, a STRUCT being a list of its fields."""
    if " | " in type_:
        return any(_fits(value, one) for one in type_.split(" | "))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        is_filled = bool(value) or not element.startswith("STRUCT")
        return isinstance(value, list) and is_filled and all(_fits(one, element) for one in value)
    if type_.startswith("STRUCT<"):
        fields = _fields(type_)
        is_whole = isinstance(value, list) and len(value) == len(fields)
        return is_whole and all(_fits(one, field) for one, field in zip(value, fields, strict=True))
    return _SCALARS[type_][0](value)


def _canonical(value: Any, type_: str) -> Any:
    """A value that fits, with a float wherever the type says so."""
    if " | " in type_:
        return _canonical(value, next(one for one in type_.split(" | ") if _fits(value, one)))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        return [_canonical(one, element) for one in value]
    if type_.startswith("STRUCT<"):
        return [_canonical(*pair) for pair in zip(value, _fields(type_), strict=True)]
    return float(value) if type_ == "FLOAT64" else value


def _words(type_: str) -> str:
    """What a value of a type must be."""
    if " | " in type_:
        return " or ".join(map(_words, type_.split(" | ")))
    if type_.startswith("ARRAY<"):
        element = type_.removeprefix("ARRAY<").removesuffix(">")
        example = f", for example {_EXAMPLES[element]}" if element in _EXAMPLES else ""
        return f"an array of {element}{example}"
    if type_.startswith("STRUCT<"):
        return f"a STRUCT of {', '.join(_fields(type_))}"
    return _SCALARS[type_][1]


def _numbers(value: Any) -> Iterator[float]:
    """The numbers in a value."""
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif _is_number(value):
        yield value


SEARCH_SPACES = ("hparam_range", "hparam_candidates")


def search_space(value: Any) -> tuple[str, Any] | None:
    """The form and the bounds, or candidates, of a search space; None if the value is none.

    A space is {"hparam_range": [least, greatest]} or {"hparam_candidates": [value, ...]}.
    """
    if isinstance(value, Mapping) and len(value) == 1:
        [(form, given)] = value.items()
        if form in SEARCH_SPACES:
            return form, given
    return None


def tried(value: Any) -> list[Any]:
    """The values that a search space names, or the one value."""
    space = search_space(value)
    return [value] if space is None else space[1]


def checked_value(name: str, value: Any, option: Option) -> Any:
    """`value` in its canonical form; ModelError if it has the wrong type or is out of range."""
    space = search_space(value)
    if space is None:
        return _checked(name, value, option)
    form, given = space
    if not option.get("tunable"):
        raise ModelError(f"option '{name}' cannot be tuned; give one value")
    if not isinstance(given, list) or not given or (form == "hparam_range" and len(given) != 2):
        raise ModelError(
            f"option '{name}' must have a least and a greatest value in HPARAM_RANGE, or at least "
            "one value in HPARAM_CANDIDATES"
        )
    if form == "hparam_range" and not (all(map(_is_number, given)) and given[0] < given[1]):
        raise ModelError(f"option '{name}' must search from a number to a greater one")
    return {form: [_checked(name, one, option) for one in given]}


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _checked(name: str, given: Any, option: Option) -> Any:
    if not _fits(given, option["type"]):
        words = option.get("words") or _words(option["type"])
        raise ModelError(f"option '{name}' must be {words}, not {json.dumps(given)}")
    value = _canonical(given, option["type"])
    if "allowed" in option:
        value = [_upper(item) for item in value] if isinstance(value, list) else _upper(value)
        items = value if isinstance(value, list) else [value]
        unknown = {item for item in items if isinstance(item, str)}.difference(option["allowed"])
        if unknown:
            raise ModelError(
                f"option '{name}' has no value {min(unknown)!r}; "
                f"choose one of {', '.join(option['allowed'])}"
            )
    for limit, holds, words in _LIMITS:
        bound = option.get(limit)
        wrong = [n for n in _numbers(value) if bound is not None and not holds(n, bound)]
        if wrong and "words" in option:
            raise ModelError(f"option '{name}' must be {option['words']}, not {json.dumps(given)}")
        if wrong:
            raise ModelError(f"option '{name}' must be {words} {bound}, not {wrong[0]}")
    return value


_LIMITS: Sequence[tuple[str, Callable[[float, float], bool], str]] = (
    ("minimum", lambda number, bound: number >= bound, "at least"),
    ("exclusive_minimum", lambda number, bound: number > bound, "greater than"),
    ("maximum", lambda number, bound: number <= bound, "at most"),
    ("exclusive_maximum", lambda number, bound: number < bound, "less than"),
)
