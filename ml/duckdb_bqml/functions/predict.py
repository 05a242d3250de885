"""bqml_predict and bqml_predict_values: the predictions of one chunk of rows by one model."""

import pyarrow as pa
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.algorithms.contracts import PredictsValues
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked, constant, lists
from duckdb_bqml.model_table import json_text
from duckdb_bqml.store import ModelStore, StoredModel

PREDICTION = "DOUBLE[]"
VALUES = "VARCHAR"


def predict(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """A list of numbers for each row."""
    relation, version = constant(relations, "model"), constant(versions, "version")
    with asked(store, relation, version, "PREDICT") as stored:
        predictions = stored.model.predict(stored.features_of(_given(stored, rows), "ml_predict"))
    return lists(predictions).cast(result_type)


def predict_values(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """A JSON object for each row: the outputs of a model that names them itself."""
    relation, version = constant(relations, "model"), constant(versions, "version")
    with asked(store, relation, version, "PREDICT") as stored:
        model = stored.model
        if not isinstance(model, PredictsValues):
            raise ModelError("the model names no outputs of its own; call bqml_predict")
        features = stored.features_of(_given(stored, rows), "ml_predict")
        names = [output.name for output in model.outputs]
        values = zip(*model.predict_values(features), strict=True)
        found = [json_text(dict(zip(names, row, strict=True))) for row in values]
    return pa.array(found, result_type)


def _given(stored: StoredModel, rows: pa.ChunkedArray) -> Rows:
    """The rows, which hold no column that the prediction is going to add."""
    given = Rows(rows.combine_chunks())
    if stored.label is not None:
        given.require_absent(f"predicted_{stored.label['name']}", "ml_predict")
    return given
