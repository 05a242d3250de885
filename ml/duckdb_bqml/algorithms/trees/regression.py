"""BOOSTED_TREE_REGRESSOR and RANDOM_FOREST_REGRESSOR: a number from its features."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Request, Trained
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.supervised import NO_CLASSES, Regressor
from duckdb_bqml.algorithms.trees.model import Trees, described

Floats = NDArray[np.float64]


class TreeRegressor(Regressor, Trees):
    """BOOSTED_TREE_REGRESSOR and RANDOM_FOREST_REGRESSOR; the loss is the root of the mean squared
    error."""

    artifact = described(NO_CLASSES)

    @classmethod
    def fit(cls, request: Request) -> Trained:
        objective = {"objective": "reg:squarederror", "eval_metric": "rmse"}
        return cls.grow(request, objective)

    def predict(self, features: Sequence[Column]) -> Floats:
        return self.outputs(features)[:, None]
