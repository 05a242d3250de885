"""From DuckDB's Arrow arrays to the typed columns of `algorithms`, and BigQuery's type names."""

import base64
import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from bqml_vocabulary.errors import ModelError
from scipy.sparse import csr_matrix

from duckdb_bqml.algorithms.dataset import NUMERIC_TYPES, Column

# DuckDB's 'infinity' is the greatest 64-bit number.
ENDLESS_MICROSECONDS = 2.0**63

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

FEATURE_TYPES = (
    *_CANONICAL_TYPES,
    *(f"ARRAY<{name}>" for name in _CANONICAL_TYPES),
    *(f"ARRAY<STRUCT<INT64, {name}>>" for name in NUMERIC_TYPES),
)
LABEL_TYPES = {"number": NUMERIC_TYPES, "class": tuple(_CANONICAL_TYPES)}
"""The types of a label by its kind."""


@functools.lru_cache(1024)
def bigquery_type(arrow_type: pa.DataType) -> str | None:
    """BigQuery's name of a type, None for a type that cannot be a feature.

    An untyped NULL is INT64, as in BigQuery; DECIMAL(38, 0) is how DuckDB hands over HUGEINT,
    the type of its integer sums, which BigQuery calls INT64; both kinds of timestamp are
    TIMESTAMP, read as UTC if they have no zone; UUID arrives as text. Lists, also those of fixed
    length, are ARRAYs of scalars, or of pairs of a whole number and any number.
    """
    if _is_list(arrow_type):
        element = _element_type(arrow_type.value_type)
        return element and f"ARRAY<{element}>"
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


def _is_list(arrow_type: pa.DataType) -> bool:
    return (
        pa.types.is_list(arrow_type)
        or pa.types.is_large_list(arrow_type)
        or pa.types.is_fixed_size_list(arrow_type)
    )


def _element_type(arrow_type: pa.DataType) -> str | None:
    """BigQuery's name of what an ARRAY holds, None for what cannot be in one."""
    if pa.types.is_struct(arrow_type):
        types = [bigquery_type(field.type) for field in arrow_type.fields]
        is_pair = len(types) == 2 and types[0] == "INT64" and types[1] in NUMERIC_TYPES
        return f"STRUCT<INT64, {types[1]}>" if is_pair else None
    return None if _is_list(arrow_type) else bigquery_type(arrow_type)


def _columns(rows: pa.StructArray) -> Iterator[tuple[str, pa.Array]]:
    """Names and arrays, each field of a STRUCT as a column `struct_field`."""
    for field, array in _fields(rows):
        if pa.types.is_struct(field.type):
            for inner, values in _fields(array, f"{field.name}_"):
                yield f"{field.name}_{inner.name}", values
        else:
            yield field.name, array


def _fields(rows: pa.StructArray, prefix: str = "") -> Iterator[tuple[pa.Field, pa.Array]]:
    fields = rows.type.fields
    for field in fields:
        if pa.types.is_union(field.type):  # flattening one ends the process
            raise ModelError(f"column '{prefix}{field.name}' is a UNION; leave it out or cast it")
    # flatten, unlike field, makes every column NULL where the whole row is.
    return zip(fields, rows.flatten(), strict=True)


class Rows:
    """Named Arrow columns of equal length, found by name whatever the case.

    The fields of a STRUCT are columns `struct_field`, or with `splits_structs` false not.
    """

    def __init__(self, rows: pa.Array, splits_structs: bool = True) -> None:
        if not pa.types.is_struct(rows.type):
            raise ModelError(f"the input is {rows.type}; pass the row of a query, as in 'from q r'")
        self._rows = rows
        columns = list(
            _columns(rows)
            if splits_structs
            else ((field.name, array) for field, array in _fields(rows))
        )
        self.names = [name for name, _ in columns]
        self._arrays = {name.lower(): array for name, array in columns}
        self._type_of_row = rows.type

    @property
    def whole(self) -> "Rows":
        """The same rows, every STRUCT a column of its own."""
        return Rows(self._rows, splits_structs=False)

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

    def require_distinct(self) -> None:
        """ModelError unless every column has a name, and of its own whatever the case."""
        for field in self._type_of_row:
            if pa.types.is_struct(field.type) and not all(inner.name for inner in field.type):
                raise ModelError(
                    f"column '{field.name}' is a STRUCT whose fields have no names; name them, as "
                    "in {'length': 1, 'width': 2}"
                )
        if len(self._arrays) < len(self.names):
            name, _ = Counter(map(str.lower, self.names)).most_common(1)[0]
            raise ModelError(
                f"two columns are named '{name}' (the field of a STRUCT is named struct_field); "
                "rename one"
            )

    def column(self, name: str, role: str) -> Column:
        """The named column, read by its own type."""
        return read(name, self.array(name, role), self._type(name, role))

    def label(self, name: str, kind: str, trained: str | None = None) -> Column:
        """The named column as a label of `kind` "number" or "class".

        With `trained`, the type of the label in training, the column is coerced to it, so that
        its classes have the same text.
        """
        array, data_type = self.array(name, "label column"), self._type(name, "label column")
        if data_type.startswith("ARRAY"):
            raise ModelError(f"label column '{name}' is an {data_type}; select one of its elements")
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
        if data_type is None and pa.types.is_struct(arrow_type):
            raise ModelError(
                f"{role} '{name}' is a STRUCT inside a STRUCT; select its fields one by one"
            )
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
        for field in schema:
            name, data_type = field["name"], field["data_type"]
            array = self._arrays.get(name.lower())
            if array is None:
                raise ModelError(
                    f"column '{name}' is missing from the input of {function}; add it to the "
                    f"query as {data_type}"
                )
            given = bigquery_type(array.type)
            if given != data_type:
                require_coercible(name, given, data_type, array.type)
            columns.append(read(name, array, data_type))
        return columns


