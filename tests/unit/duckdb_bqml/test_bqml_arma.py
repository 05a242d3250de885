"""The likelihood of ARMA processes against the density written out, and what is fitted by it."""

import numpy as np
import pytest
from duckdb_bqml.algorithms.forecasting import arma, fitting
from hypothesis import given, settings
from hypothesis import strategies as st

LANES = 8
ORDERS = st.tuples(st.integers(0, 3), st.integers(0, 3))
LAGS = 4000


def process(seed, p, q):
    """Eight processes, none of them near a unit root."""
    random = np.random.default_rng(seed)
    partial = random.uniform(-0.8, 0.8, size=(p + q, LANES))
    return arma.of_partial(partial[:p], partial[p:])


def covariance(found, lane, length):
    """By the weights of past innovations, as many as matter."""
    ar, ma = found.ar[:, lane], found.ma[:, lane]
    weights = np.zeros(LAGS)
    weights[0] = 1.0
    for lag in range(1, LAGS):
        weights[lag] = ma[lag - 1] if lag <= len(ma) else 0.0
        for i in range(min(lag, len(ar))):
            weights[lag] += ar[i] * weights[lag - 1 - i]
    gamma = [weights[: LAGS - lag] @ weights[lag:] for lag in range(length)]
    return np.array([[gamma[abs(i - j)] for j in range(length)] for i in range(length)])


@settings(max_examples=25, deadline=None)
@given(ORDERS, st.integers(0, 2**32 - 1), st.integers(1, 70))
def test_innovations_are_those_of_the_density(orders, seed, length):
    found = process(seed, *orders)
    values = np.random.default_rng(seed).normal(size=(length, LANES))
    made = arma.innovations(values, np.full(LANES, length), found)
    for lane in range(LANES):
        matrix = covariance(found, lane, length)
        squares = values[:, lane] @ np.linalg.solve(matrix, values[:, lane])
        assert (made.scaled[:, lane] ** 2).sum() == pytest.approx(squares, rel=1e-6)
        assert made.log_variance[lane] == pytest.approx(np.linalg.slogdet(matrix)[1], abs=1e-6)


@pytest.mark.parametrize("order", [1, 2])
def test_what_came_before_an_integrated_series_is_unknown(order):
    found = process(5, 2, 1)
    walk = np.cumsum(np.random.default_rng(5).normal(size=(30, LANES)), axis=0)
    made = arma.innovations(arma.differences(walk, order), np.full(LANES, 30), found, order)
    for lane in range(LANES):
        # the series as a sum of the process and of what came before it
        shocks = covariance(found, lane, 30)
        integrate = np.eye(30)
        for _ in range(order):
            integrate = np.tril(np.ones((30, 30))) @ integrate
        before = [[1.0] if order == 1 else [t + 2.0, -t - 1.0] for t in range(30)]
        start = np.array(before)
        matrix = integrate @ shocks @ integrate.T + arma.DIFFUSE * start @ start.T
        factor = np.linalg.cholesky(matrix)
        expected = np.linalg.solve(factor, walk[:, lane])
        assert made.scaled[:, lane] == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_coefficients_are_read_back():
    found = process(1, 3, 2)
    again = arma.of_coefficients(found.ar, found.ma)
    assert again.ar == pytest.approx(found.ar) and again.ma == pytest.approx(found.ma)
    assert again.autocovariance == pytest.approx(found.autocovariance)


def series(seed, count, length=150):
    random = np.random.default_rng(seed)
    noise = random.normal(size=(length, count))
    values = noise.copy()
    ar, ma = random.uniform(-0.8, 0.8, size=(2, count))
    for t in range(1, length):
        values[t] = ar * values[t - 1] + noise[t] + ma * noise[t - 1]
    return 100.0 + 5.0 * values


ALL = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (2, 2)]


@pytest.mark.parametrize(("p", "q"), ALL)
@pytest.mark.parametrize("has_mean", [False, True])
def test_a_fit_does_not_depend_on_the_series_beside_it(p, q, has_mean):
    values = series(2, 12)
    lengths = np.array([150, 30, 2, 1, *[150] * 8])
    together = fitting.fit(values, lengths, p, q, has_mean)
    for number in (0, 1, 2, 3, 11):
        length = lengths[number]
        alone = fitting.fit(
            values[:length, number : number + 1], lengths[number : number + 1], p, q, has_mean
        )
        for one, other in zip(alone, together, strict=True):
            assert np.array_equal(one[..., 0], other[..., number])


@pytest.mark.parametrize(("p", "q"), ALL[1:])
def test_no_neighbour_of_a_fit_is_more_likely(p, q):
    values = series(3, LANES)
    lengths = np.full(LANES, len(values))
    found = fitting.fit(values, lengths, p, q, True)

    def likelihood(ar, ma, mean):
        made = arma.innovations(values - mean, lengths, arma.of_coefficients(ar, ma))
        variance = (made.scaled**2).mean(axis=0)
        return -0.5 * (
            len(values) * (np.log(2 * np.pi * variance) + 1.0) + made.log_variance
        ), variance

    best, variance = likelihood(found.ar, found.ma, found.mean)
    assert found.log_likelihood == pytest.approx(best, abs=1e-6)
    assert found.variance == pytest.approx(variance, rel=1e-9)
    for step in (0.01, -0.01):
        for i in range(p):
            moved = found.ar.copy()
            moved[i] += step
            if (abs(moved) < 1).all():
                assert (likelihood(moved, found.ma, found.mean)[0] < best + 1e-4).all()
        assert (likelihood(found.ar, found.ma, found.mean + 20 * step)[0] < best + 1e-4).all()


def test_a_series_without_spread_has_variance_0():
    values = np.full((20, LANES), 7.0)
    found = fitting.fit(values, np.full(LANES, 20), 1, 1, True)
    assert (found.variance == 0).all() and (found.mean == 7).all()
    assert np.isinf(found.log_likelihood).all()
