"""bqml_parts and bqml_rows: the rows that a model makes by itself, part by part."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.algorithms.contracts import Made, MakesRows
from duckdb_bqml.functions.arguments import answers, lists_of
from duckdb_bqml.store import ModelStore, StoredModel

PARTS = "BIGINT"
ROWS = "STRUCT(keys BIGINT[], numbers DOUBLE[])[]"


def parts(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    functions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
) -> pa.Array:
    """Of one model per value, how many parts the rows of a function come in."""
    found = answers(_parts_of, store, relations, versions, functions, settings)
    return pa.array(found, result_type)


def rows(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    functions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    numbers: pa.ChunkedArray,
) -> pa.Array:
    """Per value, the rows of the part of that number."""
    made = answers(_made, store, relations, versions, functions, settings, numbers)
    row_type = result_type.value_type
    columns = [
        _joined([one.keys for one in made]).cast(row_type.field("keys").type),
        _joined([one.numbers for one in made], nan_is_null=True).cast(
            row_type.field("numbers").type
        ),
    ]
    counts = [len(one.keys) for one in made]
    ends = pa.array(np.append(0, np.cumsum(counts)).astype(np.int32))
    return pa.ListArray.from_arrays(
        ends, pa.StructArray.from_arrays(columns, fields=row_type.fields), type=result_type
    )


def _parts_of(stored: StoredModel, function: str, settings: Mapping[str, Any]) -> int:
    return _maker(stored, function).parts(function, settings)


def _made(stored: StoredModel, function: str, settings: Mapping[str, Any], part: int) -> Made:
    return _maker(stored, function).make_rows(function, settings, part)


def _joined(arrays: list[np.ndarray[Any, Any]], nan_is_null: bool = False) -> pa.ListArray:
    """The rows of all parts, a list each."""
    rows = np.concatenate(arrays)
    return lists_of(*rows.shape, pa.array(rows.ravel(), from_pandas=nan_is_null))


def _maker(stored: StoredModel, function: str) -> MakesRows:
    if not isinstance(stored.model, MakesRows):
        raise ModelError(f"ml_{function.lower()} makes no rows of a model of its type")
    return stored.model
