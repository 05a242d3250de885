"""What is kept of a model's training data, to say later how far other data have moved from it.

Source: TensorFlow Data Validation, by which BigQuery compares data: numbers by a histogram of ten
buckets of equal width, everything else by how often each value occurs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.dataset import Column

HISTOGRAM_BUCKETS = 10
QUANTILE_BUCKETS = 100
# a feature of more values keeps the most frequent ones; the rest is row_count less all that is kept
KEPT_CATEGORIES = 1000
# their text depends on who writes it
_WITHOUT_TEXT = ("TIME", "BYTES")


def distribution(column: Column) -> dict[str, Any]:
    """The distribution of one feature.

    `histogram`, of the finite numbers, holds ten buckets (low, high, n) of equal width, one of
    width 1 around it for a single value; `quantiles`, of numbers, the buckets (upper, n] between
    the percentiles that differ, the last without an end; `categories`, of everything that is no
    number, the values (value, n), the most frequent first. What a column does not have is empty;
    of TIMESTAMP, TIME, BYTES and arrays nothing but the rows is kept.
    """
    kept = {
        "input": column.name,
        "row_count": column.rows,
        "null_count": int(np.count_nonzero(column.is_null)),
        "histogram": [],
        "quantiles": [],
        "categories": [],
    }
    if column.kind == "number" and column.data_type != "TIMESTAMP":
        values = np.sort(column.known)
        kept["histogram"] = _histogram(values[np.isfinite(values)])
        kept["quantiles"] = _quantiles(values)
    elif column.kind == "category" and column.data_type not in _WITHOUT_TEXT:
        kept["categories"] = _categories(column)
    return kept


def _histogram(values: NDArray[np.float64]) -> list[dict[str, float | int]]:
    """Of ascending finite values; none where ten times their range is beyond float64."""
    if not len(values):
        return []
    low, high = float(values[0]), float(values[-1])
    low, width = (low - 0.5, 1.0) if low == high else (low, high - low)
    if not np.isfinite(width * HISTOGRAM_BUCKETS):
        return []
    places = np.floor((values - low) / width * HISTOGRAM_BUCKETS).astype(np.intp)
    counts = np.bincount(np.minimum(places, HISTOGRAM_BUCKETS - 1), minlength=HISTOGRAM_BUCKETS)
    edges = low + width * np.arange(HISTOGRAM_BUCKETS + 1) / HISTOGRAM_BUCKETS
    return [
        {"low": low, "high": high, "n": n}
        for low, high, n in zip(
            edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True
        )
    ]


def _quantiles(values: NDArray[np.float64]) -> list[dict[str, float | int]]:
    """Of ascending values: percentile k is their element number ceil(k n / 100)."""
    rows = len(values)
    if not rows:
        return []
    places = -(-np.arange(1, QUANTILE_BUCKETS) * rows // QUANTILE_BUCKETS) - 1
    # the greatest percentile may be infinite itself
    uppers = np.unique(np.append(values[places], np.inf))
    counts = np.diff(np.searchsorted(values, uppers, side="right"), prepend=0)
    return [
        {"upper": upper, "n": n} for upper, n in zip(uppers.tolist(), counts.tolist(), strict=True)
    ]


def _categories(column: Column) -> list[dict[str, str | int]]:
    counts = np.bincount(column.known, minlength=len(column.categories))
    # stable: of values as frequent, the first in their order
    first = np.argsort(-counts, kind="stable")[:KEPT_CATEGORIES]
    return [
        {"value": column.categories[code], "n": int(counts[code])} for code in first if counts[code]
    ]
