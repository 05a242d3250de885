"""What a series is made of, in BigQuery's order: spikes and dips, holidays, seasons, changes of
level; what is left is for the ARIMA process.

Arrays are (steps, lanes), a lane being a series. All series of a call have one length and one
calendar of seasons. Every operation works lane by lane, so a series is taken apart into the same
numbers whatever others there are.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting import cleaning, seasonality
from duckdb_bqml.algorithms.forecasting.holidays import Effects, effects, together
from duckdb_bqml.algorithms.forecasting.seasonality import Cycle

Floats = NDArray[np.float64]

NAMED_ONLY = ("MONTHLY", "QUARTERLY")
"""Seasons that AUTO does not look for, unless the values come less often than every day."""


LONGEST_SHORT = 14
"""Steps of a season that holidays are not mistaken for."""


class Wanted(NamedTuple):
    """What the options ask for: `seasons` are names, or AUTO alone."""

    seasons: tuple[str, ...] = ("AUTO",)
    cleans_spikes: bool = True
    adjusts_steps: bool = True


class Components(NamedTuple):
    """The parts (steps, lanes) that add up to the values. `seasons` holds the parts of those
    seasons that a lane has, 0 for other lanes; `has_season` (lanes) says which these are."""

    values: Floats
    holidays: Floats
    effects: Effects
    spikes: Floats
    seasons: Mapping[str, Floats]
    has_season: Mapping[str, NDArray[np.bool_]]
    steps: Floats

    @property
    def rest(self) -> Floats:
        """What is left for the process."""
        rest = self.values - self.holidays - self.spikes - self.steps
        for part in self.seasons.values():
            rest = rest - part
        return rest


def taken_apart(
    values: Floats,
    calendar: Mapping[str, int],
    wanted: Wanted,
    where: Mapping[str, NDArray[np.int64]] = MappingProxyType({}),
) -> Components:
    """The parts of series (steps, lanes); `calendar` has the steps of each season they can have,
    and `where` the steps of each holiday."""
    possible = {name: n for name, n in calendar.items() if len(values) >= 2 * n and n > 1}
    of_holidays = _effects(values, possible, wanted, where)
    each = of_holidays.each(where, slice(len(values)))
    holidays = together(each.values(), values.shape)
    has_season = _seasons_of(values - holidays, possible, wanted.seasons)
    seasons = _seasonal_parts(values - holidays, possible, has_season)
    spikes = np.zeros_like(values)
    if wanted.cleans_spikes:
        spikes = cleaning.spikes(_without(values - holidays, seasons))
    touched = np.flatnonzero((spikes != 0).any(axis=0))
    if len(touched):
        has = {name: lanes[touched] for name, lanes in has_season.items()}
        clean = (values - holidays - spikes)[:, touched]
        for name, part in _seasonal_parts(clean, possible, has).items():
            seasons[name][:, touched] = part
    steps = np.zeros_like(values)
    if wanted.adjusts_steps:
        clean = _without(values - holidays - spikes, seasons)
        steps = _step_changes(clean, possible, has_season)
    return Components(values, holidays, of_holidays, spikes, seasons, has_season, steps)


def _effects(
    values: Floats,
    possible: Mapping[str, int],
    wanted: Wanted,
    where: Mapping[str, NDArray[np.int64]],
) -> Effects:
    """Those of holidays. A long season would take what returns every year for its own, so only
    short ones are taken out first."""
    if not where:
        return Effects({})
    short = {name: n for name, n in possible.items() if n <= LONGEST_SHORT}
    has_season = _seasons_of(values, short, wanted.seasons)
    return effects(_without(values, _seasonal_parts(values, short, has_season)), where)


def cycles_of(parts: Components, calendar: Mapping[str, int]) -> dict[str, Cycle]:
    """How each season goes on after the last step."""
    return {
        name: seasonality.cycle_of(part, calendar[name]) for name, part in parts.seasons.items()
    }


def _without(values: Floats, seasons: Mapping[str, Floats]) -> Floats:
    for part in seasons.values():
        values = values - part
    return values


def _seasons_of(
    values: Floats, possible: Mapping[str, int], wanted: tuple[str, ...]
) -> dict[str, NDArray[np.bool_]]:
    """By season, which lanes have it: those named, or with AUTO those that show; the shorter ones
    are taken out before a longer one is looked for."""
    everywhere = np.ones(values.shape[1], dtype=bool)
    if wanted != ("AUTO",):
        return {name: everywhere for name in possible if name in wanted}
    found = {}
    for name, period in possible.items():
        if name in NAMED_ONLY and "WEEKLY" in possible:
            continue
        has = seasonality.is_seasonal(values, period)
        if has.any():
            found[name] = has
            part = seasonality.seasonal_part(values[:, has], period)
            values = values.copy()
            values[:, has] -= part
    return found


def _seasonal_parts(
    values: Floats, possible: Mapping[str, int], has_season: Mapping[str, NDArray[np.bool_]]
) -> dict[str, Floats]:
    """The parts (steps, lanes) of each season; lanes of the same seasons go together."""
    parts = {name: np.zeros_like(values) for name in has_season}
    names = sorted(has_season, key=lambda name: possible[name])
    code = sum((has_season[name] << i for i, name in enumerate(names)), np.zeros(1, dtype=int))
    for one in np.unique(code):
        own = [name for i, name in enumerate(names) if one >> i & 1]
        if own:
            lanes = np.flatnonzero(code == one)
            found = seasonality.seasonal_parts(values[:, lanes], [possible[name] for name in own])
            for name, part in zip(own, found, strict=True):
                parts[name][:, lanes] = part
    return parts


def _step_changes(
    values: Floats, possible: Mapping[str, int], has_season: Mapping[str, NDArray[np.bool_]]
) -> Floats:
    """By windows of a cycle of a lane's shortest season."""
    window = np.full(values.shape[1], cleaning.STEP_WINDOW)
    for name in sorted(has_season, key=lambda name: -possible[name]):
        window[has_season[name]] = possible[name]
    found = np.zeros_like(values)
    for size in np.unique(window):
        lanes = np.flatnonzero(window == size)
        found[:, lanes] = cleaning.step_changes(values[:, lanes], int(size))
    return found
