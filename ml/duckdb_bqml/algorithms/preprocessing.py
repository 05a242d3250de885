"""From typed columns to a design matrix, as BigQuery ML preprocesses features by itself.

Source: BigQuery ML's "automatic feature preprocessing". Numbers are standardized, with the
population standard deviation for linear models and the sample's for the unsupervised ones, and
NULL becomes the mean; everything else is one-hot encoded with NULL as a category of its own and an
unseen category as no category at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from duckdb_bqml.algorithms.metrics import lower_median
from duckdb_bqml.errors import ModelError


@dataclass(frozen=True)
class Column:
    """One input column.

    `data_type` is BigQuery's name of the type. For numbers and TIMESTAMP (seconds since the
    epoch, UTC) `categories` is None and `values` holds float64 with NaN for NULL. For all other
    types `values` holds integer codes into `categories`, -1 for NULL; the categories are text,
    distinct and ascending in the order of the type.
    """

    name: str
    data_type: str
    values: NDArray[Any]
    categories: tuple[str, ...] | None = None

    @property
    def is_null(self) -> NDArray[np.bool_]:
        return np.isnan(self.values) if self.categories is None else self.values < 0

    def take(self, rows: NDArray[Any]) -> "Column":
        """The column at the given row numbers or boolean mask."""
        return Column(self.name, self.data_type, self.values[rows], self.categories)


class Dataset(NamedTuple):
    """Feature columns of equal length and, for supervised models, the label.

    `roles` holds the columns that are neither, by the name of the option that gives them their
    role: data_split_col, kmeans_init_col.
    """

    features: Sequence[Column]
    label: Column | None
    roles: Mapping[str, Column] = MappingProxyType({})

    @property
    def columns(self) -> list[Column]:
        """All columns, whatever their role."""
        return [*self.features, *([self.label] if self.label else []), *self.roles.values()]

    def take(self, rows: NDArray[Any]) -> "Dataset":
        return Dataset(
            [column.take(rows) for column in self.features],
            None if self.label is None else self.label.take(rows),
            {option: column.take(rows) for option, column in self.roles.items()},
        )


def describe(column: Column) -> dict[str, Any]:
    """One row of ML.FEATURE_INFO: statistics of numbers, or the category count of the rest.

    stddev is the sample standard deviation, as STDDEV is in BigQuery SQL; median is the lower
    median.
    """
    known = column.values[~column.is_null]
    statistics = {
        "input": column.name,
        "null_count": len(column.values) - len(known),
        "category_count": None if column.categories is None else len(np.unique(known)),
    }
    if column.categories is None and column.data_type != "TIMESTAMP" and len(known) > 0:
        statistics |= {
            "min": float(known.min()),
            "max": float(known.max()),
            "mean": float(known.mean()),
            "median": lower_median(known),
            "stddev": float(known.std(ddof=1)) if len(known) > 1 else None,
        }
    return statistics


class Scaling(NamedTuple):
    """How numbers are encoded: (value - mean) / standard deviation, or without one of the two.

    `ddof` is 0 for the population's standard deviation and 1 for the sample's.
    """

    ddof: int = 0
    is_centered: bool = True
    is_scaled: bool = True


STANDARDIZED = Scaling()


@dataclass(frozen=True)
class Number:
    """A number, standardized unless said otherwise: one column of the matrix."""

    name: str
    mean: float
    stddev: float
    is_centered: bool = True
    is_scaled: bool = True

    width = 1

    @classmethod
    def fit(cls, column: Column, scaling: "Scaling") -> "Number":
        known = column.values[~column.is_null]
        infinite = int(np.isinf(known).sum())
        if infinite:
            raise ModelError(
                f"column '{column.name}' is infinite in {infinite} rows; filter them out"
            )
        if len(known) == 0:
            mean, stddev = 0.0, 0.0
        elif known.min() == known.max():
            # Said exactly: the mean of equal values is rounded, so their deviation may not be 0.
            mean, stddev = float(known[0]), 0.0
        else:
            mean, stddev = float(known.mean()), float(known.std(ddof=scaling.ddof))
        return cls(column.name, mean, stddev, scaling.is_centered, scaling.is_scaled)

    @property
    def origin(self) -> float:
        return self.mean if self.is_centered else 0.0

    @property
    def unit(self) -> float:
        return (self.stddev or 1.0) if self.is_scaled else 1.0

    def entries(self, column: Column) -> tuple[int, NDArray[np.float64]]:
        encoded = (column.values - self.origin) / self.unit
        return 0, np.where(column.is_null, (self.mean - self.origin) / self.unit, encoded)

    def decode(self, encoded: float, standardize: bool = False) -> float:
        """An encoded value on the scale of the column, or standardized."""
        value = encoded * self.unit + self.origin
        return (value - self.mean) / (self.stddev or 1.0) if standardize else value


@dataclass(frozen=True)
class Category:
    """A one-hot encoded column: one column of the matrix per category seen in training.

    `categories` ends with None if training saw a NULL. `dropped` is the position that DUMMY
    encoding leaves out: its column stays, empty, so that its weight is 0.
    """

    name: str
    categories: tuple[str | None, ...]
    dropped: int | None

    @property
    def width(self) -> int:
        return len(self.categories)

    @classmethod
    def fit(cls, column: Column, dummy: bool) -> "Category":
        # Shifted by one so that NULL, -1, is counted in front and can be moved to the end.
        counts = np.roll(np.bincount(column.values + 1, minlength=len(column.categories) + 1), -1)
        seen = counts > 0
        categories = [
            category
            for category, is_seen in zip((*column.categories, None), seen, strict=True)
            if is_seen
        ]
        return cls(column.name, tuple(categories), int(np.argmax(counts[seen])) if dummy else None)

    def entries(self, column: Column) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        position = {category: i for i, category in enumerate(self.categories) if i != self.dropped}
        # Code -1, NULL, reads the last element.
        lookup = np.array([position.get(c, -1) for c in (*column.categories, None)], dtype=np.intp)
        positions = lookup[column.values]
        return np.maximum(positions, 0), (positions >= 0).astype(np.float64)


_KINDS: Mapping[str, type[Number] | type[Category]] = {"number": Number, "category": Category}


def squared_norms(design: csr_matrix) -> NDArray[np.float64]:
    """The squared length (n,) of every row."""
    return np.asarray(design.multiply(design).sum(axis=1)).ravel()


class Encoder:
    """Turns columns into a sparse matrix with the statistics and categories of the training rows.

    The columns of the matrix are the blocks in order, each `width` wide.
    """

    def __init__(self, blocks: Sequence[Number | Category]) -> None:
        self.blocks = tuple(blocks)
        self.width = sum(block.width for block in self.blocks)

    @classmethod
    def fit(
        cls, columns: Sequence[Column], *, dummy: bool = False, scaling: Scaling = STANDARDIZED
    ) -> "Encoder":
        """Learn from the training rows; ModelError if a number is infinite."""
        return cls(
            [
                Number.fit(column, scaling)
                if column.categories is None
                else Category.fit(column, dummy)
                for column in _expand_timestamps(columns)
            ]
        )

    def transform(self, columns: Sequence[Column]) -> csr_matrix:
        """The (rows, width) matrix of the same columns, in the same order, as were fitted.

        Each row holds exactly one entry per block, an explicit 0 where the value is unseen, so
        the matrix is written in place without sorting.
        """
        expanded = _expand_timestamps(columns)
        shape = len(expanded[0].values), len(self.blocks)
        indices, data = np.empty(shape, dtype=np.int32), np.empty(shape)
        offset = 0
        for j, (block, column) in enumerate(zip(self.blocks, expanded, strict=True)):
            positions, data[:, j] = block.entries(column)
            indices[:, j] = positions + offset
            offset += block.width
        row_starts = np.arange(0, data.size + 1, len(self.blocks))
        return csr_matrix((data.ravel(), indices.ravel(), row_starts), (shape[0], self.width))

    def split(self, vector: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """A vector (width,) in pieces, one per block."""
        return np.split(vector, np.cumsum([block.width for block in self.blocks])[:-1])

    def to_json(self) -> list[dict[str, Any]]:
        return [
            {"kind": "number" if isinstance(block, Number) else "category", **vars(block)}
            for block in self.blocks
        ]

    @classmethod
    def from_json(cls, blocks: Sequence[Mapping[str, Any]]) -> "Encoder":
        """The inverse of `to_json`, also after a round trip through JSON text."""
        return cls(
            [
                _KINDS[block["kind"]](
                    **{
                        key: tuple(value) if isinstance(value, list) else value
                        for key, value in block.items()
                        if key != "kind"
                    }
                )
                for block in blocks
            ]
        )


def _expand_timestamps(columns: Sequence[Column]) -> list[Column]:
    return [
        part
        for column in columns
        for part in ([column, *_parts(column)] if column.data_type == "TIMESTAMP" else [column])
    ]


def _parts(column: Column) -> list[Column]:
    """The calendar parts BigQuery ML derives from a TIMESTAMP, NULL where it is NULL."""
    is_null = column.is_null
    seconds = np.floor(np.where(is_null, 0, column.values)).astype(np.int64)
    time = seconds.astype("datetime64[s]")
    day, month, year = (time.astype(f"datetime64[{unit}]") for unit in "DMY")
    days = day.astype(np.int64)
    weekday = (days + 4) % 7  # Sunday is 0; the epoch was a Thursday
    day_of_year = (day - year.astype("datetime64[D]")).astype(np.int64)
    parts = {
        "DOM": (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
        "DOW": weekday + 1,
        "MOY": month.astype(np.int64) % 12 + 1,
        "HOD": seconds // 3600 % 24,
        "MOH": seconds // 60 % 60,
        "WOY": (day_of_year + 7 - weekday) // 7,
        "YEAR": year.astype(np.int64) + 1970,
    }
    return [
        _as_category(f"_TS_{part}_{column.name}", values, is_null) for part, values in parts.items()
    ]


def _as_category(name: str, values: NDArray[np.int64], is_null: NDArray[np.bool_]) -> Column:
    categories, codes = np.unique(values, return_inverse=True)
    codes[is_null] = -1
    return Column(name, "INT64", codes, tuple(map(str, categories)))
