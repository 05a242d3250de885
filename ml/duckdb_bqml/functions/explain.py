"""bqml_explain_predict: why one chunk of rows is predicted as it is."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from bqml_vocabulary.errors import ModelError
from bqml_vocabulary.options import json_object

from duckdb_bqml.algorithms.contracts import Classifier
from duckdb_bqml.algorithms.metrics import predicted_classes
from duckdb_bqml.columns import Rows
from duckdb_bqml.functions.arguments import asked, constant, lists, lists_of, structs
from duckdb_bqml.store import ModelStore, StoredModel

DEFAULT_TOP_K_FEATURES = 5

EXPLANATION = """STRUCT(
    prediction DOUBLE[],
    class_position BIGINT,
    top_feature_attributions STRUCT(feature VARCHAR, attribution DOUBLE)[],
    baseline_prediction_value DOUBLE,
    prediction_value DOUBLE,
    approximation_error DOUBLE)"""


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
    relation, version = constant(relations, "model"), constant(versions, "version")
    given = constant(settings, "settings")
    with asked(store, relation, version, "EXPLAIN_PREDICT") as stored:
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
    attributions = pa.StructArray.from_arrays(
        [pa.array(names[order.ravel()], pa.string()), pa.array(values.ravel())],
        names=["feature", "attribution"],
    )
    return structs(
        result_type,
        {
            "prediction": lists(predictions),
            "class_position": None if classes is None else classes + 1,
            "top_feature_attributions": lists_of(len(order), top, attributions),
            "baseline_prediction_value": explanation.baseline,
            "prediction_value": explanation.value,
            "approximation_error": explanation.error,
        },
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
