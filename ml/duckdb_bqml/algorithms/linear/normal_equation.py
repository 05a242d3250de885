"""The normal equation: the weights of least squares, solved at once rather than step by step."""

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from duckdb_bqml.algorithms.design import Design

Floats = NDArray[np.float64]

# Rounding in the Gram matrix grows as sqrt(rows) * 2e-16: this covers ten million rows.
SMALLEST_RELATIVE_EIGENVALUE = 1e-12


def normal_equation(design: Design, target: Floats, l2: float, fit_intercept: bool) -> Floats:
    """The least-squares weights (d,) of smallest norm, then the intercept if there is one.

    One-hot columns and an intercept are linearly dependent, so the Gram matrix is singular by
    design; its eigenvectors at the level of rounding are left out, as numpy.linalg.lstsq leaves
    out small singular values.
    """
    rows, columns = design.shape
    gram = design.T @ design
    gram[np.diag_indices(columns)] += rows * l2
    moment = design.T @ target
    if fit_intercept:
        sums = design.sum(axis=0)
        gram = np.block([[gram, sums[:, None]], [sums[None, :], np.array([[float(rows)]])]])
        moment = np.append(moment, target.sum())
    values, vectors = linalg.eigh(gram)
    kept = values > values[-1] * SMALLEST_RELATIVE_EIGENVALUE
    basis = vectors[:, kept]
    return basis @ ((basis.T @ moment) / values[kept])
