"""Regular series: how often they are observed, and each of their values in its place.

Moments are whole microseconds since the epoch, UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Moments = NDArray[np.int64]

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
AUTO = "AUTO_FREQUENCY"
LARGEST_GRID = 1_000_000
"""BigQuery's limit of points of a series without decomposition."""
FEWEST = 3
"""Points in time, of a series."""
IRREGULAR_SHARE = 0.2
"""A series is irregular if more than this share of its values lies off the steps."""


@dataclass(frozen=True)
class Frequency:
    """A step of `micros`, or of `months` of the calendar; one of the two is 0."""

    micros: int = 0
    months: int = 0

    @property
    def length(self) -> float:
        """Of a step, in microseconds, about."""
        return self.micros or self.months * 30.4375 * DAY

    @property
    def words(self) -> str:
        for name, frequency in FREQUENCIES.items():
            if frequency == self:
                return name
        if self.months:
            return f"every {self.months} months"
        for unit, size in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE)):
            if self.micros % size == 0:
                return f"every {self.micros // size} {unit}"
        return f"every {self.micros / SECOND:g} seconds"


@dataclass(frozen=True)
class Grid:
    """The steps of a series: the moment of the `first`, and for months the `day`, from 0, on which
    each is, or the last of a shorter month."""

    frequency: Frequency
    first: int
    day: int = 0

    @classmethod
    def of(cls, moments: Moments, frequency: Frequency) -> Self:
        """Of moments (n,), ascending: months keep the latest day, or end with a month if all of
        them do."""
        if frequency.micros:
            return cls(frequency, int(moments[0]))
        days, months = _day_in_month(moments)
        is_last = days == _length(months) - 1
        return cls(frequency, int(moments[0]), 30 if is_last.all() else int(days.max()))

    def places(self, moments: Moments) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The step of each moment (n,), 0 the first, and whether it lies there exactly."""
        if self.frequency.micros:
            since = moments - self.first
            place = (since + self.frequency.micros // 2) // self.frequency.micros
            return place, place * self.frequency.micros == since
        month = _day_in_month(moments)[1] - _day_in_month(np.array([self.first]))[1]
        place = month // self.frequency.months
        return place, self.moments(place) == moments

    def moments(self, places: NDArray[np.int64]) -> Moments:
        """The moments of steps (n,)."""
        if self.frequency.micros:
            return self.first + places * self.frequency.micros
        month = _day_in_month(np.array([self.first]))[1] + places * self.frequency.months
        start = month.astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)
        day = np.minimum(self.day, _length(month) - 1)
        return start + day * DAY + self.first % DAY


def _day_in_month(moments: Moments) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The day, from 0, and the month, since 1970, of moments."""
    day = moments // DAY
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    return day - month.astype("datetime64[D]").astype(np.int64), month.astype(np.int64)


def _length(months: NDArray[np.int64]) -> NDArray[np.int64]:
    """The days of months."""
    bounds = [(months + more).astype("datetime64[M]").astype("datetime64[D]") for more in (0, 1)]
    return bounds[1].astype(np.int64) - bounds[0].astype(np.int64)


FREQUENCIES: Mapping[str, Frequency] = {
    "PER_MINUTE": Frequency(MINUTE),
    "HOURLY": Frequency(HOUR),
    "DAILY": Frequency(DAY),
    "WEEKLY": Frequency(7 * DAY),
    "MONTHLY": Frequency(months=1),
    "QUARTERLY": Frequency(months=3),
    "YEARLY": Frequency(months=12),
}
"""The values of DATA_FREQUENCY."""

