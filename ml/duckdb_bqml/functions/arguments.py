"""What the functions' arguments have in common."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError, about
from bqml_vocabulary.functions import checked_settings, require_function
from bqml_vocabulary.options import json_object

from duckdb_bqml.store import ModelStore, StoredModel, model_name


@contextmanager
def asked(
    store: ModelStore, relation: str | None, version: str | None, function: str
) -> Iterator[StoredModel]:
    """The model, which is for the function; errors in the block get its name in front."""
    with about(model_name(relation)):
        stored = store.load(relation, version)
        require_function(function, stored.model_type)
        yield stored


def answers(
    answer: Callable[..., Any],
    store: ModelStore,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    functions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    *more: pa.ChunkedArray,
) -> list[Any]:
    """Per value of the arguments, `answer(model, function, settings, *more)`.

    `functions` are names without ML.: WEIGHTS, TRAINING_INFO. `settings` are JSON objects.
    """
    found = []
    for relation, version, function, text, *others in zip(
        relations, versions, functions, settings, *more, strict=True
    ):
        name = (function.as_py() or "").upper()
        with asked(store, relation.as_py(), version.as_py(), name) as stored:
            given = checked_settings(name, json_object(text.as_py(), "settings"))
            found.append(answer(stored, name, given, *(other.as_py() for other in others)))
    return found


def constant(values: pa.ChunkedArray, argument: str) -> str:
    """The one value of an argument that is the same for every row; ModelError if it is not."""
    # All are equal if each equals the next: a comparison of memory, far cheaper than hashing.
    if not values[0].is_valid or not values[1:].equals(values[:-1]):
        raise ModelError(f"the function needs one {argument} per query, and not NULL")
    return values[0].as_py()


def lists(values: np.ndarray[Any, np.dtype[np.float64]]) -> pa.ListArray:
    """A list per row of `values` (n, k)."""
    return lists_of(*values.shape, pa.array(values.ravel()))


def lists_of(rows: int, size: int, values: pa.Array) -> pa.ListArray:
    """The values in a list of `size` for each of the rows."""
    starts = pa.array(np.arange(rows + 1) * size, pa.int32())
    return pa.ListArray.from_arrays(starts, values)


def structs(result_type: pa.DataType, columns: Mapping[str, Any]) -> pa.StructArray:
    """Columns by the names of the struct's fields, as its type; None is NULL in every row."""
    rows = next(len(column) for column in columns.values() if column is not None)
    arrays = [columns[field.name] for field in result_type.fields]
    typed = [
        (pa.nulls(rows) if array is None else pa.array(array)).cast(field.type)
        for array, field in zip(arrays, result_type.fields, strict=True)
    ]
    return pa.StructArray.from_arrays(typed, fields=result_type.fields)
