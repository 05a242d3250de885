"""The exact Gaussian likelihood of ARMA(p, q), of many series at once.

A lane is one series under one set of coefficients. Every operation works lane by lane, so that a
lane's numbers do not depend, to the last bit, on what other lanes there are.

The covariance of the first p values and of what the autoregression leaves of the later ones is a
band of width q. Its factors L D L' give the innovations and their variances (Ansley 1979; Brockwell
and Davis, Time Series: Theory and Methods, 5.3). Once a variance has come down to 1, the factors
stand still, and what is left is the moving average's own recursion.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LANES = 8  # the fewest that numpy sums step by step
SETTLED = 1e-7  # how near to 1 a variance is taken for 1
BLOCK = 24  # steps after which lanes that have settled go on by themselves
DIFFUSE = 1e6  # the prior variance of what came before the first value, as in R's arima()
_BEFORE = {0: np.zeros((0, 0)), 1: np.array([[1.0]]), 2: np.array([[5.0, -2.0], [-2.0, 1.0]])}


def total(values: Floats) -> Floats:
    """The sums (lanes) of values (steps, lanes), step by step whatever lanes there are: numpy sums
    few lanes in another order."""
    lanes = values.shape[1]
    if 0 < lanes < LANES:
        values = values[:, np.arange(LANES) % lanes]
    return np.add.reduce(np.ascontiguousarray(values), axis=0)[:lanes]


class Coefficients(NamedTuple):
    """Of ARMA processes: `ar` (p, lanes) and `ma` (q, lanes), in the signs of
    w[t] = ar[0] w[t-1] + ... + e[t] + ma[0] e[t-1] + ..., and `autocovariance` (p + 3, lanes) of
    the autoregression alone under innovations of variance 1."""

    ar: Floats
    ma: Floats
    autocovariance: Floats


def of_partial(ar: Floats, ma: Floats) -> Coefficients:
    """The process of these partial autocorrelations, (p, lanes) and (q, lanes) inside (-1, 1).

    Every such process is stationary and invertible, and every stationary, invertible one has such.
    """
    p, lanes = ar.shape
    phi = np.empty((0, lanes))
    variance = np.ones(lanes)
    for partial in ar:
        variance = variance / (1.0 - partial * partial)
    gamma = [variance]
    for order, partial in enumerate(ar):
        ahead = partial * variance
        for lag in range(order):
            ahead = ahead + phi[lag] * gamma[order - lag]
        gamma.append(ahead)
        variance = variance * (1.0 - partial * partial)
        phi = _longer(phi, partial)
    for lag in range(p + 1, p + 3):
        gamma.append(sum((phi[i] * gamma[lag - 1 - i] for i in range(p)), np.zeros(lanes)))
    theta = np.empty((0, lanes))
    for partial in ma:
        theta = _longer(theta, partial)
    return Coefficients(phi, -theta, np.stack(gamma))


def of_coefficients(ar: Floats, ma: Floats) -> Coefficients:
    """The process of given coefficients (p, lanes) and (q, lanes), which must be stationary."""
    return of_partial(_partial(ar), _partial(-ma))


def _longer(phi: Floats, partial: Floats) -> Floats:
    """One step of Durbin and Levinson: coefficients (order + 1, lanes)."""
    return np.concatenate([phi - partial * phi[::-1], partial[None]])


def _partial(phi: Floats) -> Floats:
    """The inverse of these steps."""
    found = []
    while len(phi):
        partial = phi[-1]
        found.append(partial)
        phi = (phi[:-1] + partial * phi[-2::-1]) / (1.0 - partial * partial)
    return np.stack(found[::-1]) if found else phi


class Innovations(NamedTuple):
    """`scaled` (steps, lanes), what each value adds over its prediction, each divided by its
    standard deviation in units of the innovations'; `spread` (steps, lanes), that deviation;
    `log_variance` (lanes), the sum of the logarithms of its square."""

    scaled: Floats
    spread: Floats
    log_variance: Floats


def innovations(
    values: Floats, lengths: NDArray[np.intp], process: Coefficients, integrated: int = 0
) -> Innovations:
    """The innovations of series (steps, lanes), of which each lane has `lengths` (lanes) values.

    What follows a lane's last value counts nothing, and must be finite. With `integrated` d the
    values are those of `differences`: the first d are what the series starts with, its past being
    unknown.
    """
    steps, lanes = values.shape
    start = len(process.ar) + integrated
    rest = values.copy()
    for lag, coefficient in enumerate(process.ar, 1):
        rest[start:] -= coefficient * values[start - lag : steps - lag]
    factors = _Factors(process, start, integrated, lanes)
    spread = np.ones_like(values)
    with np.errstate(invalid="ignore"):  # of a lane shorter than its order
        factors.advance(rest, spread, 0, min(start, steps))
        if len(process.ma):
            _finish(rest, spread, factors, start)
    # where the factors stand still in all lanes, the spread is 1
    moving = int(np.flatnonzero((spread != 1.0).any(axis=1)).max(initial=-1)) + 1
    logs = spread[:moving].copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        rest[:moving] /= logs
    if len(lengths) and lengths.min() < steps:
        is_beyond = np.arange(steps)[:, None] >= lengths
        rest[is_beyond] = 0.0
        logs[is_beyond[:moving]] = 1.0
    return Innovations(rest, spread, 2.0 * total(np.log(logs)))


def _finish(rest: Floats, spread: Floats, factors: "_Factors", begin: int) -> None:
    """The steps from `begin` on. After each block, lanes that have settled go by themselves."""
    steps, lanes = rest.shape
    end = min(begin + BLOCK, steps)
    factors.advance(rest, spread, begin, end)
    if end == steps:
        return
    settled = np.flatnonzero(factors.settled)
    if len(settled) == lanes:
        _settled_steps(rest, factors.process.ma, end)
    elif 4 * len(settled) < lanes:
        _finish(rest, spread, factors, end)
    else:
        part = rest[:, settled]
        _settled_steps(part, factors.process.ma[:, settled], end)
        rest[:, settled] = part
        moving = np.flatnonzero(~factors.settled)
        part, own = rest[:, moving], spread[:, moving]
        _finish(part, own, factors.take(moving), end)
        rest[:, moving], spread[:, moving] = part, own


def _settled_steps(rest: Floats, ma: Floats, begin: int) -> None:
    """The moving average's recursion from `begin` on."""
    buffer = np.empty(rest.shape[1])
    for t in range(begin, len(rest)):
        row = rest[t]
        for lag, coefficient in enumerate(ma, 1):
            np.multiply(coefficient, rest[t - lag], out=buffer)
            row -= buffer


