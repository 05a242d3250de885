"""The effects of holidays on series of days or weeks.

BigQuery does not say how it measures an effect. Here it is how far the values of a day of the
holiday, counted from its first one, lie from the line between the days around it, in the mean over
the years; what is not clearly more than chance is left out. Arrays are (steps, lanes).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from bqml_vocabulary.holidays import Holiday, holidays_of
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.arma import total
from duckdb_bqml.algorithms.forecasting.calendar import DAY, Frequency, Moments
from duckdb_bqml.algorithms.forecasting.cleaning import deviation

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

CLEAR = 2.0  # deviations of the mean
AROUND = 15  # values whose mean is the level around a holiday
LONGEST_STEP = 7 * DAY
FEWEST_DAYS = 366  # of a series


def windows(regions: Iterable[str]) -> list[Holiday]:
    """The holidays of regions; of one name and date, that of the first region."""
    found: dict[tuple[str, object], Holiday] = {}
    for region in regions:
        for one in holidays_of(region):
            found.setdefault((one.name, one.date), one)
    return list(found.values())


def is_long_enough(frequency: Frequency, steps: int) -> bool:
    """Whether a series of so many steps can have effects of holidays."""
    is_daily = DAY <= frequency.micros <= LONGEST_STEP and frequency.micros % DAY == 0
    return is_daily and steps * frequency.micros > FEWEST_DAYS * DAY


def places(
    holidays: Sequence[Holiday], frequency: Frequency, moments: Moments
) -> dict[str, Places]:
    """By name, the step of the holiday that each of the moments (n,) is, from 0, and -1 where it
    is not part of it."""
    width = frequency.micros // DAY
    days = moments // DAY
    found: dict[str, Places] = {}
    for one in holidays:
        day = (one.date - _EPOCH).days
        own = found.setdefault(one.name, np.full(len(days), -1, dtype=np.int64))
        # of a step of a week, all its days count
        inside = (days + width > day - one.before) & (days <= day + one.after)
        if inside.any():
            first = int(np.flatnonzero(inside)[0])
            here = np.flatnonzero(inside & (own < 0))
            own[here] = here - first
    return {name: own for name, own in found.items() if (own >= 0).any()}


_EPOCH = np.datetime64("1970-01-01").astype(object)


class Effects(NamedTuple):
    """By holiday, how much each of its steps adds: (steps of the holiday, lanes)."""

    of: Mapping[str, Floats]

    def each(self, where: Mapping[str, Places], steps: slice) -> dict[str, Floats]:
        """By holiday, what it adds at some steps (steps, lanes)."""
        found = {}
        for name, effect in self.of.items():
            own = where[name][steps]
            inside = (own >= 0) & (own < len(effect))
            part = np.zeros((len(own), effect.shape[1]))
            part[inside] = effect[own[inside]]
            found[name] = part
        return found


def together(parts: Iterable[Floats], shape: tuple[int, int]) -> Floats:
    """What holidays add that fall together: the greatest gain and the greatest loss."""
    gain, loss = np.zeros(shape), np.zeros(shape)
    for part in parts:
        gain, loss = np.maximum(gain, part), np.minimum(loss, part)
    return gain + loss


def effects(values: Floats, where: Mapping[str, Places]) -> Effects:
    """Those on values (steps, lanes) without season; `where` may tell of later steps, too."""
    steps = len(values)
    is_holiday = np.zeros(steps, dtype=bool)
    for own in where.values():
        is_holiday |= own[:steps] >= 0
    if is_holiday.all() or not is_holiday.any():
        return Effects({})
    rest = values - _level(values, ~is_holiday)
    chance = CLEAR * deviation(rest[~is_holiday])
    found = {}
    for name, own in where.items():
        own = own[:steps]
        if not (own >= 0).any():
            continue
        effect = np.zeros((int(own.max()) + 1, values.shape[1]))
        for step in range(len(effect)):
            days = np.flatnonzero(own == step)
            if len(days):
                mean = total(rest[days]) / len(days)
                is_clear = np.abs(mean) > chance / np.sqrt(len(days))
                effect[step] = np.where(is_clear, mean, 0.0)
        found[name] = effect
    return Effects(found)


def _level(values: Floats, counts: NDArray[np.bool_]) -> Floats:
    """The mean of those values nearby that count, and between them a line."""
    steps = len(values)
    half = AROUND // 2
    low = np.clip(np.arange(steps) - half, 0, steps)
    high = np.clip(np.arange(steps) + half + 1, 0, steps)
    ends = np.zeros((1, values.shape[1]))
    running = np.cumsum(np.concatenate([ends, np.where(counts[:, None], values, 0.0)]), axis=0)
    number = np.cumsum(np.append(0, counts))
    many = number[high] - number[low]
    mean = (running[high] - running[low]) / np.maximum(many, 1)[:, None]
    known = np.flatnonzero(many > half // 2)
    if not len(known):
        return np.zeros_like(values)
    place = np.clip(np.searchsorted(known, np.arange(steps), side="right") - 1, 0, None)
    before = known[place]
    after = known[np.minimum(place + 1, len(known) - 1)]
    share = np.clip((np.arange(steps) - before) / np.maximum(after - before, 1), 0.0, 1.0)
    return mean[before] + share[:, None] * (mean[after] - mean[before])
