"""Above which score a row is an anomaly: the cutoff of ML.DETECT_ANOMALIES."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.described import Array, Sizes, Whole

Floats = NDArray[np.float64]

STEPS = 10_000
MAX_CONTAMINATION = 0.5


class Cutoffs:
    """The upper half of the training rows' scores, enough of it for every contamination.

    Kept are the quantiles at steps of 1 / STEPS. That is the whole upper half of up to STEPS rows;
    of more rows, a contamination of up to four decimals is exact and any other takes the next
    higher score kept.
    """

    def __init__(self, rows: int, scores: Floats) -> None:
        self.rows, self.scores = rows, scores

    @classmethod
    def of(cls, scores: Floats) -> Self:
        """From the scores (n,) of the training rows, n > 0."""
        return cls(len(scores), np.sort(scores)[_positions(len(scores)) - 1])

    def at(self, contamination: float) -> float:
        """Element ceil((1 - contamination) * n) of the sorted scores, counted from 1."""
        # 1e-9, because 0.35 * 20 must not be rounded down to 6.
        wanted = self.rows - int(contamination * self.rows + 1e-9)
        return float(self.scores[np.searchsorted(_positions(self.rows), wanted)])


ROWS, SCORES = Whole(1, 2**48), Array("<f8", ("kept",), least=0, may_be_infinite=True)
"""Of an artifact, `rows` of the part "model" and the part "scores"."""


def scores_fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    scores, kept = parts["scores"], len(_positions(parts["model"]["rows"]))
    if len(scores) != kept:
        return f"scores: {len(scores)} instead of {kept}"
    return None if (scores[:-1] <= scores[1:]).all() else "scores: not in their order"


def _positions(rows: int) -> NDArray[np.int64]:
    """The positions kept, ascending, counted from 1."""
    steps = np.arange(int(MAX_CONTAMINATION * STEPS) + 1)
    return np.unique(rows - steps * rows // STEPS)
