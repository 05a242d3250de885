"""Design matrices: dense where no column is sparse, else dense and sparse side by side."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

Floats = NDArray[np.float64]

BLOCK = 2_048


class Mixed:
    """A matrix (n, width) whose columns are partly dense, partly sparse.

    Column `dense_at[j]` is column j of `dense` (n, p), column `sparse_at[j]` column j of `sparse`
    (n, q); each of the p + q columns is one of them. It multiplies like an array, from the left
    and, as `mixed.T`, from the right; only `toarray` fills in the zeros.
    """

    def __init__(
        self,
        dense: Floats,
        dense_at: NDArray[np.intp],
        sparse: csr_matrix,
        sparse_at: NDArray[np.intp],
    ) -> None:
        self.dense, self.dense_at = dense, dense_at
        self.sparse, self.sparse_at = sparse, sparse_at

    @property
    def shape(self) -> tuple[int, int]:
        return self.dense.shape[0], len(self.dense_at) + len(self.sparse_at)

    @property
    def T(self) -> "_Transposed":
        return _Transposed(self)

    def __matmul__(self, other: Floats) -> Floats:
        """The product (n,) or (n, k) with `other` (width,) or (width, k)."""
        # The rows of a sparse product are read one by one: they must lie together.
        of_sparse = np.ascontiguousarray(other[self.sparse_at])
        return self.dense @ other[self.dense_at] + self.sparse @ of_sparse

    def __getitem__(self, rows: Any) -> "Mixed":
        """The rows of a slice, a mask or an array of row numbers."""
        return Mixed(self.dense[rows], self.dense_at, self.sparse[rows], self.sparse_at)

    def sum(self, axis: int) -> Floats:
        """The sums (width,) of the columns for axis 0, (n,) of the rows for axis 1."""
        of_dense = self.dense.sum(axis=axis)
        of_sparse = np.asarray(self.sparse.sum(axis=axis)).ravel()
        return of_dense + of_sparse if axis == 1 else self._joined(of_dense, of_sparse)

    def toarray(self) -> Floats:
        whole = np.empty(self.shape)
        whole[:, self.dense_at], whole[:, self.sparse_at] = self.dense, self.sparse.toarray()
        return whole

    def _joined(self, of_dense: Floats, of_sparse: Floats) -> Floats:
        joined = np.empty((self.shape[1], *of_dense.shape[1:]))
        joined[self.dense_at], joined[self.sparse_at] = of_dense, of_sparse
        return joined


class _Transposed:
    """The transpose of a Mixed, as the left side of a product."""

    def __init__(self, mixed: Mixed) -> None:
        self._mixed = mixed

    def __matmul__(self, other: "Floats | Mixed") -> Floats:
        """The product with (n,) or (n, k), or with a Mixed: a Gram matrix (width, width)."""
        mixed = self._mixed
        if not isinstance(other, Mixed):
            other = np.ascontiguousarray(other)
            return mixed._joined(mixed.dense.T @ other, mixed.sparse.T @ other)
        across = mixed.sparse.T @ np.ascontiguousarray(other.dense)
        back = across
        if other is not mixed:
            back = other.sparse.T @ np.ascontiguousarray(mixed.dense)
        gram = np.empty((mixed.shape[1], other.shape[1]))
        gram[np.ix_(mixed.dense_at, other.dense_at)] = mixed.dense.T @ other.dense
        gram[np.ix_(mixed.sparse_at, other.dense_at)] = across
        gram[np.ix_(mixed.dense_at, other.sparse_at)] = back.T
        gram[np.ix_(mixed.sparse_at, other.sparse_at)] = (mixed.sparse.T @ other.sparse).toarray()
        return gram


Design = Floats | Mixed
"""What an encoder makes of columns: (n, width), ready for `@`, `.T @`, `.sum(axis)`, `[rows]`."""


def to_dense(design: Design) -> Floats:
    return design.toarray() if isinstance(design, Mixed) else design


def products_by_row(design: Design, other: Floats) -> Floats:
    """`design @ other` (n, k) in which the bits of a row do not depend on the rows beside it.

    For predictions and whatever compares rows. BLAS, which is behind `@` and much faster, adds up
    the last rows of a matrix in another order than the rest, and DuckDB's chunks of rows differ
    in order and length from one run to the next.
    """
    if isinstance(design, Mixed):
        of_dense = products_by_row(design.dense, other[design.dense_at])
        return of_dense + design.sparse @ np.ascontiguousarray(other[design.sparse_at])
    columns = np.ascontiguousarray(other.T)
    products = np.empty((len(design), len(columns)))
    for rows, block in _blocks(design):
        np.einsum("ij,kj->ik", block, columns, out=products[rows])
    return products


def squared_norms(design: Design) -> Floats:
    """The squared length (n,) of every row; its bits do not depend on the rows beside it."""
    if not isinstance(design, Mixed):
        norms = np.empty(len(design))
        for rows, block in _blocks(design):
            np.einsum("ij,ij->i", block, block, out=norms[rows])
        return norms
    sparse = design.sparse
    squares = csr_matrix((np.square(sparse.data), sparse.indices, sparse.indptr), sparse.shape)
    return squared_norms(design.dense) + squares @ np.ones(sparse.shape[1])


def _blocks(dense: Floats) -> Iterator[tuple[slice, Floats]]:
    """The matrix in blocks of rows, each of which lies together, so that sums run along it."""
    for start in range(0, len(dense), BLOCK):
        rows = slice(start, start + BLOCK)
        yield rows, np.ascontiguousarray(dense[rows])


def scaled_rows(design: Design, factors: Floats) -> Design:
    """Each row times its factor (n,)."""
    if not isinstance(design, Mixed):
        return design * factors[:, None]
    sparse = csr_matrix(diags_array(factors) @ design.sparse)
    return Mixed(scaled_rows(design.dense, factors), design.dense_at, sparse, design.sparse_at)


def group_sums(design: Design, groups: NDArray[np.integer], count: int) -> Floats:
    """The sum (count, width) of the rows of each group; `groups` (n,) are from 0 to count - 1."""
    if isinstance(design, Mixed):
        rows = np.arange(len(groups) + 1)
        members = csr_matrix((np.ones(len(groups)), groups, rows), (len(groups), count))
        return design._joined(
            group_sums(design.dense, groups, count).T, (members.T @ design.sparse).toarray().T
        ).T
    return (
        np.array([np.bincount(groups, weights=column, minlength=count) for column in design.T])
        .reshape(-1, count)
        .T
    )
