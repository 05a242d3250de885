"""What training makes small: the squared error, and the log loss of two classes or of more.

LINEAR_REG and LOGISTIC_REG minimize

    loss + c * (l1_reg * sum |w| + l2_reg / 2 * sum w^2)

over the encoded features, the intercept not being penalized. The loss is the mean squared error
(c = 2) or the mean log loss (c = 1), so that gradient descent on half the squared error and the
normal equation have the same minimum. BigQuery does not document where its penalties enter.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

ROWS_AT_ONCE = 2_048
LARGEST_EXPONENT = 600.0


class Loss(NamedTuple):
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
            for part in parts(len(target)):
                of_part = scores[part] if step is None else scores[part] - rate * step[part]
                losses = self.of_rows(of_part, target[part])
                total += losses.sum() if row_weights is None else losses @ row_weights[part]
        return float(total / (len(target) if row_weights is None else row_weights.sum()))


def parts(rows: int) -> Iterator[slice]:
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


SQUARED = Loss(
    of_rows=lambda scores, target: (scores[:, 0] - target) ** 2,
    residual=lambda scores, target: scores - target[:, None],
    scale=2.0,
)
BINARY_LOG = Loss(
    of_rows=lambda scores, target: np.logaddexp(0, scores[:, 0]) - target * scores[:, 0],
    residual=lambda scores, target: expit(scores) - target[:, None],
    scale=1.0,
)
MULTICLASS_LOG = Loss(
    of_rows=_cross_entropy,
    residual=_cross_entropy_residual,
    scale=1.0,
)