def require_coercible(name: str, given: str | None, trained: str, arrow_type: pa.DataType) -> None:
    """ModelError unless BigQuery coerces `given` to `trained` by itself.

    Numbers, and numbers in arrays, become any other number; every other type stays what it is.
    NULL and the empty array without a type are of every type.
    """
    is_untyped = pa.types.is_null(arrow_type) or (
        trained.startswith("ARRAY")
        and _is_list(arrow_type)
        and pa.types.is_null(arrow_type.value_type)
    )
    if not is_untyped and _kind_of(given) != _kind_of(trained):
        raise ModelError(
            f"column '{name}' has the type {given or arrow_type} but the model was trained on "
            f"{trained}; cast it"
        )


def _kind_of(data_type: str | None) -> str | None:
    """The type with every number called the same."""
    return data_type and re.sub(rf"\b({'|'.join(NUMERIC_TYPES)})\b", "number", data_type)


def read(name: str, array: pa.Array, data_type: str) -> Column:
    """A feature column: numbers and timestamps as float64, arrays of numbers as vectors, and
    everything else as categories."""
    if data_type.startswith("ARRAY<"):
        return _read_array(name, array, data_type)
    if data_type == "TIMESTAMP":
        microseconds = _floats(_canonical(name, array, data_type).cast(pa.int64()))
        is_endless = np.abs(microseconds) >= ENDLESS_MICROSECONDS
        seconds = np.where(is_endless, np.copysign(np.inf, microseconds), microseconds / 1e6)
        return Column(name, data_type, seconds)
    if data_type in NUMERIC_TYPES:
        return Column(name, data_type, _floats(array))
    return _categories(name, array, data_type)


def _floats(array: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64 with NaN for NULL; decimals are cast by Arrow, not through Python objects."""
    if array.type != pa.float64():
        array = array.cast(pa.float64(), safe=False)
    return array.to_numpy(zero_copy_only=False)


def _read_array(name: str, array: pa.Array, data_type: str) -> Column:
    """A vector of numbers or of pairs of index and number, or a set; a NULL array is empty."""
    if pa.types.is_null(array.type):
        array = array.cast(pa.list_(pa.null()))
    lengths = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    ends = np.append(0, np.cumsum(lengths, dtype=np.int64))
    elements, element_type = array.flatten(), data_type.removeprefix("ARRAY<").removesuffix(">")
    if element_type in NUMERIC_TYPES:
        return Column(name, data_type, _dense_vectors(name, lengths, _floats(elements)))
    if element_type.startswith("STRUCT<"):
        return Column(name, data_type, _sparse_vectors(name, ends, elements))
    found = _categories(name, elements, element_type)
    # NULL, code -1, becomes a category behind the others.
    has_null = bool(found.is_null.any())
    codes = np.where(found.is_null, len(found.categories), found.values)
    categories = (*found.categories, None) if has_null else found.categories
    ones = np.ones(len(codes))
    members = csr_matrix((ones, codes, ends), (len(lengths), len(categories)))
    members.sum_duplicates()
    members.data[:] = 1
    return Column(name, data_type, members, categories)


def _dense_vectors(
    name: str, lengths: np.ndarray[Any, Any], numbers: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(rows, width); ModelError unless every row holds as many numbers, and all of them finite."""
    shortest, longest = (int(lengths.min()), int(lengths.max())) if len(lengths) else (0, 0)
    if shortest != longest:
        raise ModelError(
            f"column '{name}' holds arrays of {shortest} to {longest} numbers; give every row as "
            "many (a NULL array has none)"
        )
    if longest == 0:
        raise ModelError(f"column '{name}' holds empty arrays only; leave it out")
    vectors = numbers.reshape(-1, longest)
    _require_finite(name, np.count_nonzero(~np.isfinite(vectors).all(axis=1)), "rows")
    return vectors


def _sparse_vectors(name: str, ends: np.ndarray[Any, Any], pairs: pa.Array) -> csr_matrix:
    """(rows, greatest index + 1); values of the same index add up."""
    if pa.types.is_null(pairs.type):
        empty = pa.nulls(len(pairs), pa.float64())
        index, value = empty.cast(pa.int64()), empty
    else:
        index, value = pairs.flatten()
    numbers = _floats(value)
    index = index.cast(pa.int64())
    bad = ~np.isfinite(numbers) | index.is_null().to_numpy(zero_copy_only=False)
    _require_finite(name, np.count_nonzero(bad), "pairs")
    indices = index.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    if indices.min(initial=0) < 0:
        raise ModelError(f"column '{name}' holds the index {indices.min()}; the first one is 0")
    width = int(indices.max(initial=-1)) + 1
    # Arrow's memory is read-only, and the sums are made in place.
    vectors = csr_matrix((numbers, indices, ends), (len(ends) - 1, width), copy=True)
    vectors.sum_duplicates()
    return vectors


def _require_finite(name: str, bad: int, unit: str) -> None:
    if bad:
        raise ModelError(
            f"column '{name}' holds NULL, NaN or infinity inside the arrays of {bad} {unit}; "
            "replace them"
        )


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
