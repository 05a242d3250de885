"""The seasonal parts of many series of one length: STL, which there are, and how they go on.

What BigQuery prints of the weekly part of a year of daily values is R's
`stl(x, s.window = 7)`: local means over 7 cycles, the window of the trend 1.5 periods /
(1 - 1.5 / 7), two passes, no robustness weights. Several periods take turns, the shortest first.

Arrays are (steps, lanes), a lane being a series; every operation works lane by lane.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.arma import total
from duckdb_bqml.algorithms.forecasting.loess import smooth

Floats = NDArray[np.float64]

WINDOW = 7  # cycles
PASSES = 2
ROUNDS = 2  # of several periods
SIGNIFICANT = 1.645
LEVEL_GAIN = 0.5
MOST_LAGS = 512  # up to here an autocorrelation is a loop, beyond it a transform


def seasonal_part(values: Floats, period: int) -> Floats:
    """The part (steps, lanes) of a period of at least two cycles that repeats from cycle to cycle,
    slowly changing."""
    steps = len(values)
    trend_window = _odd(np.ceil(1.5 * period / (1 - 1.5 / WINDOW)))
    low_window = _odd(period)
    trend_of = smooth(steps, trend_window, 1, _jump(trend_window))
    low_of = smooth(steps, low_window, 1, _jump(low_window))
    trend = np.zeros_like(values)
    for _ in range(PASSES):
        cycles = _cycles(values - trend, period)
        low = _moving_mean(_moving_mean(_moving_mean(cycles, period), period), 3)
        seasonal = cycles[period : period + steps] - low_of(low)
        trend = trend_of(values - seasonal)
    return seasonal


def seasonal_parts(values: Floats, periods: Sequence[int]) -> list[Floats]:
    """The part of each period, ascending, of values (steps, lanes)."""
    parts = [np.zeros_like(values) for _ in periods]
    for _ in range(ROUNDS if len(periods) > 1 else 1):
        for i, period in enumerate(periods):
            others = sum((part for k, part in enumerate(parts) if k != i), np.zeros_like(values))
            parts[i] = seasonal_part(values - others, period)
    return parts


def is_seasonal(values: Floats, period: int) -> NDArray[np.bool_]:
    """Whether (lanes) values (steps, lanes), freed of their moving mean, repeat after a period:
    whether the autocorrelation there is significantly positive, those before it given."""
    steps = len(values)
    window = period + 1 - period % 2
    ahead = np.repeat(values[:1], window // 2, axis=0)
    behind = np.repeat(values[-1:], window // 2, axis=0)
    rest = values - _moving_mean(np.concatenate([ahead, values, behind]), window)
    rest = rest - total(rest) / steps
    power = total(rest * rest)
    size = np.abs(values).max(axis=0, initial=0.0)
    is_flat = ~(power > (1e-9 * size) ** 2 * steps)
    scale = np.where(is_flat, 1.0, power)
    if period <= MOST_LAGS:
        before = np.zeros(values.shape[1])
        for lag in range(1, period):
            before += (total(rest[lag:] * rest[:-lag]) / scale) ** 2
        last = total(rest[period:] * rest[:-period]) / scale
    else:
        found = np.stack([_autocovariances(lane, period) for lane in rest.T], axis=1) / scale
        before, last = total(found[1:-1] ** 2), found[-1]
    return ~is_flat & (last > SIGNIFICANT * np.sqrt((1.0 + 2.0 * before) / steps))


def _autocovariances(values: Floats, most: int) -> Floats:
    """Of one series (steps,), up to a lag: sums, not means."""
    size = 2 ** int(np.ceil(np.log2(len(values) + most + 1)))
    power = np.abs(np.fft.rfft(values, size)) ** 2
    return np.fft.irfft(power, size)[: most + 1]


class Cycle(NamedTuple):
    """How a seasonal part goes on after its last value: `level` and `slope` (period, lanes), by the
    step after the end, the slope being the change from cycle to cycle."""

    level: Floats
    slope: Floats

    def ahead(self, begin: int, end: int) -> Floats:
        """The values (end - begin, lanes) of the steps after the end from `begin`, 0 the first."""
        step = np.arange(begin, end)
        cycle, phase = np.divmod(step, len(self.level))
        return self.level[phase] + self.slope[phase] * (cycle + 1)[:, None]


def cycle_of(part: Floats, period: int) -> Cycle:
    """Exponential smoothing of each phase of a seasonal part (steps, lanes) over its cycles: the
    level with a constant gain, its slope the mean of all changes of the level so far."""
    steps, lanes = part.shape
    level, slope = np.empty((period, lanes)), np.zeros((period, lanes))
    first = (steps + np.arange(period)) % period
    level[:] = part[first]
    count = (steps - 1 - first) // period
    for t in range(1, int(count.max(initial=0)) + 1):
        has_more = np.flatnonzero(count >= t)
        value = part[first[has_more] + t * period]
        old, change = level[has_more], slope[has_more]
        new = LEVEL_GAIN * value + (1.0 - LEVEL_GAIN) * (old + change)
        level[has_more] = new
        slope[has_more] = change + ((new - old) - change) / t
    return Cycle(level, slope)


def _cycles(values: Floats, period: int) -> Floats:
    """Each phase smoothed over its cycles, with one more cycle on either side."""
    steps, lanes = values.shape
    found = np.empty((steps + 2 * period, lanes))
    whole, more = divmod(steps, period)
    for phases, count in ((slice(0, more), whole + 1), (slice(more, period), whole)):
        first, width = phases.start, phases.stop - phases.start
        if width:
            rows = first + np.arange(count)[:, None] * period + np.arange(width)
            over = smooth(count, WINDOW, 0, _jump(WINDOW), 1, 1)(values[rows])
            places = first + np.arange(count + 2)[:, None] * period + np.arange(width)
            found[places] = over
    return found


def _moving_mean(values: Floats, window: int) -> Floats:
    """The means of `window` values in a row: (steps - window + 1, lanes)."""
    if window <= 15:
        count = len(values) - window + 1
        total = values[:count].copy()
        for k in range(1, window):
            total += values[k : k + count]
        return total / window
    running = np.cumsum(values, axis=0)
    total = running[window - 1 :].copy()
    total[1:] -= running[:-window]
    return total / window


def _odd(number: float) -> int:
    return int(number) + 1 - int(number) % 2


def _jump(window: int) -> int:
    return int(np.ceil(window / 10))
