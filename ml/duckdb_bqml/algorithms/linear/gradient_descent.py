"""Gradient descent: the weights that make a loss smallest, found step by step.

The penalties of L1_REG and L2_REG are part of what is made small; loss.py has the formula.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms.design import Design
from duckdb_bqml.algorithms.linear.loss import Loss, parts

Floats = NDArray[np.float64]

LINE_SEARCH_FACTORS = (2.0, 1.0, 0.5, 0.25)


class Problem(NamedTuple):
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


def gradient_descent(
    training: Problem,
    evaluation: Problem | None,
    loss: Loss,
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
    training: Problem,
    loss: Loss,
    options: Mapping[str, Any],
    point: _Point,
    factors: Sequence[float],
) -> _Point:
    """The best of the points one gradient step away, one per factor; `factors` descend."""
    l1, l2 = options["l1_reg"], options["l2_reg"]
    residual = np.empty(point.scores.shape)
    for part in parts(len(residual)):
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
    training: Problem,
    loss: Loss,
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


def _evaluation_loss(evaluation: Problem | None, loss: Loss, point: _Point) -> float | None:
    if evaluation is None:
        return None
    scores = evaluation.design @ point.weights + point.intercept
    return loss.mean(scores, evaluation.target, evaluation.row_weights)
