"""The series of a training: its rows by what tells the series apart, each in regular steps."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.dataset import NUMERIC_TYPES, Column, Dataset
from duckdb_bqml.algorithms.forecasting.calendar import Grid, regular

Floats = NDArray[np.float64]

TIME, DATA, KEYS = "time_series_timestamp_col", "time_series_data_col", "time_series_id_col"
KEY_TYPES = ("STRING", "INT64")
LATEST = 2**53
"""Microseconds from the epoch that float64 tells apart: the year 2255."""


class Key(NamedTuple):
    """A column that tells series apart."""

    name: str
    data_type: str


class Series(NamedTuple):
    """One series: what its keys are, its steps and values (n,) without what the features added
    (n, features), or why it has none."""

    keys: tuple[Any, ...]
    grid: Grid | None
    values: Floats
    added: Floats
    error: str | None = None

    def without(self, error: str) -> "Series":
        """The same series as one that cannot be forecast."""
        return Series(self.keys, None, np.zeros(0), self.added[:0], error)


def keys_of(data: Dataset) -> list[Key]:
    columns = data.roles.get(KEYS, ())
    for column in columns:
        if column.data_type not in KEY_TYPES:
            raise ModelError(
                f"column '{column.name}' of time_series_id_col has the type {column.data_type}; "
                f"cast it to {' or '.join(KEY_TYPES)}"
            )
    return [Key(column.name, column.data_type) for column in columns]


class Group(NamedTuple):
    """The rows (n,) of one series, by their moments."""

    keys: tuple[Any, ...]
    rows: NDArray[np.intp]


def groups(data: Dataset) -> list[Group]:
    """The rows of each series, ascending by its keys."""
    moments = moments_of(data.role(TIME))
    ranked = [ranks(column) for column in data.roles.get(KEYS, ())]
    order = np.lexsort((moments, *(codes for codes, _ in reversed(ranked))))
    codes = np.stack([codes[order] for codes, _ in ranked]) if ranked else np.zeros((1, len(order)))
    starts = np.flatnonzero(np.append(True, (codes[:, 1:] != codes[:, :-1]).any(axis=0)))
    return [
        Group(
            tuple(names[int(codes[k, start])] for k, (_, names) in enumerate(ranked)),
            order[start:end],
        )
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True)
    ]


def read(
    data: Dataset,
    found: Sequence[Group],
    options: Mapping[str, Any],
    added: Floats | None = None,
) -> list[Series]:
    """The series of the groups of rows, without what features add (rows, features) to them.

    ModelError if a row has no moment, an infinite one or an infinite value, or if not one series
    can be forecast: it says why the first cannot.
    """
    moments, values = moments_of(data.role(TIME)), values_of(data)
    if added is None:
        added = np.zeros((len(values), 0))
    series = [
        _one(group.keys, moments[group.rows], values[group.rows], added[group.rows], options)
        for group in found
    ]
    require_one(series, [column.name for column in data.roles.get(KEYS, ())])
    return series


def _one(
    keys: tuple[Any, ...],
    moments: NDArray[np.int64],
    values: Floats,
    added: Floats,
    options: Mapping[str, Any],
) -> Series:
    values = limited(values, options)
    frequency, nothing = options["data_frequency"], np.zeros((0, added.shape[1]))
    try:
        grid, whole = regular(moments, values, frequency)
    except ModelError as error:
        return Series(keys, None, np.zeros(0), nothing, str(error))
    if np.ptp(whole) == 0:
        error = f"every value is {whole[0]:g}; leave the series out, or give it more rows"
        return Series(keys, None, np.zeros(0), nothing, error)
    is_known = ~np.isnan(values)
    parts = [regular(moments[is_known], one[is_known], frequency)[1] for one in added.T]
    explained = np.stack(parts, axis=1) if parts else np.zeros((len(whole), 0))
    return Series(keys, grid, whole - explained.sum(axis=1), explained)


def require_one(found: Sequence[Series], names: Sequence[str]) -> None:
    """ModelError if not one series can be forecast; `names` are those of the keys."""
    if not all(one.error for one in found):
        return
    first = found[0]
    if not names:
        raise ModelError(f"the series cannot be forecast: {first.error}")
    which = ", ".join(f"{name} = {key!r}" for name, key in zip(names, first.keys, strict=True))
    raise ModelError(
        f"not one of {len(found)} series can be forecast; that of {which}: {first.error}"
    )


def moments_of(column: Column) -> NDArray[np.int64]:
    """The moments (n,) of a column in microseconds; ModelError if one is NULL or beyond the
    calendar."""
    missing = int(column.is_null.sum())
    if missing:
        raise ModelError(
            f"timestamp column '{column.name}' is NULL in {missing} rows; filter them out"
        )
    if column.data_type == "DATE":
        days = np.array(column.categories, dtype="datetime64[us]").astype(np.int64)
        return days[column.values]
    if column.data_type != "TIMESTAMP":
        raise ModelError(
            f"timestamp column '{column.name}' has the type {column.data_type}; cast it to "
            "TIMESTAMP, DATE or DATETIME"
        )
    micros = np.rint(column.values * 1e6)
    beyond = int((np.abs(micros) >= LATEST).sum())
    if beyond:
        raise ModelError(
            f"timestamp column '{column.name}' is infinite or beyond the year 2255 in {beyond} "
            "rows; filter them out"
        )
    return micros.astype(np.int64)


def values_of(data: Dataset) -> Floats:
    """The values (n,), NaN for NULL; ModelError if one is infinite."""
    return numbers_of(data.role(DATA))


def numbers_of(column: Column) -> Floats:
    """The values (n,) of the column that is forecast, NaN for NULL; ModelError if one is
    infinite."""
    if column.data_type not in NUMERIC_TYPES:
        raise ModelError(
            f"data column '{column.name}' has the type {column.data_type}; cast it to FLOAT64"
        )
    infinite = int(np.isinf(column.values).sum())
    if infinite:
        raise ModelError(
            f"data column '{column.name}' is infinite in {infinite} rows; filter them out"
        )
    largest = float(np.nanmax(np.abs(column.values), initial=0.0))
    if largest > 1e100:
        raise ModelError(
            f"data column '{column.name}' holds {largest:g}, too large to square; divide it by a "
            "power of ten"
        )
    return column.values


def ranks(column: Column) -> tuple[NDArray[np.intp], list[Any]]:
    """The codes (n,) of a key, ascending, and what each is; NULL comes first."""
    if column.categories is None:
        known, codes = np.unique(column.values, return_inverse=True, equal_nan=True)
        names: list[Any] = [None if np.isnan(one) else int(one) for one in known]
        if names and names[-1] is None:  # NaN sorts last
            names, codes = [None, *names[:-1]], np.where(codes == len(names) - 1, 0, codes + 1)
        return codes, names
    return column.values + 1, [None, *column.categories]


def key_texts(column: Column) -> list[str | None]:
    """A key (n,) as texts, None for NULL."""
    codes, names = ranks(column)
    texts = np.array([None if name is None else str(name) for name in names], dtype=object)
    return texts[codes].tolist()


# ---- limits of what is forecast

LOWER, UPPER = "forecast_limit_lower_bound", "forecast_limit_upper_bound"


def limited(values: Floats, options: Mapping[str, Any]) -> Floats:
    """The values without those that are not inside the limits, on a scale without limits."""
    low, high = options.get(LOWER), options.get(UPPER)
    if low is None and high is None:
        return values
    above = values - low if low is not None else np.ones_like(values)
    below = high - values if high is not None else np.ones_like(values)
    is_inside = (above > 0) & (below > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(is_inside, np.log(above) - np.log(below), np.nan)


def unlimited(values: Floats, options: Mapping[str, Any]) -> Floats:
    """The inverse of `limited`."""
    low, high = options.get(LOWER), options.get(UPPER)
    with np.errstate(over="ignore"):
        if low is not None and high is not None:
            return low + (high - low) / (1.0 + np.exp(-values))
        if low is not None:
            return low + np.exp(values)
        return values if high is None else high - np.exp(-values)
