"""What a fitted ARIMA process says of series: one step ahead inside of them, and beyond their end.

Arrays are (steps, lanes), a lane being a series; all lanes have one order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting import arma
from duckdb_bqml.algorithms.forecasting.order import Order

Floats = NDArray[np.float64]


class Process(NamedTuple):
    """Of each lane `ar` (p, lanes), `ma` (q, lanes), `mean` (lanes), which is the intercept or the
    drift, and `variance` (lanes) of the innovations."""

    order: Order
    ar: Floats
    ma: Floats
    mean: Floats
    variance: Floats

    def inside(self, values: Floats) -> Floats:
        """Each of the values (steps, lanes) as those before it predict it. Nothing is known of what
        came before the first, so the prediction of the first d values begins at 0."""
        return values - self._innovations(values)

    def ahead(self, values: Floats, steps: int) -> tuple[Floats, Floats]:
        """The means (steps, lanes) of what follows the values (n, lanes), and their standard
        errors."""
        d, q = self.order.d, self.order.q
        n, lanes = values.shape
        full = self._full_ar()
        found = np.empty((len(full) + steps, lanes))
        centred = self._centred(values, 0)
        kept = min(len(full), n)
        found[: len(full) - kept] = 0.0
        found[len(full) - kept : len(full)] = centred[n - kept :]
        last = self._innovations(values)[::-1] if q else np.empty((0, lanes))
        psi = np.zeros((steps, lanes))
        for h in range(steps):
            at = len(full) + h
            mean = np.zeros(lanes)
            weight = self.ma[h - 1].copy() if 0 < h <= q else np.zeros(lanes)
            if h == 0:
                weight = np.ones(lanes)
            for lag, coefficient in enumerate(full, 1):
                mean += coefficient * found[at - lag]
                if lag <= h:
                    weight += coefficient * psi[h - lag]
            for lag in range(h + 1, q + 1):
                if lag - h - 1 < len(last):
                    mean += self.ma[lag - 1] * last[lag - h - 1]
            found[at], psi[h] = mean, weight
        means = found[len(full) :]
        if d < 2:
            means = means + self._line(np.arange(n, n + steps))
        return means, np.sqrt(self.variance * np.cumsum(psi * psi, axis=0))

    def _line(self, steps: NDArray[np.intp]) -> Floats:
        """What the mean adds at some steps (n,) from 0: (n, lanes)."""
        times = steps[:, None] + 1.0 if self.order.d else np.ones((len(steps), 1))
        return times * self.mean

    def _centred(self, values: Floats, begin: int) -> Floats:
        if self.order.d == 2:
            return values
        return values - self._line(np.arange(begin, begin + len(values)))

    def _innovations(self, values: Floats) -> Floats:
        d = self.order.d
        rest = arma.differences(self._centred(values, 0), d)
        lengths = np.full(values.shape[1], len(values))
        found = arma.innovations(rest, lengths, arma.of_coefficients(self.ar, self.ma), d)
        return found.scaled * found.spread

    def _full_ar(self) -> list[Floats]:
        """The autoregression of the values themselves: that of the differences, summed up."""
        lanes = len(self.mean)
        polynomial = [np.ones(lanes), *(-one for one in self.ar)]
        for _ in range(self.order.d):
            longer = [*polynomial, np.zeros(lanes)]
            for k in range(1, len(longer)):
                longer[k] = longer[k] - polynomial[k - 1]
            polynomial = longer
        return [-one for one in polynomial[1:]]
