"""Locally weighted regression along time, of many series at once.

The weights of such a smooth depend on the places alone, so a smooth is a sum of shifted values.
Source: Cleveland, Cleveland, McRae and Terpenning, "STL: A Seasonal-Trend Decomposition Procedure
Based on Loess", Journal of Official Statistics 6 (1990), and R's stats::stl.
"""

import functools

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Smooth:
    """A smooth of n values at given places, the values standing at 0 to n - 1.

    `window` is how many values count, `degree` 0 or 1 that of the local polynomial. Of the places
    only every `jump`-th is computed, and the last; what lies between is interpolated.
    """

    def __init__(self, n: int, window: int, degree: int, jump: int, before: int, after: int):
        last = n - 1 + after
        places = np.arange(-before, last + 1)
        # what lies outside of the values is never jumped over
        inner = range(0, n, max(min(jump, n - 1), 1))
        outer = (*range(-before, 0), *range(n, last + 1))
        self.knots = np.array(sorted({*outer, *inner, n - 1}))
        width = min(window, n)
        left = np.clip(self.knots - (window - 1) // 2, 0, n - width)
        self.columns = left[:, None] + np.arange(width)
        self.weights = _weights(self.knots, self.columns, n, window, degree)
        place = np.clip(np.searchsorted(self.knots, places, side="right") - 1, 0, None)
        self.lower = np.minimum(place, max(len(self.knots) - 2, 0))
        self.upper = np.minimum(self.lower + 1, len(self.knots) - 1)
        gap = np.maximum(self.knots[self.upper] - self.knots[self.lower], 1)
        self.share = (places - self.knots[self.lower]) / gap

    def __call__(self, values: Floats) -> Floats:
        """Of values (n, ...), the smooth (places, ...)."""
        shape = (-1, *([1] * (values.ndim - 1)))
        found = self.weights[:, 0].reshape(shape) * values[self.columns[:, 0]]
        for k in range(1, self.columns.shape[1]):
            found += self.weights[:, k].reshape(shape) * values[self.columns[:, k]]
        if len(self.knots) == len(self.share):
            return found
        low = found[self.lower]
        return low + self.share.reshape(shape) * (found[self.upper] - low)


@functools.lru_cache(256)
def smooth(
    n: int, window: int, degree: int, jump: int = 1, before: int = 0, after: int = 0
) -> Smooth:
    return Smooth(n, window, degree, jump, before, after)


def _weights(
    places: NDArray[np.intp], columns: NDArray[np.intp], n: int, window: int, degree: int
) -> Floats:
    """The weight (places, width) of each value in the smooth at each place."""
    at = places[:, None].astype(np.float64)
    reach = np.maximum(at - columns[:, :1], columns[:, -1:] - at)
    if window > n:
        reach = reach + (window - n) // 2
    distance = np.abs(columns - at)
    reach = np.where(reach > 0, reach, 1.0)
    tricube = (1.0 - (distance / reach) ** 3) ** 3
    tricube = np.where(distance <= 0.001 * reach, 1.0, tricube)
    tricube = np.where(distance <= 0.999 * reach, tricube, 0.0)
    weights = tricube / tricube.sum(axis=1, keepdims=True)
    if degree:
        middle = (weights * columns).sum(axis=1, keepdims=True)
        spread = (weights * (columns - middle) ** 2).sum(axis=1, keepdims=True)
        is_wide = np.sqrt(spread) > 0.001 * (n - 1)
        slope = np.where(is_wide, (at - middle) / np.where(is_wide, spread, 1.0), 0.0)
        weights = weights * (1.0 + slope * (columns - middle))
    return weights
