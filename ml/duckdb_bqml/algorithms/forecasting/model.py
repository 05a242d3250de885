"""ARIMA_PLUS and ARIMA_PLUS_XREG: forecasts of one or many series.

A series is taken apart (components.py), and an ARIMA process is fitted to what is left
(selection.py). The artifact holds the regular series and the processes found.
"""

import datetime
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from bqml_vocabulary.options import OPTIONS
from numpy.typing import NDArray
from tqdm import tqdm

from duckdb_bqml.algorithms.contracts import Made, Request, Row, Trained
from duckdb_bqml.algorithms.dataset import Column, Dataset
from duckdb_bqml.algorithms.described import (
    TEXT,
    TRUTH,
    Array,
    Described,
    Either,
    Fields,
    Finite,
    ListOf,
    Node,
    OneOf,
    Optional,
    Sizes,
    Whole,
    first,
)
from duckdb_bqml.algorithms.encoding import DESCRIBED
from duckdb_bqml.algorithms.forecasting import series as reading
from duckdb_bqml.algorithms.forecasting.calendar import (
    DAY,
    FEWEST,
    LARGEST_GRID,
    Frequency,
    Grid,
)
from duckdb_bqml.algorithms.forecasting.forecaster import Forecaster, Found
from duckdb_bqml.algorithms.forecasting.order import Order
from duckdb_bqml.algorithms.forecasting.regressors import Regressors
from duckdb_bqml.algorithms.forecasting.rows import MAKERS, SEASONS
from duckdb_bqml.algorithms.forecasting.selection import MOST, Search, fitted
from duckdb_bqml.algorithms.forecasting.series import Group, Key, Series

Floats = NDArray[np.float64]

EPOCH = datetime.date(1970, 1, 1)
FEWEST_MODELLED = 20  # points, if time_series_length_fraction leaves fewer
PART = 200  # series whose rows are made at once
KEPT_OPTIONS = (
    "horizon",
    "seasonalities",
    "clean_spikes_and_dips",
    "adjust_step_changes",
    "decompose_time_series",
    "trend_smoothing_window_size",
    "holiday_region",
    reading.LOWER,
    reading.UPPER,
)


REGION = OneOf(OPTIONS["ARIMA_PLUS"]["holiday_region"]["allowed"])


def _fault(parts: Mapping[str, Any], sizes: Sizes) -> str | None:
    """What the parts must have in common."""
    listed, orders = parts["model"]["series"], parts["orders"]
    coefficients = parts["coefficients"]
    lengths = [one["length"] for one in listed]
    place = np.arange(MOST)
    is_beyond = [
        place >= orders[:, [0]],
        place >= orders[:, [2]],
    ]
    order = np.lexsort((np.arange(len(orders)), parts["found"]))
    return first(
        (
            (sum(lengths) != sizes["values"], "values: not as many as the series have"),
            (
                any((one["error"] is None) != (one["length"] >= FEWEST) for one in listed),
                "series: no values, and no error",
            ),
            (
                any(one["micros"] > 0 and one["months"] > 0 for one in listed)
                or any(
                    one["error"] is None and one["micros"] + one["months"] == 0 for one in listed
                ),
                "series: no step, or two",
            ),
            (
                any(len(one["keys"]) != sizes.get("keys", 0) for one in listed),
                "series: as many keys as columns",
            ),
            ((order != np.arange(len(order))).any(), "found: not ascending"),
            (
                {int(one) for one in parts["found"]}
                != {i for i, one in enumerate(listed) if one["error"] is None},
                "found: not the series without an error",
            ),
            (
                any(
                    (coefficients[:, k * MOST : (k + 1) * MOST] * is_beyond[k] != 0).any()
                    for k in (0, 1)
                ),
                "coefficients: more than the order",
            ),
            (_is_too_short(parts), "orders: greater than their series are long"),
            ((orders[:, [0, 2]] > MOST).any() or (orders[:, 1] > 2).any(), "orders: too great"),
            ((orders[:, 3] > 1).any(), "orders: no truth"),
            ((parts["numbers"][:, 1] < 0).any(), "numbers: a negative variance"),
            (not _are_stationary(parts), "coefficients: not stationary, or not invertible"),
        )
    )


def _is_too_short(parts: Mapping[str, Any]) -> bool:
    """Whether a series has no more points than its order has coefficients on one side."""
    lengths = np.array([one["length"] for one in parts["model"]["series"]])[parts["found"]]
    orders = parts["orders"]
    return bool((lengths - orders[:, 1] <= orders[:, [0, 2]].max(axis=1, initial=0)).any())


