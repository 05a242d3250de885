"""ARMA coefficients of greatest likelihood, of many series at once.

The likelihood, its variance concentrated out, is a sum of squares: that of the scaled innovations
times the geometric mean of their variances. Levenberg and Marquardt's method finds the least, in
partial autocorrelations, so that no step leaves the stationary and invertible processes. The mean
is one more parameter.

The likelihood of a mixed process has several maxima. The search begins at the best of some places
of a grid, and of the maxima of the smaller processes, which are processes of this order, too. So a
process of more coefficients never has a smaller likelihood.
"""

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting import arma
from duckdb_bqml.algorithms.forecasting.arma import Floats, total

STEP = 1e-6  # of the derivatives
NEAR = 1e-5  # a step that is expected to add less to the log-likelihood is the last
ITERATIONS = 25
BOUND = 6.0  # of the inverse hyperbolic tangent of a partial autocorrelation
GRID = {"ar": (-0.8, -0.3, 0.3, 0.8), "ma": (-0.7, 0.0, 0.7)}  # first partial autocorrelations
STARTS = 3  # of the places where a search could begin, the best, where there are many maxima


class Fit(NamedTuple):
    """Of each series (lanes): `ar` (p, lanes), `ma` (q, lanes), `mean`, `variance` of the
    innovations and `log_likelihood`. A series without any spread has variance 0 and an infinite
    likelihood."""

    ar: Floats
    ma: Floats
    mean: Floats
    variance: Floats
    log_likelihood: Floats


class Fitting:
    """The ARMA processes of series (steps, lanes) with `lengths` (lanes) values each."""

    def __init__(self, values: Floats, lengths: NDArray[np.intp]) -> None:
        self._values, self._lengths = values, lengths
        self._found: dict[tuple[int, int, bool], tuple[Floats, Floats]] = {}

    def fit(self, p: int, q: int, has_mean: bool) -> Fit:
        """That of an order."""
        problem = _Problem(self._values, self._lengths, p, q, has_mean)
        return problem.read(*self._maximum(p, q, has_mean))

    def _maximum(self, p: int, q: int, has_mean: bool) -> tuple[Floats, Floats]:
        """The parameters (k, lanes) of an order, and the objective (lanes) there."""
        key = (p, q, has_mean)
        if key not in self._found:
            problem = _Problem(self._values, self._lengths, p, q, has_mean)
            self._found[key] = problem.maximum(self._starts(p, q, has_mean))
        return self._found[key]

    def _starts(self, p: int, q: int, has_mean: bool) -> list[Floats]:
        """Parameters (k, lanes) to begin with."""
        lanes = len(self._lengths)
        nothing = np.zeros((1, lanes))
        starts = []
        if has_mean:
            starts.append(np.concatenate([self._maximum(p, q, False)[0], nothing]))
        if p:
            smaller = self._maximum(p - 1, q, has_mean)[0]
            starts.append(np.concatenate([smaller[: p - 1], nothing, smaller[p - 1 :]]))
        if q:
            smaller = self._maximum(p, q - 1, has_mean)[0]
            ar_and_ma = p + q - 1
            starts.append(np.concatenate([smaller[:ar_and_ma], nothing, smaller[ar_and_ma:]]))
        if p + q and not has_mean:
            first = [GRID["ar"] if p else (0.0,), GRID["ma"] if q else (0.0,)]
            for ar, ma in itertools.product(*first):
                one = np.zeros((p + q, lanes))
                one[:p][:1], one[p:][:1] = np.arctanh(ar), np.arctanh(ma)
                starts.append(one)
        return starts


def fit(values: Floats, lengths: NDArray[np.intp], p: int, q: int, has_mean: bool) -> Fit:
    """The ARMA(p, q) of series (steps, lanes) with `lengths` (lanes) values each."""
    return Fitting(values, lengths).fit(p, q, has_mean)


