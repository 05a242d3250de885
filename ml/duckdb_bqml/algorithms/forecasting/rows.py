"""The rows that a forecast makes: ML.FORECAST, ML.EXPLAIN_FORECAST and ML.DETECT_ANOMALIES.

A moment in the keys is in microseconds since the epoch; NaN in the numbers stands for NULL.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from bqml_vocabulary.errors import ModelError
from numpy.typing import NDArray

from duckdb_bqml.algorithms import normal
from duckdb_bqml.algorithms.contracts import Made
from duckdb_bqml.algorithms.forecasting import series as reading
from duckdb_bqml.algorithms.forecasting.arma import DIFFUSE
from duckdb_bqml.algorithms.forecasting.forecaster import Batch, Forecaster
from duckdb_bqml.algorithms.forecasting.holidays import together

Floats = NDArray[np.float64]

DEFAULT_HORIZON = 3
DEFAULT_CONFIDENCE = 0.95
SEASONS = ("YEARLY", "QUARTERLY", "MONTHLY", "WEEKLY", "DAILY")
"""In the order of the columns of ML.EXPLAIN_FORECAST."""
NO_HISTORY = (
    "the model was trained with decompose_time_series = false, so it does not know the parts of "
    "its history; train it without that option"
)
LIMITED = (
    "This model was trained with either 'forecast_limit_lower_bound' or "
    "'forecast_limit_upper_bound' being specified. In this case, EXPLAIN_FORECAST is not supported."
)


class Maker(NamedTuple):
    """A function: what it checks, its rows by series, how many keys and numbers a row has, and
    whether the effects of holidays and features follow."""

    check: Callable[[Forecaster, Mapping[str, Any]], None]
    rows: Callable[[Forecaster, Batch, Mapping[str, Any]], Iterable[tuple[int, Made]]]
    keys: int
    numbers: int
    tells_effects: bool = False


def _horizon(model: Forecaster, settings: Mapping[str, Any]) -> int:
    return settings.get("horizon", min(DEFAULT_HORIZON, model.options["horizon"]))


def _check_forecast(model: Forecaster, settings: Mapping[str, Any]) -> None:
    horizon, most = _horizon(model, settings), model.options["horizon"]
    if not 1 <= horizon <= most:
        raise ModelError(
            f"setting 'horizon' must be from 1 to {most}, the horizon that the model was trained "
            f"with, not {horizon}"
        )
    _check_share("confidence_level", settings)


def _check_share(name: str, settings: Mapping[str, Any]) -> None:
    if not 0 <= settings.get(name, 0) < 1:
        raise ModelError(f"setting '{name}' must be from 0 to less than 1, not {settings[name]!r}")


def _check_explain(model: Forecaster, settings: Mapping[str, Any]) -> None:
    _check_forecast(model, settings)
    if not model.options.get("decompose_time_series", True):
        raise ModelError(NO_HISTORY)
    if reading.LOWER in model.options or reading.UPPER in model.options:
        raise ModelError(LIMITED)


def _check_anomalies(model: Forecaster, settings: Mapping[str, Any]) -> None:
    _check_share("anomaly_prob_threshold", settings)
    if not model.options.get("decompose_time_series", True):
        raise ModelError(NO_HISTORY)


def _keys(place: int, moments: NDArray[np.int64], *more: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([np.full(len(moments), place), moments, *more], axis=1)


def _forecast(
    model: Forecaster, batch: Batch, settings: Mapping[str, Any]
) -> Iterable[tuple[int, Made]]:
    """Keys: series, moment. Numbers: value, standard error, confidence level, both bounds, and the
    mean change from one value of the history to the next, which scales an error."""
    steps = _horizon(model, settings)
    level = settings.get("confidence_level", DEFAULT_CONFIDENCE)
    value, error = model.ahead(batch, steps)
    for part in model.seasons_ahead(batch, steps).values():
        value = value + part
    count = len(batch.parts.values)
    of_holidays = batch.of_holidays(count + steps).values()
    value = value + together(of_holidays, (count + steps, value.shape[1]))[count:]
    half = normal.quantile((1 + level) / 2) * error
    low, high = (reading.unlimited(value + sign * half, model.options) for sign in (-1, 1))
    if reading.LOWER in model.options or reading.UPPER in model.options:
        near = (reading.unlimited(value + sign * 1e-4, model.options) for sign in (1, -1))
        slope = np.subtract(*near) / 2e-4
        value, error = reading.unlimited(value, model.options), error * slope
    for lane, place in enumerate(batch.places.tolist()):
        moments = batch.grids[lane].moments(count + np.arange(steps))
        one = model.series[place]
        known = one.values + one.added.sum(axis=1)
        change = np.abs(np.diff(reading.unlimited(known, model.options)))
        scale = np.broadcast_to(change.mean(), value.shape)
        columns = [value, error, np.full_like(value, level), low, high, scale]
        yield (
            place,
            Made(_keys(place, moments), np.stack([one[:, lane] for one in columns], axis=1)),
        )


def _explained(
    model: Forecaster, batch: Batch, settings: Mapping[str, Any]
) -> Iterable[tuple[int, Made]]:
    """Keys: series, moment, whether it is a forecast. Numbers: those columns of
    ML.EXPLAIN_FORECAST that are numbers, in their order, the last of them the effects of each
    holiday and what each feature added to the history."""
    steps = _horizon(model, settings)
    level = settings.get("confidence_level", DEFAULT_CONFIDENCE)
    parts = batch.parts
    past, deviation = model.history(batch)
    future, error = model.ahead(batch, steps)
    coming = model.seasons_ahead(batch, steps)
    trend = np.concatenate([past, future])
    window = model.options.get("trend_smoothing_window_size")
    shown = trend if window is None else _smoothed(trend, window)
    count, lanes = parts.values.shape
    unknown = np.full((steps, lanes), np.nan)
    of_season = {
        name: np.concatenate([np.where(parts.has_season[name], part, np.nan), coming[name]])
        for name, part in parts.seasons.items()
    }
    for name, part in of_season.items():
        part[count:, ~parts.has_season[name]] = np.nan
    seasonal = sum((np.nan_to_num(part) for part in of_season.values()), np.zeros_like(trend))
    residual = parts.rest - past
    of_holidays = batch.of_holidays(count + steps)
    holidays = together(of_holidays.values(), trend.shape)
    explained = batch.added.sum(axis=2)
    adjusted = shown + seasonal + holidays
    adjusted[:count] += explained
    # BigQuery's first row, of which nothing is known before, keeps its residual
    adjusted[0] = (parts.values + explained - parts.spikes - parts.steps)[0]
    data = np.concatenate([parts.values + explained, adjusted[count:]])
    half = np.concatenate(
        [np.full((count, lanes), np.nan), normal.quantile((1 + level) / 2) * error]
    )
    spikes = np.where((parts.spikes != 0).any(axis=0), parts.spikes, np.nan)
    changes = np.where((parts.steps != 0).any(axis=0), parts.steps, np.nan)
    nothing = np.full_like(trend, np.nan)
    columns = [
        data,
        adjusted,
        np.concatenate([np.broadcast_to(deviation, parts.values.shape), error]),
        np.concatenate([np.full((count, lanes), np.nan), np.full((steps, lanes), level)]),
        data - half,
        data + half,
        shown,
        *(of_season.get(name, nothing) for name in SEASONS),
        holidays if model.holidays else nothing,
        np.concatenate([spikes, unknown]),
        np.concatenate([changes, unknown]),
        np.concatenate([residual, unknown]),
        *(of_holidays.get(name, np.zeros_like(trend)) for name in model.holiday_names),
        *(np.concatenate([part, unknown]) for part in np.moveaxis(batch.added, 2, 0)),
    ]
    is_forecast = (np.arange(count + steps) >= count).astype(np.int64)
    for lane, place in enumerate(batch.places.tolist()):
        moments = batch.grids[lane].moments(np.arange(count + steps))
        numbers = np.stack([one[:, lane] for one in columns], axis=1)
        yield place, Made(_keys(place, moments, is_forecast), numbers)


def _smoothed(trend: Floats, window: int) -> Floats:
    """Its centred moving mean, the ends repeated."""
    before, after = (window - 1) // 2, window // 2
    ends = [np.repeat(trend[:1], before, axis=0), trend, np.repeat(trend[-1:], after, axis=0)]
    running = np.cumsum(np.concatenate([np.zeros((1, trend.shape[1])), *ends]), axis=0)
    return (running[window:] - running[:-window]) / window


def _anomalies(
    model: Forecaster, batch: Batch, settings: Mapping[str, Any]
) -> Iterable[tuple[int, Made]]:
    """Keys: series, moment. Numbers: value, lower, upper bound, probability of an anomaly."""
    threshold = settings.get("anomaly_prob_threshold", DEFAULT_CONFIDENCE)
    parts = batch.parts
    past, deviation = model.history(batch)
    # nothing is known of what came before the first values, of as many as there are differences
    error = np.repeat(deviation[None], len(past), axis=0)
    for lane, place in enumerate(batch.places.tolist()):
        best = model.found.rows(place)[0]
        error[: model.found.orders[best, 1], lane] *= np.sqrt(DIFFUSE)
    expected = parts.values - parts.spikes - (parts.rest - past)
    half = normal.quantile((1 + threshold) / 2) * error
    distance = np.abs(parts.values - expected) / np.where(error > 0, error, 1.0)
    probability = 1.0 - normal.two_sided(np.where((error > 0) | (distance == 0), distance, np.inf))
    explained = batch.added.sum(axis=2)
    shown = [
        reading.unlimited(one + explained, model.options)
        for one in (parts.values, expected - half, expected + half)
    ]
    for lane, place in enumerate(batch.places.tolist()):
        moments = batch.grids[lane].moments(np.arange(len(parts.values)))
        numbers = np.stack([one[:, lane] for one in (*shown, probability)], axis=1)
        yield place, Made(_keys(place, moments), numbers)


MAKERS: Mapping[str, Maker] = {
    "FORECAST": Maker(_check_forecast, _forecast, 2, 6),
    "EXPLAIN_FORECAST": Maker(_check_explain, _explained, 3, 16, True),
    "DETECT_ANOMALIES": Maker(_check_anomalies, _anomalies, 2, 4),
}
