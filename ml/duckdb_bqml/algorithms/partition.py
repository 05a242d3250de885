"""What each row of a training is for: to train, to evaluate or to test (DATA_SPLIT_METHOD).

A row's side depends on its contents only, never on its position: DuckDB hands rows over in any
order. BigQuery's own hash is not documented, so the rows it picks are others, in the same number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.parallel import each

Hashes = NDArray[np.uint64]

BLOCK = 16_384
AUTO_SPLIT_MIN_ROWS = 500
AUTO_SPLIT_MAX_FRACTION_ROWS = 50_000
AUTO_SPLIT_EVAL_FRACTION = 0.2
AUTO_SPLIT_MAX_EVAL_ROWS = 10_000
TUNING_SHARES = 0.1, 0.1
TRAIN, EVALUATE, TEST = np.int8(0), np.int8(1), np.int8(2)
SEQ_TYPES = ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64", "STRING", "TIMESTAMP")


def row_hashes(columns: Sequence[Column]) -> Hashes:
    """A 64-bit hash (n,) of every row's values and column names, whatever the column order.

    It is a sum over the columns: a number adds its bits times a factor that is the column's own,
    anything else adds the hash of its text.
    """
    rows = columns[0].rows
    total = np.zeros(rows, dtype=np.uint64)
    numbers = [
        (column.values, _salt(column) | np.uint64(1))
        for column in columns
        if column.kind == "number"
    ]
    lookups = [
        (column.values, _mix(_category_hashes(column) ^ _salt(column)))
        for column in columns
        if column.kind == "category"
    ]
    for column in columns:
        if column.values.ndim == 2:
            total += _array_hashes(column)

    def add(start: int) -> None:
        block = slice(start, start + BLOCK)
        for values, factor in numbers:
            bits = _bits(values[block])
            bits ^= bits >> np.uint64(32)  # a whole number has nothing in its lower half
            bits *= factor
            total[block] += bits
        for codes, hashes in lookups:
            total[block] += hashes[codes[block]]

    each(add, range(0, rows, BLOCK), rows)
    return _mix(total)


def canonical_order(hashes: Hashes) -> NDArray[np.intp]:
    """The row numbers (n,) in ascending order of the hashes; rows of equal hash are equal."""
    # One sort of numbers that hold the hash above and the row number below is four times as fast
    # as an argsort. Where the lower part of the hash is needed, the whole of it decides.
    low = np.uint64(max(len(hashes) - 1, 1).bit_length())
    keys = (hashes >> low << low) | np.arange(len(hashes), dtype=np.uint64)
    keys.sort()
    order = (keys & ((np.uint64(1) << low) - np.uint64(1))).astype(np.intp)
    keys >>= low
    is_tied = keys[1:] == keys[:-1]
    if is_tied.any():
        tied = np.flatnonzero(np.append(is_tied, False) | np.append(False, is_tied))
        order[tied] = order[tied][np.argsort(hashes[order[tied]], kind="stable")]
    return order


def _salt(column: Column) -> np.uint64:
    return _text_hash(column.name.lower())


def _bits(values: NDArray[np.float64]) -> Hashes:
    """The bits of a block of numbers; -0.0 is the same value as 0.0, and NaN is NULL."""
    values = values + 0.0
    is_null = np.isnan(values)
    if is_null.any():
        values[is_null] = np.nan
    return values.view(np.uint64)


def _category_hashes(column: Column) -> Hashes:
    """Of each category, NULL the last: code -1 reads the last element."""
    known = [_text_hash(f"={category}") for category in column.categories if category is not None]
    return np.array([*known, _text_hash("NULL")], dtype=np.uint64)


def _array_hashes(column: Column) -> Hashes:
    """Of each row (n,) of a vector or a set: the sum over its elements."""
    matrix = csr_matrix(column.values)
    position = _mix(matrix.indices.astype(np.uint64) ^ _salt(column))
    if column.kind == "vector":
        entries = _mix(_bits(matrix.data) ^ position)
    else:
        entries = _mix(_category_hashes(column)[matrix.indices] ^ _salt(column))
    # Sums that wrap around are exact, so a row's sum is a difference of two running ones.
    running = np.append(np.uint64(0), np.cumsum(entries, dtype=np.uint64))
    return running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]


def _text_hash(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))


def _mix(bits: Hashes) -> Hashes:
    """The finalizer of splitmix64 (public domain, S. Vigna): every input bit moves every output."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


