"""Where trees may split a feature: the quantile sketch of XGBoost 0.9's approximate method.

BigQuery trains trees with XGBoost 0.9 unless told otherwise, and distributed, where that version
always takes the approximate method: it looks for splits at about 2 / sketch_eps quantiles of each
feature, sketch_eps being 0.03. Later versions place these quantiles elsewhere, and on a small table
that moves every metric by several percent. So the quantiles are found here, by the same two steps
(`WQSketch` and `WXQSummary` in XGBoost's `quantile.h`), and handed to today's XGBoost as its bins.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_CANDIDATES = 66  # sketch_ratio / sketch_eps = 2 / 0.03
SMALL_TABLE_ROWS = 70  # up to here the sketch has one level, which holds fewer
MOST_CANDIDATES_OF_SMALL_TABLE = 35


class _Summary(NamedTuple):
    """Some of the distinct values (k,), ascending, and the weight of the rows below each, and of
    those below or at it; `own` is the weight of its own rows."""

    values: NDArray[np.float32]
    below: Floats
    up_to: Floats
    own: Floats

    def at(self, positions: NDArray[np.intp]) -> "_Summary":
        return _Summary(*(array[positions] for array in self))


def split_candidates(values: NDArray[np.float32], weights: Floats | None) -> NDArray[np.float32]:
    """The smallest value and those at which a split may be, ascending: x < candidate goes left.

    `values` (n,) hold no NaN, n > 0; `weights` (n,) are those of the rows, None if all are equal.
    """
    summary = _evenly_spaced(_distinct(values, weights))
    if len(values) <= SMALL_TABLE_ROWS:
        summary = _prune(summary, min(len(values), MOST_CANDIDATES_OF_SMALL_TABLE))
    return _prune(summary, MOST_CANDIDATES).values


def _distinct(values: NDArray[np.float32], weights: Floats | None) -> _Summary:
    if weights is None:
        ordered = np.sort(values)
    else:
        order = np.argsort(values, kind="stable")
        ordered = values[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    up_to = last + 1.0 if weights is None else np.cumsum(weights[order])[last]
    below = np.append(0.0, up_to[:-1])
    return _Summary(ordered[last], below, up_to, up_to - below)


def _evenly_spaced(summary: _Summary) -> _Summary:
    """One value for each of 66 equal shares of the weight, and the largest."""
    last = len(summary.values) - 1
    kept: list[int] = []
    while len(kept) < MOST_CANDIDATES:
        goal = len(kept) * summary.up_to[-1] / MOST_CANDIDATES
        position = max(int(np.searchsorted(summary.up_to, goal)), kept[-1] + 1 if kept else 0)
        if position >= last:
            break
        kept.append(position)
    return summary.at(np.array([*kept, last]))


def _prune(summary: _Summary, most: int) -> _Summary:
    """At most `most` of the values: both ends, those that many rows share, and of the others those
    nearest to equal shares of what is left of the weight."""
    size = len(summary.values)
    if size <= most:
        return summary
    before, after = summary.up_to - summary.own, summary.below + summary.own
    start = summary.up_to[0]
    is_large = summary.own > 2 * (summary.below[-1] - start) / (most - 2)
    is_large[[0, -1]] = False
    ends = np.append(np.flatnonzero(is_large), size - 1)
    firsts = np.append(0, ends[:-1])
    is_gap = ends - firsts > 1
    gaps = (before[ends] - after[firsts])[is_gap].sum()
    shares = most - 2 - int(is_large.sum())
    middle = summary.below + summary.up_to  # twice the rank
    kept, share = [0], 1
    for first, end in zip(firsts, ends, strict=True):
        position = first
        while end - first > 1 and share < shares:
            target = 2 * (share * gaps / shares + start)
            if target >= 2 * before[end]:
                break
            while position < end and target >= middle[position + 1]:
                position += 1
            if position == end:
                break
            is_nearer = target < after[position] + before[position + 1]
            kept.append(position if is_nearer else position + 1)
            share += 1
        kept.append(end)
        start += after[end] - before[end]
    return summary.at(np.unique(kept))
