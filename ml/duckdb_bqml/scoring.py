"""The functions that read a trained model and rows: predict, evaluate, explain, detect."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError, about
from bqml_vocabulary.options import json_object

from duckdb_bqml.algorithms.anomalies import MAX_CONTAMINATION
from duckdb_bqml.algorithms.metrics import predicted_classes
from duckdb_bqml.algorithms.model import Classifier, DetectsAnomalies, Explains
from duckdb_bqml.algorithms.model_selection import canonical_order, row_hashes
from duckdb_bqml.algorithms.preprocessing import Dataset
from duckdb_bqml.columns import Rows
from duckdb_bqml.store import ModelStore, StoredModel, model_name

DEFAULT_TOP_K_FEATURES = 5

PREDICTION = "DOUBLE[]"
EVALUATION = "MAP(VARCHAR, DOUBLE)"
ANOMALY = "STRUCT(is_anomaly BOOLEAN, score DOUBLE, centroid_id BIGINT)"
EXPLANATION = """STRUCT(
    prediction DOUBLE[],
    class_position BIGINT,
    top_feature_attributions STRUCT(feature VARCHAR, attribution DOUBLE)[],
    baseline_prediction_value DOUBLE,
    prediction_value DOUBLE,
    approximation_error DOUBLE)"""


def predict(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """The predictions of one chunk of rows by one model."""
    relation, version = _constant(relations, "model"), _constant(versions, "version")
    with about(model_name(relation)):
        stored = store.load(relation, version)
        given = Rows(rows.combine_chunks())
        if stored.label is not None:
            given.require_absent(f"predicted_{stored.label['name']}", "ml_predict")
        predictions = stored.model.predict(stored.features_of(given, "ml_predict"))
    return _lists(predictions).cast(result_type)


def evaluate(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """The metrics of one model per value of `rows`, each the list of all rows of a query."""
    results = []
    for relation, version, text, row_list in zip(relations, versions, settings, rows, strict=True):
        with about(model_name(relation.as_py())):
            stored = store.load(relation.as_py(), version.as_py())
            data = _labelled(stored, Rows.of_list(row_list, "evaluation"), "ml_evaluate")
            # DuckDB gathers rows in any order, on which the last bits of a sum depend.
            data = data.take(canonical_order(row_hashes(data.columns)))
            metrics = stored.model.evaluate(data, json_object(text.as_py(), "settings"))
            results.append(list(metrics.items()))
    return pa.array(results, result_type)


def _labelled(stored: StoredModel, rows: Rows, function: str) -> Dataset:
    """The rows, for supervised models those with a label; BigQuery's aggregates skip NULL too.

    No labelled row at all is refused, as is a label the classifier does not know (by the model):
    BigQuery documents neither, and a metric that is NULL or leaves rows out would pass any floor.
    """
    features = stored.features_of(rows, function)
    if stored.label is None:
        return Dataset(features, None)
    name = stored.label["name"]
    label = rows.label(name, stored.model.label_kind, stored.label["data_type"])
    is_labelled = ~label.is_null
    if not is_labelled.any():
        raise ModelError(f"label column '{name}' is NULL in every row; evaluate labelled rows")
    data = Dataset(features, label)
    return data if is_labelled.all() else data.take(is_labelled)


def explain(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """Why one chunk of rows is predicted as it is: ML.EXPLAIN_PREDICT.

    `class_position` counts from 1 and is NULL for a regression; the attributions are those of the
    class predicted, the greatest in absolute value first.
    """
    relation, version = _constant(relations, "model"), _constant(versions, "version")
    given = _constant(settings, "settings")
    with about(model_name(relation)):
        stored = store.load(relation, version)
        if not isinstance(stored.model, Explains):
            raise ModelError("a model of its type explains no prediction")
        chosen = _explanation_settings(json_object(given, "settings"), stored)
        columns = stored.features_of(Rows(rows.combine_chunks()), "ml_explain_predict")
        predictions = stored.model.predict(columns)
        classes = None
        if isinstance(stored.model, Classifier):
            classes = predicted_classes(predictions, stored.model.threshold(chosen["threshold"]))
        explanation = stored.model.explain(columns, classes, chosen["approx_feature_contrib"])
    names = np.array([column.name for column in columns], dtype=object)
    top = min(chosen["top_k_features"], len(names))
    order = np.argsort(-np.abs(explanation.attributions), axis=1, kind="stable")[:, :top]
    values = np.take_along_axis(explanation.attributions, order, axis=1)
    return pa.StructArray.from_arrays(
        [
            column.cast(field.type)
            for column, field in zip(
                [
                    _lists(predictions),
                    pa.nulls(len(rows)) if classes is None else pa.array(classes + 1),
                    _lists_of(
                        top,
                        pa.StructArray.from_arrays(
                            [pa.array(names[order.ravel()], pa.string()), pa.array(values.ravel())],
                            names=["feature", "attribution"],
                        ),
                    ),
                    pa.array(explanation.baseline),
                    pa.array(explanation.value),
                    pa.array(explanation.error),
                ],
                result_type.fields,
                strict=True,
            )
        ],
        fields=result_type.fields,
    )


def _explanation_settings(given: Mapping[str, Any], stored: StoredModel) -> dict[str, Any]:
    """The settings of ML.EXPLAIN_PREDICT, complete; ModelError if one is not valid."""
    known = ("top_k_features", "threshold", "approx_feature_contrib")
    for name in given:
        if name not in known:
            raise ModelError(f"setting '{name}' is not valid; use one of {', '.join(known)}")
    top = given.get("top_k_features", DEFAULT_TOP_K_FEATURES)
    if not isinstance(top, int) or isinstance(top, bool) or top < 1:
        raise ModelError(f"setting 'top_k_features' must be a whole number from 1 on, not {top!r}")
    approximate = given.get("approx_feature_contrib", False)
    if not isinstance(approximate, bool):
        raise ModelError(
            f"setting 'approx_feature_contrib' must be true or false, not {approximate!r}"
        )
    if "threshold" in given and not isinstance(stored.model, Classifier):
        raise ModelError("setting 'threshold' needs a binary classifier; remove it")
    return {
        "top_k_features": top,
        "approx_feature_contrib": approximate,
        "threshold": {name: given[name] for name in ("threshold",) if name in given},
    }


def detect_anomalies(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
    rows: pa.ChunkedArray,
) -> pa.Array:
    """How unlike the training rows one chunk of rows is."""
    relation, version = _constant(relations, "model"), _constant(versions, "version")
    given = _constant(settings, "settings")
    with about(model_name(relation)):
        stored = store.load(relation, version)
        if not isinstance(stored.model, DetectsAnomalies):
            raise ModelError("a model of its type detects no anomalies; use KMEANS or PCA")
        contamination = _contamination(json_object(given, "settings"))
        features = stored.features_of(Rows(rows.combine_chunks()), "ml_detect_anomalies")
        score, cutoff, cluster = stored.model.anomalies(features, contamination)
    columns = [
        pa.array(score > cutoff),
        pa.array(score),
        pa.nulls(len(score)) if cluster is None else pa.array(cluster),
    ]
    typed = [
        column.cast(field.type) for column, field in zip(columns, result_type.fields, strict=True)
    ]
    return pa.StructArray.from_arrays(typed, fields=result_type.fields)


def _contamination(settings: Mapping[str, Any]) -> float:
    for name in settings:
        if name != "contamination":
            raise ModelError(f"setting '{name}' is not valid; use 'contamination'")
    value = settings.get("contamination")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_CONTAMINATION:
        raise ModelError(
            f"setting 'contamination' must be between 0 and {MAX_CONTAMINATION}, not {value!r}"
        )
    return value


def _constant(values: pa.ChunkedArray, argument: str) -> str:
    # All are equal if each equals the next: a comparison of memory, far cheaper than hashing.
    if not values[0].is_valid or not values[1:].equals(values[:-1]):
        raise ModelError(f"the function needs one {argument} per query, and not NULL")
    return values[0].as_py()


def _lists(values: np.ndarray[Any, np.dtype[np.float64]]) -> pa.ListArray:
    """A list per row of `values` (n, k)."""
    return _lists_of(values.shape[1], pa.array(values.ravel()))


def _lists_of(size: int, values: pa.Array) -> pa.ListArray:
    """The values in lists of `size`."""
    starts = np.arange(0, len(values) + 1, size, dtype=np.int32)
    return pa.ListArray.from_arrays(starts, values)
