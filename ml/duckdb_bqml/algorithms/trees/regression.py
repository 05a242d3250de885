"""BOOSTED_TREE_REGRESSOR and RANDOM_FOREST_REGRESSOR: a number from its features."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.model import Training
from duckdb_bqml.algorithms.preprocessing import Column, Dataset
from duckdb_bqml.algorithms.supervised import Regressor
from duckdb_bqml.algorithms.trees.model import Trees

Floats = NDArray[np.float64]


class TreeRegressor(Regressor, Trees):
    """BOOSTED_TREE_REGRESSOR and RANDOM_FOREST_REGRESSOR; the loss is the root of the mean squared
    error."""

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        objective = {"objective": "reg:squarederror", "eval_metric": "rmse"}
        return cls.grow(training, evaluation, options, objective)

    def predict(self, features: Sequence[Column]) -> Floats:
        return self.outputs(features)[:, None]
