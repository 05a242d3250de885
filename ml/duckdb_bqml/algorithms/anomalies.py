"""Above which score a row is an anomaly: the cutoff of ML.DETECT_ANOMALIES."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

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


def _positions(rows: int) -> NDArray[np.int64]:
    """The positions kept, ascending, counted from 1."""
    steps = np.arange(int(MAX_CONTAMINATION * STEPS) + 1)
    return np.unique(rows - steps * rows // STEPS)
