"""From typed columns to a design matrix, as BigQuery ML preprocesses features by itself.

Source: BigQuery ML's "automatic feature preprocessing". Numbers are standardized, with the
population standard deviation for linear models and the sample's for the unsupervised ones, and
NULL becomes the mean; arrays of numbers are left as they are; everything else is one-hot encoded
with NULL as a category of its own and an unseen category as no category at all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, issparse

from duckdb_bqml.algorithms.dataset import NUMERIC_TYPES, Column
from duckdb_bqml.algorithms.described import (
    TEXT,
    TRUTH,
    Blocks,
    Fields,
    Finite,
    ListOf,
    Optional,
    Whole,
)
from duckdb_bqml.algorithms.design import Design, Mixed
from duckdb_bqml.algorithms.parallel import each

MAX_VECTOR_WIDTH = 1_000_000
CACHED_VALUES = 65_536

CATEGORIES = ListOf(Optional(TEXT), "width", is_distinct=True)
"""The categories of a block in an artifact."""


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

    width: ClassVar[int] = 1
    is_sparse: ClassVar[bool] = False
    described: ClassVar[Fields] = Fields(
        {
            "name": TEXT,
            "mean": Finite(),
            "stddev": Finite(0),
            "is_centered": TRUTH,
            "is_scaled": TRUTH,
        }
    )

    @classmethod
    def fit(cls, column: Column, scaling: "Scaling") -> "Number":
        known = column.known
        lowest, highest = (known.min(), known.max()) if len(known) > 0 else (0.0, 0.0)
        if np.isinf(lowest) or np.isinf(highest):
            refuse_infinite(column)
        if len(known) == 0:
            mean, stddev = 0.0, 0.0
        elif lowest == highest:
            # Said exactly: the mean of equal values is rounded, so their deviation may not be 0.
            mean, stddev = float(known[0]), 0.0
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                mean, stddev = float(known.mean()), float(known.std(ddof=scaling.ddof))
            if not np.isfinite(stddev):
                raise ModelError(
                    f"column '{column.name}' holds numbers from {lowest:g} to {highest:g}, too "
                    "large to standardize; divide them by a power of ten"
                )
        return cls(column.name, mean, stddev, scaling.is_centered, scaling.is_scaled)

    @property
    def origin(self) -> float:
        return self.mean if self.is_centered else 0.0

    @property
    def unit(self) -> float:
        return (self.stddev or 1.0) if self.is_scaled else 1.0

    @property
    def of_null(self) -> float:
        """What NULL is encoded as: the mean."""
        return (self.mean - self.origin) / self.unit

    def columns(self, column: Column) -> list[NDArray[np.float64]]:
        """The one column (n,) of the matrix, before it is centred and scaled."""
        return [column.values]

    def decode(self, encoded: float, standardize: bool = False) -> float:
        """An encoded value on the scale of the column, or standardized."""
        value = encoded * self.unit + self.origin
        return (value - self.mean) / (self.stddev or 1.0) if standardize else value


def refuse_infinite(column: Column) -> None:
    """ModelError if a number is infinite."""
    infinite = np.count_nonzero(np.isinf(column.values))
    if infinite:
        raise ModelError(
            f"column '{column.name}' is infinite in {infinite} rows; filter them out or make "
            "them NULL"
        )


@dataclass(frozen=True)
class Vector:
    """An array of numbers per row, left as it is: a column of the matrix per element.

    `categories` are the positions as text, "0" and so on, which stand for the elements where the
    categories of other blocks are listed.
    """

    name: str
    width: int
    is_sparse: bool

    described: ClassVar[Fields] = Fields(
        {"name": TEXT, "width": Whole(0, MAX_VECTOR_WIDTH, length="width"), "is_sparse": TRUTH}
    )

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.width)))

    @classmethod
    def fit(cls, column: Column) -> "Vector":
        if column.values.shape[1] > MAX_VECTOR_WIDTH:
            raise ModelError(
                f"column '{column.name}' holds the index {column.values.shape[1] - 1}, and the "
                f"greatest is {MAX_VECTOR_WIDTH - 1}; number the elements from 0 without gaps"
            )
        is_sparse = issparse(column.values)
        numbers = column.values.data if is_sparse else column.values
        greatest = float(np.abs(numbers).max(initial=0.0))
        if not math.isfinite(greatest * greatest * numbers.size):
            raise ModelError(
                f"column '{column.name}' holds arrays of numbers up to {greatest:g}, too large to "
                "square; divide them by a power of ten"
            )
        return cls(column.name, column.values.shape[1], is_sparse)

    def columns(self, column: Column) -> list[NDArray[np.float64]]:
        """The columns (n,) of the matrix, if it is dense."""
        given = column.values.shape[1]
        if given != self.width:
            raise ModelError(
                f"column '{self.name}' holds arrays of {given} numbers and the model was trained "
                f"on {self.width}; give as many"
            )
        return list(column.values.T)

    def encode(self, column: Column) -> csr_matrix:
        """A sparse vector (n, width); indices that training has not seen count nothing."""
        return _moved(column.values, column.values.indices, self.width)


@dataclass(frozen=True)
class Category:
    """A one-hot encoded column: one column of the matrix per category seen in training.

    `categories` ends with None if training saw a NULL. `dropped` is the position that DUMMY
    encoding leaves out: its column stays, empty, so that its weight is 0.
    """

    name: str
    categories: tuple[str | None, ...]
    dropped: int | None

    is_sparse: ClassVar[bool] = True
    described: ClassVar[Fields] = Fields(
        {
            "name": TEXT,
            "categories": CATEGORIES,
            "dropped": Optional(Whole(below="width")),
        }
    )

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


@dataclass(frozen=True)
class Set:
    """An array of categories per row: a column of the matrix per category seen in training, 1
    where the array holds it. `categories` ends with None if training saw a NULL element."""

    name: str
    categories: tuple[str | None, ...]

    is_sparse: ClassVar[bool] = True
    described: ClassVar[Fields] = Fields({"name": TEXT, "categories": CATEGORIES})

    @property
    def width(self) -> int:
        return len(self.categories)

    @classmethod
    def fit(cls, column: Column) -> "Set":
        seen = np.bincount(column.values.indices, minlength=len(column.categories)) > 0
        return cls(column.name, tuple(np.array(column.categories, dtype=object)[seen]))

    def encode(self, column: Column) -> csr_matrix:
        position = {category: i for i, category in enumerate(self.categories)}
        lookup = np.array([position.get(c, self.width) for c in column.categories], dtype=np.intp)
        return _moved(column.values, lookup[column.values.indices], self.width)


def _moved(matrix: csr_matrix, indices: NDArray[np.integer], width: int) -> csr_matrix:
    """A matrix (n, width) with other column indices, without the entries that are then outside."""
    kept = indices < width
    # Row i ends where the entries kept so far end.
    ends = np.append(0, np.cumsum(kept))[matrix.indptr]
    return csr_matrix((matrix.data[kept], indices[kept], ends), (matrix.shape[0], width))


Block = Number | Vector | Category | Set

_KINDS: Mapping[str, type[Block]] = {
    "number": Number,
    "vector": Vector,
    "category": Category,
    "set": Set,
}


def array_block(data_type: str) -> Mapping[str, Any] | None:
    """What the block of an ARRAY must be, None of a type that is none: pairs of index and number
    are a sparse vector, numbers a dense one, and anything else is a set."""
    if not data_type.startswith("ARRAY<"):
        return None
    element = data_type.removeprefix("ARRAY<").removesuffix(">")
    if element.startswith("STRUCT<"):
        return {"kind": "vector", "is_sparse": True}
    if element in NUMERIC_TYPES:
        return {"kind": "vector", "is_sparse": False}
    return {"kind": "set"}


def _blocks_of(data_type: str) -> list[Mapping[str, Any]]:
    if array := array_block(data_type):
        return [array]
    if data_type == "TIMESTAMP":
        return [{"kind": "number"}, *[{"kind": "category"}] * len(_CALENDAR)]
    return [{"kind": "number" if data_type in NUMERIC_TYPES else "category"}]


DESCRIBED = Blocks({kind: block.described for kind, block in _KINDS.items()}, _blocks_of)
"""The encoder of an artifact; `width` is that of the matrix."""


class Encoder:
    """Turns columns into a matrix with the statistics and categories of the training rows.

    The columns of the matrix are the blocks in order, each `width` wide.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        ends = np.cumsum([block.width for block in self.blocks], dtype=np.intp)
        self.width = int(ends[-1])
        places = [
            np.arange(end - block.width, end) for block, end in zip(self.blocks, ends, strict=True)
        ]
        numbered = list(enumerate(self.blocks))
        self._dense = [i for i, block in numbered if not block.is_sparse]
        # For each dense column of the matrix: its block, and how it is centred and scaled.
        owners = [(i, self.blocks[i]) for i in self._dense for _ in range(self.blocks[i].width)]
        self._owners = [i for i, _ in owners]
        self._origins, self._units = (
            np.array(
                [(b.origin, b.unit) if isinstance(b, Number) else (0.0, 1.0) for _, b in owners]
            )
            .reshape(-1, 2)
            .T
        )
        # One-hot columns come first: they are written together.
        self._one_hot = [i for i, block in numbered if isinstance(block, Category)]
        self._others = [i for i, block in numbered if block.is_sparse and i not in self._one_hot]
        none = np.empty(0, dtype=np.intp)
        self._dense_at = np.concatenate([none, *(places[i] for i in self._dense)])
        self._sparse_at = np.concatenate([none, *(places[i] for i in self._one_hot + self._others)])

    @classmethod
    def fit(
        cls, columns: Sequence[Column], *, dummy: bool = False, scaling: Scaling = STANDARDIZED
    ) -> "Encoder":
        """Learn from the training rows; ModelError if a number is infinite."""

        def fitted(column: Column) -> Block:
            kind = column.kind
            if kind == "number":
                return Number.fit(column, scaling)
            if kind == "category":
                return Category.fit(column, dummy)
            return (Vector if kind == "vector" else Set).fit(column)

        return cls(each(fitted, _expand_timestamps(columns), columns[0].rows))

    def transform(self, columns: Sequence[Column]) -> Design:
        """The (rows, width) matrix of the same columns, in the same order, as were fitted.

        It is an array whose columns lie together, or a Mixed if there are categories, sets or
        sparse vectors. ModelError if a number is infinite.
        """
        pairs = list(zip(self.blocks, _expand_timestamps(columns), strict=True))
        dense = self._transform_dense(pairs, columns[0].rows)
        if not self._one_hot and not self._others:
            return dense
        parts = [_one_hot([pairs[i] for i in self._one_hot])] if self._one_hot else []
        parts += [block.encode(column) for block, column in (pairs[i] for i in self._others)]
        sparse = parts[0] if len(parts) == 1 else hstack(parts, format="csr")
        return Mixed(dense, self._dense_at, sparse, self._sparse_at)

    def _transform_dense(
        self, pairs: Sequence[tuple[Block, Column]], rows: int
    ) -> NDArray[np.float64]:
        given = [values for i in self._dense for values in pairs[i][0].columns(pairs[i][1])]
        dense = np.empty((rows, len(given)), order="F")

        def fill(first: int) -> None:
            some = slice(first, first + step)
            out = dense[:, some]
            for j, values in enumerate(given[some]):
                out[:, j] = values
            out -= self._origins[some]
            out /= self._units[some]
            if np.isfinite(out.sum()):  # the cheapest way to ask whether there may be NULLs
                return
            for j, i in enumerate(self._owners[some]):
                block, column = pairs[i]
                if isinstance(block, Number):
                    refuse_infinite(column)
                    out[column.is_null, j] = block.of_null

        # As many columns at once as stay in the cache.
        step = max(1, CACHED_VALUES // max(rows, 1))
        with np.errstate(invalid="ignore", over="ignore"):
            each(fill, range(0, len(given), step), rows)
        return dense

    def split(self, vector: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """A vector (width,) in pieces, one per block."""
        return np.split(vector, np.cumsum([block.width for block in self.blocks])[:-1])

    def to_json(self) -> list[dict[str, Any]]:
        return blocks_to_json(self.blocks, _KINDS)

    @classmethod
    def from_json(cls, blocks: Sequence[Mapping[str, Any]]) -> "Encoder":
        """The inverse of `to_json`, also after a round trip through JSON text."""
        return cls(blocks_from_json(blocks, _KINDS))


def blocks_to_json(blocks: Sequence[Any], kinds: Mapping[str, type[Any]]) -> list[dict[str, Any]]:
    """Blocks as JSON, each with the name of its type."""
    names = {block_type: kind for kind, block_type in kinds.items()}
    return [{"kind": names[type(block)], **vars(block)} for block in blocks]


def blocks_from_json(
    rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, type[Any]]
) -> list[Any]:
    """The inverse of `blocks_to_json`."""
    return [
        kinds[row["kind"]](
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in row.items()
                if key != "kind"
            }
        )
        for row in rows
    ]


