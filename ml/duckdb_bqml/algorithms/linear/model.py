"""LINEAR_REG and LOGISTIC_REG.

Both minimize

    loss + c * (l1_reg * sum |w| + l2_reg / 2 * sum w^2)

over the encoded features, the intercept not being penalized. The loss is the mean squared error
(c = 2) or the mean log loss (c = 1), so that gradient descent on half the squared error and the
normal equation have the same minimum. BigQuery does not document where its penalties enter.

WARM_START descends from the weights of the previous model and keeps its encoder, so that they
mean the same; a category that is new stays unseen.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.special import expit, softmax

from duckdb_bqml.algorithms.design import Design, products_by_row, scaled_rows
from duckdb_bqml.algorithms.model import (
    AdvancedWeight,
    Explanation,
    Training,
    Weight,
    category_names,
)
from duckdb_bqml.algorithms.normal import two_sided
from duckdb_bqml.algorithms.preprocessing import Column, Dataset, Encoder, Number
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
ROWS_AT_ONCE = 2_048
LARGEST_EXPONENT = 600.0
P_VALUES_MAX_CARDINALITY = 1_000
# A weight of which more than this share of its square lies where the rows say nothing is unknown.
LARGEST_UNDETERMINED_SHARE = 1e-8
INTERCEPT = "__INTERCEPT__"


class _Loss(NamedTuple):
    """A loss as a function of the scores (n, k) = X w + intercept and the target (n,).

    `of_rows` gives the loss (n,) of each row; `residual` (n, k) is the derivative of the row's
    loss by its scores divided by `scale`. It is convex in the scores.
    """

    of_rows: Callable[[Floats, NDArray[Any]], Floats]
    residual: Callable[[Floats, NDArray[Any]], Floats]
    scale: float

    def mean(
        self,
        scores: Floats,
        target: NDArray[Any],
        row_weights: Floats | None,
        step: Floats | None = None,
        rate: float = 0.0,
    ) -> float:
        """The mean over the rows, at `scores` or, with a `step` (n, k), at scores - rate * step."""
        total = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for part in _parts(len(target)):
                of_part = scores[part] if step is None else scores[part] - rate * step[part]
                losses = self.of_rows(of_part, target[part])
                total += losses.sum() if row_weights is None else losses @ row_weights[part]
        return float(total / (len(target) if row_weights is None else row_weights.sum()))


def _parts(rows: int) -> Iterator[slice]:
    """The rows in pieces that stay in the processor's cache, where passes over them are cheap."""
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, rows, ROWS_AT_ONCE))


def _exponentials(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """exp(scores - highest) (n, k), its sums (n,) and `highest`, one number or one per row (n, 1).

    The highest score of all rows will do, and is found much faster than that of each, unless the
    exponential of the lowest one vanishes.
    """
    highest = scores.max()
    if not highest - scores.min() < LARGEST_EXPONENT:
        highest = scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores - highest)
    return exponentials, exponentials @ np.ones(scores.shape[1]), highest


def _cross_entropy(scores: Floats, target: NDArray[np.integer]) -> Floats:
    _, sums, highest = _exponentials(scores)
    return np.log(sums) + np.ravel(highest) - scores[np.arange(len(target)), target]


def _cross_entropy_residual(scores: Floats, target: NDArray[np.integer]) -> Floats:
    residual, sums, _ = _exponentials(scores)
    residual /= sums[:, None]
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

    design: Design
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