class _Problem:
    """The least squares of one order: parameters (p + q + mean, lanes)."""

    def __init__(
        self, values: Floats, lengths: NDArray[np.intp], p: int, q: int, has_mean: bool
    ) -> None:
        self.p, self.q, self.has_mean = p, q, has_mean
        self.lengths = lengths
        counts = np.maximum(lengths, 1)
        step = np.arange(len(values))[:, None]
        is_given = step < lengths
        values = np.where(is_given, values, 0.0)
        middle = total(values) / counts if has_mean else np.zeros(len(lengths))
        centred = np.where(is_given, values - middle, 0.0)
        scale = np.sqrt(total(centred * centred) / counts)
        self.is_flat = ~(scale > 1e-12 * (np.abs(values).max(axis=0, initial=0.0)))
        self.scale = np.where(self.is_flat, 1.0, scale)
        self.middle = middle
        self.values = centred / self.scale
        self.is_given = is_given

    def maximum(self, starts: list[Floats]) -> tuple[Floats, Floats]:
        """The best that is near the best of the starts, each (k, lanes): the parameters, and the
        objective (lanes)."""
        lanes = np.arange(len(self.lengths))
        if self.p + self.q + self.has_mean == 0:
            nothing = np.zeros((0, len(lanes)))
            return nothing, self._objective(nothing, lanes)[0]
        there = np.stack([self._objective(start, lanes)[0] for start in starts])
        has_many = self.p and self.q and not self.has_mean
        order = there.argsort(axis=0, kind="stable")[: STARTS if has_many else 1]
        places = np.stack(starts, axis=1)  # (k, starts, lanes)
        begin = [places[:, row, lanes] for row in order]
        found, least = self.search(np.concatenate(begin, axis=1))
        found, least = found.reshape(len(found), -1, len(lanes)), least.reshape(-1, len(lanes))
        best = least.argmin(axis=0)
        return found[:, best, lanes], least[best, lanes]

    def search(self, parameters: Floats) -> tuple[Floats, Floats]:
        """From parameters (k, lanes times m), m sets of all lanes, those of the least objective
        nearby, and the objective (lanes times m)."""
        k, points = parameters.shape
        lanes = np.tile(np.arange(self.values.shape[1]), points // self.values.shape[1])
        if k == 0:
            return parameters, self._objective(parameters, lanes)[0]
        found = parameters.copy()
        least, normal, slope = self._linearized(found, lanes)
        damping = np.full(points, 1e-3)
        live = np.flatnonzero(~self.is_flat[lanes])
        for _ in range(ITERATIONS):
            if not len(live):
                break
            matrix, downhill = normal[live].copy(), slope[live].copy()
            diagonal = np.einsum("lii->li", matrix)
            diagonal += damping[live, None] * diagonal + 1e-12
            self._hold(found[:, live], matrix, downhill)
            step = np.linalg.solve(matrix, downhill[..., None])[..., 0]
            gain = (step * downhill).sum(axis=1)  # of the log-likelihood, as it is expected
            tried = np.clip(found[:, live] - step.T, -BOUND, BOUND)
            if self.has_mean:
                tried[-1] = found[-1, live] - step.T[-1]
            reached, new_normal, new_slope = self._linearized(tried, lanes[live])
            is_better = reached < least[live]
            took = live[is_better]
            found[:, took] = tried[:, is_better]
            least[took] = reached[is_better]
            normal[took], slope[took] = new_normal[is_better], new_slope[is_better]
            damping[live] = np.where(is_better, damping[live] * 0.1, damping[live] * 10.0)
            goes_on = (gain > NEAR) & (damping[live] < 1e8)
            live = live[goes_on]
        return found, least

    def _hold(self, parameters: Floats, matrix: Floats, slope: Floats) -> None:
        """Take out of the step what stands at its bound and would go beyond."""
        for i in range(self.p + self.q):
            held = (np.abs(parameters[i]) >= BOUND) & (parameters[i] * slope[:, i] < 0)
            matrix[held, i, :] = 0.0
            matrix[held, :, i] = 0.0
            matrix[held, i, i] = 1.0
            slope[held, i] = 0.0

    def _objective(
        self, parameters: Floats, lanes: NDArray[np.intp]
    ) -> tuple[Floats, Floats, Floats]:
        """Minus the concentrated log-likelihood but for a constant, the scaled innovations and
        the sums of logarithms; `parameters` (k, lanes times m) are m sets of the same lanes."""
        sets = parameters.shape[1] // len(lanes)
        process = arma.of_partial(
            np.tanh(parameters[: self.p]), np.tanh(parameters[self.p : self.p + self.q])
        )
        values = np.tile(self.values[:, lanes], sets)
        lengths = np.tile(self.lengths[lanes], sets)
        if self.has_mean:
            values -= parameters[-1]
            if lengths.min() < len(values):
                values[~np.tile(self.is_given[:, lanes], sets)] = 0.0
        scaled, _, logs = arma.innovations(values, lengths, process)
        squares = total(scaled * scaled)
        with np.errstate(divide="ignore"):
            objective = 0.5 * (lengths * np.log(squares / np.maximum(lengths, 1)) + logs)
        return objective, scaled, logs

    def _linearized(
        self, parameters: Floats, lanes: NDArray[np.intp]
    ) -> tuple[Floats, Floats, Floats]:
        """The objective (lanes), its Gauss-Newton matrix (lanes, k, k) and slope (lanes, k)."""
        k, count = parameters.shape
        moved = [parameters]
        for i in range(k):
            one = parameters.copy()
            one[i] += STEP
            moved.append(one)
        objective, scaled, logs = self._objective(np.concatenate(moved, axis=1), lanes)
        scaled = scaled.reshape(len(scaled), k + 1, count)
        logs = logs.reshape(k + 1, count)
        base = scaled[:, 0]
        lengths = np.maximum(self.lengths[lanes], 1)
        squares = total(base * base)
        weight = lengths / np.where(squares > 0, squares, 1.0)
        changes = [
            (scaled[:, i + 1] - base) / STEP
            + base * ((logs[i + 1] - logs[0]) / STEP / (2 * lengths))
            for i in range(k)
        ]
        normal = np.empty((count, k, k))
        slope = np.empty((count, k))
        for i in range(k):
            slope[:, i] = total(changes[i] * base) * weight
            for j in range(i + 1):
                normal[:, i, j] = normal[:, j, i] = total(changes[i] * changes[j]) * weight
        return objective[:count], normal, slope

    def read(self, parameters: Floats, objective: Floats) -> Fit:
        process = arma.of_partial(
            np.tanh(parameters[: self.p]), np.tanh(parameters[self.p : self.p + self.q])
        )
        mean = self.middle + (self.scale * parameters[-1] if self.has_mean else 0.0)
        _, scaled, _ = self._objective(parameters, np.arange(len(self.lengths)))
        counts = np.maximum(self.lengths, 1)
        variance = total(scaled * scaled) / counts * self.scale**2
        likelihood = -objective - counts * (np.log(self.scale) + 0.5 * (np.log(2 * np.pi) + 1.0))
        return Fit(
            process.ar,
            process.ma,
            np.where(self.is_flat, self.middle, mean),
            np.where(self.is_flat, 0.0, variance),
            np.where(self.is_flat, np.inf, likelihood),
        )