def _one_hot(pairs: Sequence[tuple[Category, Column]]) -> csr_matrix:
    """The blocks side by side, in place: each row holds one entry per block, an explicit 0 where
    the value is unseen."""
    shape = pairs[0][1].rows, len(pairs)
    indices, data = np.empty(shape, dtype=np.int32), np.empty(shape)
    offset = 0
    for j, (block, column) in enumerate(pairs):
        positions, data[:, j] = block.entries(column)
        indices[:, j] = positions + offset
        offset += block.width
    row_starts = np.arange(0, data.size + 1, len(pairs))
    return csr_matrix((data.ravel(), indices.ravel(), row_starts), (shape[0], offset))


def _expand_timestamps(columns: Sequence[Column]) -> list[Column]:
    return [
        part
        for column in columns
        for part in ([column, *_parts(column)] if column.data_type == "TIMESTAMP" else [column])
    ]


_CALENDAR = ("DOM", "DOW", "MOY", "HOD", "MOH", "WOY", "YEAR")


def _parts(column: Column) -> list[Column]:
    """The calendar parts BigQuery ML derives from a TIMESTAMP, NULL where it is NULL."""
    refuse_infinite(column)
    is_null = column.is_null
    seconds = np.floor(np.where(is_null, 0, column.values)).astype(np.int64)
    time = seconds.astype("datetime64[s]")
    day, month, year = (time.astype(f"datetime64[{unit}]") for unit in "DMY")
    days = day.astype(np.int64)
    weekday = (days + 4) % 7  # Sunday is 0; the epoch was a Thursday
    day_of_year = (day - year.astype("datetime64[D]")).astype(np.int64)
    parts = (
        (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
        weekday + 1,
        month.astype(np.int64) % 12 + 1,
        seconds // 3600 % 24,
        seconds // 60 % 60,
        (day_of_year + 7 - weekday) // 7,
        year.astype(np.int64) + 1970,
    )
    return [
        _as_category(f"_TS_{part}_{column.name}", values, is_null)
        for part, values in zip(_CALENDAR, parts, strict=True)
    ]


def _as_category(name: str, values: NDArray[np.int64], is_null: NDArray[np.bool_]) -> Column:
    lowest = int(values.min(initial=0))
    counts = np.bincount(values - lowest)
    seen = np.flatnonzero(counts)
    position = np.zeros(len(counts), dtype=np.intp)
    position[seen] = np.arange(len(seen))
    codes = np.where(is_null, -1, position[values - lowest])
    return Column(name, "INT64", codes, tuple(map(str, (seen + lowest).tolist())))
