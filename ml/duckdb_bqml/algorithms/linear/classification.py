"""LOGISTIC_REG: the probability of each class from the features, by gradient descent."""

from collections.abc import Sequence

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray
from scipy.special import expit, softmax

from duckdb_bqml.algorithms.contracts import Explanation, Request, Trained
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.linear.gradient_descent import Problem, gradient_descent
from duckdb_bqml.algorithms.linear.loss import BINARY_LOG, MULTICLASS_LOG
from duckdb_bqml.algorithms.linear.model import LinearModel, described
from duckdb_bqml.algorithms.linear.p_values import standard_errors
from duckdb_bqml.algorithms.supervised import (
    Classes,
    ProbabilisticClassifier,
    class_weights,
    training_classes,
)

Floats = NDArray[np.float64]

MAX_CLASSES = 50


class LogisticRegression(ProbabilisticClassifier, LinearModel):
    """LOGISTIC_REG: `predict` gives (n, classes) probabilities, classes ascending.

    Two classes share one weight vector, that of the higher class; more have one each.
    """

    artifact = described(Classes(MAX_CLASSES))

    @classmethod
    def fit(cls, request: Request) -> Trained:
        (training, evaluation, _), options, previous = request
        classes = training_classes(training.label, "LOGISTIC_REG", MAX_CLASSES)
        is_binary = len(classes) == 2
        if options["calculate_p_values"] and not is_binary:
            raise ModelError(
                "option 'calculate_p_values': P-values can only be calculated for linear "
                "regression and binary logistic regression models."
            )
        if previous is not None and classes != previous.classes:
            raise ModelError(
                f"label column '{training.label.name}' has the classes {', '.join(classes)} and "
                f"had {', '.join(previous.classes)} in the model that warm_start goes on from; "
                "set warm_start to false"
            )
        encoder, stddevs = cls._prepare(training, options, previous)
        weights_of_classes = class_weights(training.label, options)

        def problem(data: Dataset) -> Problem:
            codes = data.label.values
            row_weights = None
            if weights_of_classes is not None:
                row_weights = weights_of_classes[codes] / weights_of_classes[codes].mean()
            return Problem(encoder.transform(data.features), codes, row_weights)

        if previous is None:
            outputs = 1 if is_binary else len(classes)
            start = np.zeros((encoder.width, outputs)), np.zeros(outputs)
        else:
            start = previous.coefficients, previous.intercept
        training_problem = problem(training)
        weights, intercept, iterations = gradient_descent(
            training_problem,
            evaluation and problem(evaluation),
            BINARY_LOG if is_binary else MULTICLASS_LOG,
            start,
            options,
        )
        errors = None
        if options["calculate_p_values"]:
            design, _, row_weights = training_problem
            probabilities = expit(design @ weights + intercept)[:, 0]
            information = probabilities * (1 - probabilities)
            if row_weights is not None:
                information *= row_weights
            errors = standard_errors(design, information, 1.0, encoder, options["fit_intercept"])
        resolved = {**options, "optimize_strategy": "BATCH_GRADIENT_DESCENT"}
        model = cls(encoder, weights, intercept, stddevs, classes, errors)
        return Trained(model, resolved, iterations)

    def predict(self, features: Sequence[Column]) -> Floats:
        scores = self.scores(features)
        if len(self.classes) == 2:
            return expit(np.hstack([-scores, scores]))
        return softmax(scores, axis=1)

    def explain(
        self, features: Sequence[Column], classes: NDArray[np.intp] | None, approximate: bool
    ) -> Explanation:
        if len(self.classes) == 2:
            sign = np.where(classes == 1, 1.0, -1.0)
            attributions, baseline, value, error = self._explain(features, 0)
            return Explanation(attributions * sign[:, None], baseline * sign, value * sign, error)
        attributions = np.empty((len(classes), len(features)))
        baseline, value, error = np.empty((3, len(classes)))
        for code in np.unique(classes):
            rows = np.flatnonzero(classes == code)
            of_class = self._explain([column.take(rows) for column in features], code)
            attributions[rows], baseline[rows], value[rows], error[rows] = of_class
        return Explanation(attributions, baseline, value, error)
