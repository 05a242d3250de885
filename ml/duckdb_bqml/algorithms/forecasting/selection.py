"""The ARIMA process of least AIC, of many series of any length at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.fitting import Fitting
from duckdb_bqml.algorithms.forecasting.order import Order, candidates, differences_needed
from duckdb_bqml.algorithms.parallel import each

Floats = NDArray[np.float64]

MOST = 5
"""The greatest p and q."""
BATCH = 800  # series that are fitted together


class Search(NamedTuple):
    """What is tried: all orders with p + q from `least` to `most`, or `order` alone."""

    least: int = 0
    most: int = 2
    order: Order | None = None


class Fitted(NamedTuple):
    """One order fitted to one series; `ar` and `ma` (MOST,) are 0 beyond the order."""

    order: Order
    ar: Floats
    ma: Floats
    mean: float
    variance: float
    log_likelihood: float

    @property
    def aic(self) -> float:
        return -2.0 * self.log_likelihood + 2.0 * self.order.parameters


def fitted(
    series: Sequence[Floats], search: Search, done: Callable[[int], None] = lambda count: None
) -> list[list[Fitted]]:
    """Of each series (steps,), what was tried, by ascending AIC; `done` is told how many series
    are fitted more."""
    differences = _differences(series, search)
    batches = []
    for d in sorted(set(differences)):
        own = [i for i, one in enumerate(differences) if one == d]
        own.sort(key=lambda i: len(series[i]))
        batches += [(d, own[start : start + BATCH]) for start in range(0, len(own), BATCH)]
    found: list[list[Fitted]] = [[] for _ in series]

    def fit(batch: tuple[int, list[int]]) -> None:
        d, numbers = batch
        for number, tried in zip(
            numbers, _fit_batch([series[i] for i in numbers], d, search), strict=True
        ):
            found[number] = tried
        done(len(numbers))

    each(fit, batches, sum(map(len, series)))
    return found


def _differences(series: Sequence[Floats], search: Search) -> list[int]:
    """How often each series is differenced."""
    if search.order is not None:
        return [search.order.d] * len(series)
    by_length: dict[int, list[int]] = {}
    for i, one in enumerate(series):
        by_length.setdefault(len(one), []).append(i)
    found = [0] * len(series)
    for numbers in by_length.values():
        for start in range(0, len(numbers), BATCH):
            own = numbers[start : start + BATCH]
            needed = differences_needed(np.stack([series[i] for i in own], axis=1))
            for number, d in zip(own, needed.tolist(), strict=True):
                found[number] = d
    return found


def _fit_batch(series: Sequence[Floats], d: int, search: Search) -> list[list[Fitted]]:
    changes = [np.diff(one, d) for one in series]
    lengths = np.array([len(one) for one in changes])
    values = np.zeros((lengths.max(), len(changes)))
    for lane, one in enumerate(changes):
        values[: len(one), lane] = one
    fitting = Fitting(values, lengths)
    orders = [search.order] if search.order else candidates(d, search.least, search.most)
    tried: list[list[Fitted]] = [[] for _ in series]
    for order in orders:
        # the smallest order is tried whatever the length
        is_enough = (lengths > order.parameters + 1) | (order == orders[0])
        is_enough &= lengths > max(order.p, order.q)
        if not is_enough.any():
            continue
        fit = fitting.fit(order.p, order.q, order.has_mean)
        for lane in np.flatnonzero(is_enough):
            tried[lane].append(
                Fitted(
                    order,
                    _padded(fit.ar[:, lane]),
                    _padded(fit.ma[:, lane]),
                    float(fit.mean[lane]),
                    float(fit.variance[lane]),
                    float(fit.log_likelihood[lane]),
                )
            )
    for one in tried:
        one.sort(key=lambda fit: fit.aic)  # stable: of equal ones the smaller stays first
    return tried


def _padded(coefficients: Floats) -> Floats:
    return np.append(coefficients, np.zeros(MOST - len(coefficients)))


def by_order(orders: Sequence[Order]) -> Mapping[Order, list[int]]:
    """The places of each order."""
    found: dict[Order, list[int]] = {}
    for place, order in enumerate(orders):
        found.setdefault(order, []).append(place)
    return found
