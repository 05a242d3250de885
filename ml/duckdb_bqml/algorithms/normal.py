"""The normal distribution as BigQuery ML computes it, for p-values, intervals and anomalies.

For x >= 0, cdf(x) = 1 - 1 / (2 q(x)^4) with the polynomial q below. Source: Abramowitz and
Stegun, "Handbook of Mathematical Functions", 26.2.18. It errs by up to 2.5e-4, and its tail, which
falls as x^-16 only, makes a small p-value larger than it is.

BigQuery inverts it by halving an interval to less than 1e-5: the multipliers it prints for
confidences of 0.8, 0.9, 0.95, 0.98 and 0.99 are those midpoints, not the exact inverse.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_HIGHEST = 10.0
_HALVINGS = 20


def two_sided(x: ArrayLike) -> Floats:
    """The probability of lying farther from 0 than `x`, in its shape: the p-value of a score."""
    x = np.abs(np.asarray(x, dtype=np.float64))
    return (1 + x * (0.196854 + x * (0.115194 + x * (0.000344 + x * 0.019527)))) ** -4.0


def cdf(x: ArrayLike) -> Floats:
    """The probability of lying below `x`, in its shape."""
    tail = two_sided(x) / 2
    return np.where(np.asarray(x) < 0, tail, 1 - tail)


def quantile(probability: ArrayLike) -> Floats:
    """Where `cdf` has these probabilities, to 5e-6; infinite for 0 and 1, else within +-10."""
    p = np.asarray(probability, dtype=np.float64)
    low, high = np.zeros_like(p), np.full_like(p, _HIGHEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_below = two_sided(middle) > 2 * np.minimum(p, 1 - p)
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    x = np.where((p > 0) & (p < 1), (low + high) / 2, np.inf)
    return np.where(p == 0.5, 0.0, np.copysign(x, p - 0.5))
