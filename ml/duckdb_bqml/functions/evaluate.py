"""bqml_evaluate: the metrics of a model on the rows of a query."""

import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.model_types import MODEL_TYPES
from bqml_vocabulary.options import json_object

from duckdb_bqml.algorithms.contracts import Evaluates
from duckdb_bqml.algorithms.dataset import Dataset
from duckdb_bqml.algorithms.partition import canonical_order, row_hashes
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked
from duckdb_bqml.model_table import json_text
from duckdb_bqml.store import ModelStore, StoredModel

EVALUATION = "VARCHAR"


def evaluate(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """Per value of `rows`, each the list of all rows of a query, what ML.EVALUATE says as JSON."""
    results = []
    for relation, version, text, row_list in zip(relations, versions, settings, rows, strict=True):
        with asked(store, relation.as_py(), version.as_py(), "EVALUATE") as stored:
            if not isinstance(stored.model, Evaluates):
                raise ModelError("the model measures no rows; compare them with its bqml_rows")
            data = _labelled(stored, Rows.of_list(row_list, "evaluation"))
            # DuckDB gathers rows in any order, on which the last bits of a sum depend.
            data = data.take(canonical_order(row_hashes(data.columns)))
            found = stored.model.evaluate(data, json_object(text.as_py(), "settings"))
            results.append(json_text(list(found)))
    return pa.array(results, result_type)


def _labelled(stored: StoredModel, rows: Rows) -> Dataset:
    """The rows, for supervised models those with a label; BigQuery's aggregates skip NULL too.

    No labelled row at all is refused, as is a label the classifier does not know (by the model):
    BigQuery documents neither, and a metric that is NULL or leaves rows out would pass any floor.
    """
    features = stored.features_of(rows, "ml_evaluate")
    if stored.label is None:
        return Dataset(features, None)
    name = stored.label["name"]
    label = rows.label(name, MODEL_TYPES[stored.model_type].label, stored.label["data_type"])
    is_labelled = ~label.is_null
    if not is_labelled.any():
        raise ModelError(f"label column '{name}' is NULL in every row; evaluate labelled rows")
    data = Dataset(features, label)
    return data if is_labelled.all() else data.take(is_labelled)
