"""LINEAR_REG: a number from its features, by the normal equation or by gradient descent."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.contracts import Explanation, Request, Trained
from duckdb_bqml.algorithms.dataset import Column
from duckdb_bqml.algorithms.design import Design
from duckdb_bqml.algorithms.linear.encoded_columns import (
    Reference,
    dropped_columns,
    left_to_the_intercept,
    references,
)
from duckdb_bqml.algorithms.linear.gradient_descent import Problem, gradient_descent
from duckdb_bqml.algorithms.linear.loss import SQUARED
from duckdb_bqml.algorithms.linear.model import LinearModel, described
from duckdb_bqml.algorithms.linear.normal_equation import normal_equation
from duckdb_bqml.algorithms.linear.p_values import standard_errors
from duckdb_bqml.algorithms.supervised import NO_CLASSES, Regressor

Floats = NDArray[np.float64]

NORMAL_EQUATION_MAX_CARDINALITY = 10_000
NORMAL_EQUATION_MIN_ROWS_PER_COLUMN = 10


class LinearRegression(Regressor, LinearModel):
    """LINEAR_REG: `predict` gives (n, 1) values in the unit of the label."""

    artifact = described(NO_CLASSES)

    @classmethod
    def fit(cls, request: Request) -> Trained:
        (training, evaluation, _), options, previous = request
        encoder, stddevs = cls._prepare(training, options, previous)
        problem = Problem(encoder.transform(training.features), training.label.values)
        strategy = cls._strategy(problem.design, options)
        found: list[Reference] = []
        if strategy == "NORMAL_EQUATION":
            started = time.perf_counter()
            solution = normal_equation(*problem[:2], options["l2_reg"], options["fit_intercept"])
            weights = solution[: encoder.width, None]
            weights[dropped_columns(encoder)] = 0.0  # Not a rounding error.
            intercept = np.zeros(1)
            if options["fit_intercept"]:
                found = references(problem.design, encoder)
                weights, intercept = left_to_the_intercept(
                    weights, solution[encoder.width :], found
                )
            scores = problem.design @ weights + intercept
            iterations = [
                {
                    "iteration": 0,
                    "loss": SQUARED.mean(scores, problem.target, None),
                    "duration_ms": round(1000 * (time.perf_counter() - started)),
                }
            ]
        else:
            measured = evaluation and Problem(
                encoder.transform(evaluation.features), evaluation.label.values
            )
            if previous is None:
                mean = problem.target.mean() if options["fit_intercept"] else 0.0
                start = np.zeros((encoder.width, 1)), np.array([mean])
            else:
                start = previous.coefficients, previous.intercept
            weights, intercept, iterations = gradient_descent(
                problem, measured, SQUARED, start, options
            )
        errors = None
        if options["calculate_p_values"]:
            # The variance of the noise is the mean squared error, without a correction for the
            # number of weights: so are the p-values that BigQuery printed.
            scores = problem.design @ weights + intercept
            errors = standard_errors(
                problem.design,
                np.ones(len(problem.target)),
                SQUARED.mean(scores, problem.target, None),
                encoder,
                options["fit_intercept"],
                found,
            )
        resolved = {**options, "optimize_strategy": strategy}
        model = cls(encoder, weights, intercept, stddevs, errors=errors)
        return Trained(model, resolved, iterations)

    @staticmethod
    def _strategy(design: Design, options: Mapping[str, Any]) -> str:
        """OPTIMIZE_STRATEGY with AUTO_STRATEGY resolved; cardinality is the encoded width."""
        rows, cardinality = design.shape
        strategy = options["optimize_strategy"]
        is_too_wide = cardinality > NORMAL_EQUATION_MAX_CARDINALITY
        if strategy == "AUTO_STRATEGY":
            is_short = rows < NORMAL_EQUATION_MIN_ROWS_PER_COLUMN * cardinality
            descends = options["l1_reg"] > 0 or options["warm_start"] or is_too_wide or is_short
            return "BATCH_GRADIENT_DESCENT" if descends else "NORMAL_EQUATION"
        if strategy == "NORMAL_EQUATION" and is_too_wide:
            raise ModelError(
                f"option 'optimize_strategy' cannot be NORMAL_EQUATION with {cardinality} encoded "
                f"columns, more than {NORMAL_EQUATION_MAX_CARDINALITY}; use BATCH_GRADIENT_DESCENT"
            )
        return strategy

    def predict(self, features: Sequence[Column]) -> Floats:
        return self.scores(features)

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        return self._explain(features, 0)
