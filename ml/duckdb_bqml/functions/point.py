"""bqml_point: which series, which point in time and which value one chunk of rows is of."""

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import (
    SERIES_DATA,
    SERIES_KEY,
    SERIES_TIMESTAMP,
    columns_in_role,
)

from duckdb_bqml.algorithms.forecasting.series import key_texts, moments_of, numbers_of
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked, constant, structs
from duckdb_bqml.store import ModelStore, StoredModel

POINT = "STRUCT(moment BIGINT, value DOUBLE, keys VARCHAR[])"
FORECASTS = ("FORECAST", "EXPLAIN_FORECAST")
"""The functions whose rows need no value: it is what they are asked for."""


def point(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    functions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """Microseconds since the epoch, the value and the keys as texts; ModelError for a row without
    a moment, and if a column is missing or of another type."""
    relation, version = constant(relations, "model"), constant(versions, "version")
    function = constant(functions, "function").upper()
    with asked(store, relation, version, function) as stored:
        given = Rows(rows.combine_chunks())
        [moment] = _columns(stored, given, SERIES_TIMESTAMP, function)
        values = None
        if function not in FORECASTS:
            [value] = _columns(stored, given, SERIES_DATA, function)
            values = numbers_of(value)
        keys = [key_texts(key) for key in _columns(stored, given, SERIES_KEY, function)]
        texts = np.array(keys, dtype=object).reshape(len(keys), moment.rows).T
        found = {
            "moment": moments_of(moment),
            "value": None if values is None else pa.array(values, from_pandas=True),
            "keys": pa.array(texts.tolist(), pa.list_(pa.string())),
        }
    return structs(result_type, found)


def _columns(stored: StoredModel, rows: Rows, role: str, function: str) -> list:
    """The columns of a role, of rows that must have them."""
    names = columns_in_role(role, stored.options)
    missing = [name for name in names if name.lower() not in map(str.lower, rows.names)]
    if missing:
        raise ModelError(
            f"column '{missing[0]}' is missing from the input of ml_{function.lower()}; add it to "
            "the query"
        )
    return [rows.column(name, role) for name in names]
