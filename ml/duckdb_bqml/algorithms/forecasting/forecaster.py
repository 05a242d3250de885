"""Trained forecasts: regular series, the processes found, and what follows from both.

Nothing of the past or the future is kept: series are taken apart anew, some at a time, when they
are asked about.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from duckdb_bqml.algorithms.forecasting.calendar import Frequency, Grid, seasons
from duckdb_bqml.algorithms.forecasting.components import (
    Components,
    Wanted,
    cycles_of,
    taken_apart,
)
from duckdb_bqml.algorithms.forecasting.order import Order
from duckdb_bqml.algorithms.forecasting.process import Process
from duckdb_bqml.algorithms.forecasting.selection import BATCH, MOST, Fitted, by_order
from duckdb_bqml.algorithms.forecasting.series import Key, Series

Floats = NDArray[np.float64]


class Batch(NamedTuple):
    """Some series of one length and frequency: their places among all, and their parts."""

    places: NDArray[np.intp]
    grids: Sequence[Grid]
    parts: Components


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

    @property
    def fitted(self) -> list[int]:
        """The places of the series without an error."""
        return [place for place, one in enumerate(self.series) if one.grid is not None]

    def batches(self, places: Iterable[int]) -> Iterable[Batch]:
        """Some series without an error, by frequency and length, taken apart."""
        groups: dict[tuple[Frequency, int], list[int]] = {}
        for place in places:
            one = self.series[place]
            if one.grid is not None:
                groups.setdefault((one.grid.frequency, len(one.values)), []).append(place)
        wanted = Wanted(
            tuple(self.options["seasonalities"]),
            self.options["clean_spikes_and_dips"],
            self.options["adjust_step_changes"],
        )
        chunks = [
            (frequency, group[start : start + BATCH])
            for (frequency, _), group in groups.items()
            for start in range(0, len(group), BATCH)
        ]

        def take(chunk: tuple[Frequency, list[int]]) -> Batch:
            frequency, own = chunk
            values = np.stack([self.series[place].values for place in own], axis=1)
            return Batch(
                np.array(own),
                [self.series[place].grid for place in own],
                taken_apart(values, seasons(frequency), wanted),
            )

        if len(chunks) < 2:
            return map(take, chunks)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(take, chunks))

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