class _Factors:
    """L and D of the covariance, row by row; only the last rows are kept."""

    def __init__(self, process: Coefficients, start: int, integrated: int, lanes: int) -> None:
        self.process, self.start, self.integrated = process, start, integrated
        self.settled = np.zeros(lanes, dtype=bool)
        self.rows: list[list[Floats]] = []  # of the last rows, L by lag: [lag 1, lag 2, ...]
        self.variances: list[Floats] = []
        q, ma = len(process.ma), process.ma
        full = [np.ones(lanes), *ma]
        psi = [np.ones(lanes)]
        for lag in range(1, q + 1):
            weight = full[lag]
            for i in range(min(lag, len(process.ar))):
                weight = weight + process.ar[i] * psi[lag - 1 - i]
            psi.append(weight)
        nothing = np.zeros(lanes)
        # covariances by lag: of two rests, of a rest and an earlier value, of two values
        self.of_rests = [
            sum((full[i] * full[i + h] for i in range(q + 1 - h)), nothing) for h in range(q + 1)
        ]
        self.of_rest_and_value = [
            sum((full[i] * psi[i - h] for i in range(h, q + 1)), nothing) for h in range(q + 1)
        ]
        self.of_values = [
            sum(
                (self.of_rests[abs(k)] * _lagged(process, abs(h - k)) for k in range(-q, q + 1)),
                nothing,
            )
            for h in range(start)
        ]

    def take(self, lanes: NDArray[np.intp]) -> "_Factors":
        """Those of some lanes, where these stand."""
        taken = object.__new__(_Factors)
        taken.process = Coefficients(*(part[:, lanes] for part in self.process))
        taken.start, taken.integrated = self.start, self.integrated
        taken.settled = self.settled[lanes]
        taken.rows = [[one[lanes] for one in row] for row in self.rows]
        taken.variances = [one[lanes] for one in self.variances]
        for name in ("of_rests", "of_rest_and_value", "of_values"):
            setattr(taken, name, [one[lanes] for one in getattr(self, name)])
        return taken

    def advance(self, rest: Floats, spread: Floats, begin: int, end: int) -> None:
        """Turn `rest` (steps, lanes) into innovations from step `begin` to before `end`."""
        q = len(self.process.ma)
        kept = max(q, self.start)
        for t in range(begin, end):
            reach = t if t < self.start else min(q, t)
            lower, variance = self._row(t, reach)
            if t >= self.start:
                self.settled |= (variance - 1.0 < SETTLED) & (t >= self.start + q)
                variance = np.where(self.settled, 1.0, variance)
                lower = [
                    np.where(self.settled, theta, one)
                    for theta, one in zip(self.process.ma, lower, strict=False)
                ]
            for lag, coefficient in enumerate(lower, 1):
                rest[t] -= coefficient * rest[t - lag]
            spread[t] = np.sqrt(variance)
            self.rows = [lower, *self.rows[: kept - 1]]
            self.variances = [variance, *self.variances[: kept - 1]]

    def _row(self, t: int, reach: int) -> tuple[list[Floats], Floats]:
        """L of row t by lag, 1 to `reach`, and D."""
        lower: dict[int, Floats] = {}
        for lag in range(reach, 0, -1):
            value = self._covariance(t, lag)
            before = self.rows[lag - 1]  # of row t - lag
            for further in range(lag + 1, reach + 1):
                if further - lag <= len(before):
                    value = value - (
                        lower[further] * before[further - lag - 1] * self.variances[further - 1]
                    )
            lower[lag] = value / self.variances[lag - 1]
        variance = self._covariance(t, 0)
        for lag in range(1, reach + 1):
            variance = variance - lower[lag] * lower[lag] * self.variances[lag - 1]
        return [lower[lag] for lag in range(1, reach + 1)], variance

    def _covariance(self, t: int, lag: int) -> Floats:
        if t < self.start:
            value = self.of_values[lag]
            if t < self.integrated:
                value = value + DIFFUSE * _BEFORE[self.integrated][t, t - lag]
            return value
        return (self.of_rests if t - lag >= self.start else self.of_rest_and_value)[lag]


def _lagged(process: Coefficients, lag: int) -> Floats:
    """The autocovariance of the autoregression alone at any lag."""
    known = process.autocovariance
    if lag < len(known):
        return known[lag]
    values = list(known)
    while len(values) <= lag:
        nothing = np.zeros_like(values[0])
        values.append(sum((one * values[-1 - i] for i, one in enumerate(process.ar)), nothing))
    return values[lag]


def differences(values: Floats, order: int) -> Floats:
    """Series (steps, lanes) differenced `order` times in place of themselves, what they start
    with first: R's x[t] = 2 x[t-1] - x[t-2] + w[t] with nothing known before."""
    found = values.copy()
    if order == 1:
        found[1:] = values[1:] - values[:-1]
    elif order == 2:
        found[1:2] = values[1:2] - 2.0 * values[:1]
        found[2:] = values[2:] - 2.0 * values[1:-1] + values[:-2]
    return found
