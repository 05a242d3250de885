"""The rows that an algorithm sees: typed columns, and what each of them is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from duckdb_bqml.algorithms.metrics import lower_median
from duckdb_bqml.algorithms.parallel import each

NUMERIC_TYPES = ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64")
"""BigQuery's types of numbers."""


@dataclass(frozen=True)
class Column:
    """One input column of n rows, of one of four kinds.

    "number": `values` (n,) is float64 with NaN for NULL; TIMESTAMP is one, in seconds since the
    epoch, UTC.
    "category": `values` (n,) holds integer codes into `categories`, -1 for NULL.
    "vector", an array of numbers per row: `values` (n, width) is dense float64, or a CSR matrix
    for pairs of index and value. None of it is NULL, NaN or infinite.
    "set", an array of anything else per row: `values` (n, len(categories)) is a CSR matrix of
    ones where the row holds the category, which is None for a NULL element.

    `data_type` is BigQuery's name of the type. Categories are text, distinct and ascending in the
    order of their type, None the last; numbers and vectors have None instead of categories.
    """

    name: str
    data_type: str
    values: Any
    categories: tuple[str | None, ...] | None = None

    @property
    def kind(self) -> str:
        if self.values.ndim == 2:
            return "vector" if self.categories is None else "set"
        return "number" if self.categories is None else "category"

    @property
    def rows(self) -> int:
        return self.values.shape[0]

    @property
    def is_null(self) -> NDArray[np.bool_]:
        """Where (n,) the whole value is NULL: a NULL array is an empty one, as in BigQuery."""
        if self.values.ndim == 2:
            return np.zeros(self.rows, dtype=bool)
        return np.isnan(self.values) if self.categories is None else self.values < 0

    @property
    def known(self) -> NDArray[Any]:
        """The values that are not NULL, not copied if that is all of them; not of arrays."""
        is_null = self.is_null
        return self.values[~is_null] if is_null.any() else self.values

    def take(self, rows: NDArray[Any] | slice) -> "Column":
        """The column at the given row numbers, boolean mask or slice (which copies no array)."""
        values = self.values
        if isinstance(rows, np.ndarray) and rows.dtype == np.intp and not issparse(values):
            taken = np.take(values, rows, axis=0)  # lets go of Python's lock, unlike values[rows]
        else:
            taken = values[rows]
        return Column(self.name, self.data_type, taken, self.categories)


class Dataset(NamedTuple):
    """Feature columns of equal length and, for supervised models, the label.

    `roles` holds the columns that are neither, by the name of the option that gives them their
    role: data_split_col names one column, time_series_id_col may name several.
    """

    features: Sequence[Column]
    label: Column | None
    roles: Mapping[str, tuple[Column, ...]] = MappingProxyType({})

    @property
    def columns(self) -> list[Column]:
        """All columns, whatever their role."""
        others = [column for columns in self.roles.values() for column in columns]
        return [*self.features, *([self.label] if self.label else []), *others]

    def role(self, option: str) -> Column | None:
        """The column that an option names, if it is given; the first of several."""
        return next(iter(self.roles.get(option, ())), None)

    @property
    def rows(self) -> int:
        return self.columns[0].rows if self.columns else 0

    def take(self, rows: NDArray[Any] | slice) -> "Dataset":
        taken = iter(each(lambda column: column.take(rows), self.columns, self.rows))
        return Dataset(
            [next(taken) for _ in self.features],
            None if self.label is None else next(taken),
            {option: tuple(next(taken) for _ in columns) for option, columns in self.roles.items()},
        )


def describe(column: Column) -> dict[str, Any]:
    """One row of ML.FEATURE_INFO: statistics of numbers, the category count of the rest, and the
    dimension of vectors.

    stddev is the sample standard deviation, as STDDEV is in BigQuery SQL; median is the lower
    median.
    """
    kind = column.kind
    if kind in ("vector", "set"):
        counts = {
            "dimension": column.values.shape[1] if kind == "vector" else None,
            "category_count": np.unique(column.values.indices).size if kind == "set" else None,
        }
        return {"input": column.name, "null_count": 0, **counts}
    known = column.known
    statistics = {
        "input": column.name,
        "null_count": column.rows - len(known),
        "category_count": np.count_nonzero(np.bincount(known)) if kind == "category" else None,
    }
    if kind == "number" and column.data_type != "TIMESTAMP" and len(known) > 0:
        # A mean or deviation beyond float64 is infinite or NaN, as those of infinite numbers are.
        with np.errstate(over="ignore", invalid="ignore"):
            statistics |= {
                "min": float(known.min()),
                "max": float(known.max()),
                "mean": float(known.mean()),
                "median": lower_median(known),
                "stddev": float(known.std(ddof=1)) if len(known) > 1 else None,
            }
    return statistics