class Order(NamedTuple):
    """The numbers of the `rows` (n,): those that train, then those that evaluate, then those that
    test; `counts` says how many of each there are."""

    rows: NDArray[np.intp]
    counts: tuple[int, int, int]

    @classmethod
    def of(cls, order: NDArray[np.intp], purposes: NDArray[np.int8]) -> Self:
        """Row numbers (n,) by the purpose (n,) of each."""
        parts = [order[purposes == purpose] for purpose in (TRAIN, EVALUATE, TEST)]
        return cls(np.concatenate(parts), tuple(map(len, parts)))

    @property
    def trained(self) -> int:
        return self.counts[0]


def purposes(
    options: Mapping[str, Any], hashes: Hashes, split_column: Column | None
) -> NDArray[np.int8]:
    """What each row (n,) is for: TRAIN, EVALUATE or TEST. Only tuning has rows to test.

    `split_column` is the column named by data_split_col, if the method has one. A model type
    without data_split_method trains on all rows. Rows with equal keys under SEQ keep their order.
    Raises ModelError if the column has the wrong type or no row is left to train on.
    """
    method = options.get("data_split_method", "NO_SPLIT")
    shares = _shares(options)
    if method == "CUSTOM":
        found = (_custom_of_trials if shares.tunes else _custom)(split_column)
    elif method == "SEQ":
        found = _sequential(split_column, shares)
    elif method == "NO_SPLIT":
        found = np.full(len(hashes), TRAIN)
    elif shares.are_given:
        found = _random(hashes, shares)
    else:
        found = _automatic(hashes, shares)
    if not (found == TRAIN).any():
        raise ModelError(
            f"option 'data_split_method' = {method} leaves no row to train on; "
            "give more distinct rows or change the split"
        )
    return found


class _Shares(NamedTuple):
    """The shares of the rows that evaluate and test, and whether the options give them."""

    evaluate: float
    test: float
    are_given: bool
    tunes: bool


def _shares(options: Mapping[str, Any]) -> _Shares:
    tunes = options.get("num_trials") is not None
    evaluate = options.get("data_split_eval_fraction")
    test = options.get("data_split_test_fraction")
    if evaluate is None and test is None:
        return _Shares(*(TUNING_SHARES if tunes else (AUTO_SPLIT_EVAL_FRACTION, 0.0)), False, tunes)
    return _Shares(round(evaluate or 0.0, 2), round(test or 0.0, 2), True, tunes)


def _random(hashes: Hashes, shares: _Shares) -> NDArray[np.int8]:
    found = np.full(len(hashes), TRAIN)
    found[hashes < np.float64(shares.evaluate + shares.test) * 2.0**64] = TEST
    found[hashes < np.float64(shares.evaluate) * 2.0**64] = EVALUATE
    return found


def _automatic(hashes: Hashes, shares: _Shares) -> NDArray[np.int8]:
    rows = len(hashes)
    found = np.full(rows, TRAIN)
    if rows < AUTO_SPLIT_MIN_ROWS:
        return found
    if shares.tunes or rows <= AUTO_SPLIT_MAX_FRACTION_ROWS:
        return _random(hashes, shares)
    found[np.argsort(hashes, kind="stable")[:AUTO_SPLIT_MAX_EVAL_ROWS]] = EVALUATE
    return found


def _custom(column: Column) -> NDArray[np.int8]:
    if column.data_type != "BOOL":
        raise ModelError(
            f"option 'data_split_col' names '{column.name}' of type {column.data_type}; "
            "CUSTOM needs a BOOL column"
        )
    # TRUE or NULL evaluates.
    is_false = np.array([category == "false" for category in column.categories] + [False])
    return np.where(is_false[column.values], TRAIN, EVALUATE)


def _custom_of_trials(column: Column) -> NDArray[np.int8]:
    words = {"TRAIN": TRAIN, "EVAL": EVALUATE, "TEST": TEST}
    unknown = set(column.categories or ["numbers"]).difference(words)
    if column.data_type != "STRING" or unknown or column.is_null.any():
        raise ModelError(
            f"option 'data_split_col' names '{column.name}' of type {column.data_type}; CUSTOM "
            f"needs a STRING column of {', '.join(words)} when num_trials is set"
        )
    return np.array([words[category] for category in column.categories])[column.values]


def _sequential(column: Column, shares: _Shares) -> NDArray[np.int8]:
    if column.data_type not in SEQ_TYPES:
        raise ModelError(
            f"option 'data_split_col' names '{column.name}' of type {column.data_type}; "
            f"SEQ needs one of {', '.join(SEQ_TYPES)}"
        )
    rows = column.rows
    order = np.argsort(np.where(column.is_null, -np.inf, column.values), kind="stable")
    tests = round(rows * shares.test)
    evaluates = round(rows * shares.evaluate)
    found = np.full(rows, TRAIN)
    # two shares may be more than all rows together
    found[order[max(rows - tests - evaluates, 0) :]] = EVALUATE
    found[order[rows - tests :]] = TEST
    return found
