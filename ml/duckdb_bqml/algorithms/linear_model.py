"""LINEAR_REG and LOGISTIC_REG.

Both minimize

    loss + c * (l1_reg * sum |w| + l2_reg / 2 * sum w^2)

over the encoded features, the intercept not being penalized. The loss is the mean squared error
(c = 2) or the mean log loss (c = 1), so that gradient descent on half the squared error and the
normal equation have the same minimum. BigQuery does not document where its penalties enter.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax

from duckdb_bqml.algorithms.model import Training
from duckdb_bqml.algorithms.preprocessing import Column, Dataset, Encoder
from duckdb_bqml.algorithms.supervised import (
    ProbabilisticClassifier,
    Regressor,
    class_weights,
    training_classes,
)
from duckdb_bqml.errors import ModelError

Floats = NDArray[np.float64]

# Rounding in the Gram matrix grows as sqrt(rows) * 2e-16: this covers ten million rows.
SMALLEST_RELATIVE_EIGENVALUE = 1e-12
LINE_SEARCH_FACTORS = (2.0, 1.0, 0.5, 0.25)
NORMAL_EQUATION_MAX_CARDINALITY = 10_000
NORMAL_EQUATION_MIN_ROWS_PER_COLUMN = 10
MAX_CLASSES = 50


class _Loss(NamedTuple):
    """A loss as a function of the scores (n, k) = X w + intercept and the target (n,).

    `of_rows` gives the loss (n,) of each row; `residual` (n, k) is the derivative of the row's
    loss by its scores divided by `scale`.
    """

    of_rows: Callable[[Floats, NDArray[Any]], Floats]
    residual: Callable[[Floats, NDArray[Any]], Floats]
    scale: float

    def mean(self, scores: Floats, target: NDArray[Any], row_weights: Floats | None) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.average(self.of_rows(scores, target), weights=row_weights))


def _cross_entropy(scores: Floats, target: NDArray[np.integer]) -> Floats:
    # Written out: scipy.special.logsumexp, which also minds infinities, takes three times as long.
    highest = scores.max(axis=1)
    log_sums = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return log_sums - scores[np.arange(len(target)), target]


def _cross_entropy_residual(scores: Floats, target: NDArray[np.integer]) -> Floats:
    residual = softmax(scores, axis=1)
    residual[np.arange(len(target)), target] -= 1
    return residual


_SQUARED = _Loss(
    of_rows=lambda scores, target: (scores[:, 0] - target) ** 2,
    residual=lambda scores, target: scores - target[:, None],
    scale=2.0,
)
_BINARY_LOG = _Loss(
    of_rows=lambda scores, target: np.logaddexp(0, scores[:, 0]) - target * scores[:, 0],
    residual=lambda scores, target: expit(scores) - target[:, None],
    scale=1.0,
)
_MULTICLASS_LOG = _Loss(
    of_rows=_cross_entropy,
    residual=_cross_entropy_residual,
    scale=1.0,
)


class _Problem(NamedTuple):
    """Rows to fit or to measure: design matrix (n, d), target (n,), row weights (n,) or None."""

    design: csr_matrix
    target: NDArray[Any]
    row_weights: Floats | None = None


class _Point(NamedTuple):
    """Where the search stands: weights (d, k), intercept (k,), and what follows from them."""

    weights: Floats
    intercept: Floats
    scores: Floats
    loss: float
    objective: float
    rate: float


def normal_equation(design: csr_matrix, target: Floats, l2: float, fit_intercept: bool) -> Floats:
    """The least-squares weights (d,) of smallest norm, then the intercept if there is one.

    One-hot columns and an intercept are linearly dependent, so the Gram matrix is singular by
    design; its eigenvectors at the level of rounding are left out, as numpy.linalg.lstsq leaves
    out small singular values.
    """
    rows, columns = design.shape
    gram = (design.T @ design).toarray()
    gram[np.diag_indices(columns)] += rows * l2
    moment = design.T @ target
    if fit_intercept:
        sums = np.asarray(design.sum(axis=0)).ravel()
        gram = np.block([[gram, sums[:, None]], [sums[None, :], np.array([[float(rows)]])]])
        moment = np.append(moment, target.sum())
    values, vectors = linalg.eigh(gram)
    kept = values > values[-1] * SMALLEST_RELATIVE_EIGENVALUE
    basis = vectors[:, kept]
    return basis @ ((basis.T @ moment) / values[kept])


def gradient_descent(
    training: _Problem,
    evaluation: _Problem | None,
    loss: _Loss,
    intercept: Floats,
    options: Mapping[str, Any],
) -> tuple[Floats, Floats, list[dict[str, Any]]]:
    """Weights (d, k), intercept (k,) and the rows of ML.TRAINING_INFO.

    Weights start at 0 and the intercept at `intercept` (k,). LINE_SEARCH tries four multiples of
    the current rate in each iteration and keeps the one with the lowest training objective; this
    recipe reproduces BigQuery's printed results. If all four raise the objective, the weights
    stay and only the rate shrinks.
    """
    is_line_search = options["learn_rate_strategy"] == "LINE_SEARCH"
    factors = LINE_SEARCH_FACTORS if is_line_search else (1.0,)
    rate = options["ls_init_learn_rate" if is_line_search else "learn_rate"]
    weights = np.zeros((training.design.shape[1], len(intercept)))
    scores = np.broadcast_to(intercept, (len(training.target), len(intercept)))
    first_loss = loss.mean(scores, training.target, training.row_weights)
    point = _Point(weights, intercept, scores, first_loss, first_loss, rate)
    iterations = []
    for iteration in range(options["max_iterations"]):
        started = time.perf_counter()
        candidates = _candidates(training, loss, point, factors, options)
        best = min(candidates, key=lambda candidate: candidate.objective)
        if is_line_search and best.objective > point.objective:
            point, is_small_step = point._replace(rate=point.rate * min(factors)), False
        else:
            progress = point.objective - best.objective
            is_small_step = progress <= options["min_rel_progress"] * point.objective
            point = best
        iterations.append(
            {
                "iteration": iteration,
                "loss": point.loss,
                "eval_loss": _evaluation_loss(evaluation, loss, point),
                "learning_rate": point.rate,
                "duration_ms": round(1000 * (time.perf_counter() - started)),
            }
        )
        if options["early_stop"] and is_small_step:
            break
    if not point.objective <= first_loss:
        raise ModelError(
            f"option 'learn_rate' = {options['learn_rate']} makes the training loss grow; lower it"
        )
    return point.weights, point.intercept, iterations


def _candidates(
    training: _Problem,
    loss: _Loss,
    point: _Point,
    factors: Sequence[float],
    options: Mapping[str, Any],
) -> Iterator[_Point]:
    """The points one gradient step away, one per factor, made one at a time to save memory."""
    l1, l2 = options["l1_reg"], options["l2_reg"]
    residual = loss.residual(point.scores, training.target)
    if training.row_weights is not None:
        residual *= training.row_weights[:, None]
    gradient = training.design.T @ residual / len(residual) + l2 * point.weights
    intercept_gradient = residual.mean(axis=0) * options["fit_intercept"]
    # The scores are linear in the rate, so one product serves all four rates ...
    step = training.design @ gradient + intercept_gradient
    for factor in factors:
        rate = factor * point.rate
        weights = point.weights - rate * gradient
        intercept = point.intercept - rate * intercept_gradient
        if l1 > 0:
            # ... unless the proximal step of the L1 penalty bends the path.
            weights = np.sign(weights) * np.maximum(np.abs(weights) - rate * l1, 0)
            scores = training.design @ weights + intercept
        else:
            scores = point.scores - rate * step
        mean_loss = loss.mean(scores, training.target, training.row_weights)
        penalty = l1 * np.abs(weights).sum() + l2 / 2 * np.square(weights).sum()
        objective = mean_loss + loss.scale * penalty
        objective = float(objective) if np.isfinite(objective) else np.inf
        yield _Point(weights, intercept, scores, mean_loss, objective, rate)


def _evaluation_loss(evaluation: _Problem | None, loss: _Loss, point: _Point) -> float | None:
    if evaluation is None:
        return None
    scores = evaluation.design @ point.weights + point.intercept
    return loss.mean(scores, evaluation.target, evaluation.row_weights)


class _Linear:
    """Encoded features times weights (d, k) plus intercept (k,), and its artifact in JSON."""

    def __init__(
        self,
        encoder: Encoder,
        weights: Floats,
        intercept: Floats,
        classes: Sequence[str] | None = None,
    ) -> None:
        self.encoder, self.weights, self.intercept = encoder, weights, intercept
        self.classes = classes

    def scores(self, features: Sequence[Column]) -> Floats:
        return self.encoder.transform(features) @ self.weights + self.intercept

    def to_bytes(self) -> bytes:
        content = {
            "encoder": self.encoder.to_json(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept.tolist(),
            "classes": self.classes,
        }
        return json.dumps(content, sort_keys=True, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        content = json.loads(artifact)
        return cls(
            Encoder.from_json(content["encoder"]),
            np.array(content["weights"]),
            np.array(content["intercept"]),
            content["classes"],
        )


def _fit_encoder(training: Dataset, options: Mapping[str, Any]) -> Encoder:
    is_dummy = options["category_encoding_method"] == "DUMMY_ENCODING"
    return Encoder.fit(training.features, dummy=is_dummy)


class LinearRegression(Regressor, _Linear):
    """LINEAR_REG: `predict` gives (n, 1) values in the unit of the label."""

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        encoder = _fit_encoder(training, options)
        problem = _Problem(encoder.transform(training.features), training.label.values)
        strategy = cls._strategy(problem.design, options)
        if strategy == "NORMAL_EQUATION":
            started = time.perf_counter()
            solution = normal_equation(*problem[:2], options["l2_reg"], options["fit_intercept"])
            weights = solution[: encoder.width, None]
            intercept = solution[encoder.width :] if options["fit_intercept"] else np.zeros(1)
            scores = problem.design @ weights + intercept
            iterations = [
                {
                    "iteration": 0,
                    "loss": _SQUARED.mean(scores, problem.target, None),
                    "duration_ms": round(1000 * (time.perf_counter() - started)),
                }
            ]
        else:
            measured = evaluation and _Problem(
                encoder.transform(evaluation.features), evaluation.label.values
            )
            start = np.array([problem.target.mean() if options["fit_intercept"] else 0.0])
            weights, intercept, iterations = gradient_descent(
                problem, measured, _SQUARED, start, options
            )
        resolved = {**options, "optimize_strategy": strategy}
        return Training(cls(encoder, weights, intercept), resolved, iterations)

    @staticmethod
    def _strategy(design: csr_matrix, options: Mapping[str, Any]) -> str:
        """OPTIMIZE_STRATEGY with AUTO_STRATEGY resolved; cardinality is the encoded width."""
        rows, cardinality = design.shape
        strategy = options["optimize_strategy"]
        is_too_wide = cardinality > NORMAL_EQUATION_MAX_CARDINALITY
        if strategy == "AUTO_STRATEGY":
            is_short = rows < NORMAL_EQUATION_MIN_ROWS_PER_COLUMN * cardinality
            descends = options["l1_reg"] > 0 or is_too_wide or is_short
            return "BATCH_GRADIENT_DESCENT" if descends else "NORMAL_EQUATION"
        if strategy == "NORMAL_EQUATION" and is_too_wide:
            raise ModelError(
                f"option 'optimize_strategy' cannot be NORMAL_EQUATION with {cardinality} encoded "
                f"columns, more than {NORMAL_EQUATION_MAX_CARDINALITY}; use BATCH_GRADIENT_DESCENT"
            )
        return strategy

    def predict(self, features: Sequence[Column]) -> Floats:
        return self.scores(features)


class LogisticRegression(ProbabilisticClassifier, _Linear):
    """LOGISTIC_REG: `predict` gives (n, classes) probabilities, classes ascending.

    Two classes share one weight vector, that of the higher class; more have one each.
    """

    @classmethod
    def fit(
        cls,
        training: Dataset,
        evaluation: Dataset | None,
        options: Mapping[str, Any],
        previous: Self | None = None,
    ) -> Training:
        classes = training_classes(training.label, "LOGISTIC_REG", MAX_CLASSES)
        encoder = _fit_encoder(training, options)
        weights_of_classes = class_weights(training.label, options)

        def problem(data: Dataset) -> _Problem:
            codes = data.label.values
            row_weights = None
            if weights_of_classes is not None:
                row_weights = weights_of_classes[codes] / weights_of_classes[codes].mean()
            return _Problem(encoder.transform(data.features), codes, row_weights)

        is_binary = len(classes) == 2
        weights, intercept, iterations = gradient_descent(
            problem(training),
            evaluation and problem(evaluation),
            _BINARY_LOG if is_binary else _MULTICLASS_LOG,
            np.zeros(1 if is_binary else len(classes)),
            options,
        )
        resolved = {**options, "optimize_strategy": "BATCH_GRADIENT_DESCENT"}
        model = cls(encoder, weights, intercept, classes)
        return Training(model, resolved, iterations)

    def predict(self, features: Sequence[Column]) -> Floats:
        scores = self.scores(features)
        if len(self.classes) == 2:
            return expit(np.hstack([-scores, scores]))
        return softmax(scores, axis=1)
