"""Which ARIMA processes are tried, and how often a series is differenced first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.arma import total

Floats = NDArray[np.float64]

NOT_STATIONARY = 0.463
"""The statistic of Kwiatkowski, Phillips, Schmidt and Shin that 5 % of stationary series exceed
(Journal of Econometrics 54, 1992)."""
MOST_DIFFERENCES = 2


class Order(NamedTuple):
    """ARIMA(p, d, q); a drift is the mean of the differences. Without differences there is always
    a mean, which BigQuery calls the intercept."""

    p: int
    d: int
    q: int
    has_drift: bool = False

    @property
    def has_mean(self) -> bool:
        return self.has_drift or self.d == 0

    @property
    def parameters(self) -> int:
        """As BigQuery counts them for the AIC, which is -2 log-likelihood + 2 parameters."""
        return self.p + self.q + self.has_drift + 1


def candidates(d: int, least: int, most: int) -> list[Order]:
    """Those of auto.ARIMA with p + q from `least` to `most`, each with drift and without if d is
    1; of equal ones the smaller comes first."""
    orders = [
        Order(p, d, total - p, has_drift)
        for total in range(least, most + 1)
        for p in range(total + 1)
        for has_drift in ((False, True) if d == 1 else (False,))
    ]
    return sorted(orders, key=lambda order: order.parameters)


def differences_needed(values: Floats) -> NDArray[np.intp]:
    """How often (lanes) series (steps, lanes) have to be differenced to be stationary around a
    level, by the test of KPSS: 0, 1 or 2."""
    found = np.zeros(values.shape[1], dtype=np.intp)
    undecided = np.arange(values.shape[1])
    for _ in range(MOST_DIFFERENCES):
        is_moving = kpss(values) > NOT_STATIONARY
        undecided, values = undecided[is_moving], values[:, is_moving]
        if not len(undecided) or len(values) < 3:
            break
        found[undecided] += 1
        values = values[1:] - values[:-1]
    return found


def kpss(values: Floats) -> Floats:
    """The statistic (lanes) of series (steps, lanes) for a level, its long-run variance by
    Bartlett's weights of trunc(3 sqrt(steps) / 13) lags, as in R's forecast::ndiffs."""
    steps = len(values)
    rest = values - total(values) / steps
    variance = total(rest * rest)
    lags = int(3 * np.sqrt(steps) / 13)
    for lag in range(1, lags + 1):
        weight = 2.0 * (1.0 - lag / (lags + 1))
        variance = variance + weight * total(rest[lag:] * rest[:-lag])
    partial = np.cumsum(rest, axis=0)
    size = np.abs(values).max(axis=0, initial=0.0)
    is_flat = ~(variance > (1e-9 * size) ** 2 * steps)
    squares = total(partial * partial)
    return np.where(is_flat, 0.0, squares / steps / np.where(is_flat, 1.0, variance))
