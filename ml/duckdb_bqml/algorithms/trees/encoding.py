"""From typed columns to the dense matrix that trees are grown on.

Source: BigQuery ML's "automatic feature preprocessing" and CATEGORY_ENCODING_METHOD. Numbers are
left as they are, NULL being the mean of the training rows. A TIMESTAMP is one number, its seconds;
that it is split into calendar parts is documented for linear models only. An array is a column per
element, or per category that it may hold, as for other models. Everything else is a category, in
the order of its type:

    LABEL_ENCODING   one column: 1, 2, ... by alphabet; NULL and unseen categories are 0
    ONE_HOT_ENCODING a column per category, NULL being one of its own; all are 0 for an unseen one
    TARGET_ENCODING  the mean label of the category's rows or, of classes, the share of each (of
                     two: of the higher one); NULL is a category of its own, an unseen one has the
                     mean, or shares, of all rows

The matrix holds float32, as XGBoost computes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms import encoding
from duckdb_bqml.algorithms.dataset import NUMERIC_TYPES, Column
from duckdb_bqml.algorithms.described import TEXT, Blocks, Fields, Finite, ListOf, Optional, Table
from duckdb_bqml.algorithms.encoding import CATEGORIES

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

LARGEST = float(np.finfo(np.float32).max)
FLOAT32 = Finite(-LARGEST, LARGEST)
"""Of an artifact, a number that the matrix can hold: XGBoost refuses infinite ones."""


@dataclass(frozen=True)
class Number:
    """A number, less `origin`: float32 has seven digits, too few for seconds since 1970."""

    mean: float
    origin: float

    width = 1
    described = Fields({"mean": FLOAT32, "origin": FLOAT32})

    @classmethod
    def fit(cls, column: Column) -> "Number":
        encoding.refuse_infinite(column)
        known = np.clip(column.known, -LARGEST, LARGEST)
        origin = known.min() if column.data_type == "TIMESTAMP" and len(known) else 0.0
        return cls(float(known.mean()) if len(known) else 0.0, float(origin))

    def write(self, column: Column, matrix: Matrix) -> None:
        """Fill the matrix (n, width), a part of the whole."""
        encoding.refuse_infinite(column)
        values = column.values - self.origin if self.origin else column.values
        values = np.clip(values, -LARGEST, LARGEST)
        is_null = np.isnan(values)
        if is_null.any():
            values[is_null] = np.clip(self.mean - self.origin, -LARGEST, LARGEST)
        matrix[:, 0] = values


@dataclass(frozen=True)
class Lookup:
    """A category that has a row of numbers: `rows` (categories, width), `unseen` (width,).

    `categories` ends with None if NULL has a row, too.
    """

    categories: tuple[str | None, ...]
    rows: tuple[tuple[float, ...], ...]
    unseen: tuple[float, ...]

    described = Fields(
        {
            "categories": ListOf(Optional(TEXT), "categories", is_distinct=True),
            "unseen": ListOf(FLOAT32, "width"),
            "rows": Table(FLOAT32, "categories", "width"),
        }
    )

    @property
    def width(self) -> int:
        return len(self.unseen)

    @classmethod
    def by_alphabet(cls, column: Column) -> "Lookup":
        categories = [name for name in _seen(column) if name is not None]
        return cls(
            tuple(categories), tuple((code + 1.0,) for code in range(len(categories))), (0.0,)
        )

    @classmethod
    def by_target(cls, column: Column, label: Column) -> "Lookup":
        categories = _seen(column)
        means = _means_by_group(label, _positions(column, categories), len(categories))
        overall = _means_by_group(label, np.zeros(len(label.values), dtype=np.intp), 1)
        return cls(tuple(categories), tuple(map(tuple, means.tolist())), tuple(overall[0].tolist()))

    def write(self, column: Column, matrix: Matrix) -> None:
        table = np.array([*self.rows, self.unseen], dtype=np.float32)
        matrix[:] = table[_positions(column, self.categories)]


@dataclass(frozen=True)
class OneHot:
    """A category that has a column of its own; `categories` ends with None if training saw NULL."""

    categories: tuple[str | None, ...]

    described = Fields({"categories": CATEGORIES})

    @property
    def width(self) -> int:
        return len(self.categories)

    @classmethod
    def fit(cls, column: Column) -> "OneHot":
        return cls(tuple(_seen(column)))

    def write(self, column: Column, matrix: Matrix) -> None:
        positions = _positions(column, self.categories)
        matrix[:] = 0
        known = np.flatnonzero(positions >= 0)
        matrix[known, positions[known]] = 1


MAX_ARRAY_WIDTH = 10_000
MAX_WIDTH = 1_000_000


@dataclass(frozen=True)
class Vector(encoding.Vector):
    """An array of numbers per row: a column per element."""

    @classmethod
    def fit(cls, column: Column) -> "Vector":
        _require_narrow(column)
        return super().fit(column)

    def write(self, column: Column, matrix: Matrix) -> None:
        if self.is_sparse:
            matrix[:] = self.encode(column).astype(np.float32).toarray()
            return
        for j, values in enumerate(self.columns(column)):
            np.clip(values, -LARGEST, LARGEST, out=matrix[:, j], casting="same_kind")


@dataclass(frozen=True)
class Set(encoding.Set):
    """An array of categories per row: a column per category, 1 where the array holds it."""

    @classmethod
    def fit(cls, column: Column) -> "Set":
        _require_narrow(column)
        return super().fit(column)

    def write(self, column: Column, matrix: Matrix) -> None:
        matrix[:] = self.encode(column).astype(np.float32).toarray()


def _require_narrow(column: Column) -> None:
    """The matrix is dense: a column of it takes memory even where it holds zeros."""
    width = column.values.shape[1]
    if width > MAX_ARRAY_WIDTH:
        raise ModelError(
            f"column '{column.name}' makes {width} features, and trees take arrays of at most "
            f"{MAX_ARRAY_WIDTH}; shorten the arrays or choose a linear model"
        )


def _means_by_group(label: Column, group: NDArray[np.intp], groups: int) -> Floats:
    """The mean label (groups, 1), or the shares of the classes (groups, classes); of two classes,
    that of the higher one (groups, 1)."""
    rows = np.bincount(group, minlength=groups)[:, None]
    if label.categories is None:
        return np.bincount(group, weights=label.values, minlength=groups)[:, None] / rows
    classes = len(label.categories)
    counts = np.bincount(group * classes + label.values, minlength=groups * classes)
    shares = counts.reshape(groups, classes) / rows
    return shares[:, 1:] if classes == 2 else shares


def _seen(column: Column) -> list[str | None]:
    """The categories that any row has, in their order, None at the end if one is NULL."""
    # Code -1, NULL, counts at the end.
    counts = np.bincount(column.values % (len(column.categories) + 1))
    counts = np.append(counts, np.zeros(len(column.categories) + 1 - len(counts), dtype=np.intp))
    names = (*column.categories, None)
    return [name for name, count in zip(names, counts, strict=True) if count]


def _positions(column: Column, categories: Sequence[str | None]) -> NDArray[np.intp]:
    """The position (n,) of each row's category, -1 for one that is not in `categories`."""
    position = {category: i for i, category in enumerate(categories)}
    # Code -1, NULL, reads the last element.
    lookup = [position.get(category, -1) for category in (*column.categories, None)]
    return np.array(lookup, dtype=np.intp)[column.values]


