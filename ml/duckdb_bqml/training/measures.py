"""How good a trained model is on the rows kept for that."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from duckdb_bqml.algorithms import metrics
from duckdb_bqml.algorithms.contracts import (
    Classifier,
    Evaluates,
    Explains,
    Model,
    Partition,
    Row,
)
from duckdb_bqml.algorithms.dataset import Dataset

SCORE_DECIMALS = 4


class Measured(NamedTuple):
    """The rows of ML.EVALUATE, and what else the model table keeps of the same rows.

    `details` holds

        confusion_matrix    of a classifier
        score_points        of a binary one: how many positives and negatives have each
                            probability, rounded up to four decimals
        global_explanation  if it is asked for: the mean absolute attribution of each feature, by
                            class, and with class_label NULL for the model
    """

    evaluation: Sequence[Row] | None = None
    details: Mapping[str, Any] = {}


def measured(model: Model, data: Partition | None, options: Mapping[str, Any]) -> Measured:
    if data is None or not isinstance(model, Evaluates):
        return Measured()
    rows = data.measured
    details: dict[str, Any] = {}
    if isinstance(model, Classifier):
        evaluation, details = _measured_classifier(model, rows)
    else:
        evaluation = model.evaluate(rows, {})
    if options.get("enable_global_explain") and isinstance(model, Explains):
        approximate = bool(options.get("approx_global_feature_contrib"))
        details["global_explanation"] = _explained_globally(model, rows, approximate)
    return Measured(evaluation, details)


def _measured_classifier(model: Classifier, data: Dataset) -> tuple[list[Row], dict[str, Any]]:
    """With one prediction for all that is measured of it."""
    codes, probabilities = model.codes(data.label), model.predict(data.features)
    details: dict[str, Any] = {
        "confusion_matrix": metrics.confusion_matrix(codes, probabilities, 0.5).tolist()
    }
    if len(model.classes) == 2:
        points = metrics.score_points(codes == 1, probabilities[:, 1], SCORE_DECIMALS)
        details["score_points"] = [
            {"score": score, "positives": positives, "negatives": negatives}
            for score, positives, negatives in zip(
                *(column.tolist() for column in points), strict=True
            )
        ]
    return [metrics.classification(codes, probabilities, 0.5)], details


def _explained_globally(model: Explains, data: Dataset, approximate: bool) -> list[Row]:
    """The mean absolute attributions of every class, and of the model: their mean."""
    rows = data.rows
    classes = model.classes if isinstance(model, Classifier) else [None]
    of_class = np.array(
        [
            np.abs(
                model.explain(
                    data.features,
                    None if label is None else np.full(rows, code),
                    approximate,
                ).attributions
            ).mean(axis=0)
            for code, label in enumerate(classes)
        ]
    )
    labelled = list(zip(classes, of_class, strict=True))
    if isinstance(model, Classifier):
        labelled.append((None, of_class.mean(axis=0)))
    return [
        {"class_label": label, "feature": column.name, "attribution": float(attribution)}
        for label, attributions in labelled
        for column, attribution in zip(data.features, attributions, strict=True)
    ]
