"""P-values of CALCULATE_P_VALUES: the standard error of each weight, and how likely it is that
the weight is far from 0 by chance alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from duckdb_bqml.algorithms.contracts import Row
from duckdb_bqml.algorithms.design import Design, scaled_rows
from duckdb_bqml.algorithms.encoding import Encoder
from duckdb_bqml.algorithms.linear.encoded_columns import (
    Reference,
    dropped_columns,
    encoded_means,
)
from duckdb_bqml.algorithms.linear.normal_equation import SMALLEST_RELATIVE_EIGENVALUE
from duckdb_bqml.algorithms.normal import two_sided

Floats = NDArray[np.float64]

P_VALUES_MAX_CARDINALITY = 1_000
# A weight of which more than this share of its square lies where the rows say nothing is unknown.
LARGEST_UNDETERMINED_SHARE = 1e-8


class StandardErrors(NamedTuple):
    """Standard errors of the weights (d,) and of the intercept, of the encoded features and on the
    scale of the features; None where the rows do not determine the weight."""

    weights: Sequence[float | None]
    intercept: float | None
    original_intercept: float | None


def advanced_weight(
    processed_input: str, category: str | None, weight: float, error: float | None
) -> Row:
    """A row of ML.ADVANCED_WEIGHTS.

    The p-value is that of weight / error, NaN where both are 0: a category that was dropped.
    """
    p_value = None
    if error is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            p_value = float(two_sided(np.float64(weight) / error))
    return {
        "processed_input": processed_input,
        "category": category,
        "weight": weight,
        "standard_error": error,
        "p_value": p_value,
    }


def standard_errors(
    design: Design,
    row_information: Floats,
    scale: float,
    encoder: Encoder,
    fit_intercept: bool,
    references: Sequence[Reference] = (),
) -> StandardErrors:
    """The roots of the diagonal of scale * (Z' diag(row_information) Z)^-1, Z being the design
    (n, d) and the intercept's column of ones.

    A weight of a feature with a reference is the difference from the reference's, whose own
    standard error is 0. So is that of the category that DUMMY_ENCODING drops.
    """
    columns, means = encoder.width, encoded_means(encoder)
    weighted = scaled_rows(design, row_information)
    information = design.T @ weighted
    if fit_intercept:
        sums = weighted.sum(axis=0)
        information = np.block(
            [[information, sums[:, None]], [sums[None, :], np.array([[row_information.sum()]])]]
        )
    values, vectors = linalg.eigh(information)
    kept = values > values[-1] * SMALLEST_RELATIVE_EIGENVALUE
    # What is asked for are linear combinations of the weights: each one, and the intercept.
    combinations = np.vstack([np.eye(len(information)), [*-means, *[1.0] * fit_intercept]])
    for reference in references:
        combinations[reference.columns, reference.column] -= 1.0
        combinations[columns:, reference.column] += 1.0
    squares = np.square(combinations @ vectors)
    unknown = squares[:, ~kept].sum(axis=1) > LARGEST_UNDETERMINED_SHARE * squares.sum(axis=1)
    errors = np.sqrt(scale * (squares[:, kept] / values[kept]).sum(axis=1))
    fixed = [*dropped_columns(encoder), *(reference.column for reference in references)]
    errors[fixed], unknown[fixed] = 0.0, False
    found = [
        None if is_unknown else error
        for error, is_unknown in zip(errors.tolist(), unknown.tolist(), strict=True)
    ]
    return StandardErrors(found[:columns], *(found[columns:] if fit_intercept else (None, None)))
