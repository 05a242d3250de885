"""From DuckDB's Arrow arrays to the typed columns of `algorithms`, and BigQuery's type names."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duckdb_bqml.algorithms.preprocessing import Column
from duckdb_bqml.errors import ModelError

NUMERIC_TYPES = ("INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64")

# One Arrow type per BigQuery type, so that equal values have equal text whatever DuckDB type
# they arrive in.
_CANONICAL_TYPES: Mapping[str, pa.DataType] = {
    "INT64": pa.int64(),
    "NUMERIC": pa.decimal128(38, 9),
    "BIGNUMERIC": pa.decimal256(76, 38),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "STRING": pa.string(),
    "BYTES": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}


def bigquery_type(arrow_type: pa.DataType) -> str | None:
    """BigQuery's name of a scalar type, None for a type that cannot be a feature.

    An untyped NULL is INT64, as in BigQuery; DECIMAL(38, 0) is how DuckDB hands over HUGEINT,
    the type of its integer sums, which BigQuery calls INT64; both kinds of timestamp are
    TIMESTAMP, read as UTC if they have no zone.
    """
    if pa.types.is_decimal(arrow_type):
        precision, scale = arrow_type.precision, arrow_type.scale
        if (precision, scale) == (38, 0):
            return "INT64"
        return "NUMERIC" if scale <= 9 and precision - scale <= 29 else "BIGNUMERIC"
    for is_type, name in (
        (pa.types.is_integer, "INT64"),
        (pa.types.is_null, "INT64"),
        (pa.types.is_floating, "FLOAT64"),
        (pa.types.is_boolean, "BOOL"),
        (pa.types.is_string, "STRING"),
        (pa.types.is_large_string, "STRING"),
        (pa.types.is_dictionary, "STRING"),  # ENUM
        (pa.types.is_binary, "BYTES"),
        (pa.types.is_large_binary, "BYTES"),
        (pa.types.is_date, "DATE"),
        (pa.types.is_time, "TIME"),
        (pa.types.is_timestamp, "TIMESTAMP"),
    ):
        if is_type(arrow_type):
            return name
    return None


class Rows:
    """Named Arrow columns of equal length, found by name whatever the case."""

    def __init__(self, rows: pa.Array) -> None:
        if not pa.types.is_struct(rows.type):
            raise ModelError(f"the input is {rows.type}; pass the row of a query, as in 'from q r'")
        self.names = [field.name for field in rows.type]
        # flatten, unlike field, makes every column NULL where the whole row is.
        self._arrays = dict(zip(map(str.lower, self.names), rows.flatten(), strict=True))

    @classmethod
    def of_list(cls, row_list: pa.ListScalar, purpose: str) -> Self:
        """The rows of one list(r); list() of no rows is NULL."""
        if not pa.types.is_list(row_list.type):
            raise ModelError("the rows must be a list; pass list(r), as in 'from q r'")
        if not row_list.is_valid:
            raise ModelError(f"the {purpose} query returned no rows")
        return cls(row_list.values)

    def array(self, name: str, role: str) -> pa.Array:
        """The named column; ModelError with `role` ("label column") if there is none."""
        if name.lower() not in self._arrays:
            raise ModelError(
                f"{role} '{name}' is missing from the query, whose columns are "
                f"{', '.join(self.names)}; add it"
            )
        return self._arrays[name.lower()]

    def column(self, name: str, role: str) -> Column:
        """The named column, read by its own type."""
        return read(name, self.array(name, role), self._type(name, role))

    def label(self, name: str, kind: str, trained: str | None = None) -> Column:
        """The named column as a label of `kind` "number" or "class".

        With `trained`, the type of the label in training, the column is coerced to it, so that
        its classes have the same text.
        """
        array, data_type = self.array(name, "label column"), self._type(name, "label column")
        if pa.types.is_dictionary(array.type):
            # SQL gathers the classes in the order of the ENUM, which is not that of its text.
            raise ModelError(f"label column '{name}' is an ENUM; cast it to VARCHAR")
        if trained is not None:
            require_coercible(name, data_type, trained, array.type)
            data_type = trained
        elif kind == "number" and data_type not in NUMERIC_TYPES:
            raise ModelError(
                f"label column '{name}' has the type {data_type}; a regression needs a number, "
                "cast it or choose a classifier"
            )
        return (read if kind == "number" else _categories)(name, array, data_type)

    def _type(self, name: str, role: str) -> str:
        arrow_type = self.array(name, role).type
        data_type = bigquery_type(arrow_type)
        if data_type is None:
            raise ModelError(
                f"{role} '{name}' has the type {arrow_type}, which is not supported yet; "
                "leave it out or cast it"
            )
        return data_type

    def require_absent(self, name: str, function: str) -> None:
        """ModelError if there is a column of this name, which the function is going to add."""
        if name.lower() in self._arrays:
            raise ModelError(
                f"the input of {function} already holds a column '{name}'; leave it out"
            )

    def trained(self, schema: Sequence[Mapping[str, str]], function: str) -> list[Column]:
        """The columns a model was trained on, coerced to their types as BigQuery would."""
        columns = []
        for name, data_type in ((field["name"], field["data_type"]) for field in schema):
            array = self._arrays.get(name.lower())
            if array is None:
                raise ModelError(
                    f"column '{name}' is missing from the input of {function}; add it to the "
                    f"query as {data_type}"
                )
            require_coercible(name, bigquery_type(array.type), data_type, array.type)
            columns.append(read(name, array, data_type))
        return columns


def require_coercible(name: str, given: str | None, trained: str, arrow_type: pa.DataType) -> None:
    """ModelError unless BigQuery coerces `given` to `trained` by itself.

    Numbers become any other number; every other type stays what it is.
    """
    numbers = given in NUMERIC_TYPES and trained in NUMERIC_TYPES
    if not numbers and given != trained and not pa.types.is_null(arrow_type):
        raise ModelError(
            f"column '{name}' has the type {given or arrow_type} but the model was trained on "
            f"{trained}; cast it"
        )


def read(name: str, array: pa.Array, data_type: str) -> Column:
    """A feature column: numbers and timestamps as float64, everything else as categories."""
    if data_type == "TIMESTAMP":
        microseconds = _canonical(name, array, data_type).cast(pa.int64())
        return Column(name, data_type, _floats(microseconds) / 1e6)
    if data_type in NUMERIC_TYPES:
        return Column(name, data_type, _floats(array))
    return _categories(name, array, data_type)


def _floats(array: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64 with NaN for NULL; decimals are cast by Arrow, not through Python objects."""
    return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _canonical(name: str, array: pa.Array, data_type: str) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    try:
        return array.cast(_CANONICAL_TYPES[data_type])
    except pa.ArrowInvalid as error:
        raise ModelError(
            f"column '{name}' holds a value that is no {data_type}; cast it"
        ) from error


def _categories(name: str, array: pa.Array, data_type: str) -> Column:
    """Codes into the distinct values, which ascend in DuckDB's order of their type."""
    array = _canonical(name, array, data_type)
    if data_type == "FLOAT64":
        array = pc.add(array, 0.0)  # makes -0.0 the same value as 0.0
    encoded = array.dictionary_encode()
    values = encoded.dictionary
    # Arrow cannot sort BOOL; as numbers, false comes before true too.
    order = pc.sort_indices(values.cast(pa.int8()) if data_type == "BOOL" else values).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order], rank[-1] = np.arange(len(order)), -1
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Column(name, data_type, rank[codes], tuple(_texts(values.take(order), data_type)))


def _texts(values: pa.Array, data_type: str) -> list[str]:
    if data_type == "BYTES":
        return [base64.b64encode(value).decode() for value in values.to_pylist()]
    return values.cast(pa.string()).to_pylist()
