"""Rows of two engines, compared as bags."""

import math
from collections import defaultdict
from typing import Any

TOLERANCE = 1e-9  # of a FLOAT64, relative; all else is compared exactly


def differences(one: list[tuple], other: list[tuple]) -> tuple[list[tuple], list[tuple]]:
    """The rows of each side that have no like on the other, a repeated row counted as often."""
    unmatched: dict[Any, list[tuple]] = defaultdict(list)
    for row in other:
        unmatched[_exact(row)].append(row)
    missing = []
    for row in one:
        candidates = unmatched[_exact(row)]
        like = next((place for place, it in enumerate(candidates) if equal(row, it)), None)
        if like is None:
            missing.append(row)
        else:
            del candidates[like]
    return missing, [row for rows in unmatched.values() for row in rows]


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same; NaN is the same as NaN, NULL as NULL, 1 is not 1.0."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE) or (one != one and other != other)
    return type(one) is type(other) and one == other


def _exact(value: Any) -> Any:
    """A value without its floats: rows that are equal have equal ones."""
    if isinstance(value, tuple):
        return tuple(_exact(item) for item in value)
    return float if isinstance(value, float) else value
