"""What the encoder did to the columns that the weights belong to: numbers moved to their mean, and
categories dropped."""

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.encoding import Encoder, Number

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
