"""bqml_regress: what the features of one chunk of rows add to a forecast."""

import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import SERIES_KEY, columns_in_role

from duckdb_bqml.algorithms.contracts import AddsFeatures
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked, constant, lists_of
from duckdb_bqml.store import ModelStore

ADDED = "DOUBLE[]"


def regress(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """A list of numbers for each row, one for each feature; NULL for an unknown series."""
    relation, version = constant(relations, "model"), constant(versions, "version")
    with asked(store, relation, version, "FORECAST") as stored:
        if not isinstance(stored.model, AddsFeatures):
            raise ModelError("the model has no features; ask for its forecast without data")
        given = Rows(rows.combine_chunks())
        features = stored.features_of(given, "ml_forecast")
        names = columns_in_role(SERIES_KEY, stored.options)
        keys = [given.column(name, SERIES_KEY) for name in names]
        added = stored.model.added(features, keys)
    return lists_of(*added.shape, pa.array(added.ravel(), from_pandas=True)).cast(result_type)
