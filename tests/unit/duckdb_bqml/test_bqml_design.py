import numpy as np
import pytest
from duckdb_bqml.algorithms.design import (
    BLOCK,
    Mixed,
    group_sums,
    products_by_row,
    squared_norms,
    to_dense,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix


@st.composite
def designs(draw):
    """A Mixed and the same matrix as one array."""
    rows, dense, sparse = (draw(st.integers(least, 5)) for least in (1, 0, 1))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    left = random.normal(size=(rows, dense))
    right = random.normal(size=(rows, sparse)) * (random.random((rows, sparse)) < 0.5)
    at = random.permutation(dense + sparse)
    whole = np.empty((rows, dense + sparse))
    whole[:, at[:dense]], whole[:, at[dense:]] = left, right
    return Mixed(left, at[:dense], csr_matrix(right), at[dense:]), whole, random


@given(designs())
def test_a_mixed_matrix_calculates_like_an_array(drawn):
    mixed, whole, random = drawn
    rows, width = whole.shape
    vector, left = random.normal(size=width), random.normal(size=(rows, 2))
    right = random.normal(size=(width, 3))
    assert mixed.shape == whole.shape
    assert np.array_equal(to_dense(mixed), whole) and to_dense(whole) is whole
    assert mixed @ vector == pytest.approx(whole @ vector)
    assert mixed @ right == pytest.approx(whole @ right)
    assert products_by_row(mixed, right) == pytest.approx(whole @ right)
    assert mixed.T @ left == pytest.approx(whole.T @ left)
    assert mixed.T @ left[:, 0] == pytest.approx(whole.T @ left[:, 0])
    assert mixed.T @ mixed == pytest.approx(whole.T @ whole)
    assert mixed.sum(axis=0) == pytest.approx(whole.sum(axis=0))
    assert mixed.sum(axis=1) == pytest.approx(whole.sum(axis=1))
    assert squared_norms(mixed) == pytest.approx(squared_norms(whole))
    for some in (slice(1, None), np.array([0, 0]), np.arange(rows) % 2 == 0):
        assert np.array_equal(to_dense(mixed[some]), whole[some])


@given(designs())
def test_sums_of_groups_are_those_of_an_array(drawn):
    mixed, whole, random = drawn
    groups = random.integers(0, 3, len(whole))
    expected = np.array([whole[groups == k].sum(axis=0) for k in range(4)])
    assert group_sums(mixed, groups, 4) == pytest.approx(expected)
    assert group_sums(whole, groups, 4) == pytest.approx(expected)


@pytest.mark.parametrize("width", [1, 3, 20])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_rows_beside_it_change_no_bit_of_a_product(width, order):
    random = np.random.default_rng(width)
    rows = np.array(random.normal(size=(2 * BLOCK + 5, width)), order=order)
    other = random.normal(size=(width, 4))
    products, norms = products_by_row(rows, other), squared_norms(rows)
    assert products == pytest.approx(rows @ other)
    assert norms == pytest.approx(np.square(rows).sum(axis=1))
    for part in (slice(0, 1), slice(2, 9), slice(BLOCK - 3, BLOCK + 1), slice(2 * BLOCK, None)):
        few = np.array(rows[part], order=order)
        assert np.array_equal(products_by_row(few, other), products[part])
        assert np.array_equal(squared_norms(few), norms[part])
