"""Trained forecasts: regular series, the processes found, and what follows from both.

Nothing of the past or the future is kept: series are taken apart anew, some at a time, when they
are asked about.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from bqml_vocabulary.holidays import Holiday
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.calendar import Frequency, Grid, seasons
from duckdb_bqml.algorithms.forecasting.components import (
    Components,
    Wanted,
    cycles_of,
    taken_apart,
)
from duckdb_bqml.algorithms.forecasting.holidays import is_long_enough, windows
from duckdb_bqml.algorithms.forecasting.holidays import places as step_of
from duckdb_bqml.algorithms.forecasting.order import Order
from duckdb_bqml.algorithms.forecasting.process import Process
from duckdb_bqml.algorithms.forecasting.regressors import Regressors
from duckdb_bqml.algorithms.forecasting.selection import BATCH, MOST, Fitted, by_order
from duckdb_bqml.algorithms.forecasting.series import Key, Series
from duckdb_bqml.algorithms.parallel import each

Floats = NDArray[np.float64]


class Batch(NamedTuple):
    """Some series of one length and frequency, and with holidays of one beginning: their places
    among all, their parts, and which steps of which holiday there are, until the horizon."""

    places: NDArray[np.intp]
    grids: Sequence[Grid]
    parts: Components
    where: Mapping[str, NDArray[np.int64]]
    added: Floats  # (steps, lanes, features)

    def of_holidays(self, end: int) -> dict[str, Floats]:
        """By holiday, what it adds (end, lanes) until a step."""
        return self.parts.effects.each(self.where, slice(end))


class Found(NamedTuple):
    """What training found of all series that could be fitted, a row per order tried; of each
    series the first row is the best. `series` is its place among all."""

    series: NDArray[np.int64]
    orders: NDArray[np.int64]  # (rows, 4): p, d, q, has_drift
    coefficients: Floats  # (rows, 2 MOST): ar, ma
    numbers: Floats  # (rows, 3): mean, variance, log_likelihood

    @classmethod
    def of(cls, tried: Sequence[tuple[int, Fitted]]) -> Self:
        return cls(
            np.array([place for place, _ in tried], dtype=np.int64),
            np.array([fit.order for _, fit in tried], dtype=np.int64).reshape(-1, 4),
            np.array([[*fit.ar, *fit.ma] for _, fit in tried]).reshape(-1, 2 * MOST),
            np.array([[fit.mean, fit.variance, fit.log_likelihood] for _, fit in tried]).reshape(
                -1, 3
            ),
        )

    def order(self, row: int) -> Order:
        p, d, q, has_drift = self.orders[row].tolist()
        return Order(p, d, q, bool(has_drift))

    def rows(self, place: int) -> range:
        """Those of one series, the best first."""
        start, end = np.searchsorted(self.series, [place, place + 1])
        return range(int(start), int(end))

    def process(self, order: Order, rows: Sequence[int]) -> Process:
        """The process of some rows of one order, a lane each."""
        coefficients, numbers = self.coefficients[rows].T, self.numbers[rows].T
        return Process(
            order,
            coefficients[: order.p].copy(),
            coefficients[MOST : MOST + order.q].copy(),
            numbers[0].copy(),
            numbers[1].copy(),
        )


class Forecaster:
    """The series of a model, and what was found of them."""

    def __init__(
        self,
        keys: Sequence[Key],
        options: Mapping[str, Any],
        series: Sequence[Series],
        found: Found,
    ) -> None:
        self.keys, self.options, self.series, self.found = keys, options, series, found
        self.regressors: Regressors | None = None

    @property
    def fitted(self) -> list[int]:
        """The places of the series without an error."""
        return [place for place, one in enumerate(self.series) if one.grid is not None]

    def batches(self, places: Iterable[int]) -> Iterable[Batch]:
        """Some series without an error, by frequency and length, taken apart."""
        groups: dict[tuple[Frequency, int, int], list[int]] = {}
        for place in places:
            grid, count = self.series[place].grid, len(self.series[place].values)
            if grid is not None:
                begins = self.holidays and is_long_enough(grid.frequency, count)
                key = (grid.frequency, count, grid.first if begins else 0)
                groups.setdefault(key, []).append(place)
        chunks = [
            group[start : start + BATCH]
            for group in groups.values()
            for start in range(0, len(group), BATCH)
        ]
        points = sum(len(self.series[place].values) for chunk in chunks for place in chunk)
        return each(self._batch, chunks, points)

    def _batch(self, places: Sequence[int]) -> Batch:
        values = np.stack([self.series[place].values for place in places], axis=1)
        grids = [self.series[place].grid for place in places]
        where: Mapping[str, NDArray[np.int64]] = {}
        if self.holidays and is_long_enough(grids[0].frequency, len(values)):
            steps = np.arange(len(values) + self.options["horizon"])
            where = step_of(self.holidays, grids[0].frequency, grids[0].moments(steps))
        wanted = Wanted(
            tuple(self.options["seasonalities"]),
            self.options["clean_spikes_and_dips"],
            self.options["adjust_step_changes"],
        )
        parts = taken_apart(values, seasons(grids[0].frequency), wanted, where)
        added = np.stack([self.series[place].added for place in places], axis=1)
        return Batch(np.array(places), grids, parts, where, added)

    @property
    def holiday_names(self) -> list[str]:
        """Those of all of them, in alphabetical order."""
        return sorted({one.name for one in self.holidays})

    @functools.cached_property
    def holidays(self) -> list[Holiday]:
        """Those that the options name."""
        given = self.options.get("holiday_region", [])
        return windows([given] if isinstance(given, str) else given)

    def history(self, batch: Batch) -> tuple[Floats, Floats]:
        """The trend (steps, lanes) of a batch, which is the process's prediction of each step by
        those before, and the standard error (lanes)."""
        rest = batch.parts.rest
        trend, error = np.empty_like(rest), np.empty(len(batch.places))
        for process, lanes in self._processes(batch):
            trend[:, lanes] = process.inside(rest[:, lanes])
            error[lanes] = np.sqrt(process.variance)
        return trend, error

    def ahead(self, batch: Batch, steps: int) -> tuple[Floats, Floats]:
        """The trend (steps, lanes) that follows a batch, and its standard errors."""
        rest = batch.parts.rest
        trend, error = np.empty((2, steps, len(batch.places)))
        for process, lanes in self._processes(batch):
            trend[:, lanes], error[:, lanes] = process.ahead(rest[:, lanes], steps)
        return trend, error

    def seasons_ahead(self, batch: Batch, steps: int) -> dict[str, Floats]:
        """By season, its values (steps, lanes) that follow a batch."""
        calendar = seasons(batch.grids[0].frequency)
        cycles = cycles_of(batch.parts, calendar)
        return {name: cycle.ahead(0, steps) for name, cycle in cycles.items()}

    def _processes(self, batch: Batch) -> Iterable[tuple[Process, list[int]]]:
        """The best process of each order in a batch, and its lanes."""
        rows = [self.found.rows(place)[0] for place in batch.places.tolist()]
        for order, lanes in by_order([self.found.order(row) for row in rows]).items():
            yield self.found.process(order, [rows[lane] for lane in lanes]), lanes