def normal_equation(design: Design, target: Floats, l2: float, fit_intercept: bool) -> Floats:
    """The least-squares weights (d,) of smallest norm, then the intercept if there is one.

    One-hot columns and an intercept are linearly dependent, so the Gram matrix is singular by
    design; its eigenvectors at the level of rounding are left out, as numpy.linalg.lstsq leaves
    out small singular values.
    """
    rows, columns = design.shape
    gram = design.T @ design
    gram[np.diag_indices(columns)] += rows * l2
    moment = design.T @ target
    if fit_intercept:
        sums = design.sum(axis=0)
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
    start: tuple[Floats, Floats],
    options: Mapping[str, Any],
) -> tuple[Floats, Floats, list[dict[str, Any]]]:
    """Weights (d, k), intercept (k,) and the rows of ML.TRAINING_INFO, from weights and intercept
    to `start` with.

    LINE_SEARCH tries four multiples of the current rate in each iteration and keeps the one with
    the lowest training objective; this recipe reproduces BigQuery's printed results. If all four
    raise the objective, the weights stay and only the rate shrinks.
    """
    is_line_search = options["learn_rate_strategy"] == "LINE_SEARCH"
    factors = LINE_SEARCH_FACTORS if is_line_search else (1.0,)
    rate = options["ls_init_learn_rate" if is_line_search else "learn_rate"]
    scores = training.design @ start[0] + start[1]
    first = point = _point(training, loss, options, *start, scores, rate)
    if not np.isfinite(first.objective):
        raise ModelError(
            "the training loss is infinite before the first step; class weights are too far apart, "
            "or a feature is too large for the model that warm_start goes on from"
        )
    iterations = []
    for iteration in range(options["max_iterations"]):
        started = time.perf_counter()
        best = _next(training, loss, options, point, factors)
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
    if not point.objective <= first.objective:
        raise ModelError(
            f"option 'learn_rate' = {options['learn_rate']} makes the training loss grow; lower it"
        )
    return point.weights, point.intercept, iterations


def _next(
    training: _Problem,
    loss: _Loss,
    options: Mapping[str, Any],
    point: _Point,
    factors: Sequence[float],
) -> _Point:
    """The best of the points one gradient step away, one per factor; `factors` descend."""
    l1, l2 = options["l1_reg"], options["l2_reg"]
    residual = np.empty(point.scores.shape)
    for part in _parts(len(residual)):
        residual[part] = loss.residual(point.scores[part], training.target[part])
        if training.row_weights is not None:
            residual[part] *= training.row_weights[part, None]
    gradient = training.design.T @ residual / len(residual) + l2 * point.weights
    intercept_gradient = residual.mean(axis=0) * options["fit_intercept"]
    # The scores are linear in the rate, so one product serves all four rates ...
    step = None
    if l1 == 0:
        step = training.design @ gradient
        step += intercept_gradient
    best = None
    for factor in factors:
        rate = factor * point.rate
        weights = point.weights - rate * gradient
        intercept = point.intercept - rate * intercept_gradient
        scores = point.scores
        if l1 > 0:
            # ... unless the proximal step of the L1 penalty bends the path.
            weights = np.sign(weights) * np.maximum(np.abs(weights) - rate * l1, 0)
            scores = training.design @ weights + intercept
        candidate = _point(training, loss, options, weights, intercept, scores, rate, step)
        if best is None or candidate.objective < best.objective:
            best = candidate
        elif l1 == 0 and np.isfinite(best.objective):
            break  # The objective is convex: once it rises it goes on rising.
    if step is not None:
        step *= -best.rate
        step += point.scores
        best = best._replace(scores=step)
    return best


def _point(
    training: _Problem,
    loss: _Loss,
    options: Mapping[str, Any],
    weights: Floats,
    intercept: Floats,
    scores: Floats,
    rate: float,
    step: Floats | None = None,
) -> _Point:
    """The point with its loss, which is that of the scores - rate * step if there is a step, and
    its objective, which is infinite if it is not a number."""
    mean_loss = loss.mean(scores, training.target, training.row_weights, step, rate)
    absolute, squares = np.abs(weights).sum(), np.square(weights).sum()
    penalty = options["l1_reg"] * absolute + options["l2_reg"] / 2 * squares
    objective = mean_loss + loss.scale * penalty
    objective = float(objective) if np.isfinite(objective) else np.inf
    return _Point(weights, intercept, scores, mean_loss, objective, rate)