SEASONS: Mapping[str, Mapping[str, int]] = {
    "PER_MINUTE": {"DAILY": 1440, "WEEKLY": 10_080},
    "HOURLY": {"DAILY": 24, "WEEKLY": 168, "MONTHLY": 730, "QUARTERLY": 2191, "YEARLY": 8766},
    "DAILY": {"WEEKLY": 7, "MONTHLY": 30, "QUARTERLY": 91, "YEARLY": 365},
    "WEEKLY": {"MONTHLY": 4, "QUARTERLY": 13, "YEARLY": 52},
    "MONTHLY": {"QUARTERLY": 3, "YEARLY": 12},
    "QUARTERLY": {"YEARLY": 4},
    "YEARLY": {},
}
"""The steps of each season, by the frequency; others follow from the length of a step."""

SEASON_LENGTHS = {"DAILY": DAY, "WEEKLY": 7 * DAY, "YEARLY": 365 * DAY}


def seasons(frequency: Frequency) -> dict[str, int]:
    """The steps of each season that series of a frequency can have, the shortest first."""
    for name, known in FREQUENCIES.items():
        if known == frequency:
            return dict(SEASONS[name])
    if frequency.months:
        return {"YEARLY": 12 // frequency.months} if frequency.months in (2, 4, 6) else {}
    found = {}
    for name, length in SEASON_LENGTHS.items():
        if length % frequency.micros == 0 and length >= 2 * frequency.micros:
            found[name] = length // frequency.micros
    return found


def grid_of(moments: Moments, given: str) -> Grid:
    """The steps of moments (n,), ascending and distinct, at least two; ModelError if `given`, a
    value of DATA_FREQUENCY, is coarser than they are, or if they keep no step."""
    gaps = np.diff(moments)
    sizes, counts = np.unique(gaps, return_counts=True)
    usual = int(sizes[counts.argmax()])
    found = Grid.of(moments, Frequency(usual))
    for months, shortest, longest in ((1, 28, 31), (3, 89, 92), (12, 365, 366)):
        if shortest * DAY <= usual <= longest * DAY:
            calendar = Grid.of(moments, Frequency(months=months))
            if calendar.places(moments)[1].mean() >= found.places(moments)[1].mean():
                found = calendar
    if given != AUTO:
        wanted = FREQUENCIES[given]
        if wanted.length > 1.05 * found.frequency.length:
            raise ModelError(
                f"the values come {found.frequency.words}, and data_frequency is {given}, which is "
                "coarser; leave data_frequency out, or sum the values up first"
            )
        return Grid.of(moments, wanted)
    is_on_step = found.places(moments)[1]
    if is_on_step.mean() < 1 - IRREGULAR_SHARE:
        raise ModelError(
            f"the values come at no regular time: only {is_on_step.sum()} of {len(moments)} lie on "
            f"steps of {found.frequency.words}; round the timestamps, or set data_frequency"
        )
    return found


def regular(moments: Moments, values: Floats, frequency: str) -> tuple[Grid, Floats]:
    """The series of values (n,), some NaN, at moments (n,) in any order: its steps, and the value
    of each from the first known one to the last. Those of one step are averaged, steps without a
    value lie on the line between their neighbours.

    ModelError says why there is none.
    """
    is_known = ~np.isnan(values)
    if not is_known.any():
        raise ModelError("every value is NULL; leave the series out")
    order = np.argsort(moments[is_known], kind="stable")
    moments, values = moments[is_known][order], values[is_known][order]
    distinct = np.unique(moments)
    if len(distinct) < FEWEST:
        raise ModelError(
            f"there are values at {len(distinct)} points in time, and a forecast needs at least "
            f"{FEWEST}; add rows or leave the series out"
        )
    grid = grid_of(distinct, frequency)
    places, _ = grid.places(moments)
    if places[-1] >= LARGEST_GRID:
        raise ModelError(
            f"from the first value to the last there are {places[-1] + 1} steps of "
            f"{grid.frequency.words}, and at most {LARGEST_GRID} are allowed; set a coarser "
            "frequency or leave values out"
        )
    starts = np.flatnonzero(np.append(True, np.diff(places) > 0))
    counts = np.diff(np.append(starts, len(places)))
    means = np.add.reduceat(values, starts) / counts
    return grid, np.interp(np.arange(places[-1] + 1), places[starts], means)
