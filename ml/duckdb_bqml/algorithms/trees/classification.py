"""BOOSTED_TREE_CLASSIFIER and RANDOM_FOREST_CLASSIFIER: the probability of each class."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Request, Trained
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.described import Sizes
from duckdb_bqml.algorithms.supervised import (
    Classes,
    ProbabilisticClassifier,
    class_weights,
    training_classes,
)
from duckdb_bqml.algorithms.trees.model import Trees, described

Floats = NDArray[np.float64]

MAX_CLASSES = 1_000


def _base_score_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    """XGBoost takes the logarithm of the odds that one of two classes starts from."""
    [first, *others] = parts["trees/base_score"].tolist()
    return None if others or 0 < first < 1 else "trees/base_score: no probability"


class TreeClassifier(ProbabilisticClassifier, Trees):
    """BOOSTED_TREE_CLASSIFIER and RANDOM_FOREST_CLASSIFIER; the loss is the mean log loss.

    Two classes share one tree per iteration, that of the higher class; more have one each.
    """

    artifact = described(Classes(MAX_CLASSES), _base_score_fault)

    @classmethod
    def fit(cls, request: Request) -> Trained:
        training, options = request.data.train, request.options
        classes = training_classes(training.label, options["model_type"], MAX_CLASSES)
        if len(classes) == 2:
            objective = {"objective": "binary:logistic", "eval_metric": "logloss"}
        else:
            objective = {
                "objective": "multi:softprob",
                "eval_metric": "mlogloss",
                "num_class": len(classes),
            }
        weights = class_weights(training.label, options)
        return cls.grow(request, objective, classes, weights)

    def predict(self, features: Sequence[Column]) -> Floats:
        probabilities = self.outputs(features)
        if len(self.classes) == 2:
            return np.stack([1 - probabilities, probabilities], axis=1)
        return probabilities