Block = Number | Lookup | OneHot | Vector | Set
_KINDS: Mapping[str, type[Block]] = {
    "number": Number,
    "lookup": Lookup,
    "one_hot": OneHot,
    "vector": Vector,
    "set": Set,
}


def _blocks_of(data_type: str) -> list[Mapping[str, Any]]:
    if array := encoding.array_block(data_type):
        return [array]
    is_number = data_type in NUMERIC_TYPES or data_type == "TIMESTAMP"
    return [{"kind": "number" if is_number else ("lookup", "one_hot")}]


DESCRIBED = Blocks({kind: block.described for kind, block in _KINDS.items()}, _blocks_of, MAX_WIDTH)
"""The encoder of an artifact; `width` is that of the matrix."""


class TreeEncoder:
    """Turns columns into a dense matrix; its blocks, one per column, are each `width` wide."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self._ends = np.cumsum([block.width for block in self.blocks])
        self.width = int(self._ends[-1])

    @classmethod
    def fit(cls, columns: Sequence[Column], method: str, label: Column) -> "TreeEncoder":
        """Learn from the training rows by one of the methods above; ModelError if a number is
        infinite."""
        encoder = cls([_fit_block(column, method, label) for column in columns])
        if encoder.width > MAX_WIDTH:
            raise ModelError(
                f"the features make {encoder.width} columns, and trees take at most {MAX_WIDTH}; "
                "leave out columns of many categories, or encode them otherwise"
            )
        return encoder

    def transform(self, columns: Sequence[Column]) -> Matrix:
        """The (rows, width) matrix of the same columns, in the same order, as were fitted."""
        matrix = np.empty((columns[0].rows, self.width), dtype=np.float32)
        for block, column, end in zip(self.blocks, columns, self._ends, strict=True):
            block.write(column, matrix[:, end - block.width : end])
        return matrix

    def sums(self, values: NDArray[Any]) -> Floats:
        """Of values (n, width), the sum over the columns of each block: (n, blocks)."""
        widths = np.array([block.width for block in self.blocks])
        sums = np.zeros((len(values), len(widths)))
        # reduceat gives a block without columns its neighbour's, so those are left out
        starts = (self._ends - widths)[widths > 0]
        sums[:, widths > 0] = np.add.reduceat(values.astype(np.float64), starts, axis=1)
        return sums

    def to_json(self) -> list[dict[str, Any]]:
        return encoding.blocks_to_json(self.blocks, _KINDS)

    @classmethod
    def from_json(cls, blocks: Sequence[Mapping[str, Any]]) -> "TreeEncoder":
        """The inverse of `to_json`, also after a round trip through JSON text."""
        return cls(encoding.blocks_from_json(blocks, _KINDS))


def _fit_block(column: Column, method: str, label: Column) -> Block:
    if column.kind in ("vector", "set"):
        return (Vector if column.kind == "vector" else Set).fit(column)
    if column.kind == "number":
        return Number.fit(column)
    if method == "ONE_HOT_ENCODING":
        return OneHot.fit(column)
    if method == "TARGET_ENCODING":
        return Lookup.by_target(column, label)
    return Lookup.by_alphabet(column)
