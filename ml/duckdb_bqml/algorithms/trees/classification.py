"""BOOSTED_TREE_CLASSIFIER and RANDOM_FOREST_CLASSIFIER: the probability of each class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Request, Trained
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.supervised import (
    ProbabilisticClassifier,
    class_weights,
    training_classes,
)
from duckdb_bqml.algorithms.trees.model import Trees

Floats = NDArray[np.float64]

MAX_CLASSES = 1_000


class TreeClassifier(ProbabilisticClassifier, Trees):
    """BOOSTED_TREE_CLASSIFIER and RANDOM_FOREST_CLASSIFIER; the loss is the mean log loss.

    Two classes share one tree per iteration, that of the higher class; more have one each.
    """

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