def _are_stationary(parts: Mapping[str, Any]) -> bool:
    """Whether all autoregressions are stationary and all moving averages invertible: their partial
    autocorrelations lie inside of (-1, 1)."""
    for signed in (parts["coefficients"][:, :MOST], -parts["coefficients"][:, MOST:]):
        phi = signed.T.copy()
        for k in range(MOST - 1, -1, -1):
            partial = phi[k]
            if not (np.abs(partial) < 1).all():
                return False
            rest = 1.0 - partial * partial
            phi = (phi[:k] + partial * phi[:k][::-1]) / rest
            if not np.isfinite(phi).all():
                return False
    return True


PARTS: Mapping[str, Node] = {
    "model": Fields(
        {
            "keys": ListOf(Fields({"name": TEXT, "data_type": OneOf(reading.KEY_TYPES)}), "keys"),
            "options": Fields(
                {
                    "horizon": Whole(1, 10_000),
                    "seasonalities": ListOf(OneOf(("AUTO", "NO_SEASONALITY", *SEASONS))),
                    "clean_spikes_and_dips": TRUTH,
                    "adjust_step_changes": TRUTH,
                },
                {
                    "decompose_time_series": TRUTH,
                    "trend_smoothing_window_size": Whole(1),
                    "holiday_region": Either((REGION, ListOf(REGION))),
                    reading.LOWER: Finite(),
                    reading.UPPER: Finite(),
                },
            ),
            "series": ListOf(
                Fields(
                    {
                        "keys": ListOf(Either((Optional(TEXT), Whole(-(2**63), 2**63 - 1)))),
                        "error": Optional(TEXT),
                        "micros": Whole(0, 400 * 86_400 * 10**6),
                        "months": Whole(0, 12),
                        "first": Whole(-(2**53), 2**53),
                        "day": Whole(0, 30),
                        "length": Whole(0, LARGEST_GRID),
                    }
                ),
                "series",
            ),
        }
    ),
    "values": Array("<f8", ("values",)),
    "found": Array("<i8", ("found",), least=0, below="series"),
    "orders": Array("<i8", ("found", 4), least=0),
    "coefficients": Array("<f8", ("found", 2 * MOST)),
    "numbers": Array("<f8", ("found", 3), may_be_infinite=True),
}
"""The parts of an artifact."""