def _evaluation_loss(evaluation: _Problem | None, loss: _Loss, point: _Point) -> float | None:
    if evaluation is None:
        return None
    scores = evaluation.design @ point.weights + point.intercept
    return loss.mean(scores, evaluation.target, evaluation.row_weights)


class _Errors(NamedTuple):
    """Standard errors of the weights (d,) and of the intercept, of the encoded features and on the
    scale of the features; None where the rows do not determine the weight."""

    weights: Sequence[float | None]
    intercept: float | None
    original_intercept: float | None


def _advanced(
    processed_input: str, category: str | None, weight: float, error: float | None
) -> AdvancedWeight:
    """With the p-value of weight / error, NaN where both are 0: a category that was dropped."""
    p_value = None
    if error is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            p_value = float(two_sided(np.float64(weight) / error))
    return AdvancedWeight(processed_input, category, weight, error, p_value)


def _standard_errors(
    design: Design,
    row_information: Floats,
    scale: float,
    encoder: Encoder,
    fit_intercept: bool,
) -> _Errors:
    """The roots of the diagonal of scale * (Z' diag(row_information) Z)^-1, Z being the design
    (n, d) and the intercept's column of ones.

    The category that DUMMY_ENCODING drops has the standard error 0.
    """
    columns, means = encoder.width, _encoded_means(encoder)
    weighted = scaled_rows(design, row_information)
    information = design.T @ weighted
    if fit_intercept:
        sums = weighted.sum(axis=0)
        information = np.block(
            [[information, sums[:, None]], [sums[None, :], np.array([[row_information.sum()]])]]
        )
    values, vectors = linalg.eigh(information)
    kept = values > values[-1] * SMALLEST_RELATIVE_EIGENVALUE
    # What is asked for are linear combinations of the weights: each one, and the intercept.
    combinations = np.vstack([np.eye(len(information)), [*-means, *[1.0] * fit_intercept]])
    squares = np.square(combinations @ vectors)
    unknown = squares[:, ~kept].sum(axis=1) > LARGEST_UNDETERMINED_SHARE * squares.sum(axis=1)
    errors = np.sqrt(scale * (squares[:, kept] / values[kept]).sum(axis=1))
    errors[_dropped(encoder)], unknown[_dropped(encoder)] = 0.0, False
    found = [
        None if is_unknown else error
        for error, is_unknown in zip(errors.tolist(), unknown.tolist(), strict=True)
    ]
    return _Errors(found[:columns], *(found[columns:] if fit_intercept else (None, None)))


