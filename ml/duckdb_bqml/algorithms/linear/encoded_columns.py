"""What the encoder did to the columns that the weights belong to: numbers moved to their mean, and
categories dropped or left to the intercept."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.design import Design
from duckdb_bqml.algorithms.encoding import Block, Category, Encoder, Number

Floats = NDArray[np.float64]


def encoded_means(encoder: Encoder) -> Floats:
    """The encoded value (d,) that a number moves by when it is measured from 0; 0 for the rest."""
    return np.concatenate(
        [
            [block.origin / block.unit] if isinstance(block, Number) else np.zeros(block.width)
            for block in encoder.blocks
        ]
    )


def dropped_columns(encoder: Encoder) -> list[int]:
    """The positions of the categories that DUMMY_ENCODING leaves out."""
    starts = np.cumsum([0, *(block.width for block in encoder.blocks)])
    return [
        int(start) + block.dropped
        for start, block in zip(starts, encoder.blocks, strict=False)
        if getattr(block, "dropped", None) is not None
    ]


class Reference(NamedTuple):
    """Columns (k,) of which every training row has exactly one, and the one among them that the
    intercept stands for."""

    columns: NDArray[np.intp]
    column: int


def references(design: Design, encoder: Encoder) -> list[Reference]:
    """One for each feature of which every row of the `design` (n, d) it was trained on has a one:
    the columns of such a feature repeat the intercept.

    The reference is the rarest category, as it is in the explanations that BigQuery printed; of
    equally rare ones the last. A column that no row has is not among them.
    """
    counts = design.sum(axis=0)
    ends = np.cumsum([block.width for block in encoder.blocks])
    found = []
    for block, end in zip(encoder.blocks, ends, strict=True):
        columns = np.arange(end - block.width, end)
        if not isinstance(block, Number) and _has_one_in_each_row(design, block, columns, counts):
            seen = columns[counts[columns] > 0]
            found.append(Reference(seen, int(seen[::-1][np.argmin(counts[seen[::-1]])])))
    return found


def _has_one_in_each_row(
    design: Design, block: Block, columns: NDArray[np.intp], counts: NDArray[np.float64]
) -> bool:
    rows, width = design.shape
    if rows == 0 or counts[columns].sum() != rows:
        return False
    if isinstance(block, Category):  # no row has more than one
        return True
    is_of_block = np.zeros(width)
    is_of_block[columns] = 1.0
    return bool((design @ is_of_block == 1.0).all())


def left_to_the_intercept(
    weights: NDArray[np.float64], intercept: NDArray[np.float64], found: Sequence[Reference]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (d, k) and intercept (k,) that predict the same for the rows of the training, with
    weights of exactly 0 for the references."""
    weights, intercept = weights.copy(), intercept.copy()
    for columns, column in found:
        moved = weights[column].copy()
        weights[columns] -= moved
        intercept += moved
    return weights, intercept
