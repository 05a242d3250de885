"""Which rows train and which evaluate: DATA_SPLIT_METHOD.

A row's side depends on its contents only, never on its position: DuckDB hands rows over in any
order. BigQuery's own hash is not documented, so the rows it picks are others, in the same number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.preprocessing import Column
from duckdb_bqml.errors import ModelError

Hashes = NDArray[np.uint64]

AUTO_SPLIT_MIN_ROWS = 500
AUTO_SPLIT_MAX_FRACTION_ROWS = 50_000
AUTO_SPLIT_EVAL_FRACTION = 0.2
AUTO_SPLIT_MAX_EVAL_ROWS = 10_000
SEQ_TYPES = ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64", "STRING", "TIMESTAMP")


def row_hashes(columns: Sequence[Column]) -> Hashes:
    """A 64-bit hash (n,) of every row's values and column names, whatever the column order."""
    total = np.zeros(len(columns[0].values), dtype=np.uint64)
    for column in columns:
        total += _mix(_value_hashes(column) ^ _text_hash(column.name.lower()))
    return _mix(total)


def _value_hashes(column: Column) -> Hashes:
    if column.categories is None:
        bits = (column.values + 0.0).view(np.uint64)  # + 0.0 makes -0.0 the same value as 0.0
        return np.where(column.is_null, _text_hash("NULL"), _mix(bits))
    # Code -1, NULL, reads the last element.
    hashes = [*map(_text_hash, (f"={category}" for category in column.categories))]
    return np.array([*hashes, _text_hash("NULL")], dtype=np.uint64)[column.values]


def _text_hash(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))


def _mix(bits: Hashes) -> Hashes:
    """The finalizer of splitmix64 (public domain, S. Vigna): every input bit moves every output."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def evaluation_rows(
    options: Mapping[str, Any], hashes: Hashes, split_column: Column | None
) -> NDArray[np.bool_]:
    """The rows (n,) that evaluate; all others train.

    `split_column` is the column named by data_split_col, if the method has one. A model type
    without data_split_method trains on all rows. Rows with equal
    keys under SEQ keep their order. Raises ModelError if the column has the wrong type or no row
    is left to train on.
    """
    method = options.get("data_split_method", "NO_SPLIT")
    fraction = options.get("data_split_eval_fraction")
    if method == "CUSTOM":
        evaluates = _custom(split_column)
    elif method == "SEQ":
        evaluates = _sequential(split_column, 0.2 if fraction is None else round(fraction, 2))
    elif method == "NO_SPLIT":
        evaluates = np.zeros(len(hashes), dtype=bool)
    elif fraction is not None:
        evaluates = _random(hashes, round(fraction, 2))
    else:
        evaluates = _automatic(hashes)
    if evaluates.all():
        raise ModelError(
            f"option 'data_split_method' = {method} leaves no row to train on; "
            "give more distinct rows or change the split"
        )
    return evaluates


def _random(hashes: Hashes, fraction: float) -> NDArray[np.bool_]:
    return hashes < np.float64(fraction) * 2.0**64


def _automatic(hashes: Hashes) -> NDArray[np.bool_]:
    rows = len(hashes)
    if rows < AUTO_SPLIT_MIN_ROWS:
        return np.zeros(rows, dtype=bool)
    if rows <= AUTO_SPLIT_MAX_FRACTION_ROWS:
        return _random(hashes, AUTO_SPLIT_EVAL_FRACTION)
    evaluates = np.zeros(rows, dtype=bool)
    evaluates[np.argsort(hashes, kind="stable")[:AUTO_SPLIT_MAX_EVAL_ROWS]] = True
    return evaluates


def _custom(column: Column) -> NDArray[np.bool_]:
    if column.data_type != "BOOL":
        raise ModelError(
            f"option 'data_split_col' names '{column.name}' of type {column.data_type}; "
            "CUSTOM needs a BOOL column"
        )
    # TRUE or NULL evaluates.
    is_false = np.array([category == "false" for category in column.categories] + [False])
    return ~is_false[column.values]


def _sequential(column: Column, fraction: float) -> NDArray[np.bool_]:
    if column.data_type not in SEQ_TYPES:
        raise ModelError(
            f"option 'data_split_col' names '{column.name}' of type {column.data_type}; "
            f"SEQ needs one of {', '.join(SEQ_TYPES)}"
        )
    rows = len(column.values)
    order = np.argsort(np.where(column.is_null, -np.inf, column.values), kind="stable")
    evaluates = np.zeros(rows, dtype=bool)
    evaluates[order[rows - round(rows * fraction) :]] = True
    return evaluates