class _Linear:
    """Encoded features times coefficients (d, k) plus intercept (k,), and its artifact in JSON.

    `stddevs` holds, per block of the encoder, the sample standard deviation of a number.
    """

    def __init__(
        self,
        encoder: Encoder,
        coefficients: Floats,
        intercept: Floats,
        stddevs: Sequence[float | None],
        classes: Sequence[str] | None = None,
        errors: _Errors | None = None,
    ) -> None:
        self.encoder, self.coefficients, self.intercept = encoder, coefficients, intercept
        self.stddevs, self.classes, self.errors = stddevs, classes, errors

    @classmethod
    def _prepare(
        cls, training: Dataset, options: Mapping[str, Any], previous: Self | None
    ) -> tuple[Encoder, Sequence[float | None]]:
        """The encoder and `stddevs`, of the previous model if there is one; ModelError if
        CALCULATE_P_VALUES is asked of too many encoded columns."""
        is_dummy = options["category_encoding_method"] == "DUMMY_ENCODING"
        encoder = previous.encoder if previous else Encoder.fit(training.features, dummy=is_dummy)
        if options["calculate_p_values"] and encoder.width >= P_VALUES_MAX_CARDINALITY:
            raise ModelError(
                f"option 'calculate_p_values' takes fewer than {P_VALUES_MAX_CARDINALITY} encoded "
                f"columns, and the features make {encoder.width}; leave out columns of many "
                "categories"
            )
        if previous is not None:
            return encoder, previous.stddevs
        known = {
            column.name: np.count_nonzero(~column.is_null)
            for column in training.features
            if column.categories is None
        }
        rows = len(training.label.values)
        return encoder, [
            _sample_stddev(block.stddev, known.get(block.name, rows))
            if isinstance(block, Number)
            else None
            for block in encoder.blocks
        ]

    def scores(self, features: Sequence[Column]) -> Floats:
        return products_by_row(self.encoder.transform(features), self.coefficients) + self.intercept

    def weights(self, standardize: bool) -> list[Weight]:
        """ML.WEIGHTS, by class in the order of the features, the intercept last.

        The weight of a number is per unit of the feature, or per sample standard deviation; the
        intercept is the score where all numbers are 0, or at their means.
        """
        factors, intercepts = self._factors(standardize), self._intercepts(standardize)
        labels = [None] if len(intercepts) == 1 else self.classes
        rows = []
        for label, intercept, column in zip(labels, intercepts, self.coefficients.T, strict=True):
            for block, factor, values in zip(
                self.encoder.blocks, factors, self.encoder.split(column), strict=True
            ):
                if isinstance(block, Number):
                    rows.append(Weight(block.name, factor * float(values[0]), (), label))
                else:
                    pairs = list(zip(category_names(block), values.tolist(), strict=True))
                    rows.append(Weight(block.name, None, pairs, label))
            rows.append(Weight(INTERCEPT, intercept, (), label))
        return rows

    def advanced_weights(self, standardize: bool) -> list[AdvancedWeight]:
        """ML.ADVANCED_WEIGHTS, the intercept last.

        A weight that the rows do not determine has neither standard error nor p-value, and nor
        has, in BigQuery, the intercept on the scale of the features if there are categories.
        """
        if self.errors is None:
            raise ModelError(
                "Model is not supported by ML.ADVANCED_WEIGHTS because it was not trained with "
                "calculate_p_values = true."
            )
        rows, position = [], 0
        for block, factor in zip(self.encoder.blocks, self._factors(standardize), strict=True):
            for name in [None] if isinstance(block, Number) else category_names(block):
                weight, error = self.coefficients[position, 0], self.errors.weights[position]
                error = None if error is None else factor * error
                rows.append(_advanced(block.name, name, factor * float(weight), error))
                position += 1
        if standardize:
            error = self.errors.intercept
        elif all(isinstance(block, Number) for block in self.encoder.blocks):
            error = self.errors.original_intercept
        else:
            error = None
        return [*rows, _advanced(INTERCEPT, None, self._intercepts(standardize)[0], error)]

    def _factors(self, standardize: bool) -> list[float]:
        """What the weights of each block are multiplied by."""
        return [
            (stddev if standardize else 1.0) / block.unit if isinstance(block, Number) else 1.0
            for block, stddev in zip(self.encoder.blocks, self.stddevs, strict=True)
        ]

    def _intercepts(self, standardize: bool) -> list[float]:
        moved = 0 if standardize else _encoded_means(self.encoder) @ self.coefficients
        return (self.intercept - moved).tolist()

    def _explain(self, features: Sequence[Column], column: int) -> Explanation:
        """The scores in one column of the weights, by feature.

        The attribution of a feature is the sum of its encoded values times their weights, in
        which a number counts from its mean and a category from no category.
        """
        owners = np.repeat(np.arange(len(features)), self._widths(features))
        by_feature = np.zeros((self.encoder.width, len(features)))
        by_feature[np.arange(len(owners)), owners] = self.coefficients[:, column]
        attributions = products_by_row(self.encoder.transform(features), by_feature)
        baseline = np.full(len(attributions), self.intercept[column])
        value = baseline + attributions.sum(axis=1)
        return Explanation(attributions, baseline, value, np.zeros(len(value)))

    def _widths(self, features: Sequence[Column]) -> list[int]:
        """How many encoded columns each feature has; a TIMESTAMP has several blocks."""
        nothing = np.array([], dtype=np.intp)
        widths = iter(block.width for block in self.encoder.blocks)
        return [
            sum(next(widths) for _ in Encoder.fit([feature.take(nothing)]).blocks)
            for feature in features
        ]

    def to_bytes(self) -> bytes:
        content = {
            "encoder": self.encoder.to_json(),
            "coefficients": self.coefficients.tolist(),
            "intercept": self.intercept.tolist(),
            "stddevs": self.stddevs,
            "classes": self.classes,
            "errors": self.errors and self.errors._asdict(),
        }
        return json.dumps(content, sort_keys=True, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, artifact: bytes) -> Self:
        content = json.loads(artifact)
        return cls(
            Encoder.from_json(content["encoder"]),
            np.array(content["coefficients"]),
            np.array(content["intercept"]),
            content["stddevs"],
            content["classes"],
            content["errors"] and _Errors(**content["errors"]),
        )