class ArimaPlus(Forecaster):
    """ARIMA_PLUS."""

    describes = ("ARIMA_EVALUATE", "ARIMA_COEFFICIENTS", "HOLIDAY_INFO")
    artifact = Described(PARTS, _fault)

    # ---- training

    @classmethod
    def fit(cls, request: Request) -> Trained:
        started = time.monotonic()
        data, options = request.data.train, dict(request.options)
        keys, groups = reading.keys_of(data), reading.groups(data)
        regressors, added = cls._regress(data, groups, options)
        series = reading.read(data, groups, options, added)
        kept = {name: options[name] for name in KEPT_OPTIONS if options.get(name) is not None}
        model = cls(keys, {"seasonalities": ["AUTO"]} | kept, series, Found.of([]))
        model.regressors = regressors
        rests = model._rests()
        places = sorted(rests)
        modelled = [_modelled(rests[place], options) for place in places]
        # on a terminal, and only where it takes long
        with tqdm(
            total=len(places), desc="fitting", unit=" series", delay=3, disable=None, leave=False
        ) as bar:
            tried = fitted(modelled, _search(options), bar.update)
        for place, fits in zip(places, tried, strict=True):
            if not fits:
                error = (
                    f"{len(rests[place])} points are too few for the order asked for; ask for a "
                    "smaller one or add rows"
                )
                series[place] = series[place].without(error)
        reading.require_one(series, [key.name for key in keys])
        model.found = Found.of(
            [(place, fit) for place, fits in zip(places, tried, strict=True) for fit in fits]
        )
        duration = round(1000 * (time.monotonic() - started))
        details = {
            "series_keys": [key._asdict() for key in keys],
            "series": [list(one.keys) for one in series],
            "holidays": model.holiday_names,
            "features": [column.name for column in data.features],
        }
        return Trained(model, options, [{"iteration": 0, "duration_ms": duration}], details)

    @classmethod
    def _regress(
        cls, data: Dataset, groups: Sequence[Group], options: Mapping[str, Any]
    ) -> tuple[Regressors | None, Floats | None]:
        """The weights of the features, and what these add (rows, features)."""
        return None, None

    def _rests(self) -> dict[int, Floats]:
        """By place, what each series leaves for its process."""
        found = {}
        for batch in self.batches(range(len(self.series))):
            rest = batch.parts.rest
            for lane, place in enumerate(batch.places.tolist()):
                found[place] = rest[:, lane].copy()
        return found

    # ---- what the model says of itself

    def describe(
        self, function: str, settings: Mapping[str, Any], features: Sequence[str]
    ) -> Sequence[Row]:
        if function == "ARIMA_COEFFICIENTS":
            return [row for place in self.fitted for row in self._coefficients(place)]
        if function == "HOLIDAY_INFO":
            return self._known_holidays()
        shows_all = settings.get("show_all_candidate_models", len(self.series) == 1)
        parts = self._described_parts()
        found = []
        for place, one in enumerate(self.series):
            rows = self.found.rows(place)
            for row in rows if shows_all else rows[:1]:
                found.append(self._keyed(place) | self._evaluated(row) | parts[place])
            if one.error is not None:
                found.append(self._keyed(place) | {"error_message": one.error})
        return found

    def _known_holidays(self) -> list[Row]:
        """Those from the beginning of the first series to the horizon of the last."""
        fitted = [self.series[place] for place in self.fitted]
        ends = [len(one.values) + self.options["horizon"] for one in fitted]
        first = min(one.grid.first for one in fitted) // DAY
        last = (
            max(
                int(one.grid.moments(np.array([end]))[0])
                for one, end in zip(fitted, ends, strict=True)
            )
            // DAY
        )
        return [
            {
                "region": one.region,
                "holiday_name": one.name,
                "primary_date": one.date.isoformat(),
                "preholiday_days": one.before,
                "postholiday_days": one.after,
            }
            for one in self.holidays
            if first <= (one.date - EPOCH).days <= last
        ]

    def _keyed(self, place: int) -> dict[str, Any]:
        names = [key.name for key in self.keys]
        return dict(zip(names, self.series[place].keys, strict=True))

    def _evaluated(self, row: int) -> dict[str, Any]:
        order = self.found.order(row)
        _, variance, log_likelihood = self.found.numbers[row].tolist()
        return {
            "non_seasonal_p": order.p,
            "non_seasonal_d": order.d,
            "non_seasonal_q": order.q,
            "has_drift": order.has_drift,
            "log_likelihood": log_likelihood,
            "AIC": -2 * log_likelihood + 2 * order.parameters,
            "variance": variance,
        }

    def _described_parts(self) -> dict[int, Row]:
        found = {}
        for batch in self.batches(self.fitted):
            parts = batch.parts
            names = [name for name in reversed(SEASONS) if name in parts.seasons]
            for lane, place in enumerate(batch.places.tolist()):
                own = [name for name in names if parts.has_season[name][lane]]
                found[place] = {
                    "seasonal_periods": own or ["NO_SEASONALITY"],
                    "has_holiday_effect": bool((parts.holidays[:, lane] != 0).any()),
                    "has_spikes_and_dips": bool((parts.spikes[:, lane] != 0).any()),
                    "has_step_changes": bool((parts.steps[:, lane] != 0).any()),
                    "error_message": None,
                }
        return found

    def _coefficients(self, place: int) -> list[Row]:
        row = self.found.rows(place)[0]
        order, coefficients = self.found.order(row), self.found.coefficients[row].tolist()
        mean = float(self.found.numbers[row, 0]) if order.has_mean else 0.0
        found = self._keyed(place) | {
            "ar_coefficients": coefficients[: order.p],
            "ma_coefficients": coefficients[MOST : MOST + order.q],
            "intercept_or_drift": mean,
        }
        return [found]

    # ---- the rows that it makes

    def parts(self, function: str, settings: Mapping[str, Any]) -> int:
        MAKERS[function].check(self, settings)
        return -(-len(self.series) // PART)

    def make_rows(self, function: str, settings: Mapping[str, Any], part: int) -> Made:
        maker = MAKERS[function]
        maker.check(self, settings)
        places = range(part * PART, min((part + 1) * PART, len(self.series)))
        made: dict[int, Made] = {}
        for batch in self.batches(places):
            for place, rows in maker.rows(self, batch, settings):
                made[place] = rows
        if not made:
            effects = len(self.holiday_names) + self.series[0].added.shape[1]
            width = maker.numbers + effects * maker.tells_effects
            return Made(np.zeros((0, maker.keys), dtype=np.int64), np.zeros((0, width)))
        return Made(
            *map(np.concatenate, zip(*(made[place] for place in sorted(made)), strict=True))
        )

    # ---- the artifact

    def to_parts(self) -> dict[str, Any]:
        listed = [
            {
                "keys": list(one.keys),
                "error": one.error,
                "micros": one.grid.frequency.micros if one.grid else 0,
                "months": one.grid.frequency.months if one.grid else 0,
                "first": one.grid.first if one.grid else 0,
                "day": one.grid.day if one.grid else 0,
                "length": len(one.values),
            }
            for one in self.series
        ]
        return {
            "model": {
                "keys": [key._asdict() for key in self.keys],
                "options": dict(self.options),
                "series": listed,
            },
            "values": np.concatenate([one.values for one in self.series]),
            "found": self.found.series,
            "orders": self.found.orders,
            "coefficients": self.found.coefficients,
            "numbers": self.found.numbers,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        model, series, start = parts["model"], [], 0
        for one in model["series"]:
            values = parts["values"][start : start + one["length"]]
            grid = None
            if one["error"] is None:
                frequency = Frequency(one["micros"], one["months"])
                grid = Grid(frequency, one["first"], one["day"])
            added = parts["added"][start : start + len(values)] if "added" in parts else None
            start += len(values)
            if added is None:
                added = np.zeros((len(values), 0))
            series.append(Series(tuple(one["keys"]), grid, values, added, one["error"]))
        found = Found(parts["found"], parts["orders"], parts["coefficients"], parts["numbers"])
        return cls([Key(**key) for key in model["keys"]], model["options"], series, found)


class ArimaPlusXreg(ArimaPlus):
    """ARIMA_PLUS_XREG: features add to each series by a linear regression."""

    artifact = Described(
        {
            **PARTS,
            "encoder": Fields({"blocks": DESCRIBED}),
            "weights": Array("<f8", ("series", "width")),
            "added": Array("<f8", ("values", "blocks")),
        },
        _fault,
    )
    regressors: Regressors

    @classmethod
    def _regress(
        cls, data: Dataset, groups: Sequence[Group], options: Mapping[str, Any]
    ) -> tuple[Regressors, Floats]:
        rows = [group.rows for group in groups]
        found = Regressors.fit(data.features, reading.values_of(data), rows, options["l2_reg"])
        series = np.empty(data.rows, dtype=np.intp)
        for place, own in enumerate(rows):
            series[own] = place
        return found, found.added(data.features, series)

    def added(self, features: Sequence[Column], keys: Sequence[Column]) -> Floats:
        """What each feature adds (n, features) to rows of the series that the keys name; NaN where
        there is no such series."""
        return self.regressors.added(features, self._places(keys, features[0].rows))

    def _places(self, keys: Sequence[Column], rows: int) -> NDArray[np.intp]:
        """The series (n,) of rows, -1 for none."""
        known = {one.keys: place for place, one in enumerate(self.series)}
        if not keys:
            return np.zeros(rows, dtype=np.intp)
        ranked = [reading.ranks(column) for column in keys]
        codes, where = np.unique(
            np.stack([codes for codes, _ in ranked]), axis=1, return_inverse=True
        )
        named = [
            tuple(names[code] for code, (_, names) in zip(column, ranked, strict=True))
            for column in codes.T.tolist()
        ]
        return np.array([known.get(one, -1) for one in named])[where.ravel()]

    def _coefficients(self, place: int) -> list[Row]:
        empty = {"ar_coefficients": [], "ma_coefficients": [], "intercept_or_drift": None}
        weights = [self._keyed(place) | empty | row for row in self.regressors.describe(place)]
        nothing = {"processed_input": None, "weight": None, "category_weights": []}
        return [*(row | nothing for row in super()._coefficients(place)), *weights]

    def to_parts(self) -> dict[str, Any]:
        added = np.concatenate([one.added for one in self.series])
        return {**super().to_parts(), **self.regressors.to_parts(), "added": added}

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        model = super().from_parts(parts)
        model.regressors = Regressors.from_parts(parts)
        return model


def _search(options: Mapping[str, Any]) -> Search:
    if options["auto_arima"]:
        return Search(options["auto_arima_min_order"], options["auto_arima_max_order"])
    p, d, q = options["non_seasonal_order"]
    return Search(order=Order(p, d, q, bool(options.get("include_drift"))))


def _modelled(rest: Floats, options: Mapping[str, Any]) -> Floats:
    """The last values (steps,), which are what the process is fitted to."""
    most = options.get("max_time_series_length") or len(rest)
    share = options.get("time_series_length_fraction")
    if share is not None:
        most = max(int(share * len(rest)), options.get("min_time_series_length", FEWEST_MODELLED))
    return rest[-most:]
