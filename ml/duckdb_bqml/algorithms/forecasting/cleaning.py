"""Spikes and dips, and step changes, of many series of one length.

BigQuery does not say its rules; these are ours. docs/conformance.md says how near they come to what
it prints. Arrays are (steps, lanes), a lane being a series; every operation works lane by lane.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEIGHBOURS = 15  # values, around and with one, whose median is what it is compared with
SPIKE = 11.0  # normal deviations
STEP = 3.1  # normal deviations
STEP_WINDOW = 7  # values before and after, where no season says otherwise
NEAR = 3  # values around the greatest contrast, among which the step is
NORMAL = 1.4826  # of a normal distribution, its deviation in median absolute deviations


def spikes(values: Floats) -> Floats:
    """What sticks out of values (steps, lanes) without season: 0 where nothing does.

    A value sticks out if it is farther from the median of its neighbours than `SPIKE` deviations
    of all such differences. The first and the last value never do.
    """
    steps = len(values)
    half = NEIGHBOURS // 2
    if steps <= NEIGHBOURS:
        return np.zeros_like(values)
    middle = values.copy()
    whole = np.lib.stride_tricks.sliding_window_view(values, NEIGHBOURS, 0)
    middle[half : steps - half] = np.median(whole, axis=-1)
    # near an end as many on either side: a trend is no spike
    for place in range(1, half):
        for at, window in (
            (place, values[: 2 * place + 1]),
            (-1 - place, values[-1 - 2 * place :]),
        ):
            middle[at] = np.median(window, axis=0)
    rest = values - middle
    usual = deviation(rest)
    # where most values are their neighbours' median, the others are no noise
    is_noisy = usual > 1e-9 * np.abs(values).max(axis=0)
    sticks_out = is_noisy & (np.abs(rest) > SPIKE * usual)
    return np.where(sticks_out, rest, 0.0)


def step_changes(values: Floats, window: int = STEP_WINDOW) -> Floats:
    """How far each of the values (steps, lanes), without season, lies from the level of the end
    because of changes of level: 0 after the last change.

    A change is where the means of `window` values before and after differ by more than `STEP`
    deviations of all such differences, and is more than two windows away from greater ones. It is
    at the greatest change from one value to the next nearby, and as great as the means of the
    windows there differ.
    """
    steps, lanes = values.shape
    found = np.zeros_like(values)
    if steps < 4 * window:
        return found
    running = np.cumsum(np.concatenate([np.zeros((1, lanes)), values]), axis=0)
    means = (running[window:] - running[:-window]) / window
    contrast = means[window:] - means[:-window]  # of a change after value window - 1 + row
    limit = STEP * deviation(contrast)
    size = np.abs(contrast)
    scale = np.abs(values).max(axis=0)
    size[:, ~(limit > 1e-9 * scale)] = 0.0
    change = values[1:] - values[:-1]
    for lane in np.flatnonzero((size > limit).any(axis=0)):
        own, one = size[:, lane], values[:, lane]
        while True:
            row = int(own.argmax())
            if own[row] <= limit[lane]:
                break
            first = max(row + window - 1 - NEAR, 0)
            nearby = change[first : row + window + NEAR, lane] * np.sign(contrast[row, lane])
            after = first + int(nearby.argmax()) + 1
            before = one[max(after - window, 0) : after]
            found[:after, lane] += before.mean() - one[after : after + window].mean()
            own[max(row - 2 * window, 0) : row + 2 * window + 1] = 0.0
    return found


def deviation(values: Floats) -> Floats:
    """The normal deviation (lanes) of values (steps, lanes), from medians."""
    middle = np.median(values, axis=0)
    return NORMAL * np.median(np.abs(values - middle), axis=0)