def _sample_stddev(population: float, rows: int) -> float:
    return population * math.sqrt(rows / (rows - 1)) if rows > 1 else population


def _encoded_means(encoder: Encoder) -> Floats:
    """The encoded value (d,) that a number moves by when it is measured from 0; 0 for the rest."""
    return np.concatenate(
        [
            [block.origin / block.unit] if isinstance(block, Number) else np.zeros(block.width)
            for block in encoder.blocks
        ]
    )


def _dropped(encoder: Encoder) -> list[int]:
    """The positions of the categories that DUMMY_ENCODING leaves out."""
    starts = np.cumsum([0, *(block.width for block in encoder.blocks)])
    return [
        int(start) + block.dropped
        for start, block in zip(starts, encoder.blocks, strict=False)
        if getattr(block, "dropped", None) is not None
    ]


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
        encoder, stddevs = cls._prepare(training, options, previous)
        problem = _Problem(encoder.transform(training.features), training.label.values)
        strategy = cls._strategy(problem.design, options)
        if strategy == "NORMAL_EQUATION":
            started = time.perf_counter()
            solution = normal_equation(*problem[:2], options["l2_reg"], options["fit_intercept"])
            weights = solution[: encoder.width, None]
            weights[_dropped(encoder)] = 0.0  # Not a rounding error.
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
            if previous is None:
                mean = problem.target.mean() if options["fit_intercept"] else 0.0
                start = np.zeros((encoder.width, 1)), np.array([mean])
            else:
                start = previous.coefficients, previous.intercept
            weights, intercept, iterations = gradient_descent(
                problem, measured, _SQUARED, start, options
            )
        errors = None
        if options["calculate_p_values"]:
            # The variance of the noise is the mean squared error, without a correction for the
            # number of weights: so are the p-values that BigQuery printed.
            scores = problem.design @ weights + intercept
            errors = _standard_errors(
                problem.design,
                np.ones(len(problem.target)),
                _SQUARED.mean(scores, problem.target, None),
                encoder,
                options["fit_intercept"],
            )
        resolved = {**options, "optimize_strategy": strategy}
        model = cls(encoder, weights, intercept, stddevs, errors=errors)
        return Training(model, resolved, iterations)

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

        def problem(data: Dataset) -> _Problem:
            codes = data.label.values
            row_weights = None
            if weights_of_classes is not None:
                row_weights = weights_of_classes[codes] / weights_of_classes[codes].mean()
            return _Problem(encoder.transform(data.features), codes, row_weights)

        if previous is None:
            outputs = 1 if is_binary else len(classes)
            start = np.zeros((encoder.width, outputs)), np.zeros(outputs)
        else:
            start = previous.coefficients, previous.intercept
        training_problem = problem(training)
        weights, intercept, iterations = gradient_descent(
            training_problem,
            evaluation and problem(evaluation),
            _BINARY_LOG if is_binary else _MULTICLASS_LOG,
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
            errors = _standard_errors(design, information, 1.0, encoder, options["fit_intercept"])
        resolved = {**options, "optimize_strategy": "BATCH_GRADIENT_DESCENT"}
        model = cls(encoder, weights, intercept, stddevs, classes, errors)
        return Training(model, resolved, iterations)

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
