"""bqml_describe: the one door to what a trained model says of itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from bqml_vocabulary.errors import ModelError

from duckdb_bqml.functions.arguments import answers
from duckdb_bqml.model_table import json_text
from duckdb_bqml.store import ModelStore, StoredModel

DESCRIPTION = "VARCHAR"


def describe(
    store: ModelStore,
    result_type: pa.DataType,
    relations: pa.ChunkedArray,
    versions: pa.ChunkedArray,
    functions: pa.ChunkedArray,
    settings: pa.ChunkedArray,
) -> pa.Array:
    """Of one model per value, the rows of a function as JSON."""
    found = answers(_described, store, relations, versions, functions, settings)
    return pa.array(found, result_type)


def _described(stored: StoredModel, function: str, settings: Mapping[str, Any]) -> str:
    return json_text(list(_rows(stored, function, settings)))


def _rows(stored: StoredModel, function: str, settings: Mapping[str, Any]) -> Sequence[Any]:
    if function in _KEPT:
        for name in settings:
            raise ModelError(f"setting '{name}' changes nothing of what training kept; remove it")
        return _KEPT[function](stored)
    if function not in getattr(stored.model, "describes", ()):
        raise ModelError(f"ml_{function.lower()} does not describe a model; call it with rows")
    names = [field["name"] for field in stored.trained_features]
    return stored.model.describe(function, settings, names)


def _training_info(stored: StoredModel) -> list[Mapping[str, Any]]:
    """What only some model types say of an iteration stands beside the rest."""
    return [{**row, **row["details"]} for row in stored.training_info]


def _transform(stored: StoredModel) -> list[Mapping[str, Any]]:
    if stored.transform is None:
        raise ModelError("the model was trained without option 'transform'; train it with")
    return [stored.transform.sql()]


def _explained(stored: StoredModel) -> list[Mapping[str, Any]]:
    found = stored.details.get("global_explanation")
    if found is None:
        raise ModelError(
            "the model was not explained when it was trained; train it with enable_global_explain"
        )
    return found


def _confusion_matrix(stored: StoredModel) -> list[list[int]]:
    if "confusion_matrix" not in stored.details:
        raise ModelError("the model keeps no confusion matrix; train it again")
    return stored.details["confusion_matrix"]


def _score_points(stored: StoredModel) -> list[Mapping[str, Any]]:
    if "score_points" not in stored.details:
        raise ModelError("ml_roc_curve needs a binary classifier; use ml_confusion_matrix")
    return stored.details["score_points"]


_KEPT: Mapping[str, Callable[[StoredModel], Sequence[Any]]] = {
    "EVALUATE": lambda stored: [{**row["keys"], **row["metrics"]} for row in stored.evaluation],
    "TRAINING_INFO": _training_info,
    "FEATURE_INFO": lambda stored: stored.statistics,
    "GLOBAL_EXPLAIN": _explained,
    "CONFUSION_MATRIX": _confusion_matrix,
    "ROC_CURVE": _score_points,
    "TRANSFORM": _transform,
}
"""The functions answered by what training left in the model table, for every model type alike.

Of CONFUSION_MATRIX and ROC_CURVE it is what the macros make their rows of: a list of counts per
actual class, and how many positives and negatives have each score.
"""
